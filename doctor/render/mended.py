"""`doctor --fix` for people: what is going to change, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doctor.consent import NEEDS_YES
from doctor.render.human import COLOURS, COMMAND, Line, Style, drawn
from doctor.render.quiet import line
from openclaw.text import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from doctor.fixing import NotApplied, Proposal
    from doctor.mended import Mended
    from openclaw.change.preview import FileChange
    from openclaw.finding import Finding

SHOWN = 5  # findings of one check in the list of what is repaired; all of them are in --verbose and in JSON


def offer(
    planned: Sequence[Proposal], preview: Sequence[FileChange], *, dry_run: bool, yes: bool, user: Path, style: Style
) -> str:
    """What would be repaired, and one redacted diff of all of it. `yes`: nothing is asked."""
    from openclaw.change.preview import text

    what = "Would repair" if dry_run else "To repair"
    lines = [
        Line(0, "", f"{what} {count(len(planned), 'finding')}:"),
        *_groups(planned, yes, user, style),
        Line(0, "", ""),
    ]
    lines += [Line(0, "", row, wrap=False) for row in text(preview).splitlines()]
    return f"{drawn(lines, user, style)}\n"


def _groups(planned: Iterable[Proposal], yes: bool, user: Path, style: Style) -> Iterator[Line]:
    groups: dict[str, list[Proposal]] = {}
    for item in planned:
        groups.setdefault(item.finding.check_id, []).append(item)
    for items in groups.values():
        shown = items if style.verbose or len(items) <= SHOWN + 1 else items[:SHOWN]
        yield Line(2, "", f"{items[0].title}{'' if items[0].auto or yes else ' (asks first)'}")
        yield from (Line(4, "", line(item.finding, user)) for item in shown)
        if len(shown) < len(items):
            yield Line(4, "", f"and {len(items) - len(shown)} more")


def nothing(mended: Mended, *, yes: str, user: Path, style: Style) -> str:
    """That nothing was repaired, and why; `yes` is the command that needs no answer."""
    lines = [Line(0, "", "Nothing was changed." if mended.left else "There is nothing to repair here.")]
    return f"{drawn([*lines, *_left(mended.left, yes, user, style)], user, style)}\n"


def outcome(mended: Mended, *, yes: str, undo: str, user: Path, style: Style) -> str:
    """Fixed, still there, new, not applied; and the commands that take the change back or make the rest of it."""
    lines = [
        *_rows("ok", "fixed", mended.fixed, user, style),
        *_rows("error", "still there", mended.still_there, user, style),
        *_rows("warning", "new", mended.new, user, style),
        *_left(mended.left, yes, user, style),
    ]
    if mended.receipt is None:
        lines.append(
            Line(0, "", "Nothing was changed: this was a dry run." if mended.dry_run else "Nothing had to be changed.")
        )
    if mended.trouble:
        lines.append(Line(0, style.mark("error"), mended.trouble, COLOURS["error"]))
    if mended.restart:
        lines += [Line(0, "", "The running gateway knows this only after a restart:")]
        lines += [Line(4, "", mended.restart, COMMAND, wrap=False)]
    if mended.receipt and mended.receipt.files:
        lines += [Line(0, "", "This can be taken back:"), Line(4, "", undo, COMMAND, wrap=False)]
    return f"{drawn(lines, user, style)}\n" if lines else ""


def brief(mended: Mended, *, undo: str, user: Path) -> str:
    """For cron: a line for each thing that was changed, or changed in vain; "" where nothing was."""
    rows = [f"fixed: {line(item, user)}" for item in mended.fixed]
    rows += [f"still there: {line(item, user)}" for item in mended.still_there]
    return "\n".join([*rows, f"undo with: {undo}"]) if mended.receipt else ""


def _rows(state: str, word: str, findings: Iterable[Finding], user: Path, style: Style) -> Iterator[Line]:
    yield from (Line(0, style.mark(state), f"{word}: {line(item, user)}", COLOURS[state]) for item in findings)


def _left(left: Sequence[NotApplied], yes: str, user: Path, style: Style) -> Iterator[Line]:
    mark, colour = style.mark("unknown"), COLOURS["unknown"]
    yield from (Line(0, mark, f"not applied ({item.reason}): {line(item.finding, user)}", colour) for item in left)
    if any(item.reason == NEEDS_YES for item in left):
        yield Line(0, "", "Without a terminal to ask on, consent is an option:")
        yield Line(4, "", yes, COMMAND, wrap=False)
