"""Text for people and text rules taken from OpenClaw. Imports nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What JavaScript's trim() removes (auth-spec, conventions): unlike Python's strip() it leaves U+001C-U+001F and U+0085
# alone and takes U+FEFF.
JS_WHITESPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)

MINUTE = 60_000  # milliseconds, as all of OpenClaw's times
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def ascii_locale(env: Mapping[str, str]) -> bool:
    """Whether the locale is C or POSIX: a terminal of it may show nothing but ASCII.

    The encoding of the streams does not tell: in that locale Python makes them UTF-8 (PEP 540), and where LC_ALL is not
    set it puts LC_CTYPE=C.UTF-8 in its own environment (PEP 538). Where no locale is set at all, nobody said anything;
    and whoever sets PYTHONIOENCODING or PYTHONUTF8=1 has said what is wanted.
    """
    if env.get("PYTHONIOENCODING") or env.get("PYTHONUTF8") == "1":
        return False
    kind = env.get("LC_CTYPE", "")
    name = env.get("LC_ALL") or ("" if kind == "C.UTF-8" else kind) or env.get("LANG", "")
    return name in ("C", "POSIX")


def js_trim(text: str) -> str:
    """JavaScript's `trim()`."""
    return text.strip(JS_WHITESPACE)


def one_line(text: str) -> str:
    """`text` on one line with control characters escaped: file names and HTTP bodies must not drive the terminal."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def tilde(path: Path | str, home: Path | str) -> str:
    """The path with `~` for the home directory, as OpenClaw shortens it."""
    text, prefix = str(path), str(home).rstrip("/")
    if not prefix:
        return text
    if text == prefix:
        return "~"
    return f"~{text[len(prefix) :]}" if text.startswith(prefix + "/") else text


def with_tilde(text: str, home: str) -> str:
    """`text` with `~` for the home directory wherever a path in it begins with that."""
    import re

    prefix = home.rstrip("/")
    if not prefix or prefix not in text:
        return text
    return re.sub(rf"(?<![\w/.~-]){re.escape(prefix)}(?![\w.-])", "~", text)


def remaining(milliseconds: float) -> str:
    """OpenClaw's remaining time (auth-spec §13.1): `0m`, `5m`, `47h`, `3d`; half rounds up, at least one minute."""
    if milliseconds <= 0:
        return "0m"
    minutes = max(1, _half_up(milliseconds / MINUTE))
    if minutes < 60:
        return f"{minutes}m"
    hours = _half_up(minutes / 60)
    return f"{hours}h" if hours < 48 else f"{_half_up(hours / 24)}d"


def _half_up(number: float) -> int:
    return int(number + 0.5)


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def joined(words: list[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
