"""The last question."""

from __future__ import annotations

from wizard.questions import Option, Question

WRITE, OPTIONS, LEAVE = "write", "options", "leave"


def confirm() -> Question:
    """Whether to write what the review page shows."""
    return Question(
        "confirm",
        "choice",
        "Write this?",
        options=(
            Option(WRITE, "Yes, write it"),
            Option(OPTIONS, "More options…", "default model, agents, profile id, expiry"),
            Option(LEAVE, "No, leave everything as it is"),
        ),
        default=WRITE,
        settled=True,
        flag="--yes",
    )
