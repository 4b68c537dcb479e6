"""The text of an answers file: its data, and the line on which each answer stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from openclaw.errors import Failure, UsageFailure
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST = 256 * 1024  # bytes
SEARCHED = 400  # lines; a TOML file that is longer has no line numbers in what is told about it


@frozen
class Text:
    """One answers file."""

    path: Path
    text: str
    document: dict[str, Any]

    def place(self, *names: str) -> str:
        """`file:line: name` of an answer, the line as far as it can be told."""
        line = (_line_json if _is_json(self.path, self.text) else _line_toml)(self.text, names)
        return f"{self.path.name}{f':{line}' if line else ''}: {'.'.join(names)}"


def read(path: Path) -> Text:
    """The file. Raises UsageFailure with the place of what cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UsageFailure("it is too large for an answers file", path=path)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UsageFailure(f"it cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise UsageFailure(f"it is not UTF-8 (byte {error.start + 1})", path=path) from None
    document = _json(text, path) if _is_json(path, text) else _toml(text, path)
    if not isinstance(document, dict):
        raise UsageFailure("it is not a table of answers", path=path)
    return Text(path, text, document)


def _is_json(path: Path, text: str) -> bool:
    return path.suffix == ".json" or text.lstrip().startswith("{")


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        line, column, why = error.lineno, error.colno, error.msg
    except _Twice as error:
        raise UsageFailure(f"{error.args[0]} stands in it twice", path=path) from None
    except RecursionError:
        line, column, why = None, None, "it is too deep"
    # Raised outside of the `except`: the reader's own exception carries the text, which may hold a secret.
    raise UsageFailure(f"it is not JSON: {why}", path=path, line=line, column=column)


class _Twice(Exception):
    """A member stands twice in a table; which of them would count is a guess."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found


def _toml(text: str, path: Path) -> Any:
    import re
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = str(error)
    place = re.search(r" \(at line (\d+), column (\d+)\)$", why)
    line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, None)
    # What tomllib quotes of the text may be a secret.
    why = re.sub(r"(['\"]).*\1", "a value", why.partition(" (at ")[0])
    raise UsageFailure(f"it is not TOML: {why}", path=path, line=line, column=column)


def _line_json(text: str, names: Sequence[str]) -> int | None:
    from openclaw.config.json5 import locate

    try:
        found = locate(text, tuple(names))
    except Failure:
        return None
    return found[0] if found else None


def _line_toml(text: str, names: Sequence[str]) -> int | None:
    """The line on which a statement begins: TOML's own reader tells where one ends, by what it takes as whole."""
    import tomllib

    lines = text.splitlines()
    whole = 0  # lines that are read already
    for end in range(1, min(len(lines), SEARCHED) + 1):
        try:
            document = tomllib.loads("\n".join(lines[:end]))
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        if _has(document, names):
            return whole + 1
        whole = end
    return None


def _has(document: Any, names: Sequence[str]) -> bool:
    for name in names:
        if not isinstance(document, dict) or name not in document:
            return False
        document = document[name]
    return True
