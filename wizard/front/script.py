"""Answers from a list, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.questions import Question


class Script:
    """Gives its answers one after the other. `asked` are the ids of the questions that came."""

    def __init__(self, answers: Sequence[str | bool]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def answer(self, question: Question) -> str | bool:
        """The next answer; EOFError after the last one."""
        self.asked.append(question.id)
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)
