"""The wizard: a fold over answers. Pure and total, called again after every answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.decision import Decision, decide
from wizard.steps.custom import api, base_url, custom_id
from wizard.steps.method import method
from wizard.steps.model import model
from wizard.steps.place import place
from wizard.steps.profile import profile_id
from wizard.steps.provider import more, provider
from wizard.steps.review import confirm
from wizard.steps.rival import rival
from wizard.steps.secret import secret

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts
    from wizard.questions import Question

# In the order in which they are asked. Each sees only answers that the ones before it have accepted.
STEPS = (provider, more, custom_id, base_url, api, method, model, secret, place, profile_id, rival)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question is open. `problem` says why the present answer is none."""

    question: Question
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """Everything is known: what would be done is shown, then `question` is asked."""

    decision: Decision
    question: Question


@dataclass(frozen=True, slots=True)
class Done:
    """The last word is spoken."""

    decision: Decision
    confirmed: bool


def next_step(answers: Answers, facts: Facts) -> Ask | Review | Done:
    """What comes next. Answers to questions that are not asked are ignored."""
    for step in STEPS:
        question = step(answers, facts)
        if question is None:
            continue
        answer = answers.get(question.id)
        if answer is None:
            return Ask(question)
        if problem := question.problem(answer):
            return Ask(question, problem)
    decision = decide(answers, facts)
    last = answers.get("confirm")
    if last is None or not isinstance(last.value, bool):
        return Review(decision, confirm())
    return Done(decision, last.value)
