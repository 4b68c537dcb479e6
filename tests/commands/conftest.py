"""The program itself, run in a throw-away home; snapshots show what it changed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).parents[2]
NOW = 1_770_000_000_000
Files = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout, which must be nothing else."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Machine:
    """A home directory and a PATH."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.home / ".openclaw"

    @property
    def config(self) -> Path:
        return self.state / "openclaw.json"

    def store(self, agent: str = "main") -> Path:
        return self.state / "agents" / agent / "agent" / "auth-profiles.json"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "PATH": f"{self.home / 'bin'}:/usr/bin:/bin",
            "PYTHONPATH": str(REPOSITORY),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "OPENCLAW_NOW_MS": str(NOW),
            **self.env,
            **(extra or {}),
        }

    def write(self, path: Path, content: Any, mode: int | None = None) -> Path:
        """A file with a document, or with text or bytes as they are."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict | list):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if mode is not None:
            path.chmod(mode)
        return path

    def run(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Result:
        """Runs the program; `stdin` comes through a pipe."""
        done = subprocess.run(
            self.argv(*args),
            input=stdin,
            env=self.environment(env),
            cwd=self.home,
            capture_output=True,
            timeout=60,
            check=False,
        )
        err = done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in err, err
        assert "has a defect" not in err, err
        return Result(done.returncode, done.stdout.decode("utf-8", "replace"), err)

    def argv(self, *args: str) -> list[str]:
        return [sys.executable, "-m", "openclaw", *args]

    def files(self) -> Files:
        """Every file below the home with its mode and contents."""
        return {
            str(path.relative_to(self.home)): (
                path.lstat().st_mode & 0o7777,
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            )
            for path in sorted(self.home.rglob("*"))
            if "__pycache__" not in path.parts
        }

    def everything(self) -> bytes:
        """The contents of all files but the credential stores: where no secret may be."""
        return b"\n".join(
            path.read_bytes()
            for path in sorted(self.home.rglob("*"))
            if path.is_file() and path.name != "auth-profiles.json"
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home)
