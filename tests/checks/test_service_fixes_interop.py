"""The fixes of service/ with a real `systemd --user`: found, applied, gone, taken back."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.interop

REPOSITORY = Path(__file__).parents[2]
TOOL = REPOSITORY / "tests/tools/user-systemd"
DRIVER = Path(__file__).with_name("service_fix_driver.py")
IMPOSSIBLE = 3  # the tool's exit code where a user manager cannot be had
QUIET = {"service/manager", "gateway/unreachable"}  # what else may be said of a machine that is well, or stopped


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    (home / ".openclaw").mkdir(mode=0o700)
    shutil.copy(REPOSITORY / "tests/gateway/standin.py", home / "standin.py")
    program = home / "bin/openclaw"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{home}/standin.py" "$@"\n')
    program.chmod(0o755)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    env = {"HOME": str(home), "PATH": f"{program.parent}:/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [str(TOOL), sys.executable, str(DRIVER), str(port)],
        env=env, cwd=home, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    if done.returncode == IMPOSSIBLE and "user-systemd:" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_missing_service_is_installed_and_taken_back(report: dict[str, Any]) -> None:
    step = report["install"]
    assert (step["found"]["severity"], step["found"]["fix"]) == ("info", "confirm")
    assert "service/not-installed" not in step["after"]
    assert not {name for name, item in step["after"].items() if item["severity"] == "error"}
    assert step["steps"][0] == "WriteFile"
    assert any(name.endswith("openclaw-gateway.service") for name, _ in step["changed"])
    assert step["back"]


def test_a_healthy_service_has_no_finding_but_its_manager(report: dict[str, Any]) -> None:
    assert set(report["healthy"]) == {"service/manager"}


def test_a_stopped_service_is_started(report: dict[str, Any]) -> None:
    step = report["start"]
    assert (step["found"]["severity"], step["found"]["fix"]) == ("error", "confirm")
    assert set(step["after"]) <= QUIET
    assert "signal" not in step["found"]["message"]


def test_claude_is_put_on_the_path_in_a_file_of_its_own(report: dict[str, Any]) -> None:
    step = report["on path"]
    assert set(step["after"]) <= QUIET
    [(name, text)] = step["changed"]
    assert name.endswith("openclaw-gateway.service.d/50-openclaw-onboard-path.conf")
    assert "special bin:" in text
    assert step["back"]


def test_a_command_that_is_gone_is_written_anew_and_taken_back(report: dict[str, Any]) -> None:
    assert set(report["broken"]) == {"service/broken-exec", "service/manager", "gateway/unreachable"}
    step = report["reinstall"]
    assert step["found"]["target"] == "/gone/node"
    assert set(step["after"]) <= QUIET
    assert step["back"]


@pytest.mark.parametrize("state", ["given up", "for ever"])
def test_a_service_that_does_not_stay_up_has_one_finding(report: dict[str, Any], state: str) -> None:
    found = {name for name, item in report[state].items() if item["severity"] == "error"}
    assert found == {"service/crash-loop"}
    assert "exit status 1" in report[state]["service/crash-loop"]["message"]


def test_another_program_on_the_port_is_named_and_is_the_only_error(report: dict[str, Any]) -> None:
    found = {name: item for name, item in report["foreign"]["found"].items() if item["severity"] == "error"}
    assert set(found) == {"service/port-in-use"}
    assert f"(process {report['foreign']['pid']} " in found["service/port-in-use"]["message"]


def test_a_service_from_before_a_rename_is_stopped_for_good(report: dict[str, Any]) -> None:
    step = report["legacy"]
    assert step["found"]["target"] == "clawdbot-gateway.service"
    assert set(step["after"]) <= QUIET


def test_programs_that_hang_cost_their_deadlines_and_are_unknown(report: dict[str, Any]) -> None:
    hung = report["hung"]
    assert hung["seconds"] < 15
    assert "service/not-running" in hung["unknown"]
    assert not {name for name, item in hung["found"].items() if item["severity"] == "error"}
    assert "no answer in 3 s" in hung["found"]["service/manager"]["message"]


def test_a_bus_that_is_gone_aborts_nothing_and_is_unknown(report: dict[str, Any]) -> None:
    gone = report["bus gone"]
    assert gone["unknown"] == ["service/crash-loop", "service/not-running"]
    assert not {name for name, item in gone["found"].items() if item["severity"] == "error"}
