"""The last report, kept in our own state directory by `doctor --record`, and what changed since (`--since last`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from doctor.comparing import Difference, compare, keyed_documents
from doctor.report import NOT_SELECTED
from openclaw.errors import Failure
from openclaw.facts import Unavailable
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from openclaw.invocation import Invocation

NAME = "last-report.json"
VERSION = 1

Document = dict[str, Any]


@frozen
class Since:
    """What changed since the report of `at` (milliseconds since the epoch); the findings are JSON documents."""

    at: int
    difference: Difference[Mapping[str, Any]]

    def document(self) -> Document:
        """The `since` member of the report."""
        parts = self.difference
        prints = {"new": parts.new, "still": parts.still}
        return {
            "at": self.at,
            **{name: [item["fingerprint"] for item in found] for name, found in prints.items()},
            "gone": list(parts.gone),
            "unseen": list(parts.unseen),
        }


def path_for(facts: Mapping[str, Any], call: Invocation) -> Path:
    """The file for the installation that the facts are about. Makes nothing."""
    from openclaw.change.place import folder_for

    home = facts.get("home")
    if home is None or isinstance(home, Unavailable):
        why = home.reason if home else "it was not looked for"
        raise Failure(f"the last report belongs to an installation, and this one could not be read: {why}")
    return folder_for(home.state, call.env, call.user) / NAME


def keep(path: Path, document: Document, now: int) -> None:
    """Keeps a report, which is redacted as all documents are, instead of the one before."""
    from openclaw.change import atomic, directories

    kept = {"version": VERSION, "at": now, "report": document}
    directories.make(directories.missing([path]))
    atomic.write(path, (json.dumps(kept, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace"), mode=0o600)


def recall(path: Path) -> tuple[int, Document] | None:
    """(when, the report); None where none was kept. A file that is not ours to understand counts as none."""
    try:
        kept = json.loads(path.read_bytes())
        at, report = kept["at"], kept["report"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None
    sound = isinstance(at, int) and isinstance(report, dict) and isinstance(report.get("findings"), list)
    return (at, report) if sound else None


def since(last: tuple[int, Document], now: Document, looked: Collection[str]) -> Since:
    """What changed. Findings of checks that were left out last time are not called new."""
    at, report = last
    before = keyed_documents(report["findings"])
    left_out = _left_out(report.get("outcomes"))
    after = {key: item for key, item in keyed_documents(now["findings"]).items() if key[0] not in left_out}
    return Since(at, compare(before, after, looked))


def _left_out(outcomes: Any) -> set[Any]:
    found = [item for item in outcomes if isinstance(item, dict)] if isinstance(outcomes, list) else []
    return {item.get("checkId") for item in found if item.get("reason") == NOT_SELECTED}


def text(found: Since) -> str:
    """For people: the counts, then what is new and what is gone."""
    from datetime import UTC, datetime

    from openclaw.text import count

    parts = found.difference
    when = datetime.fromtimestamp(found.at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    unseen = f", {count(len(parts.unseen), 'finding')} could not be looked at" if parts.unseen else ""
    head = f"Since {when}: {len(parts.new)} new, {len(parts.gone)} gone, {len(parts.still)} still there{unseen}"
    return "\n".join([head, *changes(found)])


def changes(found: Since) -> list[str]:
    """One line for each finding that is new or gone."""
    rows = [*(("new", item) for item in found.difference.new), *(("gone", item) for item in found.difference.gone)]
    return [f"  {word + ':':5} {_line(item)}" for word, item in rows]


def _line(item: Mapping[str, Any]) -> str:
    from openclaw.redact import scrub

    place = f" ({item['path']})" if item.get("path") else ""
    return scrub(f"{item.get('severity')} {item.get('checkId')}: {item.get('message')}{place}")
