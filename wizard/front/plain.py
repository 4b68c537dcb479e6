"""Questions as numbered lines: for screen readers, dumb and very narrow terminals. Nothing is ever drawn again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wizard.questions import Back
from wizard.terminal import look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wizard.page import Page
    from wizard.questions import Option, Question

NARROW = 40  # columns; below that lists cannot be drawn
YES, NO = ("y", "yes"), ("n", "no")
BACK = ("b", "back", "\x1b")  # a line that is only Esc, too
ESC = "\x1b"
PAUSE = 0.5  # seconds


def wanted(env: Mapping[str, str], columns: int) -> bool:
    """Whether this terminal, or the person before it, is better served with lines."""
    return env.get("TERM", "") in ("", "dumb") or columns < NARROW or env.get("ACCESSIBLE", "") not in ("", "0")


class Plain:
    """Reads lines from a terminal. `b` or Esc goes back; Ctrl-C and Ctrl-D leave."""

    keys = "b goes back; Ctrl-C leaves, and your answers are kept"

    def __init__(self, page: Page, terminal: int = 0) -> None:
        self.page = page
        self.terminal = terminal

    def answer(self, question: Question, *, back: bool = True) -> str | bool:
        """What the person chose or typed. Back, KeyboardInterrupt or EOFError where they want that."""
        if question.kind == "secret":
            return self._hidden(question, back=back)
        if question.kind == "choice":
            return self._choice(question, back=back)
        if question.kind == "confirm":
            return self._confirm(question)
        default = question.default if isinstance(question.default, str) else ""
        line = self._line(f"{question.label} [{default}]" if default else question.label)
        if line in BACK:
            raise Back
        return line or default

    def _choice(self, question: Question, *, back: bool) -> str:
        usable = [option for option in question.options if not option.blocked]
        usual = [option for option in usable if not option.rare]
        shown = self._list(usual, 0)
        if more := len(usable) - len(usual):
            self.page.say(f"m. {more} more; or type the beginning of a name")
        if back:
            self.page.say("b. Back")
        if question.several:
            return self._several(question, usual)
        default = next((n for n, option in enumerate(usual, 1) if option.value == question.default), 1)
        while True:
            line = self._line(f"{question.label} Number [{default}]").strip()
            if line in BACK:
                raise Back
            if not line:
                return usual[default - 1].value
            if line == "m" and more:
                usual, more = [*usual, *(option for option in usable if option.rare)], 0
                shown = self._list(usual, shown)
                continue
            found = _chosen(line, usual[:shown], usable)
            if len(found) == 1:
                return found[0].value
            names = ", ".join(option.label for option in found[:6])
            self.page.say(f"It may be {names}." if found else f"Type a number from 1 to {shown}.")

    def _several(self, question: Question, options: Sequence[Option]) -> str:
        """Numbers or names, with commas or blanks between them."""
        default = question.chosen(str(question.default or ""))
        numbers = ",".join(str(n) for n, option in enumerate(options, 1) if option.value in default)
        while True:
            line = self._line(f"{question.label} Numbers, such as 1,2 [{numbers}]").strip()
            if line in BACK:
                raise Back
            if not line and default:
                return ",".join(default)
            found = [_chosen(part, options, options) for part in line.replace(",", " ").split()]
            if found and all(len(item) == 1 for item in found):
                return ",".join(dict.fromkeys(item[0].value for item in found))
            self.page.say(f"Type numbers from 1 to {len(options)}, with commas between them.")

    def _list(self, options: Sequence[Option], after: int) -> int:
        """Shows the options after the first `after`; returns how many are shown then."""
        for number, option in enumerate(options[after:], after + 1):
            self.page.say(f"{number}. {option.label}" + (f": {option.hint}" if option.hint else ""))
        return len(options)

    def _confirm(self, question: Question) -> bool:
        default = question.default is not False
        while True:
            line = self._line(f"{question.label} {'[Y/n]' if default else '[y/N]'}").strip().lower()
            if line in BACK:
                raise Back
            if not line:
                return default
            if line in YES + NO:
                return line in YES
            self.page.say("Type y or n, or b to go back.")

    def _line(self, label: str) -> str:
        self._prompt(label)
        return self._read()

    def _hidden(self, question: Question, *, back: bool) -> str:
        """A secret without echo, all lines of a paste included."""
        from openclaw.hidden import read_hidden

        label = self._last_line(f"{question.label} (hidden{', b goes back' if back else ''})")
        text = read_hidden(f"{label}: ", terminal=self.terminal, stream=self.page.stream)
        if text.strip() in BACK or text == ESC:
            raise Back
        return text

    def _prompt(self, label: str) -> None:
        self.page.stream.write(f"{self._last_line(label)}: ")
        self.page.stream.flush()

    def _last_line(self, label: str) -> str:
        """Prints a long label on words up to its last line, and returns that."""
        from textwrap import wrap

        *before, last = wrap(self.page.plain(label), self.page.width - 2, break_on_hyphens=False) or [""]
        for line in before:
            self.page.say(line)
        return last

    def _read(self) -> str:
        import select

        data = b""
        while not data.endswith(b"\n"):
            # Not a plain read: a Ctrl-C just before it would be noticed only after it.
            while not select.select([self.terminal], [], [], PAUSE)[0]:
                look()
            more = os.read(self.terminal, 4096)
            if not more:
                if not data:
                    raise EOFError
                break
            data += more
        return data.decode("utf-8", "replace").rstrip("\r\n")


def _chosen(line: str, shown: Sequence[Option], usable: Sequence[Option]) -> list[Option]:
    """The options that a line means: a number, a whole name, else the beginning of one."""
    if line.isascii() and line.isdigit():
        return [shown[int(line) - 1]] if 1 <= int(line) <= len(shown) else []
    wanted = line.lower()
    whole = [item for item in usable if wanted in (item.value.lower(), item.label.lower())]
    return whole or [
        item for item in usable if item.value.lower().startswith(wanted) or item.label.lower().startswith(wanted)
    ]
