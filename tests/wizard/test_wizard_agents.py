"""A credential for several agents: one plan, each store and its rivals on their own, one env file for all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from openclaw.change.plan import SetKey
from openclaw.secret import Secret
from tests.wizard.test_wizard_answers_file import SCHEMA as ANSWERS
from wizard.answers import Answers
from wizard.decision import plan_of
from wizard.flow import Ask, Review, next_step, settled, take

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
THREE = {"gateway": {"mode": "local"}, "agents": {"list": [{"id": "main"}, {"id": "work"}, {"id": "home"}]}}
FLAGS = ("--json", "--provider", "anthropic", "--method", "api-key", "--key-stdin")
TOKEN = {"type": "token", "provider": "anthropic", "token": SETUP}
API_KEY = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}


def store(house: House, agent: str) -> Path:
    """An agent's store."""
    return house.state / "agents" / agent / "agent" / "auth-profiles.json"


def profiles(house: House, agent: str) -> Any:
    """What is in it."""
    return json.loads(store(house, agent).read_text())["profiles"]


def three(house: House, **stored: Mapping[str, Any]) -> None:
    """A home with three agents; their profiles by agent."""
    house.write(house.config, json.dumps(THREE))
    for agent, named in stored.items():
        house.write(store(house, agent), json.dumps({"version": 1, "profiles": named}))


@pytest.mark.parametrize(
    "how", [("--agent", "main", "--agent", "work"), ("--agent", "main,work"), ("--agent", "main, work,main")]
)
def test_a_profile_goes_into_every_chosen_store_at_once(how: tuple[str, ...], house: House) -> None:
    three(house)
    before = house.snapshot()
    done = house.onboard(*FLAGS, "--store", "profile", *how, stdin=KEY.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert profiles(house, "main")["anthropic:default"]["key"] == KEY
    assert profiles(house, "work")["anthropic:default"]["key"] == KEY
    assert not store(house, "home").exists()
    stored = {"store": "profile", "profileId": "anthropic:default"}
    assert done.document["agents"] == [{"agent": "main", **stored}, {"agent": "work", **stored}]
    assert "Agents: main and work (--agent)" in " ".join(done.err.split())
    after = house.snapshot()
    again = house.onboard(*FLAGS, "--store", "profile", *how, stdin=KEY.encode())
    assert (again.code, again.document["changed"]) == (0, False)
    assert house.snapshot() == after
    undo(house)
    assert {name: item for name, item in house.snapshot().items() if not name.startswith(".local")} == before


def undo(house: House) -> None:
    """`openclaw undo`, once."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "openclaw", "undo"]
    done = subprocess.run(
        command, env=house.environment(), cwd=house.path, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_env_file_is_one_for_all_and_that_is_said(house: House) -> None:
    three(house)
    done = house.onboard(*FLAGS, "--store", "env", "--agent", "main,work", stdin=KEY.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert house.env_file.read_text() == f"ANTHROPIC_API_KEY={KEY}\n"
    assert any("one file for all agents" in note for note in done.document["notes"])


def test_each_agents_rivals_are_settled_on_their_own(house: House) -> None:
    three(house, main={"anthropic:default": API_KEY}, work={"anthropic:work": TOKEN})
    done = house.onboard(*FLAGS, "--agent", "main,work", stdin=KEY.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert profiles(house, "main")["anthropic:default"]["key"] == KEY
    assert profiles(house, "work")["anthropic:work"] == TOKEN
    assert KEY in store(house, "work").read_text()


def test_a_way_that_is_not_open_for_one_of_them_is_refused_for_that_one(house: House) -> None:
    three(house, main={"anthropic:default": API_KEY}, work={"anthropic:default": TOKEN, "anthropic:manual": TOKEN})
    before = house.snapshot()
    refused = house.onboard(
        *FLAGS, "--store", "env", "--agent", "main,work", "--existing", "replace", stdin=KEY.encode()
    )
    assert (refused.code, house.snapshot()) == (2, before)
    assert "No stored profile of the same type" in refused.err
    done = house.onboard(
        *FLAGS, "--store", "env", "--agent", "main,work", "--existing", "new-first", stdin=KEY.encode()
    )
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert profiles(house, "main")["anthropic:default"] == API_KEY
    assert profiles(house, "work")["anthropic:default"] == TOKEN


def test_orders_of_the_config_keep_everybody(house: House) -> None:
    three(house, main={"anthropic:default": API_KEY}, work={"anthropic:work": API_KEY})
    config = {**THREE, "auth": {"order": {"anthropic": ["anthropic:work", "anthropic:default"]}}}
    house.write(house.config, json.dumps(config))
    done = house.onboard(*FLAGS, "--store", "profile", "--agent", "main,work", stdin=KEY.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    order = json.loads(house.config.read_text())["auth"]["order"]["anthropic"]
    assert {"anthropic:work", "anthropic:default"} <= set(order)


def test_agents_that_are_not_there_are_refused_with_the_list(house: House) -> None:
    three(house)
    before = house.snapshot()
    for name in ("main,nobody", "nobody"):
        result = house.onboard(*FLAGS, "--agent", name, stdin=KEY.encode())
        assert (result.code, house.snapshot()) == (2, before)
        assert 'unknown agent "nobody"' in result.err
        assert "main, work and home" in result.err


@pytest.mark.parametrize("agents", [["main", "work"], "main,work"])
def test_agents_of_an_answers_file(agents: object, house: House) -> None:
    three(house)
    document = {"provider": "anthropic", "key": "env:MINE", "store": "profile", "agent": agents}
    jsonschema.validate(document, ANSWERS)
    house.write(house.path / "a.json", json.dumps(document))
    done = house.onboard("--json", "--answers", "a.json", env={"MINE": KEY})
    assert done.code == 0, done.err
    assert [item["agent"] for item in done.document["agents"]] == ["main", "work"]
    printed = house.onboard("--non-interactive", "--print-answers", "--answers", "a.json", env={"MINE": KEY})
    assert 'agent = "main,work"' in printed.out


def test_a_reset_leaves_only_main(house: House) -> None:
    three(house, main={"anthropic:default": API_KEY})
    flags = (*FLAGS, "--store", "profile", "--agent", "work,main", "--reset", "--yes")
    done = house.onboard(*flags, stdin=KEY.encode())
    assert (done.code, [item["agent"] for item in done.document["agents"]]) == (0, ["main"]), done.err
    assert any("only the agent main" in note for note in done.document["notes"])


def test_each_rival_is_a_question_of_its_own(house: House, facts_of: Callable[..., Facts]) -> None:
    three(house, main={"anthropic:default": API_KEY}, work={"anthropic:work": TOKEN})
    facts, answers = facts_of(house), Answers().give("handling", "modify", "flag")
    given: dict[str, str | Secret] = {
        "provider": "anthropic", "method": "api-key", "secret": Secret(KEY), "place": "env", "rival": "keep",
    }  # fmt: skip
    for question, value in given.items():
        answers = take(answers, facts, question, value)
    answers = take(take(answers, facts, "confirm", "options"), facts, "options", "agent")
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert (step.question.several, step.question.values) == (True, ("main", "work", "home"))
    assert step.question.default == "main"
    assert "recommended" in step.question.options[0].hint
    answers = take(answers, facts, "agent", "main,work")
    own = next_step(answers, facts)
    assert isinstance(own, Ask)
    assert (own.question.id, "agent work" in own.question.label) == ("rival:work", True)
    assert own.question.values == ("new-first", "keep")
    answers = take(answers, facts, "rival:work", "new-first")
    last = next_step(answers, facts)
    assert isinstance(last, Review)
    assert [item.place for item in (last.decision, *last.decision.others)] == ["env", "profile"]
    plan = plan_of(last.decision, settled(answers, facts)[1])
    assert {change.path for change in plan if isinstance(change, SetKey) and change.locked} == {store(house, "work")}
    back = answers.back("confirm")
    assert isinstance(next_step(back, facts), Ask)


@pytest.mark.parametrize("value", ["", ",", "nobody", "main,nobody"])
def test_no_agent_is_no_answer(value: str, house: House, facts_of: Callable[..., Facts]) -> None:
    three(house)
    facts = facts_of(house)
    answers = Answers().give("handling", "modify", "flag").give("agent", value, "person")
    for question, given in {"provider": "xai", "secret": Secret("xai-FAKE0123456789abcdef"), "place": "env"}.items():
        answers = answers.give(question, given, "person")  # type: ignore[arg-type]
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert (step.question.id, bool(step.problem)) == ("agent", True)


QWEN = {"access_token": "FAKE0123456789", "refresh_token": "FAKE9876543210", "expiry_date": 1_770_900_000_000}
LEGACY = {"anthropic": {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}}
STORES: list[dict[str, Any]] = [
    {},
    {"main": {"anthropic:default": API_KEY}},
    {"work": {"anthropic:default": TOKEN}},
    {"main": {"anthropic:default": API_KEY, "anthropic:b": TOKEN}, "work": {"anthropic:work": API_KEY}},
]


@pytest.mark.parametrize("stored", STORES)
@pytest.mark.parametrize(
    "more", [{}, {".qwen/oauth_creds.json": QWEN}, {".openclaw/agents/main/agent/auth.json": LEGACY}]
)
def test_a_plan_on_what_was_read_is_that_on_the_files(
    stored: dict[str, Any], more: dict[str, Any], house: House, facts_of: Callable[..., Facts]
) -> None:
    from openclaw.credentials import storing

    three(house, **stored)
    for name, document in more.items():
        house.write(house.path / name, json.dumps(document))
    facts = facts_of(house)
    deposit = storing.Deposit("anthropic", "api_key", Secret(KEY))
    for name in facts.stores:
        of_it = facts.of_agent(name)
        known = storing.profile_plan(facts.found, deposit, of_it.agent, of_it.store)
        assert known == storing.profile_plan(facts.found, deposit, of_it.agent)
