"""`@frozen`: what `@dataclass(frozen=True, slots=True)` gives, at a tenth of the price of defining a class (ADR 7).

The standard decorator writes and compiles six methods for every class, 0.6 ms; a run of the doctor defines eighty
classes and uses most of them a few times. Here all classes share the same functions, which read a plan of the fields.
`dataclasses.field`, `replace`, `fields`, `asdict` and `is_dataclass` work as they do with the standard decorator.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, field, make_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """The class with slots for its annotated names, and with init, repr, eq and hash over them. Nothing can be set.

    Methods that the class itself has are kept. Not supported: inherited fields, ClassVar, InitVar, keyword-only.
    """
    members = {**vars(cls), "__qualname__": cls.__qualname__}
    names = tuple(cls.__annotations__)
    fields = {name: _field(members.pop(name, MISSING)) for name in names}
    for name in ("__dict__", "__weakref__"):
        members.pop(name, None)
    shared = {**_SHARED, "__dataclass_fields__": _Fields(fields), "__match_args__": _names(fields, "init")}
    made: Any = type(cls.__name__, cls.__bases__, {**shared, **members, "__slots__": names, **_keys(fields)})
    made.__frozen_plan__ = tuple(
        (name, getattr(made, name).__set__, item.default, item.default_factory)
        for name, item in fields.items()
        if item.init
    )
    return cast("type[T]", made)


def replace(record: T, **changes: Any) -> T:
    """A copy of a frozen record with other values: `dataclasses.replace`, without its preparations."""
    same = {name: getattr(record, name) for name in record.__match_args__ if name not in changes}  # type: ignore[attr-defined]
    return type(record)(**same, **changes)


def _field(default: Any) -> Field[Any]:
    if isinstance(default, Field):
        return default
    found: Field[Any] = field() if default is MISSING else field(default=default)
    return found


def _names(fields: dict[str, Field[Any]], use: str) -> tuple[str, ...]:
    return tuple(name for name, item in fields.items() if getattr(item, use))


def _keys(fields: dict[str, Field[Any]]) -> dict[str, Any]:
    compared = _names(fields, "compare")
    return {
        "__frozen_key__": attrgetter(*compared) if compared else type,
        "__frozen_shown__": _names(fields, "repr"),
    }


class _Fields:
    """What the functions of `dataclasses` look for, made when they first do: the fields of a standard twin."""

    def __init__(self, fields: dict[str, Field[Any]]) -> None:
        self._fields = fields
        self._made: dict[str, Field[Any]] = {}

    def __get__(self, _: object, owner: type) -> dict[str, Field[Any]]:
        if not self._made:
            types = owner.__annotations__
            twin: Any = make_dataclass(
                owner.__name__, [(name, types[name], item) for name, item in self._fields.items()]
            )
            self._made = twin.__dataclass_fields__
        return self._made


def _init(self: Any, *args: Any, **given: Any) -> None:
    plan = self.__frozen_plan__
    for (_, put, _, _), value in zip(plan, args, strict=False):
        put(self, value)
    for name, put, default, factory in plan[len(args) :]:
        if name in given:
            put(self, given.pop(name))
        elif factory is not MISSING:
            put(self, factory())
        elif default is not MISSING:
            put(self, default)
        else:
            raise TypeError(f"{type(self).__name__}() needs a value for {name!r}")
    if given or len(args) > len(plan):
        wrong = f"a value for {next(iter(given))!r}" if given else f"{len(args)} values, {len(plan)} at most"
        raise TypeError(f"{type(self).__name__}() was given {wrong}")
    if post := getattr(self, "__post_init__", None):
        post()


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__frozen_shown__)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    key: Callable[[Any], Any] = self.__frozen_key__
    return key(self) == key(other)


def _hash(self: Any) -> int:
    return hash((type(self), self.__frozen_key__(self)))


def _setattr(_: Any, name: str, __: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__slots__]


def _setstate(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)


_SHARED: dict[str, Any] = {
    "__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": _hash, "__setattr__": _setattr,
    "__delattr__": _delattr, "__getstate__": _getstate, "__setstate__": _setstate,
}  # fmt: skip
