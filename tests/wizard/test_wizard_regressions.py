"""What a tester found: all problems at once, the same again, a token that hides a key, settings that 2026.9 refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openclaw.errors import Failure
from openclaw.secret import Secret
from wizard.answers import Answers
from wizard.decision import plan_of
from wizard.flow import Ask, Review, next_step, take
from wizard.journal import journal_for
from wizard.steps.more import MODEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.answers import Value
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
OLDER = {"meta": {"lastTouchedVersion": "2026.2.3"}, "gateway": {"mode": "local"}}


# --- all problems at once -------------------------------------------------------------------------------------------


def test_wrong_values_of_several_flags_are_told_together(house: House) -> None:
    result = house.onboard(
        "--json", "--method", "x", "--store", "y", "--mode", "z", "--auth-choice", "nope", "--gateway-port", "w",
        "--resume", "--restart", "--install-daemon", "--no-install-daemon",
    )  # fmt: skip
    assert result.code == 2
    message = result.document["error"]["message"]
    for flag in ("--method", "--store", "--mode", "--auth-choice", "--gateway-port", "--resume", "--install-daemon"):
        assert flag in message
    assert house.snapshot() == {}


def test_an_answers_file_and_flags_are_told_together(house: House) -> None:
    house.write(house.path / "a.json", json.dumps({"interactive": [5], "nope": 1, "gateway": {"token": "env:NOT_SET"}}))
    result = house.onboard("--json", "--answers", "a.json", "--store", "y")
    assert result.code == 2
    message = result.document["error"]["message"]
    for part in ("interactive", "nope", "NOT_SET", "--store"):
        assert part in message


@pytest.mark.parametrize("port", ["9" * 5000, "065536", "0", "-1"])
def test_a_port_that_is_none(port: str, house: House) -> None:
    result = house.onboard("--json", "--gateway-port", port, "--auth-choice", "skip")
    assert (result.code, "--gateway-port" in result.err) == (2, True)


def test_the_flag_that_was_used_is_named(house: House) -> None:
    result = house.onboard("--json", "--anthropic-api-key", "YOUR_API_KEY")
    assert result.code == 2
    assert "--anthropic-api-key: It is template text" in result.document["error"]["message"]


# --- the reference program's flags ----------------------------------------------------------------------------------


def test_a_remote_gateway_needs_no_provider(house: House) -> None:
    arguments = ("--json", "--mode", "remote", "--remote-url", "wss://gateway.example.com")
    result = house.onboard(*arguments)
    assert (result.code, result.document["provider"]) == (0, None)
    config = json.loads(house.config.read_text())
    assert (config["gateway"]["mode"], config["gateway"]["remote"]["url"]) == ("remote", "wss://gateway.example.com")
    assert house.onboard(*arguments).document["changed"] is False


@pytest.mark.parametrize(("config", "written"), [(OLDER, True), (None, False)])
def test_reset_on_exit_only_where_openclaw_has_it(
    config: dict[str, object] | None, written: bool, house: House
) -> None:
    if config:
        house.write(house.config, json.dumps(config))
    result = house.onboard("--json", "--auth-choice", "skip", "--tailscale", "serve", "--tailscale-reset-on-exit")
    assert result.code == 0
    assert ("resetOnExit" in house.config.read_text()) is written
    assert ("has no effect" in result.err) is not written


def test_the_service_says_which_flag_asked_for_it(house: House) -> None:
    result = house.onboard("--json", "--provider", "anthropic", "--key-stdin", "--install-daemon", stdin=KEY.encode())
    assert "install (--install-daemon)" in result.err


# --- the same again, and what hides the new one ---------------------------------------------------------------------


def test_a_setup_token_of_the_env_file_does_not_hide_a_new_key(house: House) -> None:
    house.write(house.env_file, f"# mine\nANTHROPIC_OAUTH_TOKEN={SETUP}\nOTHER=1\n")
    arguments = ("--json", "--provider", "anthropic", "--method", "api-key", "--store", "env", "--key-stdin")
    kept = house.onboard(*arguments, "--existing", "keep", stdin=KEY.encode())
    assert (kept.code, kept.document["proven"], SETUP in house.env_file.read_text()) == (1, False, True)
    result = house.onboard(*arguments, stdin=KEY.encode())
    assert (result.code, result.document["proven"]) == (0, True)
    assert any("ANTHROPIC_OAUTH_TOKEN" in note for note in result.document["notes"])
    assert house.env_file.read_text() == f"# mine\nOTHER=1\nANTHROPIC_API_KEY={KEY}\n"


@pytest.mark.parametrize("how", [(), ("--store", "env", "--existing", "replace"), ("--existing", "new-first")])
def test_a_profile_that_was_replaced_is_not_copied_by_the_same_run_again(how: tuple[str, ...], house: House) -> None:
    house.profiles(anthropic__default={"type": "api_key", "provider": "anthropic", "key": OTHER_KEY})
    house.write(house.config, json.dumps(OLDER))
    arguments = ("--json", "--provider", "anthropic", "--key-stdin", *how)
    first = house.onboard(*arguments, stdin=KEY.encode())
    assert (first.code, first.document["changed"]) == (0, True)
    before = house.snapshot()
    again = house.onboard(*arguments, stdin=KEY.encode())
    assert (again.code, again.document["changed"], again.document["proven"]) == (0, False, True)
    assert {name: item for name, item in house.snapshot().items() if name.startswith(".openclaw")} == {
        name: item for name, item in before.items() if name.startswith(".openclaw")
    }


def test_a_reset_of_nothing_needs_no_second_yes(house: House) -> None:
    result = house.onboard("--json", "--reset", "--provider", "anthropic", "--key-stdin", stdin=KEY.encode())
    assert (result.code, result.document["proven"]) == (0, True)
    again = house.onboard("--json", "--reset", "--provider", "anthropic", "--key-stdin", stdin=KEY.encode())
    assert (again.code, "2 files" in again.err) == (2, True)


# --- back and leaving -----------------------------------------------------------------------------------------------


def test_back_from_a_question_of_more_options_changes_nothing(house: House, facts_of: Callable[[House], Facts]) -> None:
    facts = facts_of(house)
    answers = Answers()
    told: dict[str, Value] = {
        "provider": "custom", "custom_id": "mine", "base_url": "https://llm.example.com/v1",
        "api": "openai-completions", "model": "model-1", "secret": Secret(OTHER_KEY), "place": "env",
    }  # fmt: skip
    while isinstance(step := next_step(answers, facts), Ask):
        answers = take(answers, facts, step.question.id, told[step.question.id])
    assert isinstance(step, Review)
    asked = take(take(answers, facts, "confirm", "options"), facts, "options", MODEL)
    again = next_step(asked, facts)
    assert isinstance(again, Ask)
    assert again.question.id == "model"
    back = asked.back("model")
    assert dict(back.given) == dict(answers.given)
    other = take(asked, facts, "model", "model-2").back()
    assert isinstance(next_step(other, facts), Ask)
    assert dict(other.back("model").given) == dict(answers.given)
    assert plan_of(step_of(back, facts).decision, facts)


def step_of(answers: Answers, facts: Facts) -> Review:
    """The review page that these answers lead to."""
    step = next_step(answers, facts)
    assert isinstance(step, Review)
    return step


def test_answers_that_cannot_be_kept_do_not_hide_what_happened(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Failure("the directory could not be made")

    monkeypatch.setattr("openclaw.change.directories.make", refuse)
    kept = journal_for(house.state, house.call())
    assert kept.keep(Answers().give("provider", "anthropic", "person"), 1) is False
