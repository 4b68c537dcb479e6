"""What a command may load: start-up is a promise, and one careless import at the top of a module breaks it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "asyncio", "concurrent.futures", "distro", "doctor.render.human", "email", "http.client", "importlib.metadata",
    "keyring", "oauthlib", "prompt_toolkit", "psutil", "questionary", "rich", "ssl", "truststore", "urllib3",
    "wizard", "xml",
}  # fmt: skip
NOT_FOR_HELP = HEAVY | {
    "checks", "doctor", "hashlib", "openclaw.config.views", "openclaw.credentials", "openclaw.installation", "pyjson5",
    "socket", "sqlite3", "subprocess", "tomllib",
}  # fmt: skip
NOT_FOR_STATUS = HEAVY | {
    "checks", "doctor", "openclaw.change.apply", "openclaw.credentials.shapes", "openclaw.providers.catalog",
    "openclaw.service", "socket", "sqlite3", "subprocess", "tomllib",
}  # fmt: skip
NOT_FOR_GATEWAY = HEAVY | {
    "checks", "doctor", "openclaw.change.apply", "openclaw.providers.catalog", "sqlite3", "tomllib", "websockets",
}  # fmt: skip
NOT_FOR_DOCTOR = HEAVY | {
    "doctor.bundle", "doctor.codec", "doctor.plugins.loading", "doctor.plugins.programs", "doctor.replay",
    "doctor.baseline", "doctor.commands", "doctor.fixing", "doctor.memory", "doctor.mending", "doctor.pages",
    "doctor.render.frame", "doctor.silences", "openclaw.change.apply",
    "openclaw.providers.catalog", "sqlite3", "tomllib",
}  # fmt: skip

CODE = """
import sys
from openclaw.cli import run
run(sys.argv[1:])
print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "forbidden"),
    [
        ("--help", NOT_FOR_HELP),
        ("models --help", NOT_FOR_HELP),
        ("models status --check", NOT_FOR_STATUS),
        ("models env --help", NOT_FOR_HELP),
        ("gateway --help", NOT_FOR_HELP),
        ("gateway status --json", NOT_FOR_GATEWAY),
        ("doctor --json", NOT_FOR_DOCTOR),
    ],
)
def test_a_command_loads_nothing_that_it_does_not_need(command: str, forbidden: set[str], tmp_path: Path) -> None:
    state = tmp_path / ".openclaw"
    state.mkdir()
    (state / "openclaw.json").write_text('{"gateway": {"mode": "local", "port": 1}}')
    (state / ".env").write_text("ANTHROPIC_API_KEY=sk-ant-api03-EXAMPLE-not-a-key-0123456789\n")
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *command.split()], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stderr.splitlines())
    assert (
        sorted(name for name in forbidden if any(item == name or item.startswith(name + ".") for item in loaded)) == []
    )
