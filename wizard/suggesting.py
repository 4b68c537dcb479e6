"""Questions that were answered and are asked all the same: after Back, or because an answers file says `interactive`.

What was answered is what Enter gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import replace
from openclaw.secret import Secret, length_and_end
from wizard.answers import ASK
from wizard.questions import Option
from wizard.secretsource import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Collection

    from wizard.answers import Answer, Answers
    from wizard.questions import Question

OPTIONAL = ("model", "agent", "handling", "profile_id")  # asked only of those who want to be asked
ALONG = {"provider": ("custom_id",), "secret": (REFERENCE,)}  # what a person's other answer would make wrong
# Answers to no question: flags that the same run again needs, too.
LIVE, NO_VERIFY = "live", "no_verify"
FROM_FILE = "from the answers file"
BEFORE = "your answer before"


def asked_again(answers: Answers, opened: Collection[str]) -> Answers:
    """The answers with these questions open; a flag counts more than the file, and leaves its question answered."""
    for name in opened:
        given = answers.get(name)
        if given and not given.detail.startswith("--"):
            answers = answers.suggest(*(one for one in (name, *ALONG.get(name, ())) if answers.get(one)))
        if name in OPTIONAL:
            answers = answers.give(f"{ASK}{name}", True, "answers", "interactive")
    return answers


def suggested(question: Question, answers: Answers) -> Question:
    """The question with what was suggested as its default, as far as that can be chosen."""
    former = answers.suggestion(question.id)
    if former is None:
        return question
    value = former.value
    if isinstance(value, Secret) and question.kind == "secret":
        which = "keeps the one that you gave" if former.human else "takes the one of the answers file"
        told = f"Enter alone {which}: {length_and_end(value.reveal())}."
        return replace(question, default=value, help=f"{question.help} {told}".strip())
    if isinstance(value, str) and question.kind == "choice":
        return _chosen(question, former)
    fits = isinstance(value, bool) == (question.kind == "confirm") and question.kind not in ("secret", "choice")
    return replace(question, default=value) if fits else question


def _chosen(question: Question, former: Answer) -> Question:
    value = str(former.value)
    shown = {option.value for option in question.options if not option.blocked}
    if shown.issuperset(question.chosen(value)):
        return replace(question, default=value)
    if question.several or question.problem(replace(former, source="answers")):
        return question
    option = Option(value, value, BEFORE if former.human else FROM_FILE)
    return replace(question, default=value, options=(option, *question.options))
