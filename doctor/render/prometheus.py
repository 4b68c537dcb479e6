"""The report as metrics in Prometheus' text format, for node_exporter's textfile collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw import __version__
from openclaw.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from doctor.render.frame import Frame
    from doctor.report import Report, State

PREFIX = "openclaw_doctor_"
STATES: tuple[State, ...] = ("passed", "found", "skipped", "unknown", "crashed")

Sample = tuple["Mapping[str, str]", float]


def render(report: Report, frame: Frame) -> str:
    """All metrics; the last line ends without a newline, which the one who writes it adds."""
    return "\n".join(line for name, help_, samples in _metrics(report, frame) for line in _metric(name, help_, samples))


def _metrics(report: Report, frame: Frame) -> Iterator[tuple[str, str, list[Sample]]]:
    yield "info", "The host and the program; always 1.", [(_info(report), 1)]
    yield "ok", "1 where the exit code is 0.", [({}, frame.code == Exit.OK)]
    yield "exit_code", "Exit code of the run.", [({}, frame.code)]
    yield "last_run_timestamp_seconds", "When it ran.", [({}, frame.now // 1000)]
    counts = report.counts()
    yield "findings", "Findings that count, by severity.", [({"severity": word}, n) for word, n in counts.items()]
    yield "check_findings", "The same by check, where there are any.", _by_check(report)
    yield "silenced_findings", "Findings that are silenced.", [({}, report.count_aside(known=False))]
    yield "known_findings", "Findings that the baseline knows.", [({}, report.count_aside(known=True))]
    yield "checks", "Checks by outcome.", [({"outcome": state}, report.count(state)) for state in STATES]
    states = [({"check": item.check_id, "outcome": item.state}, 1.0) for item in report.outcomes]
    yield "check_outcome", "The outcome of each check; always 1.", [*states]


def _info(report: Report) -> dict[str, str]:
    names = {"os": "os", "era": "era", "openclawVersion": "openclaw_version", "serviceManager": "service_manager"}
    return {"version": __version__} | {
        label: report.host[name] for name, label in names.items() if report.host.get(name)
    }


def _by_check(report: Report) -> list[Sample]:
    found: dict[tuple[str, str], int] = {}
    for finding in report.findings:
        key = (finding.check_id, finding.severity.word)
        found[key] = found.get(key, 0) + 1
    return [({"check": check, "severity": severity}, number) for (check, severity), number in sorted(found.items())]


def _metric(name: str, help_: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {help_}"
    yield f"# TYPE {PREFIX}{name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{PREFIX}{name}{f'{{{inside}}}' if inside else ''} {int(value)}"


def _escaped(text: str) -> str:
    """A label's value, as the text format wants it."""
    from openclaw.redact import scrub

    return scrub(text).replace("\\", "\\\\").replace('"', '\\"')
