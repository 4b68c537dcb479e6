"""The report as SARIF 2.1.0: for code scanning, and for editors that show it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from doctor.render.frame import remedy_lines
from openclaw import __version__
from openclaw.finding import Severity
from openclaw.redact import scrub
from openclaw.text import tilde

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doctor.pages import Page
    from doctor.render.frame import Frame
    from doctor.report import Aside, Report
    from openclaw.check import Check
    from openclaw.finding import Finding, Location

    Rule = tuple[Check, Page | None]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
FINGERPRINT = "openclawDoctor/v1"
HOME, ROOT = "HOME", "SRCROOT"
BASES = {HOME: "The home directory of the user.", ROOT: "The root of the work tree."}

Document = dict[str, Any]


def render(report: Report, frame: Frame, rules: Sequence[Rule] = ()) -> str:
    """The document. `rules`: the checks with their pages; another check gets a bare one."""
    return json.dumps(document(report, frame, rules), indent=2, ensure_ascii=False)


def document(report: Report, frame: Frame, rules: Sequence[Rule] = ()) -> Document:
    """The same as data."""
    known = {check.id: _rule(check, page) for check, page in rules}
    ids = sorted({item.check_id for item in report.outcomes} | {item.check_id for item in report.findings})
    index = {name: number for number, name in enumerate(ids)}
    driver = {
        "name": "openclaw-onboard",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [known.get(name, {"id": name}) for name in ids],
    }
    fallback = report.host.get("stateDir", "")
    new = {"baselineState": "new"} if report.count_aside(known=True) else {}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {name: {"description": {"text": text}} for name, text in BASES.items()},
        "invocations": [_invocation(report, frame, index)],
        "results": [
            *(_result(item, frame, index, fallback) | new for item in report.findings),
            *(_result(item.finding, frame, index, fallback) | _why(item) for item in report.aside),
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: Check, page: Page | None) -> Document:
    rule: Document = {
        "id": check.id,
        "shortDescription": {"text": f"{check.title}."},
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {"tags": sorted(check.tags | {check.area})},
    }
    if page:
        from doctor.pages import MEANS, plain

        rule["fullDescription"] = {"text": plain(page.section(MEANS)) or check.title}
        rule["help"] = {"text": plain(page.text), "markdown": page.text}
    return rule


def _result(finding: Finding, frame: Frame, index: dict[str, int], fallback: str) -> Document:
    remedy = finding.remedy
    properties = {
        "target": scrub(finding.target),
        "fix": remedy.fix if remedy else "",
        "commands": [scrub(command) for command in remedy.commands] if remedy else [],
        "evidence": {name: scrub(value) for name, value in finding.evidence.items()},
    }
    return {
        "ruleId": finding.check_id,
        "ruleIndex": index[finding.check_id],
        "level": LEVELS[finding.severity],
        "message": {"text": "\n".join([scrub(finding.message), *remedy_lines(finding)])},
        "locations": [_location(finding, frame, fallback)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {name: value for name, value in properties.items() if value},
    }


def _location(finding: Finding, frame: Frame, fallback: str) -> Document:
    """A place; code scanning refuses results without one, so what is in no file is said of the installation."""
    where = finding.where
    place: Document = {"artifactLocation": _artifact(where, frame) if where else _uri(fallback or "~")}
    if where and where.line:
        column = {"startColumn": where.column} if where.column else {}
        place["region"] = {"startLine": where.line, **column}
    names = [{"fullyQualifiedName": scrub(finding.target)}] if finding.target else []
    return {"physicalLocation": place} | ({"logicalLocations": names} if names else {})


def _artifact(where: Location, frame: Frame) -> Document:
    if inside := frame.below_root(where):
        return {"uri": quote(scrub(inside)), "uriBaseId": ROOT}
    return _uri(scrub(tilde(where.path, frame.user)))


def _uri(path: str) -> Document:
    if path == "~" or path.startswith("~/"):
        return {"uri": quote(path[2:]) or "./", "uriBaseId": HOME}
    return {"uri": f"file://{quote(path)}" if path.startswith("/") else quote(path)}


def _why(item: Aside) -> Document:
    if item.known:
        return {"baselineState": "unchanged"}
    until = f" (until {item.until})" if item.until else ""
    return {"suppressions": [{"kind": "external", "status": "accepted", "justification": scrub(item.reason) + until}]}


def _invocation(report: Report, frame: Frame, index: dict[str, int]) -> Document:
    levels = {"crashed": "error", "unknown": "warning"}
    notes = [
        {
            "level": levels[item.state],
            "message": {"text": f"{item.check_id}: {item.state}: {scrub(item.reason)}"},
            "associatedRule": {"id": item.check_id, "index": index[item.check_id]},
        }
        for item in report.outcomes
        if item.state in levels
    ]
    return {
        "executionSuccessful": report.count("crashed") == 0,
        "exitCode": int(frame.code),
        "endTimeUtc": frame.when(),
        "toolExecutionNotifications": notes,
    }
