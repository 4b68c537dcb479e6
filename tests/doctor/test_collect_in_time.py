"""The time of a whole run, and the line that tells what is awaited."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

from doctor import progress
from doctor.collect import collect
from openclaw.api import Unavailable, fact

if TYPE_CHECKING:
    import pytest

    from openclaw.facts import Fact


@fact(deadline=30)
def never() -> int:
    """Not in this test's time."""
    time.sleep(20)
    return 0


@fact()
def quick() -> int:
    """At once."""
    return 1


@fact(deadline=30)
def above(never: int) -> int:
    """Needs what does not come."""
    return never


@fact(deadline=30)
def late(half: int) -> int:
    """Starts when nearly all time is over."""
    time.sleep(20)
    return half


@fact(deadline=30)
def half() -> int:
    """Half of the time."""
    time.sleep(0.2)
    return 2


@fact(deadline=0.1)
def own() -> int:
    """Its own deadline is the first to be over."""
    time.sleep(20)
    return 0


FACTS: dict[str, Fact] = {item.name: item for item in (never, quick, above, late, half, own)}


def collected(*names: str, **how: Any) -> dict[str, Any]:
    return collect(names, {}, FACTS.get, **how)


def test_what_is_not_there_when_the_time_is_over_is_unavailable() -> None:
    started = time.monotonic()
    facts = collected("above", "quick", "late", "own", seconds=0.4)
    assert time.monotonic() - started < 1
    assert facts["quick"] == 1
    assert facts["half"] == 2
    assert facts["never"] == Unavailable("never was not collected within the run's time (--timeout)")
    assert facts["above"] == facts["never"]
    assert facts["late"] == Unavailable("late was not collected within the run's time (--timeout)")
    assert facts["own"] == Unavailable("own could not be collected in time")


def test_facts_that_come_in_time_are_not_touched_by_it() -> None:
    assert collected("quick", "half", seconds=5) == {"quick": 1, "half": 2}


def test_somebody_is_told_what_is_awaited() -> None:
    told: list[list[str]] = []
    collected("late", "never", "quick", seconds=0.6, awaited=told.append)
    assert set(told[0]) == {"half", "never"}
    assert set(told[-1]) == {"late", "never"}


def test_nothing_is_shown_of_what_is_quick() -> None:
    stream = io.StringIO()
    line = progress.Progress(stream, 80)
    line(["gateway"])
    line.clear()
    assert stream.getvalue() == ""


def test_the_line_names_what_is_awaited_and_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    stream = io.StringIO()
    line = progress.Progress(stream, 40)
    line(["gateway", "live"])
    line(["gateway", "live"])  # nothing new: nothing drawn
    assert stream.getvalue() == "\r\x1b[2Kstill waiting for gateway, live"
    line(["a-very-long-name"] * 9)
    assert len(stream.getvalue().rsplit("\x1b[2K", 1)[1]) < 40
    line.clear()
    assert stream.getvalue().endswith("\r\x1b[2K")


def test_a_plain_line_is_written_once_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    stream = io.StringIO()
    line = progress.Progress(stream, 80, plain=True)
    line(["gateway", "live"])
    line(["live"])
    line.clear()
    assert stream.getvalue() == "still waiting for gateway, live\n"


def test_names_of_several_words_are_shown_as_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    stream = io.StringIO()
    progress.Progress(stream, 80)(["claude_version"])
    assert stream.getvalue().endswith("still waiting for claude version")
