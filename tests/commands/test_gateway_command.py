"""`openclaw gateway …` on hosts without a service manager; with one: tests/service/test_gateway_service_interop.py."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from openclaw.commands.gateway_status import Status, arguments
from openclaw.commands.gateway_text import _remedies
from openclaw.gateway.address import Address
from openclaw.gateway.probe import Probe
from openclaw.service.base import Manager
from openclaw.service.view import View
from tests.checks.test_service import DOWN
from tests.gateway.standin import TOKEN, Gateway, running

if TYPE_CHECKING:
    from tests.commands.conftest import Machine, Result

SCHEMAS = Path(__file__).parents[2] / "docs/schemas"
CONTAINER = {"container": "docker"}
KEY = "sk-ant-api03-FAKE-EXAMPLE-0000000000000000000"


def checked(result: Result, schema: str) -> dict[str, Any]:
    found: dict[str, Any] = result.json
    jsonschema.validate(found, json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))
    return found


def configured(machine: Machine, port: int, **auth: str) -> None:
    section = {"mode": "local", "port": port, "auth": {"token": TOKEN, **auth}}
    machine.write(machine.config, {"gateway": section}, 0o600)


def real(machine: Machine, text: str = 'echo "real: $*"') -> None:
    machine.write(machine.home / "bin/openclaw", f"#!/bin/sh\n{text}\n", 0o755)


def test_a_gateway_in_a_container_is_healthy(machine: Machine) -> None:
    with running(Gateway()) as port:
        configured(machine, port)
        before = machine.files()
        result = machine.run("gateway", "status", "--json", env=CONTAINER | {"ANTHROPIC_API_KEY": KEY})
        text = machine.run("gateway", "status", env=CONTAINER | {"ANTHROPIC_API_KEY": KEY})
    found = checked(result, "gateway-status")
    assert (result.code, text.code) == (0, 0)
    assert (found["service"], found["probe"]["outcome"], found["restartNeeded"]) == (None, "healthy", None)
    assert found["providers"][0]["status"] == "present"
    assert "healthy: OpenClaw 2026.9.6, protocol 4" in text.out
    assert machine.files() == before
    assert TOKEN not in result.out + result.err + text.out + text.err
    assert KEY not in result.out + text.out


def test_a_wrong_token(machine: Machine) -> None:
    with running(Gateway()) as port:
        configured(machine, port, token="another-token-FAKE-EXAMPLE-0123456789")
        result = machine.run("gateway", "status", "--json", env=CONTAINER)
    found = checked(result, "gateway-status")
    assert (result.code, found["ok"], found["rpc"]["ok"]) == (1, False, False)
    assert found["probe"]["outcome"] == "unauthorized"
    assert "another-token" not in result.out + result.err


def test_nothing_runs_and_nothing_could_hold_it(machine: Machine) -> None:
    configured(machine, 1)
    result = machine.run("gateway", "status", env=CONTAINER)
    assert result.code == 1
    assert "nothing listens on 127.0.0.1 port 1" in result.out
    assert "npm install -g openclaw@latest" in result.out
    assert "gateway run" in result.out
    assert "nothing that it can use" in result.out


def test_a_broken_config_and_a_broken_store_are_no_crash(machine: Machine) -> None:
    machine.write(machine.config, "{ gateway: ")
    machine.write(machine.store(), "{")
    result = machine.run("gateway", "status", "--json", env=CONTAINER | {"OPENCLAW_GATEWAY_PORT": "1"})
    assert result.code == 1
    assert [need["status"] for need in checked(result, "gateway-status")["providers"]] == ["unknown"]


@pytest.mark.parametrize("action", ["start", "stop", "restart", "install", "uninstall"])
def test_an_action_without_a_manager_fails_and_says_how_the_gateway_runs_here(machine: Machine, action: str) -> None:
    result = machine.run("gateway", action, "--json", env=CONTAINER)
    found = checked(result, "gateway-action")
    assert (result.code, found["ok"], found["result"]) == (1, False, "unavailable")
    assert found["error"] == "this is a Docker container, which has no service manager"
    assert any("gateway run" in hint for hint in found["hints"])
    assert machine.files() == {}


@pytest.mark.parametrize(
    "line",
    [
        ["gateway"],
        ["gateway", "run", "--bind", "loopback"],
        ["gateway", "--port", "18789"],
        ["gateway", "call", "health"],
        ["gateway", "status", "--deep"],
        ["gateway", "install", "--runtime", "bun"],
        ["--profile", "work", "gateway", "run"],
    ],
)
def test_the_rest_is_handed_over_whole(machine: Machine, line: list[str]) -> None:
    real(machine)
    result = machine.run(*line)
    assert (result.code, result.out) == (0, f"real: {' '.join(line)}\n")


def test_the_help_is_ours(machine: Machine) -> None:
    real(machine)
    result = machine.run("gateway", "--help")
    assert result.code == 0
    assert "handed over" in result.out
    assert "uninstall" in result.out


def test_a_wrong_port(machine: Machine) -> None:
    result = machine.run("gateway", "install", "--port", "99999999", "--json")
    assert (result.code, result.json["ok"]) == (2, False)


def test_a_token_among_the_arguments_is_not_shown() -> None:
    line = ["node", "x.js", "gateway", "--token", "short", "--password=short2", "--port", "1"]
    assert arguments(line) == ["node", "x.js", "gateway", "--token", "<secret>", "--password=<secret>", "--port", "1"]


@pytest.mark.parametrize(
    ("members", "outcome", "wanted"),
    [
        ({}, "nothing", ["journalctl", "openclaw gateway start"]),
        ({"result": "success", "exit_status": 15}, "nothing", ["openclaw gateway start"]),  # stopped by hand
        ({"unmask": "systemctl --user unmask x"}, "nothing", ["systemctl", "journalctl", "openclaw gateway start"]),
        ({}, "healthy", ["journalctl", "openclaw doctor"]),  # another gateway has its port
    ],
)
def test_what_to_do_about_a_service_that_does_not_run(members: dict[str, Any], outcome: Any, wanted: list[str]) -> None:
    service = replace(DOWN, **members)
    manager = Manager("systemd", True, "it answers", expected=True)
    view, answer = View(service, None, None), Probe(outcome, Address("127.0.0.1", 1), "x")  # type: ignore[arg-type]
    found = Status(None, manager, service, view, answer, (), Path("/x"))  # type: ignore[arg-type]
    commands = [command for _, command in _remedies(found, "openclaw")]
    assert [command if command.startswith("openclaw") else command.split()[0] for command in commands] == wanted
