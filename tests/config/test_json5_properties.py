"""Laws of reading and editing, over generated documents in every style a person may write."""

from __future__ import annotations

import json
import math
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pyjson5
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openclaw.config.edits import delete, set_value
from openclaw.config.guard import check_edit, same
from openclaw.config.json5 import KeyPath, loads
from openclaw.config.spans import Node, find, parse
from openclaw.errors import Refusal, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

COMMENT = re.compile(r"#\d+#")  # every generated comment has one, and nothing else has

KEYS = st.sampled_from(["a", "b", "model", "$x", "zai:default", "anthropic/claude", "é", "", "'", '"', "0", "null"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="#"), max_size=6)
FLOATS = st.floats(allow_nan=False, width=32)
SCALARS = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | FLOATS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
RANDOM = st.randoms(use_true_random=False)


class Writer:
    """A JSON5 text of a value in a random style: newlines, indentation, comments, quotes, commas, number forms."""

    def __init__(self, random: Random, comments: bool = True, escapes: bool = True) -> None:
        self.random = random
        self.newline = random.choice(["\n", "\r\n", "\r"])
        self.unit = random.choice(["  ", "    ", "\t", ""])
        self.comments = random.choice([0.0, 0.1, 0.4]) if comments else 0.0
        self.escapes = escapes
        self.one_line = random.choice([0.0, 0.3, 1.0])
        self.trailing = random.choice([0.0, 0.5, 1.0])
        self.bare = random.choice([0.0, 0.5, 1.0])
        self.count = 0

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def comment(self, line_comment: bool) -> str:
        if not self.chance(self.comments):
            return ""
        self.count += 1
        inside = self.random.choice(["", "{ , }", "'", '"', "a: 1", "]", "* /", "\\"])
        if line_comment and self.chance(0.5):
            return f" // #{self.count}# {inside}{self.newline}"
        middle = self.newline if self.chance(0.2) else ""
        return f" /* #{self.count}# {middle}{inside} */ "

    def document(self, value: Any) -> str:
        start = "\ufeff" if self.chance(0.2) else ""
        return f"{start}{self.comment(True)}{self.value(value, 0)}{self.space()}{self.comment(True)}"

    def space(self) -> str:
        return self.random.choice(["", "", " ", "  ", "\t", "\u00a0"])

    def value(self, value: Any, depth: int) -> str:
        if isinstance(value, dict):
            members = [(f"{self.key(key)}{self.colon()}", item) for key, item in value.items()]
            if members and self.chance(0.1):  # a duplicate key, the earlier one without effect
                members.insert(0, (f"{self.key(self.random.choice(list(value)))}:", self.random.choice([0, {}, "old"])))
            return self.container("{}", members, depth)
        if isinstance(value, list):
            return self.container("[]", [("", item) for item in value], depth)
        return self.text(value) if isinstance(value, str) else self.number(value)

    def container(self, brackets: str, members: list[tuple[str, Any]], depth: int) -> str:
        lines = not self.chance(self.one_line)
        line = self.newline + self.unit * (depth + 1) if lines else self.space()
        parts = [brackets[0]]
        for index, (key, item) in enumerate(members):
            last = index == len(members) - 1
            above = (
                line + self.comment(True).strip("\r\n") + line if lines and self.chance(0.3) else self.comment(lines)
            )
            comma = "," if not last or self.chance(self.trailing) else ""
            parts += [above, line, key, self.value(item, depth + 1), self.comment(lines), comma, self.comment(lines)]
        end = self.newline + self.unit * depth if lines else self.space()
        return "".join([*parts, self.comment(lines), end, brackets[1]])

    def colon(self) -> str:
        before, after = self.random.choice(["", "", " "]), self.random.choice([" ", ""])
        return f"{self.comment(True)}{before}:{after}{self.comment(True)}"

    def key(self, key: str) -> str:
        bare = re.fullmatch(r"[^\W\d]\w*|\$x", key) and self.chance(self.bare)
        if bare and self.escapes and self.chance(0.05):
            return f"\\u{ord(key[0]):04x}{key[1:]}"
        return key if bare else self.text(key)

    def text(self, text: str) -> str:
        if self.chance(0.5):
            return json.dumps(text, ensure_ascii=self.escapes and self.chance(0.5))
        body = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
        continued = self.escapes and not text.startswith("\n") and self.chance(0.1)
        return f"'\\{self.newline}{body}'" if continued else f"'{body}'"

    def number(self, value: float | None) -> str:
        if value is None or isinstance(value, bool):
            return json.dumps(value)
        if isinstance(value, int):
            hexadecimal = f"{'-' if value < 0 else ''}0x{abs(value):{self.random.choice('xX')}}"
            return self.random.choice([str(value), hexadecimal, f"{value}.", f"+{value}" if value >= 0 else str(value)])
        text = repr(value).replace("inf", "Infinity")
        return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) and text not in ("0.0", "-0.0") else text


def walk(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path] * bool(path) + [found for key, item in items for found in walk(item, (*path, key))]


def patched(value: Any, path: KeyPath, new: Any) -> Any:
    """What `set_value` means, on plain values; None where the path leads through something else than an object."""
    value = deepcopy(value)
    at = value
    for part, following in zip(path, [*path[1:], None], strict=True):
        exists = (
            part in at if isinstance(at, dict) else isinstance(at, list) and isinstance(part, int) and part < len(at)
        )
        if not exists and not (isinstance(at, dict) and isinstance(part, str)):
            return None
        if following is None:
            at[part] = new
        elif not exists:
            at[part] = {}
        at = at[part]
    return value


def without(value: Any, path: KeyPath) -> Any:
    value = deepcopy(value)
    at = value
    for part in path[:-1]:
        at = at[part]
    del at[path[-1]]
    return value


def comments_outside(text: str, start: int, end: int) -> list[str]:
    return COMMENT.findall(text[:start]) + COMMENT.findall(text[end:])


def is_subsequence(short: str, long: str) -> bool:
    characters = iter(long)
    return all(char in characters for char in short)


@settings(deadline=None)
@given(VALUES, RANDOM)
def test_both_readers_read_what_was_written(value: Any, random: Random) -> None:
    text = Writer(random).document(value)
    assert same(loads(text), value)
    assert same(parse(text).value, value)
    assert same(pyjson5.loads(text), value)


@settings(deadline=None)
@given(OBJECTS, RANDOM)
def test_every_node_stands_where_it_says(value: dict[str, Any], random: Random) -> None:
    text = Writer(random).document(value)

    def check(node: Node) -> None:
        assert same(loads(text[node.start : node.end]), node.value)
        for member in node.members:
            if isinstance(member.key, str):
                assert loads(f"{{{text[member.start : member.key_end]}:1}}") == {member.key: 1}
            assert node.start < member.start <= member.key_end <= member.node.start < member.node.end < node.end
            check(member.node)

    check(parse(text))


@settings(deadline=None)
@given(OBJECTS, RANDOM, VALUES, st.data())
def test_setting(value: dict[str, Any], random: Random, new: Any, data: st.DataObject) -> None:
    text = Writer(random).document(value)
    known = [(), *walk(value)]
    path = data.draw(st.sampled_from(known)) + tuple(data.draw(st.lists(KEYS | st.sampled_from([0, 1]), max_size=2)))
    assume(path)
    expected = patched(value, path, new)
    if expected is None:
        with pytest.raises(Refusal):
            set_value(text, path, new)
        return
    after = set_value(text, path, new)
    assert same(loads(after), expected)
    assert same(parse(after).value, expected)
    check_edit(text, after, [path])
    assert set_value(after, path, new) is after
    old = find(parse(text), path)
    if old is None:
        assert COMMENT.findall(after) == COMMENT.findall(text)
        assert is_subsequence(re.sub(r"\s", "", text), re.sub(r"\s", "", after))
        return
    start, end = old.node.start, old.node.end
    assert after[:start] == text[:start]
    assert after.endswith(text[end:])
    assert COMMENT.findall(after) == comments_outside(text, start, end) or after == text


@settings(deadline=None)
@given(OBJECTS.filter(bool), RANDOM, st.data())
def test_deleting(value: dict[str, Any], random: Random, data: st.DataObject) -> None:
    text = Writer(random).document(value)
    path = data.draw(st.sampled_from(walk(value)))
    after = delete(text, path)
    expected = without(value, path)
    assert same(loads(after), expected)
    assert same(parse(after).value, expected)
    assert is_subsequence(after, text)
    check_edit(text, after, [path if isinstance(path[-1], str) else path[:-1]])
    kept = COMMENT.findall(after)
    for comment in set(COMMENT.findall(text)) - set(kept):
        assert comment in "".join(lines_of(text, path)), "only comments in the member or on its last line may go"


def lines_of(text: str, path: KeyPath) -> list[str]:
    """The text of every member at `path`, duplicates included, each with the rest of its last line."""
    root = parse(text)
    parent = find(root, path[:-1])
    members = [member for member in (parent.node if parent else root).members if member.key == path[-1]]
    return [text[m.start : m.node.end] + re.split(r"[\r\n]", text[m.node.end :])[0] for m in members]


@settings(deadline=None)
@given(OBJECTS, RANDOM, KEYS, VALUES)
def test_setting_and_deleting_a_new_key_is_as_if_nothing_had_been(
    value: dict[str, Any], random: Random, key: str, new: Any
) -> None:
    text = Writer(random).document(value)
    assume(key not in value)
    after = delete(set_value(text, (key,), new), (key,))
    assert COMMENT.findall(after) == COMMENT.findall(text)
    if not value:
        return
    end = parse(text).members[-1].node.end
    assert after[:end] == text[:end]
    assert after[end:].removeprefix(",") == text[end:].removeprefix(",") or "//" in text[end:] or "/*" in text[end:]


def delete_one(text: str, random: Random) -> str:
    at = random.randrange(len(text))
    return text[:at] + text[at + 1 :]


def insert_one(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice("{}[]:,\"'/#@*\n;=") + text[at:]


def cut(text: str, random: Random) -> str:
    return text[: random.randrange(len(text))]


@settings(deadline=None)
@given(OBJECTS, RANDOM, st.lists(st.sampled_from([delete_one, insert_one, cut]), min_size=1, max_size=3))
def test_broken_texts(value: dict[str, Any], random: Random, breaks: list[Callable[[str, Random], str]]) -> None:
    text = Writer(random, escapes=False).document(value)
    for damage in breaks:
        text = damage(text, random) if text else text
    try:
        expected = pyjson5.loads(text)
    except pyjson5.Json5Exception:
        expected = None
    result, error = outcome(loads, text)
    if error is None:
        assert same(parse(text).value, result)
        assert expected is not None or is_stricter(result)
        assert expected is None or same(result, expected)
    else:
        assert expected is None or is_lax(text)
        assert_plausible(error, text)


def outcome(read: Callable[[str], Any], text: str) -> tuple[Any, Unreadable | None]:
    try:
        return read(text), None
    except Unreadable as error:
        return None, error


def assert_plausible(error: Unreadable, text: str) -> None:
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    assert error.line is not None
    assert error.column is not None
    assert 1 <= error.line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1


def is_lax(text: str) -> bool:
    """Where pyjson5 accepts more than JSON5: digits with `_`, a second point, an exponent without digits, two signs."""
    return bool(re.search(r"[0-9a-fA-FxX.+-]_|\.[0-9]*\.|\.(?![0-9])|0[eE]|[0-9+-][+-]|\\0[0-9]|\\u", text))


def is_stricter(value: Any) -> bool:
    """Where it accepts less: a number beyond a double, `0.e1`, half a surrogate pair."""
    if isinstance(value, dict | list):
        return any(is_stricter(item) for item in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and (math.isinf(value) or value == 0)


@settings(deadline=None)
@given(st.text(st.sampled_from("{}[]:,\"'/*\\ \n\r\ufeff\u2028ab01.eE+-x_#$u"), max_size=24))
def test_any_text_is_read_or_unreadable(text: str) -> None:
    for read in (loads, parse):
        _, error = outcome(read, text)
        if error:
            assert_plausible(error, text)
    try:
        after = set_value(text, ("a", "b"), 1)
    except (Unreadable, Refusal):
        return
    assert loads(after)["a"]["b"] == 1
