"""Throw-away homes of many kinds, and `openclaw doctor` run in them as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
NOBODY = 65534
NOW = 1_770_000_000_000
LIMIT = 60  # seconds

OPENAI_KEY = "sk-proj-" + "FAKE" * 20
SETUP_TOKEN = "sk-ant-oat01-" + "FAKE" * 23 + "abc"
CONFIG = """{
  // made up
  gateway: { mode: "local", auth: { token: "FAKE-gateway-token" } },
  agents: { defaults: { model: { primary: "openai/gpt-5.2" } } },
}
"""

# The interpreter may stand where another user cannot read it: all is loaded and run once before the user changes.
AS_NOBODY = """
import io, os, sys, contextlib
sys.path.insert(0, sys.argv.pop(1))
home, *args = sys.argv[1:]
import encodings.latin_1, pwd, grp, shlex, sqlite3, hashlib, subprocess, difflib, distro, tomllib
from openclaw.cli import run
warm = dict(os.environ)
os.environ["HOME"] = os.environ["WARM_HOME"]
for form in (["--json"], []):
    with contextlib.redirect_stdout(io.StringIO()):
        run(["doctor", *form])
os.environ["HOME"] = home
os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(run(args))
"""


@dataclass(frozen=True)
class Run:
    """One run of the program."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one JSON document that it has to be."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    def ids(self, severity: str = "") -> list[str]:
        """The ids of its findings, of one severity where one is given."""
        return [item["checkId"] for item in self.document["findings"] if severity in ("", item["severity"])]

    def outcome(self, check_id: str) -> tuple[str, str]:
        """What became of a check, and why."""
        found = next(item for item in self.document["outcomes"] if item["checkId"] == check_id)
        return found["outcome"], found.get("reason", "")


def environment(home: Path, **more: str) -> dict[str, str]:
    """A clean environment: no key of this machine, no bus, a fixed clock."""
    return {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENCLAW_NOW_MS": str(NOW),
        "LC_ALL": "C.UTF-8",
        **more,
    }


def doctor(home: Path, *args: str, cwd: Path | None = None, **env: str) -> Run:
    """`openclaw doctor …` in that home."""
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", "doctor", *args],
        env=environment(home, **env), cwd=cwd or home, capture_output=True, text=True, timeout=LIMIT, check=False,
        stdin=subprocess.DEVNULL, errors="surrogateescape",
    )  # fmt: skip
    return Run(done.returncode, done.stdout, done.stderr)


def doctor_as_nobody(home: Path, warm: Path, *args: str) -> Run:
    """The same as a user who owns nothing. Needs root."""
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(REPOSITORY), str(home), "doctor", *args],
        env=environment(home, WARM_HOME=str(warm)), cwd="/", capture_output=True, text=True, timeout=LIMIT, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Run(done.returncode, done.stdout, done.stderr)


def write(path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    """A file with that mode; directories above it are private."""
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def state(home: Path) -> Path:
    """Its state directory."""
    return home / ".openclaw"


def store_path(home: Path, agent: str = "main") -> Path:
    """Its credential store."""
    return state(home) / "agents" / agent / "agent" / "auth-profiles.json"


def store(home: Path, profiles: dict[str, Any], agent: str = "main", **members: Any) -> Path:
    """A credential store with these profiles."""
    return write(store_path(home, agent), json.dumps({"version": 1, "profiles": profiles, **members}, indent=2))


def healthy(home: Path) -> Path:
    """Nothing is wrong here."""
    write(state(home) / "openclaw.json", CONFIG)
    store(home, {"openai:default": {"type": "api_key", "provider": "openai", "key": OPENAI_KEY}})
    return home


def tree(home: Path) -> dict[str, tuple[int, ...]]:
    """Everything below a directory with what would show a change: type and mode, owner, size, mtime, inode, links."""
    found: dict[str, tuple[int, ...]] = {}
    for folder, names, files in os.walk(home):
        for name in (".", *names, *files):
            path = Path(folder) / name
            seen = path.lstat()
            found[str(path)] = (seen.st_mode, seen.st_uid, seen.st_size, seen.st_mtime_ns, seen.st_ino, seen.st_nlink)
    return found
