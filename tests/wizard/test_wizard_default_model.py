"""A default model without a credential, what "keep" means, and services that need no key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.frozen import replace
from openclaw.secret import Secret
from tests.wizard.inside import Inside
from wizard.answers import Answers
from wizard.flow import Ask, Review, next_step, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OPENAI = "sk-proj-FAKE0123456789abcdef0123456789abcdef"
OLLAMA = {"baseUrl": "http://127.0.0.1:11434/v1", "apiKey": "ollama-local", "api": "openai-completions",
          "models": [{"id": "llama3", "name": "llama3"}]}  # fmt: skip


def config(model: str, providers: dict[str, Any] | None = None) -> str:
    document: dict[str, Any] = {
        "gateway": {"mode": "local", "auth": {"mode": "token", "token": "FAKE-t"}},
        "agents": {"defaults": {"model": {"primary": model}}},
    }
    return json.dumps({**document, **({"models": {"providers": providers}} if providers else {})})


def given(provider: str = "openai", key: str = OPENAI) -> Answers:
    answers = Answers().give("handling", "modify", "person").give("provider", provider, "person")
    answers = answers.give("method", "api-key", "person").give("secret", Secret(key), "person")
    return answers.give("place", "env", "flag")


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(house, monkeypatch, capsys)


def test_a_default_model_without_a_credential_is_asked_about(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.config, config("anthropic/claude-opus-4-5"))
    facts = facts_of(house)
    step = next_step(given(), facts)
    assert isinstance(step, Ask)
    assert step.question.id == "default_model"
    assert "anthropic/claude-opus-4-5, and there is no credential" in step.question.help
    new = step.question.options[0].label
    assert new.startswith("openai/")
    done = next_step(take(given(), facts, "default_model", "switch"), facts)
    assert isinstance(done, Review)
    assert (done.decision.model, done.decision.model_asked) == (new, True)
    kept = next_step(take(given(), facts, "default_model", "stays"), facts)
    assert isinstance(kept, Review)
    assert not kept.decision.model_asked
    assert any("default model stays anthropic/claude-opus-4-5" in text for text in kept.decision.notices)


HEALTHY: list[tuple[str, str, dict[str, Any] | None, str]] = [
    ("openai/gpt-5.1", "", None, "its own provider"),
    ("anthropic/claude-opus-4-5", f"ANTHROPIC_API_KEY={KEY}\n", None, "a key in the env file"),
    ("ollama/llama3", "", {"ollama": OLLAMA}, "a local service"),
    ("mine/llama3", "", {"mine": OLLAMA}, "a local service of another name"),
    ("amazon-bedrock/anthropic.claude", "", None, "AWS has a chain of its own"),
    ("of-a-plugin/model", "", None, "nobody knows"),
]


@pytest.mark.parametrize(("model", "dotenv", "providers", "why"), HEALTHY, ids=[item[3] for item in HEALTHY])
def test_a_default_model_that_works_is_not_asked_about(
    model: str, dotenv: str, providers: dict[str, Any] | None, why: str, house: House, facts_of: Callable[..., Facts]
) -> None:
    house.write(house.config, config(model, providers))
    house.write(house.env_file, dotenv)
    step = next_step(given(), facts_of(house))
    assert isinstance(step, Review), why
    assert not [text for text in step.decision.notices if "default model stays" in text]


def test_a_script_is_told_that_the_default_model_stays(house: House, inside: Inside) -> None:
    house.write(house.config, config("anthropic/claude-opus-4-5"))
    how = ("--json", "--no-verify", "--provider", "openai", "--key-env", "MINE", "--store", "env")
    result = inside.onboard(*how, env={"MINE": OPENAI})
    assert result.code == 0, result.err
    (note,) = [text for text in result.document["notes"] if "default model stays" in text]
    assert "anthropic/claude-opus-4-5, which has no credential here" in note
    assert json.loads(house.config.read_text())["agents"]["defaults"]["model"]["primary"] == "anthropic/claude-opus-4-5"
    model = note.partition("--model ")[2].split()[0]
    again = inside.onboard(*how, "--model", model, env={"MINE": OPENAI})
    assert again.code == 0, again.err
    assert not [text for text in again.document["notes"] if "default model stays" in text]
    assert json.loads(house.config.read_text())["agents"]["defaults"]["model"]["primary"] == model


# --- keep -----------------------------------------------------------------------------------------------------------


def handling(house: House, facts_of: Callable[..., Facts]) -> tuple[Any, str]:
    step = next_step(Answers(), facts_of(house))
    assert isinstance(step, Ask)
    assert step.question.id == "handling"
    keep = next(option for option in step.question.options if option.value == "keep")
    return step.question.default, keep.blocked or keep.hint


def test_a_local_service_without_a_key_can_be_kept(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.config, config("ollama/llama3", {"ollama": OLLAMA}))
    assert handling(house, facts_of) == ("keep", "it has a credential for ollama")


def test_keep_is_not_preselected_for_a_default_model_without_a_credential(
    house: House, facts_of: Callable[..., Facts]
) -> None:
    house.write(house.config, config("openai/gpt-5.1"))
    house.write(house.env_file, "GEMINI_API_KEY=AIzaFAKE0123456789abcdef0123456789abcde\n")
    assert handling(house, facts_of) == ("modify", "but there is none for its default model openai/gpt-5.1")


# --- a service without a key ----------------------------------------------------------------------------------------


def test_enter_alone_sets_up_a_local_service(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=False)
    answers = Answers().give("provider", "custom", "person").give("custom_id", "mine", "person")
    answers = answers.give("api", "openai-completions", "person").give("model", "llama3", "person")
    for url, local in (("http://127.0.0.1:11434/v1", True), ("http://nas.lan:8000/v1", True),
                       ("https://llm.example.com/v1", False)):  # fmt: skip
        step = next_step(answers.give("base_url", url, "person"), facts)
        assert isinstance(step, Ask)
        assert step.question.id == "secret"
        assert step.question.default == (Secret("mine-local") if local else None)
        assert ("Enter alone where it needs none" in step.question.help) is local


def test_a_script_sets_up_a_local_service_without_a_key(house: House, inside: Inside) -> None:
    url = "http://127.0.0.1:11434/v1"
    how = ("--json", "--no-verify", "--provider", "mine", "--base-url", url, "--model", "llama3")
    result = inside.onboard(*how)
    assert result.code == 0, result.err
    assert any(text.startswith("No key: mine-local stands in its place") for text in result.document["notes"])
    assert "mine-local" in house.env_file.read_text()
    assert result.document["doctor"]["errors"] == 0, result.document["doctor"]
    assert inside.onboard(*how).document["changed"] is False
