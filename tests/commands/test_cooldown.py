"""`openclaw models auth clear-cooldown`, as a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

NOW = 1_770_000_000_000
HOUR = 3_600_000
KEY = "sk-ant-FAKE-CANARY-0123456789-EXAMPLE"
CLEAR = ("models", "auth", "clear-cooldown")
PROFILE = {"type": "api_key", "provider": "anthropic", "key": KEY}
HELD = {
    "lastUsed": NOW - HOUR, "errorCount": 3, "failureCounts": {"billing": 1}, "lastFailureAt": NOW - 5,
    "disabledUntil": NOW + 5 * HOUR, "disabledReason": "billing", "cooldownUntil": NOW + HOUR, "mine": {"kept": 1},
}  # fmt: skip


def store(machine: Machine, stats: Any, agent: str = "main", **more: Any) -> None:
    machine.write(machine.store(agent), {"profiles": {"anthropic:a": PROFILE}, "usageStats": stats, **more})


def stats(machine: Machine, agent: str = "main") -> Any:
    return json.loads(machine.store(agent).read_text())["usageStats"]


def test_all_that_a_failure_left_goes(machine: Machine) -> None:
    """All of it: one left-over field keeps the profile back, or makes the next failure a longer one (FM 15)."""
    store(machine, {"anthropic:a": HELD, "anthropic:b": HELD})
    before = machine.store().read_bytes()
    assert machine.run("models", "auth", "which").code == 1
    result = machine.run(*CLEAR, "anthropic:a")
    assert result.code == 0
    assert result.out == "Cleared: anthropic:a (it would have been held back for 5h more)\n"
    assert stats(machine) == {"anthropic:a": {"lastUsed": NOW - HOUR, "mine": {"kept": 1}}, "anthropic:b": HELD}
    assert machine.run("models", "auth", "which").code == 0
    assert not list(machine.home.rglob("*.lock"))
    machine.run("undo")
    assert machine.store().read_bytes() == before


def test_a_dead_date_is_cleared_too(machine: Machine) -> None:
    store(machine, {"anthropic:a": {"cooldownUntil": NOW - 1, "errorCount": 2}})
    assert machine.run(*CLEAR, "anthropic:a").out == "Cleared: anthropic:a\n"
    assert stats(machine) == {"anthropic:a": {}}


@pytest.mark.parametrize("kept", [{}, {"lastUsed": 1, "errorCount": 0, "lastFailureAt": 5}])
def test_what_a_success_leaves_is_no_cooldown(machine: Machine, kept: dict[str, Any]) -> None:
    store(machine, {"anthropic:a": kept})
    before = machine.files()
    result = machine.run(*CLEAR, "anthropic:a")
    assert (result.code, result.out, result.err) == (0, "Nothing held anthropic:a back\n", "")
    assert machine.files() == before


def test_every_agent_that_holds_it_back(machine: Machine) -> None:
    for agent in ("main", "work", "ghost"):
        store(machine, {"anthropic:a": HELD}, agent)
    machine.run(*CLEAR, "anthropic:a")
    assert all("errorCount" not in stats(machine, agent)["anthropic:a"] for agent in ("main", "work", "ghost"))


def test_one_agent(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    store(machine, {"anthropic:a": HELD})
    store(machine, {"anthropic:a": HELD}, "work")
    assert machine.run("models", "auth", "--agent", "work", "clear-cooldown", "anthropic:a").code == 0
    assert stats(machine)["anthropic:a"] == HELD
    assert "errorCount" not in stats(machine, "work")["anthropic:a"]


def test_statistics_without_a_profile_can_be_cleared(machine: Machine) -> None:
    store(machine, {"gone": HELD})
    assert machine.run(*CLEAR, "gone").code == 0
    assert "errorCount" not in stats(machine)["gone"]


def test_dry_run(machine: Machine) -> None:
    store(machine, {"anthropic:a": HELD})
    before = machine.files()
    result = machine.run(*CLEAR, "anthropic:a", "--dry-run")
    assert result.code == 0
    assert "disabledUntil" in result.out
    assert "CANARY" not in result.out + result.err
    assert machine.files() == before


BAD: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("anthropic:zz",), ('no profile "anthropic:zz" in the store of any agent', "stored: anthropic:a")),
    (("anthropic:a", "--agent", "nobody"), ('unknown agent "nobody"', "configured: main")),
    ((), ("PROFILE",)),
    (("a", "b"), ("b",)),
]


@pytest.mark.parametrize(("args", "said"), BAD)
def test_errors_exit_1_and_name_the_values(machine: Machine, args: tuple[str, ...], said: tuple[str, ...]) -> None:
    store(machine, {})
    before = machine.files()
    result = machine.run(*CLEAR, *args)
    assert (result.code, result.out) == (1, "")
    assert [part for part in said if part not in result.err] == []
    assert machine.files() == before


def test_where_openclaw_has_no_command_the_way_out_is_said(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": PROFILE}, {"usageStats": {"anthropic:a": HELD}})
    result = machine.run(*CLEAR, "anthropic:a")
    assert (result.code, result.out) == (1, "")
    assert "SQLite database" in result.err
    assert "it ends by itself in 5h" in result.err
    assert "models auth logout anthropic:a\n" in result.err  # which forgets the failure, as only a logout does
    assert "models auth paste-api-key --provider anthropic --profile-id anthropic:a\n" in result.err
    assert newer.calls(machine) == []
