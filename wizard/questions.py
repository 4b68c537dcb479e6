"""Questions as data: what a front shows, and what counts as an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from openclaw.frozen import frozen
from openclaw.secret import Secret
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.answers import Answer, Value

Kind = Literal["choice", "text", "secret", "confirm"]
TYPES: dict[Kind, type] = {"choice": str, "text": str, "secret": Secret, "confirm": bool}
INSIST = "Give the same value again to use it anyway."


class Back(Exception):
    """Somebody wants to go back to the question before."""


def _no_problem(_: Any) -> str:
    return ""


def listed(text: str) -> list[str]:
    """The parts of a text with commas between them."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


@frozen
class Option:
    """One choice. `blocked` says why it cannot be chosen here; "" where it can.

    `rare`: numbered lines show it only when all are asked for; a list, in which one can search, always does.
    """

    value: str
    label: str
    hint: str = ""
    blocked: str = ""
    rare: bool = False


@frozen
class Question:
    """One question. `default` is what Enter gives; `settled`: also what is taken where nobody can be asked.

    `unasked` is taken then in place of the default. `open`: a text that is no option is an answer too. `several`: more
    than one option may be chosen; then the answer, as the default, has commas between them.

    `check` and `doubt` are pure and say in words what is wrong with a value, "" for nothing. What `check` refuses is
    never taken; what `doubt` names is taken when it is given twice; `surprise` is a doubt that only a person is asked
    about, because a script cannot mistype. `also` are valid choices that are not shown.
    `flag` tells a script how to answer, `example` is an answer that would do.
    """

    id: str
    kind: Kind
    label: str
    help: str = ""
    options: tuple[Option, ...] = ()
    also: tuple[str, ...] = ()
    default: Value | None = None
    settled: bool = False
    unasked: Value | None = None
    open: bool = False
    several: bool = False
    flag: str = ""
    example: str = ""
    check: Callable[[Any], str] = _no_problem
    doubt: Callable[[Any], str] = _no_problem
    surprise: Callable[[Any], str] = _no_problem

    @property
    def sensitive(self) -> bool:
        """Whether the answer must never be shown."""
        return self.kind == "secret"

    def problem(self, answer: Answer) -> str:
        """Why an answer is none; "" where it is one. Total: any value may come."""
        if not isinstance(answer.value, TYPES[self.kind]):
            return "Please answer the question."
        problem = self._choice_problem(str(answer.value)) if self.kind == "choice" else ""
        if problem := problem or self.check(answer.value):
            return problem
        if answer.insisted:
            return ""
        doubt = self.doubt(answer.value) or (self.surprise(answer.value) if answer.source == "person" else "")
        stop = "" if doubt.endswith((".", "!", "?", ")")) else "."
        return f"{doubt}{stop} {INSIST}" if doubt else ""

    def chosen(self, value: str) -> list[str]:
        """The options of an answer."""
        return listed(value) if self.several else [value]

    def _choice_problem(self, value: str) -> str:
        if self.several and not listed(value):
            return "Choose at least one."
        return next(filter(None, map(self._option_problem, self.chosen(value))), "")

    def _option_problem(self, value: str) -> str:
        found = next((option for option in self.options if option.value == value), None)
        if found:
            return found.blocked
        if value in self.also or (self.open and value):
            return ""
        return f"It is one of {joined(list(self.values), 'and')}."

    @property
    def alone(self) -> Value | None:
        """The answer where nobody can be asked; None where there must be one."""
        if not self.settled:
            return None
        return self.default if self.unasked is None else self.unasked

    @property
    def values(self) -> tuple[str, ...]:
        """The choices that can be made here."""
        return (*(option.value for option in self.options if not option.blocked), *self.also)
