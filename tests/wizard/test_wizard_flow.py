"""The fold: which question comes when, for every kind of home; pure, total, the same whatever asks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.change.plan import Run, SetKey, SetVariable
from openclaw.errors import UsageFailure
from openclaw.secret import Secret
from openclaw.service.base import Manager
from wizard import chosen
from wizard.answers import Answers
from wizard.decision import plan_of
from wizard.facts import collect
from wizard.flow import Ask, Done, Review, next_step
from wizard.front.flags import complete

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.wizard.conftest import House
    from wizard.answers import Value
    from wizard.decision import Decision
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
SYSTEMD = Manager("systemd", True, "this is a test", expected=True)
IDS = (
    "handling", "reset_sure", "provider", "custom_id", "base_url", "api", "method", "found", "secret", "instead",
    "model", "place", "rival", "service", "agent", "monitor", "options", "ask_model", "typed_model", "confirm",
)  # fmt: skip


def answered(**values: Value) -> Answers:
    """Answers of a person, who keeps an installation that is there and adds to it."""
    answers = Answers().give("handling", "modify", "flag")
    for question, value in values.items():
        answers = answers.give(question, value, "person")
    return answers


def open_question(answers: Answers, facts: Facts) -> str:
    """The id of the question that comes next; "review" or "done" where none does."""
    step = next_step(answers, facts)
    if isinstance(step, Ask):
        return step.question.id
    return "review" if isinstance(step, Review) else "done"


def decided(answers: Answers, facts: Facts) -> Decision:
    """The decision of complete answers."""
    step = next_step(answers, facts)
    assert isinstance(step, Review | Done), step
    return step.decision


def test_the_quick_path_has_five_questions(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = facts_of(house)
    path: list[tuple[str, Value]] = [
        ("provider", "anthropic"), ("method", "api-key"), ("secret", Secret(KEY)), ("place", "env"),
        ("confirm", "write"),
    ]  # fmt: skip
    answers, asked = Answers(), []
    for question, value in path:
        step = next_step(answers, facts)
        asked.append(step.question.id if isinstance(step, Ask | Review) else "")
        answers = answers.give(question, value, "person")
    assert asked == [question for question, _ in path]
    assert isinstance(next_step(answers, facts), Done)


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        (answered(), "provider"),
        (answered(provider="nobody"), "provider"),
        (answered(provider="anthropic"), "method"),
        (answered(provider="openai"), "secret"),
        (answered(provider="zai"), "secret"),
        (answered(provider="chutes"), "model"),
        (answered(provider="custom"), "custom_id"),
        (answered(provider="custom", custom_id="openai"), "custom_id"),
        (answered(provider="custom", custom_id="mine"), "base_url"),
        (answered(provider="custom", custom_id="mine", base_url="llm.example.com"), "base_url"),
        (answered(provider="custom", custom_id="mine", base_url="https://llm.example.com"), "api"),
        (
            answered(provider="custom", custom_id="mine", base_url="https://llm.example.com", api="anthropic-messages"),
            "model",
        ),
        (answered(provider="openai", secret=Secret("")), "secret"),
        (answered(provider="openai", secret="text is no secret"), "secret"),
        (answered(provider="openai", secret=Secret("sk-FAKE0123456789abcdef0123456789")), "place"),
        (answered(provider="skip"), "review"),
    ],
)
def test_what_comes_next(answers: Answers, wanted: str, house: House, facts_of: Callable[..., Facts]) -> None:
    assert open_question(answers, facts_of(house)) == wanted


@pytest.mark.parametrize(
    ("provider", "value", "reason"),
    [
        ("anthropic", "your-api-key-here", "template"),
        ("anthropic", '{"key": "sk-ant-FAKE"}', "JSON"),
        ("anthropic", "https://console.anthropic.com/settings/keys", "web address"),
    ],
)
def test_a_wrong_secret_is_asked_for_again_and_taken_the_second_time(
    provider: str, value: str, reason: str, house: House, facts_of: Callable[..., Facts]
) -> None:
    facts = facts_of(house)
    answers = answered(provider=provider, method="api-key", secret=Secret(value))
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert step.question.id == "secret"
    assert reason in step.problem
    assert "again" in step.problem
    assert value not in step.problem
    another = answers.give("secret", Secret(value + "x"), "person")
    assert not another.given["secret"].insisted
    answers = answers.give("secret", Secret(value), "person")
    assert open_question(answers, facts) == "place"
    notes = decided(answers.give("place", "env", "person"), facts).notices
    assert any("anyway" in note for note in notes)


def test_a_warning_about_the_shape_is_a_note(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = facts_of(house)
    value = Secret("sk-ant-oat01-FAKEshort")
    short = answered(provider="anthropic", method="setup-token", secret=value, place="env")
    assert open_question(short, facts) == "secret"  # a person may have lost the end: asked once more
    assert any("at least 80" in note for note in decided(short.give("secret", value, "person"), facts).notices)
    piped = answered(provider="anthropic", method="setup-token", place="env").give("secret", value, "stdin")
    assert any("at least 80" in note for note in decided(piped, facts).notices)
    swapped = answered(provider="anthropic", method="api-key", place="env").give("secret", Secret(SETUP), "stdin")
    assert any("setup-token" in note for note in decided(swapped, facts).notices)


@pytest.mark.parametrize("manager", [SYSTEMD, replace(SYSTEMD, kind="launchd"), replace(SYSTEMD, reachable=False)])
def test_under_a_service_manager_the_env_file_is_recommended(
    manager: Manager, house: House, facts_of: Callable[..., Facts]
) -> None:
    house.profiles(openai__default={"type": "api_key", "provider": "openai", "key": "sk-FAKE0123456789abcdef0123"})
    step = next_step(answered(provider="xai", secret=Secret("xai-FAKE0123456789abcdef")), facts_of(house, manager))
    assert isinstance(step, Ask)
    assert step.question.default == "env"
    assert manager.kind in step.question.help


def test_without_a_manager_the_json_era_gets_a_profile_and_a_new_home_the_env_file(
    house: House, facts_of: Callable[..., Facts]
) -> None:
    answers = answered(provider="xai", secret=Secret("xai-FAKE0123456789abcdef"))
    fresh = next_step(answers, facts_of(house))
    house.profiles(openai__default={"type": "api_key", "provider": "openai", "key": "sk-FAKE0123456789abcdef0123"})
    older = next_step(answers, facts_of(house))
    assert isinstance(fresh, Ask)
    assert isinstance(older, Ask)
    assert (fresh.question.default, older.question.default) == ("env", "profile")


def test_a_database_that_nobody_can_write_leaves_the_env_file(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.config, '{"meta": {"lastTouchedVersion": "2026.9.1"}, "gateway": {"mode": "local"}}')
    facts = facts_of(house)
    step = next_step(answered(provider="xai", secret=Secret("xai-FAKE0123456789abcdef")), facts)
    assert isinstance(step, Ask)
    assert step.question.values == ("env",)
    answers = answered(provider="xai", secret=Secret("xai-FAKE0123456789abcdef"), place="profile")
    assert open_question(answers, facts) == "place"


def test_a_provider_without_a_variable_is_stored_as_a_profile(house: House, facts_of: Callable[..., Facts]) -> None:
    step = next_step(answered(provider="huggingface", secret=Secret("hf_FAKE0123456789abcdef")), facts_of(house))
    assert isinstance(step, Ask)
    assert step.question.values == ("profile",)


def test_a_setup_token_in_the_env_file_has_the_variable_of_tokens(house: House, facts_of: Callable[..., Facts]) -> None:
    answers = answered(provider="anthropic", method="setup-token", secret=Secret(SETUP), place="env")
    assert decided(answers, facts_of(house)).variable == "ANTHROPIC_OAUTH_TOKEN"


def test_answers_for_another_provider_have_no_effect(house: House, facts_of: Callable[..., Facts]) -> None:
    key = Secret("sk-FAKE0123456789abcdef")
    stale = answered(provider="openai", method="setup-token", base_url="http://x.example", secret=key, place="env")
    clean = answered(provider="openai", secret=key, place="env")
    facts = facts_of(house)
    assert decided(stale, facts) == decided(clean, facts)


# --- a stored profile in the way ------------------------------------------------------------------------------------


def test_a_profile_that_would_shadow_the_key_is_settled_first(house: House, facts_of: Callable[..., Facts]) -> None:
    house.profiles(anthropic__work={"type": "api_key", "provider": "anthropic", "key": OTHER_KEY})
    facts = facts_of(house)
    answers = answered(provider="anthropic", method="api-key", secret=Secret(KEY), place="env")
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert (step.question.id, step.question.default) == ("rival", "replace")
    replacing = decided(answers.give("rival", "replace", "person"), facts)
    assert (replacing.place, replacing.profile_id) == ("profile", "anthropic:work")
    keeping = decided(answers.give("rival", "keep", "person"), facts)
    assert (keeping.place, keeping.variable) == ("env", "ANTHROPIC_API_KEY")
    assert any("anthropic:work" in note for note in keeping.notices)


def test_the_same_secret_in_a_profile_is_in_nobodys_way(house: House, facts_of: Callable[..., Facts]) -> None:
    house.profiles(anthropic__work={"type": "api_key", "provider": "anthropic", "key": KEY})
    answers = answered(provider="anthropic", method="api-key", secret=Secret(KEY), place="env")
    assert open_question(answers, facts_of(house)) == "review"


def test_a_profile_of_the_same_kind_is_updated_where_it_stands(house: House, facts_of: Callable[..., Facts]) -> None:
    house.profiles(anthropic__work={"type": "api_key", "provider": "anthropic", "key": OTHER_KEY})
    answers = answered(provider="anthropic", method="api-key", secret=Secret(KEY), place="profile")
    assert decided(answers, facts_of(house)).profile_id == "anthropic:work"


def test_a_token_comes_before_a_new_api_key(house: House, facts_of: Callable[..., Facts]) -> None:
    house.profiles(anthropic__manual={"type": "token", "provider": "anthropic", "token": SETUP})
    answers = answered(provider="anthropic", method="api-key", secret=Secret(KEY), place="profile")
    assert open_question(answers, facts_of(house)) == "rival"


def test_an_answer_about_a_rival_that_is_not_there_is_ignored(house: House, facts_of: Callable[..., Facts]) -> None:
    answers = answered(provider="anthropic", method="api-key", secret=Secret(KEY), place="env", rival="replace")
    assert decided(answers, facts_of(house)).place == "env"


# --- plans ----------------------------------------------------------------------------------------------------------


def test_the_plan_for_a_fresh_home(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = facts_of(house)
    answers = answered(provider="anthropic", method="api-key", secret=Secret(KEY), place="env")
    plan = plan_of(decided(answers, facts), facts)
    keys = {change.keys: change.value for change in plan if isinstance(change, SetKey)}
    assert keys["gateway", "mode"] == "local"
    assert keys["agents", "defaults", "model", "primary"] == "anthropic/claude-opus-4-5"
    assert [change.name for change in plan if isinstance(change, SetVariable)] == ["ANTHROPIC_API_KEY"]


def test_the_plan_for_an_unknown_service(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.config, "{gateway: {mode: 'local'}}")
    facts = facts_of(house)
    answers = answered(
        provider="custom",
        custom_id="mine",
        base_url="https://llm.example.com/v1",
        api="anthropic-messages",
        model="mine/big",
        secret=Secret("FAKE0123456789abcdef0123"),
        place="env",
    )
    keys = {
        change.keys: change.value for change in plan_of(decided(answers, facts), facts) if isinstance(change, SetKey)
    }
    assert keys["models", "providers", "mine"] == {
        "baseUrl": "https://llm.example.com/v1",
        "api": "anthropic-messages",
        "apiKey": "${MINE_API_KEY}",
        "models": [{"id": "big", "name": "big"}],
    }
    assert not [name for name in keys if name[0] == "gateway"]
    stored = decided(answers.give("place", "profile", "person"), facts)
    entry = next(
        change.value for change in plan_of(stored, facts) if isinstance(change, SetKey) and change.keys[0] == "models"
    )
    assert "apiKey" not in entry


def test_the_variable_that_an_entry_refers_to_is_the_one_that_is_set(
    house: House, facts_of: Callable[..., Facts]
) -> None:
    entry = {
        "baseUrl": "https://proxy.example.com",
        "api": "openai-completions",
        "apiKey": "${MY_DEEPSEEK}",
        "models": [{"id": "deepseek-chat", "name": "mine"}],
    }
    house.write(house.config, json.dumps({"models": {"providers": {"deepseek": entry}}}))
    facts = facts_of(house)
    decision = decided(answered(provider="deepseek", secret=Secret("sk-FAKE0123456789abcdef"), place="env"), facts)
    assert decision.variable == "MY_DEEPSEEK"
    assert not [
        change for change in plan_of(decision, facts) if isinstance(change, SetKey) and change.keys[:1] == ("models",)
    ]


def test_in_the_sqlite_era_their_own_command_stores_a_profile(
    house: House, facts_of: Callable[..., Facts], tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "openclaw"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    house.write(house.config, '{"meta": {"lastTouchedVersion": "2026.9.1"}, "gateway": {"mode": "local"}}')
    facts = facts_of(house, env={"PATH": str(program.parent)})
    answers = answered(provider="anthropic", method="api-key", secret=Secret(KEY), place="profile")
    (run,) = [change for change in plan_of(decided(answers, facts), facts) if isinstance(change, Run)]
    assert run.stdin == Secret(KEY)
    assert KEY not in " ".join(run.argv)


@pytest.mark.parametrize(
    ("provider", "model", "wanted"),
    [
        ("anthropic", "claude-x", "anthropic/claude-x"),
        ("anthropic", "anthropic/claude-x", "anthropic/claude-x"),
        ("anthropic", "openai/gpt-x", ""),
        ("openrouter", "anthropic/claude-x", "openrouter/anthropic/claude-x"),
        ("openai", "two words", ""),
    ],
)
def test_models_are_named_with_their_provider(
    provider: str, model: str, wanted: str, house: House, facts_of: Callable[..., Facts]
) -> None:
    facts = facts_of(house)
    answers = answered(provider=provider, method="api-key", model=model, place="env")
    answers = answers.give("secret", Secret("FAKE0123456789abcdef"), "stdin")
    if wanted:
        assert decided(answers, facts).model == wanted
    else:
        assert open_question(answers, facts) == "model"


# --- in bulk --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Facts]:
    """The facts about homes of every kind."""
    from openclaw.invocation import Invocation

    def facts(name: str, files: dict[str, str]) -> Facts:
        home = tmp_path_factory.mktemp(name)
        for path, text in files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text)
        return collect(Invocation({"HOME": str(home), "PATH": "/nonexistent"}, home, home, 1_770_000_000_000))

    store = {"version": 1, "profiles": {
        "anthropic:manual": {"type": "token", "provider": "anthropic", "token": SETUP},
        "anthropic:default": {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY},
        "openai:default": {"type": "api_key", "provider": "openai", "key": "sk-FAKE0123456789abcdef0123"},
    }}  # fmt: skip
    newer = {".openclaw/openclaw.json": '{"meta": {"lastTouchedVersion": "2026.9.1"}}'}
    json_era = {
        ".openclaw/openclaw.json": '{"auth": {"order": {"openai": ["openai:default"]}}}',
        ".openclaw/agents/main/agent/auth-profiles.json": json.dumps(store),
        ".openclaw/.env": "XAI_API_KEY=xai-FAKE-old\n",
    }
    found = [facts("fresh", {}), facts("newer", newer), facts("json", json_era)]
    return found + [replace(item, manager=SYSTEMD) for item in found]


values = st.one_of(
    st.booleans(),
    st.sampled_from(
        ["", "anthropic", "openai", "other", "custom", "skip", "modify", "reset", "use", "switch", "write", "options",
         "zai", "deepseek", "huggingface", "api-key",
         "setup-token", "env", "profile", "replace", "keep", "mine", "https://llm.example.com/v1",
         "openai-completions", "model-1"]
    ),
    st.text(max_size=20),
    st.sampled_from([KEY, OTHER_KEY, SETUP, "", "xxx", "a b", "\n"]).map(Secret),
    st.text(max_size=20).map(Secret),
)  # fmt: skip
given_answers = st.lists(st.tuples(st.sampled_from([*IDS, "profile_id", "expires", "nonsense"]), values), max_size=25)


@settings(max_examples=200, deadline=None)
@given(given_answers)
def test_any_answers_lead_somewhere(many: list[Facts], sequence: list[tuple[str, Value]]) -> None:
    answers = Answers()
    for question, value in sequence:
        answers = answers.give(question, value, "person")
    for facts in many:
        step = next_step(answers, facts)
        if isinstance(step, Review | Done):  # questions hold functions, which are equal only to themselves
            assert decided(answers, facts) == step.decision
        if isinstance(step, Ask) and answers.get(step.question.id):
            assert step.problem
        assert KEY not in repr(step)
        assert SETUP not in repr(answers)


@settings(max_examples=100, deadline=None)
@given(given_answers)
def test_flags_end_in_an_answer_or_in_one_error(many: list[Facts], sequence: list[tuple[str, Value]]) -> None:
    answers = Answers()
    for question, value in sequence:
        answers = answers.give(question, value, "flag", f"--{question}")
    for facts in many:
        try:
            full = complete(answers, facts)
        except UsageFailure as error:
            message = error.message
        else:
            message = ""
        if message:
            assert "--" in message
            assert KEY not in message
            continue
        step = next_step(full, facts)
        assert isinstance(step, Done)
        assert step.confirmed


def test_every_missing_flag_is_named_at_once(many: list[Facts]) -> None:
    with pytest.raises(UsageFailure) as told:
        complete(Answers(), many[0])
    assert "--provider" in told.value.message
    assert "--key-file" in told.value.message
    custom = Answers().give("provider", chosen.CUSTOM, "flag")
    with pytest.raises(UsageFailure) as told:
        complete(custom, many[0])
    assert [flag for flag in ("--base-url", "--model", "--key-stdin") if flag not in told.value.message] == []
