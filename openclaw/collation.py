"""The order in which OpenClaw sorts ids: JavaScript's `localeCompare` with ICU's root collation (auth-spec §13.3)."""

from __future__ import annotations

_ORDER = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANK = {char: rank for rank, char in enumerate(_ORDER)}


def key(text: str) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """A sort key: punctuation before digits before letters; lower before upper only as the tie-break."""
    folded = text.lower()
    return tuple(_RANK.get(char, len(_ORDER) + ord(char)) for char in folded), tuple(char.isupper() for char in text)
