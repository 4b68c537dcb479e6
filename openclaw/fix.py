"""A fix: a pure function from a finding, and the facts that its other parameters name, to a plan.

Nothing here changes anything: the plan is previewed, agreed to, applied and undone like every other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.check import parameters
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.change.plan import Plan


class Unfixable(Exception):
    """Raised by a fix that can do nothing for this one finding: the reason is told and the remedy stays by hand."""


@frozen
class Fix:
    """A fix as a value. Its plan is asked for only where a finding's remedy says `auto` or `confirm` (checks.md)."""

    check_id: str
    title: str
    needs: tuple[str, ...]  # facts, without the finding itself
    plan: Callable[..., Plan]


def fix(check_id: str) -> Callable[[Callable[..., Plan]], Fix]:
    """Makes a `Fix` of a function `(finding, *facts) -> Plan`; the first line of its docstring is its title."""

    def build(function: Callable[..., Plan]) -> Fix:
        title = (function.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
        return Fix(check_id, title, parameters(function)[1:], function)

    return build
