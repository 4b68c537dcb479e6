"""The guard of every edit: nothing changes but what was to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.json5 import KeyPath, loads
from openclaw.config.spans import skip
from openclaw.errors import Refusal, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def check_edit(before: str, after: str, changed: Iterable[KeyPath]) -> None:
    """Raises Refusal when a key path other than the changed ones (and what is below them) differs between the texts.

    Read with the readers of `json5.loads`, not with the parser the edits were made with. Objects on the way to a
    changed path may appear, not disappear. (Other programs' edits emptied users' configurations: user-pain, FM 1.)
    """
    old = {} if skip(before, 0) == len(before) else loads(before)
    try:
        new = loads(after)
    except Unreadable as error:
        raise Refusal(f"the edit would leave a file that is {error.message}") from None
    lost = [shown(path) for path in _differences(old, new, (), set(changed))]
    if lost:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        raise Refusal(f"the edit would also change {', '.join(lost[:5])}{more}", hint="Nothing was written.")


def same(left: Any, right: Any) -> bool:
    """Equal as JSON: true is not 1, NaN is NaN, the order of keys does not matter."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right or (left != left and right != right))


def _differences(old: Any, new: Any, path: KeyPath, changed: set[KeyPath]) -> Iterator[KeyPath]:
    if path in changed or same(old, new):
        return
    old_items, new_items = _items(old), _items(new)
    if type(old) is not type(new) or old_items is None or new_items is None:
        yield path
        return
    for key in old_items | new_items:
        below = (*path, key)
        if key in old_items and key in new_items:
            yield from _differences(old_items[key], new_items[key], below, changed)
        elif key in old_items:
            yield from () if below in changed else (below,)
        else:
            yield from _additions(new_items[key], below, changed)


def _additions(new: Any, path: KeyPath, changed: set[KeyPath]) -> Iterator[KeyPath]:
    """What appeared is right when it was asked for, or is an object on the way to that and holds nothing else."""
    if path in changed:
        return
    on_the_way = any(other[: len(path)] == path for other in changed)
    if not (on_the_way and isinstance(new, dict)):
        yield path
        return
    for key, item in new.items():
        yield from _additions(item, (*path, key), changed)


def _items(value: Any) -> dict[str | int, Any] | None:
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, list) else None


def shown(path: KeyPath) -> str:
    """A key path for a message: without control characters, and of values nothing."""
    from openclaw.config.reading import dotted
    from openclaw.text import one_line

    return one_line(dotted(path))
