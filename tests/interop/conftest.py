"""The real OpenClaw, in a throw-away home. Skipped, with the reason, where it cannot be had in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "real-openclaw"
INSTALL_SECONDS = float(os.environ.get("OPENCLAW_INTEROP_INSTALL_SECONDS", "600"))


@cache
def installed(version: str) -> tuple[Path | None, str]:
    """The executable of a version, or None and why not."""
    try:
        done = subprocess.run(
            [str(TOOL), version],
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return None, f"OpenClaw {version} could not be installed in {INSTALL_SECONDS:g} s"
    if done.returncode != 0:
        return None, f"OpenClaw {version} cannot be had here: {done.stderr.strip().splitlines()[-1:]}"
    return Path(done.stdout.strip().splitlines()[-1]), ""


@dataclass(frozen=True)
class Machine:
    """A throw-away home with a real OpenClaw on PATH behind ours."""

    home: Path
    program: Path

    @property
    def env(self) -> dict[str, str]:
        """Nothing of the developer's own environment but what a shell needs."""
        ours = Path(sys.executable).parent
        return {
            "HOME": str(self.home),
            "PATH": f"{ours}:{self.program.parent}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        }

    def ours(self, *args: str, stdin: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
        """Runs this program."""
        return self._run([sys.executable, "-m", "openclaw", *args], stdin, extra)

    def real(self, *args: str, stdin: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
        """Runs the real one."""
        return self._run([str(self.program), *args], stdin, extra)

    def _run(self, argv: list[str], stdin: str, extra: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            env=self.env | extra,
            cwd=self.home,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def last_json(text: str) -> Any:
    """The JSON document of a real program that may print notes in front of it."""
    return json.loads(text[text.index("{\n") :])


@pytest.fixture
def machine_2026_2_3(tmp_path: Path) -> Machine:
    """OpenClaw 2026.2.3: JSON stores."""
    return _machine(tmp_path, "2026.2.3")


@pytest.fixture
def machine_2026_9_6(tmp_path: Path) -> Machine:
    """OpenClaw 2026.9.6: SQLite stores."""
    return _machine(tmp_path, "2026.9.6")


def _machine(tmp_path: Path, version: str) -> Machine:
    program, why = installed(version)
    if program is None:
        pytest.skip(why)
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home, program)
