"""The report as JUnit XML: a suite per area, a test case per check.

A check fails where it makes the exit code 1; what it found below that level stands in its output. Skipped are checks
that did not run, could not be made (an error with `--fail-on-unknown`), or of which all that counts is silenced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

from doctor.render.frame import remedy_lines, why_aside
from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doctor.render.frame import Frame
    from doctor.report import Outcome, Report
    from openclaw.finding import Finding

NAME = "openclaw doctor"


def render(report: Report, frame: Frame) -> str:
    """The document, without a newline at the end."""
    areas: dict[str, list[Outcome]] = {}
    for item in report.outcomes:
        areas.setdefault(item.check_id.split("/", 1)[0], []).append(item)
    suites = [_suite(area, outcomes, report, frame) for area, outcomes in sorted(areas.items())]
    root = Xml.Element("testsuites", {"name": NAME, **_counts(suites), "time": "0"})
    root.extend(suites)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, "unicode")}'


def _counts(parts: Iterable[Xml.Element]) -> dict[str, str]:
    names = ("tests", "failures", "errors", "skipped")
    rows = [part.attrib for part in parts]
    return {name: str(sum(int(row[name]) for row in rows)) for name in names}


def _suite(area: str, outcomes: list[Outcome], report: Report, frame: Frame) -> Xml.Element:
    cases = [_case(item, report, frame) for item in outcomes]
    kinds = [case[0].tag if len(case) else "" for case in cases]
    counts = {name: str(kinds.count(tag)) for name, tag in {"failures": "failure", "errors": "error"}.items()}
    suite = Xml.Element(
        "testsuite",
        {
            "name": area,
            "tests": str(len(cases)),
            **counts,
            "skipped": str(kinds.count("skipped")),
            "time": "0",
            "timestamp": frame.when().rstrip("Z"),
        },
    )
    suite.extend(cases)
    return suite


def _case(item: Outcome, report: Report, frame: Frame) -> Xml.Element:
    area = item.check_id.split("/", 1)[0]
    case = Xml.Element("testcase", {"classname": f"openclaw.doctor.{area}", "name": item.check_id, "time": "0"})
    bad = [finding for finding in item.findings if finding.severity >= frame.fail_level]
    if bad:
        first = scrub(bad[0].message) if len(bad) == 1 else f"{len(bad)} findings; {scrub(bad[0].message)}"
        worst = max(finding.severity for finding in bad).word
        Xml.SubElement(case, "failure", {"message": first, "type": worst}).text = "\n\n".join(_texts(bad, frame))
    elif state := _state(item, frame):
        tag, kind, message = state
        Xml.SubElement(case, tag, {"message": message} | ({"type": kind} if tag == "error" else {}))
    rest = [finding for finding in item.findings if finding not in bad]
    lines = [*_texts(rest, frame), *_aside(item, report)]
    if lines:
        Xml.SubElement(case, "system-out").text = "\n\n".join(lines)
    return case


def _state(item: Outcome, frame: Frame) -> tuple[str, str, str] | None:
    """(element, type, message) of a check without findings that fail it; None where it passed."""
    reason = scrub(item.reason)
    if item.state == "crashed":
        return "error", "crashed", f"the check crashed: {reason}"
    if item.state == "unknown":
        tag = "error" if frame.fail_on_unknown else "skipped"
        return tag, "unknown", f"could not be made: {reason}"
    if item.state == "skipped":
        return "skipped", "skipped", reason
    hidden = [found for found in item.aside if found.finding.severity >= frame.fail_level]
    return ("skipped", "skipped", why_aside(hidden[0])) if hidden else None


def _texts(findings: Iterable[Finding], frame: Frame) -> Iterator[str]:
    for finding in findings:
        place = frame.place(finding.where)
        head = f"{finding.severity.word}: {scrub(finding.message)}"
        yield "\n".join([head, *([place] if place else []), *remedy_lines(finding)])


def _aside(item: Outcome, report: Report) -> Iterator[str]:
    shown = (found for found in item.aside if not (found.known and report.new_only))
    yield from (f"{why_aside(found)}\n{scrub(found.finding.message)}" for found in shown)
