"""`.env` files as OpenClaw reads them (npm dotenv 17, auth-spec §6.2), and edits that every reader understands.

The same file is often also a systemd `EnvironmentFile=`, sourced by a shell, or loaded by python-dotenv, and the four
disagree about quotes, `#`, `$` and backslashes. So a value is written only in a form that all of them read alike; the
whole new text is read back in all dialects before it is handed out (openclaw.environment.dialects).
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.errors import Refusal, Unreadable
from openclaw.frozen import frozen
from openclaw.home import leads_nowhere
from openclaw.text import JS_WHITESPACE, js_trim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openclaw.environment.lint import Issue

MAX_BYTES = 1024 * 1024  # OpenClaw silently ignores a larger file
BOM = "\ufeff"
UTF16 = ("\udcff\udcfe", "\udcfe\udcff")  # its byte order marks, as bytes that are not UTF-8
NAME = r"[A-Za-z_][A-Za-z0-9_]*"  # what all readers take as a name; Node and python-dotenv take more

_SPACE = f"[{JS_WHITESPACE}]"
_HEAD = rf"(?:export{_SPACE}+)?([A-Za-z0-9_.-]+)(?:{_SPACE}*=|:{_SPACE})"
_PLAIN = r"[A-Za-z0-9_./:@%+,=-]*"  # needs no quotes anywhere, zsh and fish included


@frozen
class Entry:
    """One assignment as Node reads it. Lines are 1-based; `raw` is those lines whole, without the last line's end."""

    name: str
    value: str = field(repr=False)
    line: int
    end_line: int
    raw: str = field(repr=False)


@frozen
class EnvFile:
    """What is at `path`. `text` keeps bytes that are not UTF-8 as surrogates (`surrogateescape`), for the writer.

    `ignored` is what OpenClaw skips without a word: `reason` says why. An unreadable file is raised, not returned.
    """

    path: Path
    state: Literal["absent", "ok", "ignored"]
    text: str = field(default="", repr=False)
    entries: tuple[Entry, ...] = ()
    reason: str = ""

    @property
    def is_utf8(self) -> bool:
        """False when some bytes are not UTF-8: Node reads U+FFFD there, systemd and python-dotenv may read nothing."""
        return is_utf8(self.text)


def read_env_file(path: Path) -> EnvFile:
    """Reads an env file without ever blocking; raises Unreadable when it exists and its content cannot be known."""
    from stat import S_ISDIR, S_ISREG

    try:
        mode = path.stat().st_mode
        if S_ISDIR(mode):
            return EnvFile(path, "ignored", reason="it is a directory")
        if not S_ISREG(mode):
            raise _unreadable("The environment file is not a regular file.", path)
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        if nowhere := leads_nowhere(path):
            raise _unreadable(f"The environment file could not be read: {nowhere}.", path) from None
        return EnvFile(path, "absent")
    except OSError as error:
        raise _unreadable(f"The environment file could not be read: {error.strerror}.", path) from error
    if len(data) > MAX_BYTES:
        return EnvFile(path, "ignored", reason="it is larger than 1 MiB")
    text = data.decode("utf-8", "surrogateescape")
    return EnvFile(path, "ok", text, tuple(parse_node(text)))


def _unreadable(message: str, path: Path) -> Unreadable:
    from openclaw.change.advice import for_reading

    hint, commands = for_reading(path)
    return Unreadable(message, path=path, hint=hint, commands=commands)


def is_utf8(text: str) -> bool:
    """Whether `text`, decoded with `surrogateescape`, came from valid UTF-8."""
    return text.isascii() or not re.search("[\ud800-\udfff]", text)


def parse_node(text: str) -> list[Entry]:
    """The assignments that npm dotenv 17 finds, in file order, duplicates included (auth-spec §6.2).

    White space is JavaScript's, so a BOM before the first name is skipped; CRLF and CR count as LF, in values too.
    """
    physical = lines_of(text)
    flat = re.sub(r"\r\n?", "\n", text)
    entries = []
    line, counted = 1, 0
    for match in _matches(flat):
        line += flat.count("\n", counted, match.start)
        counted = match.start
        end_line = line + flat.count("\n", match.start, match.end)
        raw = "".join(physical[line - 1 : end_line]).rstrip("\r\n")
        entries.append(Entry(match.name, match.value, line, end_line, raw))
    return entries


def node_values(text: str) -> dict[str, str]:
    """What Node has after reading `text`: the last assignment of a name wins."""
    # dotenv collects into a plain JavaScript object, on which this one name cannot be set to a string
    return {entry.name: entry.value for entry in parse_node(text) if entry.name != "__proto__"}


def lines_of(text: str) -> list[str]:
    """Physical lines with their ends (LF, CRLF or CR: what Node counts as a line); `"".join` gives the text back."""
    return re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", text)


@frozen
class _Match:
    """Offsets in text with LF line ends: `start` is where `export` or the name begins, `end` follows the value."""

    name: str
    value: str = field(repr=False)
    start: int
    end: int
    quoted: bool


def _matches(flat: str) -> Iterator[_Match]:
    head, space = re.compile(_HEAD), re.compile(f"{_SPACE}*")
    line_end = re.compile("[\n\u2028\u2029]")
    position = 0
    while position < len(flat):
        start = _end(space, flat, position)
        found = head.match(flat, start)
        end = start
        if found:
            source, end, quoted = _value_source(flat, found.end(), space)
            yield _Match(found[1], _value(source), start, end, quoted)
        following = line_end.search(flat, end)
        position = following.end() if following else len(flat)


def _value_source(flat: str, start: int, space: re.Pattern[str]) -> tuple[str, int, bool]:
    """The text of a value that begins at `start`, quotes included, where it ends, and whether quotes delimit it.

    A quoted value may begin on a later line; unless only white space or a comment follows it, the quotes do not count.
    """
    opening = _end(space, flat, start)
    if flat[opening : opening + 1] in {"'", '"', "`"}:
        for closing in _closings(flat, opening):
            if _ends_line(flat, closing + 1, space):
                return flat[opening : closing + 1], closing + 1, True
    rest = re.compile(r"[^#\n]*").match(flat, start)
    end = rest.end() if rest else start
    return flat[start:end], end, False


def _closings(text: str, opening: int) -> Iterator[int]:
    """Where the quote at `opening` may close, best first: the first one without a backslash before it, then, backwards,
    those with one, which close only when nothing else does."""
    quote, escaped = text[opening], []
    at = text.find(quote, opening + 1)
    while at != -1 and at - 1 > opening and text[at - 1] == "\\":
        escaped.append(at)
        at = text.find(quote, at + 1)
    if at != -1:
        yield at
    yield from reversed(escaped)


def _ends_line(flat: str, position: int, space: re.Pattern[str]) -> bool:
    stop = _end(space, flat, position)
    return stop == len(flat) or flat[stop] == "#" or re.search("[\n\u2028\u2029]", flat[position:stop]) is not None


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _value(source: str) -> str:
    value = js_trim(source)
    first = value[:1]
    # the line boundaries matter for U+2028 only, which an unquoted value can contain
    value = re.sub(r"(?:\A|(?<=[\n\u2028\u2029]))(['\"`])(.*)\1(?=[\n\u2028\u2029]|\Z)", r"\2", value, flags=re.DOTALL)
    if first == '"':
        value = value.replace("\\n", "\n").replace("\\r", "\r")
    return value if is_utf8(value) else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def set_variable(text: str, name: str, value: str) -> str:
    """`text` with `name` set to `value`, in a form that Node, python-dotenv, systemd and sh read alike.

    Only the winning (last) line of `name` changes, or one is appended. `export ` and indentation stay; a comment behind
    the old value, which systemd would take as part of it, moves to a line of its own above. With CRLF line ends sh adds
    a CR to every value whatever is written, so it is judged as if they were LF. Raises Refusal, never with the value.
    """
    _check_name(name)
    if text.startswith(UTF16):
        raise Refusal(
            f"{name} was not written: the file is in UTF-16, and nobody would read the new line.",
            hint="Write the file in UTF-8 first.",
            commands=("openclaw doctor --fix --only env/dotenv-syntax",),
        )
    if not _problem(text, text, name, value):
        return text
    alone = [written for written in _quotings(value) if not _problem("", f"{name}={written}\n", name, value)]
    if not alone:
        raise Refusal(
            f"{name} was not written: {_unwritable(value)}, and no quoting of it is read alike by Node, python-dotenv, "
            "systemd and sh.",
            hint="Store this value in a credential profile instead, or have the provider issue another one.",
        )
    place = _placement(text, name)
    problem = ""
    for written in alone:
        edited = place(f"{name}={written}")
        problem = _problem(text, edited, name, value)
        if not problem:
            return edited
    raise _refusal(text, name, problem)


def delete_variable(text: str, name: str) -> str:
    """`text` without any line that sets `name`: an earlier duplicate must not come to life. Refusal as set_variable."""
    _check_name(name)
    lines = lines_of(text)
    for entry in parse_node(text):
        if entry.name == name:
            first = lines[entry.line - 1]
            # a BOM belongs to the file; its line stays, blank, or systemd and sh would lose the next variable to it
            kept = BOM + first[len(first.rstrip("\r\n")) :] if first.startswith(BOM) else ""
            lines[entry.line - 1 : entry.end_line] = [kept] + [""] * (entry.end_line - entry.line)
    edited = "".join(lines)
    if problem := _problem(text, edited, name, None):
        raise _refusal(text, name, problem)
    return edited


def _check_name(name: str) -> None:
    if not re.fullmatch(NAME, name):
        raise Refusal("Not a variable name: only letters, digits and _ are allowed, and no digit first.")


def _quotings(value: str) -> Iterator[str]:
    """Ways to write a value, plainest first. Backticks are quotes to Node only, so never."""
    if re.search("[\0\r\n\ud800-\udfff]", value):
        return
    if re.fullmatch(_PLAIN, value):
        yield value
    yield f"'{value}'"
    yield f'"{value}"'


def _unwritable(value: str) -> str:
    causes = {
        "[\r\n]": "the value has a line break",
        "[\0\ud800-\udfff]": "the value has a character that no environment can hold",
        "'(?s:.*)\"|\"(?s:.*)'": "the value has both kinds of quotes",
        r"\$\{": "the value has ${",
        r"'(?s:.*)[$`]|[$`](?s:.*)'": "the value has a single quote as well as $ or a backtick",
        r"\\": "the value has a backslash",
    }
    return next((words for pattern, words in causes.items() if re.search(pattern, value)), "the value is special")


def _placement(text: str, name: str) -> Callable[[str], str]:
    """How an assignment of `name` gets into `text`: over the winning one, or at the end."""
    lines = lines_of(text)
    newline = "\r\n" if re.search(r"\r\n[^\n]*\Z", text) else "\n"
    winner = _winner(text, name)
    if winner is None:
        head = text + newline * bool(lines and text != BOM and not text.endswith(("\n", "\r")))
        return lambda assignment: f"{head}{assignment}{newline}"
    before, after = "".join(lines[: winner.line - 1]), "".join(lines[winner.end_line :])
    last = lines[winner.end_line - 1]
    end = last[len(last.rstrip("\r\n")) :]
    start = re.match(rf"({BOM}?)([ \t]*)(export[ \t]+)?", winner.raw)
    bom, indent, export = start.groups(default="") if start else ("", "", "")
    comment = _comment(winner.raw)
    above = f"{indent}{comment}{end or newline}" if comment else ""
    return lambda assignment: f"{before}{bom}{above}{indent}{export}{assignment}{end}{after}"


def _comment(raw: str) -> str:
    """The comment behind a value; "" when the `#` is glued to an unquoted value: rather the rest of a secret."""
    flat = re.sub(r"\r\n?", "\n", raw)
    match = next(_matches(flat), None)
    if match is None:
        return ""
    glued = not match.quoted and match.end > 0 and flat[match.end - 1] not in " \t"
    return "" if glued else flat[match.end :].strip()


def _problem(before: str, after: str, name: str, value: str | None) -> str:
    """Why `after` is not a good edit of `before`; "" when every reader gives `value` (None: nothing) for `name`.

    Other variables keep their value in every reader; a reader that differed from Node may come to agree with it. A
    reader that could not decode the file before need not after. systemd skips `export` lines: there it may see nothing.
    """
    from openclaw.environment.dialects import readings

    winner = _winner(after, name)
    exported = winner is not None and re.match(rf"[\s{BOM}]*export\s", winner.raw)
    old, new = readings(_with_lf(before)), readings(_with_lf(after))
    for reader, reading in new.items():
        if reading.undecodable and old[reader].undecodable:
            continue
        got = reading.values.get(name)
        skipped = reader == "systemd" and exported and got is None
        if (got != value and not skipped) or name in reading.expands:
            return f"{reader} would {'still read a value' if value is None else 'not read this value back'}"
        if _others_differ(old[reader].values, reading.values, new["Node"].values, name):
            return f"{reader} would no longer read another variable as it does now"
    return ""


def _others_differ(was: dict[str, str], now: dict[str, str], node: dict[str, str], name: str) -> bool:
    changed = {other for other in was.keys() | now.keys() if was.get(other) != now.get(other)} - {name}
    return any(now is node or now.get(other) is None or now.get(other) != node.get(other) for other in changed)


def _with_lf(text: str) -> str:
    return text.replace("\r\n", "\n")


def _winner(text: str, name: str) -> Entry | None:
    return next((entry for entry in reversed(parse_node(text)) if entry.name == name), None)


def _refusal(text: str, name: str, problem: str) -> Refusal:
    message = f"{name} was not changed: {problem}"
    culprit = _culprit(text, name)
    if culprit is None:
        return Refusal(f"{message}.")
    hint = "Mend that line first, then try again."
    return Refusal(f"{message}. Line {culprit.line}: {culprit.message}", line=culprit.line, hint=hint)


def _culprit(text: str, name: str) -> Issue | None:
    """The issue behind a failed edit: the first after which no new line is read as it should be, else its own."""
    from openclaw.environment.lint import lint

    lines, probe = lines_of(text), "OPENCLAW_PROBE"
    issues = [issue for issue in lint(text.rstrip("\r\n") + f"\n{probe}=1\n") if issue.name != probe]
    for issue in issues[:100]:  # bounded: each probe reads the file in four dialects
        head = "".join(lines[: issue.line]).rstrip("\r\n") + "\n"
        if _problem(head, f"{head}{probe}=1\n", probe, "1"):
            return issue
    return next((issue for issue in issues if issue.name == name), None)
