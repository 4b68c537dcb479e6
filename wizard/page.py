"""What is printed for people: wrapped on words to the terminal's width, in its characters, with or without colour."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, TextIO

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openclaw.invocation import Invocation
    from openclaw.service.base import Hint

ASCII = {"…": "...", "→": "->", "←": "<-", "·": "-", "✓": "OK", "✗": "X"}
COLOURS = {"title": "1", "good": "32", "bad": "31", "notice": "33", "quiet": "2", "": ""}
SMALLEST = 20  # columns


@frozen
class Page:
    """A stream and how it wants its text. `columns` 0: as wide as the terminal is at the moment.

    `program` is what to type to get this program (`handover.our_name`).
    """

    stream: TextIO = field(repr=False)
    unicode: bool = True
    colour: bool = False
    columns: int = 0
    program: str = "openclaw"

    @property
    def width(self) -> int:
        """Columns; asked each time, because windows are resized."""
        from shutil import get_terminal_size

        return max(SMALLEST, self.columns or get_terminal_size((80, 24)).columns)

    def say(self, text: str = "", *, style: str = "", indent: int = 0) -> None:
        """A paragraph. A word that is too long (a path, a URL) stays whole, so that it can be copied."""
        from textwrap import wrap

        room = self.width - indent
        for line in wrap(self.plain(text), room, break_long_words=False, break_on_hyphens=False) or [""]:
            self._write(f"{' ' * indent}{line}".rstrip(), style)

    def command(self, text: str) -> None:
        """A command on a line of its own, never broken."""
        from openclaw.handover import runnable

        self._write(f"  {self.plain('→')} {self.plain(runnable(text, self.program))}", "title")

    def copied(self, line: str) -> None:
        """A whole line to be copied, with nothing before it."""
        self._write(self.plain(line), "title")

    def hints(self, hints: Iterable[Hint]) -> None:
        """What helps on this host, each with its command."""
        for hint in hints:
            text = f"{hint.text[:1].upper()}{hint.text[1:]}"
            self.say(f"{text}:" if hint.command else text, indent=2)
            if hint.command:
                self.command(hint.command)

    def row(self, name: str, text: str, *, at: int = 12) -> None:
        """`name: text`, the text in a column of its own."""
        from textwrap import wrap

        at = at if self.width >= 60 else 2
        head = f"{name}: "
        first = head.ljust(at)
        lines = wrap(self.plain(text), self.width, initial_indent=first, subsequent_indent=" " * at,
                     break_long_words=False, break_on_hyphens=False, drop_whitespace=True)  # fmt: skip
        for line in lines or [head]:
            self._write(line.rstrip(), "")

    def diff(self, text: str) -> None:
        """Lines that are laid out already; those that are too long are folded, on words where there are any."""
        from textwrap import wrap

        for line in text.splitlines():
            style = {"  +": "good", "  -": "bad"}.get(line[:3], "")
            parts = wrap(
                self.plain(line),
                self.width,
                subsequent_indent="      ",
                break_on_hyphens=False,
                break_long_words=line.startswith("  "),  # the name of a file stays whole
            )
            for part in parts or [""]:
                self._write(part, style)

    def raw(self, text: str) -> None:
        """A text that somebody else laid out for this terminal."""
        self._write(text, "")

    def plain(self, text: str) -> str:
        """The text in characters that the terminal has."""
        if self.unicode:
            return text
        for fancy, simple in ASCII.items():
            text = text.replace(fancy, simple)
        return text.encode("ascii", "replace").decode("ascii")

    def _write(self, line: str, style: str) -> None:
        code = COLOURS[style] if self.colour and line else ""
        self.stream.write(f"\x1b[{code}m{line}\x1b[0m\n" if code else f"{line}\n")
        self.stream.flush()


def page_for(call: Invocation, stream: TextIO, *, person: bool) -> Page:
    """The page of this process. Where nobody looks on, it is 100 columns wide and has no colour."""
    from doctor.command import encodes, style_of
    from openclaw.handover import our_name

    style = style_of(call)
    unicode = encodes(stream.encoding) and style.unicode
    return Page(stream, unicode, style.colour and person, 0 if person else 100, our_name(call.env))
