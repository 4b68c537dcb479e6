"""The order in which OpenClaw sorts ids: JavaScript's `localeCompare` with ICU's root collation (auth-spec §13.3)."""

from __future__ import annotations

_ORDER = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANK = {char: rank for rank, char in enumerate(_ORDER)}


Key = tuple[tuple[int, ...], tuple[tuple[str, ...], ...], tuple[bool, ...]]


def key(text: str) -> Key:
    """A sort key: punctuation before digits before letters; accents, then lower before upper, only as tie-breaks."""
    letters = [(char, ()) for char in text] if text.isascii() else _letters(text)
    ranks = (_RANK.get(char, len(_ORDER) + ord(char)) for letter, _ in letters for char in letter.lower())
    return tuple(ranks), tuple(marks for _, marks in letters), tuple(letter.isupper() for letter, _ in letters)


def _letters(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The letters, each with the accents on it."""
    import unicodedata

    found: list[tuple[str, tuple[str, ...]]] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char) and found:
            found[-1] = (found[-1][0], (*found[-1][1], char))
        else:
            found.append((char, ()))
    return found
