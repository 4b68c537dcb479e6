"""How python-dotenv, systemd and sh read an env file.

Each reader is written from its documented behaviour and compared with the real program in tests/environment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openclaw.environment.dotenv import BOM, NAME, is_utf8, lines_of, node_values
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@frozen
class Rejection:
    """A line that a reader does not take as an assignment; `reason` is a clause for people."""

    line: int
    reason: str


@frozen
class Reading:
    """What one reader makes of a file. `values` are without interpolation; `expands` names those that python-dotenv
    would interpolate by default. `undecodable`: this reader gives up on the whole file because of its bytes."""

    values: dict[str, str] = field(repr=False)
    errors: tuple[Rejection, ...] = ()
    expands: frozenset[str] = frozenset()
    undecodable: bool = False


def readings(text: str) -> dict[str, Reading]:
    """Every reader's view of `text`, Node's first."""
    return {
        "Node": Reading(node_values(text)),
        "python-dotenv": parse_python_dotenv(text),
        "systemd": parse_systemd(text),
        "sh": parse_sh(text),
    }


def first_bad_line(text: str) -> int:
    """The line (1-based) of the first byte that is not UTF-8; 0 where all are."""
    found = re.search("[\ud800-\udfff]", text)
    return len(lines_of(text[: found.start()] + "x")) if found else 0


def _line_counter(text: str) -> Callable[[int], int]:
    """The 1-based line of an offset, in logarithmic time: a file of one mebibyte may be wrong on every line."""
    from bisect import bisect_right

    starts = [found.end() for found in re.finditer("\n", text)]
    return lambda position: bisect_right(starts, position) + 1


# --- systemd: systemd.exec(5), EnvironmentFile= ----------------------------------------------------------------------


def parse_systemd(text: str) -> Reading:
    """`EnvironmentFile=`: no `export`, no inline comments, CR ends a line, quotes only at the start of a value, and
    several quoted pieces join. An unclosed quote runs to the end of the file. Before version 254 a comment that ends in
    a backslash goes on in the next line; that is what this reads, because such hosts exist."""
    line_at = _line_counter(text)
    if "\0" in text:
        return Reading({}, (Rejection(line_at(text.index("\0")), "a NUL character"),), undecodable=True)
    space, comment = re.compile(r"[ \t\r\n]*"), re.compile(r"[#;](?:\\.|[^\\\r\n])*\\?", re.DOTALL)
    key = re.compile(r"([^\r\n][^=\r\n]*)=|[^\r\n]+")
    values: dict[str, str] = {}
    errors = []
    position = _after(space, text, 0)
    while position < len(text):
        start = position
        if found := comment.match(text, position):
            position = found.end()
        elif found := key.match(text, position):
            name, position = (found[1] or "").rstrip(" \t"), found.end()
            if found[1] is None:
                errors.append(Rejection(line_at(start), "no NAME=value"))
            else:
                value, position = _systemd_value(text, position)
                if not is_utf8(name + value):
                    return Reading({}, (Rejection(line_at(start), "not UTF-8"),), undecodable=True)
                if re.fullmatch(NAME, name):
                    values[name] = value
                else:
                    errors.append(Rejection(line_at(start), "not a variable name"))
        position = _after(space, text, position)
    return Reading(values, tuple(errors))


def _systemd_value(text: str, position: int) -> tuple[str, int]:
    pieces = []
    blank, double = re.compile(r"[ \t]*"), re.compile(r'"((?:\\.|[^"\\])*)(?:"|\\?\Z)', re.DOTALL)
    single, bare = re.compile(r"'([^']*)'?"), re.compile(r"\\.|\\\Z|[ \t]+|[^\\ \t\r\n]+", re.DOTALL)
    while True:
        position = _after(blank, text, position)
        if found := single.match(text, position):
            pieces.append(found[1])
        elif found := double.match(text, position):
            pieces.append(re.sub(r'\\(?:(["\\`$])|\n)', r"\1", found[1]))
        else:
            break
        position = found.end()
    words = []
    while found := bare.match(text, position):
        words.append(found[0])
        position = found.end()
    if words and not words[-1].strip(" \t"):
        words.pop()
    pieces += [word[1:].strip("\r\n") if word[0] == "\\" else word for word in words]
    return "".join(pieces), position


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


# --- python-dotenv ---------------------------------------------------------------------------------------------------


def parse_python_dotenv(text: str) -> Reading:
    """`dotenv_values(path, interpolate=False)` of python-dotenv 1.2.4: a name may be single-quoted; backslash escapes
    count inside quotes; ` #` begins a comment; a later line with the name alone unsets it; a line it cannot parse is
    skipped, as is a BOM. CRLF and CR are LF."""
    if not is_utf8(text):
        return Reading({}, (Rejection(first_bad_line(text), "not UTF-8"),), undecodable=True)
    flat = re.sub(r"\r\n?", "\n", text.removeprefix(BOM))
    line_at = _line_counter(flat)
    head = re.compile(r"(?>(?:export[^\S\n]+)?)(?:'([^']+)'|((?!')[^=#\s]+)|(?=#))[^\S\n]*(=?)")
    tail, rest = re.compile(r"(?:[^\S\n]*#[^\n]*)?[^\S\n]*(?:\n|\Z)"), re.compile(r"[^\n]*\n?")
    space = re.compile(r"\s*")
    values: dict[str, str] = {}
    errors = []
    position = _after(space, flat, 0)
    while position < len(flat):
        start, value = position, None
        if found := head.match(flat, position):
            position = found.end()
            if found[3]:
                value, position = _python_value(flat, position)
        if found and (ended := tail.match(flat, position)):
            position = ended.end()
            name = found[1] or found[2] or ""
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        else:
            errors.append(Rejection(line_at(start), "cannot be parsed"))
            position = _after(rest, flat, position)
        position = _after(space, flat, position)
    expands = frozenset(name for name, value in values.items() if re.search(r"\$\{[^}:]*(?::-[^}]*)?\}", value))
    return Reading(values, tuple(errors), expands)


def _python_value(flat: str, position: int) -> tuple[str | None, int]:
    """The value behind the `=` that ends at `position`, and where it ends; None when a quote is not closed."""
    start = _after(re.compile(r"[^\S\n]*"), flat, position)
    quote = flat[start : start + 1]
    if quote == "#" and start > position:
        return "", start
    if quote not in {"'", '"'}:
        end = _after(re.compile(r"[^\n]*"), flat, start)
        return re.sub(r"\s+#.*", "", flat[start:end]).rstrip(), end
    found = re.compile(rf"{quote}((?:\\.|[^{quote}\\])*){quote}", re.DOTALL).match(flat, start)
    if not found:
        return None, start
    if quote == "'":
        return re.sub(r"\\([\\'])", r"\1", found[1]), found.end()
    letters = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))
    return re.sub(r"\\([\\'\"abfnrtv])", lambda escape: letters.get(escape[1], escape[1]), found[1]), found.end()


# --- sh: `set -a; . FILE` (POSIX shell, 2.2 Quoting, 2.9.1 Simple Commands) ------------------------------------------

# After these the shell's state cannot be known without running it: nothing below counts as read.
_CONSTRUCTS = (
    r"if|then|else|elif|fi|for|while|until|do|done|case|esac|function|select|time|coproc|[{}!.]|\[\[|break|continue|eval"
    r"|exec|exit|return|set|shift|source|times|trap|unset|readonly|local|declare|typeset|alias"
)


@dataclass(slots=True)
class _Word:
    raw: str = field(default="", repr=False)
    cooked: str = field(default="", repr=False)
    expands: bool = False

    @property
    def assignment(self) -> re.Match[str] | None:
        return re.match(f"({NAME})=", self.raw)


@dataclass(slots=True)
class _Command:
    """One line of sh up to its end or `;`. `fatal` is why the shell itself gives up here; `operator`: one of `|&<>`."""

    line: int
    words: list[_Word]
    operator: bool = False
    fatal: str = ""


def parse_sh(text: str) -> Reading:
    """What `set -a; . FILE` gives for plain assignments and `export`. Whatever would run a command or expand something
    is rejected and its variables are unknown; after a syntax error or a construct such as `if` nothing is read."""
    values: dict[str, str] = {}
    errors = []
    for command in _commands(text):
        reason = command.fatal or _why_not_plain(command)
        if reason:
            errors.append(Rejection(command.line, reason))
        for word in command.words:
            if found := word.assignment:
                if reason or word.expands:
                    values.pop(found[1], None)
                else:
                    values[found[1]] = word.cooked[found.end() :]
        if command.fatal or (command.words and re.fullmatch(_CONSTRUCTS, command.words[0].raw)):
            break
    return Reading(values, tuple(errors))


def _why_not_plain(command: _Command) -> str:
    words = command.words
    if words and words[0].raw == "export":
        words = words[1:]
        if not all(word.assignment or re.fullmatch(NAME, word.raw) for word in words):
            return "not an assignment"
    elif not all(word.assignment for word in words):
        return "a command, not an assignment"
    if command.operator:
        return "not a plain assignment"
    return "expands a variable or runs a command" if any(word.expands for word in words) else ""


def _commands(text: str) -> Iterator[_Command]:
    blank, comment = re.compile(r"(?:[ \t]|\\\n)*"), re.compile(r"#[^\n]*")
    line_at = _line_counter(text)
    position, command = 0, _Command(1, [])
    while position < len(text):
        position = _after(comment, text, _after(blank, text, position))
        char = text[position : position + 1]
        if char in {"", "\n", ";"}:
            if char == ";" and not command.words:
                command.fatal = "a syntax error"
            yield command
            position += 1
            command = _Command(line_at(position), [])
        elif char in {"&", "|", "<", ">"}:
            command.operator = True
            command.fatal = "" if command.words else "a syntax error"
            position += 1
        elif char in {"(", ")"}:
            command.fatal = "a syntax error"
            position += 1
        else:
            word, position, unclosed = _sh_word(text, position)
            command.words.append(word)
            command.fatal = command.fatal or unclosed
        if command.fatal:
            break
    if command.words or command.fatal:
        yield command


def _sh_word(text: str, start: int) -> tuple[_Word, int, str]:
    """The word at `start`, where it ends, and why the shell cannot go on ("" when it can)."""
    word, position = _Word(), start
    plain = re.compile(r"[^\\'\"`$\s;&|<>()]+|[^\S \t\n]+|\\(?:.|\Z)|\$(?![A-Za-z0-9_@*#?!${(\"'-])", re.DOTALL)
    single, double = re.compile(r"'([^']*)'"), re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
    while position < len(text) and text[position] not in " \t\n;&|<>()":
        if found := plain.match(text, position):
            escaped = found[0][0] == "\\" and len(found[0]) == 2
            word.cooked += found[0][1:].replace("\n", "") if escaped else found[0]
        elif found := single.match(text, position):
            word.cooked += found[1]
        elif found := double.match(text, position):
            word.cooked += re.sub(r'\\(?:([$`"\\])|\n)', r"\1", found[1])
            word.expands |= (
                re.search(r"\$[A-Za-z0-9_@*#?!${(-]|`", re.sub(r"\\.", "", found[1], flags=re.DOTALL)) is not None
            )
        elif found := re.compile(r"\$\([^()\n]*\)|\$\{[^{}\n]*\}|`[^`\n]*`|\$\w*", re.DOTALL).match(text, position):
            word.expands = True
        else:
            return word, len(text), "a quote that is not closed"
        position = found.end()
    word.raw = text[start:position]
    word.expands |= bool(re.match(rf"{NAME}=(?:[^'\"\\]*:)?~", word.raw))
    return word, position, ""
