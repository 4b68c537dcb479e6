"""Back and resume, one by one; any order of them is in test_wizard_any_order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openclaw.secret import Secret
from openclaw.service.base import Manager
from wizard import journal as journals
from wizard.answers import Answers, Checked
from wizard.flow import Ask, Done, Review, Verify, next_step, take

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.answers import Credential, Value
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
REFUSED = "sk-ant-api03-FAKE-REFUSED" + "aB3_" * 20
NOW = 1_770_000_000_000
SYSTEMD = Manager("systemd", True, "this is a test", expected=True)


class NoService:
    """A manager that is only looked at."""

    def steps(self, *_: Any) -> tuple[()]:
        """Nothing to do."""
        return ()


def verified(credential: Credential) -> Checked:
    """A provider that refuses some keys and lists models."""
    state = "rejected" if "REFUSED" in credential.secret.reveal() else "accepted"
    return Checked(credential, state, "It says so.", ("claude-a", "claude-b"))  # type: ignore[arg-type]


def advanced(answers: Answers, facts: Facts) -> tuple[Answers, Ask | Review | Done]:
    """The next question, after the provider was asked where that is due."""
    while isinstance(step := next_step(answers, facts), Verify):
        answers = answers.learn(verified(step.credential))
    return answers, step


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
