"""Taking secrets out of text that came from elsewhere: by known value, and by the shapes of well-known keys."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from openclaw.secret import SHORT, Secret
from openclaw.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

# Prefixes that no ordinary word has, followed by enough of the key to matter.
_SHAPES = (
    r"sk-[A-Za-z0-9_-]{12,}"
    r"|(?:gsk|xai|r8|hf|ghp|gho|ghu|ghs|github_pat|pplx|nvapi|glpat|xox[abp])[_-][A-Za-z0-9_-]{12,}"
    r"|AIza[A-Za-z0-9_-]{20,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(f"(?<![A-Za-z0-9])(?:{_SHAPES})")


def scrub(text: str, known: Iterable[Secret] = ()) -> str:
    """`text` on one line without secrets: control characters escaped, known values and key shapes replaced."""
    for secret in known:
        value = secret.reveal()
        if len(value) >= 4:
            text = text.replace(value, _shown(value))
    return one_line(_pattern().sub(lambda match: _shown(match[0]), text))


def _shown(value: str) -> str:
    return "<secret>" if len(value) < SHORT else f"<secret …{value[-4:]}>"
