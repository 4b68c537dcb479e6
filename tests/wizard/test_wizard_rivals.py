"""Stored profiles in the way: no type is ever changed, and the plan that is shown leads to the new credential."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.change.plan import Run
from openclaw.credentials.stores import from_document
from openclaw.secret import Secret
from wizard.answers import Answers
from wizard.decision import plan_of
from wizard.flow import Ask, Review, next_step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
NEWER = '{"meta": {"lastTouchedVersion": "2026.9.1"}, "gateway": {"mode": "local"}}'
FLAGS = ("--json", "--provider", "anthropic", "--key-stdin")

TOKEN = {"type": "token", "provider": "anthropic", "token": SETUP}
API_KEY = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}


def stored(house: House) -> Any:
    """The store as it is."""
    return json.loads(house.store.read_text())


@pytest.mark.parametrize("place", ["env", "profile"])
def test_a_token_is_never_rewritten_as_a_key(place: str, house: House) -> None:
    house.profiles(anthropic__manual=TOKEN, anthropic__default=API_KEY)
    before = house.snapshot()
    refused = house.onboard(*FLAGS, "--store", place, "--existing", "replace", stdin=KEY.encode())
    assert refused.code == 2
    assert "--existing new-first" in refused.err
    assert "--existing replace (" not in refused.err
    assert house.snapshot() == before
    done = house.onboard(*FLAGS, "--store", place, "--existing", "new-first", stdin=KEY.encode())
    assert (done.code, done.document["proven"], done.document["profileId"]) == (0, True, "anthropic:onboard"), done.err
    assert stored(house)["profiles"]["anthropic:manual"] == TOKEN
    assert stored(house)["profiles"]["anthropic:default"] == API_KEY
    assert stored(house)["order"] == {"anthropic": ["anthropic:onboard", "anthropic:manual", "anthropic:default"]}


def test_the_recommended_answer_proves(house: House) -> None:
    house.profiles(anthropic__default=TOKEN)
    done = house.onboard(*FLAGS, stdin=KEY.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert stored(house)["profiles"]["anthropic:default"] == TOKEN


def test_of_several_profiles_of_the_type_the_first_is_replaced(house: House) -> None:
    house.profiles(anthropic__b=API_KEY, anthropic__a=API_KEY)
    done = house.onboard(*FLAGS, "--store", "env", "--existing", "replace", stdin=KEY.encode())
    assert (done.code, done.document["profileId"]) == (0, "anthropic:b")
    assert stored(house)["profiles"]["anthropic:a"] == API_KEY


def test_an_order_of_the_store_gets_the_new_profile_in_front(house: House) -> None:
    order = {"anthropic": ["anthropic:manual", "anthropic:default"]}
    profiles = {"anthropic:manual": TOKEN, "anthropic:default": API_KEY}
    house.write(house.store, json.dumps({"version": 1, "profiles": profiles, "order": order}))
    done = house.onboard(*FLAGS, "--store", "profile", "--existing", "new-first", stdin=KEY.encode())
    assert done.code == 0, done.err
    assert stored(house)["order"]["anthropic"] == ["anthropic:onboard", *order["anthropic"]]


def test_what_held_back_the_old_secret_does_not_hold_back_the_new_one(house: House) -> None:
    usage = {"anthropic:default": {"lastUsed": 5, "cooldownUntil": 1_770_000_900_000, "errorCount": 3}}
    house.write(
        house.store, json.dumps({"version": 1, "profiles": {"anthropic:default": API_KEY}, "usageStats": usage})
    )
    done = house.onboard(*FLAGS, "--store", "profile", stdin=KEY.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert stored(house)["usageStats"] == {"anthropic:default": {"lastUsed": 5}}


def test_an_id_that_holds_another_credential_is_refused(house: House) -> None:
    house.profiles(anthropic__manual=TOKEN)
    before = house.snapshot()
    result = house.onboard(*FLAGS, "--profile-id", "anthropic:manual", "--existing", "new-first", stdin=KEY.encode())
    assert result.code == 2
    assert "The profile anthropic:manual is a token, which would be lost" in result.err
    assert house.snapshot() == before


def test_in_a_database_nobody_can_write_only_keep_is_open(house: House) -> None:
    house.write(house.config, NEWER)
    result = house.onboard(*FLAGS, "--store", "profile", stdin=KEY.encode())
    assert result.code == 2
    assert "Error: This OpenClaw keeps its credentials in a database" in result.err
    assert "give --store env" in result.err


# --- the SQLite era: their command ----------------------------------------------------------------------------------


def newer(house: House, folder: Path, facts_of: Callable[..., Facts], profiles: dict[str, Any]) -> Facts:
    """The facts about a home of the SQLite era with these profiles and an OpenClaw."""
    named = {name: {"provider": "anthropic", "mode": item["type"]} for name, item in profiles.items()}
    house.write(house.config, json.dumps({**json.loads(NEWER), "auth": {"profiles": named}}))
    program = folder / "bin" / "openclaw"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    facts = facts_of(house, env={"PATH": f"{program.parent}"})
    store = from_document({"version": 1, "profiles": profiles}, facts.store.path, "main", kind="sqlite")
    return replace(facts, store=store, sources=facts.found.sources(store))


def key_for(place: str, rival: str) -> Answers:
    """The answers of somebody with an API key."""
    answers = Answers().give("secret", Secret(KEY), "stdin").give("handling", "modify", "flag")
    given = {"provider": "anthropic", "method": "api-key", "place": place, "rival": rival}
    for question, value in given.items():
        answers = answers.give(question, value, "person")
    return answers


@pytest.mark.parametrize("place", ["env", "profile"])
def test_their_commands_store_a_new_profile_and_put_it_first(
    place: str, house: House, tmp_path: Path, facts_of: Callable[..., Facts]
) -> None:
    facts = newer(house, tmp_path, facts_of, {"anthropic:manual": TOKEN})
    refused = next_step(key_for(place, "replace"), facts)
    assert isinstance(refused, Ask)
    assert refused.question.values == ("new-first", "keep")
    step = next_step(key_for(place, "new-first"), facts)
    assert isinstance(step, Review)
    runs = [change.argv[1:] for change in plan_of(step.decision, facts) if isinstance(change, Run)]
    paste = ("models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", "anthropic:default")
    order = ("models", "auth", "order", "set", "--provider", "anthropic", "anthropic:default", "anthropic:manual")
    assert runs == [(*paste, "--agent", "main"), order]


def test_their_command_replaces_a_profile_of_the_same_type(
    house: House, tmp_path: Path, facts_of: Callable[..., Facts]
) -> None:
    facts = newer(house, tmp_path, facts_of, {"anthropic:work": API_KEY})
    step = next_step(key_for("env", "replace"), facts)
    assert isinstance(step, Review)
    (run,) = [change for change in plan_of(step.decision, facts) if isinstance(change, Run)]
    assert run.argv[-3:] == ("anthropic:work", "--agent", "main")


def test_without_their_program_the_database_is_left_alone(
    house: House, tmp_path: Path, facts_of: Callable[..., Facts]
) -> None:
    facts = newer(house, tmp_path, facts_of, {"anthropic:manual": TOKEN})
    facts = replace(facts, found=replace(facts.found, era=replace(facts.found.era, program=None)))
    step = next_step(key_for("env", "replace"), facts)
    assert isinstance(step, Ask)
    assert step.question.values == ("keep",)
    assert "replace" not in step.question.flag
