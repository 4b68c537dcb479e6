"""A check: a pure function whose parameter names are the facts it needs, as pytest does with fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openclaw.finding import Finding, Severity


class Unknown(Exception):
    """Raised by a check whose facts do not tell: the outcome is `unknown` with this reason."""


class NotApplicable(Exception):
    """Raised by a check that makes no sense here: the outcome is `skipped` with this reason."""


@frozen
class Check:
    """A check as a value; nothing is registered anywhere. `severity` is the worst that it reports (checks.md)."""

    id: str
    severity: Severity
    title: str
    tags: frozenset[str]
    needs: tuple[str, ...]
    run: Callable[..., Iterable[Finding]]

    @property
    def area(self) -> str:
        """`credentials` of `credentials/expired`."""
        return self.id.split("/", 1)[0]


def check(
    check_id: str, severity: Severity, *, tags: Iterable[str] = ()
) -> Callable[[Callable[..., Iterable[Finding]]], Check]:
    """Makes a `Check` of a function: its parameters are its facts, the first line of its docstring is its title."""

    def build(function: Callable[..., Iterable[Finding]]) -> Check:
        title = (function.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
        return Check(check_id, severity, title, frozenset(tags), parameters(function), function)

    return build


def parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The positional parameter names of a plain function. `inspect.signature` would cost 10 ms at start-up."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount]
