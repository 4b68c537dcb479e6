"""What changed between two reports, and what nobody can tell."""

from __future__ import annotations

from doctor.commands.watch import remembered, transitions
from doctor.comparing import compare, keyed, keyed_documents
from doctor.report import NEEDS_LIVE, NOT_SELECTED, Outcome, Report
from openclaw.api import Finding, Severity


def finding(check_id: str, target: str = "", severity: Severity = Severity.ERROR, message: str = "text") -> Finding:
    return Finding(check_id, severity, message, target)


def report(*outcomes: Outcome) -> Report:
    return Report(outcomes)


def found(check_id: str, *findings: Finding) -> Outcome:
    return Outcome(check_id, "found" if findings else "passed", findings=findings)


A, B, C = finding("x/a", "1"), finding("x/a", "2"), finding("x/b")


def test_new_gone_still() -> None:
    different = compare(keyed([A, C]), keyed([B, C]), {"x/a", "x/b"})
    assert (different.new, different.gone, different.still, different.unseen) == ((B,), (A,), (C,), ())


def test_what_could_not_be_looked_at_is_not_gone() -> None:
    different = compare(keyed([A, C]), keyed([]), {"x/b"})
    assert (different.gone, different.unseen) == ((C,), (A,))


def test_a_reworded_finding_is_the_same_and_told_as_it_is_now() -> None:
    reworded = finding("x/a", "1", message="other words")
    assert compare(keyed([A]), keyed([reworded]), {"x/a"}).still == (reworded,)


def test_what_counts_as_looked_at() -> None:
    here = report(
        found("x/a", A),
        found("x/b"),
        Outcome("x/c", "skipped", reason="there is no gateway"),
        Outcome("x/d", "skipped", reason=NOT_SELECTED),
        Outcome("x/e", "skipped", reason=NEEDS_LIVE),
        Outcome("x/f", "unknown"),
        Outcome("x/g", "crashed"),
    )
    assert here.looked == {"x/a", "x/b", "x/c"}


def test_documents_that_are_none_are_left_out() -> None:
    good = {"checkId": "x/a", "fingerprint": "f"}
    assert keyed_documents([good, {}, {"checkId": 1, "fingerprint": "f"}, "text"]) == {("x/a", "f"): good}  # type: ignore[list-item]


def test_transitions() -> None:
    known = keyed([A, C])
    worse = finding("x/a", "1", Severity.INFO)
    events = list(transitions(known, report(found("x/a", worse, B), found("x/b"))))
    assert [(item["event"], item["finding"]) for item in events] == [("appeared", B), ("gone", C), ("changed", worse)]
    assert events[-1]["from"] == "error"


def test_a_check_that_cannot_be_made_for_a_while_is_no_transition() -> None:
    blind = report(Outcome("x/a", "unknown"))
    assert list(transitions(keyed([A]), blind)) == []
    known = remembered(keyed([A]), blind)
    assert list(transitions(known, report(found("x/a", A)))) == []
    assert [item["event"] for item in transitions(known, report(found("x/a")))] == ["gone"]
