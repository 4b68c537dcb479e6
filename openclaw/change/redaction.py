"""File contents for the eyes of people: the shape stays, every secret becomes its fingerprint.

Whatever is shown of a file goes through `redacted`; `hunks` makes diffs of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from openclaw.frozen import frozen
from openclaw.secret import SHORT, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from openclaw.config.spans import Member, Node

Kind = Literal["json", "env", "text"]
Place = tuple[str | int, ...]  # a key path, or the name of a variable
Window = tuple[int, int]  # offsets of whole lines

_WORDS = "key|token|secret|password|passwd|passphrase|credential|cookie|authorization|signature"
_SENSITIVE = re.compile(
    rf"(?i:(?:\A|[_.-])(?:{_WORDS})s?|api[_-]?keys?)\Z"
    rf"|(?:{'|'.join(word.title() for word in _WORDS.split('|'))})s?\Z"
    r"|\A(?i:access|refresh|bearer|pass|pwd|jwt|pat|auth[_-]?header)\Z"
)
_HEADERS = re.compile(r"headers\Z", re.IGNORECASE)
_REFERENCES = re.compile(r"\$?\$\{[A-Z_][A-Z0-9_]*\}")
_NAME = rf"[A-Za-z0-9_.-]*(?i:{_WORDS}|api_?key)[A-Za-z0-9_]*"


@frozen
class Redacted:
    """`text` may be shown after the scrubbing of its lines. `values` are for `redacted(…, other=…)` only."""

    text: str
    secrets: int
    values: Mapping[Place, str]

    def __repr__(self) -> str:
        return f"Redacted({self.secrets} secrets)"


def redacted(
    path: Path,
    data: bytes | None,
    other: Mapping[Place, str] | None = None,
    kind: Kind | None = None,
    within: Sequence[Window] | None = None,
) -> Redacted:
    """The contents of a file without its secrets. `other`: the secrets of the other side, to tell that one changed.

    Without `kind`, the name and the contents tell the format. `within`, of plain JSON only: the lines that are wanted,
    in their order; of the others nothing is left but their ends.
    """
    text = text_of(data or b"")
    shown = _Shown(other or {})
    if within is not None:
        shown_text = _prose(_members(_in_windows(text, within, shown), shown), shown)
        return Redacted(shown_text, len(shown.values), shown.values)
    redactor = {"json": _document, "env": _variables, "text": _text}[kind or _kind(path, text)]
    return Redacted(_prose(redactor(text, shown), shown), len(shown.values), shown.values)


def text_of(data: bytes) -> str:
    """The text of a file, whatever stands in it. In UTF-16 it may be, too: else its comments would be no comments."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if wide else "utf-8", "backslashreplace")


class _Shown:
    """How each secret is shown; remembers where they were."""

    def __init__(self, other: Mapping[Place, str]) -> None:
        self._other = other
        self.values: dict[Place, str] = {}

    def __call__(self, value: str, *place: str | int) -> str:
        if place in self.values:  # a duplicate key
            place = (*place, len(self.values))
        self.values[place] = value
        changed = ", changed" if len(value) < SHORT and self._other.get(place, value) != value else ""
        return f"<secret: {fingerprint(value)}{changed}>"


def _kind(path: Path, text: str) -> Kind:
    from openclaw.config.spans import skip

    name = path.name.lower()
    if name.endswith((".json", ".json5")) or text.startswith("{", skip(text, 0)):
        return "json"
    return "env" if name.startswith(".env") or name.endswith((".env", ".envrc")) or name == "env" else "text"


def _document(text: str, shown: _Shown) -> str:
    from openclaw.config.spans import parse
    from openclaw.errors import Unreadable
    from openclaw.text import count

    try:
        root = parse(text)
    except Unreadable:
        if not text.strip():
            return text
        shown.values[()] = text  # it may hold secrets
        return f"<{count(len(text.splitlines()), 'line')} that cannot be shown: not valid JSON5>\n"
    return _members(_replaced(text, _hidden(root, (), False, shown)), shown)


def _members(text: str, shown: _Shown) -> str:
    """What is left after the document itself is in comments: members that somebody has switched off."""
    name = rf"(?:[\w.-]*(?i:{_WORDS}|api_?key)s?|\baccess|\brefresh)"
    return _sub(rf"({name}[\"']?\s*:\s*[\"'])(?!<secret)([^\"'\n]*)([\"'])", text, shown)


def _in_windows(text: str, windows: Sequence[Window], shown: _Shown) -> str:
    from openclaw.config.spans import parse

    gaps = zip([0, *(end for _, end in windows)], [*(start for start, _ in windows), len(text)], strict=True)
    left_out = [(start, end, "\n" * text.count("\n", start, end)) for start, end in gaps]
    return _replaced(text, [*left_out, *_hidden(parse(text), (), False, shown, windows)])


def _replaced(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """`text` with these spans, which do not overlap, replaced."""
    pieces, at = [], 0
    for start, end, replacement in sorted(spans):
        pieces += [text[at:start], replacement]
        at = end
    return "".join([*pieces, text[at:]])


def _hidden(
    node: Node, place: Place, sensitive: bool, shown: _Shown, windows: Sequence[Window] | None = None
) -> Iterator[tuple[int, int, str]]:
    """The spans of secrets, keys of their shape included, and what is shown in their place; those in `windows`."""
    if not node.value or not isinstance(node.value, dict | list):
        if value := _secret_in(node.value, sensitive, place):
            yield node.start, node.end, f'"{shown(value, *place)}"'
        return
    inherited = sensitive and not _is_reference(node.value)
    for member in node.members:
        if not _overlaps(member.start, member.node.end, windows):
            continue
        if isinstance(member.key, str) and _has_shape(member.key) and _overlaps(member.start, member.key_end, windows):
            yield member.start, member.key_end, f'"{shown(member.key, *place, "(key)")}"'
        yield from _hidden(member.node, (*place, member.key), inherited or _is_sensitive(member), shown, windows)


def _overlaps(start: int, end: int, windows: Sequence[Window] | None) -> bool:
    return windows is None or any(first < end and start < last for first, last in windows)


def _is_sensitive(member: Member) -> bool:
    key = member.key
    if not isinstance(key, str):
        return False
    return bool(_SENSITIVE.search(key) or (_HEADERS.search(key) and isinstance(member.node.value, dict)))


def _is_reference(value: Any) -> bool:
    """OpenClaw's secret references name a place: `{"source": "env", "provider": "default", "id": "NAME"}`."""
    return isinstance(value, dict) and value.get("source") in ("env", "file", "exec")


def _secret_in(value: Any, sensitive: bool, place: Place) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    if not isinstance(value, str):
        # a password may be a number; `maxTokens: 4096` is not one
        return str(value) if sensitive and not str(place[-1]).endswith("s") else ""
    if _has_shape(value):
        return value
    return value if sensitive and not _is_visible(value) else ""


def _has_shape(value: str) -> bool:
    from openclaw.redact import scrub
    from openclaw.text import one_line

    return scrub(value) != one_line(value)


def _variables(text: str, shown: _Shown) -> str:
    """Every value of an env file; what is neither an assignment nor a comment may be a part of one and is not shown."""
    from openclaw.environment.dotenv import lines_of, parse_node

    lines = lines_of(text)
    done: dict[int, str] = {}
    for entry in parse_node(text):
        head = re.match(r"[^=:]*[=:]", entry.raw)
        first = f"{head[0] if head else entry.name + '='}{shown(entry.value, entry.name)}\n"
        done |= {entry.line: first} | dict.fromkeys(range(entry.line + 1, entry.end_line + 1), "")
    return "".join(
        done[number] if number in done else _other_line(line, shown, number) for number, line in enumerate(lines, 1)
    )


def _other_line(line: str, shown: _Shown, number: int) -> str:
    bare = line.strip("\ufeff \t\r\n")
    if not bare:
        return line
    if not bare.startswith("#"):
        shown(bare, "#", number)
        return "<a line that is not an assignment>\n"
    assignment = re.match(r"(\s*#[#\s]*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*)(\S.*)", line)
    return f"{assignment[1]}{shown(assignment[2], '#', number)}\n" if assignment else line


def _text(text: str, shown: _Shown) -> str:
    """A unit, a drop-in, a property list, a script: assignments to names that sound like secrets."""
    patterns = (
        rf"(<key>{_NAME}</key>\s*<string>)([^<]*)(</string>)",
        rf"(\"{_NAME}=)([^\"\n]*)(\")",
        rf"('{_NAME}=)([^'\n]*)(')",
        rf"(\b{_NAME}=[\"'])(?!<secret)([^\"'\n]*)([\"'])",
        rf"(\b{_NAME}=)(?![\"']|<secret)([^\s\"']*)()",
    )
    for pattern in patterns:
        text = _sub(pattern, text, shown)
    return text


def _prose(text: str, shown: _Shown) -> str:
    """What people write into comments: a word for a secret, and behind it one that looks like the secret itself."""
    words = rf"(?i:\b(?:{_WORDS}|api[ _-]?key)s?\b)(?:[ \t]+(?:is|was|now|old|new))*[ \t:=]+[\"']?"
    digit = r"(?=[^\s\"',;]*\d)(?=[^\s\"',;]*[A-Za-z])"
    return _urls(_sub(rf"({words})(?!<secret|<string){digit}([^\s\"',;{{}}]{{8,}})()", text, shown), shown)


def _urls(text: str, shown: _Shown) -> str:
    """`https://user:password@host` and `?key=…`."""
    text = _sub(r"(\b[a-z][a-z0-9+.-]*://[^\s/@:\"'<]*:)([^\s/@\"'<]+)(@)", text, shown)
    return _sub(r"([?&](?i:api_?key|key|token|access_token|secret)=)([^\s&#\"'<]+)()", text, shown)


def _sub(pattern: str, text: str, shown: _Shown) -> str:
    """The second group of every match is a secret, unless it is a reference to a variable."""
    found = 0

    def hidden(match: re.Match[str]) -> str:
        nonlocal found
        found += 1
        if _is_visible(match[2]):
            return match[0]
        return f"{match[1]}{shown(match[2], pattern, found)}{match[3]}"

    return re.sub(pattern, hidden, text)


def _is_visible(value: str) -> bool:
    """Whether nothing but references to variables is in the value of a secret."""
    return _REFERENCES.sub("", value).strip().lower() in ("", "bearer", "basic")
