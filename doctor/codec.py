"""Facts as JSON and back, for bundles: data classes by name, from an allow-list of modules; never pickle.

Tags begin with `$`. A value that is told twice (`$id`) is referred to afterwards (`$ref`). Secrets stand in the clear
here: `doctor.redacting` takes them out before anything is written.
"""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Mapping
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from openclaw.errors import Failure, Refusal, Unreadable, UsageFailure
from openclaw.facts import Unavailable
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

DEPTH = 120  # levels of nesting: real facts have fewer than thirty
VALUES = 5_000_000
# Where classes of built-in facts live. Loading one of these modules does nothing else.
ALLOWED = re.compile(
    r"openclaw\.(?:facts|config|credentials|environment|service|gateway|providers|probing|net)(?:\.[a-z_0-9]+)*"
    r"|openclaw\.(?:home|era|platforms|installation|finding|record)"
)
FAILURES = {kind.__name__: kind for kind in (Failure, Refusal, Unreadable, UsageFailure)}
FAILURE = ("message", "path", "line", "column", "hint", "commands")


class Strange(Failure):
    """A value that cannot be put in a bundle, or something in a bundle that is no value of ours."""


def encode(value: Any) -> Any:
    """A fact as JSON. Raises Strange for what is no data: an object with behaviour, a class of a script."""
    return _Encoder(value).encoded


def decode(tree: Any, modules: Iterable[str] = ()) -> Any:
    """The fact. `modules`: those of loaded plugins, whose classes are allowed too. Raises Strange for anything else."""
    return _Decoder(frozenset(modules)).value(tree, 0)


class _Encoder:
    def __init__(self, value: Any) -> None:
        self._seen: dict[int, dict[str, Any]] = {}
        self._kept: list[Any] = []  # while we look at ids, nothing may be thrown away
        self._number = 0
        self.encoded = self._any(value, 0)

    def _any(self, value: Any, depth: int) -> Any:
        if depth > DEPTH:
            raise Strange("it is nested too deeply")
        if value is None or type(value) in (bool, int, str):
            return value
        if type(value) is float:
            return value if value == value and abs(value) != float("inf") else {"$float": str(value)}
        if isinstance(value, enum.Enum):
            return {"$enum": _name(type(value)), "name": value.name}
        if isinstance(value, Secret):
            return {"$secret": value.reveal()}
        if isinstance(value, PurePath):
            return {"$path": str(value)}
        if isinstance(value, bytes):
            return {"$bytes": value.hex()}
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, list):
            return self._items(value, depth)
        return self._object(value, depth)

    def _object(self, value: Any, depth: int) -> Any:
        if isinstance(value, Unavailable):
            return {"$unavailable": value.reason}
        if isinstance(value, Failure):
            return {"$failure": type(value).__name__} | {
                name: self._any(getattr(value, name), depth + 1) for name in FAILURE
            }  # fmt: skip
        if type(value) is tuple:
            return {"$tuple": self._items(value, depth)}
        if isinstance(value, set | frozenset):
            kind = "$set" if isinstance(value, set) else "$frozenset"
            return {kind: self._items(sorted(value, key=repr), depth)}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [item.name for item in dataclasses.fields(value) if item.init]
        elif isinstance(value, tuple) and hasattr(value, "_fields"):
            fields = list(value._fields)
        else:
            raise Strange(f"a {type(value).__name__} is no data")
        if id(value) in self._seen:
            return self._again(id(value))
        told: dict[str, Any] = {"$type": _name(type(value))}
        self._seen[id(value)] = told
        self._kept.append(value)
        told |= {name: self._any(getattr(value, name), depth + 1) for name in fields}
        return told

    def _again(self, number: int) -> dict[str, int]:
        told = self._seen[number]
        if "$id" not in told:
            self._number += 1
            told["$id"] = self._number
        return {"$ref": told["$id"]}

    def _items(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self._any(item, depth + 1) for item in values]

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> Any:
        if all(type(key) is str and not key.startswith("$") for key in value):
            return {key: self._any(item, depth + 1) for key, item in value.items()}
        return {"$map": [self._items(pair, depth) for pair in value.items()]}


class _Decoder:
    def __init__(self, modules: frozenset[str]) -> None:
        self._modules = modules
        self._known: dict[int, Any] = {}
        self._left = VALUES

    def value(self, tree: Any, depth: int) -> Any:
        self._left -= 1
        if depth > DEPTH or self._left < 0:
            raise Strange("the facts are nested too deeply" if self._left >= 0 else "there are too many facts")
        if isinstance(tree, list):
            return [self.value(item, depth + 1) for item in tree]
        if not isinstance(tree, dict):
            return tree
        tag = next((name for name in tree if name.startswith("$")), "")
        if not tag:
            return {name: self.value(item, depth + 1) for name, item in tree.items()}
        if "$type" in tree:
            return self._object(tree, depth)
        try:
            return self._tagged(tag, tree[tag], tree, depth)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise Strange(f"there is a {tag} that is none") from error

    def _tagged(self, tag: str, inner: Any, tree: dict[str, Any], depth: int) -> Any:
        if tag in ("$tuple", "$set", "$frozenset"):
            make = {"$tuple": tuple, "$set": set, "$frozenset": frozenset}[tag]
            return make([self.value(item, depth + 1) for item in _a(list, inner)])
        if tag == "$map":
            return {self.value(key, depth + 1): self.value(item, depth + 1) for key, item in _a(list, inner)}
        if tag == "$ref":
            return self._known[inner]
        if tag == "$failure":
            members = {name: self.value(tree[name], depth + 1) for name in FAILURE}
            return FAILURES[_a(str, inner)](members.pop("message"), **members)
        if tag == "$enum":
            return _class(_a(str, inner), self._modules)[tree["name"]]
        return _simple(tag, _a(str, inner))

    def _object(self, tree: dict[str, Any], depth: int) -> Any:
        kind = _class(_a(str, tree["$type"]), self._modules)
        members = {name: self.value(item, depth + 1) for name, item in tree.items() if not name.startswith("$")}
        try:
            made = kind(**members)
        except Exception as error:  # whatever a constructor says about members that do not fit
            raise Strange(f"there is a {kind.__name__} that is none") from error
        if "$id" in tree:
            self._known[_a(int, tree["$id"])] = made
        return made


def _simple(tag: str, text: str) -> Any:
    if tag == "$path":
        from pathlib import Path

        return Path(text)
    if tag == "$float":
        return float(text)
    kinds = {"$secret": Secret, "$unavailable": Unavailable, "$bytes": bytes.fromhex}
    return kinds[tag](text)


def _a(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise Strange(f"there is a {type(value).__name__} where a {kind.__name__} belongs")
    return value


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


@cache
def _class(name: str, modules: frozenset[str]) -> Any:
    """A data class, named tuple or enumeration that its own module defines; nothing else is ever called."""
    from importlib import import_module

    module, _, attribute = name.partition(":")
    found: Any = None
    if ALLOWED.fullmatch(module) or module in modules:
        try:
            found = getattr(import_module(module), attribute, None)
        except ImportError:
            found = None
    data = isinstance(found, type) and (
        dataclasses.is_dataclass(found) or issubclass(found, enum.Enum) or (issubclass(found, tuple))
    )
    if not data or found.__module__ != module:
        raise Strange(f"{name[:120]!r} is no kind of fact that this version knows")
    return found
