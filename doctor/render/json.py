"""The report as one JSON document (docs/schemas/doctor-report.schema.json); a superset of OpenClaw's lint JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from doctor.report import sort_key
from openclaw import __version__
from openclaw.exits import Exit
from openclaw.redact import scrub
from openclaw.text import tilde

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from doctor.report import Aside, Outcome, Report
    from openclaw.finding import Finding

SCHEMA_VERSION = 1
PAGES = "checks/explain"  # in the source tree; the same pages build the documentation


def render(
    report: Report, *, code: Exit, user: Path, ascii_only: bool = False, more: Mapping[str, Any] | None = None
) -> str:
    """`code` is the exit code that the document stands for; `user` is the home directory, shown as `~`.

    `more`: optional members that the run has besides those of the report.
    """
    return json.dumps(document(report, code=code, user=user) | dict(more or {}), indent=2, ensure_ascii=ascii_only)


def document(report: Report, *, code: Exit, user: Path) -> dict[str, Any]:
    """The document as data. Every text in it is on one line and without secrets."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "ok": code == Exit.OK,
        "checksRun": report.count("passed", "found"),
        "checksSkipped": report.count("skipped"),
        "checksUnknown": report.count("unknown"),
        "checksCrashed": report.count("crashed"),
        "counts": _counts(report),
        "findings": _findings(report, user),
        "outcomes": [_outcome(item) for item in report.outcomes],
        "host": {name: scrub(value) for name, value in report.host.items()},
        "tool": {"name": "openclaw-onboard", "version": __version__},
    }


def _counts(report: Report) -> dict[str, int]:
    known = report.count_aside(known=True)
    return report.counts() | {"silenced": report.count_aside(known=False)} | ({"known": known} if known else {})


def _findings(report: Report, user: Path) -> list[dict[str, Any]]:
    """What counts and what does not, in one order."""
    rows = [(finding, dict[str, Any]()) for finding in report.findings]
    rows += [(item.finding, _why(item)) for item in report.aside]
    return [finding_document(finding, user) | why for finding, why in sorted(rows, key=lambda row: sort_key(row[0]))]


def _why(item: Aside) -> dict[str, Any]:
    if item.known:
        return {"known": True}
    silenced = {"reason": scrub(item.reason), "until": item.until}
    return {"silenced": {name: value for name, value in silenced.items() if value}}


def finding_document(finding: Finding, user: Path) -> dict[str, Any]:
    """One finding; members without a value are left out."""
    where, remedy = finding.where, finding.remedy
    members: dict[str, Any] = {
        "checkId": finding.check_id,
        "severity": finding.severity.word,
        "message": scrub(finding.message),
        "path": scrub(tilde(where.path, user)) if where else "",
        "line": where.line if where else None,
        "column": where.column if where else None,
        "target": scrub(finding.target),
        "fixHint": scrub(remedy.text) if remedy else "",
        "commands": [scrub(command) for command in remedy.commands] if remedy else [],
        "fix": remedy.fix if remedy else "",
        "docs": page(finding.check_id),
        "fingerprint": finding.fingerprint,
        "evidence": {key: scrub(value) for key, value in finding.evidence.items()},
    }
    return {name: value for name, value in members.items() if value not in ("", None, [], {})}


def page(check_id: str) -> str:
    """The page that explains a check; "" where it has none, as the checks of plugins."""
    from pathlib import Path

    import checks

    place = f"{PAGES}/{check_id}.md"
    return place if (Path(checks.__file__).parent.parent / place).exists() else ""


def _outcome(item: Outcome) -> dict[str, str]:
    members = {"checkId": item.check_id, "outcome": item.state, "reason": scrub(item.reason)}
    return {name: value for name, value in members.items() if value}
