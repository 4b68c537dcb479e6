"""What others add to the doctor: checks, facts, fixes and reporters of installed distributions, and programs on PATH.

Nothing registers itself. Who runs the doctor finds what there is (`finding`), loads it (`loading`) and hands it to the
registry for as long as the run takes, so that two runs in one process may know different plugins.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from openclaw.check import Check
    from openclaw.facts import Fact
    from openclaw.fix import Fix
    from openclaw.invocation import Invocation
    from openclaw.reporter import Reporter


@frozen
class Problem:
    """Why a plugin, or a part of it, is not used. `plugin` names it, `path` is where it was found."""

    kind: str  # failed, foreign-id
    plugin: str
    what: str  # a clause
    path: str = ""


@frozen
class Plugged:
    """What is there besides the doctor's own. `names`: every plugin that was found, loaded or not."""

    names: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: Mapping[str, Fact] = {}
    fixes: Mapping[str, Fix] = {}
    reporters: Mapping[str, Reporter] = {}
    problems: tuple[Problem, ...] = ()
    modules: frozenset[str] = frozenset()  # whose classes facts may be made of


NOTHING = Plugged()
_current: ContextVar[Plugged] = ContextVar("plugged", default=NOTHING)


def current() -> Plugged:
    """What this run knows."""
    return _current.get()


def using(plugged: Plugged) -> AbstractContextManager[None]:
    """Inside, the registry knows these."""
    from contextlib import contextmanager

    @contextmanager
    def use() -> Iterator[None]:
        token = _current.set(plugged)
        try:
            yield
        finally:
            _current.reset(token)

    return use()


def plugged(call: Invocation) -> Plugged:
    """Finds and loads what there is for this run. Never fails: a plugin that does is one of the problems."""
    import sys

    from doctor.plugins import finding

    found, programs = finding.entry_points(sys.path), finding.programs(call.env)
    if not (found or programs):
        return NOTHING
    from doctor.plugins.loading import load

    return load(found, programs)


@frozen
class Told:
    """The fact of the doctor's checks of plugins."""

    names: tuple[str, ...]
    problems: tuple[Problem, ...]


def told() -> Fact:
    """The collector of that fact."""
    from openclaw.facts import Fact

    def collect() -> Any:
        return Told(known.names, known.problems)

    known = current()  # here: a collector runs in a thread of its own, which has no context
    return Fact("plugged", (), collect)
