"""From findings to one plan: crashing fixes are said, two fixes do not fight, some stores are never written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctor.consent import DECLINED, NEEDS_YES, agreed
from doctor.fixing import Proposal, fix_class, fixable, merge, needs, propose
from doctor.places import joined, overlap, same
from openclaw.api import Finding, Location, Remedy, Severity, Unavailable, Unfixable, fix
from openclaw.change.plan import (
    Change,
    Chmod,
    DeleteKey,
    DeleteVariable,
    MoveFile,
    Plan,
    RemoveFile,
    Run,
    SetKey,
    SetVariable,
    WriteFile,
)
from openclaw.errors import Refusal
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.finding import FixClass

CONFIG, ENV, STORE = Path("/h/openclaw.json"), Path("/h/.env"), Path("/h/auth-profiles.json")
RESTART = Run(("systemctl", "--user", "restart", "openclaw-gateway.service"))
RELOAD = Run(("systemctl", "--user", "daemon-reload"))


class Era:
    """Only what the guard looks at."""

    def __init__(self, name: str) -> None:
        self.name = name


def finding(check_id: str = "x/a", cls: FixClass | None = "confirm", target: str = "") -> Finding:
    remedy = Remedy("words", fix=cls) if cls else None
    return Finding(check_id, Severity.ERROR, "text", target, where=Location("/h/x"), remedy=remedy)


def proposal(*changes: Change, check_id: str = "x/a", cls: FixClass = "confirm", target: str = "") -> Proposal:
    return Proposal(finding(check_id, cls, target), "Mend it", changes)


def nothing(_: Path) -> bytes | None:
    return None


# ---- propose -------------------------------------------------------------------------------------------------------


@fix("x/a")
def good(finding: Finding, one: int) -> Plan:
    """Set a key."""
    return (SetKey(CONFIG, ("a",), one),)


@fix("x/b")
def given_up(finding: Finding) -> Plan:
    """Give up."""
    raise Unfixable("it is not ours")


@fix("x/c")
def crashing(finding: Finding) -> Plan:
    """Crash."""
    raise KeyError("hunter2")


@fix("x/d")
def refusing(finding: Finding) -> Plan:
    """Refuse."""
    raise Refusal("too dangerous", path=CONFIG)


@fix("x/e")
def idle(finding: Finding) -> Plan:
    """Do nothing."""
    return ()


@fix("x/f")
def stray(finding: Finding) -> Plan:
    """No change at all."""
    return ("rm -rf",)  # type: ignore[return-value]


@fix("x/g")
def on_store(finding: Finding) -> Plan:
    """Write a store."""
    return (SetKey(STORE, ("version",), 1, locked=True),)


@fix("x/h")
def in_place_of_store(finding: Finding) -> Plan:
    """Move something to where a store is."""
    return (MoveFile(Path("/h/backup"), STORE),)


@fix("x/i")
def store_mode(finding: Finding) -> Plan:
    """Make a store private."""
    return (Chmod(STORE, 0o600),)


@fix("x/j")
def database(finding: Finding) -> Plan:
    """Write a database."""
    return (WriteFile(Path("/h/state/openclaw.sqlite"), b""),)


FIXES = {
    item.check_id: item
    for item in (
        good, given_up, crashing, refusing, idle, stray, on_store, in_place_of_store, store_mode, database
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("check_id", "facts", "reason"),
    [
        ("x/a", {"one": 1}, ""),
        ("x/a", {"one": Unavailable("no answer")}, "no answer"),
        ("x/a", {}, "there is no fact named one"),
        ("x/b", {}, "it is not ours"),
        ("x/c", {}, "its fix crashed: KeyError at crashing:"),
        ("x/d", {}, "/h/openclaw.json: too dangerous"),
        ("x/e", {}, "there is nothing to change"),
        ("x/f", {}, "its fix planned a str instead of a change"),
        ("x/g", {"era": Era("json")}, ""),
        ("x/g", {"era": Era("unknown")}, ""),
        ("x/g", {"era": Era("sqlite")}, "this OpenClaw keeps its credentials in SQLite"),
        ("x/g", {"era": Unavailable("?")}, "this OpenClaw is of an unknown kind"),
        ("x/h", {"era": Era("sqlite")}, "this OpenClaw keeps its credentials in SQLite"),
        ("x/j", {"era": Era("sqlite")}, "this OpenClaw keeps its credentials in SQLite"),
        ("x/i", {"era": Era("sqlite")}, ""),
    ],
)
def test_what_is_proposed_and_why_not(check_id: str, facts: dict[str, Any], reason: str) -> None:
    proposals, left = propose([finding(check_id)], facts, FIXES)
    assert bool(proposals) is (not reason)
    assert [item.reason.startswith(reason) for item in left] == ([True] if reason else [])
    assert "hunter2" not in str(left)


def test_only_findings_that_claim_a_fix_that_there_is() -> None:
    findings = [finding("x/a", "manual"), finding("x/a", None), finding("x/z", "auto"), finding("x/a", "auto")]
    assert [fixable(item, FIXES) for item in findings] == [False, False, False, True]
    assert needs(findings, FIXES) == ["one"]
    proposals, left = propose(findings, {"one": 1}, FIXES)
    assert [item.finding for item in proposals] == findings[3:]
    assert left == []


def test_fix_classes() -> None:
    known = {**FIXES, "security/readable-by-others": good}
    assert [fix_class(name, known) for name in ("x/a", "x/z", "security/readable-by-others")] == [
        "confirm",
        "manual",
        "auto",
    ]


# ---- two fixes -----------------------------------------------------------------------------------------------------

SAME_PLACE: list[tuple[Change, Change]] = [
    (SetKey(CONFIG, ("a",), 1), SetKey(CONFIG, ("a",), 2)),
    (SetKey(CONFIG, ("a",), 1), DeleteKey(CONFIG, ("a",))),
    (SetKey(CONFIG, ("a", "b"), 1), DeleteKey(CONFIG, ("a",))),
    (DeleteKey(CONFIG, ("list", 0)), DeleteKey(CONFIG, ("list", 1))),  # the first moves the second
    (DeleteKey(CONFIG, ("list", 0)), SetKey(CONFIG, ("list", 1), "x")),
    (SetVariable(ENV, "A", Secret("x")), SetVariable(ENV, "A", Secret("y"))),
    (SetVariable(ENV, "A", Secret("x")), DeleteVariable(ENV, "A")),
    (Chmod(ENV, 0o600), Chmod(ENV, 0o640)),
    (WriteFile(ENV, b"x"), SetVariable(ENV, "A", Secret("x"))),
    (WriteFile(ENV, b"x"), WriteFile(ENV, b"y")),
    (RemoveFile(ENV), SetVariable(ENV, "A", Secret("x"))),
    (RemoveFile(ENV), Chmod(ENV, 0o600)),
    (MoveFile(ENV, Path("/h/b")), SetVariable(ENV, "A", Secret("x"))),
    (MoveFile(Path("/h/b"), ENV), SetVariable(ENV, "A", Secret("x"))),
]
APART: list[tuple[Change, Change]] = [
    (SetKey(CONFIG, ("a",), 1), SetKey(CONFIG, ("b",), 2)),
    (SetKey(CONFIG, ("a", "b"), 1), SetKey(CONFIG, ("a", "c"), 1)),
    (SetKey(CONFIG, ("list", 0), 1), SetKey(CONFIG, ("list", 1), 1)),
    (SetKey(CONFIG, ("a",), 1), SetKey(STORE, ("a",), 2)),
    (SetVariable(ENV, "A", Secret("x")), SetVariable(ENV, "B", Secret("y"))),
    (SetVariable(ENV, "A", Secret("x")), Chmod(ENV, 0o600)),
    (RESTART, SetKey(CONFIG, ("a",), 1)),
    (RESTART, RELOAD),
]


@pytest.mark.parametrize(("one", "other"), SAME_PLACE)
def test_changes_of_the_same_place(one: Change, other: Change) -> None:
    assert overlap(one, other)
    assert overlap(other, one)
    merged = merge([proposal(one), proposal(other, check_id="x/b")], nothing)
    assert "the fix of x/a changes the same place" in " ".join(item.reason for item in merged.left)


@pytest.mark.parametrize(("one", "other"), APART)
def test_changes_of_two_places(one: Change, other: Change) -> None:
    assert not overlap(one, other)
    assert not overlap(other, one)
    merged = merge([proposal(one), proposal(other, check_id="x/b")], {CONFIG: b'{"list": [0, 0]}'}.get)
    assert merged.left == ()
    assert set(map(repr, merged.plan)) == {repr(one), repr(other)}


def test_duplicates_are_done_once_whatever_they_are_for() -> None:
    one = proposal(SetKey(CONFIG, ("a",), {"b": [1]}, why="because"), SetKey(CONFIG, ("c",), 1), RESTART)
    two = proposal(SetKey(CONFIG, ("a",), {"b": [1]}, why="also"), RELOAD, RESTART, check_id="x/b")
    merged = merge([one, two], nothing)
    assert merged.taken == (one, two)
    assert merged.left == ()
    assert merged.plan == (*one.plan[:2], RELOAD, RESTART)  # the restart after everything that it is for


def test_what_follows_a_command_stays_behind_it() -> None:
    stop = Run(("systemctl", "--user", "stop", "x"))
    one = (stop, RemoveFile(Path("/h/unit")))
    two = (SetKey(CONFIG, ("a",), 1),)
    assert joined([one, two]) == (*two, *one)


def test_a_plan_that_does_not_compose_after_an_earlier_one_is_said_and_left() -> None:
    before = {CONFIG: b"{}", ENV: None, Path("/h/b"): b"x", Path("/h/t"): None}
    one = proposal(SetKey(CONFIG, ("a",), "text"))
    two = proposal(MoveFile(Path("/h/gone"), Path("/h/t")), check_id="x/b")
    three = proposal(SetKey(CONFIG, ("b",), 1), check_id="x/c")
    merged = merge([one, two, three], lambda path: before.get(path))
    assert merged.taken == (one, three)
    assert [(item.finding.check_id, item.reason) for item in merged.left] == [
        ("x/b", "/h/gone: The file that was to be moved is not there.")
    ]


def test_same() -> None:
    assert same(SetKey(CONFIG, ("a",), 1, why="x"), SetKey(CONFIG, ("a",), 1, why="y"))
    assert not same(SetKey(CONFIG, ("a",), 1), SetKey(CONFIG, ("a",), 2))
    assert not same(DeleteVariable(ENV, "A"), RemoveFile(ENV))


CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(SetKey, st.just(CONFIG), st.sampled_from([("a",), ("b",), ("a", "b")]), st.integers(0, 1)),
    st.builds(DeleteKey, st.just(CONFIG), st.sampled_from([("a",), ("b",)])),
    st.builds(SetVariable, st.just(ENV), st.sampled_from(["A", "B"]), st.builds(Secret, st.sampled_from(["x", "y"]))),
    st.sampled_from([RESTART, RELOAD]),
)


@given(st.lists(st.lists(CHANGES, min_size=1, max_size=3), max_size=5))
def test_whatever_is_proposed_nothing_is_lost_and_nothing_fights(plans: list[list[Change]]) -> None:
    proposals = [proposal(*plan, target=str(number)) for number, plan in enumerate(plans)]
    merged = merge(proposals, {CONFIG: b"{}"}.get)
    assert len(merged.taken) + len(merged.left) == len(proposals)
    for item in merged.taken:
        assert all(any(same(change, other) for other in merged.plan) for change in item.plan)
    for index, one in enumerate(merged.taken):
        for other in merged.taken[index + 1 :]:
            fights = [(a, b) for a in one.plan for b in other.plan if not same(a, b) and overlap(a, b)]
            # only where the other one does the very same as the first does, too
            assert all(any(same(b, mine) for earlier in merged.taken for mine in earlier.plan) for _, b in fights)


# ---- consent -------------------------------------------------------------------------------------------------------

AUTO = proposal(Chmod(ENV, 0o600), check_id="x/auto", cls="auto")
ONE, TWO = proposal(RESTART, check_id="x/one", target="1"), proposal(RELOAD, check_id="x/one", target="2")
THREE = proposal(RELOAD, check_id="x/three")
ALL = [AUTO, ONE, TWO, THREE]


def answers(*given: str) -> Callable[[str], str]:
    left = list(given)

    def ask(question: str) -> str:
        assert "Apply?" in question
        return left.pop(0)

    return ask


@pytest.mark.parametrize(
    ("given_answers", "wanted"),
    [
        (("y\n", "y\n"), ALL),
        (("n\n", "n\n"), [AUTO]),
        (("\n", "Y\n"), [AUTO, THREE]),
        (("a\n",), ALL),
        (("n", "all"), [AUTO, THREE]),
        (("q\n",), [AUTO]),
        (("y", "q"), [AUTO, ONE, TWO]),
        (("what?", "yes", "huh", "no"), [AUTO, ONE, TWO]),
    ],
)
def test_questions(given_answers: tuple[str, ...], wanted: list[Proposal]) -> None:
    taken, left = agreed(ALL, yes=False, ask=answers(*given_answers))
    assert taken == wanted
    assert {item.reason for item in left} <= {DECLINED}
    assert [item.finding for item in left] == [item.finding for item in ALL if item not in wanted]


def test_without_anybody_to_ask() -> None:
    assert agreed(ALL, yes=True, ask=None) == (ALL, [])
    taken, left = agreed(ALL, yes=False, ask=None)
    assert taken == [AUTO]
    assert [item.reason for item in left] == [NEEDS_YES] * 3


def test_what_the_letters_mean_is_said_to_who_types_something_else() -> None:
    given, asked = ["what?", "huh", "q"], list[str]()

    def ask(question: str) -> str:
        asked.append(question)
        return given.pop(0)

    agreed(ALL, yes=False, ask=ask)
    assert [question.count("Ctrl-C  change nothing") for question in asked] == [0, 1, 1]
