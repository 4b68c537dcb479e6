"""Taking secrets out of text from elsewhere: by known value, by the shapes of well-known keys, by where they stand."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from openclaw.secret import SHORT, Secret
from openclaw.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Prefixes that no ordinary word has, followed by enough of the key to matter. The first line is certain enough to be
# found in the middle of a word too: `KEYsk-ant-…` is how a paste goes wrong.
_SHAPES = (
    r"(?:sk-ant-|sk-proj-|sk-or-v1-|github_pat_)[A-Za-z0-9_-]{8,}|AIza[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{12,}"
    r"|(?<![A-Za-z0-9])(?:sk|csk)-[A-Za-z0-9_-]{12,}"
    r"|(?<![A-Za-z0-9])(?:gsk|xai|r8|hf|gh[pousr]|pplx|nvapi|glpat|vck|cpk|xox[abprs]|xapp)[_-][A-Za-z0-9_-]{12,}"
    r"|(?<![A-Za-z0-9])(?:AQ\.[A-Za-z0-9_-]{16,}|A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9]))"
    r"|(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
)
# Where a secret of any shape stands: a header, a URL's user information, behind the name of a variable or key.
_PLACES = (
    r"(?P<bearer>\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|(?P<url>://[^\s/:@]*:)[^\s/@]+(?=@)"
    r"|(?P<name>\b[A-Za-z0-9_-]*(?:api[_-]?key|access[_-]?key|token|secret|password|authorization)[\"']?\s*"
    # behind a colon without quotes there may be prose: `NAME: Unquoted #, where …`; no word of that has digits in it
    r"(?:=\s*[\"']?|:\s*[\"']|:\s*(?=[A-Za-z0-9._~+/=-]{20}|(?=[^\s\"']*[A-Za-z])[^\s\"'<>,;&}\])]*[0-9])))"
    # a reference is no secret: `${NAME}`, and `$NAME` in capitals and alone, as the commands have it that we print
    r"(?!bearer\s|\$\{|(?-i:\$[A-Z_][A-Z0-9_]*)(?![^\s\"'<>,;&}\])])|<secret)[^\s\"'<>,;&}\])]{8,}"
)
_MIXED = r"(?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{16,}"


@cache
def _shapes() -> re.Pattern[str]:
    return re.compile(_SHAPES)


@cache
def _places() -> re.Pattern[str]:
    return re.compile(_PLACES, re.IGNORECASE)


def scrub(text: str, known: Iterable[Secret] = ()) -> str:
    """`text` on one line without secrets: control characters escaped; known values, key shapes and places replaced."""
    # The longest first: one secret may begin with another.
    for value in sorted({secret.reveal() for secret in known}, key=len, reverse=True):
        if len(value) >= 4:
            text = text.replace(value, _shown(value))
    return one_line(_places().sub(_behind, _shapes().sub(lambda match: _shown(match[0]), text)))


def secrets_in(text: str) -> list[str]:
    """The values that `scrub` would take out of a text: key shapes, and what stands where secrets stand."""
    behind = [match[0][len(_before(match)) :] for match in _places().finditer(_shapes().sub("<secret>", text))]
    return [*shapes_in(text), *(value for value in behind if "<secret" not in value)]


def shapes_in(text: str) -> list[str]:
    """What stands in a text and has the shape of a well-known key, wherever that is."""
    return [match[0] for match in _shapes().finditer(text)]


def in_arguments(args: Sequence[str]) -> list[Secret]:
    """Arguments that may be secrets without a known shape: an error about a command line must not repeat them.

    Taken for one is a long run of letters mixed with digits outside of a path; ids of models and UUIDs have none.
    """
    values = [arg.partition("=")[2] if arg.startswith("-") and "=" in arg else arg for arg in args]
    return [Secret(value) for value in values if "/" not in value and re.search(_MIXED, value)]


def _behind(match: re.Match[str]) -> str:
    before = _before(match)
    return f"{before}{_shown(match[0][len(before) :])}"


def _before(match: re.Match[str]) -> str:
    return match["bearer"] or match["url"] or match["name"]


def _shown(value: str) -> str:
    return "<secret>" if len(value) < SHORT else f"<secret …{value[-4:]}>"
