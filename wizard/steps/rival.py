"""A stored profile that would be used in place of the new credential: settled before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import chosen
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

REPLACE, KEEP = "replace", "keep"
GIVEN = ("flag", "file")


def rival(answers: Answers, facts: Facts) -> Question | None:
    """Replace that profile, or keep it where it is, in front."""
    first = chosen.rival(answers, facts)
    if first is None:
        return None
    shut = "" if facts.profiles_writable else "Only OpenClaw itself writes its database, and OpenClaw was not found."
    in_env = answers.text("place") == "env"
    settled = not any(item and item.source in GIVEN for item in map(answers.get, ("place", "profile_id")))
    return Question(
        "rival",
        "choice",
        "What about the profile that comes first?",
        help=f"OpenClaw uses the stored profile {first.id} ({_what(first.type)}) before what you are adding, "
        "so the new one would not be used.",
        options=(
            Option(REPLACE, f"Store it as {first.id}", "recommended", shut),
            Option(
                KEEP,
                "Keep that profile",
                "write the env file all the same" if in_env else "add another one all the same",
            ),
        ),
        default=KEEP if shut else REPLACE,
        settled=settled,
        flag=f"--existing replace (store it as {first.id}) or --existing keep (it is then not used)",
    )


def _what(kind: str) -> str:
    return {"api_key": "an API key", "token": "a token", "oauth": "a login"}[kind]
