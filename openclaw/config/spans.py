"""JSON5 text as nodes that know where they stand: for the edits, the places of findings, and the reason of an error.

Loaded only when one of these is needed. Nothing here ever repeats a value in a message, a repr or an exception.

A store may have ten thousand profiles, of which one is edited. What is plain JSON is read by the interpreter's own
scanner, and where the members of an object stand is looked up when somebody asks.
"""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from openclaw.config.json5 import BOM, MAX_DEPTH, KeyPath, within_depth
from openclaw.errors import Unreadable
from openclaw.frozen import frozen
from openclaw.text import JS_WHITESPACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINE_ENDS = "\n\r\u2028\u2029"  # what ends a line, and with it a // comment, in JSON5

_TRIVIA = re.compile(rf"(?:[{JS_WHITESPACE}]++|//[^{LINE_ENDS}]*+|/\*[\s\S]*?\*/)*+")
# Text in quotes: no raw LF or CR, a backslash takes the next character with it.
_STRING = {
    '"': re.compile(r'"([^"\\\n\r]*+(?:\\(?:\r\n|[\s\S])[^"\\\n\r]*+)*+)"'),
    "'": re.compile(r"'([^'\\\n\r]*+(?:\\(?:\r\n|[\s\S])[^'\\\n\r]*+)*+)'"),
}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(0(?![0-9])|\r\n|[^0-9ux]))|(\\)")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_ESCAPED |= dict.fromkeys(("\r\n", *LINE_ENDS), "")
_DECIMAL = r"(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_WORD = re.compile(rf"(?:(true|false|null)|([+-]?)(?:0[xX]([0-9a-fA-F]+)|(Infinity|NaN)|({_DECIMAL})))(?![\w$.])")
_WORDS = {"true": True, "false": False, "null": None}
_PLAIN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*+(?![^\x00-\x7f]|\\)")
_NAME = re.compile(rf"(?:\\u[0-9a-fA-F]{{4}}|[A-Za-z0-9_$]|[^\x00-\x7f{JS_WHITESPACE}])++")
_CLOSING = {"{": "}", "[": "]"}
_NOUN = {"{": "object", "[": "list"}


class Node:
    """A value and its place, `text[start:end]`."""

    __slots__ = ("_members", "_text", "end", "start", "value")

    def __init__(
        self, start: int, end: int, value: Any, members: tuple[Member, ...] | None = (), text: str = ""
    ) -> None:
        self.start = start
        self.end = end
        self.value = value
        self._members = members
        self._text = text  # where the members are still to be found

    @property
    def members(self) -> tuple[Member, ...]:
        """An object's members or a list's elements, in text order."""
        if self._members is None:
            self._members, _ = _Parser(self._text).members(self.start, 0)
            self._text = ""
        return self._members


@frozen
class Member:
    """A member of an object, its key at `text[start:key_end]`; or an element of a list: its index, and no text."""

    key: str | int
    start: int
    key_end: int
    node: Node


def parse(text: str, path: Path | None = None) -> Node:
    """The document as nodes with offsets into `text`. Raises Unreadable with `path`, line, column and a reason."""
    try:
        return _parsed(text)
    except Unreadable as error:
        trouble = Unreadable(error.message, path=path, line=error.line, column=error.column)
    raise trouble  # outside of the handler, so that no text hangs on it as its context


@functools.lru_cache(maxsize=4)  # an edit, its guards and its preview ask for the same text
def _parsed(text: str) -> Node:
    return _Parser(text).document()


def find(node: Node, path: KeyPath) -> Member | None:
    """The effective member at a key path below `node`: of duplicate keys the last. None when there is none."""
    member: Member | None = None
    for part in path:
        member = next((member for member in reversed(node.members) if member.key == part), None)
        if member is None:
            return None
        node = member.node
    return member


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1, LF, CRLF and CR end a line, a leading BOM is not counted."""
    before = text[:offset].removeprefix(BOM)
    line = before.count("\n") + before.count("\r") - before.count("\r\n") + 1
    return line, len(before) - max(before.rfind("\n"), before.rfind("\r"))


def skip(text: str, at: int) -> int:
    """The offset of the first character from `at` on that is neither white space nor in a comment."""
    match = _TRIVIA.match(text, at)
    return match.end() if match else at


_SCAN: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().raw_decode


class _Parser:
    """Recursive descent; every method takes the offset where its construct starts.

    `scan` reads a whole value of plain JSON, whose inside then is not walked through; without it everything is.
    """

    __slots__ = ("scan", "text")

    def __init__(self, text: str, scan: Callable[[str, int], tuple[Any, int]] | None = _SCAN) -> None:
        self.text = text
        self.scan = scan

    def fail(self, at: int, reason: str) -> NoReturn:
        line, column = position(self.text, at)
        raise Unreadable(f"not valid JSON5: {reason}", line=line, column=column)

    def document(self) -> Node:
        start = self.skip(0)
        if start == len(self.text):
            self.fail(start, "there is no value, only white space or comments")
        root = self.value(start, 1)
        if self.scan and not within_depth(root.value):
            return _Parser(self.text, None).document()  # which says where
        end = self.skip(root.end)
        if end < len(self.text):
            self.fail(end, "something follows the end of the document")
        return root

    def skip(self, at: int) -> int:
        at = skip(self.text, at)
        if self.text.startswith("/*", at):
            self.fail(at, "this comment is not closed")
        return at

    def value(self, at: int, depth: int) -> Node:
        char = self.text[at : at + 1]
        if char in _STRING:
            value, end = self.string(at, char)
            return Node(at, end, value)
        return self.container(at, char, depth) if char in _CLOSING else self.word(at)

    def container(self, opening: int, bracket: str, depth: int) -> Node:
        if self.scan:
            try:
                value, end = self.scan(self.text, opening)
            except (ValueError, StopIteration, RecursionError):
                pass  # not plain JSON; something in it still may be
            else:
                return Node(opening, end, value, None if value else (), self.text)
        if depth > MAX_DEPTH:
            self.fail(opening, f"more than {MAX_DEPTH} objects and lists within each other")
        members, end = self.members(opening, depth)
        pairs = {member.key: member.node.value for member in members}
        return Node(opening, end, pairs if bracket == "{" else [*pairs.values()], members)

    def members(self, opening: int, depth: int) -> tuple[tuple[Member, ...], int]:
        """What is in the brackets, and the offset behind them."""
        bracket = self.text[opening]
        members: list[Member] = []
        at, closing, comma = self.skip(opening + 1), _CLOSING[bracket], True
        while (char := self.text[at : at + 1]) != closing:
            if not char:
                line, _ = position(self.text, opening)
                self.fail(at, f"the text ends before the {_NOUN[bracket]} that starts on line {line} is closed")
            if not comma:
                self.fail(at, f"expected ',' or '{closing}'")
            member = self.member(at, depth) if closing == "}" else self.element(at, len(members), depth)
            members.append(member)
            at = self.skip(member.node.end)
            comma = self.text.startswith(",", at)
            if comma:
                at = self.skip(at + 1)
        return tuple(members), at + 1

    def element(self, at: int, index: int, depth: int) -> Member:
        return Member(index, at, at, self.value(at, depth + 1))

    def member(self, at: int, depth: int) -> Member:
        char = self.text[at]
        key, end = self.string(at, char) if char in _STRING else self.name(at)
        colon = self.skip(end)
        if not self.text.startswith(":", colon):
            self.fail(colon, "expected ':' after the key")
        return Member(key, at, end, self.value(self.skip(colon + 1), depth + 1))

    def name(self, at: int) -> tuple[str, int]:
        """A key without quotes: an ES5 IdentifierName, reserved words included."""
        if match := _PLAIN_NAME.match(self.text, at):
            return match[0], match.end()
        match = _NAME.match(self.text, at)
        name = _ESCAPE.sub(_unescaped, match[0]) if match else ""
        if match is None or not _is_name(name):
            self.fail(at, "expected a key: a name, or any text in quotes")
        return name, match.end()

    def string(self, at: int, quote: str) -> tuple[str, int]:
        match = _STRING[quote].match(self.text, at)
        if match is None:
            self.fail(at, "this text in quotes is not closed on its line")
        body: str = match[1]
        if "\\" not in body:
            return body, match.end()
        if wrong := next((escape for escape in _ESCAPE.finditer(body) if escape[4]), None):
            self.fail(match.start(1) + wrong.start(), "unknown escape after the backslash")
        value = _ESCAPE.sub(_unescaped, body)
        if "\\u" in body:  # two escapes can be the halves of one character; a half alone stays, as in JavaScript
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        return value, match.end()

    def word(self, at: int) -> Node:
        match = _WORD.match(self.text, at)
        if match is None:
            self.fail(at, _why_no_value(self.text[at : at + 1]))
        return Node(at, match.end(), _word_value(match))


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(escape[3], escape[3])


def _word_value(match: re.Match[str]) -> bool | float | None:
    word, sign, hexadecimal, special, decimal = match.groups()
    if word:
        return _WORDS[word]
    if hexadecimal:
        return int(sign + hexadecimal, 16)
    # Python refuses to read very long integers; JavaScript reads every number as a double.
    whole = decimal and decimal.isdigit() and len(decimal) < 400
    return int(sign + decimal) if whole else float(sign + (special or decimal))


def _is_name(text: str) -> bool:
    from unicodedata import category

    letters = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"}
    parts = letters | {"Mn", "Mc", "Nd", "Pc"}
    first = text[0]
    return (first in "$_" or category(first) in letters) and all(
        char in "$\u200c\u200d" or category(char) in parts for char in text
    )


def _why_no_value(char: str) -> str:
    """Never the text itself: what stands where a value is missing may be a secret without its quotes."""
    if not char:
        return "the text ends where a value is expected"
    if char == "#":
        return "expected a value; a comment starts with //, not with #"
    if char in "\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb":
        return "expected a value; text stands in straight quotes, not in typographic ones"
    if char.isalnum():
        return "expected a value; text needs quotes, and numbers are written as in JavaScript"
    return "expected a value"
