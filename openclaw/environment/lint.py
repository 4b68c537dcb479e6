"""What the readers of an env file read differently, by line.

Values never appear in a message, a name only when it looks like one: a line without `=` may be a secret pasted alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openclaw.environment.dialects import first_bad_line, parse_python_dotenv, parse_sh, parse_systemd, readings
from openclaw.environment.dotenv import BOM, NAME, UTF16, Entry, is_utf8, lines_of, parse_node
from openclaw.frozen import frozen
from openclaw.text import count, joined, js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator


SYSTEMD_ONLY = frozenset({"systemd", "export", "comment"})


@frozen
class Issue:
    """Something on `line` (1-based) that not every reader takes alike. `name` is "" where none is known.

    Kinds: bom, crlf, encoding, utf16, malformed, name, colon, spaces, quote, hash, expansion, backslash, unquoted,
    disagree;
    and those of `SYSTEMD_ONLY`: only systemd differs, which matters when the file is an `EnvironmentFile=`.
    """

    line: int
    name: str
    kind: str
    message: str


@frozen
class Duplicate:
    """A name set on several `lines` (1-based); `winner` is the line that counts, the last, in every reader.

    `kept`: where the winner has no value, the last line that has one; else 0.
    """

    name: str
    lines: tuple[int, ...]
    winner: int
    kept: int = 0


def duplicates(text: str) -> list[Duplicate]:
    """Names that Node reads more than once, in order of first appearance."""
    entries: dict[str, list[Entry]] = {}
    for entry in parse_node(text):
        entries.setdefault(entry.name, []).append(entry)
    return [_duplicate(name, found) for name, found in entries.items() if len(found) > 1]


def _duplicate(name: str, found: list[Entry]) -> Duplicate:
    winner = found[-1].line
    kept = next((entry.line for entry in reversed(found) if js_trim(entry.value)), winner)
    return Duplicate(name, tuple(entry.line for entry in found), winner, kept if kept != winner else 0)


def lint(text: str) -> list[Issue]:
    """What Node, python-dotenv, systemd and sh would not read alike, or Node not at all, by line; never a value."""
    if text.startswith(UTF16):
        return [Issue(1, "", "utf16", "UTF-16, which Windows writes: nobody reads a variable from this file.")]
    flat = text.removeprefix(BOM).replace("\r\n", "\n")
    lines, entries = lines_of(flat), parse_node(flat)
    issues = [*_file_issues(text, entries)]
    for entry in entries:
        unit = "".join(lines[entry.line - 1 : entry.end_line])
        if is_utf8(unit) and (issue := _entry_issue(entry, unit) or _swallowing(entry)):
            issues.append(issue)
    covered = {line for entry in entries for line in range(entry.line, entry.end_line + 1)}
    for number, line in enumerate(lines, 1):
        if number not in covered and (issue := _stray_issue(number, line, last=number == len(lines))):
            issues.append(issue)
    issues += _distant_issues(flat, entries, issues)
    return sorted(issues, key=lambda issue: issue.line)


def _file_issues(text: str, entries: list[Entry]) -> Iterator[Issue]:
    if text.startswith(BOM) and entries and entries[0].line == 1:
        name = _shown(entries[0].name)
        yield Issue(1, name, "bom", "A byte order mark before the first name: systemd and sh do not read this line.")
    if not is_utf8(text):
        words = (
            "Not UTF-8: Node reads U+FFFD, python-dotenv nothing of the file, nor does systemd if this is in a value."
        )
        yield Issue(first_bad_line(text), "", "encoding", words)
    lines = lines_of(text)
    ended = [entry for entry in entries if lines[entry.end_line - 1].endswith("\r\n") and _sh_keeps_cr(entry)]
    if ended:
        words = f"CRLF line ends ({count(len(ended), 'variable')}): sh keeps the CR as part of the value."
        yield Issue(ended[0].line, _shown(ended[0].name), "crlf", words)


def _sh_keeps_cr(entry: Entry) -> bool:
    return parse_sh(f"{entry.raw}\r\n").values != parse_sh(f"{entry.raw}\n").values


_EXPANDED = "\0expanded"  # stands for a value that the reader would make up from other variables


def _views(text: str, name: str, node: str) -> dict[str, str | None]:
    """What each reader sees for `name` in `text`; None when it does not read a fixed value."""
    views: dict[str, str | None] = {"Node": node}
    for reader, parse in {"python-dotenv": parse_python_dotenv, "systemd": parse_systemd, "sh": parse_sh}.items():
        reading = parse(text)
        views[reader] = _EXPANDED if name in reading.expands else reading.values.get(name)
    return views


def _entry_issue(entry: Entry, unit: str) -> Issue | None:
    views = _views(unit, entry.name, entry.value)
    if len(set(views.values())) == 1:
        return None
    kind, cause = _cause(entry, unit, only_systemd=len({views[reader] for reader in views if reader != "systemd"}) == 1)
    return Issue(entry.line, _shown(entry.name), kind, f"{cause}: {_described(views)}.")


def _cause(entry: Entry, unit: str, *, only_systemd: bool) -> tuple[str, str]:
    """The kind and the words for the most likely cause of a disagreement, the one to mend first."""
    parts = re.match(r"\s*(?:export\s+)?[\w.-]+(\s*)([=:])(\s*)(.*)", entry.raw, re.DOTALL)
    before, separator, after, source = parts.groups() if parts else ("", "=", "", entry.raw)
    quote = source[:1] if source[:1] in {"'", '"', "`"} else ""
    causes = (
        ("name", "Not a name for every reader (letters, digits and _)", not re.fullmatch(NAME, entry.name)),
        ("colon", "Only Node takes a colon", separator == ":"),
        ("quote", "The quote is not closed, or something follows it", quote and entry.value.startswith(quote)),
        ("quote", "Only Node takes backticks as quotes", quote == "`"),
        ("spaces", "Spaces round the =", before or after),
        ("crlf", "A carriage return", "\r" in unit),
        ("export", "systemd does not read a line that begins with export", only_systemd and _exported(entry)),
        ("comment", "systemd takes the comment as part of the value", only_systemd and "#" in source),
        ("systemd", "systemd reads this line in its own way", only_systemd),
        ("hash", "Unquoted #, where Node ends the value", "#" in source and not quote),
        ("expansion", "$ or a backtick, which some readers expand", re.search(r"[$`]", source)),
        ("backslash", "A backslash, which some readers take as an escape", "\\" in source),
        ("unquoted", "Something that sh takes only inside quotes", not quote),
    )
    return next(((kind, words) for kind, words, holds in causes if holds), ("disagree", "The readers disagree"))


def _exported(entry: Entry) -> bool:
    return re.match(rf"[\s{BOM}]*export\s", entry.raw) is not None


def _described(views: dict[str, str | None]) -> str:
    """`Node reads 5 characters, systemd and sh read 12 characters`: lengths only."""
    groups: dict[str | None, list[str]] = {}
    for reader, value in views.items():
        groups.setdefault(value, []).append(reader)
    clauses, said = [], set[str]()
    for value, readers in groups.items():
        many = len(readers) > 1
        seen = "an empty value" if value == "" else count(len(value or ""), "character")
        if value is None:
            clause = "do not read it" if many else "does not read it"
        elif value == _EXPANDED:
            clause = "expands it"
        else:
            clause = f"{'read' if many else 'reads'} {'other ' if seen in said else ''}{seen}"
            said.add(seen)
        clauses.append(f"{joined(readers)} {clause}")
    return ", ".join(clauses)


def _swallowing(entry: Entry) -> Issue | None:
    """A quote that was meant to close on its own line and took the next assignment along, alike for all readers."""
    if not re.search(rf"[\r\n][ \t]*(?:export[ \t]+)?{NAME}=[^=\s]", entry.raw):
        return None
    words = f"The quote closes only on line {entry.end_line}, and an assignment is inside it."
    return Issue(entry.line, _shown(entry.name), "quote", words)


def _stray_issue(number: int, line: str, *, last: bool) -> Issue | None:
    """A line that belongs to no assignment and is not blank or a comment."""
    stripped = js_trim(line)
    if stripped.startswith("#"):
        if last or len(stripped) % 2 == len(stripped.rstrip("\\")) % 2:
            return None
        return Issue(
            number, "", "systemd", "A comment that ends in a backslash: systemd before 254 takes the next line too."
        )
    if not stripped:
        return None
    others = [reader for reader, reading in readings(line).items() if reading.values]
    also = f" ({joined(others)} would)" if others else ""
    return Issue(number, "", "malformed", f"Node does not read this line as NAME=value{also}.")


def _distant_issues(flat: str, entries: list[Entry], issues: list[Issue]) -> Iterator[Issue]:
    """Variables whose own line is fine and that readers disagree about all the same, because of another line."""
    if not is_utf8(flat) or any(issue.kind == "quote" for issue in issues):
        return
    named, whole = {issue.line for issue in issues}, readings(flat)
    for entry in {entry.name: entry for entry in entries}.values():
        seen = {reader: reading.values.get(entry.name) for reader, reading in whole.items()}
        if entry.line in named or len(set(seen.values())) == 1:
            continue
        only_systemd = len({seen[reader] for reader in seen if reader != "systemd"}) == 1
        kind = "systemd" if only_systemd else "disagree"
        yield Issue(entry.line, _shown(entry.name), kind, f"Because of another line: {_described(seen)}.")


def _shown(name: str) -> str:
    """Only what is a name for every reader: anything else may be a secret that was split by chance."""
    return name if re.fullmatch(NAME, name) else ""
