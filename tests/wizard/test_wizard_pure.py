"""The fold looks at nothing but its arguments: tripwires on files, clock, environment, chance and network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A process of its own: an audit hook cannot be taken away again. Everything is walked twice, the first time without
# tripwires, so that imports are done; the second time on facts of other homes, so that no cache of a path answers.
DRIVER = r"""
import json, random, sys
from collections import Counter
from pathlib import Path

from tests.wizard import test_wizard_any_order as walks

FOLD = ("next_step", "take", "settled", "back")
MODULES = {"posix", "nt", "time", "_random", "random", "_socket", "select", "_posixsubprocess", "fcntl", "mmap", "pwd"}
CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
# Text only: what they are given is what they look at.
HARMLESS = {"fspath", "_path_normpath", "_path_splitroot", "_path_splitroot_ex", "fsencode", "fsdecode", "strftime"}
EVENTS = ("open", "os.", "socket.", "subprocess.", "shutil.", "glob.", "pathlib.")


def in_fold(frame):
    names = []
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if any(part in ("wizard", "openclaw") for part in path.parts) and "tests" not in path.parts:
            names.append(f"{path.stem}.{frame.f_code.co_name}")
            if frame.f_code.co_name in FOLD and "wizard" in path.parts:
                return names
        frame = frame.f_back
    return []


found = set()
armed = False


def note(what, frame):
    if names := in_fold(frame):
        found.add(f"{what}: {' < '.join(names)}")


def profile(frame, event, argument):
    if not armed:
        return
    if event == "c_call":
        name = getattr(argument, "__qualname__", "")
        module = getattr(argument, "__module__", None) or type(getattr(argument, "__self__", None)).__module__
        if module in MODULES and name not in HARMLESS:
            note(f"{module}.{name}", frame)
        elif name in CLOCK or (module in ("_io", "io") and name == "open"):
            note(name, frame)
    elif event == "call" and frame.f_code.co_qualname in ("_Environ.__getitem__", "_Environ.__iter__"):
        note("os.environ", frame)


def audit(event, arguments):
    if armed and event.startswith(EVENTS) and event != "os.fspath":
        note(f"audit {event}", sys._getframe(1))


class Homes:
    def __init__(self, base):
        self.base = Path(base)

    def mktemp(self, name):
        (self.base / name).mkdir(parents=True)
        return self.base / name


def hosts(base):
    make = walks.hosts
    make = getattr(make, "__wrapped__", None) or make._get_wrapped_function()
    return make(Homes(base))


def all_walks(hosts):
    counts = Counter()
    for seed in range(60):
        chance = random.Random(seed)
        given = walks.FLAGS[seed % len(walks.FLAGS)] if seed % 2 else {}
        acts = [chance.randrange(200) for _ in range(12)]
        walks.walk(hosts[walks.NAMES[seed % len(walks.NAMES)]], given, "flag", acts, counts)
    return counts


from openclaw.secret import Secret

walks.storing.gateway_secret = lambda: Secret("FAKE" * 12)
all_walks(hosts(sys.argv[1] + "/first"))
others = hosts(sys.argv[1] + "/second")
sys.addaudithook(audit)
sys.setprofile(profile)
armed = True
counts = all_walks(others)
armed = False
sys.setprofile(None)
json.dump({"found": sorted(found), "counts": counts}, sys.__stdout__)
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the fold looked at, and the functions that did, the innermost first."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path_factory.mktemp("pure"))],
        capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert min(document["counts"][name] for name in ("rival", "service", "secret", "review", "back", "resume")) >= 5
    found: list[str] = document["found"]
    return found


def test_the_fold_looks_at_nothing_but_its_arguments(seen: list[str]) -> None:
    assert seen == []
