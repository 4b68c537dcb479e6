"""Which facts are still awaited: one line on stderr, only when it takes long, and gone before the result."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

    from doctor.collect import Awaited

PATIENCE = 0.5  # seconds before anything is said
ERASE = "\r\x1b[2K"


class Progress:
    """Called with the names that are awaited. `plain`: one line that stays, for screen readers and dumb terminals."""

    def __init__(self, stream: TextIO, width: int, *, plain: bool = False) -> None:
        self._stream = stream
        self._width = width
        self._plain = plain
        self._start = time.monotonic()
        self._shown = ""

    def __call__(self, awaited: list[str]) -> None:
        """Shows the line where it is time and it says something new."""
        line = f"still waiting for {', '.join(awaited).replace('_', ' ')}"
        line = line if len(line) < self._width else f"{line[: max(0, self._width - 4)]}..."
        if time.monotonic() - self._start < PATIENCE or line == self._shown or (self._plain and self._shown):
            return
        self._shown = line
        self._write(f"{line}\n" if self._plain else f"{ERASE}{line}")

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown and not self._plain:
            self._write(ERASE)
        self._shown = ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


@contextlib.contextmanager
def shown(env: Mapping[str, str], *, wanted: bool, plain: bool = False) -> Iterator[Awaited | None]:
    """The progress of what happens inside, where somebody wants it and stderr is a terminal; else None."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    from shutil import get_terminal_size

    dumb = env.get("TERM", "") in ("", "dumb")
    progress = Progress(sys.stderr, get_terminal_size().columns, plain=plain or dumb)
    try:
        yield progress
    finally:
        progress.clear()
