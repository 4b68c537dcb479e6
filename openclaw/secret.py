"""Secrets: a value that does not print itself, and the ways in which it may be shown.

A fingerprint is length, last 4 characters and the first 8 hex digits of the SHA-256. Below 24 characters those would
give too much of the value away, so it is only the word "short".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

SHORT = 24  # characters; shorter secrets are never shown, not even in part


class Secret:
    """A secret string. `str()`, `repr()`, formatting and pickling never show it; `reveal()` is easy to grep for."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: for a file that holds it, an HTTP header, a comparison. Never for output."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return self._value == other._value  # nobody is there to time it: both are in this process

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"<secret: {self.fingerprint()}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not serialisable")

    def fingerprint(self) -> str:
        """For people: `108 characters, ends in AbCd, sha256 1a2b3c4d`; `short` below 24 characters."""
        return fingerprint(self._value)

    def masked(self) -> str:
        """The reference program's masking, for output that is compatible with it: first 8 … last 8."""
        return mask(self._value)


def fingerprint(value: str) -> str:
    """Length, last 4 and 8 hex digits of SHA-256 of a secret; "empty" or "short" where that would tell too much."""
    from openclaw.digest import sha256

    if value in _stated:
        return _stated[value]
    if not value:
        return "empty"
    if len(value) < SHORT:
        return "short"
    digest = sha256(_encoded(value))[:8]
    return f"{len(value)} characters, ends in {_end(value)}, sha256 {digest}"


_stated: dict[str, str] = {}


def stating(fingerprints: Mapping[str, str]) -> AbstractContextManager[None]:
    """Inside, these values have these fingerprints: made-up values in a bundle stand for secrets that are not there."""
    from contextlib import contextmanager

    @contextmanager
    def state() -> Iterator[None]:
        before = dict(_stated)
        _stated.update(fingerprints)
        try:
            yield
        finally:
            _stated.clear()
            _stated.update(before)

    return state()


def length_and_end(value: str) -> str:
    """What is shown after somebody typed a secret, so that they can see whether all of it arrived."""
    if not value:
        return "empty"
    return f"{len(value)} characters" + (f", ends in {_end(value)}" if len(value) >= SHORT else "")


def mask(value: str) -> str:
    """The reference's mask (auth-spec §13.1): trimmed; `missing` when blank; first 8, `...`, last 8.

    Difference on purpose: the reference prints secrets of up to 16 characters whole; below 24 this says `short`.
    """
    from openclaw.text import js_trim

    value = js_trim(value)
    if not value:
        return "missing"
    if len(value) < SHORT:
        return "short"
    units = value.encode("utf-16-le", "surrogatepass")  # JavaScript counts these; half a character is left out
    return "...".join(part.decode("utf-16-le", "ignore") for part in (units[:16], units[-16:]))


def _end(value: str) -> str:
    """The last 4 characters; what a wrong paste may end in must not drive the terminal."""
    from openclaw.text import one_line

    return one_line(value[-4:])


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
