"""What changes touch: whether two of them mean the same, or get in each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.change.plan import Chmod, DeleteKey, DeleteVariable, MoveFile, Reencode, Run, SetKey, SetVariable
from openclaw.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path

    from openclaw.change.plan import Change, KeyPath, Plan


def paths(change: Change) -> tuple[Path, ...]:
    """The files that a change touches; a command tells none."""
    if isinstance(change, Run):
        return ()
    return (change.path, change.target) if isinstance(change, MoveFile) else (change.path,)


def same(one: Change, other: Change) -> bool:
    """Whether two changes do the same, whatever they are made for."""
    return type(one) is type(other) and replace(one, why="") == replace(other, why="")


def overlap(one: Change, other: Change) -> bool:
    """Whether two changes, which are not the same, touch the same place."""
    if not set(paths(one)) & set(paths(other)):
        return False
    match one, other:
        case (SetKey() | DeleteKey(), SetKey() | DeleteKey()):
            return _prefix(_keys(one), _keys(other))
        case (SetVariable() | DeleteVariable(), SetVariable() | DeleteVariable()):
            return one.name == other.name
        case (Reencode(), SetVariable() | DeleteVariable()) | (SetVariable() | DeleteVariable(), Reencode()):
            return False
    edits = SetKey | DeleteKey | SetVariable | DeleteVariable | Reencode
    modes = isinstance(one, Chmod), isinstance(other, Chmod)
    # The mode of a file and what is in it are two places; to write, move or remove it as a whole touches both.
    return not (any(modes) and not all(modes) and (isinstance(one, edits) or isinstance(other, edits)))


def _keys(change: SetKey | DeleteKey) -> KeyPath:
    """Without one element of a list the others have other indexes, so the whole list is the place."""
    shifts = isinstance(change, DeleteKey) and change.keys and isinstance(change.keys[-1], int)
    return change.keys[:-1] if shifts else change.keys


def _prefix(one: KeyPath, other: KeyPath) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def joined(plans: Iterable[Plan]) -> Plan:
    """All changes as one plan, each once: first what each plan has before its first command, then the rest.

    A command that several plans end with (a restart) comes once, after everything that it is for.
    """
    parts = [_split(plan) for plan in plans]
    heads = _each_once([change for head, _ in parts for change in head])
    tails = _each_once([change for _, tail in parts for change in tail][::-1])
    return (*heads, *reversed(tails))


def _split(plan: Plan) -> tuple[Plan, Plan]:
    first = next((index for index, change in enumerate(plan) if isinstance(change, Run)), len(plan))
    return plan[:first], plan[first:]


def _each_once(changes: list[Change]) -> list[Change]:
    """The first of those that are the same."""
    seen: dict[Hashable, list[Change]] = {}
    found: list[Change] = []
    for change in changes:
        alike = seen.setdefault(change.argv if isinstance(change, Run) else change.path, [])
        if not any(same(change, other) for other in alike):
            alike.append(change)
            found.append(change)
    return found
