"""Ranges of versions as `engines.node` of an npm package writes them; the forms that are in use, and "cannot tell"."""

from __future__ import annotations

import re

Version = tuple[int, int, int]
COMPARATOR = re.compile(r"(>=|<=|>|<|=|\^|~)?\s*v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:[-+][\w.-]+)?$")


def parse(text: str) -> Version | None:
    """`v22.12.0` as numbers; None where it is no version."""
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def satisfies(version: str, wanted: str) -> bool | None:
    """Whether a version lies in a range such as `>=24.16.0 <25 || >=26.1.0`; None where that is not understood."""
    found = parse(version)
    alternatives = [_comparators(part) for part in wanted.split("||")]
    if found is None or None in alternatives:
        return None
    return any(all(low <= found < high for low, high in part) for part in alternatives if part is not None)


def _comparators(text: str) -> list[tuple[Version, Version]] | None:
    """The bounds (from, below) of one alternative; None where one is not understood."""
    words = re.sub(r"(>=|<=|>|<|=|\^|~)\s+", r"\1", text.strip()).split()
    found = [_bounds(word) for word in words if word not in ("*", "x")]
    return None if None in found else [item for item in found if item is not None]


def _bounds(word: str) -> tuple[Version, Version] | None:
    match = COMPARATOR.match(word)
    if match is None:
        return None
    given = [int(part) for part in match.group(2, 3, 4) if part is not None and part.isdigit()]
    low = _filled(given)
    after = _filled([*given[:-1], given[-1] + 1])  # the first version behind what is written: 25 means all of 25.x
    last = (10**9, 0, 0)
    return {
        ">=": (low, last),
        ">": (after, last),
        "<": ((0, 0, 0), low),
        "<=": ((0, 0, 0), after),
        "^": (low, _caret(given)),
        "~": (low, _filled([*given[:1], given[1] + 1]) if len(given) > 1 else after),
    }.get(match[1] or "=", (low, after))


def _caret(given: list[int]) -> Version:
    """The first version that differs in the first number that is not 0."""
    first = next((index for index, number in enumerate(given) if number), len(given) - 1)
    return _filled([*given[:first], given[first] + 1])


def _filled(numbers: list[int]) -> Version:
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return major, minor, patch
