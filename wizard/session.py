"""A conversation: asks what is open, one question at a time, until everything is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from openclaw.errors import Failure, UsageFailure
from openclaw.secret import Secret, length_and_end
from wizard.flow import Ask, next_step

if TYPE_CHECKING:
    from wizard.answers import Answers, Value
    from wizard.facts import Facts
    from wizard.flow import Done, Review
    from wizard.page import Page
    from wizard.questions import Question

GIVEN_ONCE = ("flag", "config", "detected")


class Front(Protocol):
    """Where answers come from."""

    def answer(self, question: Question) -> str | bool:
        """A raw answer. KeyboardInterrupt or EOFError where the person left."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """A front and the page on which its questions are explained."""

    front: Front
    page: Page

    def ask(self, answers: Answers, facts: Facts) -> tuple[Answers, Review | Done]:
        """Asks until nothing is open but the last question."""
        while isinstance(step := next_step(answers, facts), Ask):
            _refuse_flag(step, answers)
            answers = answers.give(step.question.id, self.one(step.question, step.problem), "person")
        return answers, step

    def one(self, question: Question, problem: str = "") -> Value:
        """One question, until there is something that can be taken for an answer."""
        if not problem:
            self.page.say()
        if question.help and not problem:
            self.page.say(question.help, style="quiet")
        for option in question.options:
            if option.blocked:
                self.page.say(f"{option.label}: not here. {option.blocked}", style="quiet")
        while True:
            if problem:
                self.page.say(problem, style="bad")
            raw = self.front.answer(question)
            try:
                value, notices = _parsed(question, raw)
            except Failure as error:
                problem = f"{error.message} {error.hint}"
                continue
            self.page.say(f"{question.label}{'' if question.label.endswith('?') else ':'} {shown(question, value)}")
            for notice in notices:
                self.page.say(notice, style="notice")
            return value


def shown(question: Question, value: Value) -> str:
    """An answer for the screen; of a secret its length and its end."""
    if isinstance(value, Secret):
        return length_and_end(value.reveal())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return next((option.label for option in question.options if option.value == value), value)


def _parsed(question: Question, raw: str | bool) -> tuple[Value, tuple[str, ...]]:
    if question.kind == "secret" and isinstance(raw, str):
        from openclaw.credentials.paste import from_prompt

        pasted = from_prompt(raw)
        return pasted.secret, pasted.notices
    return (raw.strip() if isinstance(raw, str) else raw), ()


def _refuse_flag(step: Ask, answers: Answers) -> None:
    """A flag that is wrong ends the run; asking instead would answer another question than the one that was put."""
    answer = answers.get(step.question.id)
    if step.problem and answer and answer.source in GIVEN_ONCE and not step.question.sensitive:
        raise UsageFailure(
            f"{answer.detail or step.question.flag}: {step.problem}", commands=("openclaw onboard --help",)
        )
