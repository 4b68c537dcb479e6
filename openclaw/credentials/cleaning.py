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
LONE = "\"'`“”‘’«»"
CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
LINE_BREAK = r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]"
NARROWEST = 20  # columns; nothing wraps lines shorter than this
SHORTEST = 8  # characters of a piece of a key; what is shorter may be a word beside it

_ASSIGNMENT = (
    r"(?:(?:export|set|declare -x)\s+([A-Za-z_]\w*)|\$env:([A-Za-z_]\w*)|"
    r"([A-Z][A-Z0-9_]*|(?i:api_?key|token|key|[a-z]\w*_(?:key|token|secret))))\s*=\s*(?=[^\s=])"
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


def _without_lone_quote(text: str) -> tuple[str, str] | None:
    """A quote at one end, of a text that begins as keys do: another text may have one of its own."""
    if sum(text.count(char) for char in LONE) != 1:
        return None
    rest = text[1:] if text[0] in LONE else text[:-1] if text[-1] in LONE else ""
    return (rest, "a quote at one end") if begins_like_a_secret(rest) else None


def _without_paste_marks(text: str) -> tuple[str, str] | None:
    """What a terminal puts round a paste where the program does not know of it (bracketed paste)."""
    if "\x1b" not in text and not text.startswith("[200~") and not text.endswith("[201~"):
        return None  # the usual case: the pattern would read all of a long text, once for each layer of it
    rest = re.sub(r"\x1b\[20[01]~|\A\[200~|\[201~\Z", "", text)
    return (rest, "the marks of a terminal round a paste") if rest != text else None


def _without_controls(text: str) -> tuple[str, str] | None:
    """Control characters at the ends, which nobody types and JavaScript's trim leaves there."""
    rest = text.strip(CONTROLS)
    return (rest, "control characters at its ends") if rest != text else None


def _without_end(text: str) -> tuple[str, str] | None:
    return (text[:-1], f"`{text[-1]}` at the end") if text[-1:] in {";", ","} else None


_LAYERS: tuple[Callable[[str], tuple[str, str] | None], ...] = (
    _without_invisible, _without_paste_marks, _without_controls, _without_end, _without_assignment, _without_header,
    _without_bearer, _without_quotes, _without_lone_quote,
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


def rejoined(text: str) -> str | None:
    """A secret with a blank, a tab or the like in the middle, without it; None where that would be a guess.

    It is none where the whole is as long as keys of this beginning are, or where what parts it is nothing that anybody
    types between two words: no space.
    """
    pieces = [piece for piece in re.split(r"[\s\x00-\x1f\x7f-\x9f]+", text) if piece]
    if not pieces or not begins_like_a_secret(pieces[0]) or any(map(_stands_alone, pieces[1:])):
        return None
    if not all(re.fullmatch(_PIECE, piece) for piece in pieces) or re.search(LINE_BREAK, text):
        return None
    whole, usual = "".join(pieces), usual_length(pieces[0])
    if usual:
        return whole if len(whole) == usual else None
    return None if " " in text or min(map(len, pieces)) < SHORTEST else whole


def _stands_alone(line: str) -> bool:
    """A line that is no piece of another: a secret of its own, an assignment, a comment."""
    return begins_like_a_secret(line) or line.startswith("#") or bool(clean(line).removed)
