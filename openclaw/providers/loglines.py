"""Lines of OpenClaw's logs: their text, their time, and whether they belong to this installation. Pure.

The daily log in /tmp/openclaw is shared by all homes of a host, and most of its lines name none. A line counts as ours
only where a path below our state directory stands in it, where it has a run or a trace in common with such a line, or
where the log names no other home at all.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

LONGEST = 16 * 1024  # characters of a line that are looked at
LEAVES = 60  # of a JSON line
# Members that say nothing about what happened, and numbers that could be taken for codes.
SKIPPED = frozenset({"_meta", "time", "hostname", "spanId", "traceFlags", "tags", "event"})
LINKS = frozenset({"runId", "traceId", "sessionId"})
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?"
_LINK = r"\b(?:runId|traceId|sessionId)[=:\"' ]+([A-Za-z0-9-]{8,})"
_PATH = r"(?<![\w.~/-])~?/[^\s\"'<>|,;:()\[\]{}]+"
# What a state directory is recognised by in a path: its usual names, else the files that only it has.
_HOME = (
    r"(.*?/\.(?:openclaw|clawdbot|moltbot|moldbot)[\w.-]*)(?:/|$)"
    r"|(.+?)/(?:openclaw\.json|agents/[\w.-]+/(?:agent|sessions)|state/openclaw\.sqlite)(?:/|$)"
)


@frozen
class Line:
    """One line. `at`: epoch milliseconds, None where no line up to it says when; `links`: its run or trace."""

    text: str
    number: int | None = None
    at: int | None = None
    links: frozenset[str] = frozenset()


def parse(lines: Sequence[str], first: int | None = 1, telling: Callable[[str], bool] | None = None) -> list[Line]:
    """Lines as they stand in a log, JSON or text; one without a time has that of the line before it.

    JSON lines, which have times of their own, are taken apart only where they are `telling`.
    """
    found: list[Line] = []
    last: int | None = None
    for index, raw in enumerate(lines):
        if telling and raw.startswith("{") and not telling(raw):
            continue
        text, at, links = _json(raw) if raw.startswith("{") else _plain(raw)
        last = at if at is not None else last
        found.append(Line(text, None if first is None else first + index, last, links))
    return found


def ours(lines: Sequence[Line], state: str, short: str) -> list[Line]:
    """The lines of a log of many homes that certainly belong to the state directory `state` (`short`: with `~`)."""
    owners = [_homes(line.text, state, short) for line in lines]
    mine = [own for own, _ in owners]
    if not any(mine):
        return []
    if not any(other for _, other in owners):
        return list(lines)
    certain = [line for line, (own, other) in zip(lines, owners, strict=True) if own and not other]
    linked = {link for line in certain for link in line.links}
    return [
        line for line, (own, other) in zip(lines, owners, strict=True) if not other and (own or line.links & linked)
    ]


def _homes(text: str, state: str, short: str) -> tuple[bool, bool]:
    """(a path below the state directory is in it, one of another home is). `~` alone proves nothing: whose?"""
    if "/" not in text:
        return False, False
    paths = _paths().findall(text)
    mine = [path for path in paths if path == state or path.startswith(f"{state}/")]
    others = {_home_of(path) for path in paths if path not in mine} - {"", short}
    return bool(mine), bool(others)


def _home_of(path: str) -> str:
    """The state directory that a path is in by its names; "" where it looks like none."""
    match = _home().match(path)
    return (match[1] or match[2]) if match else ""


def _plain(raw: str) -> tuple[str, int | None, frozenset[str]]:
    text = raw[:LONGEST]
    match = _times().search(text[:80])
    return text, moment(match[0]) if match else None, frozenset(_links().findall(text))


def _json(raw: str) -> tuple[str, int | None, frozenset[str]]:
    """Text, time and links of a line of the daily log (2026.2 and 2026.9): arguments under numbers, `time`."""
    try:
        document = json.loads(raw[: 4 * LONGEST])
    except (ValueError, RecursionError):
        return _plain(raw)
    if not isinstance(document, dict):
        return _plain(raw)
    leaves = list(_leaves(document))[:LEAVES]
    named = [value for key, value in leaves if key in LINKS]
    text = " ".join(dict.fromkeys(_shown(key, value) for key, value in leaves))[:LONGEST]
    at = document.get("time")
    links = frozenset([*named, *_links().findall(text)])
    return text, moment(at) if isinstance(at, str) else None, links


def _leaves(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    queue: list[tuple[str, Any]] = [(key, value) for key, value in document.items() if key not in SKIPPED]
    for _ in range(10 * LEAVES):
        if not queue:
            return
        key, value = queue.pop(0)
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            queue += [(name, item) for name, item in value.items() if name not in SKIPPED]
        elif isinstance(value, list):
            queue += [("", item) for item in value[:20]]


def _shown(key: str, value: str) -> str:
    """Only what tells the provider keeps its name; a hash has nothing to say."""
    if "provider" in key.lower() and re.fullmatch(r"[a-z0-9._-]{1,40}", value):
        return f"{key}={value}"
    return "" if value.startswith("sha256:") else value


def moment(text: str) -> int | None:
    """Epoch milliseconds of a time in a log; one without a zone is taken for UTC, as OpenClaw writes it."""
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def stamp(at: int) -> str:
    """`2026-02-03 04:05 UTC` of epoch milliseconds."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def journal(out: str) -> Iterable[Line]:
    """The lines of `journalctl -o json`, newest first as they were asked for."""
    for raw in out.splitlines():
        try:
            entry = json.loads(raw)
            message, stamp = entry["MESSAGE"], int(entry["__REALTIME_TIMESTAMP"]) // 1000
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(message, list):  # what is no UTF-8 comes as numbers
            numbers = (item for item in message if isinstance(item, int) and 0 <= item < 256)
            message = bytes(numbers).decode("utf-8", "replace")
        if isinstance(message, str):
            [line] = parse([message])
            yield Line(line.text, None, stamp, line.links)


@cache
def _times() -> re.Pattern[str]:
    return re.compile(_TIME)


@cache
def _links() -> re.Pattern[str]:
    return re.compile(_LINK)


@cache
def _paths() -> re.Pattern[str]:
    return re.compile(_PATH)


@cache
def _home() -> re.Pattern[str]:
    return re.compile(_HOME)
