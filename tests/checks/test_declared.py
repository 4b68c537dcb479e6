"""credentials/: config-mismatch, undeclared, shadowed, bill-shock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from doctor.engine import diagnose
from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import NOW, write

if TYPE_CHECKING:
    from pathlib import Path

A = "anthropic:default"
ENTRY = {"provider": "anthropic", "mode": "api_key"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def env(home: Path, *lines: str) -> Path:
    return write(home / ".openclaw" / ".env", "\n".join(["# made up", *lines, "OTHER=1", ""]))


# ---- the config and the stores -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "entry"),
    [
        (i.key(), ENTRY),
        (i.token(), {"provider": "anthropic", "mode": "token"}),
        (i.token(), {"provider": "anthropic", "mode": "oauth"}),  # which OpenClaw takes
    ],
)
def test_a_config_that_agrees(home: Path, stored: dict[str, Any], entry: dict[str, str]) -> None:
    i.config(home, profiles={A: entry})
    i.store(home, {A: stored})
    assert not {"credentials/config-mismatch", "credentials/undeclared"} & i.ids(home)


@pytest.mark.parametrize(
    ("stored", "entry"),
    [
        (i.key(), {"provider": "anthropic", "mode": "token"}),
        (i.key(), {"provider": "openai", "mode": "api_key"}),
        (i.token(), ENTRY),
    ],
)
def test_a_mode_or_provider_that_differs(home: Path, stored: dict[str, Any], entry: dict[str, str]) -> None:
    i.config(home, profiles={A: {**entry, "email": "eve@example.org"}})
    i.store(home, {A: stored})
    assert i.word(i.only(home, "config-mismatch")) == "error confirm"
    i.mended(home, "config-mismatch", reveals="claude-code-only")
    # A key in the environment is used, so nothing is left without one.
    assert i.word(i.only(home, "config-mismatch", ANTHROPIC_API_KEY=i.KEY)) == "warning confirm"


def test_a_mismatch_beside_another_good_profile_or_of_a_provider_that_nobody_uses_is_a_warning(home: Path) -> None:
    wrong = {"provider": "openai", "mode": "token"}
    i.config(home, profiles={A: ENTRY, "openai:default": wrong})
    i.store(home, {A: i.key(), "openai:default": i.key(i.OPENAI, "openai")})
    assert i.word(i.only(home, "config-mismatch")) == "warning confirm"
    i.mended(home, "config-mismatch")


def test_a_declared_profile_that_is_not_stored_hides_the_rest_in_2026_2_only(home: Path) -> None:
    i.config(home, profiles={"anthropic:gone": ENTRY})
    i.store(home, {A: i.key()})
    finding = i.only(home, "config-mismatch")
    assert i.word(finding) == "error confirm"
    assert finding.target == "anthropic:gone"
    i.mended(home, "config-mismatch")
    assert i.word(i.only(home, "undeclared")) == "error confirm"
    i.mended(home, "undeclared")
    (i.folder(home) / "auth-profiles.json").unlink()
    i.database(home, {A: i.key()})
    assert i.word(i.only(home, "config-mismatch")) == "warning confirm"
    assert mending.findings(home, "credentials/undeclared") == []


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("anthropic:claude-cli", {"provider": "claude-cli", "mode": "oauth"}),
        ("openai:codex-cli", {"provider": "openai", "mode": "oauth"}),
        ("amazon-bedrock:default", {"provider": "amazon-bedrock", "mode": "aws-sdk"}),
    ],
)
def test_what_no_store_has_to_have(home: Path, name: str, entry: dict[str, str]) -> None:
    i.config(home, profiles={name: entry})
    i.database(home, {A: i.key()})
    assert mending.findings(home, "credentials/config-mismatch") == []


def test_a_profile_that_only_another_agent_has_is_stored(home: Path) -> None:
    i.config(home, agents=("work",), profiles={A: ENTRY, "anthropic:work": ENTRY})
    i.store(home, {A: i.key()})
    i.store(home, {"anthropic:work": i.key(i.OTHER_KEY)}, "work")
    assert not {"credentials/config-mismatch", "credentials/undeclared"} & i.ids(home)


def test_an_undeclared_profile(home: Path) -> None:
    i.config(home, profiles={A: ENTRY})
    i.store(home, {A: i.key(), "anthropic:b": i.key(i.OTHER_KEY)})
    assert i.word(i.only(home, "undeclared")) == "warning confirm"
    i.mended(home, "undeclared")
    i.store(home, {A: i.key(""), "anthropic:b": i.key(i.OTHER_KEY)})
    finding = i.only(home, "undeclared")
    assert i.word(finding) == "error confirm"
    assert finding.target == "anthropic:b"
    i.mended(home, "undeclared")
    assert i.word(i.only(home, "undeclared", ANTHROPIC_API_KEY=i.KEY)) == "warning confirm"
    i.store(home, {A: i.key(), "anthropic:b": i.token(expires=NOW - 1)})  # of no use either way
    assert mending.findings(home, "credentials/undeclared") == []


def test_an_order_that_names_it_makes_it_seen(home: Path) -> None:
    i.config(home, profiles={A: ENTRY}, order={"anthropic": ["anthropic:b", A]})
    i.store(home, {A: i.key(), "anthropic:b": i.key(i.OTHER_KEY)})
    assert mending.findings(home, "credentials/undeclared") == []


def test_a_broken_config_or_store_makes_it_unknown(home: Path) -> None:
    write(home / ".openclaw" / "openclaw.json", "{ broken")
    i.store(home, {A: i.key()})
    slugs = ("config-mismatch", "undeclared", "order-excludes", "agent-missing", "shadowed")
    states = {item.check_id: item.state for item in diagnose(mending.call(home)).outcomes}
    assert {states[f"credentials/{slug}"] for slug in slugs} == {"unknown"}
    i.config(home, profiles={A: ENTRY})
    write(i.folder(home) / "auth-profiles.json", "{ broken")
    states = {item.check_id: item.state for item in diagnose(mending.call(home)).outcomes}
    assert states["credentials/config-mismatch"] == "unknown"


# ---- variables -----------------------------------------------------------------------------------------------------


def test_a_variable_that_a_profile_beats(home: Path) -> None:
    i.config(home)
    i.store(home, {A: i.key()})
    env(home, f"ANTHROPIC_API_KEY={i.OTHER_KEY}")
    finding = i.only(home, "shadowed")
    assert i.word(finding) == "warning confirm"
    assert "profile anthropic:default" in finding.evidence["used"]
    assert "~/.openclaw/.env" in finding.evidence["not used"]
    assert i.OTHER_KEY not in repr(finding)
    i.mended(home, "shadowed")
    # What this shell has, only the user can take out.
    assert i.word(i.only(home, "shadowed", ANTHROPIC_API_KEY=i.OTHER_KEY)) == "warning manual"


@pytest.mark.parametrize("block", [{"ANTHROPIC_API_KEY": i.OTHER_KEY}, {"vars": {"ANTHROPIC_API_KEY": i.OTHER_KEY}}])
def test_a_variable_of_the_config(home: Path, block: dict[str, Any]) -> None:
    i.config(home, {**i.ANTHROPIC, "env": block})
    i.store(home, {A: i.key()})
    assert i.word(i.only(home, "shadowed")) == "warning confirm"
    i.mended(home, "shadowed")


def test_a_profile_that_a_variable_replaces(home: Path) -> None:
    i.config(home, profiles={A: {"provider": "anthropic", "mode": "token"}})
    i.store(home, {A: i.key()})
    env(home, f"ANTHROPIC_API_KEY={i.OTHER_KEY}")
    finding = i.only(home, "shadowed")
    assert i.word(finding) == "warning manual"
    assert "is stored and not used" in finding.message


@pytest.mark.parametrize("value", [i.KEY, f"  {i.KEY}  ", "YOUR_API_KEY", ""])
def test_the_same_value_or_none_is_no_shadow(home: Path, value: str) -> None:
    i.config(home)
    i.store(home, {A: i.key()})
    assert mending.findings(home, "credentials/shadowed", ANTHROPIC_API_KEY=value) == []


def test_what_is_of_no_use_or_not_for_openclaw_shadows_nothing(home: Path) -> None:
    i.config(home)
    i.store(home, {A: i.token(expires=NOW - 1)})
    assert mending.findings(home, "credentials/shadowed", ANTHROPIC_API_KEY=i.KEY) == []
    i.store(home, {"github-copilot:github": i.token("ghu_" + "FAKE" * 9, "github-copilot")})
    assert mending.findings(home, "credentials/shadowed", GITHUB_TOKEN="ghp_" + "FAKE" * 9) == []
    i.store(home, {"openai:default": i.key(i.OPENAI, "openai")})
    assert mending.findings(home, "credentials/shadowed", ANTHROPIC_API_KEY=i.KEY) == []


def test_an_api_key_beside_a_subscription(home: Path) -> None:
    i.config(home)
    i.store(home, {"anthropic:manual": i.token()})
    env(home, f"ANTHROPIC_API_KEY={i.KEY}")
    finding = i.only(home, "bill-shock")
    assert i.word(finding) == "warning confirm"
    assert finding.target == "anthropic/ANTHROPIC_API_KEY"
    i.mended(home, "bill-shock")
    assert i.word(i.only(home, "bill-shock", ANTHROPIC_API_KEY=i.OTHER_KEY)) == "warning manual"


def test_no_subscription_or_no_key_bills_nobody(home: Path) -> None:
    i.config(home)
    quiet = [
        ({A: i.key()}, {"ANTHROPIC_API_KEY": i.OTHER_KEY}),
        ({"anthropic:manual": i.token()}, {"OPENAI_API_KEY": i.OPENAI}),
        ({"anthropic:manual": i.token()}, {"ANTHROPIC_API_KEY": i.TOKEN}),
        ({"anthropic:manual": i.token(expires=NOW - 1)}, {"ANTHROPIC_API_KEY": i.KEY}),
        ({"openai-codex:default": i.login()}, {"OPENAI_API_KEY": i.OPENAI}),
        ({"github-copilot:github": i.login(provider="github-copilot")}, {"GH_TOKEN": "ghp_" + "FAKE" * 9}),
    ]
    for profiles, variables in quiet:
        i.store(home, profiles)
        assert mending.findings(home, "credentials/bill-shock", **variables) == []


def test_references_in_a_store_that_cannot_be_read_are_unknown(home: Path) -> None:
    i.config(home)
    write(i.folder(home) / "auth-profiles.json", "{ broken")
    states = {item.check_id: item.state for item in diagnose(mending.call(home)).outcomes}
    assert states["credentials/secret-ref-unresolved"] == "unknown"


@pytest.mark.parametrize(
    "slug",
    ["no-refresh", "cooldown", "disabled", "stale-cooldown", "all-unusable", "shared-refresh", "agent-missing",
     "agent-stale", "order-excludes", "last-good-dangling", "shadowed", "undeclared"],
)  # fmt: skip
def test_what_a_store_holds_that_cannot_be_read_is_unknown(slug: str, home: Path) -> None:
    i.config(home)
    write(i.folder(home) / "auth-profiles.json", "{ broken")
    states = {item.check_id: item.state for item in diagnose(mending.call(home)).outcomes}
    assert states[f"credentials/{slug}"] == "unknown"
    i.store(home, {A: i.key()})
    states = {item.check_id: item.state for item in diagnose(mending.call(home)).outcomes}
    assert states[f"credentials/{slug}"] == "passed"
