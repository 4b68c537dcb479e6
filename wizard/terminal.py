"""Leaving the terminal as it was found, whatever ends the program; and signals that end it as errors that unwind.

An error that a signal handler raises is lost where Python happens to be in a destructor or a callback. So a signal is
remembered, too, and `look` raises it again at the next quiet place; into an open prompt nothing is raised at all: it is
told to end.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.invocation import Invocation

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
AFTER = "\x1b[?25h\x1b[?2004l"  # the cursor is shown; a paste is no longer bracketed
_remembered: list[int] = []  # the signals that came since the terminal was taken
_open: list[Any] = []  # the prompt that is open


class Ended(BaseException):
    """A signal that ends the program. Not an Exception: nothing on the way may take it for a failure of its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.code = 128 + number


@contextlib.contextmanager
def kept(call: Invocation, stream: TextIO) -> Iterator[None]:
    """Restores the settings of the terminal at the end: line mode and echo above all.

    SIGTERM, SIGHUP and SIGQUIT become `Ended` meanwhile, so that prompts take back what they changed; SIGINT stays
    KeyboardInterrupt, and is never lost.
    """
    if not call.stdin_tty:
        yield
        return
    import termios

    before = termios.tcgetattr(sys.stdin)
    with heard():
        try:
            yield
        finally:
            with contextlib.suppress(termios.error, OSError, ValueError):  # it may be gone
                # What was typed ahead was meant for us, and may be a secret: the shell does not get it.
                termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)
                if call.env.get("TERM", "") not in ("", "dumb"):
                    stream.write(AFTER)
                    stream.flush()


def hush() -> None:
    """Switches the echo off between prompts: what is typed ahead may be a secret. `kept` switches it on again."""
    import termios

    quiet = termios.tcgetattr(sys.stdin)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, quiet)


def look() -> None:
    """Raises what a signal asked for, where the error that it raised itself went lost."""
    if _remembered:
        raise _error(_remembered[0])


def asked(prompt: Any) -> Any:
    """Runs a prompt_toolkit application and returns its result. A signal ends it, whatever it is busy with.

    Its own handling of SIGINT is left out: it looks for a key binding, which not every prompt has.
    """

    def heed() -> None:  # what came before there was a loop to be told
        if _remembered:
            prompt.exit(exception=_error(_remembered[0]))

    look()
    _open.append(prompt)
    try:
        answer = prompt.run(pre_run=heed, handle_sigint=False)
    finally:
        _open.remove(prompt)
    look()
    return answer


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """The signals that end the program come to us; that one of them went lost in a destructor is not printed."""
    _remembered.clear()
    handlers = {
        number: signal.signal(number, _came) for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN
    }
    printing = sys.unraisablehook

    def hook(lost: sys.UnraisableHookArgs, /) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt | Ended):
            printing(lost)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        sys.unraisablehook = printing
        _remembered.clear()


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """The last words, which no signal cuts in two: what comes meanwhile comes too late to end anything."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _came(number: int, _frame: object) -> None:
    """Remembers a signal; ends the open prompt, or raises where there is none."""
    _remembered.append(number)
    if not _open:
        raise _error(number)
    prompt = _open[-1]

    def leave() -> None:
        if prompt.future is not None and not prompt.is_done:
            prompt.exit(exception=_error(number))

    loop = prompt.loop
    if loop is not None:
        with contextlib.suppress(RuntimeError):  # it has just been closed; whoever asked looks next
            loop.call_soon_threadsafe(leave)


def _error(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else Ended(number)
