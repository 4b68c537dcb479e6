"""What changes in a file, as the hunks of a diff without secrets.

Of a large store only what is shown is redacted. In plain JSON that is no guess: a value or a key stands on one line,
and which of them are secrets is told by the document itself, not by the lines around. Any other file is redacted as a
whole. (The lines are compared before that, in memory; what is returned is made of redacted lines only.)
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from openclaw.change.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from openclaw.change.redaction import Kind, Window
    from openclaw.secret import Secret

    Opcode = tuple[str, int, int, int, int]

NOT_SHOWN = "(only something that is not shown differs: white space, or a secret in a comment)"
CONTEXT = 3  # lines around a change


def diff(
    path: Path, before: bytes | None, after: bytes | None, kind: Kind | None, known: tuple[Secret, ...]
) -> tuple[str, ...]:
    """The unified diff without its two head lines. `known`: secrets that may stand anywhere."""
    old_lines, new_lines = _lines(before), _lines(after)
    if old_lines is None or new_lines is None:
        return _whole(path, before, after, kind, known)
    groups = _groups([line.rstrip("\r\n") for line in old_lines], [line.rstrip("\r\n") for line in new_lines])
    spans = [(group[0][1], group[-1][2], group[0][3], group[-1][4]) for group in groups]
    old = redacted(path, before, kind="json", within=_windows(old_lines, [span[:2] for span in spans]))
    new = redacted(path, after, old.values, "json", _windows(new_lines, [span[2:] for span in spans]))
    left, right = old.text.split("\n"), new.text.split("\n")
    return _shown_of([_hunk(group, left, right, known) for group in groups])


def _whole(
    path: Path, before: bytes | None, after: bytes | None, kind: Kind | None, known: tuple[Secret, ...]
) -> tuple[str, ...]:
    old = redacted(path, before, kind=kind)
    new = redacted(path, after, old.values, kind)
    left, right = _scrubbed(old.text.splitlines(), known), _scrubbed(new.text.splitlines(), known)
    hunks = [_hunk(group, left, right, ()) for group in _groups(left, right)]
    return tuple(line for hunk in hunks for line in hunk) if before is None or after is None else _shown_of(hunks)


def _lines(data: bytes | None) -> list[str] | None:
    """The lines of plain JSON, with their ends; None for anything else, and where something else ends a line, too."""
    import json

    try:
        text = (data or b"").decode()
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    lines = text.splitlines(keepends=True)
    return lines if len(lines) == text.count("\n") + (not text.endswith("\n")) else None


def _groups(old: Sequence[str], new: Sequence[str]) -> list[list[Opcode]]:
    from difflib import SequenceMatcher

    return [list(group) for group in SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT)]


def _windows(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[Window]:
    """Ranges of lines as ranges of offsets."""
    starts = [0, *accumulate(map(len, lines))]
    return [(starts[first], starts[last]) for first, last in spans]


def _hunk(group: list[Opcode], old: Sequence[str], new: Sequence[str], known: tuple[Secret, ...]) -> list[str]:
    """One hunk with its head; nothing where no line of it differs once its secrets are out."""
    body = [line for opcode in group for line in _opcode(opcode, old, new, known)]
    if all(line.startswith(" ") for line in body):
        return []
    first, last = group[0], group[-1]
    return [f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@", *body]


def _opcode(opcode: Opcode, old: Sequence[str], new: Sequence[str], known: tuple[Secret, ...]) -> Iterator[str]:
    tag, old_start, old_end, new_start, new_end = opcode
    gone = _scrubbed(old[old_start:old_end], known)
    come = _scrubbed(new[new_start:new_end], known)
    if tag == "equal" or gone == come:
        yield from (f" {line}" for line in gone)
    else:
        yield from (f"-{line}" for line in gone)
        yield from (f"+{line}" for line in come)


def _range(start: int, end: int) -> str:
    """As `diff -u` writes it: of one line its number only, of none the line before."""
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + bool(length)},{length}"


def _shown_of(hunks: list[list[str]]) -> tuple[str, ...]:
    return tuple(line for hunk in hunks for line in hunk) or (NOT_SHOWN,)


def _scrubbed(lines: Sequence[str], known: tuple[Secret, ...]) -> list[str]:
    from openclaw.redact import scrub

    return [scrub(line.rstrip("\r").expandtabs(4), known) for line in lines]
