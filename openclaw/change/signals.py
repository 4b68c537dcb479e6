"""Deadly signals while something must be tidied up: they become an exception first, and kill afterwards."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from signal import _HANDLER
    from types import FrameType

NAMES = ("SIGTERM", "SIGINT", "SIGHUP")


class Interrupted(BaseException):
    """Unwinds the stack for a signal that will kill the process as soon as `Signals` lets go of it."""


class Signals:
    """Catches SIGTERM, SIGINT and SIGHUP between `catch()` and `ending()`; in other threads than the main one, nothing.

    A signal that would kill raises Interrupted, so that every `finally` runs, and kills as it would have, at the end.
    A handler of somebody else's runs as usual. Ignored signals (nohup) stay ignored.
    """

    def __init__(self) -> None:
        self._previous: dict[int, _HANDLER] = {}
        self._pending = 0
        self._deferring = False

    def catch(self) -> None:
        """Puts our handler before those that are installed."""
        import signal
        import threading

        if threading.current_thread() is not threading.main_thread():
            return  # Python lets only the main thread do this
        for number in (getattr(signal, name) for name in NAMES):
            previous = signal.getsignal(number)
            if previous not in (signal.SIG_IGN, None):
                self._previous[number] = previous
                signal.signal(number, self._handle)

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """A step that must not be torn: a signal that arrives meanwhile counts as arriving after it."""
        self._deferring = True
        try:
            yield
        finally:
            self._deferring = False
            self._replay()

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """The last step: afterwards the previous handlers are back, and what is pending reaches them."""
        import signal

        self._deferring = True
        try:
            yield
        finally:
            for number, previous in self._previous.items():
                if signal.getsignal(number) == self._handle:
                    signal.signal(number, previous)
            self._previous.clear()
            self._deferring = False
            self._replay()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        previous = self._previous.get(number)
        if self._deferring:
            self._pending = number
        elif callable(previous):
            previous(number, frame)
        else:
            self._pending = number
            raise Interrupted

    def _replay(self) -> None:
        if self._pending:
            import signal

            number, self._pending = self._pending, 0
            signal.raise_signal(number)
