"""How the text around a place is written, and a value written the same way."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from openclaw.config.json5 import BOM
from openclaw.config.spans import LINE_ENDS, Member, Node, skip
from openclaw.frozen import frozen, replace
from openclaw.text import JS_WHITESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

BLANK = "".join(char for char in JS_WHITESPACE if char not in LINE_ENDS)
_NEWLINE = re.compile(r"\r\n|\n|\r")
LINE_END = re.compile(rf"\r\n|[{LINE_ENDS}]")
ENOUGH = 200  # objects and lists that show the style of a document: there may be thousands more
_COLON = re.compile(r"[ \t]*:[ \t]*")
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NOT_FOR_FILES = re.compile("[\u2028\u2029\ud800-\udfff]")  # allowed in JSON5, but ends lines or cannot be encoded


@frozen
class Style:
    """How the text around writes objects. `indent` is that of the line a value stands on; None: all on one line."""

    newline: str = "\n"
    unit: str = "  "
    indent: str | None = ""
    padding: str = ""
    colon: str = ": "
    bare: bool = False
    trailing: bool = False

    @property
    def gap(self) -> str:
        return " " if self.colon.endswith((" ", "\t")) else ""

    def inner(self) -> Style:
        return self if self.indent is None else replace(self, indent=self.indent + self.unit)


def member_text(key: str, value: Any, style: Style) -> str:
    name = key if style.bare and _NAME.fullmatch(key) else _scalar(key)
    return f"{name}{style.colon}{value_text(value, style)}"


def value_text(value: Any, style: Style) -> str:
    """`value` as the text of a member on a line indented by `style.indent`."""
    inner = style.inner()
    if isinstance(value, dict):
        return _bracketed("{}", [member_text(key, item, inner) for key, item in value.items()], style)
    if isinstance(value, list | tuple):
        return _bracketed("[]", [value_text(item, inner) for item in value], style)
    return _scalar(value)


def _bracketed(brackets: str, items: list[str], style: Style) -> str:
    if not items:
        return brackets
    if style.indent is None:
        padding = style.padding if brackets == "{}" else ""
        return f"{brackets[0]}{padding}{f',{style.gap}'.join(items)}{padding}{brackets[1]}"
    line = f"{style.newline}{style.inner().indent}"
    comma = "," if style.trailing else ""
    return f"{brackets[0]}{line}{f',{line}'.join(items)}{comma}{style.newline}{style.indent}{brackets[1]}"


def _scalar(value: Any) -> str:
    return _NOT_FOR_FILES.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(value, ensure_ascii=False))


def style_of(text: str, root: Node, *containers: Node) -> Style:
    """The style of the first of `containers` that shows one, else of the document; without an `indent`."""
    everything = list(islice(containers_of(root), ENOUGH))
    siblings = next(filter(None, map(_keys, containers)), [])
    keys = siblings or [key for node in everything for key in _keys(node)]
    bare = sum(text[key.start] not in "\"'" for key in keys)
    colon = _COLON.fullmatch(text, keys[-1].key_end, keys[-1].node.start) if keys else None
    return Style(
        newline=newline_of(text),
        unit=next(filter(None, (_unit(text, node) for node in everything)), "  "),
        padding=" " if any(_is_padded(text, node) for node in everything) else "",
        colon=colon[0] if colon else ": ",
        bare=bare == len(keys) if siblings else bare * 2 > len(keys),
        trailing=next((_trailing_comma(text, node) for node in containers if node.members), False),
    )


def containers_of(node: Node) -> Iterator[Node]:
    yield node
    for member in node.members:
        yield from containers_of(member.node)


def _keys(node: Node) -> list[Member]:
    return [member for member in node.members if isinstance(member.key, str)]


def _is_padded(text: str, node: Node) -> bool:
    return bool(_keys(node)) and text.startswith("{ ", node.start) and text.endswith(" }", node.start, node.end)


def _unit(text: str, container: Node) -> str:
    if not container.members or not starts_line(text, container.members[0].start):
        return ""
    outer, inner = indentation(text, container.start), indentation(text, container.members[0].start)
    return inner[len(outer) :] if inner.startswith(outer) else ""


def member_indentation(text: str, parent: Node, style: Style) -> str:
    for member in reversed(parent.members):
        if starts_line(text, member.start):
            return indentation(text, member.start)
    return indentation(text, parent.start) + style.unit


def _trailing_comma(text: str, container: Node) -> bool:
    return after_comma(text, container.members[-1].node.end) is not None


def newline_of(text: str) -> str:
    match = _NEWLINE.search(text)
    return match[0] if match else "\n"


def after_comma(text: str, end: int) -> int | None:
    """The offset after the comma that follows a value, or None without one."""
    stop = skip(text, end)
    return stop + 1 if text.startswith(",", stop) else None


def line_start(text: str, at: int) -> int:
    return max(text.rfind(end, 0, at) for end in LINE_ENDS) + 1


def starts_line(text: str, at: int) -> bool:
    return before_blanks(text, at) == line_start(text, at) > 0


def indentation(text: str, at: int) -> str:
    start = line_start(text, at)
    return text[start : past_blanks(text, start)].removeprefix(BOM)


def spans_lines(text: str, node: Node) -> bool:
    return bool(LINE_END.search(text, node.start, node.end))


def past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in BLANK:
        at += 1
    return at


def before_blanks(text: str, at: int) -> int:
    while at > 0 and text[at - 1] in BLANK:
        at -= 1
    return at
