"""The report: one value, many renderers. `ok` is true exactly when the exit code is 0."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.exits import Exit
from openclaw.finding import Finding, Severity
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["passed", "found", "skipped", "unknown", "crashed"]

NOT_SELECTED = "not selected"
NEEDS_LIVE = "needs --live"


@frozen
class Aside:
    """A finding that does not count: silenced (`until`: a date or ""), or `known` from the baseline."""

    finding: Finding
    reason: str = ""
    until: str = ""
    known: bool = False


@frozen
class Outcome:
    """What became of one check. `reason` explains skipped, unknown and crashed.

    `aside`: what was found too and does not count; `findings` has only what does.
    """

    check_id: str
    state: State
    title: str = ""
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    aside: tuple[Aside, ...] = ()


@frozen
class Report:
    """All outcomes of a run, and the host they are about (JSON member names).

    `mend`: the command that repairs those findings that it can, as it is typed here. `new_only`: what is known from the
    baseline is counted and not shown.
    """

    outcomes: tuple[Outcome, ...]
    host: Mapping[str, str] = field(default_factory=dict)
    mend: str = ""
    new_only: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Worst first, then by check id, path and target: stable whatever the order of the checks was."""
        found = [finding for outcome in self.outcomes for finding in outcome.findings]
        return tuple(sorted(found, key=sort_key))

    @property
    def aside(self) -> tuple[Aside, ...]:
        """What does not count and is to be shown, in the same order."""
        found = [item for outcome in self.outcomes for item in outcome.aside if not (item.known and self.new_only)]
        return tuple(sorted(found, key=lambda item: sort_key(item.finding)))

    @property
    def fixable(self) -> tuple[Finding, ...]:
        """The findings that `mend` would change something for."""
        return tuple(item for item in self.findings if item.remedy and item.remedy.fix != "manual")

    @property
    def looked(self) -> frozenset[str]:
        """The checks that were made: where one of these does not report something any more, it is gone."""
        left_out = (NOT_SELECTED, NEEDS_LIVE)
        made = (
            item.state in ("passed", "found") or (item.state == "skipped" and item.reason not in left_out)
            for item in self.outcomes
        )
        return frozenset(item.check_id for item, was in zip(self.outcomes, made, strict=True) if was)

    def count(self, *states: State) -> int:
        """How many checks ended so."""
        return sum(outcome.state in states for outcome in self.outcomes)

    def count_aside(self, *, known: bool) -> int:
        """How many findings are known from the baseline, or (`known` False) silenced."""
        return sum(item.known == known for outcome in self.outcomes for item in outcome.aside)

    def counts(self) -> dict[str, int]:
        """Findings that count, by severity word."""
        severities = [finding.severity for finding in self.findings]
        return {level.word: severities.count(level) for level in (Severity.ERROR, Severity.WARNING, Severity.INFO)}


def exit_code(report: Report, fail_level: Severity = Severity.ERROR, *, fail_on_unknown: bool = False) -> Exit:
    """0 nothing at or above the level, 1 something, 3 a check crashed: "0 findings" after a crash would be a lie."""
    if report.count("crashed"):
        return Exit.CRASHED
    if any(finding.severity >= fail_level for finding in report.findings):
        return Exit.FAILED
    return Exit.FAILED if fail_on_unknown and report.count("unknown") else Exit.OK


def sort_key(finding: Finding) -> tuple[int, str, str, str, int, str]:
    """The order of findings everywhere."""
    where = finding.where
    place = (where.path, where.line or 0) if where else ("", 0)
    return -finding.severity, finding.check_id, place[0], finding.target, place[1], finding.message
