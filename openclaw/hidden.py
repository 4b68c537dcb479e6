"""Reading a secret from a terminal without showing it, all lines of a paste included.

A token that a terminal wrapped arrives as several lines. A prompt that takes the first line leaves the rest to the next
prompt, or to the shell; so after Enter whatever is already waiting is read too, and the caller decides what it means.
"""

from __future__ import annotations

import os
import sys

PASTE_GAP = 0.15  # seconds of silence after which a paste is over
LARGEST = 64 * 1024  # bytes


def read_hidden(prompt: str) -> str:
    """Asks on the terminal of standard input; the echo is off until it returns. Lines are separated by LF.

    Raises KeyboardInterrupt on Ctrl-C and EOFError where the input ends before anything came.
    """
    import termios

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~termios.ECHO
    print(prompt, end="", file=sys.stderr, flush=True)
    try:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, quiet)
        data = _read(descriptor)
    finally:
        # Not TCSAFLUSH: it would throw away what a person typed ahead.
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        print(file=sys.stderr, flush=True)
    if not data:
        raise EOFError
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _read(descriptor: int) -> bytes:
    """The first line, then what follows without a pause. The terminal is in line mode: reads end at line ends."""
    import select

    data = os.read(descriptor, LARGEST)
    while data and len(data) < LARGEST and select.select([descriptor], [], [], PASTE_GAP)[0]:
        more = os.read(descriptor, LARGEST)
        if not more:
            break
        data += more
    return data
