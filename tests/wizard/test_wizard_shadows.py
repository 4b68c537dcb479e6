"""Variables that come before the new one: told and settled before anything is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openclaw.environment.layers import Layer, combine
from openclaw.frozen import replace
from openclaw.secret import Secret
from wizard import shadows
from wizard.answers import Answers
from wizard.decision import plan_of
from wizard.flow import Ask, Review, next_step, settled, take

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openclaw.environment.layers import LayerName
    from tests.wizard.conftest import House
    from wizard.answers import Value
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
FLAGS = ("--json", "--provider", "anthropic", "--method", "api-key", "--key-stdin")
NAME, TOKEN = "ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN"


def config(house: House, **env: object) -> str:
    """A config with an `env` block and a comment."""
    text = "// mine\n" + json.dumps({"gateway": {"mode": "local"}, "env": env}, indent=2) + "\n"
    house.write(house.config, text)
    return text


def told(document: Mapping[str, list[str]], *words: str) -> bool:
    """Whether one note has all these words."""
    return any(all(word in note for word in words) for note in document["notes"])


@pytest.mark.parametrize("direct", [False, True])
def test_a_variable_of_the_config_is_removed_and_that_is_said_before(direct: bool, house: House) -> None:
    config(house, **({TOKEN: SETUP, "OTHER": "1"} if direct else {"vars": {TOKEN: SETUP, "OTHER": "1"}}))
    before = house.snapshot()
    done = house.onboard(*FLAGS, stdin=KEY.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    after = house.config.read_text()
    assert (SETUP in after, "OTHER" in after, after.startswith("// mine\n")) == (False, True, True)
    assert told(done.document, TOKEN, "it is removed")
    review = " ".join(done.err.split())
    assert review.index("comes first: it is removed") < review.index("Written.")
    same = house.snapshot()
    again = house.onboard(*FLAGS, "--store", "env", stdin=KEY.encode())
    assert (again.code, again.document["changed"], house.snapshot() == same) == (0, False, True)
    assert before != same


def test_a_variable_of_the_config_is_settled_like_a_stored_rival(house: House) -> None:
    text = config(house, vars={TOKEN: SETUP})
    before = house.snapshot()
    open_question = house.onboard(*FLAGS, "--store", "env", stdin=KEY.encode())
    assert (open_question.code, house.snapshot()) == (2, before)
    assert f"--existing replace (remove {TOKEN} from env.vars of ~/.openclaw/openclaw.json)" in open_question.err
    kept = house.onboard(*FLAGS, "--store", "env", "--existing", "keep", stdin=KEY.encode())
    assert (kept.code, kept.document["proven"], house.config.read_text()[:60]) == (1, False, text[:60])
    assert told(kept.document, TOKEN, "OpenClaw will use it, not what is added now")
    stored = house.onboard(*FLAGS, "--store", "env", "--existing", "new-first", stdin=KEY.encode())
    assert (stored.code, stored.document["proven"], stored.document["store"]) == (0, True, "profile"), stored.err
    assert SETUP in house.config.read_text()


def test_a_value_of_this_shell_is_told_before_and_in_no_services_way(house: House) -> None:
    done = house.onboard(*FLAGS, "--store", "env", stdin=KEY.encode(), env={NAME: OTHER_KEY})
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert told(done.document, NAME, "this shell", f"unset {NAME}")
    review = " ".join(done.err.split())
    assert review.index("is set in this shell to another value") < review.index("create ~/.openclaw/.env")
    profile = house.onboard(*FLAGS, "--existing", "new-first", stdin=KEY.encode(), env={NAME: OTHER_KEY})
    assert (profile.code, profile.document["store"]) == (0, "profile"), profile.err


def test_what_this_shell_sets_does_not_save_a_token_of_the_env_file(house: House) -> None:
    house.write(house.env_file, f"{TOKEN}={SETUP}\n")
    done = house.onboard(*FLAGS, stdin=KEY.encode(), env={NAME: OTHER_KEY})
    assert (done.code, house.env_file.read_text()) == (0, f"{NAME}={KEY}\n"), done.err


@pytest.mark.parametrize("value", [KEY, "", "  "])
def test_the_same_value_and_none_are_in_nobodys_way(value: str, house: House) -> None:
    config(house, vars={NAME: value, "OTHER": "1"})
    done = house.onboard(*FLAGS, "--store", "env", stdin=KEY.encode(), env={"X": value})
    assert (done.code, done.document["proven"]) == (0, True), done.err
    assert not told(done.document, "comes first")


# --- layers that a test cannot set up by a file ---------------------------------------------------------------------


def laid(facts: Facts, name: LayerName, values: dict[str, str]) -> Facts:
    """The same host with one more layer."""
    order = ("process", "cwd", "state", "gateway", "config", "shell")
    layers = [*facts.found.environment.layers, Layer(name, values)]
    environment = combine(sorted(layers, key=lambda layer: order.index(layer.name)))
    found = replace(facts.found, environment=environment)
    return replace(facts, found=found, sources=found.sources(facts.store))


def answered(facts: Facts, **more: Value) -> Answers:
    """Up to the place."""
    answers = Answers().give("handling", "modify", "flag")
    given: dict[str, Value] = {"provider": "anthropic", "method": "api-key", "found": "other", "place": "env"}
    for question, value in {**given, "secret": Secret(KEY), **more}.items():
        answers = take(answers, facts, question, value)
    return answers


def test_what_the_login_shell_sets_is_gone_round(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = laid(facts_of(house), "shell", {TOKEN: SETUP})
    step = next_step(answered(facts), facts)
    assert isinstance(step, Ask)
    assert (step.question.id, step.question.default, step.question.values) == (
        "rival",
        "new-first",
        ("new-first", "keep"),
    )
    assert "the login shell, which is not ours to change" in str([option.blocked for option in step.question.options])
    last = next_step(answered(facts, rival="new-first"), facts)
    assert isinstance(last, Review)
    assert (last.decision.place, last.decision.profile_id) == ("profile", "anthropic:default")


def test_layers_are_looked_through_one_after_the_other(house: House, facts_of: Callable[..., Facts]) -> None:
    config(house, vars={TOKEN: SETUP})
    facts = laid(facts_of(house, env={NAME: OTHER_KEY}), "shell", {TOKEN: SETUP + "x"})
    found = shadows.shadows(answered(facts), facts)
    assert [(item.name, item.layer.name) for item in found] == [
        (TOKEN, "config"), (TOKEN, "shell"), (NAME, "process"),
    ]  # fmt: skip
    step = next_step(answered(facts), facts)
    assert isinstance(step, Ask)
    assert "replace" not in step.question.values  # what the config sets is ours to remove, the shell's is not


def test_a_variable_that_an_include_sets_is_not_ours_to_remove(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.state / "env.json", json.dumps({"vars": {TOKEN: SETUP}}))
    house.write(house.config, '{"gateway": {"mode": "local"}, "env": {"$include": "./env.json"}}')
    facts = facts_of(house)
    step = next_step(answered(facts), facts)
    assert isinstance(step, Ask)
    assert (step.question.id, step.question.values) == ("rival", ("new-first", "keep"))


def test_it_is_asked_once_for_all_agents(house: House, facts_of: Callable[..., Facts]) -> None:
    agents = {"list": [{"id": "main"}, {"id": "work"}]}
    document = {"gateway": {"mode": "local"}, "env": {"vars": {TOKEN: SETUP}}, "agents": agents}
    house.write(house.config, json.dumps(document))
    facts = facts_of(house)
    answers = answered(facts, rival="replace").give("agent", "main,work", "person")
    last = next_step(answers, facts)
    assert isinstance(last, Review)
    plan = plan_of(last.decision, settled(answers, facts)[1])
    assert [getattr(change, "keys", ()) for change in plan].count(("env", "vars", TOKEN)) == 1
