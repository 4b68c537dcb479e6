"""Reading a secret from a terminal without showing it, all lines of a paste included.

A token that a terminal wrapped arrives as several lines. A prompt that takes the first line leaves the rest to the next
prompt, or to the shell; so after Enter whatever is already waiting is read too, and the caller decides what it means.

The terminal is not in line mode meanwhile: there the kernel drops, without a word, what a line has beyond 4095 bytes
(termios(3), "canonical mode").
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

PASTE_GAP = 0.15  # seconds of silence after which a paste is over
LARGEST = 64 * 1024  # bytes that are kept, and one more that tells there was more
ERASE, KILL, END = b"\x7f\x08", b"\x15", b"\x04"  # Backspace, Ctrl-U, Ctrl-D
BRACKETS = (b"\x1b[200~", b"\x1b[201~")  # what a terminal puts around a paste where a program before us asked for it


def read_hidden(prompt: str, *, terminal: int | None = None, stream: TextIO | None = None) -> str:
    """Asks on `terminal` (standard input); the echo is off until it returns. Lines are separated by LF.

    The prompt goes to `stream` (standard error). Backspace, Ctrl-U and Ctrl-D do what they do in line mode.

    Raises KeyboardInterrupt on Ctrl-C and EOFError where the input ends before anything came.
    """
    import termios

    descriptor = sys.stdin.fileno() if terminal is None else terminal
    out = stream or sys.stderr
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
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
    """What is typed up to an Enter that nothing follows at once; b"" where the input ends before anything came."""
    data = b""
    while _waited(descriptor, PASTE_GAP if data.endswith((b"\n", b"\r")) else None):
        try:
            more = os.read(descriptor, LARGEST)
        except OSError:  # the terminal is gone
            more = b""
        typed, end, _ = more.partition(END)
        data = _edited(data, typed)[: LARGEST + 1]
        if end or not more:
            break
    return data


def _waited(descriptor: int, seconds: float | None) -> bool:
    """Whether there is something to read, after waiting so long; None: until there is."""
    import select

    # Not a plain read: a Ctrl-C just before it would be noticed only after it.
    while not select.select([descriptor], [], [], 0.2 if seconds is None else seconds)[0]:
        if seconds is not None:
            return False
    return True


def _edited(data: bytes, typed: bytes) -> bytes:
    """The line after what was typed. A letter is erased as a whole; lines that are complete stay."""
    if not any(key in typed for key in (*ERASE, *KILL)):
        return data + typed
    text = data.decode("utf-8", "surrogateescape")
    for letter in typed.decode("utf-8", "surrogateescape"):
        if letter in ERASE.decode():
            text = text if text.endswith("\n") else text[:-1]
        elif letter == KILL.decode():
            text = text[: text.rfind("\n") + 1]
        else:
            text += letter
    return text.encode("utf-8", "surrogateescape")
