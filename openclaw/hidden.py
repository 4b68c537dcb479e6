"""Reading a secret from a terminal without showing it, all lines of a paste included.

A token that a terminal wrapped arrives as several lines. A prompt that takes the first line leaves the rest to the next
prompt, or to the shell; so after Enter whatever is already waiting is read too, and the caller decides what it means.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

PASTE_GAP = 0.15  # seconds of silence after which a paste is over
LARGEST = 64 * 1024  # bytes
BRACKETS = (b"\x1b[200~", b"\x1b[201~")  # what a terminal puts around a paste where a program before us asked for it


def read_hidden(prompt: str, *, terminal: int | None = None, stream: TextIO | None = None) -> str:
    """Asks on `terminal` (standard input); the echo is off until it returns. Lines are separated by LF.

    The prompt goes to `stream` (standard error).

    Raises KeyboardInterrupt on Ctrl-C and EOFError where the input ends before anything came.
    """
    import termios

    descriptor = sys.stdin.fileno() if terminal is None else terminal
    out = stream or sys.stderr
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~termios.ECHO
    try:
        # The echo first: what is typed as soon as the prompt shows must not be seen.
        termios.tcsetattr(descriptor, termios.TCSADRAIN, quiet)
        _tell(prompt, out)
        data = _read(descriptor)
    finally:
        # Not TCSAFLUSH: it would throw away what a person typed ahead.
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        _tell("\n", out)
    if not data:
        raise EOFError
    for bracket in BRACKETS:
        data = data.replace(bracket, b"")
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _tell(text: str, stream: TextIO) -> None:
    stream.write(text)
    stream.flush()


def _read(descriptor: int) -> bytes:
    """The first line, then what follows without a pause. The terminal is in line mode: reads end at line ends."""
    import select

    data = _line(descriptor)
    while data and len(data) < LARGEST and select.select([descriptor], [], [], PASTE_GAP)[0]:
        more = _line(descriptor)
        if not more:
            break
        data += more
    return data


def _line(descriptor: int) -> bytes:
    import select

    # Not a plain read: a Ctrl-C just before it would be noticed only after it.
    while not select.select([descriptor], [], [], 0.2)[0]:
        pass
    try:
        return os.read(descriptor, LARGEST)
    except OSError:  # the terminal is gone
        return b""
