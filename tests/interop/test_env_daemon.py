"""env/ with a real `systemd --user`: a gateway that is stale, holds a frozen key, is blind, is killed, hangs."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.standin import TOKEN

pytestmark = pytest.mark.interop

REPOSITORY = Path(__file__).parents[2]
TOOL = REPOSITORY / "tests/tools/user-systemd"
DRIVER = Path(__file__).with_name("env_daemon_driver.py")
IMPOSSIBLE = 3  # the tool's exit code where a user manager cannot be had
FIRST = "sk-ant-api03-FAKE-EXAMPLE-first-000000000"
UNIT = "openclaw-gateway.service"
CONFIG = {
    "gateway": {"mode": "local", "auth": {"token": TOKEN}},
    "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-5"}}},
}
DAEMON = ("env/daemon-blind", "env/daemon-stale", "env/daemon-differs", "env/frozen-in-unit")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    state = home / ".openclaw"
    state.mkdir()
    (state / "openclaw.json").write_text(json.dumps(CONFIG))
    (state / ".env").write_text(f"ANTHROPIC_API_KEY={FIRST}\n")
    shutil.copy(REPOSITORY / "tests/gateway/standin.py", home / "standin.py")
    program = home / "bin/openclaw"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{home}/standin.py" "$@"\n')
    program.chmod(0o755)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    env = {
        "HOME": str(home), "PATH": f"{program.parent}:/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY), "LANG": "C.UTF-8"
    }  # fmt: skip
    done = subprocess.run(
        [str(TOOL), sys.executable, str(DRIVER), str(port)],
        env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode == IMPOSSIBLE and "user-systemd:" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def found(step: dict[str, Any]) -> list[str]:
    return [name for name in DAEMON if step[name][0] == "found"]


def test_without_a_service_there_is_nothing_to_say(report: dict[str, Any]) -> None:
    assert {report["no service"][name][0] for name in DAEMON} == {"skipped"}


def test_a_healthy_gateway_has_no_finding(report: dict[str, Any]) -> None:
    assert report["installed"] == 0
    assert {name: report["healthy"][name][:2] for name in DAEMON} == {name: ["passed", ""] for name in DAEMON}


def test_a_changed_env_file_makes_it_stale_until_it_is_restarted(report: dict[str, Any]) -> None:
    assert found(report["stale"]) == ["env/daemon-stale"]
    assert report["restart"]["commands"]
    assert report["restart"]["remedy"] == [f"systemctl --user restart {UNIT}"]
    before, after = report["restarted"]
    assert before != after
    assert found(report["fresh"]) == []


def test_a_unit_that_the_manager_has_not_read_yet(report: dict[str, Any]) -> None:
    assert "env/daemon-stale" in found(report["unit changed"])
    assert "env/frozen-in-unit" in found(report["unit changed"])


def test_a_key_in_the_unit_is_found_mended_and_the_mending_undone(report: dict[str, Any]) -> None:
    assert report["runs frozen"] is True
    assert found(report["frozen"]) == ["env/daemon-differs", "env/frozen-in-unit"]
    assert any("daemon-reload" in line for line in report["thaw"]["commands"])
    assert found(report["thawed"]) == []
    assert report["thawed unit"] == [True, ""]
    assert report["undone"] == [True, True]
    assert "env/frozen-in-unit" in found(report["after undo"])


def test_the_fix_of_a_difference_takes_the_older_copy_away(report: dict[str, Any]) -> None:
    assert "an older copy in its service wins" in report["differs"]["message"]
    assert found(report["same"]) == []


def test_a_key_of_this_shell_only_gets_into_the_env_file(report: dict[str, Any]) -> None:
    assert found(report["blind"]) == ["env/daemon-blind"]
    assert report["blind"]["env/daemon-blind"][2] == ["ANTHROPIC_API_KEY"]
    assert found(report["seen"]) == []
    assert report["mode"] == 0o600


def test_the_doctor_says_the_same(report: dict[str, Any]) -> None:
    assert {report["doctor"]["states"][name][0] for name in DAEMON} == {"passed"}
    assert "FAKE-EXAMPLE" not in report["doctor"]["out"] + report["doctor"]["err"]


def test_a_manager_that_hangs_costs_its_deadline_and_is_unknown(report: dict[str, Any]) -> None:
    hung = report["hung systemctl"]
    assert hung["seconds"] < 15
    assert hung["env/daemon-stale"][0] == "unknown"
    assert hung["env/daemon-differs"][0] == "unknown"
    assert hung["env/frozen-in-unit"][0] == "passed"  # its files tell


def test_a_login_shell_that_hangs_costs_its_deadline_and_is_unknown(report: dict[str, Any]) -> None:
    hung = report["hung shell"]
    assert hung["seconds"] < 15
    assert hung["env/shell-import-failed"][0] == "unknown"
    assert "gave no answer in 4 s" in hung["env/shell-import-failed"][1]


def test_a_killed_gateway_is_not_stale(report: dict[str, Any]) -> None:
    assert report["killed"]["env/daemon-stale"][0] == "skipped"
    assert report["killed"]["env/daemon-differs"][0] == "skipped"
