"""Nobody can be asked: defaults where a question has one to take, one error that names all that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure
from openclaw.frozen import replace
from openclaw.secret import Secret
from openclaw.text import count
from wizard.flow import Done, Review, Verify, next_step
from wizard.questions import INSIST
from wizard.session import nobody
from wizard.steps.review import WRITE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wizard.answers import Answers, Checked, Credential, Value
    from wizard.facts import Facts
    from wizard.questions import Question

GIVEN = ("flag", "answers", "file", "stdin", "environment")  # sources whose detail says where a value stands


def complete(
    answers: Answers,
    facts: Facts,
    verify: Callable[[Credential], Checked] = nobody,
    asked: frozenset[str] = frozenset(),
) -> Answers:
    """The answers with every open question settled. Raises UsageFailure with all that is missing or wrong.

    Questions that somebody will be `asked` are not missing; a stand-in takes their place.
    """
    answers, troubles = _settled(answers, facts, verify, asked)
    if troubles:
        raise failure(list(troubles.values()))
    return answers.give("confirm", WRITE, "flag", "--non-interactive")


def still_open(answers: Answers, facts: Facts, told: Sequence[str], spoilt: frozenset[str]) -> list[str]:
    """What else is missing or wrong beside what was `told`; of questions whose answers are `spoilt` nothing more."""
    troubles = _settled(answers, replace(facts, verify=False), nobody, spoilt)[1].values()
    return [text for text in troubles if not _flags(" ".join(told)).intersection(_flags(text))]


def failure(troubles: list[str], ways: tuple[str, ...] = ()) -> UsageFailure:
    """All that is wrong with a command line, as one error. `ways` are commands that lead on."""
    told = troubles[0] if len(troubles) == 1 else f"{count(len(troubles), 'problem')}: {'; '.join(troubles)}"
    return UsageFailure(
        _spoken(told),
        hint="Nothing was changed.",
        commands=(*ways, "openclaw onboard --help"),
        problems=tuple(map(_spoken, troubles)),
    )


def _spoken(text: str) -> str:
    """The text with the name that leads to this program in the commands that stand in it."""
    import os
    import re

    from openclaw.handover import our_name

    name = our_name(os.environ)
    return re.sub(r"(?<![\w./-])openclaw (?=(onboard|real) )", lambda _: f"{name} ", text)


def _settled(
    answers: Answers, facts: Facts, verify: Callable[[Credential], Checked], asked: frozenset[str]
) -> tuple[Answers, dict[str, str]]:
    """The answers with a stand-in for each that is missing, and what is missing or wrong by question."""
    troubles: dict[str, str] = {}
    stood_in: set[str] = set()
    while not isinstance(step := next_step(answers, facts), Review | Done):
        if isinstance(step, Verify):
            answers = answers.learn(verify(step.credential))
            continue
        question = step.question
        if not step.problem and question.alone is not None:
            answers = answers.give(question.id, question.alone, "default")
            continue
        if question.id in stood_in:
            break  # the stand-in was refused as well: the rest cannot be known
        if question.id not in asked:
            told = _missing(question, "its API key" if question.sensitive and "provider" in stood_in else "")
            troubles[question.id] = _wrong(question, step.problem, answers) if step.problem else told
        # A stand-in, so that what would be missing after this one is found in the same run.
        stood_in.add(question.id)
        answers = answers.give(question.id, _stand_in(question), "default", sure=True)
    return answers, troubles


def _flags(text: str) -> set[str]:
    import re

    return set(re.findall(r"--[a-z][a-z-]+", text))


def _missing(question: Question, name: str = "") -> str:
    """`name`: what is said in place of the label, which may name what was only a stand-in."""
    usable = [option for option in question.options if not option.blocked]
    shown = [option.value for option in usable if not option.rare]
    choices = f" ({', '.join(shown)}{', …' if len(shown) < len(usable) else ''})" if shown else ""
    return f"missing: {name or question.label.rstrip('?:. ')}: give {question.flag}{choices}"


def _wrong(question: Question, problem: str, answers: Answers) -> str:
    answer = answers.get(question.id)
    if answer and answer.source == "answers" and not question.sensitive:
        return f"{answer.detail}: {problem.rstrip('.')}"
    given = answer.detail if answer and answer.source in GIVEN and answer.detail else question.flag
    if problem.endswith(INSIST):
        problem = f"{problem.removesuffix(INSIST).rstrip()} --use-anyway takes it all the same"
    elif problem in {option.blocked for option in question.options}:
        return f"{problem.rstrip('.')}: give {question.flag}" if question.flag else problem
    elif question.options:
        problem = problem.rstrip(".")
    return f"{given}: {problem.rstrip('.')}"


def _stand_in(question: Question) -> Value:
    if question.kind == "secret":
        return Secret("-")
    if question.kind == "confirm":
        return True
    return question.example or next(iter(question.values), "")
