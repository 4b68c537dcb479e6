"""Homes for the wizard, the facts about them, and ways to run the program on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.invocation import Invocation
from openclaw.service.base import Manager
from wizard import facts as collecting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.facts import Facts

NOW = 1_770_000_000_000  # 2026-02-02, in milliseconds
NO_MANAGER = Manager("none", False, "this is a test")


@dataclass(frozen=True)
class Result:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class House:
    """A throw-away home directory."""

    path: Path

    @property
    def state(self) -> Path:
        """Its state directory."""
        return self.path / ".openclaw"

    @property
    def config(self) -> Path:
        """Its config."""
        return self.state / "openclaw.json"

    @property
    def env_file(self) -> Path:
        """Its env file."""
        return self.state / ".env"

    @property
    def store(self) -> Path:
        """The main agent's store of the json era."""
        return self.state / "agents" / "main" / "agent" / "auth-profiles.json"

    def write(self, path: Path, text: str) -> None:
        """Makes a private file."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(text, "utf-8")
        path.chmod(0o600)

    def profiles(self, **profiles: Mapping[str, Any]) -> None:
        """Stores profiles; `anthropic__default` stands for `anthropic:default`."""
        named = {name.replace("__", ":"): value for name, value in profiles.items()}
        self.write(self.store, json.dumps({"version": 1, "profiles": named}, indent=2) + "\n")

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """An environment in which nothing but this home is seen."""
        return {
            "HOME": str(self.path),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "OPENCLAW_NOW_MS": str(NOW),
            "HTTPS_PROXY": "http://127.0.0.1:9",  # where nobody listens: no provider is reached
            **(extra or {}),
        }

    def call(self, extra: Mapping[str, str] | None = None) -> Invocation:
        """The invocation of a run on this home."""
        return Invocation(self.environment(extra), self.path, self.path, NOW)

    def onboard(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Result:
        """Runs the program without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "openclaw", "onboard", *arguments],
            input=stdin,
            capture_output=True,
            env=self.environment(env),
            cwd=self.path,
            timeout=60,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def snapshot(self) -> dict[str, tuple[int, bytes | None]]:
        """Modes and contents of everything in it."""
        found: dict[str, tuple[int, bytes | None]] = {}
        for folder, names, files in os.walk(self.path):
            for path in (Path(folder) / name for name in (*names, *files)):
                content = None if path.is_dir() else path.read_bytes()
                found[str(path.relative_to(self.path))] = (path.lstat().st_mode, content)
        return found


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty home."""
    path = tmp_path / "home"
    path.mkdir()
    return House(path)


@pytest.fixture
def facts_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Facts]:
    """The facts about a home, on a host with the given service manager."""

    def collect(house: House, manager: Manager = NO_MANAGER, env: Mapping[str, str] | None = None) -> Facts:
        class Fixed:
            def describe(self) -> Manager:
                return manager

            def gateway(self, profile: str | None = None) -> None:
                return None

        monkeypatch.setattr("openclaw.service.detect.detect", lambda *_, **__: Fixed())
        return collecting.collect(house.call(env))

    return collect
