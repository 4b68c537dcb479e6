"""Nobody can be asked: defaults where a question has one to take, one error that names all that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure
from openclaw.secret import Secret
from openclaw.text import count
from wizard.chosen import MORE
from wizard.flow import Ask, next_step
from wizard.questions import INSIST

if TYPE_CHECKING:
    from wizard.answers import Answers, Value
    from wizard.facts import Facts
    from wizard.questions import Question


def complete(answers: Answers, facts: Facts) -> Answers:
    """The answers with every open question settled. Raises UsageFailure with all that is missing or wrong."""
    troubles: dict[str, str] = {}
    while isinstance(step := next_step(answers, facts), Ask):
        question = step.question
        if not step.problem and question.settled and question.default is not None:
            answers = answers.give(question.id, question.default, "default")
            continue
        if question.id in troubles:
            break  # the stand-in was refused as well: the rest cannot be known
        troubles[question.id] = _wrong(question, step.problem) if step.problem else _missing(question)
        # A stand-in, so that what would be missing after this one is found in the same run.
        answers = answers.give(question.id, _stand_in(question), "default", sure=True)
    if troubles:
        raise failure(list(troubles.values()))
    return answers.give("confirm", True, "flag", "--non-interactive")


def failure(troubles: list[str]) -> UsageFailure:
    """All that is wrong with a command line, as one error."""
    told = troubles[0] if len(troubles) == 1 else f"{count(len(troubles), 'problem')}: {'; '.join(troubles)}"
    return UsageFailure(told, hint="Nothing was changed.", commands=("openclaw onboard --help",))


def _missing(question: Question) -> str:
    shown = [option.value for option in question.options if not option.blocked and option.value != MORE]
    choices = f" ({', '.join(shown)})" if shown else ""
    return f"missing: {question.label.rstrip('?:. ')}: give {question.flag}{choices}"


def _wrong(question: Question, problem: str) -> str:
    if problem.endswith(INSIST):
        problem = f"{problem.removesuffix(INSIST).rstrip()} --use-anyway takes it all the same"
    elif problem in {option.blocked for option in question.options}:
        return f"{problem.rstrip('.')}: give {question.flag}" if question.flag else problem
    elif question.options:
        problem = problem.rstrip(".")
    return f"{question.flag}: {problem.rstrip('.')}"


def _stand_in(question: Question) -> Value:
    if question.kind == "secret":
        return Secret("-")
    if question.kind == "confirm":
        return True
    return question.example or next(iter(question.values), "")
