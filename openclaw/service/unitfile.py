"""systemd unit files: lines, words, escapes and specifiers as systemd.syntax(7) and systemd.unit(5) describe them.

Values are read from the files and not from `systemctl show -p Environment`: what that prints is quoted differently from
release to release, has no line numbers, and is not there when the bus is not. The tests compare the two.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from openclaw.finding import Location

WHITESPACE = " \t\n\r"
ESCAPES = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, '"': 34, "'": 39, "s": 32}
CODE_LENGTHS = {"x": 2, "u": 4, "U": 8}
SPECIFIERS = frozenset("aAbBcCdDEfgGhHiIjJlLmMnNopPqrRsStTuUvVwWyY%")  # all that some release of systemd knows
LISTS = ("Unit.After", "Unit.Wants")
SETTINGS = (
    *LISTS, "Unit.StartLimitBurst", "Unit.StartLimitIntervalSec", "Service.Restart", "Service.RestartSec",
    "Service.RestartPreventExitStatus", "Service.TimeoutStartSec", "Service.TimeoutStopSec",
    "Service.SuccessExitStatus", "Service.OOMPolicy", "Service.KillMode",
)  # fmt: skip
EXEC_PREFIXES = "@-:+!|"


class UnitSyntaxError(ValueError):
    """A value that systemd does not accept; the text says why and never quotes the value."""


@frozen
class Directive:
    """`key=value` in a section; `line` counts from 1 and is that of the key. The value may hold a secret."""

    section: str
    key: str
    value: str = field(repr=False)
    path: Path
    line: int

    @property
    def location(self) -> Location:
        """Where it stands, for a finding."""
        from openclaw.finding import Location

        return Location(str(self.path), self.line)

    @property
    def place(self) -> str:
        """`file:line`, for a sentence."""
        return f"{self.path}:{self.line}"


def parse(text: str, path: Path) -> tuple[Directive, ...]:
    """The directives of a unit file in order. Lines that systemd ignores (no section, no `=`) are left out."""
    found: list[Directive] = []
    section = ""
    for line, content in _logical_lines(text):
        if content.startswith("["):
            section = content[1:-1] if content.endswith("]") else ""
            continue
        key, equals, value = content.partition("=")
        if equals and section:
            found.append(Directive(section, key.strip(WHITESPACE), value.strip(WHITESPACE), path, line))
    return tuple(found)


def settled(directives: Iterable[Directive], key: str, section: str = "Service") -> tuple[Directive, ...]:
    """The assignments of a list setting that count: an empty one takes back all before it."""
    found: list[Directive] = []
    for directive in directives:
        if (directive.section, directive.key) == (section, key):
            found = [*found, directive] if directive.value else []
    return tuple(found)


def words(value: str) -> tuple[list[str], str]:
    """The words of a value without quotes and escapes, and what is wrong with it ("" when nothing is).

    As in systemd, the words before the fault count.
    """
    found: list[str] = []
    position = 0
    try:
        while rest := value[position:].lstrip(WHITESPACE):
            word, position = _word(value, len(value) - len(rest))
            found.append(word)
    except UnitSyntaxError as error:
        return found, str(error)
    return found, ""


def unescape(text: str) -> str:
    """Text with C escapes replaced, for what systemd prints inside `$'...'`. Raises `UnitSyntaxError`."""
    raw, position = bytearray(), 0
    while position < len(text):
        if text[position] == "\\":
            piece, position = _escape(text, position + 1)
        else:
            piece, position = text[position].encode("utf-8", "surrogateescape"), position + 1
        raw += piece
    return raw.decode("utf-8", "surrogateescape")


def shown_environment(printed: str) -> dict[str, Secret]:
    """The variables that `systemctl show-environment` printed: one a line, `$'...'` where the shell needs quotes."""
    pairs = (line.partition("=") for line in printed.split("\n"))
    return {name: Secret(_unquoted(value)) for name, equals, value in pairs if equals}


def expand(text: str, specifiers: Mapping[str, str]) -> str:
    """`%h` and the like replaced. A specifier that systemd knows and the table does not stays as it is.

    Raises `UnitSyntaxError` for `%` and another letter or digit: systemd drops the whole assignment then, so a key with
    a percent sign never arrives. Before anything else, `%` is itself. (Seen with systemd 252.)
    """
    import re

    def value(match: re.Match[str]) -> str:
        if match[1] not in SPECIFIERS:
            raise UnitSyntaxError("a percent sign that must be doubled (%%)")
        return specifiers.get(match[1], match[0])

    return re.sub(r"%([A-Za-z0-9%])", value, text)


def unresolved(text: str, specifiers: Mapping[str, str]) -> bool:
    """Whether systemd would replace a specifier here that the table does not have."""
    import re

    return any(name in SPECIFIERS and name not in specifiers for name in re.findall(r"%([A-Za-z0-9%])", text))


def assignments(
    directives: Iterable[Directive], key: str, specifiers: Mapping[str, str], problems: list[str]
) -> Iterator[tuple[str, Directive]]:
    """The expanded words of a list setting, each with the directive it stands in; faults go to `problems`."""
    for directive in settled(directives, key):
        found, fault = words(directive.value)
        if fault:
            problems.append(f"{directive.place}: {key}= has {fault}")
        for word in found:
            try:
                yield expand(word, specifiers), directive
            except UnitSyntaxError as error:
                problems.append(f"{directive.place}: systemd ignores a word of {key}=, which has {error}")


def environment(
    directives: Iterable[Directive], specifiers: Mapping[str, str], problems: list[str]
) -> tuple[dict[str, Secret], dict[str, Location]]:
    """The variables that `Environment=` sets, and where; the last assignment of a name wins."""
    values: dict[str, Secret] = {}
    origins: dict[str, Location] = {}
    for word, directive in assignments(directives, "Environment", specifiers, problems):
        name, equals, value = word.partition("=")
        if equals and valid_name(name) and _is_utf8(value):
            values[name], origins[name] = Secret(value), directive.location
        else:
            problems.append(f"{directive.place}: systemd ignores an assignment of Environment= that is not NAME=value")
    return values, origins


def command(directives: Iterable[Directive], specifiers: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    """The program and its arguments of the first `ExecStart=`, without systemd's prefixes; `$NAME` is left alone."""
    found = [word for word, _ in assignments(settled(directives, "ExecStart")[:1], "ExecStart", specifiers, problems)]
    if not found:
        return ()
    program = found[0].lstrip(EXEC_PREFIXES)
    prefix = found[0][: len(found[0]) - len(program)]
    # With @, the second word is what the program sees as its own name.
    return (program, *found[2 if "@" in prefix else 1 :])


def settings(directives: Iterable[Directive]) -> dict[str, str]:
    """What decides when the service starts, stops and starts again: `{"Unit.After": "network-online.target"}`."""
    found: dict[str, str] = {}
    directives = tuple(directives)
    for name in SETTINGS:
        section, _, key = name.partition(".")
        if values := [item.value for item in settled(directives, key, section)]:
            found[name] = " ".join(values) if name in LISTS else values[-1]
    return found


def valid_name(name: str) -> bool:
    """Whether systemd takes this as the name of a variable."""
    import re

    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None


def _unquoted(value: str) -> str:
    quoted = value.startswith("$'") and value.endswith("'") and len(value) > 2
    try:
        return unescape(value[2:-1]) if quoted else value
    except UnitSyntaxError:
        return value  # it only looked quoted


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, continued ones joined, with the number of their first line."""
    import re

    pending, start = "", 0
    for number, line in enumerate(re.split(r"\r\n|\n|\r|\0", text.removeprefix("\ufeff")), 1):
        content = line.lstrip(WHITESPACE)
        if content.startswith(("#", ";")):
            continue  # also between continued lines
        start = start if pending else number
        joined = pending + (line if pending else content)  # systemd keeps the blanks before a continued line
        if (len(joined) - len(joined.rstrip("\\"))) % 2:
            pending = joined[:-1] + " "
            continue
        pending = ""
        if content := joined.strip(WHITESPACE):
            yield start, content
    if content := pending.strip(WHITESPACE):
        yield start, content


def _word(text: str, position: int) -> tuple[str, int]:
    raw, quote = bytearray(), ""
    while position < len(text):
        char = text[position]
        position += 1
        if char == "\\":
            piece, position = _escape(text, position)
            raw += piece
        elif quote and char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif not quote and char in WHITESPACE:
            break
        else:
            raw += char.encode("utf-8", "surrogateescape")
    if quote:
        raise UnitSyntaxError("a quote that is not closed")
    return raw.decode("utf-8", "surrogateescape"), position


def _escape(text: str, position: int) -> tuple[bytes, int]:
    """The bytes of the escape whose first character after the backslash is at `position`."""
    char = text[position : position + 1]
    if char in ESCAPES:
        return bytes([ESCAPES[char]]), position + 1
    digits, base = (text[position : position + 3], 8) if char in tuple("01234567") else ("", 16)
    end = position + 3
    if char in CODE_LENGTHS:
        end = position + 1 + CODE_LENGTHS[char]
        digits = text[position + 1 : end]
    if not digits or len(text) < end:
        raise UnitSyntaxError("an escape that systemd does not know")
    return _character(digits, base, raw=char not in ("u", "U")), end


def _character(digits: str, base: int, *, raw: bool) -> bytes:
    allowed = "01234567" if base == 8 else "0123456789abcdefABCDEF"
    code = int(digits, base) if all(digit in allowed for digit in digits) else 0
    if not 0 < code <= (0xFF if raw else 0x10FFFF) or 0xD800 <= code <= 0xDFFF:
        raise UnitSyntaxError("an escape that systemd does not know")
    return bytes([code]) if raw else chr(code).encode()


def _is_utf8(value: str) -> bool:
    return not any("\udc80" <= char <= "\udcff" for char in value)
