"""The last question."""

from __future__ import annotations

from wizard.questions import Question


def confirm() -> Question:
    """Whether to write what the review page shows."""
    return Question("confirm", "confirm", "Write this?", default=True, settled=True, flag="--yes")
