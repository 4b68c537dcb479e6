"""Collecting, running, selecting, and what a run's exit code is: nothing hangs, a crash is a result."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from doctor.collect import collect
from doctor.engine import describe_host, run
from doctor.report import Outcome, Report, exit_code
from doctor.select import select
from openclaw.api import Finding, Location, NotApplicable, Severity, Unavailable, Unknown, check, fact
from openclaw.errors import Failure, Unreadable, UsageFailure
from tests.doctor.homes import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openclaw.check import Check
    from openclaw.facts import Fact

# ---- facts ---------------------------------------------------------------------------------------------------------


@fact()
def one() -> int:
    """1."""
    return 1


@fact()
def two(one: int) -> int:
    """2, from 1."""
    return one + 1


@fact(deadline=0.2)
def slow() -> int:
    """Never there in time."""
    time.sleep(5)
    return 0


@fact()
def above_slow(slow: int) -> int:
    """Needs what is not there in time."""
    return slow


@fact()
def broken() -> int:
    """A defect."""
    raise ValueError("hunter2")


@fact()
def leaving() -> int:
    """A defect that would end a thread without an answer."""
    raise SystemExit(3)


@fact()
def refused() -> int:
    """An expected failure with a place."""
    from pathlib import Path

    raise Unreadable("cannot be read", path=Path("/x/.env"), line=3)


@fact()
def missing_file() -> int:
    """An error of the operating system."""
    return len(open("/nowhere/at/all").read())  # noqa: PTH123


@fact()
def round_a(round_b: int) -> int:
    """Half of a circle."""
    return round_b


@fact()
def round_b(round_a: int) -> int:
    """The other half."""
    return round_a


FACTS = {
    item.name: item for item in (one, two, slow, above_slow, broken, leaving, refused, missing_file, round_a, round_b)
}


def collected(*names: str, **given: Any) -> dict[str, Any]:
    def lookup(name: str) -> Fact | None:
        return FACTS.get(name)

    return collect(names, given, lookup)


def reason(value: object) -> str:
    assert isinstance(value, Unavailable)
    return value.reason


def test_facts_are_collected_with_what_they_need() -> None:
    assert collected("two") == {"one": 1, "two": 2}


def test_given_facts_are_taken_as_they_are() -> None:
    assert collected("two", one=41) == {"one": 41, "two": 42}


def test_a_collector_that_hangs_costs_its_own_deadline_and_nothing_else() -> None:
    started = time.monotonic()
    facts = collected("above_slow", "two")
    assert time.monotonic() - started < 2
    assert facts["two"] == 2
    assert reason(facts["slow"]) == "slow could not be collected in time"
    assert reason(facts["above_slow"]) == "slow could not be collected in time"
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("fact "))


def test_deadlines_run_at_the_same_time() -> None:
    others = {f"slow_{number}": fact(deadline=0.3)(lambda: time.sleep(5)) for number in range(5)}
    named = {name: item.__class__(name, (), item.collect, item.deadline) for name, item in others.items()}
    started = time.monotonic()
    facts = collect(named, {}, named.get)
    assert time.monotonic() - started < 1.2
    assert all(isinstance(value, Unavailable) for value in facts.values())


def test_a_process_ends_although_a_collector_hangs() -> None:
    script = (
        "import time\nfrom openclaw.api import fact\nfrom doctor.collect import collect\n"
        "@fact(deadline=0.2)\ndef stuck():\n    time.sleep(60)\n"
        "print(collect(['stuck'], {}, {'stuck': stuck}.get))"
    )
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "in time" in done.stdout


def test_an_unexpected_error_is_told_without_its_text() -> None:
    assert reason(collected("broken")["broken"]) == "broken could not be collected (ValueError)"
    assert "SystemExit" in reason(collected("leaving")["leaving"])


def test_expected_failures_and_errors_of_the_system_are_told_with_their_place() -> None:
    assert reason(collected("refused")["refused"]) == "/x/.env:3: cannot be read"
    assert reason(collected("missing_file")["missing_file"]) == "/nowhere/at/all: No such file or directory"


def test_an_unknown_fact_and_a_circle() -> None:
    assert reason(collected("nonsense")["nonsense"]) == "there is no fact named nonsense"
    with pytest.raises(Failure, match="round_a → round_b → round_a"):
        collected("round_a")


# ---- checks --------------------------------------------------------------------------------------------------------


@check("test/passes", Severity.ERROR)
def passes(one: int) -> Iterator[Finding]:
    """Nothing is wrong."""
    yield from ()


@check("test/finds", Severity.WARNING, tags={"smoke"})
def finds(one: int) -> Iterator[Finding]:
    """Something is wrong."""
    yield Finding("test/finds", Severity.WARNING, "something")


@check("test/crashes", Severity.ERROR)
def crashes(one: int) -> Iterator[Finding]:
    """A defect after a finding."""
    yield Finding("test/crashes", Severity.ERROR, "something")
    raise KeyError("hunter2")


def raising(error: Exception) -> Iterator[Finding]:
    raise error


@check("test/skips", Severity.ERROR)
def skips() -> Iterator[Finding]:
    """Not for this host."""
    yield from raising(NotApplicable("there is no gateway"))


@check("test/doubts", Severity.ERROR)
def doubts() -> Iterator[Finding]:
    """Nobody knows."""
    yield from raising(Unknown("nobody knows"))


@check("other/strays", Severity.ERROR)
def strays() -> Iterator[Finding]:
    """No finding at all."""
    yield "text"  # type: ignore[misc]


@check("other/needs", Severity.ERROR)
def needs(nonsense: int) -> Iterator[Finding]:
    """Needs what there is not."""
    yield from ()


@pytest.mark.parametrize(
    ("item", "state", "why"),
    [
        (passes, "passed", ""),
        (finds, "found", ""),
        (skips, "skipped", "there is no gateway"),
        (doubts, "unknown", "nobody knows"),
        (needs, "unknown", "there is no fact named nonsense"),
        (strays, "crashed", "yielded a str instead of a Finding"),
    ],
)
def test_outcomes(item: Check, state: str, why: str) -> None:
    outcome = run(item, {"one": 1})
    assert (outcome.state, outcome.reason) == (state, why)
    assert bool(outcome.findings) is (state == "found")


def test_a_crash_is_told_with_its_place_and_without_its_text() -> None:
    outcome = run(crashes, {"one": 1})
    assert outcome.state == "crashed"
    assert outcome.findings == ()
    assert outcome.reason.startswith("KeyError at crashes:")
    assert "hunter2" not in outcome.reason


def test_an_unavailable_fact_makes_its_checks_unknown() -> None:
    assert run(finds, {"one": Unavailable("no answer in 3 s")}).reason == "no answer in 3 s"


def test_select() -> None:
    known = [passes, finds, strays]
    assert select(known, (), ()) == (known, [])
    assert select(known, ("test",), ()) == ([passes, finds], [strays])
    assert select(known, ("test", "other/strays"), ("test/finds",)) == ([passes, strays], [finds])
    with pytest.raises(UsageFailure, match="--only tset") as failure:
        select(known, ("tset",), ())
    assert "test" in failure.value.hint
    with pytest.raises(UsageFailure, match="--skip zzz") as failure:
        select(known, (), ("zzz",))
    assert failure.value.hint == "areas: other, test"


# ---- the report ----------------------------------------------------------------------------------------------------


def finding(severity: Severity, check_id: str = "a/b", path: str = "", target: str = "") -> Finding:
    return Finding(check_id, severity, "text", target, where=Location(path) if path else None)


def report(*outcomes: Outcome) -> Report:
    return Report(outcomes)


FOUND = {level: Outcome("a/b", "found", findings=(finding(level),)) for level in Severity}
UNKNOWN, CRASHED = Outcome("a/c", "unknown"), Outcome("a/c", "crashed")
PASSED, SKIPPED = Outcome("a/c", "passed"), Outcome("a/c", "skipped")


@pytest.mark.parametrize(
    ("outcomes", "level", "fail_on_unknown", "code"),
    [
        ((PASSED, SKIPPED), Severity.ERROR, False, 0),
        ((FOUND[Severity.ERROR],), Severity.ERROR, False, 1),
        ((FOUND[Severity.WARNING],), Severity.ERROR, False, 0),
        ((FOUND[Severity.WARNING],), Severity.WARNING, False, 1),
        ((FOUND[Severity.INFO],), Severity.WARNING, False, 0),
        ((FOUND[Severity.INFO],), Severity.INFO, False, 1),
        ((UNKNOWN,), Severity.ERROR, False, 0),
        ((UNKNOWN,), Severity.ERROR, True, 1),
        ((CRASHED,), Severity.ERROR, False, 3),
        ((CRASHED, FOUND[Severity.ERROR]), Severity.ERROR, True, 3),
    ],
)
def test_exit_codes(outcomes: tuple[Outcome, ...], level: Severity, fail_on_unknown: bool, code: int) -> None:
    assert exit_code(report(*outcomes), level, fail_on_unknown=fail_on_unknown) == code


def test_findings_are_sorted_whatever_the_order_of_the_checks() -> None:
    wanted = (
        finding(Severity.ERROR, "a/b", "/x", "1"),
        finding(Severity.ERROR, "a/b", "/x", "2"),
        finding(Severity.ERROR, "a/b", "/y", "1"),
        finding(Severity.ERROR, "b/a"),
        finding(Severity.INFO, "a/a"),
    )
    shuffled = report(Outcome("b/a", "found", findings=wanted[3:]), Outcome("a/b", "found", findings=wanted[2::-1]))
    assert shuffled.findings == wanted


def test_a_fingerprint_survives_rewording_and_moving_lines() -> None:
    one, two = (
        Finding("a/b", Severity.INFO, "x", "t", where=Location("/p", 1)),
        Finding("a/b", Severity.ERROR, "y", "t", where=Location("/p", 9)),
    )
    assert one.fingerprint == two.fingerprint
    assert one.fingerprint != Finding("a/b", Severity.INFO, "x", "u", where=Location("/p", 1)).fingerprint
    assert Finding("a/b", Severity.INFO, "x", "\ud800").fingerprint


def test_the_host_as_far_as_it_is_known(tmp_path: Path) -> None:
    assert describe_host({"host": Unavailable("x"), "era": None}) == {}
