"""credentials/: cooldown, disabled, stale-cooldown, all-unusable."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from checks.verdict import BILLING
from openclaw.credentials.holds import hold, hold_for, left_over, moment
from openclaw.providers.catalog import load
from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import LIMIT, NOW, environment

if TYPE_CHECKING:
    from pathlib import Path

RESTING = {"errorCount": 2, "failureCounts": {"rate_limit": 2}, "lastFailureAt": NOW - 1000, "lastUsed": NOW - 5000}
COOLING = {**RESTING, "cooldownUntil": NOW + 5 * 60_000}
DISABLED = {"disabledUntil": NOW + 5 * i.HOUR, "disabledReason": "billing", "failureCounts": {"billing": 1}}
OVER = {**RESTING, "cooldownUntil": NOW - 1}
SLUGS = ("cooldown", "disabled", "stale-cooldown", "all-unusable")


def slugs(home: Path, **env: str) -> list[str]:
    return [slug for slug in SLUGS if f"credentials/{slug}" in i.ids(home, **env)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    i.config(tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("stats", "newer", "expected"),
    [
        (COOLING, False, ("cooldown", "rate_limit", "")),
        (DISABLED, False, ("disabled", "billing", "")),
        ({**COOLING, **DISABLED}, False, ("disabled", "billing", "")),
        (OVER, False, None),
        ({"cooldownUntil": NOW}, False, None),
        ({"cooldownUntil": 10**400}, False, None),
        ({"cooldownUntil": "soon"}, False, None),
        ("no object", False, None),
        ({"blockedUntil": NOW + 1, "blockedReason": "usage"}, False, None),  # 2026.2.x does not know it
        ({"blockedUntil": NOW + 1, "blockedReason": "usage"}, True, ("cooldown", "usage", "")),
        ({"cooldownUntil": NOW + 1, "cooldownReason": "auth", "cooldownModel": "m"}, True, ("cooldown", "auth", "")),
        ({"cooldownUntil": NOW + 1, "cooldownReason": "timeout", "cooldownModel": "m"}, True,
         ("cooldown", "timeout", "m")),
    ],
)  # fmt: skip
def test_what_holds_a_profile_back(stats: Any, newer: bool, expected: tuple[str, str, str] | None) -> None:
    found = hold(stats, NOW, "anthropic", newer=newer)
    assert (found and (found.kind, found.reason, found.model)) == expected


def test_a_cooldown_of_one_model_is_none_of_another() -> None:
    stats = {"cooldownUntil": NOW + 1, "cooldownReason": "rate_limit", "cooldownModel": "claude-opus-5"}
    assert hold_for(stats, NOW, "anthropic", "claude-opus-5", newer=True)
    assert hold_for(stats, NOW, "anthropic", "claude-sonnet-5", newer=True) is None
    assert hold_for(stats, NOW, "anthropic", "claude-sonnet-5")  # 2026.2.x knows no models there
    assert hold(stats, NOW, "openrouter", newer=True) is None
    assert hold(stats, NOW, "openrouter")


def test_left_overs_and_times() -> None:
    assert left_over(OVER, NOW)
    assert not left_over(COOLING, NOW)
    assert not left_over({**OVER, **DISABLED}, NOW)
    assert not left_over(RESTING, NOW)  # a failure without a cooldown is no left-over of one
    assert not left_over(None, NOW)
    assert moment(NOW) == "2026-02-02 02:40 UTC"
    assert "beyond" in moment(1e300)


def test_the_billing_pages_are_those_of_the_catalogue() -> None:
    pages = {item.id: item.billing for item in load().providers}
    assert {name: pages[name] for name in BILLING} == BILLING


@pytest.mark.parametrize("stats", [{}, RESTING, {"lastUsed": NOW}])
def test_nothing_is_said_of_a_profile_that_is_not_held_back(home: Path, stats: dict[str, Any]) -> None:
    i.store(home, {"anthropic:default": i.key()}, usageStats={"anthropic:default": stats})
    assert slugs(home) == []


def test_a_cooldown_beside_another_profile(home: Path) -> None:
    profiles = {"anthropic:a": i.key(), "anthropic:b": i.key(i.OTHER_KEY)}
    i.store(home, profiles, usageStats={"anthropic:a": COOLING})
    assert slugs(home) == ["cooldown"]
    finding = i.only(home, "cooldown")
    assert i.word(finding) == "warning confirm"
    assert "until 2026-02-02 02:45 UTC" in finding.message
    assert "rate_limit" in finding.message
    i.mended(home, "cooldown")
    i.obeyed(home, finding)


def test_a_disabled_only_profile_names_the_billing_page(home: Path) -> None:
    i.store(home, {"anthropic:default": i.key()}, usageStats={"anthropic:default": DISABLED})
    assert slugs(home) == ["disabled", "all-unusable"]
    finding = i.only(home, "disabled")
    assert i.word(finding) == "error confirm"
    assert finding.remedy
    assert BILLING["anthropic"] in finding.remedy.text
    i.mended(home, "disabled")
    i.mended(home, "all-unusable")
    i.obeyed(home, finding)


def test_what_a_cooldown_left_is_taken_out_without_asking(home: Path) -> None:
    i.store(home, {"anthropic:default": i.key()}, usageStats={"anthropic:default": OVER})
    assert slugs(home) == ["stale-cooldown"]
    finding = i.only(home, "stale-cooldown")
    assert i.word(finding) == "info auto"
    i.mended(home, "stale-cooldown")
    i.obeyed(home, finding)


def test_all_unusable_names_the_first_to_recover_and_says_it_once_for_all_agents(home: Path) -> None:
    i.config(home, agents=("work", "play"))
    profiles = {"anthropic:a": i.key(), "anthropic:b": i.key(i.OTHER_KEY), "anthropic:c": i.token(expires=NOW - 1)}
    i.store(home, profiles, usageStats={"anthropic:a": DISABLED, "anthropic:b": COOLING})
    write_env(home, "ANTHROPIC_API_KEY")  # is not asked: a profile is eligible
    finding = i.only(home, "all-unusable")
    assert i.word(finding) == "error confirm"
    assert "main, work and play" in finding.message
    assert finding.evidence["first to recover"] == "anthropic:b"
    i.mended(home, "all-unusable")


def test_not_all_unusable_where_nothing_is_held_back_or_something_is_usable(home: Path) -> None:
    i.store(home, {"anthropic:c": i.token(expires=NOW - 1)})
    assert slugs(home) == []
    # An expired token is not eligible, so the environment is asked.
    i.store(home, {"anthropic:c": i.token(expires=NOW - 1)}, usageStats={"anthropic:c": COOLING})
    assert "all-unusable" not in slugs(home, ANTHROPIC_API_KEY=i.KEY)
    i.store(home, {"openai:default": i.key(i.OPENAI, "openai")}, usageStats={"openai:default": COOLING})
    assert slugs(home) == ["cooldown"]  # of a provider that nobody uses


def test_a_cooldown_that_an_agent_noted_of_an_inherited_profile(home: Path) -> None:
    i.config(home, agents=("work",))
    i.store(home, {"anthropic:default": i.key()})
    i.store(home, {}, "work", usageStats={"anthropic:default": COOLING})
    finding = i.only(home, "cooldown")
    assert "for agent work" in finding.message
    assert "for agent work" in i.only(home, "all-unusable").message
    i.mended(home, "cooldown")
    i.mended(home, "all-unusable")


def test_the_worst_cause_of_one_credential_is_told_alone(home: Path) -> None:
    i.store(home, {"anthropic:default": i.key("YOUR_API_KEY")}, usageStats={"anthropic:default": DISABLED})
    assert slugs(home) == ["all-unusable"]
    assert "credentials/placeholder" in i.ids(home)


def test_in_the_sqlite_era_nothing_is_planned_and_models_are_told_apart(home: Path) -> None:
    cooling = {"cooldownUntil": NOW + 60_000, "cooldownReason": "rate_limit", "cooldownModel": "claude-haiku-5"}
    i.database(home, {"anthropic:default": i.key()}, usageStats={"anthropic:default": cooling})
    assert slugs(home) == ["cooldown"]
    finding = i.only(home, "cooldown")
    assert i.word(finding) == "warning manual"
    assert "for claude-haiku-5" in finding.message
    assert i.printed(finding) == ("openclaw models auth which --provider anthropic",)
    done = subprocess.run(
        ["sh", "-c", finding.remedy.commands[0] if finding.remedy else ""],
        env=environment(home), cwd=home, capture_output=True, text=True, timeout=LIMIT, check=False,
    )  # fmt: skip
    assert "by a cooldown of claude-haiku-5 alone" in done.stdout, done.stderr
    i.database(home, {"anthropic:default": i.key()}, usageStats={"anthropic:default": DISABLED})
    assert slugs(home) == ["disabled", "all-unusable"]
    assert i.word(i.only(home, "all-unusable")) == "error manual"
    i.database(home, {"anthropic:default": i.key()}, usageStats={"anthropic:default": OVER})
    assert i.word(i.only(home, "stale-cooldown")) == "info manual"


def write_env(home: Path, name: str) -> None:
    from tests.doctor.homes import write

    write(home / ".openclaw" / ".env", f"{name}={i.OTHER_KEY}\n")


def test_a_store_that_cannot_be_read_is_unknown_and_not_in_cooldown(home: Path) -> None:
    i.folder(home).mkdir(parents=True)
    (i.folder(home) / "auth-profiles.json").write_text("{broken")
    assert slugs(home) == []
    assert mending.findings(home, "credentials/store-corrupt")
