"""The report for cron: nothing where the exit code is 0, else one line for each thing that makes it another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.redact import scrub
from openclaw.text import tilde

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doctor.report import Report
    from openclaw.finding import Finding, Severity


def render(report: Report, fail_level: Severity, *, fail_on_unknown: bool, user: Path) -> str:
    """The lines, without a newline at the end; "" where all is fine. `user` is the home directory, shown as `~`."""
    return "\n".join(_lines(report, fail_level, fail_on_unknown, user))


def _lines(report: Report, fail_level: Severity, fail_on_unknown: bool, user: Path) -> Iterator[str]:
    yield from (line(finding, user) for finding in report.findings if finding.severity >= fail_level)
    states = ("crashed", "unknown") if fail_on_unknown else ("crashed",)
    yield from (
        f"{item.state} {item.check_id}: {scrub(item.reason)}" for item in report.outcomes if item.state in states
    )


def line(finding: Finding, user: Path) -> str:
    """`error credentials/expired: … (~/.openclaw/…:3)`."""
    where = finding.where
    parts = (tilde(where.path, user), where.line, where.column) if where else ()
    place = ":".join(str(part) for part in parts if part)
    return scrub(f"{finding.severity.word} {finding.check_id}: {finding.message}{f' ({place})' if place else ''}")
