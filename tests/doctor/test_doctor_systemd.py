"""`env/daemon-blind` with a real `systemd --user`: what its unit gets and what it does not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.doctor import homes
from tests.doctor.homes import Run, environment, state, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.interop

TOOL = homes.REPOSITORY / "tests" / "tools" / "user-systemd"
IMPOSSIBLE = 3  # the tool's exit code where a user manager cannot be had
UNIT = "[Service]\nExecStart=/bin/sleep 60\n{}\n[Install]\nWantedBy=default.target\n"
KEY = homes.OPENAI_KEY


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    write(state(folder) / "openclaw.json", homes.CONFIG)
    return folder


def doctor(home: Path, unit: str = "", **more: str) -> Run:
    """`openclaw doctor --json` beside a manager that has loaded the gateway's unit."""
    write(home / ".config" / "systemd" / "user" / "openclaw-gateway.service", UNIT.format(unit))
    script = f"systemctl --user daemon-reload; {sys.executable} -m openclaw doctor --json"
    env = environment(home) | {"container": ""} | more
    done = subprocess.run(
        [str(TOOL), "bash", "-c", script], env=env, cwd=home, capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode == IMPOSSIBLE and "user-systemd:" in done.stderr:
        pytest.skip(done.stderr.strip())
    return Run(done.returncode, done.stdout, done.stderr)


def test_a_key_of_the_shell_only(home: Path) -> None:
    # The tool's manager is started from this shell and would inherit the key; a real one is not.
    run = doctor(home, "UnsetEnvironment=OPENAI_API_KEY", OPENAI_API_KEY=KEY)
    assert run.ids("error") == ["env/daemon-blind"], run.out + run.err
    [finding] = [item for item in run.document["findings"] if item["checkId"] == "env/daemon-blind"]
    assert finding["target"] == "OPENAI_API_KEY"
    assert finding["commands"] == [
        "openclaw onboard --non-interactive --provider openai --store env --key-env OPENAI_API_KEY --existing keep",
        "systemctl --user restart openclaw-gateway.service",
    ]


def test_a_key_in_the_env_file_of_the_state_directory(home: Path) -> None:
    write(state(home) / ".env", f"OPENAI_API_KEY={KEY}\n")
    run = doctor(home)
    assert run.outcome("env/daemon-blind")[0] == "passed"
    assert run.ids("error") == []


def test_a_key_in_the_unit_is_seen_and_its_file_must_be_private(home: Path) -> None:
    unit = f"Environment=OPENAI_API_KEY={KEY}"
    assert doctor(home, unit, OPENAI_API_KEY=KEY).outcome("env/daemon-blind")[0] == "passed"
    path = home / ".config" / "systemd" / "user" / "openclaw-gateway.service"
    script = f"chmod 644 {path}; systemctl --user daemon-reload; {sys.executable} -m openclaw doctor --json"
    done = subprocess.run(
        [str(TOOL), "bash", "-c", script], env=environment(home, OPENAI_API_KEY=KEY), cwd=home, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    paths = [
        item["path"] for item in Run(done.returncode, done.stdout, done.stderr).document["findings"] if "path" in item
    ]
    assert "~/.config/systemd/user/openclaw-gateway.service" in paths
    assert KEY not in done.stdout


def test_a_service_file_that_cannot_be_parsed_is_not_taken_for_a_missing_key(home: Path) -> None:
    broken = write(home / "gateway.env", b"OPENAI_API_KEY=\xff\xfe\n")
    run = doctor(home, f"UnsetEnvironment=OPENAI_API_KEY\nEnvironmentFile={broken}", OPENAI_API_KEY=KEY)
    assert run.outcome("env/daemon-blind")[0] == "unknown"
    assert "gateway.env" in run.outcome("env/daemon-blind")[1]
