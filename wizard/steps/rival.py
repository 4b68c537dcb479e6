"""A stored profile that would be used in place of the new credential: settled before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import rivals
from wizard.questions import Option, Question
from wizard.rivals import FIRST, KEEP, REPLACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.answers import Answers
    from wizard.facts import Facts

GIVEN = ("flag", "answers")


def rival(answers: Answers, facts: Facts) -> Question | None:
    """Replace a profile, put a new one in front, or keep what comes first. Only what leads to the new one is open."""
    first = rivals.rival(answers, facts)
    if first is None:
        return None
    options = tuple(_options(answers, facts))
    open_ways = [option for option in options if not option.blocked]
    settled = not any(item and item.source in GIVEN for item in map(answers.get, ("place", "profile_id")))
    return Question(
        "rival",
        "choice",
        "What about the profile that comes first?",
        help=f"OpenClaw uses the stored profile {first.id} ({rivals.what(first.type)}) before what you are adding, "
        "so the new one would not be used.",
        options=options,
        default=open_ways[0].value,
        settled=settled,
        flag=" or ".join(f"--existing {option.value} ({_lower(option.label)})" for option in open_ways),
    )


def _options(answers: Answers, facts: Facts) -> Iterator[Option]:
    shut = "" if facts.profiles_writable else "Only OpenClaw itself writes its database, and OpenClaw was not found."
    target, new = rivals.replaceable(answers, facts), rivals.addable(answers, facts)
    unlike = shut or "No stored profile of the same type would be used with the new value."
    if target:
        yield Option(REPLACE, f"Store it as {target}", "recommended")
    if new:
        hint = "" if target else "recommended"
        yield Option(FIRST, f"Store it as the new profile {new}, in front", hint)
    in_env = answers.text("place") == "env"
    add = "write the env file all the same" if in_env else "add another one all the same"
    yield Option(KEEP, "Keep that profile in front", f"{add}; it is then not used")
    if not target:
        yield Option(REPLACE, "Replace a stored profile", "", unlike)
    if not new:
        yield Option(FIRST, "Put a new profile in front", "", shut or "OpenClaw would not use it there either.")


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
