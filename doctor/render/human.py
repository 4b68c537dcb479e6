"""The report for people: grouped by area, worst first, the exact next command under each finding, one verdict last.

Where all is well an area is one line. Equal findings about several places are one entry with a list. Commands and paths
stand alone on their lines and are never wrapped: a broken command cannot be copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doctor.render.frame import others, verdict, why_aside
from openclaw.finding import Finding, Severity
from openclaw.frozen import frozen
from openclaw.redact import scrub
from openclaw.text import count, tilde

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from doctor.report import Aside, Outcome, Report

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
    "doctor": "Doctor",
}
COLOURS = {"ok": "green", "error": "red", "warning": "yellow", "info": "blue", "unknown": "magenta", "aside": "dim"}
WORDS = {
    "ok": "OK",
    "error": "Error",
    "warning": "Warning",
    "info": "Note",
    "unknown": "Unknown",
    "aside": "Not counted",
}
COMMAND = "bold"
MIN_WIDTH = 30
PLACES_SHOWN = 5  # of equal findings; all of them are in --verbose and in JSON


@frozen
class Style:
    """How a terminal wants it: `unicode` marks or ASCII, colour or none, its width in columns.

    `plain`: for screen readers, words instead of marks.
    """

    unicode: bool = True
    colour: bool = False
    width: int = 80
    verbose: bool = False
    plain: bool = False

    def mark(self, state: str) -> str:
        """The mark of a state in square brackets; a word where it is read aloud."""
        if self.plain:
            return f"{WORDS[state]}:"
        fancy = {"ok": "✓", "error": "✗", "warning": "!", "info": "i", "unknown": "?", "aside": "-"}
        ascii_ = {**fancy, "ok": "OK", "error": "X"}
        return f"[{(fancy if self.unicode else ascii_)[state]}]"


@frozen
class Line:
    """One logical line. A wrapped one continues under the beginning of its text; `style` is that of `lead`."""

    indent: int
    lead: str
    text: str
    style: str = ""
    wrap: bool = True


def render(report: Report, *, user: Path, style: Style | None = None) -> str:
    """The whole text, without a newline at the end. `user` is the home directory, shown as `~`."""
    chosen = style or Style()
    return drawn([*_lines(report, user, chosen)], user, chosen)


def _lines(report: Report, user: Path, style: Style) -> Iterator[Line]:
    areas: dict[str, list[Outcome]] = {}
    for outcome in report.outcomes:
        areas.setdefault(outcome.check_id.split("/", 1)[0], []).append(outcome)
    for area in sorted(areas, key=lambda name: list(AREAS).index(name) if name in AREAS else len(AREAS)):
        if any(item.state != "skipped" for item in areas[area]):
            yield from _area(AREAS.get(area, area), areas[area], user, style, new_only=report.new_only)
    yield Line(0, "", "")
    yield from _offer(report, style)
    yield _verdict(report, style)


def _offer(report: Report, style: Style) -> Iterator[Line]:
    """What the doctor could do itself, and where the ids are that `--skip`, `silence` and `explain` want."""
    if report.mend and report.fixable:
        number = count(len(report.fixable), "finding")
        yield Line(0, "", f"{number} can be repaired here; every change is shown first:")
        yield Line(8, "", report.mend, COMMAND, wrap=False)
    if report.mend and not style.verbose and any(item.severity > Severity.INFO for item in report.findings):
        yield Line(0, "", "Evidence, and the ids that `--only`, `--skip`, `silence` and `explain` take:")
        yield Line(8, "", f"{report.mend.removesuffix(' --fix')} --verbose", COMMAND, wrap=False)


def _area(title: str, outcomes: list[Outcome], user: Path, style: Style, *, new_only: bool) -> Iterator[Line]:
    findings = sorted((item for outcome in outcomes for item in outcome.findings), key=lambda item: -item.severity)
    broken = [item for item in outcomes if item.state in ("unknown", "crashed")]
    state = _state(findings, broken)
    notes = [item for item in findings if item.severity == Severity.INFO]
    aside = [item for outcome in outcomes for item in outcome.aside if not (item.known and new_only)]
    if state == "ok" and len(notes) == 1 and not (style.verbose or aside):
        yield Line(0, style.mark(state), f"{title}: {notes[0].message}", COLOURS[state])
        return
    yield Line(0, style.mark(state), title, COLOURS[state])
    for group in _groups(findings):
        yield from _finding(group, user, style)
    yield from _set_aside(aside, user, style)
    yield from _broken(broken, style)


def _set_aside(aside: Iterable[Aside], user: Path, style: Style) -> Iterator[Line]:
    """What does not count. The same about several places is told once, with the places."""
    groups: dict[str, list[Finding]] = {}
    for item in aside:
        groups.setdefault(f"{item.finding.message} ({why_aside(item)})", []).append(item.finding)
    for text, findings in groups.items():
        yield Line(2, style.mark("aside"), text, COLOURS["aside"])
        if style.verbose or len(findings) > 1:
            yield from _places(findings, user, style)


def _state(findings: list[Finding], broken: list[Outcome]) -> str:
    worst = max((item.severity for item in findings), default=Severity.INFO)
    if worst == Severity.ERROR or any(item.state == "crashed" for item in broken):
        return "error"
    if worst == Severity.WARNING:
        return "warning"
    return "unknown" if broken else "ok"


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings that say the same about several places, together."""
    groups: dict[tuple[str, Severity, str, str], list[Finding]] = {}
    for item in findings:
        key = (item.check_id, item.severity, item.message, item.remedy.text if item.remedy else "")
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _finding(group: list[Finding], user: Path, style: Style) -> Iterator[Line]:
    first = group[0]
    word = first.severity.word
    yield Line(2, style.mark(word), first.message, COLOURS[word])
    if first.severity > Severity.INFO or style.verbose:
        yield from _places(group, user, style)
        if first.remedy and first.remedy.text:
            yield Line(6, "", first.remedy.text)
        yield from (Line(8, "", command, COMMAND, wrap=False) for command in _commands(group))
    if style.verbose:
        yield Line(6, "", f"check {first.check_id}: `doctor explain {first.check_id}`")
        for item in group:
            yield from (Line(6, "", f"{key}: {value}") for key, value in item.evidence.items())


def _places(group: list[Finding], user: Path, style: Style) -> Iterator[Line]:
    places = [_place(item, user) for item in group if item.where]
    shown = places if style.verbose or len(places) <= PLACES_SHOWN + 1 else places[:PLACES_SHOWN]
    yield from (Line(6, "", place, wrap=False) for place in shown)
    if len(shown) < len(places):
        yield Line(6, "", f"and {len(places) - len(shown)} more")


def _place(finding: Finding, user: Path) -> str:
    where = finding.where
    parts = (where.path, where.line, where.column) if where else ()
    return tilde(":".join(str(part) for part in parts if part), user)


def _commands(group: list[Finding]) -> list[str]:
    """The commands of a group, each once; those that differ only in their last word as one."""
    commands = list(
        dict.fromkeys(command for item in group for command in (item.remedy.commands if item.remedy else ()))
    )
    if len(group) == 1 or len(commands) != len(group):
        return commands
    import shlex

    words = [shlex.split(command) for command in commands]
    plain = all(shlex.join(item) == command for item, command in zip(words, commands, strict=True))
    if not plain or len({tuple(item[:-1]) for item in words}) > 1:
        return commands  # put together again, what a shell replaces (`${EDITOR:-vi}`) would be a plain word
    return [shlex.join([*words[0][:-1], *(item[-1] for item in words)])]


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
        if style.verbose and len(ids) > 1:
            yield Line(6, "", ", ".join(ids))


def _verdict(report: Report, style: Style) -> Line:
    crashed, unknown = report.count("crashed"), report.count("unknown")
    severities = [group[0].severity.word for group in _groups(report.findings)]  # as many as there are entries above
    counts = {word: severities.count(word) for word in ("error", "warning")}
    text = verdict(counts, report.count("passed", "found"), others(report))
    if crashed or counts["error"]:
        state = "error"
    else:
        state = "warning" if counts["warning"] else "unknown" if unknown else "ok"
    return Line(0, style.mark(state), text, COLOURS[state])


def drawn(lines: list[Line], user: Path, style: Style) -> str:
    """Lines as text, wrapped and coloured by rich."""
    import io

    from rich.console import Console
    from rich.text import Text

    width = max(style.width, MIN_WIDTH)
    console = Console(
        file=io.StringIO(),
        width=width,
        color_system="standard" if style.colour else None,
        force_terminal=style.colour,
        _environ={},
    )
    for line in lines:
        lead = " " * line.indent + (f"{line.lead} " if line.lead else "")
        text = scrub(line.text)
        pieces = [text]
        if line.wrap:
            wrapped = Text(_shortened(text, user)).wrap(console, max(width - len(lead), MIN_WIDTH // 2))
            pieces = [piece.plain.rstrip() for piece in wrapped] or [""]
        for number, piece in enumerate(pieces):
            start = Text(lead if number == 0 else " " * len(lead), style=line.style if line.lead and not number else "")
            start.append(piece, style=COMMAND if line.style == COMMAND else "not bold default")
            console.print(start, soft_wrap=True, highlight=False, markup=False, emoji=False)
    file = console.file
    assert isinstance(file, io.StringIO)  # noqa: S101 - given above
    return "\n".join(text.rstrip() for text in file.getvalue().splitlines())


def _shortened(text: str, user: Path) -> str:
    """A sentence with `~` for the home directory: it is no command, where that would matter."""
    prefix = f"{str(user).rstrip('/')}/"
    return text.replace(prefix, "~/") if len(prefix) > 2 else text
