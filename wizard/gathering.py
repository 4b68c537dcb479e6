"""Facts that take time, collected while the first questions are answered."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from openclaw.frozen import replace
from wizard import facts as collecting

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.invocation import Invocation
    from wizard.facts import Facts

AT_FIRST = 0.2  # seconds that the first page waits
AT_LAST = 1.0  # seconds that the review page waits without a word
WHERE_IT_DECIDES = 12.0  # seconds that it waits beyond that for what decides about questions and commands
BEFORE_THE_END = 4.0  # seconds for what is said after the change
IN_ALL = 18.0  # seconds of waiting in one run: whoever is silent for longer is not waited for once more


class Gathering:
    """The facts as they are known at a moment: those of files at once, the others as soon as they are there.

    The service manager and the login shell are asked in daemon threads of their own: one that hangs costs nobody more
    than the limits above, and nothing of what the other says.
    """

    def __init__(self, call: Invocation, agent: str | None = None, *, verify: bool = False) -> None:
        self._known = replace(collecting.look(call, agent), verify=verify)
        self._patience = IN_ALL
        self._news = threading.Condition()
        asked: dict[str, Callable[[], dict[str, Any]]] = {
            self._known.manager_name: lambda: collecting.asked_manager(call)
        }
        if collecting.asks_shell(self._known.found):
            asked["the login shell"] = lambda: collecting.asked_shell(call, agent)
        self._known = replace(self._known, unheard=tuple(asked))
        for name, collect in asked.items():
            threading.Thread(target=self._gather, args=(name, collect), name=name, daemon=True).start()

    def now(self, seconds: float = 0.0) -> Facts:
        """The facts, after waiting at most so long for the rest of them."""
        began = time.monotonic()
        with self._news:
            self._news.wait_for(lambda: not self._known.unheard, min(seconds, self._patience))
            self._patience -= min(self._patience, time.monotonic() - began)
            return self._known

    def _gather(self, name: str, collect: Callable[[], dict[str, Any]]) -> None:
        found: dict[str, Any] = {}
        try:
            found = collect()
        except Exception:  # noqa: S110 - what was read from files still counts; the rest stays unknown
            pass
        finally:
            with self._news:
                left = tuple(item for item in self._known.unheard if item != name)
                self._known = replace(self._known, **found, unheard=left)
                self._news.notify_all()


class Known:
    """Facts that are complete already: for tests and for runs in which nobody is asked."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def now(self, seconds: float = 0.0) -> Facts:  # noqa: ARG002 - as its sibling
        """The facts."""
        return self._facts
