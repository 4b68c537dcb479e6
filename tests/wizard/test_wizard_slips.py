"""A secret in a line that is no secret's: not on the screen, not in the journal. And what `--resume` says it knows."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from openclaw.secret import Secret
from wizard import journal as journals
from wizard.answers import Answers
from wizard.front.script import Script
from wizard.gathering import Known
from wizard.page import Page
from wizard.run import Manner, _resumed
from wizard.session import Session
from wizard.slips import keepable, slipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.answers import Value
    from wizard.facts import Facts

NOW = 1_770_000_000_000
CANARIES = [
    "sk-ant-api03-FAKE" + "aB3_" * 22,
    "sk-ant-oat01-FAKE" + "aB3_" * 22,
    "sk-ant-ort01-FAKE0123456789abcdef0123456789",
    "sk-ant-sid01-FAKE0123456789abcdef0123456789",
    "gsk_FAKE0123456789abcdef0123456789abcdef",
    "cpk_FAKE0123456789abcdef0123456789abcdef",
    "AIzaFAKE0123456789abcdef0123456789abcde",
    "my-name sk-proj-FAKE0123456789abcdef0123456789abcdef",
    "FAKE0123456789abcdefFAKE#state0123456789abcdef",
    "0123456789abcdef" * 3,
    "https://me:FAKE-pass-word@llm.example.com/v1",
    "https://FAKE-user-token@llm.example.com/v1",
    "https://llm.example.com/v1?key=FAKE-key-0123456789",
]
HONEST = [
    "my-proxy", "claude-opus-4-5-20251101", "https://llm.example.com/v1", "http://127.0.0.1:11434/v1", "anthropic:work",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo", "sk-proxy", "accounts/fireworks/models/kimi-k2-instruct-0905", "task-12",
    "openai/gpt-oss-120b", "gpt-6-astra", "qwen3-coder:480b-a35b", "llama3", "hf_models", "deepseek-r1",
]  # fmt: skip
QUESTIONS = ["custom_id", "base_url", "model"]
BEFORE: dict[str, list[str]] = {
    "custom_id": [],
    "base_url": ["mine"],
    "model": ["mine", "https://llm.example.com/v1", "openai-completions"],
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("canary", CANARIES)
def test_a_secret_in_a_text_line_is_neither_shown_nor_kept(
    question: str, canary: str, house: House, facts_of: Callable[..., Facts]
) -> None:
    stream, kept = io.StringIO(), journals.Journal(house.path / "kept" / "onboarding.json")
    front = Script(["custom", *BEFORE[question], canary])
    session = Session(front, Page(stream, colour=False, columns=400), answered=lambda given: kept.follow(given, NOW))
    session.answers = Answers()
    with pytest.raises(EOFError):
        session.run(Known(facts_of(house)))
    assert front.asked[-2:] == [question, question]
    assert kept.keep(session.answers, NOW)
    secret = canary.removeprefix("my-name ")
    assert secret not in stream.getvalue()
    assert "pass-word" not in stream.getvalue()
    assert secret not in kept.path.read_text()
    assert session.answers.get(question) is None


def test_a_gateway_token_is_no_name(house: House, facts_of: Callable[..., Facts]) -> None:
    stream = io.StringIO()
    session = Session(Script(["custom", "0123456789abcdef" * 3]), Page(stream, colour=False, columns=400))
    with pytest.raises(EOFError):
        session.run(Known(facts_of(house)))
    assert "It looks like a secret" in stream.getvalue()


@pytest.mark.parametrize("text", HONEST)
def test_honest_answers_are_kept(text: str) -> None:
    assert not slipped(text)
    assert keepable("model", text)


def test_what_only_might_be_a_key_is_not_written_down() -> None:
    text = "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6"
    assert not slipped(text)
    assert not keepable("custom_id", text)
    assert keepable("account_id", text)


# --- what the journal keeps of flags --------------------------------------------------------------------------------


def kept_of(house: House, *given: tuple[str, Value, str, str]) -> journals.Journal:
    answers = Answers()
    for name, value, source, detail in given:
        answers = answers.give(name, value, source, detail)  # type: ignore[arg-type]
    journal = journals.Journal(house.path / "kept" / "onboarding.json")
    assert journal.keep(answers, NOW)
    return journal


def test_an_answer_of_a_flag_keeps_its_source(house: House) -> None:
    journal = kept_of(
        house,
        ("set:gateway.port", "18789", "flag", "--gateway-port"),
        ("method", "api-key", "default", ""),
        ("provider", "anthropic", "person", ""),
    )
    found = journal.read()
    assert found is not None
    assert {name: (item.source, item.detail) for name, item in found.given.items()} == {
        "set:gateway.port": ("flag", "--gateway-port"),
        "provider": ("journal", ""),
    }
    assert list(found.back("method").given) == ["set:gateway.port"]


def test_going_on_says_what_it_knows_and_what_is_lost(house: House) -> None:
    journal = kept_of(
        house,
        ("set:gateway.auth.token", Secret("FAKE-" + "t" * 40), "flag", "--gateway-token"),
        ("secret", Secret("FAKE-" + "k" * 40), "environment", "--key-env MINE"),
        ("place", "env", "flag", "--store"),
        ("ask_model", True, "person", ""),
        ("provider", "anthropic", "person", ""),
    )
    assert "FAKE-" not in journal.path.read_text()
    stream = io.StringIO()
    page = Page(stream, colour=False, columns=400)
    answers = _resumed(page, Answers(), Manner(resume=True), journal)
    said = stream.getvalue()
    assert "Taken over from the interrupted run: place env, provider anthropic." in said
    assert "--gateway-token was given there" in said
    assert "--key-env MINE was given there" in said
    assert answers.get("secret") is None
    assert answers.get("set:gateway.auth.token") is None
    again = Answers().give("secret", Secret("FAKE-" + "k" * 40), "environment", "--key-env MINE")
    stream.truncate(0)
    _resumed(page, again, Manner(resume=True), journal)
    assert "--key-env" not in stream.getvalue()


def test_a_journal_with_odd_sources_is_read(house: House) -> None:
    path = house.path / "onboarding.json"
    entries = [
        {"question": "place", "value": "env", "source": "person"},
        {"question": "method", "value": "api-key", "source": ["flag"], "detail": 3},
        {"question": "agent", "value": "main", "source": "flag", "detail": 3},
        {"question": "secret", "given": True},
    ]
    path.write_text(json.dumps({"version": 1, "answers": entries}))
    found = journals.Journal(path).read()
    assert found is not None
    assert {name: (item.source, item.detail) for name, item in found.given.items()} == {
        "place": ("journal", ""), "method": ("journal", ""), "agent": ("flag", ""),
    }  # fmt: skip
