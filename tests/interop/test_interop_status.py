"""Our `models status --check` and that of the real OpenClaw 2026.9.6 on the same databases."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.interop.test_interop_sqlite_era import KEY, TOKEN, onboarded

if TYPE_CHECKING:
    from tests.interop.conftest import Machine

# test_interop_status_states.py compares more of the same; here the databases are written by the real program itself.
pytestmark = [pytest.mark.interop, pytest.mark.long]

API_KEY = {"type": "api_key", "provider": "anthropic", "key": KEY}
SOON = int(time.time() * 1000) + 3_600_000


def token(expires: Any) -> dict[str, Any]:
    return {"type": "token", "provider": "anthropic", "token": TOKEN, "expires": expires}


CASES: dict[str, dict[str, Any]] = {
    "a good key": {"profiles": {"a": API_KEY}},
    "a blank key": {"profiles": {"a": {**API_KEY, "key": " "}}},
    "in cooldown": {"profiles": {"a": API_KEY}, "state": {"usageStats": {"a": {"cooldownUntil": SOON}}}},
    "expiring": {"profiles": {"a": token(SOON)}},
    "expired beside a good key": {"profiles": {"a": API_KEY, "b": token(1)}},
    "an empty order": {"profiles": {"a": API_KEY}, "auth": {"order": {"anthropic": []}}},
    "an order of unknown ids": {"profiles": {"a": API_KEY}, "state": {"order": {"anthropic": ["x"]}}},
    "another mode": {
        "profiles": {"a": API_KEY},
        "auth": {"profiles": {"a": {"provider": "anthropic", "mode": "token"}}},
    },
}


def changed(machine: Machine, name: str, case: dict[str, Any]) -> Machine:
    """A copy of the home with these profiles, this state and this `auth` section."""
    home = machine.home.with_name(name.replace(" ", "-"))
    shutil.copytree(machine.home, home)
    config = home / ".openclaw" / "openclaw.json"
    document = json.loads(config.read_text().replace(str(machine.home), str(home)))
    config.write_text(json.dumps({**document, "auth": case.get("auth", {})}))
    cells = {"authProfiles.store": {"version": 1, "profiles": case["profiles"]}}
    if "state" in case:
        cells["authProfiles.state"] = {"version": 1, **case["state"]}
    database = home / ".openclaw" / "state" / "openclaw.sqlite"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for key, value in cells.items():
            connection.execute("REPLACE INTO config_machine_state VALUES (?, ?, 1)", (key, json.dumps(value)))
    return replace(machine, home=home)


def test_check_agrees_with_the_real_one(machine_2026_9_6: Machine) -> None:
    machine = onboarded(machine_2026_9_6)
    codes = {}
    for name, case in CASES.items():
        copy = changed(machine, name, case)
        ours = copy.ours("models", "status", "--json", "--check")
        real = copy.real("models", "status", "--json", "--check")
        codes[name] = (ours.returncode, real.returncode)
        missing = [json.loads(done.stdout)["auth"]["missingProvidersInUse"] for done in (ours, real)]
        assert missing[0] == missing[1], name
    assert all(ours == real for ours, real in codes.values()), codes
