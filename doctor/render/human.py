"""The report for people: grouped by area, worst first inside, the exact next command under each finding, one verdict last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openclaw.finding import Finding, Severity
from openclaw.redact import scrub
from openclaw.text import count, tilde

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.text import Text

    from doctor.report import Outcome, Report

AREAS = {
    "credentials": "Credentials",
    "env": "Environment",
    "config": "Config",
    "service": "Service",
    "gateway": "Gateway",
    "claude": "Claude CLI",
    "terminal": "Terminal",
    "host": "Host",
    "security": "Security",
    "live": "Live",
}
COLOURS = {"ok": "green", "error": "red", "warning": "yellow", "info": "blue", "unknown": "magenta", "command": "bold"}
MIN_WIDTH = 30


@dataclass(frozen=True, slots=True)
class Style:
    """How a terminal wants it: `unicode` marks or ASCII, colour or none, its width in columns."""

    unicode: bool = True
    colour: bool = False
    width: int = 80
    verbose: bool = False

    def mark(self, state: str) -> str:
        """The mark of a state in square brackets."""
        fancy = {"ok": "✓", "error": "✗", "warning": "!", "info": "i", "unknown": "?"}
        plain = {"ok": "OK", "error": "X", "warning": "!", "info": "i", "unknown": "?"}
        return f"[{(fancy if self.unicode else plain)[state]}]"

    @property
    def arrow(self) -> str:
        """In front of a command."""
        return "→" if self.unicode else "->"


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: it is wrapped on words, its continuation lines indented as far as its text."""

    indent: int
    lead: str
    text: str
    style: str = ""
    wrap: bool = True


def render(report: Report, *, user: Path, style: Style | None = None) -> str:
    """The whole text, without a newline at the end. `user` is the home directory, shown as `~`."""
    chosen = style or Style()
    return _drawn([*_lines(report, user, chosen)], chosen)


def _lines(report: Report, user: Path, style: Style) -> Iterator[Line]:
    areas: dict[str, list[Outcome]] = {}
    for outcome in report.outcomes:
        areas.setdefault(outcome.check_id.split("/", 1)[0], []).append(outcome)
    for area in sorted(areas, key=lambda name: list(AREAS).index(name) if name in AREAS else len(AREAS)):
        yield from _area(AREAS.get(area, area), areas[area], user, style)
    yield Line(0, "", "")
    yield _verdict(report, style)


def _area(title: str, outcomes: list[Outcome], user: Path, style: Style) -> Iterator[Line]:
    findings = sorted((item for outcome in outcomes for item in outcome.findings), key=lambda item: -item.severity)
    broken = [item for item in outcomes if item.state in ("unknown", "crashed")]
    if all(item.state == "skipped" for item in outcomes):
        return
    worst = max((item.severity for item in findings), default=None)
    state = "ok"
    if any(item.state == "crashed" for item in broken) or worst == Severity.ERROR:
        state = "error"
    elif worst == Severity.WARNING:
        state = "warning"
    elif broken:
        state = "unknown"
    yield Line(0, style.mark(state), title, COLOURS[state])
    for finding in findings:
        yield from _finding(finding, user, style)
    yield from _broken(broken, style)


def _finding(finding: Finding, user: Path, style: Style) -> Iterator[Line]:
    word = finding.severity.word
    yield Line(2, style.mark(word), finding.message, COLOURS[word])
    if finding.where and finding.severity > Severity.INFO:
        place = ":".join(str(part) for part in (finding.where.path, finding.where.line, finding.where.column) if part)
        yield Line(6, "", tilde(place, user), wrap=False)
    remedy = finding.remedy
    if remedy and remedy.text and (finding.severity > Severity.INFO or style.verbose):
        yield Line(6, "", remedy.text)
    for command in remedy.commands if remedy else ():
        yield Line(6, style.arrow, command, COLOURS["command"], wrap=False)
    if style.verbose:
        yield Line(6, "", f"check {finding.check_id}, fingerprint {finding.fingerprint}")
        for key, value in finding.evidence.items():
            yield Line(6, "", f"{key}: {value}")


def _broken(outcomes: list[Outcome], style: Style) -> Iterator[Line]:
    """What could not be checked. One reason often stops many checks: it is told once."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for item in outcomes:
        reasons.setdefault((item.state, item.reason), []).append(item.check_id)
    for (state, reason), ids in reasons.items():
        named = ids[0] if len(ids) == 1 else f"{len(ids)} checks"
        if state == "crashed":
            yield Line(2, style.mark("error"), f"{named} crashed: {reason} (please report it)", COLOURS["error"])
        else:
            yield Line(2, style.mark("unknown"), f"{named} could not be made: {reason}", COLOURS["unknown"])


def _verdict(report: Report, style: Style) -> Line:
    counts, crashed, unknown = report.counts(), report.count("crashed"), report.count("unknown")
    ran = count(report.count("passed", "found"), "check")
    tail = (f"; {count(unknown, 'check')} could not be made" if unknown else "") + (
        f"; {count(crashed, 'check')} crashed" if crashed else ""
    )
    parts = [count(counts[word], word) for word in ("error", "warning") if counts[word]]
    if parts:
        state = "error" if counts["error"] else "warning"
        return Line(0, style.mark(state), f"{' and '.join(parts)} in {ran}{tail}.", COLOURS[state])
    state = "error" if crashed else "unknown" if unknown else "ok"
    return Line(0, style.mark(state), f"No problems found in {ran}{tail}.", COLOURS[state])


def _drawn(lines: list[Line], style: Style) -> str:
    """Lines as text: wrapped by rich, commands and paths never broken (a broken command cannot be copied)."""
    import io

    from rich.console import Console

    width = max(style.width, MIN_WIDTH)
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=style.colour, no_color=not style.colour, color_system="standard" if style.colour else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False, soft_wrap=False, _environ={},
    )  # fmt: skip
    for line in lines:
        _draw(console, line, width)
    return "\n".join(text.rstrip() for text in out.getvalue().splitlines())


def _draw(console: object, line: Line, width: int) -> None:
    from rich.console import Console
    from rich.text import Text

    assert isinstance(console, Console)  # noqa: S101 - keeps rich out of the module's imports
    lead = " " * line.indent + (f"{line.lead} " if line.lead else "")
    text = scrub(line.text)
    pieces = [text]
    if line.wrap:
        wrapped = Text(text).wrap(console, max(width - len(lead), MIN_WIDTH // 2))
        pieces = [piece.plain.rstrip() for piece in wrapped] or [""]
    for number, piece in enumerate(pieces):
        start: Text = Text(lead if number == 0 else " " * len(lead))
        if number == 0 and line.style:
            start.stylize(line.style)
        start.append(piece, style="bold" if line.style == COLOURS["command"] else "")
        console.print(start, soft_wrap=True)
