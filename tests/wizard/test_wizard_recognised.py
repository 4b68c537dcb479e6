"""What was pasted is recognised: a list with the right place for it, and no advice to choose what is chosen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openclaw.frozen import replace
from openclaw.secret import Secret
from tests.wizard.inside import Inside
from wizard.answers import Answers
from wizard.flow import Ask, next_step, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.facts import Facts
    from wizard.questions import Question

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
GATEWAY = "0123456789abcdef" * 3
SESSION = "sk-ant-sid01-FAKE0123456789abcdef0123456789"
REFRESH = "sk-ant-ort01-FAKE0123456789abcdef0123456789"
CODE = "FAKEcode0123456789abcdef#FAKEstate0123456789abcd"
GROQ = "gsk_FAKE0123456789abcdef0123456789abcdef"


def given(value: str, method: str = "api-key", provider: str = "anthropic") -> Answers:
    answers = Answers().give("handling", "modify", "person").give("provider", provider, "person")
    return answers.give("method", method, "person").give("secret", Secret(value), "person")


def asked(answers: Answers, facts: Facts) -> Question:
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    return step.question


CASES = [
    (KEY * 2, "api-key", ["meant", "again", "keep"], "the same key twice"),
    (SETUP * 2, "setup-token", ["meant", "again", "keep"], "the same key twice"),
    (GATEWAY, "api-key", ["gateway", "again", "keep"], "gateway.auth.token"),
    (GATEWAY, "setup-token", ["gateway", "again", "keep"], "gateway.auth.token"),
    (SESSION, "api-key", ["fetch", "again", "keep"], "choose the method setup-token"),
    (SESSION, "setup-token", ["again", "keep"], "paste that"),
    (REFRESH, "api-key", ["fetch", "again", "keep"], "refresh token"),
    (REFRESH, "setup-token", ["again", "keep"], "refresh token"),
    (CODE, "api-key", ["fetch", "again", "keep"], "sign-in page"),
    (CODE, "setup-token", ["again", "keep"], "sign-in page"),
    (KEY, "setup-token", ["switch", "again", "keep"], "an API key"),
    (SETUP, "api-key", ["switch", "again", "keep"], "a setup-token"),
    (GROQ, "api-key", ["switch", "again", "keep"], "groq"),
    (GROQ, "setup-token", ["switch", "again", "keep"], "groq"),
    ("$MINE", "api-key", ["meant", "again", "keep"], "the variable MINE"),
    ("${NOBODYS}", "api-key", ["again", "keep"], "none of that name is set"),
]


@pytest.mark.parametrize(("value", "method", "choices", "said"), CASES)
def test_the_right_place_is_an_option(
    value: str, method: str, choices: list[str], said: str, house: House, facts_of: Callable[..., Facts]
) -> None:
    facts = replace(facts_of(house, env={"MINE": KEY}), verify=False)
    question = asked(given(value, method), facts)
    assert question.id == "instead"
    assert [option.value for option in question.options] == choices
    assert question.default == choices[0]
    assert said in question.help
    if method == "setup-token":
        assert "choose the method setup-token" not in question.help
    for choice in choices:
        after = take(given(value, method), facts, "instead", choice)
        assert after.get("instead") is None
        assert asked(after, facts).id != "instead"
    assert asked(take(given(value, method), facts, "instead", "again"), facts).id == "secret"
    assert asked(take(given(value, method), facts, "instead", "keep"), facts).id == "place"


@pytest.mark.parametrize("value", [KEY * 2, "$MINE"])
def test_what_is_meant_is_taken(value: str, house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house, env={"MINE": KEY}), verify=False)
    assert take(given(value), facts, "instead", "meant").secret("secret") == Secret(KEY)


def test_a_session_key_leads_to_a_setup_token(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=False)
    for provider in ("anthropic", "groq"):
        after = take(given(SESSION, provider=provider), facts, "instead", "fetch")
        assert (after.text("provider"), after.text("method")) == ("anthropic", "setup-token")
        question = asked(after, facts)
        assert (question.id, question.label) == ("secret", "Anthropic setup-token")


def test_a_gateway_token_goes_where_it_belongs(house: House, facts_of: Callable[..., Facts]) -> None:
    from wizard.decision import plan_of
    from wizard.flow import Review

    facts = replace(facts_of(house), verify=False)
    after = take(given(GATEWAY), facts, "instead", "gateway")
    assert asked(after, facts).id == "secret"
    back = after.back("secret")
    assert asked(back, facts).id == "method"
    step = next_step(after.give("secret", Secret(KEY), "person").give("place", "env", "flag"), facts)
    assert isinstance(step, Review)
    values = {getattr(change, "keys", ()): getattr(change, "value", None) for change in plan_of(step.decision, facts)}
    assert values["gateway", "auth", "token"] == Secret(GATEWAY)


def test_the_gateways_own_token_is_not_offered_to_itself(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.config, json.dumps({"gateway": {"mode": "local", "auth": {"mode": "token", "token": GATEWAY}}}))
    facts = replace(facts_of(house), verify=False)
    assert [option.value for option in asked(given(GATEWAY), facts).options] == ["again", "keep"]


# --- a script -------------------------------------------------------------------------------------------------------


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(house, monkeypatch, capsys)


@pytest.mark.parametrize(("value", "method", "said"), [(KEY * 2, "api-key", "twice"), ("$MINE", "api-key", "reference"),
                                                       (KEY, "setup-token", "API key")])  # fmt: skip
def test_a_script_is_refused_with_the_reason(value: str, method: str, said: str, inside: Inside) -> None:
    how = ("--json", "--no-verify", "--provider", "anthropic", "--method", method, "--key-env", "GIVEN")
    result = inside.onboard(*how, env={"GIVEN": value, "MINE": KEY})
    assert result.code == 2
    assert said in result.document["error"]["message"]
    assert KEY not in result.out + result.err


# --- the key of another program -------------------------------------------------------------------------------------

OPENAI = "sk-proj-FAKE0123456789abcdef0123456789abcdef"
NO_KEYS = [
    {"OPENAI_API_KEY": OPENAI, "tokens": {"access_token": "FAKE-access", "refresh_token": "FAKE-refresh"}},
    {"OPENAI_API_KEY": OPENAI, "auth_mode": "chatgpt"},
    {"OPENAI_API_KEY": None, "tokens": {"access_token": "FAKE-access"}},
    {"OPENAI_API_KEY": "YOUR_API_KEY"},
    [],
]


def test_the_key_in_codexs_file_is_offered(house: House, facts_of: Callable[..., Facts], inside: Inside) -> None:
    house.write(house.path / ".codex" / "auth.json", json.dumps({"auth_mode": "apikey", "OPENAI_API_KEY": OPENAI}))
    answers = Answers().give("provider", "openai", "person")
    question = asked(answers, facts_of(house))
    assert question.id == "found"
    assert "OPENAI_API_KEY, set in ~/.codex/auth.json" in question.help
    assert asked(Answers().give("provider", "groq", "person"), facts_of(house)).id == "secret"
    before = (house.path / ".codex" / "auth.json").read_bytes()
    result = inside.onboard("--json", "--no-verify", "--provider", "openai", "--store", "env")
    assert result.code == 0, result.err
    assert house.env_file.read_text() == f"OPENAI_API_KEY={OPENAI}\n"
    assert "set in ~/.codex/auth.json" in result.err
    assert (house.path / ".codex" / "auth.json").read_bytes() == before


@pytest.mark.parametrize("document", NO_KEYS)
def test_a_login_of_codex_is_not_taken(document: object, house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.path / ".codex" / "auth.json", json.dumps(document))
    assert asked(Answers().give("provider", "openai", "person"), facts_of(house)).id == "secret"
