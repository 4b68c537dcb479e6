"""What is printed works where this program is called otherwise, and for an installation that an option names."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.handover import runnable
from tests.checks import installations as i
from tests.corpus.world import A
from tests.doctor.homes import LIMIT, NOW, REPOSITORY, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCRIPT = f"#!{sys.executable}\nfrom openclaw.cli import main\n\nmain()\n"
REAL = "#!/bin/sh\necho the real one\n"
IDS = {"credentials/cooldown", "credentials/order-unknown", "credentials/misplaced"}


@dataclass(frozen=True)
class Kind:
    """How the program is started (`argv`, of which `{home}` is the home), and how it has to call itself."""

    argv: tuple[str, ...]
    name: str
    files: Mapping[str, str]  # below the home, all executable
    env: Mapping[str, str]
    options: tuple[str, ...] = ()
    state: str = ".openclaw"


ON_PATH = {"bin/openclaw": SCRIPT}
WORK = (("--profile", "work"), ".openclaw-work")
MOVED = {"OPENCLAW_STATE_DIR": "{home}/.openclaw-work", "OPENCLAW_PROFILE": "work"}
KINDS = {
    "openclaw": Kind(("openclaw",), "openclaw", ON_PATH, {}),
    "behind the real one": Kind(
        ("openclaw-onboard",), "openclaw-onboard", {"bin/openclaw": REAL, "bin/openclaw-onboard": SCRIPT}, {}
    ),
    "a path with blanks": Kind(
        ("{home}/my tools/openclaw",), "'{home}/my tools/openclaw'", {"my tools/openclaw": SCRIPT}, {}
    ),
    "beside the real one": Kind(
        (sys.executable, "-m", "openclaw"), f"{sys.executable} -m openclaw", {"bin/openclaw": REAL}, {}
    ),
    "a profile": Kind(("openclaw",), "openclaw --profile work", ON_PATH, {}, *WORK),
    "a profile, no program on PATH": Kind(
        (sys.executable, "-m", "openclaw"), f"{sys.executable} -m openclaw --profile work", {}, {}, *WORK
    ),
    "a profile, and its name in the environment": Kind(
        ("openclaw",), "openclaw --profile work", ON_PATH, {"OPENCLAW_PROFILE": "work"}, *WORK
    ),
    "an installation of the environment": Kind(("openclaw",), "openclaw", ON_PATH, MOVED, (), ".openclaw-work"),
    "a profile that the environment has, too": Kind(("openclaw",), "openclaw", ON_PATH, {
        **MOVED, "OPENCLAW_CONFIG_PATH": "{home}/.openclaw-work/openclaw.json"}, *WORK),
}  # fmt: skip


def broken(home: Path) -> None:
    """A profile in cooldown, an order with a stranger, and a stray file of which a pipe is printed."""
    i.config(home)
    usage = {A: {"cooldownUntil": NOW + i.HOUR, "errorCount": 2, "failureCounts": {"rate_limit": 2}}}
    i.store(home, {A: i.key()}, usageStats=usage, order={"anthropic": [A, "anthropic:gone"]})
    stray = {"version": 1, "profiles": {A: i.key(i.OTHER_KEY)}}
    write(home / ".openclaw/credentials/auth-profiles.json", json.dumps(stray))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_printed_command_works(kind: Kind, tmp_path: Path) -> None:
    home = tmp_path / "home of eve"
    broken(home)
    for name, text in kind.files.items():
        write(home / name, text, 0o755)
    if kind.state != ".openclaw":
        (home / ".openclaw").rename(home / kind.state)
    filled = {name: value.format(home=home) for name, value in kind.env.items()}
    path = os.pathsep.join([str(home / "bin"), "/usr/bin", "/bin"])
    env = {
        "HOME": str(home), "PATH": path, "PYTHONPATH": str(REPOSITORY), "LANG": "C.UTF-8",
        "OPENCLAW_NOW_MS": str(NOW), **filled,
    }  # fmt: skip
    argv = [word.format(home=home) for word in kind.argv] + [*kind.options, "doctor", "--json"]
    argv += [word for check_id in sorted(IDS) for word in ("--only", check_id)]
    found = looked(argv, env)
    assert {item["checkId"] for item in found} == IDS
    name = kind.name.format(home=home)
    commands = [command for item in found for command in item["commands"]]
    assert [command for command in commands if f"{name} models auth" not in command] == []
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command], env=env, cwd=home, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
    assert looked(argv, env) == []
    if kind.state != ".openclaw":
        assert not (home / ".openclaw").exists()


def looked(argv: list[str], env: Mapping[str, str]) -> list[dict[str, Any]]:
    """The findings that a run prints."""
    done = subprocess.run(argv, env=env, cwd=env["HOME"], capture_output=True, text=True, timeout=LIMIT, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


COMMANDS = (
    ("openclaw doctor", "{} doctor"),
    ("python3 -c 'a | openclaw doctor' f | openclaw models auth x && openclaw undo",
     "python3 -c 'a | openclaw doctor' f | {} models auth x && {} undo"),
    ("sudo -H -u openclaw openclaw doctor", "sudo -H -u openclaw {} doctor"),
    ("A=b openclaw doctor", "A=b {} doctor"),
    ("ssh -t host openclaw doctor", "ssh -t host openclaw doctor"),
    ("npm install -g openclaw@latest", "npm install -g openclaw@latest"),
    ("openclaw --help", "{} --help"),
)  # fmt: skip


@pytest.mark.parametrize(("command", "wanted"), COMMANDS)
@pytest.mark.parametrize("name", ["openclaw", "openclaw-onboard", "'/a b/openclaw' --profile work"])
def test_the_name_stands_wherever_this_program_is_called(name: str, command: str, wanted: str) -> None:
    shown = runnable(command, name)
    assert shown == wanted.format(name, name)
    assert runnable(shown, name) == shown or name == "openclaw"
    assert shlex.split(shown)


def test_the_real_one_keeps_its_name_and_gets_the_profile() -> None:
    assert runnable("openclaw config set a b", "openclaw-onboard") == "openclaw config set a b"
    assert runnable("openclaw config set a b", "x --profile work") == "openclaw --profile work config set a b"
