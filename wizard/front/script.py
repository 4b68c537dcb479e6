"""Answers from a list, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.questions import Back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.questions import Question

GO_BACK = "\x1b"  # in place of an answer


class Script:
    """Gives its answers one after the other. `asked` are the ids of the questions that came."""

    keys = ""

    def __init__(self, answers: Sequence[str | bool]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def answer(self, question: Question, *, back: bool = True) -> str | bool:  # noqa: ARG002 - as its siblings
        """The next answer; EOFError after the last one."""
        self.asked.append(question.id)
        if not self._answers:
            raise EOFError
        answer = self._answers.pop(0)
        if answer == GO_BACK:
            raise Back
        return answer
