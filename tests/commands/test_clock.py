"""`OPENCLAW_NOW_MS` sets the clock: what expires, what is held back and what a receipt is dated with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

EXPIRES = 1_780_000_000_000
TOKEN = {"type": "token", "provider": "anthropic", "token": "FAKE-CANARY-token-0123456789", "expires": EXPIRES}
CHECK = ("models", "status", "--check")


@pytest.fixture
def host(machine: Machine) -> Machine:
    stats = {"anthropic:t": {"cooldownUntil": EXPIRES - 1000, "errorCount": 1}}
    machine.write(machine.store(), {"profiles": {"anthropic:t": TOKEN}, "usageStats": stats})
    return machine


@pytest.mark.parametrize(("now", "code"), [(EXPIRES - 10**9, 0), (EXPIRES - 10**6, 2), (EXPIRES, 1), (EXPIRES + 1, 1)])
def test_expiry_is_judged_by_it(host: Machine, now: int, code: int) -> None:
    assert host.run(*CHECK, env={"OPENCLAW_NOW_MS": f" {now} "}).code == code


@pytest.mark.parametrize(("now", "held"), [(EXPIRES - 2000, True), (EXPIRES - 1000, False)])
def test_cooldowns_are_judged_by_it(host: Machine, now: int, held: bool) -> None:
    (profile,) = host.run("models", "auth", "list", "--json", env={"OPENCLAW_NOW_MS": str(now)}).json["profiles"]
    assert ("unusableUntil" in profile) is held


def test_receipts_are_dated_with_it(host: Machine) -> None:
    host.run("models", "auth", "clear-cooldown", "anthropic:t", env={"OPENCLAW_NOW_MS": "1750000000123"})
    (receipt,) = host.run("undo", "--list", "--json").json["receipts"]
    assert receipt["at"] == 1_750_000_000_123


@pytest.mark.parametrize("wrong", ["", "soon", "-1", "1.5", "١٢٣", "9" * 30])
def test_anything_but_digits_is_ignored(host: Machine, wrong: str) -> None:
    expired = time.time() * 1000 >= EXPIRES
    assert host.run(*CHECK, env={"OPENCLAW_NOW_MS": wrong}).code == (1 if expired else 0)
