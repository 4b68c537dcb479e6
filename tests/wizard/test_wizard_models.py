"""Which model: a list with something to take by Enter, the provider's own where it answered, and what is said of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openclaw.frozen import replace
from openclaw.secret import Secret
from wizard.answers import Answers, Checked
from wizard.decision import plan_of
from wizard.flow import Ask, Review, Verify, next_step, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.answers import State
    from wizard.facts import Facts
    from wizard.questions import Question

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
KEYS = {"anthropic": KEY, "openai": "sk-proj-FAKE0123456789abcdef0123456789abcdef",
        "groq": "gsk_FAKE0123456789abcdef0123456789abcdef", "openrouter": "sk-or-v1-FAKE0123456789abcdef0123456789ab",
        "google": "AIzaFAKE0123456789abcdef0123456789abcde", "mistral": "FAKE0123456789abcdef0123456789ab",
        "xai": "xai-FAKE0123456789abcdef0123456789abcdef0123456789"}  # fmt: skip
CONFIG = {"gateway": {"mode": "local"}, "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-5"}}}}


def asked(
    facts: Facts, provider: str = "anthropic", models: tuple[str, ...] = (), state: State = "accepted"
) -> tuple[Question, Answers, Facts]:
    """The question after "more options", and what was said until then."""
    answers = Answers().give("ask_model", True, "flag", "--live").give("provider", provider, "person")
    answers = answers.give("method", "api-key", "person").give("secret", Secret(KEYS[provider]), "person")
    answers = answers.give("handling", "modify", "person")
    step = next_step(answers, facts)
    if isinstance(step, Verify):
        answers = answers.learn(Checked(step.credential, state, "It says so.", models))
        step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert step.question.id == "model", step
    return step.question, answers, facts


def shown(question: Question) -> list[str]:
    return [option.value for option in question.options]


@pytest.mark.parametrize("provider", list(KEYS))
def test_enter_always_takes_a_model(provider: str, house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=False)
    question, answers, _ = asked(facts, provider)
    assert question.kind == "choice"
    assert len(shown(question)) > 3
    assert question.default == shown(question)[0]
    assert question.options[0].hint == "usual"
    for option in shown(question)[:-1]:
        following = next_step(take(answers, facts, "model", option), facts)
        assert isinstance(following, Ask)
        assert following.question.id == "place", f"{option}: {following.problem}"
    typed = next_step(take(answers, facts, "model", "other"), facts)
    assert isinstance(typed, Ask)
    assert typed.question.kind == "text"
    assert typed.question.default
    following = next_step(take(take(answers, facts, "model", "other"), facts, "model", typed.question.default), facts)
    assert isinstance(following, Ask)
    assert following.question.id == "place"


def test_the_default_of_now_comes_first(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.config, json.dumps(CONFIG))
    question, _, _ = asked(replace(facts_of(house), verify=False))
    assert [(item.value, item.hint) for item in question.options[:2]] == [
        ("claude-sonnet-4-5", "the default now"), ("claude-opus-4-5", "usual"),
    ]  # fmt: skip


LIVE = [
    (("claude-b", "claude-opus-4-5", "claude-a"), "claude-opus-4-5"),
    (("claude-opus-4-5-20251101", "claude-opus-4-5-20260101", "claude-haiku-4-5"), "claude-opus-4-5-20260101"),
    (("claude-sonnet-4-5", "claude-a"), "claude-sonnet-4-5"),
    (("claude-b", "claude-a"), "claude-a"),
]


@pytest.mark.parametrize(("live", "first"), LIVE)
def test_what_enter_takes_is_in_the_live_list(
    live: tuple[str, ...], first: str, house: House, facts_of: Callable[..., Facts]
) -> None:
    question, _, _ = asked(replace(facts_of(house), verify=True), models=live)
    assert question.default == first
    assert sorted(shown(question)[:-1]) == sorted(live)
    assert "lists these for this key" in question.help


SAID: list[tuple[bool, State, str]] = [
    (False, "accepted", "This is no live list: Anthropic was not asked."),
    (True, "unreached", "This is no live list: Anthropic was not reached."),
    (True, "unsure", "This is no live list: Anthropic named none in its answer."),
]


@pytest.mark.parametrize(("verify", "state", "said"), SAID)
def test_a_list_that_is_not_live_says_so(
    verify: bool, state: State, said: str, house: House, facts_of: Callable[..., Facts]
) -> None:
    question, _, _ = asked(replace(facts_of(house), verify=verify), state=state)
    assert question.help == said


def test_a_custom_service_is_asked_for_its_list_first(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=True)
    answers = Answers().give("ask_model", True, "flag", "--live").give("provider", "custom", "person")
    answers = answers.give("custom_id", "mine", "person").give("base_url", "https://llm.example.com/v1", "person")
    answers = answers.give("api", "openai-completions", "person")
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert step.question.id == "secret"
    answers = answers.give("secret", Secret("FAKE-odd-key-0123456789abcdef"), "person")
    verify = next_step(answers, facts)
    assert isinstance(verify, Verify)
    step = next_step(answers.learn(Checked(verify.credential, "accepted", "", ("m-2", "m-1"))), facts)
    assert isinstance(step, Ask)
    assert (step.question.id, shown(step.question)) == ("model", ["m-1", "m-2", "other"])


def test_a_model_that_the_provider_does_not_list_is_a_note(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=True)
    _, answers, _ = asked(facts, models=("claude-a", "claude-opus-4-5-20251101"))
    for name, noted in (("claude-z", True), ("anthropic/claude-a", False), ("claude-opus-4-5", False)):
        step = next_step(answers.give("model", name, "flag", "--model").give("place", "env", "flag"), facts)
        assert isinstance(step, Review)
        said = " ".join(step.decision.notices)
        assert ("Anthropic does not list the model" in said) is noted, name
        assert plan_of(step.decision, facts)


def test_a_script_that_asks_for_the_live_list_gets_the_usual_model_and_is_told(house: House) -> None:
    result = house.onboard("--json", "--live", "--no-verify", "--provider", "anthropic", "--key-stdin",
                           stdin=KEY.encode())  # fmt: skip
    assert result.code == 0, result.err
    assert any("--live" in note and "anthropic/claude-opus-4-5" in note for note in result.document["notes"])
