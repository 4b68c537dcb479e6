"""Collecting facts: each in a daemon thread of its own, each with its own deadline, in the order of their needs.

Daemon threads and not a pool: a pool's workers are joined at exit, so one hung program would hang the doctor.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from openclaw.errors import Failure
from openclaw.facts import Fact, Unavailable, builtin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def collect(
    wanted: Iterable[str], given: Mapping[str, Any], lookup: Callable[[str], Fact | None] = builtin
) -> dict[str, Any]:
    """Every wanted fact and what they are built from: name → value, or `Unavailable` with the reason.

    `given` facts are taken as they are and never collected. A fact whose needs are unavailable is so for their reason.
    """
    facts = _plan(wanted, given, lookup)
    known: dict[str, Any] = dict(given)
    known |= {name: Unavailable(f"there is no fact named {name}") for name, found in facts.items() if found is None}
    waiting = {name: found for name, found in facts.items() if found is not None}
    running: dict[str, float] = {}  # name → when its time is over
    answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    while waiting or running:
        for found in _ready(waiting, known):
            del waiting[found.name]
            _start(found, known, answers, running)
        _receive(answers, known, running)
    return known


def _plan(
    wanted: Iterable[str], given: Mapping[str, Any], lookup: Callable[[str], Fact | None]
) -> dict[str, Fact | None]:
    """The facts to collect, with everything that they need. A circle of needs is a defect of ours and said as such."""
    facts: dict[str, Fact | None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise Failure(f"facts need each other in a circle: {' → '.join((*above[above.index(name) :], name))}")
        if name in given or name in facts:
            return
        found = lookup(name)
        for need in found.needs if found else ():
            visit(need, (*above, name))
        facts[name] = found

    for name in wanted:
        visit(name, ())
    return facts


def _ready(waiting: Mapping[str, Fact], known: Mapping[str, Any]) -> list[Fact]:
    return [found for found in waiting.values() if all(need in known for need in found.needs)]


def _start(
    found: Fact, known: dict[str, Any], answers: queue.SimpleQueue[tuple[str, Any]], running: dict[str, float]
) -> None:
    arguments = [known[need] for need in found.needs]
    missing = next((value for value in arguments if isinstance(value, Unavailable)), None)
    if missing is not None:
        known[found.name] = missing
        return

    def work() -> None:
        answers.put((found.name, _attempt(found, arguments)))

    running[found.name] = time.monotonic() + found.deadline
    threading.Thread(target=work, name=f"fact {found.name}", daemon=True).start()


def _attempt(found: Fact, arguments: list[Any]) -> Any:
    try:
        return found.collect(*arguments)
    except Failure as error:
        place = f"{error.location}: " if error.location else ""
        return Unavailable(f"{place}{error.message}")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return Unavailable(f"{place}{error.strerror or type(error).__name__}")
    except BaseException as error:  # SystemExit too: a thread that ends without an answer would be waited for
        # The text of an unexpected error may quote what was read: only its kind is told.
        return Unavailable(f"{found.name} could not be collected ({type(error).__name__})")


def _receive(answers: queue.SimpleQueue[tuple[str, Any]], known: dict[str, Any], running: dict[str, float]) -> None:
    """Waits for the next answer, but not longer than until the next deadline; late answers are dropped."""
    if not running:
        return
    name, ends = min(running.items(), key=lambda item: item[1])
    try:
        answered, value = answers.get(timeout=max(0.0, ends - time.monotonic()))
    except queue.Empty:
        del running[name]
        known[name] = Unavailable(f"{name} could not be collected in time")
        return
    if running.pop(answered, None) is not None:
        known[answered] = value
