"""Questions as numbered lines: for screen readers, dumb and very narrow terminals. Nothing is ever drawn again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.page import Page
    from wizard.questions import Question

NARROW = 40  # columns; below that lists cannot be drawn
YES, NO = ("y", "yes"), ("n", "no")


def wanted(env: Mapping[str, str], columns: int) -> bool:
    """Whether this terminal, or the person before it, is better served with lines."""
    return env.get("TERM", "") in ("", "dumb") or columns < NARROW or env.get("ACCESSIBLE", "") not in ("", "0")


class Plain:
    """Reads lines from a terminal. Ctrl-C, Ctrl-D and a line that is only Esc leave."""

    def __init__(self, page: Page, terminal: int = 0) -> None:
        self.page = page
        self.terminal = terminal

    def answer(self, question: Question) -> str | bool:
        """What the person chose or typed. KeyboardInterrupt or EOFError where they left."""
        if question.kind == "secret":
            return self._hidden(question)
        if question.kind == "choice":
            return self._choice(question)
        if question.kind == "confirm":
            return self._confirm(question)
        default = question.default if isinstance(question.default, str) else ""
        return self._line(f"{question.label} [{default}]" if default else question.label) or default

    def _choice(self, question: Question) -> str:
        open_ones = [option for option in question.options if not option.blocked]
        for number, option in enumerate(open_ones, 1):
            self.page.say(f"{number}. {option.label}" + (f": {option.hint}" if option.hint else ""))
        default = next((n for n, option in enumerate(open_ones, 1) if option.value == question.default), 1)
        while True:
            line = self._line(f"{question.label} Number [{default}]").strip()
            number = int(line) if line.isascii() and line.isdigit() else 0
            if not line:
                return open_ones[default - 1].value
            if 1 <= number <= len(open_ones):
                return open_ones[number - 1].value
            named = [item.value for item in open_ones if line.lower() in (item.value.lower(), item.label.lower())]
            if named:
                return named[0]
            self.page.say(f"Type a number from 1 to {len(open_ones)}.")

    def _confirm(self, question: Question) -> bool:
        default = question.default is not False
        while True:
            line = self._line(f"{question.label} {'[Y/n]' if default else '[y/N]'}").strip().lower()
            if not line:
                return default
            if line in YES + NO:
                return line in YES
            self.page.say("Type y or n.")

    def _line(self, label: str) -> str:
        self._prompt(label)
        return self._read()

    def _hidden(self, question: Question) -> str:
        """A secret without echo, all lines of a paste included."""
        from openclaw.hidden import read_hidden

        label = self.page.plain(f"{question.label} (hidden)")
        text = read_hidden(f"{label}: ", terminal=self.terminal, stream=self.page.stream)
        if text == "\x1b":
            raise KeyboardInterrupt
        return text

    def _prompt(self, label: str) -> None:
        self.page.stream.write(f"{self.page.plain(label)}: ")
        self.page.stream.flush()

    def _read(self) -> str:
        data = b""
        while not data.endswith(b"\n"):
            more = os.read(self.terminal, 4096)
            if not more:
                if not data:
                    raise EOFError
                break
            data += more
        text = data.decode("utf-8", "replace").rstrip("\r\n")
        if text == "\x1b":
            raise KeyboardInterrupt
        return text
