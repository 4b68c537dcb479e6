"""Ours and the real OpenClaw 2026.9.6, which keeps its credentials in SQLite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.interop.conftest import Machine

pytestmark = pytest.mark.interop

KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 5  # made up
TOKEN = "sk-ant-oat01-" + "EXAMPLEnotAtoken" * 6  # made up


def onboarded(machine: Machine) -> Machine:
    """What the real wizard leaves behind."""
    done = machine.real(
        "onboard", "--non-interactive", "--accept-risk", "--mode", "local", "--skip-health", "--skip-daemon",
        "--skip-skills", "--skip-bootstrap", "--auth-choice", "apiKey", "--anthropic-api-key", KEY,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return machine


def test_ours_reads_the_database(machine_2026_9_6: Machine) -> None:
    machine = onboarded(machine_2026_9_6)
    ours = json.loads(machine.ours("models", "status", "--json").stdout)
    real = json.loads(machine.real("models", "status", "--json").stdout)
    assert ours["resolvedDefault"] == real["resolvedDefault"]
    assert ours["auth"]["missingProvidersInUse"] == real["auth"]["missingProvidersInUse"] == []
    assert ours["auth"]["oauth"]["profiles"][0]["profileId"] == real["auth"]["oauth"]["profiles"][0]["profileId"]
    assert machine.ours("models", "status", "--check").returncode == 0


def test_doctor_leaves_no_trace_and_is_content(machine_2026_9_6: Machine) -> None:
    machine = onboarded(machine_2026_9_6)
    before = {path: path.lstat().st_mtime_ns for path in machine.home.rglob("*")}
    done = machine.ours("doctor", "--json")
    report = json.loads(done.stdout)
    assert [item for item in report["findings"] if item["severity"] == "error"] == []
    assert report["host"]["era"] == "sqlite"
    assert {path: path.lstat().st_mtime_ns for path in machine.home.rglob("*")} == before
    assert KEY not in done.stdout + done.stderr


def test_a_token_goes_through_the_real_program(machine_2026_9_6: Machine) -> None:
    machine = onboarded(machine_2026_9_6)
    done = machine.ours("models", "auth", "paste-token", "--provider", "anthropic", "--expires-in", "30d", stdin=TOKEN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert not list(machine.home.rglob("auth-profiles.json"))
    listed = json.loads(machine.real("models", "auth", "list", "--json").stdout)
    assert {item["id"] for item in listed["profiles"]} == {"anthropic:default", "anthropic:manual"}
    assert machine.real("models", "status", "--check").returncode == 0
