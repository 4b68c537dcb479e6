"""What clings to a pasted secret, and how it comes off: white space, quotes, `export X=`, `Bearer `, line wraps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.providers.names import begins_like_a_secret, usual_length
from openclaw.text import count, js_trim

if TYPE_CHECKING:
    from collections.abc import Callable

INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # zero-width, soft hyphen, byte order mark
QUOTES = ('""', "''", "``", "“”", "‘’", "„“", "‚‘", "«»", "””", "’’")
LINE_BREAK = r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]"
NARROWEST = 20  # columns; nothing wraps lines shorter than this

_ASSIGNMENT = (
    r"(?:(?:export|set|declare -x)\s+([A-Za-z_]\w*)|\$env:([A-Za-z_]\w*)|([A-Z][A-Z0-9_]*|(?i:api_?key|token|key)))"
    r"\s*=\s*(?=[^\s=])"
)
_HEADER = r"(?i)(?:authorization|(?:x-|x-goog-)?api-key)\s*:\s*(?=\S)"
_BEARER = r"(?i)bearer\s+(?=\S)"
_PIECE = r"[A-Za-z0-9_\-.~+/=:#]+"


@frozen
class Cleaned:
    """The text that is left, and in words what came off. `trimmed`: there was white space at the ends."""

    text: str
    trimmed: bool
    removed: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<cleaned: {len(self.text)} characters, without {self.removed}>"


def clean(value: str) -> Cleaned:
    """Takes off what surrounds a secret, layer by layer (wizard-doctor-spec §2.5, and headers); the inside stays.

    White space at the ends is not among `removed`: OpenClaw trims it itself. Invisible characters come out anywhere.
    """
    text = js_trim(value)
    removed: list[str] = []
    while layer := next(filter(None, (strip(text) for strip in _LAYERS)), None):
        text = js_trim(layer[0])
        removed.append(layer[1])
    return Cleaned(text, js_trim(value) != value, tuple(dict.fromkeys(removed)))


def _without_invisible(text: str) -> tuple[str, str] | None:
    found = sum(text.count(char) for char in INVISIBLE)
    if not found:
        return None
    return text.translate(dict.fromkeys(map(ord, INVISIBLE))), count(found, "invisible character")


def _without_assignment(text: str) -> tuple[str, str] | None:
    match = re.match(_ASSIGNMENT, text)
    if not match:
        return None
    name = next(filter(None, match.groups()))
    # A name in capitals is a variable's; another one could be a part of the secret and is not repeated.
    return text[match.end() :], f"`{name}=` in front" if name.isupper() and "_" in name else "an assignment in front"


def _without_header(text: str) -> tuple[str, str] | None:
    match = re.match(_HEADER, text)
    return (text[match.end() :], "a header name in front") if match else None


def _without_bearer(text: str) -> tuple[str, str] | None:
    match = re.match(_BEARER, text)
    return (text[match.end() :], "`Bearer` in front") if match else None


def _without_quotes(text: str) -> tuple[str, str] | None:
    quoted = len(text) > 1 and text[0] + text[-1] in QUOTES
    return (text[1:-1], "quotes round it") if quoted else None


def _without_end(text: str) -> tuple[str, str] | None:
    return (text[:-1], f"`{text[-1]}` at the end") if text[-1:] in {";", ","} else None


_LAYERS: tuple[Callable[[str], tuple[str, str] | None], ...] = (
    _without_invisible, _without_end, _without_assignment, _without_header, _without_bearer, _without_quotes,
)  # fmt: skip


def lines_of(text: str) -> list[str]:
    """The lines of `text` without blanks at their ends; blank lines are left out."""
    return [line for line in map(js_trim, re.split(LINE_BREAK, text)) if line]


def unwrap(text: str) -> str | None:
    """A secret that a terminal wrapped over several lines, as one; None where that would be a guess.

    It is one when every line holds token characters only, the first and no other starts as a secret does, the first is
    not a whole key already, and the lines are as long as a terminal makes them: all alike, the last one not longer.
    """
    first, *rest = lines_of(text) or [""]
    if not rest or not all(re.fullmatch(_PIECE, line) for line in (first, *rest)):
        return None
    if not begins_like_a_secret(first) or any(map(_stands_alone, rest)):
        return None
    if len(first) < NARROWEST or 0 < usual_length(first) <= len(first):
        return None
    widths, last = {len(line) for line in rest[:-1]}, len(rest[-1])
    # The first line may be shorter than the screen: a prompt, or `export X=`, stood before it.
    alike = len(widths) <= 1 and all(len(first) <= width and last <= width for width in widths)
    return "".join((first, *rest)) if alike else None


def _stands_alone(line: str) -> bool:
    """A line that is no piece of another: a secret of its own, an assignment, a comment."""
    return begins_like_a_secret(line) or line.startswith("#") or bool(clean(line).removed)
