"""What a renderer is told besides the report: whose home it is, when it was, and how the run was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.exits import Exit
from openclaw.finding import Severity
from openclaw.frozen import frozen
from openclaw.redact import scrub
from openclaw.text import tilde

if TYPE_CHECKING:
    from pathlib import Path

    from doctor.report import Aside, Report
    from openclaw.finding import Finding, Location


@frozen
class Frame:
    """`user`: the home directory, shown as `~`. `now`: epoch milliseconds. `code`: the exit code of the run.

    `root`: the directory that paths are told from (a work tree in CI), "" for none.
    """

    user: Path
    now: int = 0
    code: Exit = Exit.OK
    fail_level: Severity = Severity.ERROR
    fail_on_unknown: bool = False
    root: str = ""

    def path(self, where: Location) -> str:
        """The path of a place: from the root where it is below it, else with `~` for the home directory."""
        return scrub(self.below_root(where) or tilde(where.path, self.user))

    def below_root(self, where: Location) -> str:
        """The path from the root; "" where it is not below it."""
        prefix = f"{self.root.rstrip('/')}/" if self.root else ""
        return where.path[len(prefix) :] if prefix and where.path.startswith(prefix) else ""

    def place(self, where: Location | None) -> str:
        """`path:line:column`, as far as it is known; "" without a place."""
        return ":".join(str(part) for part in (self.path(where), where.line, where.column) if part) if where else ""

    def when(self) -> str:
        """The time of the run, as in `2026-02-02T02:40:00Z`."""
        from datetime import UTC, datetime

        return datetime.fromtimestamp(self.now / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def remedy_lines(finding: Finding) -> list[str]:
    """What to do in words, then the commands, a line each."""
    remedy = finding.remedy
    return [scrub(line) for line in (remedy.text, *remedy.commands) if line] if remedy else []


def why_aside(item: Aside) -> str:
    """Why a finding does not count: `silenced until 2026-12-31: reason`, `known from the baseline`."""
    if item.known:
        return "known from the baseline"
    until = f" until {item.until}" if item.until else ""
    return scrub(f"silenced{until}: {item.reason}")


def others(report: Report) -> dict[str, int]:
    """What a verdict counts besides errors and warnings."""
    return {
        "could not be made": report.count("unknown"),
        "crashed": report.count("crashed"),
        "silenced": report.count_aside(known=False),
        "known from the baseline": report.count_aside(known=True),
    }


def verdict(counts: dict[str, int], ran: int, others: dict[str, int]) -> str:
    """`1 error and 2 warnings in 60 checks; 1 check crashed.`; `others`: what else is to be counted, by its words."""
    from openclaw.text import count

    parts = [count(counts[word], word) for word in ("error", "warning") if counts[word]]
    nouns = {"silenced": "finding", "known from the baseline": "finding"}
    tail = "".join(f"; {count(number, nouns.get(what, 'check'))} {what}" for what, number in others.items() if number)
    return f"{' and '.join(parts) or 'No problems found'} in {count(ran, 'check')}{tail}."
