"""The report as workflow commands of GitHub Actions: an annotation for each finding, then one line of verdict.

Nothing else is printed: a line of a file that begins with `::` would be a command to the runner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doctor.render.frame import others, remedy_lines, verdict
from openclaw.finding import Severity
from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doctor.render.frame import Frame
    from doctor.report import Outcome, Report
    from openclaw.finding import Finding

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions: `%` first, or it would be done twice.
DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
PROPERTY = (*DATA, (":", "%3A"), (",", "%2C"))


def render(report: Report, frame: Frame) -> str:
    """The lines, without a newline at the end."""
    return "\n".join(_lines(report, frame))


def _lines(report: Report, frame: Frame) -> Iterator[str]:
    yield from (_finding(item, frame) for item in report.findings)
    yield from (_broken(item, frame) for item in report.outcomes if item.state in ("unknown", "crashed"))
    yield verdict(report.counts(), report.count("passed", "found"), others(report))


def _finding(finding: Finding, frame: Frame) -> str:
    where = finding.where
    properties: dict[str, str | int | None] = {"title": finding.check_id}
    if where:
        # GitHub ignores a column without a line.
        properties = {"file": frame.path(where), "line": where.line, "col": where.column if where.line else None}
        properties["title"] = finding.check_id
    place = frame.place(where)
    text = f"{scrub(finding.message)}{f' ({place})' if place else ''}"
    return command(COMMANDS[finding.severity], "\n".join([text, *remedy_lines(finding)]), properties)


def _broken(item: Outcome, frame: Frame) -> str:
    if item.state == "crashed":
        return command("error", f"the check crashed: {scrub(item.reason)} (please report it)", {"title": item.check_id})
    word = "error" if frame.fail_on_unknown else "notice"
    return command(word, f"could not be made: {scrub(item.reason)}", {"title": item.check_id})


def command(name: str, message: str, properties: dict[str, str | int | None]) -> str:
    """`::name key=value,…::message` with everything escaped; properties without a value are left out."""
    inside = ",".join(f"{key}={_escaped(str(value), PROPERTY)}" for key, value in properties.items() if value)
    return f"::{name} {inside}::{_escaped(message, DATA)}"


def _escaped(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for char, code in rules:
        text = text.replace(char, code)
    return text
