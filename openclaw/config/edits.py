"""The smallest edit of a JSON5 text: pure functions from text to text, the bytes outside the edited place untouched.

A new member is written as its siblings are: indentation, one line or many, quotes of keys, trailing comma, newlines.
A comment that follows a member on its line belongs to it: a new last member comes after the comment of the one before,
and a deleted member takes its comment with it, unless it shares that line with a neighbour. Comments on lines of their
own stay. Of duplicate keys the last one, which is the effective one, is edited; a deletion removes them all.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from openclaw.config.guard import same, shown
from openclaw.config.json5 import BOM, KeyPath
from openclaw.config.spans import LINE_ENDS, Member, Node, find, parse, skip
from openclaw.config.style import (
    BLANK,
    LINE_END,
    Style,
    after_comma,
    before_blanks,
    containers_of,
    indentation,
    line_start,
    member_indentation,
    member_text,
    newline_of,
    past_blanks,
    spans_lines,
    starts_line,
    style_of,
    value_text,
)
from openclaw.errors import Refusal
from openclaw.frozen import replace
from openclaw.text import JS_WHITESPACE

_LINE_COMMENT = rf"//[^{LINE_ENDS}]*"
# The comments that start on the line; an insertion goes after a block that goes on below, a deletion leaves it alone.
_COMMENTS = re.compile(rf"(?:[{BLANK}]*(?:/\*[\s\S]*?\*/|({_LINE_COMMENT})))*")
_COMMENTS_OF_LINE = re.compile(rf"(?:[{BLANK}]*(?:/\*[^{LINE_ENDS}]*?\*/|({_LINE_COMMENT})))*")


def set_value(text: str, path: KeyPath, value: Any) -> str:
    """`text` with `value` at `path`; missing parents are made. An equal value there: `text` itself.

    An `int` in the path means an existing element of a list. A text without a value becomes a new document. Raises
    Refusal where the path leads through something else than an object, Unreadable where the text cannot be parsed.
    """
    if not path:
        raise Refusal("a configuration is changed key by key, not as a whole")
    if skip(text, 0) == len(text):
        return _new_document(text, _nested(path, value, path))
    root = _root(text)
    trail = _trail(root, path)
    if len(trail) == len(path):
        return _replaced(text, root, trail, value)
    rest = path[len(trail) :]
    parent = trail[-1].node if trail else root
    if not isinstance(parent.value, dict) or not isinstance(rest[0], str):
        _refuse_path(path, len(trail), parent)
    added = _nested(rest[1:], value, path)
    return (_appended if parent.members else _filled)(text, root, trail, rest[0], added)


def delete(text: str, path: KeyPath) -> str:
    """`text` without the member (or list element) at `path`; `text` itself where there is none.

    Raises Refusal for a document that is not an object, Unreadable where the text cannot be parsed.
    """
    while skip(text, 0) < len(text):
        root = _root(text)
        member = find(root, path)
        if member is None:
            break
        parent = find(root, path[:-1])
        text = _without(text, parent.node if parent else root, member)
        if isinstance(member.key, int):
            break  # another element has this index now
    return text


def _root(text: str) -> Node:
    root = parse(text)
    if not isinstance(root.value, dict):
        raise Refusal("the document is not an object, so it has no keys to change")
    return root


def _trail(root: Node, path: KeyPath) -> list[Member]:
    """The members along `path`, as far as they exist."""
    trail: list[Member] = []
    for part in path:
        member = find(trail[-1].node if trail else root, (part,))
        if member is None:
            break
        trail.append(member)
    return trail


def _nested(path: KeyPath, value: Any, whole: KeyPath) -> Any:
    for part in reversed(path):
        if not isinstance(part, str):
            raise Refusal(f"there is no list element at {shown(whole)}")
        value = {part: value}
    return value


def _refuse_path(path: KeyPath, depth: int, parent: Node) -> NoReturn:
    reached = shown(path[:depth]) if depth else "the document"
    if isinstance(parent.value, list) and isinstance(path[depth], int):
        raise Refusal(f"{reached} has no element {path[depth]}: {shown(path)} cannot be set")
    needed = "an object" if isinstance(path[depth], str) else "a list"
    raise Refusal(f"{reached} is not {needed}: {shown(path)} cannot be set")


def _new_document(text: str, value: Any) -> str:
    newline = newline_of(text)
    comments = text.removeprefix(BOM).strip(JS_WHITESPACE)
    start = newline if comments and not text.endswith(tuple(LINE_ENDS)) else ""
    return text + start + value_text(value, Style(newline)) + newline


def _replaced(text: str, root: Node, trail: list[Member], value: Any) -> str:
    member = trail[-1]
    old = member.node
    if same(old.value, value):
        return text
    parent = trail[-2].node if len(trail) > 1 else root
    lines = spans_lines(text, old) if old.members else starts_line(text, member.start)
    indent = indentation(text, member.start) if lines else None
    style = replace(style_of(text, root, *containers_of(old), parent), indent=indent)
    return text[: old.start] + value_text(value, style) + text[old.end :]


def _appended(text: str, root: Node, trail: list[Member], key: str, value: Any) -> str:
    """After the last member and the comment on its line; the comma goes directly after the value."""
    parent = trail[-1].node if trail else root
    last = parent.members[-1]
    style = style_of(text, root, parent)
    end = last.node.end
    after = after_comma(text, end) or end
    comments = _COMMENTS.match(text, after)
    place = comments.end() if comments else after
    if starts_line(text, last.start) or (comments and comments[1] is not None):
        style = replace(style, indent=member_indentation(text, parent, style))
        lead = f"{style.newline}{style.indent}"
    else:
        style = replace(style, indent=None)
        lead = style.gap
    added = lead + member_text(key, value, style) + ("," if after > end else "")
    comma = "" if after > end else ","
    return text[:end] + comma + text[end:place] + added + text[place:]


def _filled(text: str, root: Node, trail: list[Member], key: str, value: Any) -> str:
    """The first member of an empty object, after the comments that may be in it."""
    parent = trail[-1].node if trail else root
    style = style_of(text, root, parent)
    first, last = parent.start + 1, parent.end - 1
    kept = text[first:last].rstrip(JS_WHITESPACE)
    place = first + len(kept)
    line_end = LINE_END.search(text, place, last)
    if not (line_end or spans_lines(text, parent) or not trail or starts_line(text, trail[-1].start)):
        padding = " " if kept else style.padding
        added = member_text(key, value, replace(style, indent=None))
        return text[:place] + padding + added + padding + text[last:]
    outer = indentation(text, trail[-1].start if trail else root.start)
    style = replace(style, indent=outer + style.unit)
    added = f"{style.newline}{style.indent}{member_text(key, value, style)}"
    if line_end:
        return text[: line_end.start()] + added + text[line_end.start() :]
    return text[:place] + added + style.newline + outer + text[last:]


def _without(text: str, parent: Node, member: Member) -> str:
    index = parent.members.index(member)
    previous = parent.members[index - 1] if index else None
    comma = after_comma(text, member.node.end)
    start, end = _cut(text, member, previous)
    cuts = [(start, end)]
    if comma is not None and comma > end:
        cuts.append((comma - 1, comma))
    if comma is None and previous is not None:
        before = after_comma(text, previous.node.end) or start
        cuts.append((before - 1, before))
    if len(parent.members) == 1:
        cuts = _with_emptied(text, parent, cuts)
    for first, last in sorted(cuts, reverse=True):
        text = text[:first] + text[last:]
    return text


def _cut(text: str, member: Member, previous: Member | None) -> tuple[int, int]:
    """The member with its comma and comment: whole lines where it stands alone on them."""
    start, end = member.start, _own_end(text, member)
    shared = previous is not None and not LINE_END.search(text, previous.node.end, start)
    comments = _COMMENTS_OF_LINE.match(text, end)
    tail = past_blanks(text, comments.end() if comments else end)
    line_end = LINE_END.match(text, tail)
    if line_end and not shared:
        if starts_line(text, start):
            return line_start(text, start), line_end.end()
        return before_blanks(text, start), tail
    following = text[past_blanks(text, end)]
    if following in "}]" or LINE_END.match(text, past_blanks(text, end)):
        return before_blanks(text, start), end
    return start, past_blanks(text, end)


def _own_end(text: str, member: Member) -> int:
    """After the comma, or what there is before it or before the closing bracket, when all that is on one line."""
    end = member.node.end
    stop = skip(text, end)
    if LINE_END.search(text, end, stop):
        return end
    return stop + 1 if text[stop] == "," else max(end, before_blanks(text, stop))


def _with_emptied(text: str, parent: Node, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cuts, or the whole inside of the brackets when they would leave only white space there."""
    first, last = parent.start + 1, parent.end - 1
    left, at = "", first
    for start, end in sorted(cuts):
        left += text[at:start]
        at = end
    return cuts if (left + text[at:last]).strip(JS_WHITESPACE) else [(first, last)]
