"""The id that was asked for holds another credential: it must be another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import rivals
from wizard.questions import Question

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts


def profile_id(answers: Answers, facts: Facts) -> Question | None:
    """Another profile id."""
    asked = answers.text("profile_id")
    if not asked or answers.text("place") != "profile" or not rivals.conflict(asked, answers, facts):
        return None
    free = rivals.free_id(answers, facts)
    return Question(
        "profile_id",
        "text",
        "Under which profile id?",
        default=free,
        flag=f"--profile-id {free}",
        example=free,
        check=lambda value: rivals.conflict(value, answers, facts),
    )
