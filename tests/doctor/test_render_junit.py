"""JUnit XML: what a CI server reads out of it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as Xml

import pytest

from doctor.render import junit
from openclaw.finding import Severity
from tests.doctor.reports import EVIL, FRAME, KEY, REPORT, evil, quiet


def cases(root: Xml.Element) -> dict[str, Xml.Element]:
    return {str(case.get("name")): case for case in root.iter("testcase")}


def only(case: Xml.Element) -> list[str]:
    return [part.tag for part in case]


def test_every_check_is_a_test_case_in_the_suite_of_its_area() -> None:
    root = Xml.fromstring(junit.render(REPORT, FRAME))
    assert root.tag == "testsuites"
    assert list(cases(root)) == [item.check_id for item in REPORT.outcomes]
    assert [suite.get("name") for suite in root] == ["config", "credentials", "env", "host", "security"]
    for suite in root:
        assert suite.get("timestamp") == "2026-02-02T02:40:00"
        for tag, name in {"failure": "failures", "error": "errors", "skipped": "skipped"}.items():
            assert suite.get(name) == str(len(list(suite.iter(tag))))
        assert suite.get("tests") == str(len(suite))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9",
        "failures": "1",
        "errors": "1",
        "skipped": "3",
    }


def test_outcomes() -> None:
    found = cases(Xml.fromstring(junit.render(REPORT, FRAME)))
    failure = found["credentials/expired"].find("failure")
    assert failure is not None
    assert failure.attrib == {"message": "anthropic:a expired 3d ago", "type": "error"}
    assert failure.text == (
        "error: anthropic:a expired 3d ago\n~/.openclaw/a b.json:4:7\nMend anthropic:a expired 3d ago\n"
        "openclaw undo # anthropic:a expired 3d ago"
    )
    assert only(found["credentials/none"]) == []
    assert only(found["config/missing"]) == ["system-out"]  # a warning does not fail the run
    crashed = found["host/clock"].find("error")
    assert crashed is not None
    assert crashed.get("message") == "the check crashed: KeyError at clock:12"
    skipped = {name: case.find("skipped") for name, case in found.items()}
    assert {name: part.get("message") for name, part in skipped.items() if part is not None} == {
        "credentials/truncated": "silenced until 2026-12-31: known, fixed soon",
        "env/daemon-blind": "no gateway service is installed",
        "host/disk-full": "could not be made: disk could not be collected in time",
    }
    assert found["security/readable-by-others"].findtext("system-out") == "known from the baseline\nopen"


def test_a_failure_is_what_makes_the_exit_code_1() -> None:
    frame = replace(FRAME, fail_level=Severity.WARNING, fail_on_unknown=True)
    found = cases(Xml.fromstring(junit.render(REPORT, frame)))
    assert only(found["config/missing"]) == ["failure"]
    assert only(found["host/disk-full"]) == ["error"]
    assert only(found["host/node"]) == ["system-out"]


def test_what_is_known_is_not_shown_with_new_only() -> None:
    assert "known from" not in junit.render(quiet(REPORT), FRAME)


@pytest.mark.parametrize("text", EVIL)
def test_any_text_is_well_formed(text: str) -> None:
    rendered = junit.render(evil(text), FRAME)
    root = Xml.fromstring(rendered.encode("utf-8"))
    assert len(cases(root)) == 3
    assert KEY not in rendered
    assert "\x1b" not in rendered
