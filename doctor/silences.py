"""Silences: findings that somebody has decided to live with, with a reason and often an end.

They stand in a file of our own state directory (`doctor silence`), or in one that is handed in (`--silences`, TOML or
JSON). Pure, but for `read` and `keep`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from doctor.report import Aside
from openclaw.errors import Unreadable
from openclaw.frozen import frozen, replace
from openclaw.text import tilde

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from doctor.report import Outcome, Report
    from openclaw.finding import Finding

NAME = "silences.json"
VERSION = 1
MEMBERS = ("id", "target", "reason", "until")


@frozen
class Silence:
    """`id`: a check, an area or a glob over ids. `target`: that of the finding, or its path; "" for all.

    `until`: the last day that it counts, `YYYY-MM-DD` in UTC; "" for ever. `source`: the file it was handed in with, ""
    for our own.
    """

    id: str
    reason: str
    target: str = ""
    until: str = ""
    source: str = ""

    def over(self, today: str) -> bool:
        """Whether it has ended. Dates in this form compare as text."""
        return bool(self.until) and self.until < today

    def covers(self, finding: Finding, user: Path) -> bool:
        """Whether a finding is meant."""
        if not named(finding.check_id, self.id):
            return False
        path = finding.where.path if finding.where else ""
        return self.target in ("", finding.target, path, tilde(path, user) if path else "")

    def document(self) -> dict[str, str]:
        """As it is stored."""
        members = {"id": self.id, "target": self.target, "reason": self.reason, "until": self.until}
        return {name: value for name, value in members.items() if value}


def named(check_id: str, name: str) -> bool:
    """Whether a name means a check: its id, its area, or a glob over ids."""
    if name in (check_id, check_id.split("/", 1)[0]):
        return True
    from fnmatch import fnmatchcase

    return any(char in name for char in "*?[") and fnmatchcase(check_id, name)


def day(milliseconds: int) -> str:
    """The day of a time, in UTC."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d")


def is_day(text: str) -> bool:
    """Whether a text is a date as `until` has it."""
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read(path: Path, *, given: bool = False) -> tuple[Silence, ...]:
    """The silences of a file; none where our own does not exist. Unreadable: one that is not sound, with the place.

    `given`: it was handed in, and has to exist.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        if not given:
            return ()
        raise Unreadable("there is no such file of silences", path=path) from error
    except OSError as error:
        raise Unreadable(f"the silences cannot be read: {error.strerror}", path=path) from error
    return parsed(_document(data, path), path, source=str(path) if given else "")


def _document(data: bytes, path: Path) -> Any:
    try:
        text = data.decode("utf-8-sig")
        if path.suffix.lower() == ".toml":
            import tomllib

            return tomllib.loads(text)
        return json.loads(text)
    except UnicodeDecodeError as error:
        raise Unreadable("the silences are not UTF-8", path=path) from error
    except RecursionError as error:
        raise Unreadable("the silences are nested too deeply", path=path) from error
    except ValueError as error:  # both parsers name line and column in their words
        raise Unreadable(
            f"the silences cannot be parsed: {error}",
            path=path,
            line=getattr(error, "lineno", None),
            hint="mend the file, or move it away",
        ) from error


def parsed(document: Any, path: Path, *, source: str = "") -> tuple[Silence, ...]:
    """`{"silences": [{"id", "reason", "target"?, "until"?}]}` as values."""
    rows = document.get("silences") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise Unreadable("there is no list `silences` in it", path=path)
    return tuple(_silence(row, f"silence {number}", path, source) for number, row in enumerate(rows, 1))


def _silence(row: Any, where: str, path: Path, source: str) -> Silence:
    if not isinstance(row, dict):
        raise Unreadable(f"{where} is not an object", path=path)
    values = {name: row.get(name, "") for name in MEMBERS}
    if hasattr(values["until"], "isoformat"):  # TOML has dates
        values["until"] = values["until"].isoformat()[:10]
    if wrong := next((name for name, value in values.items() if not isinstance(value, str)), ""):
        raise Unreadable(f"{where}: `{wrong}` is not a text", path=path)
    if missing := next((name for name in ("id", "reason") if not values[name].strip()), ""):
        raise Unreadable(f"{where} has no `{missing}`", path=path)
    if values["until"] and not is_day(values["until"]):
        raise Unreadable(f"{where}: `until` is not a date like 2026-12-31", path=path)
    if surplus := next((name for name in row if name not in MEMBERS), ""):
        raise Unreadable(f"{where} has a member `{surplus}` that nothing reads", path=path)
    return Silence(**values, source=source)


def keep(path: Path, silences: Iterable[Silence]) -> None:
    """Writes our own file, whole or not at all, for its owner only."""
    from openclaw.change import atomic, directories

    document = {"version": VERSION, "silences": [item.document() for item in silences]}
    directories.make(directories.missing([path]))
    atomic.write(path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(), mode=0o600)


def change(path: Path, how: Callable[[tuple[Silence, ...]], Iterable[Silence]]) -> tuple[Silence, ...]:
    """Reads, changes and writes our own file, with no other run of this program in between; what is in it then."""
    from openclaw.change import directories, serial

    directories.make(directories.missing([path]))
    with serial.alone(path.parent):
        kept = tuple(how(read(path)))
        keep(path, kept)
    return kept


def path_for(state: Path, env: Mapping[str, str], user: Path) -> Path:
    """Our own file for the installation in `state`. Makes nothing."""
    from openclaw.change.place import folder_for

    return folder_for(state, env, user) / NAME


def apply(report: Report, silences: Sequence[Silence], today: str, user: Path) -> Report:
    """The report with what is silenced put aside."""
    live = [item for item in silences if not item.over(today)]
    return replace(report, outcomes=tuple(_applied(item, live, user) for item in report.outcomes)) if live else report


def _applied(outcome: Outcome, live: Sequence[Silence], user: Path) -> Outcome:
    counting: list[Finding] = []
    aside = list(outcome.aside)
    for finding in outcome.findings:
        silence = next((item for item in live if item.covers(finding, user)), None)
        if silence is None:
            counting.append(finding)
        else:
            aside.append(Aside(finding, silence.reason, silence.until))
    return (
        replace(outcome, findings=tuple(counting), aside=tuple(aside)) if len(aside) > len(outcome.aside) else outcome
    )
