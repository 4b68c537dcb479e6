"""Facts that take time, collected while the first questions are answered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from openclaw.frozen import replace
from wizard import facts as collecting

if TYPE_CHECKING:
    from openclaw.invocation import Invocation
    from wizard.facts import Facts

AT_FIRST = 0.2  # seconds that the first page waits
AT_LAST = 1.0  # seconds that the review page waits
BEFORE_THE_END = 4.0  # seconds for what is said after the change


class Gathering:
    """The facts as they are known at a moment: those of files at once, the others as soon as they are there.

    A daemon thread: a service manager that hangs costs nobody more than the limits above.
    """

    def __init__(self, call: Invocation, agent: str | None = None, *, verify: bool = False) -> None:
        self._verify = verify
        self._known = replace(collecting.look(call, agent), verify=verify)
        self._found: Facts | None = None
        self._ready = threading.Event()
        threading.Thread(target=self._gather, args=(call, agent), name="facts", daemon=True).start()

    @property
    def complete(self) -> bool:
        """Whether everything was answered."""
        return self._ready.is_set() and self._found is not None

    def now(self, seconds: float = 0.0) -> Facts:
        """The facts, after waiting at most so long for the rest of them."""
        self._ready.wait(seconds)
        return self._found or self._known

    def _gather(self, call: Invocation, agent: str | None) -> None:
        try:
            self._found = replace(collecting.collect(call, agent), verify=self._verify)
        except Exception:  # noqa: S110 - what was read from files still counts; the rest stays unknown
            pass
        finally:
            self._ready.set()


class Known:
    """Facts that are complete already: for tests and for runs in which nobody is asked."""

    complete = True

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def now(self, seconds: float = 0.0) -> Facts:  # noqa: ARG002 - as its sibling
        """The facts."""
        return self._facts
