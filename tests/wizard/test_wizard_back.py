"""Back and resume: whatever somebody does on the way, the same answers give the same plan."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from openclaw.credentials import storing
from openclaw.invocation import Invocation
from openclaw.secret import Secret
from openclaw.service.base import Manager
from wizard import journal as journals
from wizard.answers import Answers, Checked
from wizard.decision import plan_of
from wizard.facts import Facts, collect
from wizard.flow import Ask, Done, Review, Verify, next_step, settled, take
from wizard.steps import more

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.answers import Credential, Value
    from wizard.questions import Question

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
GROQ = "gsk_FAKE0123456789abcdef0123456789abcdef"
REFUSED = "sk-ant-api03-FAKE-REFUSED" + "aB3_" * 20
ODD = "FAKE-of-a-shape-that-nobody-knows-0123456789"
NOW = 1_770_000_000_000
SYSTEMD = Manager("systemd", True, "this is a test", expected=True)
SECRETS = [KEY, OTHER_KEY, SETUP, GROQ, REFUSED, ODD, "sk-ant-sid01-FAKE0123456789abcdef0123456789", ""]
TEXTS = ["mine", "https://llm.example.com/v1", "model-1", "id-1", "two words", ""]


class NoService:
    """A manager that is only looked at."""

    def steps(self, *_: Any) -> tuple[()]:
        """Nothing to do."""
        return ()


def verified(credential: Credential) -> Checked:
    """A provider that refuses some keys and lists models."""
    state = "rejected" if "REFUSED" in credential.secret.reveal() else "accepted"
    return Checked(credential, state, "It says so.", ("claude-a", "claude-b"))  # type: ignore[arg-type]


@cache
def hosts() -> tuple[Facts, ...]:
    """Facts of several kinds of home."""

    def facts(files: dict[str, str], env: dict[str, str] | None = None) -> Facts:
        home = Path(tempfile.mkdtemp(prefix="wizard-back-"))
        for path, text in files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text)
        call = Invocation({"HOME": str(home), "PATH": "/nonexistent", **(env or {})}, home, home, NOW)
        return replace(collect(call), verify=True)

    profile = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}
    used = {
        ".openclaw/openclaw.json": '{"agents": {"list": [{"id": "main"}, {"id": "work"}]}}',
        ".openclaw/agents/main/agent/auth-profiles.json": json.dumps(
            {"version": 1, "profiles": {"anthropic:default": profile}}
        ),
        ".openclaw/.env": "OPENAI_API_KEY=sk-FAKE0123456789abcdef0123\n",
    }
    fresh, there, shell = facts({}), facts(used), facts({}, {"ANTHROPIC_API_KEY": KEY})
    serviced = replace(fresh, manager=SYSTEMD, services=NoService())  # type: ignore[arg-type]
    era = replace(fresh.found.era, program=Path("/bin/true"))
    serviced = replace(serviced, found=replace(fresh.found, era=era))
    return fresh, there, shell, serviced


def values_for(question: Question) -> list[Value]:
    """Answers that somebody might give."""
    if question.kind == "choice":
        return [*dict.fromkeys(option.value for option in question.options[:12])]
    if question.kind == "confirm":
        return [True, False]
    if question.kind == "secret":
        return [Secret(text) for text in SECRETS]
    return [*TEXTS]


def advanced(answers: Answers, facts: Facts) -> tuple[Answers, Ask | Review | Done]:
    """The next question, after the provider was asked where that is due."""
    while isinstance(step := next_step(answers, facts), Verify):
        answers = answers.learn(verified(step.credential))
    return answers, step


def straight(answers: Answers, facts: Facts) -> Answers:
    """The same answers, given one after the other without any detour."""
    clean = Answers()
    for _ in range(80):
        clean, step = advanced(clean, facts)
        if isinstance(step, Ask):
            if step.question.id == "instead":  # who did not switch, insisted
                clean = take(clean, facts, "instead", "keep")
                continue
            if step.question.id == "found" and answers.get("found") is None:  # who came from elsewhere typed it in
                clean = take(clean, facts, "found", "other")
                continue
            answer = answers.get(step.question.id)
            assert answer is not None, step.question.id
            clean = take(clean, facts, step.question.id, answer.value)
            continue
        wanted = [name for name in answers.given if name.startswith(("ask_", "typed_")) and clean.get(name) is None]
        if not wanted:
            return clean
        if wanted[0].startswith("ask_"):
            clean = more.taken(clean.give("confirm", "options", "person"), wanted[0].removeprefix("ask_"))
        if wanted[0] == "ask_model" and answers.get("typed_model"):
            clean = take(clean, facts, "model", "other")
    raise AssertionError("it does not come to an end")


class Detours(RuleBasedStateMachine):
    """Somebody answers, goes back, leaves and resumes."""

    facts: Facts
    answers: Answers

    @initialize(host=st.integers(0, 3))
    def begin(self, host: int) -> None:
        self.facts = hosts()[host]
        self.answers = Answers()

    @rule(choice=st.integers(0, 11), same=st.booleans())
    def answer(self, choice: int, same: bool) -> None:
        self.answers, step = advanced(self.answers, self.facts)
        if isinstance(step, Done):
            return
        question = step.question
        values = [value for value in values_for(question) if value not in ("write", "leave")]
        value = values[choice % len(values)]
        present = self.answers.get(question.id)
        if same and present is not None and isinstance(present.value, type(value)):
            value = present.value
        self.answers = take(self.answers, self.facts, question.id, value)

    @rule()
    def back(self) -> None:
        self.answers, step = advanced(self.answers, self.facts)
        if isinstance(step, Done):
            return
        human = [name for name, answer in self.answers.given.items() if answer.human]
        went = self.answers.back(step.question.id)
        left = [name for name, answer in went.given.items() if answer.human]
        others = [name for name in human if name != step.question.id]
        if others and (before := self.answers.given[others[-1]].before) is not None:
            assert went.given == before  # an answer that was given anew: what stood there before it
            return
        assert left == human[: len(left)]
        if others:
            assert len(left) < len(human)

    @rule()
    def resume(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            journal = journals.Journal(Path(folder) / "onboarding.json")
            journal.keep(self.answers, NOW)
            text = journal.path.read_text() if journal.path.exists() else ""
            assert not any(secret in text for secret in SECRETS if secret)
            self.answers = journal.read() or Answers()

    @rule()
    def really_back(self) -> None:
        self.answers, step = advanced(self.answers, self.facts)
        if isinstance(step, Ask | Review):
            self.answers = self.answers.back(step.question.id)

    @invariant()
    def the_plan_is_that_of_the_straight_way(self) -> None:
        if not hasattr(self, "facts"):
            return
        answers, step = advanced(self.answers, self.facts)
        if not isinstance(step, Review):
            return
        clean, other = advanced(straight(answers, self.facts), self.facts)
        assert isinstance(other, Review)
        assert other.decision == step.decision
        facts, plain = settled(answers, self.facts)[1], settled(clean, self.facts)[1]
        assert plan_of(step.decision, facts) == plan_of(other.decision, plain)


TestDetours = Detours.TestCase
TestDetours.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)


@pytest.fixture(autouse=True)
def same_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generated token of the gateway is the same each time, so that plans can be compared."""
    monkeypatch.setattr(storing, "gateway_secret", lambda: Secret("FAKE" * 12))


# --- one by one -----------------------------------------------------------------------------------------------------


def human(*given: tuple[str, Value]) -> Answers:
    """Answers of a person, after one of a flag."""
    answers = Answers().give("place", "env", "flag", "--store")
    for question, value in given:
        answers = answers.give(question, value, "person")
    return answers


def test_back_takes_the_last_human_answer() -> None:
    answers = human(("provider", "anthropic"), ("method", "api-key"))
    assert list(answers.back("secret").given) == ["place", "provider"]
    assert list(answers.back("secret").back("method").given) == ["place"]
    nothing = answers.back("secret").back("method")
    assert nothing.back("provider") is nothing


def test_back_from_a_refused_answer_leads_to_the_question_before() -> None:
    answers = human(("provider", "anthropic"), ("secret", Secret("xxx")))
    assert list(answers.back("secret").given) == ["place"]


def test_what_was_derived_goes_with_the_answer_that_it_came_from() -> None:
    answers = human(("provider", "anthropic")).give("method", "api-key", "default")
    assert list(answers.back("secret").given) == ["place"]


def test_a_journal_that_is_not_ours_to_understand_is_none(house: House) -> None:
    path = house.path / "onboarding.json"
    journal = journals.Journal(path)
    assert journal.read() is None
    for text in ("", "{", "[]", '{"version": 2, "answers": []}', '{"version": 1, "answers": 3}', "[" * 100_000):
        path.write_text(text)
        assert journal.read() is None
    path.write_text('{"version": 1, "answers": [3, {}, {"question": "provider", "value": 5}]}')
    assert journal.read() == Answers()


def test_the_doctor_looks_where_the_journal_is(house: House) -> None:
    from openclaw.facts.setup import ONBOARDING

    journal = journals.journal_for(house.state, house.call())
    assert journal.path.name == ONBOARDING
    assert journal.keep(human(("provider", "anthropic")), NOW)
    assert not journals.Journal(house.path / "x" / "y.json").keep(Answers().give("place", "env", "flag"), NOW)
    journal.discard()
    assert house.snapshot().keys() <= {".local", ".local/state"}


def test_a_resumed_run_without_a_terminal(house: House) -> None:
    journals.journal_for(house.state, house.call()).keep(human(("provider", "anthropic")), NOW)
    result = house.onboard("--json", "--resume", "--key-stdin", stdin=KEY.encode())
    assert (result.code, result.document["provider"]) == (0, "anthropic"), result.err
    assert "your answer in the interrupted run" in result.err
    assert not list(house.path.rglob("onboarding.json"))


def test_the_quick_path_has_at_most_six_questions(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = facts_of(house)
    era = replace(facts.found.era, program=Path("/bin/true"))
    facts = replace(facts, manager=SYSTEMD, services=NoService(), found=replace(facts.found, era=era), verify=True)  # type: ignore[arg-type]
    answers, asked = Answers(), []
    for _ in range(20):
        answers, step = advanced(answers, facts)
        if isinstance(step, Done):
            break
        asked.append(step.question.id)
        default = step.question.default
        answers = take(answers, facts, step.question.id, Secret(KEY) if default is None else default)
    assert asked == ["provider", "method", "secret", "place", "service", "confirm"]
    assert isinstance(step, Done)
    decision = step.decision
    assert (decision.variable, decision.secret, decision.service) == ("ANTHROPIC_API_KEY", Secret(KEY), "install")
