"""credentials/: agent-missing, agent-stale, order-excludes, last-good-dangling."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import NOW, write

if TYPE_CHECKING:
    from pathlib import Path

QUIET = {f"credentials/{slug}" for slug in ("agent-missing", "agent-stale", "order-excludes", "last-good-dangling")}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    i.config(home, agents=("work",))
    i.store(home, {"anthropic:default": i.key(), "openai:default": i.key(i.OPENAI, "openai")})
    return home


def test_agents_that_inherit_are_fine(home: Path) -> None:
    assert not QUIET & i.ids(home)
    i.store(home, {}, "work")
    assert not QUIET & i.ids(home)
    i.store(
        home,
        {"groq:default": i.key("gsk_" + "FAKE" * 13, "groq")},
        "work",
        usageStats={"anthropic:default": {"lastUsed": 1}},
    )
    assert not QUIET & i.ids(home)
    i.store(home, {"anthropic:default": i.key()}, "work")  # the same
    assert not QUIET & i.ids(home)


@pytest.mark.parametrize("own", [i.key(""), i.token(expires=NOW - 1), i.login("", access="")])
def test_an_entry_of_an_agent_that_hides_mains(home: Path, own: dict[str, object]) -> None:
    i.store(home, {"anthropic:default": own}, "work")
    finding = i.only(home, "agent-missing")
    assert i.word(finding) == "warning confirm"
    assert finding.target == "work/anthropic"
    i.mended(home, "agent-missing")
    i.obeyed(home, finding)


def test_an_order_of_an_agent_that_hides_mains(home: Path) -> None:
    spare = i.token(expires=NOW - 1)
    i.store(home, {"anthropic:spare": spare}, "work", order={"anthropic": ["anthropic:spare"]})
    finding = i.only(home, "agent-missing")
    assert "its own order" in finding.message
    i.mended(home, "agent-missing")
    i.obeyed(home, finding)


def test_both_hide(home: Path) -> None:
    own = {"anthropic:default": i.key(""), "anthropic:spare": i.token(expires=NOW - 1)}
    i.store(home, own, "work", order={"anthropic": ["anthropic:spare"]})
    i.mended(home, "agent-missing")
    i.obeyed(home, i.only(home, "agent-missing"))


def test_an_agent_with_a_credential_of_its_own_misses_nothing(home: Path) -> None:
    own = {"anthropic:default": i.key(""), "anthropic:mine": i.key(i.OTHER_KEY)}
    i.store(home, own, "work")
    assert mending.findings(home, "credentials/agent-missing") == []
    i.store(home, own, "work", usageStats={"anthropic:mine": {"cooldownUntil": NOW + 1000}})
    assert mending.findings(home, "credentials/agent-missing") == []  # that it rests has a check of its own


def test_in_the_sqlite_era_openclaws_command_unhides(home: Path) -> None:
    i.database(home, {"anthropic:default": i.key()})
    i.agent_database(home, {"anthropic:default": i.token(expires=NOW - 1)}, "work")
    (i.folder(home) / "auth-profiles.json").unlink()
    finding = i.only(home, "agent-missing")
    assert i.word(finding) == "warning manual"
    assert i.printed(finding) == ("openclaw models auth logout anthropic:default --agent work",)


def aged(home: Path, agent: str, seconds: int) -> None:
    os.utime(i.folder(home, agent) / "auth-profiles.json", (seconds, seconds))


def test_an_older_value_of_an_agent(home: Path) -> None:
    path = i.store(home, {"anthropic:default": i.key(i.OTHER_KEY)}, "work")
    aged(home, "main", 2000)
    aged(home, "work", 1000)
    finding = i.only(home, "agent-stale")
    assert i.word(finding) == "warning confirm"
    assert finding.target == "work/anthropic:default"
    i.mended(home, "agent-stale")
    aged(home, "work", 1000)
    i.obeyed(home, finding)
    assert i.KEY in path.read_text()


def test_a_value_that_worked_later_is_the_newer_one(home: Path) -> None:
    i.store(home, {"anthropic:default": i.key()}, usageStats={"anthropic:default": {"lastUsed": NOW - 1}})
    work = {"anthropic:default": {"lastUsed": NOW - 9999}}
    i.store(home, {"anthropic:default": i.key(i.OTHER_KEY)}, "work", usageStats=work)
    aged(home, "main", 1000)
    aged(home, "work", 2000)
    assert "with success" in i.only(home, "agent-stale").message


@pytest.mark.parametrize("own", [i.login(provider="anthropic"), i.key("YOUR_API_KEY"), i.token(expires=NOW - 1)])
def test_logins_and_broken_values_are_not_stale(home: Path, own: dict[str, object]) -> None:
    i.store(home, {"anthropic:default": own}, "work")
    aged(home, "main", 2000)
    aged(home, "work", 1000)
    assert mending.findings(home, "credentials/agent-stale") == []


def test_a_newer_value_of_an_agent_is_its_own_affair(home: Path) -> None:
    i.store(home, {"anthropic:default": i.key(i.OTHER_KEY)}, "work")
    aged(home, "main", 1000)
    aged(home, "work", 2000)
    assert mending.findings(home, "credentials/agent-stale") == []
    i.store(home, {"anthropic:other": i.key(i.OTHER_KEY)}, "work")  # nor another id
    aged(home, "work", 500)
    assert mending.findings(home, "credentials/agent-stale") == []


def test_a_store_order_without_the_only_good_profile(home: Path) -> None:
    profiles = {"anthropic:old": i.token(expires=NOW - 1), "anthropic:default": i.key()}
    i.store(home, profiles, order={"anthropic": ["anthropic:old"]})
    finding = i.only(home, "order-excludes")
    assert i.word(finding) == "warning confirm"
    i.mended(home, "order-excludes")
    i.obeyed(home, finding)


@pytest.mark.parametrize("ids", [[], ["anthropic:old"]])
def test_a_config_order_without_the_only_good_profile(home: Path, ids: list[str]) -> None:
    i.store(home, {"anthropic:old": i.token(expires=NOW - 1), "anthropic:default": i.key()})
    i.config(home, agents=("work",), order={"anthropic": ids})
    finding = i.only(home, "order-excludes")
    assert i.word(finding) == "warning confirm"
    assert ("is empty" in finding.message) is (not ids)
    i.mended(home, "order-excludes")


def test_orders_that_leave_nothing_good_out(home: Path) -> None:
    i.store(
        home, {"anthropic:default": i.key(), "anthropic:b": i.key(i.OTHER_KEY)}, order={"anthropic": ["anthropic:b"]}
    )
    assert mending.findings(home, "credentials/order-excludes") == []
    i.store(home, {"openai:default": i.key(i.OPENAI, "openai")})
    i.config(home, order={"anthropic": []})  # nothing is stored that it could leave out
    assert mending.findings(home, "credentials/order-excludes") == []
    profiles = {"anthropic:default": i.key(), "anthropic:old": i.token(expires=NOW - 1)}
    i.store(home, profiles, usageStats={"anthropic:default": {"cooldownUntil": NOW + 1000}})
    i.config(home, order={"anthropic": ["anthropic:default"]})
    assert mending.findings(home, "credentials/order-excludes") == []


def test_an_order_of_the_sqlite_era_is_set_by_openclaw(home: Path) -> None:
    (i.folder(home) / "auth-profiles.json").unlink()
    profiles = {"anthropic:old": i.token(expires=NOW - 1), "anthropic:default": i.key()}
    i.database(home, profiles, order={"anthropic": ["anthropic:old"]})
    finding = i.only(home, "order-excludes")
    assert i.word(finding) == "warning manual"
    command = "openclaw models auth order set --provider anthropic anthropic:old anthropic:default"
    assert i.printed(finding) == (command,)
    # that command writes main's own database, which counts before what all agents share
    whole = {"anthropic": ["anthropic:old", "anthropic:default"]}
    cooling = {"anthropic:default": {"cooldownUntil": NOW + 60_000}}
    own = i.agent_database(home, {}, "main", order=whole, usageStats=cooling)
    assert mending.findings(home, "credentials/order-excludes") == []
    assert i.only(home, "cooldown").target == "anthropic:default"
    own.unlink()
    i.config(home, order={"anthropic": []})
    i.database(home, {"anthropic:default": i.key()})
    assert i.word(i.only(home, "order-excludes")) == "warning confirm"  # the config is ours to change
    i.mended(home, "order-excludes")


def test_notes_about_profiles_that_are_gone(home: Path) -> None:
    last, gone = {"anthropic": "anthropic:gone"}, {"anthropic:gone": {"lastUsed": 1}}
    kept = {"anthropic:default": {"lastUsed": 1}}
    i.store(home, {"anthropic:default": i.key()}, lastGood=last, usageStats={**gone, **kept})
    finding = i.only(home, "last-good-dangling")
    assert i.word(finding) == "info auto"
    i.mended(home, "last-good-dangling")
    i.store(home, {"anthropic:default": i.key()}, usageStats=kept, lastGood={"anthropic": "anthropic:default"})
    i.store(home, {}, "work", usageStats=kept, lastGood={"anthropic": "anthropic:default"})
    assert mending.findings(home, "credentials/last-good-dangling") == []
    i.store(home, {"anthropic:default": {"type": "unknown"}}, usageStats=kept)  # it is there, and bad
    assert mending.findings(home, "credentials/last-good-dangling") == []


def test_notes_of_the_sqlite_era(home: Path) -> None:
    (i.folder(home) / "auth-profiles.json").unlink()
    inline = {"inline-api-key:custom": {"errorCount": 1}}
    i.database(home, {"anthropic:default": i.key()}, usageStats=inline)
    assert mending.findings(home, "credentials/last-good-dangling") == []
    i.database(home, {"anthropic:default": i.key()}, usageStats={"anthropic:gone": {"lastUsed": 1}})
    assert i.word(i.only(home, "last-good-dangling")) == "info manual"


def test_a_broken_main_store_makes_it_unknown(home: Path) -> None:
    write(i.folder(home) / "auth-profiles.json", "{broken")
    i.store(home, {"anthropic:default": i.key("")}, "work")
    assert mending.findings(home, "credentials/agent-missing") == []
