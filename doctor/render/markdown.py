"""The report as Markdown, to be pasted into an issue or shown as a job summary: a table, then the details."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doctor.render.frame import others, verdict, why_aside
from openclaw import __version__
from openclaw.finding import Severity
from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from doctor.render.frame import Frame
    from doctor.report import Report
    from openclaw.finding import Finding

HOST = {
    "openclawVersion": "OpenClaw",
    "os": "System",
    "serviceManager": "Service manager",
    "container": "Container",
    "stateDir": "State directory",
    "era": "Store",
}


def render(report: Report, frame: Frame) -> str:
    """The text, without a newline at the end."""
    blocks = [
        "## openclaw doctor",
        escaped(verdict(report.counts(), report.count("passed", "found"), others(report))),
        *_table(("Severity", "Check", "What", "Where"), [_row(item, frame) for item in report.findings]),
        *(_detail(item, frame) for item in report.findings if item.severity > Severity.INFO),
        *_aside(report),
        *_broken(report),
        _host(report, frame),
    ]
    return "\n\n".join(blocks)


def _row(finding: Finding, frame: Frame) -> tuple[str, ...]:
    place = frame.place(finding.where)
    shown = code(place, table=True) if place else ""
    return finding.severity.word, code(finding.check_id, table=True), escaped(finding.message), shown


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        lines = (head, ["---"] * len(head), *rows)
        yield "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _detail(finding: Finding, frame: Frame) -> str:
    place, remedy = frame.place(finding.where), finding.remedy
    parts = [f"### {escaped(finding.check_id)}: {escaped(finding.message)}"]
    facts = {"Where": place, "Target": finding.target, "Fingerprint": finding.fingerprint} | dict(finding.evidence)
    parts.append("\n".join(f"- {escaped(name)}: {code(value)}" for name, value in facts.items() if value))
    if remedy and remedy.text:
        parts.append(escaped(remedy.text))
    if remedy and remedy.commands:
        parts.append(fenced(remedy.commands))
    return "\n\n".join(parts)


def _aside(report: Report) -> Iterator[str]:
    if report.aside:
        yield "### Not counted"
        rows = [
            (code(item.finding.check_id, table=True), escaped(item.finding.message), escaped(why_aside(item)))
            for item in report.aside
        ]
        yield from _table(("Check", "What", "Why"), rows)


def _broken(report: Report) -> Iterator[str]:
    rows = [item for item in report.outcomes if item.state in ("unknown", "crashed")]
    if rows:
        yield "### Not checked"
        yield from _table(
            ("Check", "Outcome", "Reason"),
            [(code(item.check_id, table=True), item.state, escaped(item.reason)) for item in rows],
        )


def _host(report: Report, frame: Frame) -> str:
    facts = {"openclaw-onboard": __version__, "When": frame.when()}
    facts |= {title: report.host[name] for name, title in HOST.items() if report.host.get(name)}
    inside = "\n".join(f"- {name}: {code(value)}" for name, value in facts.items())
    return f"<details><summary>Host</summary>\n\n{inside}\n\n</details>"


def escaped(text: str) -> str:
    """Text as it is in a paragraph and in a table: no markup, no HTML, nobody mentioned."""
    plain = scrub(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = re.sub(r"([\\`*_\[\]|#~])", r"\\\1", plain)
    return re.sub(r"(?<![\w\u2060])@(?=\w)", "@\u2060", marked)


def code(text: str, *, table: bool = False) -> str:
    """A code span: its fence is longer than any run of backticks in it. In a table `|` would end the cell."""
    shown = scrub(text)
    shown = shown.replace("|", "\\|") if table else shown
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fenced(lines: Iterable[str]) -> str:
    """A block of commands."""
    text = "\n".join(scrub(line) for line in lines)
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}sh\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
