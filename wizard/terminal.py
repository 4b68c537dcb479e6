"""Leaving the terminal as it was found, whatever ends the program; and signals that end it as errors that unwind."""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.invocation import Invocation

AFTER = "\x1b[?25h\x1b[?2004l"  # the cursor is shown; a paste is no longer bracketed


class Ended(BaseException):
    """A signal that ends the program. Not an Exception: nothing on the way may take it for a failure of its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


@contextlib.contextmanager
def kept(call: Invocation, stream: TextIO) -> Iterator[None]:
    """Restores the settings of the terminal at the end: line mode and echo above all.

    SIGTERM and SIGHUP become `Ended` meanwhile, so that prompts take back what they changed.
    """
    if not call.stdin_tty:
        yield
        return
    import termios

    before = termios.tcgetattr(sys.stdin)
    numbers = (signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.signal(number, _end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        with contextlib.suppress(termios.error, OSError, ValueError):  # it may be gone
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
            if call.env.get("TERM", "") not in ("", "dumb"):
                stream.write(AFTER)
                stream.flush()


def hush() -> None:
    """Switches the echo off between prompts: what is typed ahead may be a secret. `kept` switches it on again."""
    import termios

    quiet = termios.tcgetattr(sys.stdin)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, quiet)


def _end(number: int, _frame: object) -> None:
    """Ends the open prompt, where there is one: an error raised among its callbacks would be swallowed there."""
    drawing = sys.modules.get("prompt_toolkit.application.current")
    prompt = drawing.get_app_or_none() if drawing else None
    if prompt is None or not prompt.is_running or prompt.loop is None:
        raise Ended(number)

    def leave() -> None:
        if prompt.is_running and not prompt.is_done:
            prompt.exit(exception=Ended(number))

    prompt.loop.call_soon_threadsafe(leave)
