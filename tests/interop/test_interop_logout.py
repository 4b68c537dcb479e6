"""Logout, order and rotation in the SQLite era, against the real OpenClaw 2026.9.6 with several agents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.interop.conftest import last_json

if TYPE_CHECKING:
    from tests.interop.conftest import Machine

pytestmark = pytest.mark.interop

KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 5  # made up
SHARED, OWN, NEW = KEY + "shared", KEY + "own", KEY + "new"
AUTH = ("models", "auth")
FOR = ("--provider", "anthropic")


@pytest.fixture
def machine(machine_2026_9_6: Machine) -> Machine:
    """Agents `main` and `work`; `anthropic:x` is in the shared store, and another of that id is `work`'s own."""
    config = {"gateway": {"mode": "local"}, "agents": {"ownership": "explicit", "entries": {"main": {}, "work": {}}}}
    path = machine_2026_9_6.home / ".openclaw" / "openclaw.json"
    path.parent.mkdir(mode=0o700)
    path.write_text(json.dumps(config))
    for agent, key in (("work", OWN), ("main", SHARED)):
        done = machine_2026_9_6.ours(
            *AUTH, "paste-api-key", *FOR, "--profile-id", "anthropic:x", "--agent", agent, stdin=key
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return machine_2026_9_6


def listed(machine: Machine, agent: str) -> list[str]:
    """What the real program says that an agent has."""
    done = machine.real(*AUTH, "list", "--agent", agent, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return [item["id"] for item in last_json(done.stdout)["profiles"]]


def ours(machine: Machine, agent: str) -> dict[str, Any]:
    document = json.loads(machine.ours(*AUTH, "list", "--agent", agent, "--json").stdout)
    return {item["id"]: item["where"] for item in document["profiles"]}


def test_an_agents_own_first_then_the_shared_one(machine: Machine) -> None:
    assert "work/agent" in ours(machine, "work")["anthropic:x"]
    done = machine.ours(*AUTH, "logout", "anthropic:x", "--agent", "work")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "agent work still gets anthropic:x" in done.stderr
    assert ours(machine, "work") == {"anthropic:x": "~/.openclaw/state/openclaw.sqlite"}
    assert listed(machine, "work") == listed(machine, "main") == ["anthropic:x"]
    assert machine.ours(*AUTH, "logout", "anthropic:x").returncode == 0
    assert listed(machine, "main") == []


@pytest.mark.long
def test_all_agents_and_what_the_order_and_the_rotation_do(machine: Machine) -> None:
    done = machine.ours(*AUTH, "order", "set", *FOR, "anthropic:x", "--agent", "work")
    assert done.returncode == 0, done.stdout + done.stderr
    order = last_json(machine.real(*AUTH, "order", "get", *FOR, "--agent", "work", "--json").stdout)
    assert order["order"] == ["anthropic:x"]
    assert machine.ours(*AUTH, "rotate", *FOR, "--agent", "work", stdin=NEW).returncode == 0
    which = json.loads(machine.ours(*AUTH, "which", *FOR, "--agent", "work", "--json").stdout)
    assert NEW[-4:] in json.dumps(which)
    assert machine.ours(*AUTH, "logout", "anthropic:x", "--all-agents").returncode == 0
    assert listed(machine, "work") == listed(machine, "main") == []
    assert not list(machine.home.rglob("auth-profiles.json"))
