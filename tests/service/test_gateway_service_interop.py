"""`gateway …` and `models env` with a real `systemd --user` and a stand-in gateway, from install to uninstall."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.gateway.standin import TOKEN

pytestmark = pytest.mark.interop

REPOSITORY = Path(__file__).parents[2]
TOOL = REPOSITORY / "tests/tools/user-systemd"
DRIVER = Path(__file__).with_name("gateway_driver.py")
IMPOSSIBLE = 3  # the tool's exit code where a user manager cannot be had
FIRST = "sk-ant-api03-FAKE-EXAMPLE-first-0000000000000"
UNIT = "openclaw-gateway.service"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    state = home / ".openclaw"
    state.mkdir()
    (state / "openclaw.json").write_text(json.dumps({"gateway": {"mode": "local", "auth": {"token": TOKEN}}}))
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
        "HOME": str(home),
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "PYTHONPATH": str(REPOSITORY),
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        [str(TOOL), sys.executable, str(DRIVER), str(port)],
        env=env, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    if done.returncode == IMPOSSIBLE and "user-systemd:" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    assert FIRST not in done.stdout
    assert TOKEN not in done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    found["port"] = port
    return found


def variable(report: dict[str, Any], step: str) -> dict[str, Any]:
    [found] = report[step]["document"]["variables"]
    assert isinstance(found, dict)
    return found


def test_without_a_service(report: dict[str, Any]) -> None:
    assert report["none"]["code"] == 1
    assert report["none"]["document"]["service"] is None
    nothing = report["start nothing"]
    assert (nothing["code"], nothing["document"]["result"]) == (1, "not-loaded")
    assert any("gateway install" in hint for hint in nothing["document"]["hints"])


def test_a_dry_run_writes_nothing(report: dict[str, Any]) -> None:
    found = report["dry run"]
    assert (found["code"], report["files after the dry run"]) == (0, [])
    assert [step["action"] for step in found["document"]["plan"]] == ["create", "run", "run"]


def test_an_installed_gateway_runs_and_is_healthy(report: dict[str, Any]) -> None:
    found = report["install"]["document"]
    assert (report["install"]["code"], found["result"]) == (0, "installed")
    assert (found["service"]["loaded"], found["service"]["active"]) == (True, True)
    assert any("loginctl enable-linger" in hint for hint in found["hints"])
    assert report["again"]["document"]["result"] == "already-installed"
    healthy = report["healthy"]
    assert healthy["code"] == 0, healthy
    status = healthy["document"]
    assert (status["ok"], status["probe"]["outcome"], status["restartNeeded"]) == (True, "healthy", False)
    assert status["gateway"]["port"] == report["port"]
    assert status["gateway"]["portSource"] == "service arguments"
    assert status["service"]["runtime"]["status"] == "running"
    [listener] = status["port"]["listeners"]
    assert listener["pid"] == status["service"]["runtime"]["pid"]
    assert [need["status"] for need in status["providers"]] == ["present"]


def test_a_dry_run_of_any_action_tells_its_commands_and_does_nothing(report: dict[str, Any]) -> None:
    for action in ("start", "stop", "restart", "uninstall"):
        found = report[f"dry {action}"]
        assert (found["code"], found["document"]["result"]) == (0, "planned")
        assert any(UNIT in step.get("command", "") for step in found["document"]["plan"])
    assert report["untouched"] is True


def test_a_changed_env_file_needs_a_restart(report: dict[str, Any]) -> None:
    assert variable(report, "key before")["verdict"] == "same"
    assert variable(report, "key after")["verdict"] == "old value runs"
    stale = report["stale"]["document"]
    assert (report["stale"]["code"], stale["restartNeeded"]) == (0, True)
    assert [item["kind"] for item in stale["changed"]] == ["env file"]
    assert report["restart"]["document"]["result"] == "restarted"
    assert report["fresh"]["document"]["restartNeeded"] is False


def test_a_changed_unit_is_read_again_by_a_restart(report: dict[str, Any]) -> None:
    assert report["changed unit"]["document"]["restartNeeded"] is True
    assert report["reloaded"]["code"] == 0, report["reloaded"]
    frozen = variable(report, "frozen")
    assert frozen["verdict"] == "differs"
    assert frozen["process"]["set"] is True
    assert frozen["process"]["fingerprint"] == frozen["service"]["fingerprint"]
    assert frozen["service"]["where"].startswith(f"~/.config/systemd/user/{UNIT}:")
    assert [place["state"] for place in frozen["places"] if place["side"] == "service"] == ["used", "lost"]


def test_a_wrong_token(report: dict[str, Any]) -> None:
    found = report["wrong token"]["document"]["probe"]
    assert found["outcome"] == "unauthorized"
    assert found["message"].startswith("the gateway refuses the token of gateway.auth.token")


def test_a_killed_and_a_broken_gateway(report: dict[str, Any]) -> None:
    assert report["killed"]["document"]["service"]["runtime"]["status"] == "stopped"
    broken = report["broken"]
    assert (broken["code"], broken["document"]["ok"], broken["document"]["result"]) == (1, False, "failed")
    assert "exit status 78" in broken["document"]["error"]
    assert any("journalctl" in hint for hint in broken["document"]["hints"])
    down = report["down"]["document"]
    assert (down["service"]["runtime"]["lastExitStatus"], down["probe"]["outcome"]) == (78, "nothing")
    assert report["repaired"]["document"]["result"] == "started", report["repaired"]
    assert report["stop"]["document"]["service"]["active"] is False


def test_another_program_on_the_port(report: dict[str, Any]) -> None:
    found = report["foreign"]
    assert (found["code"], found["document"]["probe"]["outcome"]) == (1, "foreign")
    assert f"(process {report['own pid']}" in found["document"]["probe"]["message"]


def test_a_manager_that_hangs_costs_its_deadline_and_is_unknown(report: dict[str, Any]) -> None:
    for name in ("status", "env", "start"):
        assert report[f"hung {name}"]["seconds"] < 12
    status = report["hung status"]["document"]
    assert "gave no answer in 3 s" in status["manager"]["why"]
    assert status["service"]["runtime"]["status"] == "unknown"
    assert status["unknown"] != []
    assert (report["hung start"]["code"], report["hung start"]["document"]["result"]) == (1, "unavailable")
    assert report["hung env"]["document"]["service"]["active"] is None


def test_an_uninstalled_gateway_leaves_nothing(report: dict[str, Any]) -> None:
    assert (report["uninstall"]["code"], report["uninstall"]["document"]["result"]) == (0, "uninstalled")
    assert (report["unit"], report["left"]) == (False, [])
    assert report["gone"]["document"]["service"] is None


def test_every_document_is_as_its_schema_says(report: dict[str, Any]) -> None:
    schemas = {"manager": "gateway-status", "action": "gateway-action"}
    for name, step in report.items():
        if isinstance(step, dict):
            document = step["document"]
            which = (
                "models-env" if "variables" in document else next(schemas[key] for key in document if key in schemas)
            )
            schema = json.loads((REPOSITORY / f"docs/schemas/{which}.schema.json").read_text())
            jsonschema.validate(document, schema)
            assert document["ok"] is (step["code"] == 0), name


def test_no_step_takes_long(report: dict[str, Any]) -> None:
    slow = {name: step["seconds"] for name, step in report.items() if isinstance(step, dict) and step["seconds"] > 15}
    assert slow == {}
