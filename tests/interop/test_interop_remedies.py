"""The commands that findings about a SQLite-era installation print, run by the real OpenClaw behind ours."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from tests.interop.test_interop_sqlite_era import onboarded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.conftest import Machine

pytestmark = pytest.mark.interop

FIRST = "sk-ant-api03-" + "FAKE" * 23 + "abc"
SECOND = "sk-ant-api03-" + "EKAF" * 23 + "abc"
A = "anthropic:default"


def findings(machine: Machine, slug: str) -> list[dict[str, Any]]:
    """What ours finds there, of one check, but for information."""
    done = machine.ours("doctor", "--json", "--only", f"credentials/{slug}")
    document = json.loads(done.stdout)
    return [item for item in document["findings"] if item["severity"] != "info"]


def obeyed(machine: Machine, slug: str) -> None:
    """The printed commands are run, one by one, and the finding is gone."""
    [finding] = findings(machine, slug)
    assert finding["fix"] == "manual"
    for command in finding["commands"]:
        done = machine._run(["sh", "-c", command], "", {})  # as a shell of that machine does
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert findings(machine, slug) == []


def cell(path: Path, statement: str, *values: Any) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def shared(machine: Machine) -> dict[str, Any]:
    connection = sqlite3.connect(machine.home / ".openclaw" / "state" / "openclaw.sqlite")
    rows = connection.execute("SELECT value_json FROM config_machine_state WHERE state_key = 'authProfiles.store'")
    found = json.loads(rows.fetchone()[0])["profiles"]
    connection.close()
    assert isinstance(found, dict)
    return found


@pytest.mark.long
def test_a_json_store_beside_the_database_gives_up_its_key_first(machine_2026_9_6: Machine) -> None:
    machine = onboarded(machine_2026_9_6)
    folder = machine.home / ".openclaw" / "agents" / "main" / "agent"
    folder.mkdir(parents=True, exist_ok=True)
    store = folder / "auth-profiles.json"
    store.write_text(json.dumps({"profiles": {A: {"type": "api_key", "provider": "anthropic", "key": SECOND}}}))
    store.chmod(0o600)
    assert machine.real("models", "auth", "list").returncode != 0  # it refuses everything
    obeyed(machine, "sqlite-store")
    assert shared(machine)[A]["key"] == SECOND
    assert machine.real("models", "auth", "list").returncode == 0


@pytest.mark.long
def test_what_hides_the_shared_credential_from_an_agent_is_taken_out(machine_2026_9_6: Machine) -> None:
    machine = onboarded(machine_2026_9_6)
    done = machine.real("agents", "add", "work", "--non-interactive", "--workspace", str(machine.home / "w"))
    assert done.returncode == 0, done.stderr
    # makes the agent's database
    done = machine.real("models", "auth", "order", "set", "--provider", "anthropic", "--agent", "work", A)
    assert done.returncode == 0, done.stderr
    database = machine.home / ".openclaw" / "agents" / "work" / "agent" / "openclaw-agent.sqlite"
    expired = {
        "type": "token",
        "provider": "anthropic",
        "token": "sk-ant-oat01-" + "FAKE" * 23,
        "expires": 1_700_000_000_000,
    }
    document = json.dumps({"version": 1, "profiles": {A: expired}})
    cell(database, "INSERT OR REPLACE INTO auth_profile_store VALUES ('primary', ?, 1)", document)
    before = shared(machine)
    obeyed(machine, "agent-missing")
    assert shared(machine) == before


def test_an_order_without_the_good_profile_is_set_anew(machine_2026_9_6: Machine) -> None:
    machine = onboarded(machine_2026_9_6)
    path = machine.home / ".openclaw" / "state" / "openclaw.sqlite"
    expired = {
        "type": "token",
        "provider": "anthropic",
        "token": "sk-ant-oat01-" + "FAKE" * 23,
        "expires": 1_700_000_000_000,
    }
    profiles = {**shared(machine), "anthropic:old": expired}
    write = "INSERT OR REPLACE INTO config_machine_state (state_key, value_json, updated_at_ms) VALUES (?, ?, 1)"
    cell(path, write, "authProfiles.store", json.dumps({"version": 1, "profiles": profiles}))
    cell(path, write, "authProfiles.state", json.dumps({"version": 1, "order": {"anthropic": ["anthropic:old"]}}))
    obeyed(machine, "order-excludes")
