"""The review page: every answer with its source, and what is decided where nobody was asked."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from openclaw.frozen import replace
from openclaw.secret import Secret
from openclaw.service.base import GatewayService, Manager
from wizard import review, reviewing
from wizard.answers import Answers, Checked
from wizard.flow import Done, next_step, settled
from wizard.front import flags
from wizard.options import Options
from wizard.page import Page
from wizard.prefilling import prefill

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House, Result
    from wizard.decision import Decision
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
OPENAI = "sk-proj-FAKE0123456789abcdefghij0123456789"
ENV = {"MINE": KEY, "TOKEN": SETUP, "OPENAI": OPENAI, "PLAIN": "FAKE0123456789abcdefghij0123456789"}
CONFIG = {
    "gateway": {"mode": "local"},
    "agents": {"list": [{"id": "main"}, {"id": "work"}], "defaults": {"model": {"primary": "openai/gpt-mine"}}},
}
RUNS: dict[str, tuple[dict[str, object], dict[str, str]]] = {
    "a key": ({"provider": "anthropic", "key_env": "MINE"}, {"Provider": "--provider", "Key": "--key-env MINE"}),
    "a token": (
        {"token": SETUP, "token_provider": "anthropic", "token_expires_in": "30d", "token_profile_id": "anthropic:ci"},
        {"Expires": "--token-expires-in", "Profile": "--token-profile-id", "Token": "--token"},
    ),
    "custom": (
        {"provider": "mine", "base_url": "https://x.example/v1", "api": "openai-completions", "model": "m",
         "key_env": "PLAIN"},
        {"Address": "--base-url", "API": "--api", "Model": "--model", "Name": "--provider"},
    ),
    "a region": ({"provider": "moonshot", "region": "cn", "key_env": "PLAIN"}, {"Region": "--region"}),
    "an account": (
        {"provider": "cloudflare-ai-gateway", "account_id": "a1", "gateway_id": "g1", "key_env": "PLAIN"},
        {"Account id": "--cloudflare-ai-gateway-account-id", "Gateway id": "--cloudflare-ai-gateway-gateway-id"},
    ),
    "switches": (
        {"provider": "openai", "key_env": "OPENAI", "service": "later", "monitor": True, "no_verify": True,
         "live": True, "agent": "work", "store": "profile"},
        {"Service": "--service", "Monitoring": "--monitor", "Verified": "--no-verify", "Live list": "--live",
         "Agent": "--agent", "Kept in": "--store"},
    ),
    "settings": (
        {"provider": "skip", "settings": {"gateway-port": "18790"}},
        {"Provider": "--provider", "gateway.port": "--gateway-port"},
    ),
}  # fmt: skip


def answered(given: dict[str, object], house: House, facts: Facts) -> tuple[Done, Answers, Facts]:
    """The end of a run with these options."""
    options = Options(alone=True, **given)  # type: ignore[arg-type]
    found = prefill(options, facts, house.call(ENV))
    assert not found.troubles
    answers = flags.complete(found.answers, facts)
    step = next_step(answers, facts)
    assert isinstance(step, Done)
    return (step, *settled(answers, facts))


@pytest.mark.parametrize("config", [True, False])
@pytest.mark.parametrize("run", RUNS)
def test_every_answer_has_a_row_with_its_source(
    run: str, config: bool, house: House, facts_of: Callable[..., Facts]
) -> None:
    given, wanted = RUNS[run]
    if config or "agent" in given:
        house.write(house.config, json.dumps(CONFIG))
    facts = facts_of(house)
    facts = replace(facts, **agent(facts, str(given.get("agent", ""))))
    done, answers, facts = answered(given, house, facts)
    rows = dict(review.rows(done.decision, answers, facts))
    for name, source in wanted.items():
        assert f"({source}" in rows[name], rows
    for question, answer in answers.given.items():
        if not reviewing.quiet(question):
            assert f"({answer.origin})" in rows[named(question, rows)], (question, rows)


def agent(facts: Facts, name: str) -> dict[str, object]:
    """The facts of `--agent`."""
    return {"asked": (name,)} if name else {}


def named(question: str, rows: dict[str, str]) -> str:
    """The name of the row of an answer."""
    name = reviewing.name_of(question)
    return "Token" if name == "Key" and name not in rows else name


def test_what_nobody_was_asked_has_a_row_too(house: House, facts_of: Callable[..., Facts]) -> None:
    rows = dict(review.rows(*answered_decision({"provider": "anthropic", "key_env": "MINE"}, house, facts_of(house))))
    assert rows["Agent"] == "main (the default one)"
    assert rows["Model"] == "anthropic/claude-opus-4-5 (the usual one)"
    assert rows["Verified"] == "no, the provider was not asked"
    house.write(house.config, json.dumps(CONFIG))
    rows = dict(review.rows(*answered_decision({"provider": "anthropic", "key_env": "MINE"}, house, facts_of(house))))
    assert rows["Model"] == "openai/gpt-mine (stays as the config has it)"


def answered_decision(given: dict[str, object], house: House, facts: Facts) -> tuple[Decision, Answers, Facts]:
    """The same, as `rows` takes it."""
    done, answers, facts = answered(given, house, facts)
    return done.decision, answers, facts


def test_an_answer_that_nobody_thought_of_has_a_row(house: House, facts_of: Callable[..., Facts]) -> None:
    done, answers, facts = answered({"provider": "anthropic", "key_env": "MINE"}, house, facts_of(house))
    rows = dict(review.rows(done.decision, answers.give("some_thing", "x", "person"), facts))
    assert rows["Some thing"] == "x (your answer)"


def test_the_usual_page_is_short(house: House, facts_of: Callable[..., Facts]) -> None:
    """Ten lines at most, so that the diff stays in sight."""
    facts = facts_of(house, Manager("systemd", True, "it answers"))
    service = GatewayService("gateway.service", True, "systemctl --user restart gateway")
    facts = replace(facts, service=service, services=object())
    done, answers, facts = answered({"provider": "anthropic", "key_env": "MINE"}, house, facts)
    stream = io.StringIO()
    for name, text in review.rows(done.decision, answers, facts):
        Page(stream, columns=80).row(name, text, at=14)
    lines = stream.getvalue().splitlines()
    assert len(lines) <= 10, lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--no-verify",), "--no-verify"),
        (("--use-anyway",), "--use-anyway"),
    ],
)
def test_what_was_not_verified_is_said_to_people_and_programs(more: tuple[str, ...], why: str, house: House) -> None:
    result: Result = house.onboard("--json", "--provider", "anthropic", "--key-env", "MINE", *more, env=ENV)
    assert result.code == 0, result.err
    assert result.document["verified"] is None
    assert result.document["notes"] == [f"Saved, not verified: the provider was not asked ({why})."]
    assert f"the provider was not asked ({why})" in " ".join(result.err.split())


def test_what_the_provider_said_is_no_note_of_ours(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=True)
    answers = Answers().give("provider", "anthropic", "flag").give("method", "api-key", "flag")
    answers = answers.give("secret", Secret(KEY), "flag", sure=True).give("place", "env", "flag")
    from wizard import chosen
    from wizard.decision import decide

    accepted = answers.learn(Checked(chosen.credential(answers, facts), "accepted"))
    assert not [note for note in decide(accepted, facts).notices if "not asked" in note]
    assert [note for note in decide(answers, facts).notices if "not asked" in note]


def test_without_a_credential_there_is_no_row_of_one(house: House) -> None:
    house.write(house.config, json.dumps(CONFIG))
    result = house.onboard("--json", "--provider", "skip", "--service", "later")
    assert "Verified" not in result.err
    assert "Provider: none (--provider)" in " ".join(result.err.split())
