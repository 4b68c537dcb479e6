"""Pages and errors explained in a terminal: headings, paragraphs, and commands that stand alone on their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doctor.pages import FIXED, LEFT_OUT, blocks_of, commands_in
from doctor.render.human import COLOURS, COMMAND, Line, Style, drawn
from openclaw.text import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from doctor.explaining import Known
    from doctor.pages import Page
    from openclaw.check import Check

    Typed = Callable[[Iterable[str]], tuple[str, ...]]

LINES = 5  # numbers of log lines that are shown
FIXES = {
    "auto": "`doctor --fix` repairs it",
    "confirm": "`doctor --fix` repairs it after a yes",
    "manual": "repaired by hand",
}


def check(item: Check, page: Page | None, fix: str, *, typed: Typed, user: Path, style: Style) -> str:
    """The page of a check. `typed`: commands as they can be typed here."""
    words = [f"at worst {item.severity.word}", FIXES[fix], *(f"tag {tag}" for tag in sorted(item.tags))]
    lines = [Line(0, "", item.id, COMMAND), Line(0, "", f"{item.title}."), Line(0, "", f"({'; '.join(words)})")]
    for title, text in page.sections.items() if page else ():
        lines += [Line(0, "", ""), Line(0, "", title, COMMAND), *_blocks(text)]
        if title in (FIXED, LEFT_OUT):
            lines += [Line(6, "", command, COMMAND, wrap=False) for command in typed(commands_in(text, whole=False))]
    return drawn(lines, user, style)


def _blocks(markdown: str) -> Iterator[Line]:
    for kind, text in blocks_of(markdown):
        if kind == "code":
            yield from (Line(6, "", line, COMMAND, wrap=False) for line in text.splitlines())
        else:
            yield Line(2, "-" if kind == "item" else "", " ".join(text.split()).replace("**", ""))


def area(checks: Sequence[Check], *, user: Path, style: Style) -> str:
    """The checks of an area, a line each."""
    lines = [Line(0, "", f"{item.id}: {item.title}") for item in checks]
    return drawn(lines, user, style)


def errors(found: Sequence[Known], *, typed: Typed, user: Path, style: Style) -> str:
    """What each known error means and what to do."""
    lines = [line for item in found for line in _error(item, typed, style)]
    return drawn(lines[:-1], user, style)


def _error(item: Known, typed: Typed, style: Style) -> Iterator[Line]:
    found = item.explained
    owner = f" ({found.provider})" if found.provider else ""
    state = "error" if found.sure else "warning"
    yield Line(0, style.mark(state), f"{found.mark or found.word}{owner}: {found.meaning}", COLOURS[state])
    if len(item.lines) > 1:
        numbers = ", ".join(map(str, item.lines[-LINES:]))
        yield Line(6, "", f"{count(len(item.lines), 'line')}, the last: {numbers}")
    if not found.sure:
        yield Line(6, "", "This proves nothing about the credential.")
    yield Line(6, "", found.remedy)
    yield from (Line(8, "", command, COMMAND, wrap=False) for command in typed(found.commands))
    if item.check_id:
        yield Line(6, "", "More about it:")
        yield from (Line(8, "", command, COMMAND, wrap=False) for command in typed(_more(item)))
    yield Line(0, "", "")


def _more(item: Known) -> tuple[str, ...]:
    return (f"openclaw doctor explain {item.check_id}",)
