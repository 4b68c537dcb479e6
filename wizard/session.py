"""A conversation: asks what is open, one question at a time, until everything is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from openclaw.errors import Failure, UsageFailure
from openclaw.secret import Secret, length_and_end
from openclaw.text import joined
from wizard.answers import Answer, Answers
from wizard.flow import Ask, Done, Review, Verify, next_step, take
from wizard.gathering import AT_LAST, WHERE_IT_DECIDES
from wizard.questions import Back
from wizard.suggesting import suggested
from wizard.terminal import look

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.answers import Checked, Credential, Value
    from wizard.facts import Facts
    from wizard.page import Page
    from wizard.questions import Question

GIVEN_ONCE = ("flag", "answers", "config", "detected")
FIRST = "This is the first question. Ctrl-C leaves."


class Front(Protocol):
    """Where answers come from. `keys` says how to go back and how to leave."""

    keys: str

    def answer(self, question: Question, *, back: bool = True) -> str | bool:
        """A raw answer. Back where the person wants the question before, KeyboardInterrupt or EOFError where they left.

        `back`: there is a question to go back to.
        """
        ...


class Source(Protocol):
    """Facts, as they are known at a moment."""

    def now(self, seconds: float = 0.0) -> Facts:
        """The facts, after waiting at most so long for more."""
        ...


def nobody(credential: Credential) -> Checked:
    """Stands where no provider is asked."""
    raise NotImplementedError


@dataclass(slots=True)
class Session:
    """A front, the page on which its questions are explained, and what was answered so far.

    `verify` asks a provider; `arrived` is told when facts came in; `review` shows the last page before the last
    question; `answered` is told the answers after each one of a person. `only`: the questions that are asked, where not
    all of them are. `waited`: who had not answered by then was waited for.
    """

    front: Front
    page: Page
    answers: Answers = field(default_factory=Answers)
    verify: Callable[[Credential], Checked] = nobody
    arrived: Callable[[Facts], None] = lambda _: None
    review: Callable[[Review, Answers, Facts], bool] = lambda *_: True
    only: frozenset[str] | None = None
    answered: Callable[[Answers], None] = lambda _: None
    waited: bool = False

    def run(self, source: Source) -> tuple[Done, Facts]:
        """Asks until the last word is spoken. The answers stand in `answers` at any moment, also when it is left."""
        while True:
            look()
            facts = source.now()
            self.arrived(facts)
            step = next_step(self.answers, facts)
            if isinstance(step, Review) and self._late(source) is not facts:
                continue
            if isinstance(step, Done):
                look()
                return step, facts
            self._take(step, facts)

    def _late(self, source: Source) -> Facts:
        """The facts before the last page, which a service manager decides about: one that is slow is waited for."""
        facts = source.now(AT_LAST)
        if facts.unheard and not self.waited:
            self.waited = True
            self.page.say(f"Waiting for an answer of {joined(list(facts.unheard))}…", style="quiet")
            facts = source.now(WHERE_IT_DECIDES)
        return facts

    def _take(self, step: Ask | Verify | Review, facts: Facts) -> None:
        if isinstance(step, Verify):
            self.page.say("Asking the provider…", style="quiet")
            self.answers = self.answers.learn(self.verify(step.credential))
        elif isinstance(step, Review) and not (self.review(step, self.answers, facts) and self._asks(step.question)):
            self.answers = self.answers.give("confirm", "write", "default")
        elif isinstance(step, Ask) and self._settles(step):
            assert step.question.alone is not None  # noqa: S101 - that is what it settles with
            self.answers = self.answers.give(step.question.id, step.question.alone, "default")
        else:
            self._ask(step, facts)

    def _settles(self, step: Ask) -> bool:
        """Whether the question is one of those that are not asked, and has an answer of its own."""
        return not (self._asks(step.question) or step.problem) and step.question.alone is not None

    def _asks(self, question: Question) -> bool:
        """Whether it is one of the questions that are asked."""
        return self.only is None or question.id in self.only

    def _ask(self, step: Ask | Review, facts: Facts) -> None:
        problem = step.problem if isinstance(step, Ask) else ""
        if isinstance(step, Ask):
            _refuse_flag(step, self.answers)
        before = self.answers.back(step.question.id)
        try:
            value = self.one(suggested(step.question, self.answers), problem, back=before is not self.answers)
        except Back:
            if before is self.answers:
                self.page.say(FIRST, style="notice")
            self.answers = before
        else:
            self.answers = take(self.answers, facts, step.question.id, value)
        self.answered(self.answers)

    def one(self, question: Question, problem: str = "", *, back: bool = False) -> Value:
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
            look()
            raw = self.front.answer(question, back=back)
            look()
            try:
                value, notices = _parsed(question, raw)
            except Failure as error:
                problem = f"{error.message} {error.hint}"
                continue
            if problem := _refused(question, value):
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
    labels = {option.value: option.label for option in question.options}
    return joined([labels.get(item, item) for item in question.chosen(value)])


def _parsed(question: Question, raw: str | bool) -> tuple[Value, tuple[str, ...]]:
    if question.kind == "secret" and isinstance(raw, str):
        if isinstance(question.default, Secret) and not raw.strip():
            return question.default, ()
        from openclaw.credentials.paste import from_prompt

        pasted = from_prompt(raw)
        return pasted.secret, pasted.notices
    return (raw.strip() if isinstance(raw, str) else raw), ()


def _refused(question: Question, value: Value) -> str:
    """Why a text is not even shown, let alone kept: it may be the secret, in the wrong place. "" for other answers."""
    if question.kind != "text" or not isinstance(value, str):
        return ""
    from wizard.slips import SLIPPED, slipped

    return SLIPPED if slipped(value) else question.problem(Answer(value, "person"))


def _refuse_flag(step: Ask, answers: Answers) -> None:
    """A flag that is wrong ends the run; asking instead would answer another question than the one that was put."""
    answer = answers.get(step.question.id)
    if step.problem and answer and answer.source in GIVEN_ONCE and not step.question.sensitive:
        raise UsageFailure(
            f"{answer.detail or step.question.flag}: {step.problem}", commands=("openclaw onboard --help",)
        )
