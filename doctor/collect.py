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

    Awaited = Callable[[list[str]], object]

TICK = 0.1  # seconds between two looks of somebody who is told what is awaited


def collect(
    wanted: Iterable[str],
    given: Mapping[str, Any],
    lookup: Callable[[str], Fact | None] = builtin,
    *,
    seconds: float | None = None,
    awaited: Awaited | None = None,
) -> dict[str, Any]:
    """Every wanted fact and what they are built from: name → value, or `Unavailable` with the reason.

    `given` facts are taken as they are and never collected. A fact whose needs are unavailable is so for their reason.
    `seconds` is the time for all of them; what has not answered by then is unavailable. `awaited` is called several
    times a second, in this thread, with the names of the facts that have not answered yet.
    """
    facts = _plan(wanted, given, lookup)
    collection = _Collection(given, None if seconds is None else time.monotonic() + seconds)
    collection.known |= {
        name: Unavailable(f"there is no fact named {name}") for name, found in facts.items() if found is None
    }
    waiting = {name: found for name, found in facts.items() if found is not None}
    while waiting or collection.running:
        for found in _ready(waiting, collection.known):
            del waiting[found.name]
            collection.start(found)
        collection.receive(awaited)
    return collection.known


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


class _Collection:
    """What is known and what is awaited. `until`: when the time of the whole run is over (monotonic clock)."""

    def __init__(self, given: Mapping[str, Any], until: float | None) -> None:
        self.known: dict[str, Any] = dict(given)
        self.running: dict[str, float] = {}  # name → when its time is over
        self._until = until
        self._answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def start(self, found: Fact) -> None:
        """Starts a collector whose needs are known; without it where one of them is unavailable."""
        arguments = [self.known[need] for need in found.needs]
        missing = next((value for value in arguments if isinstance(value, Unavailable)), None)
        if missing is not None:
            self.known[found.name] = missing
            return

        def work() -> None:
            self._answers.put((found.name, _attempt(found, arguments)))

        ends = time.monotonic() + found.deadline
        self.running[found.name] = ends if self._until is None else min(ends, self._until)
        threading.Thread(target=work, name=f"fact {found.name}", daemon=True).start()

    def receive(self, awaited: Awaited | None) -> None:
        """Waits for the next answer, but not longer than until the next deadline; late answers are dropped."""
        if not self.running:
            return
        name, ends = min(self.running.items(), key=lambda item: item[1])
        left = max(0.0, ends - time.monotonic())
        try:
            answered, value = self._answers.get(timeout=min(left, TICK) if awaited else left)
        except queue.Empty:
            if time.monotonic() >= ends:
                self._give_up(name, ends)
            elif awaited:
                awaited(list(self.running))
            return
        if self.running.pop(answered, None) is not None:
            self.known[answered] = value

    def _give_up(self, name: str, ends: float) -> None:
        del self.running[name]
        whole_run = "was not collected within the run's time (--timeout)"
        reason = whole_run if ends == self._until else "could not be collected in time"
        self.known[name] = Unavailable(f"{name.replace('_', ' ')} {reason}")


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
