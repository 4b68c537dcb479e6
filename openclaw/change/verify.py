"""Reading back what was written, with other readers than the ones it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.change import atomic
from openclaw.change.compose import revealed
from openclaw.change.plan import DeleteKey, DeleteVariable, Reencode, SetKey, SetVariable
from openclaw.errors import Failure

if TYPE_CHECKING:
    from openclaw.change.compose import Draft
    from openclaw.change.plan import Plan
    from openclaw.config.json5 import KeyPath


def verify(draft: Draft) -> None:
    """Raises Failure unless the file at the draft's path is there and means what the plan says."""
    if atomic.read(draft.path) != draft.after:
        raise Failure("The file does not read back as it was written.", path=draft.path)
    if draft.after is None or not draft.changes:
        return
    kinds = {type(change) for change in draft.changes}
    if kinds <= {SetKey, DeleteKey}:
        good = _means_json(draft.before, draft.after, draft.changes)
    elif kinds <= {SetVariable, DeleteVariable, Reencode}:
        good = _means_variables(draft.before, draft.after, draft.changes)
    else:
        return
    if not good:
        raise Failure("The file reads back with another meaning than was planned.", path=draft.path)


def _means_json(before: bytes | None, after: bytes, changes: Plan) -> bool:
    from openclaw.config.guard import same
    from openclaw.config.json5 import loads
    from openclaw.config.spans import skip

    template = next((change.template for change in changes if isinstance(change, SetKey)), "{}")
    text = template if before is None else before.decode()
    expected = {} if skip(text, 0) == len(text) else loads(text)
    for change in changes:
        if isinstance(change, SetKey):
            expected = _with(expected, change.keys, revealed(change.value))
        elif isinstance(change, DeleteKey):
            expected = _without(expected, change.keys)
    return same(loads(after.decode()), expected)


def _means_variables(before: bytes | None, after: bytes, changes: Plan) -> bool:
    from openclaw.environment.dotenv import node_values

    wide = (before or b"").startswith((b"\xff\xfe", b"\xfe\xff"))  # written anew as a whole, else nothing is set there
    expected = node_values((before or b"").decode(*("utf-16",) if wide else ("utf-8", "surrogateescape")))
    for change in changes:
        if isinstance(change, SetVariable):
            expected[change.name] = change.value.reveal()
        elif isinstance(change, DeleteVariable):
            expected.pop(change.name, None)
    return node_values(after.decode("utf-8", "surrogateescape")) == expected


def _with(data: Any, keys: KeyPath, value: Any) -> Any:
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(data, list) and isinstance(key, int):
        return [*data[:key], _with(data[key], rest, value), *data[key + 1 :]]
    below = data if isinstance(data, dict) else {}
    return {**below, key: _with(below.get(key), rest, value)}


def _without(data: Any, keys: KeyPath) -> Any:
    key, rest = keys[0], keys[1:]
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return [*data[:key], *([_without(data[key], rest)] if rest else []), *data[key + 1 :]]
    if not isinstance(data, dict) or key not in data:
        return data
    if rest:
        return {**data, key: _without(data[key], rest)}
    return {name: item for name, item in data.items() if name != key}
