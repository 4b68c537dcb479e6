"""What of a gateway's files makes a restart needed, and what changes without that."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openclaw import installation
from openclaw.invocation import Invocation
from openclaw.service.base import GatewayService
from openclaw.service.changes import changes

STARTED = 1_700_000_000_000  # ms
BEFORE, AFTER, LATER = (STARTED / 1000 + seconds for seconds in (-60, 60, 120))
SERVICE = GatewayService("x.service", installed=True, restart="")


@pytest.fixture
def call(tmp_path: Path) -> Invocation:
    (tmp_path / ".openclaw").mkdir()
    return Invocation({"HOME": str(tmp_path), "PATH": "/nowhere"}, Path("/"), tmp_path, int(time.time() * 1000))


def write(path: Path, text: str, at: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at, at))


def kinds(call: Invocation, service: GatewayService = SERVICE) -> list[str]:
    return [item.kind for item in changes(STARTED, service, installation.load(call))]


def test_the_env_file_and_the_definition_count(call: Invocation, tmp_path: Path) -> None:
    service = replace(SERVICE, definition=tmp_path / "unit", drop_ins=(tmp_path / "drop",))
    for path in (tmp_path / ".openclaw/.env", tmp_path / "unit", tmp_path / "drop"):
        write(path, "A=1\n", BEFORE)
    assert kinds(call, service) == []
    for path in (tmp_path / ".openclaw/.env", tmp_path / "unit", tmp_path / "drop"):
        write(path, "A=1\n", AFTER)
    assert kinds(call, service) == ["unit", "drop-in", "env file"]


@pytest.mark.parametrize(
    ("backups", "found"),
    [
        ({}, ["config"]),  # nothing tells what it was
        ({"bak": ({"A": "1"}, AFTER)}, []),  # replaced after the start, with the same block
        ({"bak": ({"A": "0"}, AFTER)}, ["config"]),
        ({"bak": ({"A": "0"}, BEFORE)}, ["config"]),  # replaced before the start: says nothing
        ({"bak": ({"A": "0"}, LATER), "bak.1": ({"A": "1"}, AFTER)}, []),  # changed, and changed back
        ({"bak": ({"A": "1"}, LATER), "bak.1": ({"A": "0"}, AFTER)}, ["config"]),
    ],
)
def test_a_config_counts_for_its_env_block(
    call: Invocation, tmp_path: Path, backups: dict[str, tuple[dict[str, str], float]], found: list[str]
) -> None:
    write(tmp_path / ".openclaw/openclaw.json", json.dumps({"env": {"A": "1"}, "meta": {}}), LATER)
    for suffix, (block, at) in backups.items():
        write(tmp_path / f".openclaw/openclaw.json.{suffix}", json.dumps({"env": block}), at)
    assert kinds(call) == found


@pytest.mark.parametrize(
    ("backups", "found"),
    [
        ({"bak": ('{"env": {"vars": {"A": "1"}}}', AFTER)}, ["config"]),
        ({"bak": ('{"env": {"A": "1"}}', LATER), "bak.1": ("{}", AFTER)}, []),  # it came and went
        ({"bak": ('{"env": {"A": "1"}}', BEFORE)}, []),  # taken out before the start
        ({"bak": ('{"env": {"shellEnv": {"enabled": true}}}', AFTER)}, []),
        ({"bak": ("{broken", AFTER)}, []),
    ],
)
def test_a_config_whose_env_block_is_gone(
    call: Invocation, tmp_path: Path, backups: dict[str, tuple[str, float]], found: list[str]
) -> None:
    write(tmp_path / ".openclaw/openclaw.json", '{"gateway": {"mode": "local"}}', LATER)
    for suffix, (text, at) in backups.items():
        write(tmp_path / f".openclaw/openclaw.json.{suffix}", text, at)
    assert kinds(call) == found


def test_a_config_without_an_env_block_is_read_again_by_openclaw(call: Invocation, tmp_path: Path) -> None:
    write(tmp_path / ".openclaw/openclaw.json", '{"gateway": {"mode": "local"}}', AFTER)
    assert kinds(call) == []


def test_a_credential_file_is_read_again_by_every_run(call: Invocation, tmp_path: Path) -> None:
    write(tmp_path / ".openclaw/agents/main/agent/auth-profiles.json", '{"version": 1, "profiles": {}}', AFTER)
    assert kinds(call) == []


def database(home: Path, profiles: dict[str, Any], at: float, *, state_at: float) -> Path:
    path = home / ".openclaw/state/openclaw.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT, updated_at_ms INTEGER)"
        )
        rows = [
            ("auth.sharedStore", '{"location": "state-db"}', 1),
            ("authProfiles.store", json.dumps({"version": 1, "profiles": profiles}), int(at * 1000)),
            ("authProfiles.state", '{"version": 1, "usageStats": {}}', int(state_at * 1000)),
        ]
        connection.executemany("INSERT INTO config_machine_state VALUES (?, ?, ?)", rows)
    connection.close()
    return path


KEY = {"anthropic:default": {"type": "api_key", "provider": "anthropic", "key": "FAKE"}}


def test_a_database_does_not_count_because_the_gateway_is_told(call: Invocation, tmp_path: Path) -> None:
    path = database(tmp_path, KEY, AFTER, state_at=AFTER)
    os.utime(path, (AFTER, AFTER))
    assert kinds(call) == []
