"""JSON5 read as plain values; where a value stands and how it is changed is in `spans` and `edits`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

KeyPath = tuple[str | int, ...]

BOM = "\ufeff"
MAX_DEPTH = 200  # brackets within brackets; far from Python's recursion limit, for us and for whoever walks the value

# What pyjson5 lets through and JSON5, and so the gateway, does not: 1_0, +_1, 1., 1.5., .e1, 0e, 0e1.1, +-1, \01, and a
# digit at the start of a bare key, written \u0031. Where a text might have one, the parser of ours decides.
_PYJSON5_IS_LAX = r"[0-9a-fA-FxX.+-]_|\.(?![0-9])|\.[0-9]*\.|0[eE]|[0-9+-][+-]|\\0[0-9]|\\u"


def loads(text: str, path: Path | None = None) -> Any:
    """The value of a JSON5 text, at most `MAX_DEPTH` deep. Of duplicate keys the last wins, as in JavaScript.

    Raises Unreadable with `path`, line, column and a reason. It is raised outside of every `except`: the readers' own
    exceptions carry the text, and would hang on it as its context.
    """
    for read in (_by_json, _by_pyjson5):
        if found := read(text):
            return found[0]
    from openclaw.config.spans import parse

    return parse(text, path).value


def locate(text: str, path: KeyPath) -> tuple[int, int] | None:
    """Line and column where the key (or the list element) at `path` stands; None when it is not there.

    For many places in one text, call `spans.parse` once, then `spans.find` and `spans.position`.
    """
    from openclaw.config.spans import find, parse, position

    root = parse(text)
    if not path:
        return position(text, root.start)
    member = find(root, path)
    return position(text, member.start) if member else None


def _by_json(text: str) -> tuple[()] | tuple[Any]:
    try:
        value = json.loads(text.removeprefix(BOM))
    except (ValueError, RecursionError):
        return ()
    return (value,) if within_depth(value) else ()


def _by_pyjson5(text: str) -> tuple[()] | tuple[Any]:
    import re

    if re.search(_PYJSON5_IS_LAX, text):
        return ()
    import pyjson5

    try:
        return (pyjson5.decode(text, MAX_DEPTH),)
    except (pyjson5.Json5Exception, ValueError, RecursionError):
        return ()


def within_depth(value: Any) -> bool:
    """Whether no more than `MAX_DEPTH` objects and lists are within each other."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for item in level if isinstance(item, dict | list) for child in _children(item)]
        if not level:
            return True
    return False


def _children(container: dict[str, Any] | list[Any]) -> Any:
    return container.values() if isinstance(container, dict) else container
