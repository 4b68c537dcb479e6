"""`@frozen` against the standard decorator: the same class text, made by both, behaves the same."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.frozen import frozen, replace


def made(decorate: Any) -> Any:
    """A class with every kind of field, decorated."""

    class Record:
        """A record."""

        name: str
        size: int = 3
        tags: tuple[str, ...] = ()
        notes: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
        double: int = field(init=False, repr=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "double", 2 * self.size)

        @property
        def half(self) -> float:
            return self.size / 2

    return decorate(Record)


OURS: Any = made(frozen)
STANDARD: Any = made(dataclass(frozen=True, slots=True))


@frozen
class Shown:
    """At module level, where pickle finds it."""

    name: str
    parts: tuple[int, ...] = ()


@frozen
class Empty:
    """No fields."""


names = st.sampled_from(["name", "size", "tags", "notes", "double", "other"])
arguments = st.tuples(
    st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=6),
    st.dictionaries(names, st.integers(0, 9), max_size=4),
)


def attempt(cls: Any, args: list[Any], given_: dict[str, Any]) -> Any:
    try:
        record = cls(*args, **given_)
    except TypeError:
        return TypeError
    return repr(record), record.double, record.half, record.notes


@given(st.lists(st.integers(), max_size=6), st.dictionaries(names, st.integers(0, 9), max_size=4))
def test_takes_and_refuses_the_arguments_that_the_standard_one_does(args: list[int], given_: dict[str, int]) -> None:
    assert attempt(OURS, args, given_) == attempt(STANDARD, args, given_)


@given(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
def test_compares_and_hashes_as_the_standard_one_does(a: int, b: int, note: int, other: int) -> None:
    for cls in (OURS, STANDARD):
        left, right = cls("x", a, notes={"n": str(note)}), cls("x", b, notes={"n": str(other)})
        assert (left == right) is (a == b)
        assert (hash(left) == hash(right)) or a != b
    assert OURS("x", a) != STANDARD("x", a)
    assert OURS("x", a) != ("x", a, ())


def test_nothing_can_be_set_added_or_deleted() -> None:
    record = OURS("x")
    for name in ("name", "double", "unheard"):
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, 1)
    with pytest.raises(FrozenInstanceError):
        del record.name
    assert not hasattr(record, "__dict__")


def test_defaults_of_a_factory_are_not_shared() -> None:
    assert OURS("x").notes is not OURS("x").notes


def test_a_copy_with_other_values_is_made_by_ours_and_by_the_standard_function() -> None:
    record = OURS("x", 4, notes={"a": "b"})
    for function in (replace, dataclasses.replace):
        changed = function(record, size=5)
        assert (changed.name, changed.size, changed.double, changed.notes) == ("x", 5, 10, {"a": "b"})
        with pytest.raises((TypeError, ValueError)):
            function(record, double=3)
        with pytest.raises(TypeError):
            function(record, unheard=3)


def test_the_standard_functions_see_the_same_fields() -> None:
    is_known: Any = dataclasses.is_dataclass  # without its narrowing of types
    assert is_known(OURS)
    told = [
        [(item.name, item.init, item.repr, item.compare) for item in dataclasses.fields(cls)]
        for cls in (OURS, STANDARD)
    ]
    assert told[0] == told[1]
    assert dataclasses.asdict(OURS("x")) == dataclasses.asdict(STANDARD("x"))
    assert [cls.__match_args__ for cls in (OURS, Shown)] == [STANDARD.__match_args__, ("name", "parts")]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda item: pickle.loads(pickle.dumps(item))])
def test_can_be_copied_and_pickled(again: Any) -> None:
    shown = Shown("x", (1, 2))
    assert again(shown) == shown
    assert repr(again(shown)) == "Shown(name='x', parts=(1, 2))"


def test_a_record_without_fields() -> None:
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert repr(Empty()) == "Empty()"


def test_the_name_the_module_and_the_text_stay() -> None:
    assert (Shown.__name__, Shown.__qualname__, Shown.__module__) == ("Shown", "Shown", __name__)
    assert Shown.__doc__ == "At module level, where pickle finds it."
