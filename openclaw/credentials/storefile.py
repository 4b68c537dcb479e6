"""The text of a credential store: read without waiting, parsed as OpenClaw parses it, and places in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from openclaw.errors import Unreadable
from openclaw.frozen import frozen
from openclaw.home import leads_nowhere
from openclaw.text import js_trim

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.config.spans import Member, Node


@frozen
class StoreProblem:
    """Why a store that exists cannot be used."""

    kind: Literal["corrupt", "unreadable"]
    message: str
    line: int | None = None
    column: int | None = None


def read_text(path: Path) -> str | StoreProblem | None:
    """The file's text; None where there is no file."""
    import stat

    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # opening a pipe would wait for a writer
            what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
            return StoreProblem("unreadable", f"cannot be read: it is {what}")
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        nowhere = leads_nowhere(path)
        return StoreProblem("unreadable", f"cannot be read: {nowhere}") if nowhere else None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        column = error.start - before.rfind(b"\n")
        return StoreProblem("corrupt", f"is not UTF-8 (byte {error.start})", before.count(b"\n") + 1, column)
    except OSError as error:
        return StoreProblem("unreadable", f"cannot be read: {error.strerror}")


def parse(text: str) -> Any | StoreProblem:
    """JSON as OpenClaw's parser takes it: no byte order mark, no NaN, no Infinity; else a problem with its place."""
    if text.startswith("\ufeff"):
        return StoreProblem("corrupt", "begins with a byte order mark, which OpenClaw cannot read", 1, 1)
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        what = f"is not valid JSON: {error.msg}" if js_trim(text) else "is empty"
        return StoreProblem("corrupt", what, error.lineno, error.colno)
    except _Constant as error:
        return StoreProblem("corrupt", f"is not valid JSON: {error} is no number there", *_constant_place(text))
    except ValueError:  # the interpreter's limit on digits
        return StoreProblem("corrupt", "is not a credential store: a number has thousands of digits", 1, 1)
    except RecursionError:
        return StoreProblem("corrupt", "is not a credential store: it is nested too deeply", 1, 1)


class Places:
    """Line and column of key paths in one text. It is parsed when first asked, and once: there may be thousands."""

    __slots__ = ("_lines", "_members", "_root", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._root: Node | None = None
        self._members: dict[int, dict[str | int, Member]] = {}  # by id of the node
        self._lines: list[int] = []

    def find(self, *keys: str | int) -> tuple[int | None, int | None]:
        """(line, column) of the key, from 1; (None, None) where it is not there or the text is not one."""
        if not self._text:
            return None, None
        if not self._lines:
            self._read()
        node, member = self._root, None
        for key in keys:
            member = self._below(node).get(key) if node else None
            if member is None:
                return None, None
            node = member.node
        return self._position(member.start) if member else (1, 1)

    def _read(self) -> None:
        import re

        from openclaw.config import spans

        self._lines = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", self._text))]
        try:
            self._root = spans.parse(self._text)
        except Unreadable:
            self._root = None

    def _below(self, node: Node) -> dict[str | int, Member]:
        if id(node) not in self._members:
            self._members[id(node)] = {member.key: member for member in node.members}  # of duplicates the last
        return self._members[id(node)]

    def _position(self, offset: int) -> tuple[int, int]:
        import bisect

        line = bisect.bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


class _Constant(Exception):
    """NaN, Infinity or -Infinity, which Python reads and JSON does not have."""


def _refuse_constant(name: str) -> Any:
    raise _Constant(name)


def _constant_place(text: str) -> tuple[int, int]:
    import re

    from openclaw.config.spans import position

    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)', text):
        if match[1]:
            return position(text, match.start())
    return 1, 1
