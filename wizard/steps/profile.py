"""The profile's id, where somebody wants to choose it; or must, because the one asked for has another credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import chosen, rivals
from wizard.consistency import profile_problem
from wizard.questions import Question
from wizard.steps.more import wants

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

LABEL = "Under which profile id?"


def profile_id(answers: Answers, facts: Facts) -> Question | None:
    """Another profile id."""
    asked, all_of_them = answers.text("profile_id"), rivals.each(answers, facts)
    provider = chosen.provider_id(answers)

    def clash(name: str) -> str:
        return next(filter(None, (rivals.conflict(name, *one) for one in all_of_them)), "")

    def check(name: str) -> str:
        new = not any(name in one.store.profiles for _, one in all_of_them)
        problem = profile_problem(name, provider) if new else ""
        return f"{problem[:1].upper()}{problem[1:]}." if problem else clash(name)

    wanted = wants(answers, "profile_id")
    if answers.text("place") != "profile" or not (wanted or (asked and clash(asked))):
        return None
    if wanted:
        usual = rivals.usual_id(answers.without("profile_id"), facts)
        flag = "--profile-id ID"
        return Question("profile_id", "text", LABEL, default=usual, flag=flag, example=usual, check=check)
    free = rivals.free_id(answers, *(one[1] for one in all_of_them))
    return Question(
        "profile_id",
        "text",
        LABEL,
        default=free,
        flag=f"--profile-id {free}",
        example=free,
        check=clash,
    )
