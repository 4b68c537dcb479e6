"""Loading plugins: each module in a thread with a deadline, and only what keeps to its own namespace is taken."""

from __future__ import annotations

import contextlib
import queue
import re
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from doctor.plugins import Plugged, Problem
from openclaw.check import Check
from openclaw.facts import BUILTIN, Fact
from openclaw.fix import Fix
from openclaw.reporter import Reporter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from doctor.plugins.finding import EntryPoint, Program

SECONDS = 5.0  # for importing one module
KINDS: dict[str, type] = {
    "openclaw.checks": Check, "openclaw.facts": Fact, "openclaw.fixes": Fix, "openclaw.reporters": Reporter,
}  # fmt: skip
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
OUR_FACTS = frozenset({"call", "asking", "told", "plugged", *BUILTIN})


def load(found: Iterable[EntryPoint], programs: Iterable[Program], *, seconds: float = SECONDS) -> Plugged:
    """Everything that can be used, and why the rest cannot."""
    work = _Loading(seconds)
    for item in found:
        work.entry_point(item)
    for program in programs:
        work.program(program)
    return work.done()


class _Loading:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._owners = dict.fromkeys(_our_areas(), "openclaw-onboard")  # namespace → whose it is
        self._names: dict[str, None] = {}
        self._taken: dict[type, dict[str, Any]] = {kind: {} for kind in KINDS.values()}
        self._problems: list[Problem] = []
        self._modules: set[str] = set()

    def entry_point(self, item: EntryPoint) -> None:
        self._names[item.distribution] = None
        if not self._owns(item.name, item.distribution, item.path):
            return
        try:
            module = _imported(item.value, self._seconds)
        except _Failed as error:
            self._problem("failed", item.distribution, f"{item.value} {error}", item.path)
            return
        self._modules.add(module.__name__)
        kind = KINDS[item.group]
        values = [value for value in vars(module).values() if isinstance(value, kind)]
        for value in dict.fromkeys(values) if kind is not Reporter else values:
            self._take(value, item)

    def program(self, item: Program) -> None:
        name = f"openclaw-check-{item.name}"
        self._names[name] = None
        if self._owns(item.name, name, item.path):
            from doctor.plugins.programs import check_of, fact_of

            fact = fact_of(item)
            self._taken[Fact][fact.name] = fact
            self._taken[Check][f"{item.name}/program"] = check_of(item)

    def done(self) -> Plugged:
        checks, facts = self._taken[Check], self._taken[Fact]
        self._modules.add("doctor.plugins.programs")
        return Plugged(
            tuple(self._names), tuple(checks.values()), facts, self._taken[Fix], self._taken[Reporter],
            tuple(self._problems), frozenset(self._modules),
        )  # fmt: skip

    def _owns(self, namespace: str, owner: str, path: str) -> bool:
        """Whether a namespace is free, or its owner's already."""
        if not NAME.fullmatch(namespace):
            self._problem("failed", owner, f"{namespace!r} is no name for a namespace: small letters and dashes", path)
            return False
        holder = self._owners.setdefault(namespace, owner)
        if holder != owner:
            self._problem("foreign-id", owner, f"it claims {namespace}/, which is of {holder}", path)
        return holder == owner

    def _take(self, value: Any, item: EntryPoint) -> None:
        name, own = _name_of(value), _own_name(value, item.name)
        known = self._taken[type(value)]
        if not own:
            what = f"it claims {name}: what is its own begins with {_beginning(value, item.name)}"
            self._problem("foreign-id", item.distribution, what, item.path)
        elif name in known:
            self._problem("foreign-id", item.distribution, f"it has {name} twice", item.path)
        else:
            known[name] = value

    def _problem(self, kind: str, plugin: str, what: str, path: str) -> None:
        from openclaw.redact import scrub

        self._problems.append(Problem(kind, plugin, scrub(what)[:300], path))


class _Failed(Exception):
    """Why a module cannot be used."""


def _imported(name: str, seconds: float) -> ModuleType:
    """A module, imported in a thread: one that hangs costs its own time only. What it prints goes to stderr."""
    if not re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", name):
        raise _Failed("is no name of a module")
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(import_module(name))
        except BaseException as error:  # SystemExit too: nobody would answer then
            answers.put(_reason(error))

    with contextlib.redirect_stdout(sys.stderr):
        threading.Thread(target=work, name=f"plugin {name}", daemon=True).start()
        try:
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise _Failed(f"was not loaded within {seconds:g} s") from None
    if isinstance(answer, str):
        raise _Failed(answer)
    module: ModuleType = answer
    return module


def _reason(error: BaseException) -> str:
    """The kind of error and its place, without its text, except where Python itself words it."""
    if isinstance(error, ImportError):
        return f"cannot be imported: {error}"
    from doctor.engine import defect

    return f"cannot be imported: {defect(error)}"


def _name_of(value: Any) -> str:
    if isinstance(value, Check):
        return value.id
    return value.check_id if isinstance(value, Fix) else str(value.name)


def _beginning(value: Any, namespace: str) -> str:
    return f"{namespace.replace('-', '_')}_" if isinstance(value, Fact) else f"{namespace}/"


def _own_name(value: Any, namespace: str) -> bool:
    name = _name_of(value)
    if isinstance(value, Reporter):
        return name == namespace or name.startswith(f"{namespace}-")
    rest = name.removeprefix(_beginning(value, namespace))
    if rest == name or name in OUR_FACTS:
        return False
    return isinstance(value, Fact) or bool(NAME.fullmatch(rest))


def _our_areas() -> Iterator[str]:
    import checks
    from doctor.forms import FORMS

    yield from {name for found in checks.load() for name in (found.area,)}
    yield from ("doctor", "openclaw", "plugin", *FORMS)
