"""Ours and the real OpenClaw 2026.2.3 on the same files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.interop.conftest import Machine, last_json

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.interop

KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 5  # made up
TOKEN = "sk-ant-oat01-" + "EXAMPLEnotAtoken" * 6  # made up
OTHER = "sk-or-v1-" + "0123456789abcdef" * 4  # made up


def onboarded(machine: Machine) -> Machine:
    """What the real wizard leaves behind."""
    done = machine.real(
        "onboard", "--non-interactive", "--accept-risk", "--skip-health", "--skip-daemon", "--skip-skills",
        "--auth-choice", "apiKey", "--anthropic-api-key", KEY,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return machine


def test_ours_reads_what_the_real_one_wrote(machine_2026_2_3: Machine) -> None:
    machine = onboarded(machine_2026_2_3)
    ours = json.loads(machine.ours("models", "status", "--json").stdout)
    real = last_json(machine.real("models", "status", "--json").stdout)
    for ours_only in ("resolution", "check", "notInUse"):
        ours["auth"].pop(ours_only, None)
    assert ours == real


def test_doctor_is_content_with_a_fresh_real_installation(machine_2026_2_3: Machine) -> None:
    machine = onboarded(machine_2026_2_3)
    before = snapshot(machine.home)
    done = machine.ours("doctor", "--json")
    report = json.loads(done.stdout)
    assert [item for item in report["findings"] if item["severity"] == "error"] == []
    assert done.returncode == 0
    assert report["host"]["era"] == "json"
    assert report["host"]["openclawVersion"] == "2026.2.3"
    assert snapshot(machine.home) == before
    assert KEY not in done.stdout + done.stderr


def test_the_real_one_reads_what_paste_token_wrote(machine_2026_2_3: Machine) -> None:
    machine = onboarded(machine_2026_2_3)
    done = machine.ours("models", "auth", "paste-token", "--provider", "openrouter", stdin=OTHER + "\n")
    assert done.returncode == 0, done.stderr
    assert OTHER not in done.stdout + done.stderr
    shown = last_json(machine.real("models", "status", "--json").stdout)
    rows = {row["provider"]: row for row in shown["auth"]["providers"]}
    assert rows["openrouter"]["profiles"]["labels"] == [f"openrouter:manual=token:{OTHER[:8]}...{OTHER[-8:]}"]
    assert rows["anthropic"]["profiles"]["count"] == 1
    assert machine.real("models", "status", "--check").returncode == 0


def test_a_second_profile_does_not_hide_the_first(machine_2026_2_3: Machine) -> None:
    machine = onboarded(machine_2026_2_3)
    machine.ours("models", "auth", "paste-token", "--provider", "anthropic", stdin=TOKEN)
    shown = last_json(machine.real("models", "status", "--json").stdout)
    row = next(row for row in shown["auth"]["providers"] if row["provider"] == "anthropic")
    assert row["profiles"] | {"labels": []} == {"count": 2, "oauth": 0, "token": 1, "apiKey": 1, "labels": []}
    assert machine.real("models", "status", "--check").returncode == 0


@pytest.mark.parametrize("store", ["env", "profile"])
def test_the_real_one_reads_what_our_wizard_wrote(machine_2026_2_3: Machine, store: str) -> None:
    machine = machine_2026_2_3
    keyfile = machine.home / "key.txt"
    keyfile.write_text(KEY)
    done = machine.ours(
        "onboard", "--non-interactive", "--no-verify", "--provider", "anthropic", "--method", "api-key",
        "--store", store, "--key-file", str(keyfile),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    keyfile.unlink()
    assert machine.real("models", "status", "--check").returncode == 0
    shown = last_json(machine.real("models", "status", "--json").stdout)
    row = next(row for row in shown["auth"]["providers"] if row["provider"] == "anthropic")
    assert row["effective"]["kind"] == {"env": "env", "profile": "profiles"}[store]
    assert shown["auth"]["missingProvidersInUse"] == []


def test_a_provider_that_the_real_one_does_not_build_in(machine_2026_2_3: Machine) -> None:
    machine = machine_2026_2_3
    key = "sk-" + "0123456789abcdef" * 2  # made up
    done = machine.ours(
        "onboard", "--non-interactive", "--no-verify", "--provider", "deepseek", "--key-stdin", stdin=key
    )
    assert done.returncode == 0, done.stderr
    status = machine.real("models", "status", "--json", "--check")
    assert status.returncode == 0, status.stdout + status.stderr
    shown = last_json(status.stdout)
    assert shown["resolvedDefault"].startswith("deepseek/")


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file below: mode, mtime, content."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }
