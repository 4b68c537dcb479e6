"""The same findings in the same order, whatever the order in which checks are known: text and document alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from doctor import engine
from doctor.render import human, json, quiet
from doctor.report import exit_code
from openclaw.api import Finding, Location, Severity, Unavailable, Unknown, check
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.check import Check

CALL = Invocation({"PATH": ""}, Path("/h"), Path("/h"), 0)
GIVEN = dict.fromkeys(engine.HOST_FACTS, Unavailable("not in this test"))


def made(check_id: str, number: int, severity: Severity) -> Check:
    @check(check_id, severity)
    def found() -> Iterator[Finding]:
        """What is wrong."""
        if number == 4:
            raise KeyError("crash")
        if number == 5:
            raise Unknown("nobody knows")
        for index in range(number):
            place = Location(f"/h/{index % 2}", index)
            yield Finding(check_id, severity, f"text {index % 2}", str(index // 3), where=place)

    return found


CHECKS = [
    made(f"{area}/{slug}", index % 6, (Severity.INFO, Severity.ERROR, Severity.WARNING)[index % 3])
    for index, (area, slug) in enumerate((area, slug) for slug in "abcde" for area in ("config", "env", "acme"))
]


def shown(known: list[Check]) -> tuple[str, str, str]:
    report = engine.examine(CALL, known, given=GIVEN).report
    return (
        json.render(report, code=exit_code(report), user=CALL.user),
        human.render(report, user=CALL.user),
        quiet.render(report, Severity.INFO, fail_on_unknown=True, user=CALL.user),
    )


WANTED = shown(CHECKS)


@given(st.permutations(CHECKS))
def test_the_order_of_the_registry_decides_nothing(known: list[Check]) -> None:
    assert shown(known) == WANTED


def test_a_crash_does_not_keep_the_others_from_running() -> None:
    report = engine.examine(CALL, CHECKS, given=GIVEN).report
    assert exit_code(report) == 3
    assert report.count("crashed") == 2
    assert report.count("found") + report.count("passed") + report.count("unknown") == len(CHECKS) - 2
