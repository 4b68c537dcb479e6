"""Twins: made-up values that stand for secrets in a bundle, alike in everything that a check may look at.

A twin has the length of its secret, the same kinds of characters in the same places, the same well-known beginning, the
same last four characters (the fingerprint shows those anyway) and the same blanks, quotes and invisible characters. All
other letters and digits are drawn from a generator that knows nothing of the secret. The same secret has the same twin
wherever it stands, also with quotes or a line break in one place and without in another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from openclaw.secret import SHORT, fingerprint
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
LAST = 4  # characters at the end that a fingerprint shows
# What a value may begin with that is no secret: a header or an assignment in front, a scheme, a provider's prefix.
_HEADS = (
    r"(?:(?:export|set|declare -x)\s+|\$env:)[A-Za-z_]\w{0,60}\s*=\s*(?=[^\s=])",
    r"(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?i:api_?key|token|key))\s*=\s*(?=[^\s=])",
    r"(?i:(?:authorization|(?:x-|x-goog-)?api-key)\s*:\s*)",
    r"(?i:(?:bearer|basic)\s+)",
    r"[a-z][a-z0-9+.-]{1,12}://",
    r"-----BEGIN [A-Z ]{1,40}-----",
    r"sk-ant-[a-z]{3,5}(?:[0-9]{2}-|(?=[^a-z]))",
)
_COMMAND_WORDS = re.compile(
    r"(?i)(?<![\w-])(?:sudo|npx|pnpm|bunx|pipx|run|uvx|openclaw|clawdbot|moltbot|claude|onboard|models|auth|setup-token"
    r"|paste-token|login|--[a-z-]{2,40}|apiKey|token)(?![\w-])"
)

# A reference to a variable, and what OpenClaw leaves in place of a login.
_NO_SECRET = re.compile(
    r"\s*\$(?:\{[A-Z_][A-Z0-9_]*\}|[A-Z_][A-Z0-9_]*)\s*|openclaw-oauth-refresh-fence:[a-z0-9:.-]{0,80}"
)


@dataclass(slots=True)
class Twins:
    """The twins of a set of secrets. `of` may be asked for more values later."""

    _cores: dict[str, str] = field(default_factory=dict, repr=False)
    _used: set[str] = field(default_factory=set, repr=False)
    _whole: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def among(cls, secrets: Iterable[str]) -> Twins:
        """Twins for these: the shorter first, because one may be a part of another (a cut-off copy)."""
        made = cls()
        for value in sorted(secrets, key=lambda value: (len(_alnum(value)), value)):
            made.of(value)
        return made

    def of(self, value: str) -> str:
        """The twin; the value itself where it is no secret: a placeholder, a mask, a reference, nothing."""
        if value not in self._whole:
            twin = value if _NO_SECRET.fullmatch(value) else self._made(value)
            if _stands_in(value) and _looks(twin) != _looks(value):
                twin = value
            self._whole[value] = twin
        return self._whole[value]

    def _made(self, value: str) -> str:
        free = _free(value)
        core = "".join(value[at] for at in free)
        letters = iter(self._core(core))
        places = set(free)
        return "".join(next(letters) if at in places else char for at, char in enumerate(value))

    def _core(self, core: str) -> str:
        if core not in self._cores:
            inside = max((known for known in self._cores if len(known) >= 8 and known in core), key=len, default="")
            self._cores[core] = self._joined(core, inside) if inside else self._drawn(core)
        return self._cores[core]

    def _joined(self, core: str, inside: str) -> str:
        before, _, after = core.partition(inside)
        return self._core(before) + self._cores[inside] + self._core(after)

    def _drawn(self, core: str) -> str:
        """Another text of the same kind that no other core has."""
        from random import Random

        kept = LAST if len(core) >= SHORT else 0
        head, tail = core[: len(core) - kept], core[len(core) - kept :]
        letters = LETTERS[:6] if re.fullmatch(r"[0-9a-f]*", core) else LETTERS
        for attempt in range(50):
            source = Random(f"{len(self._cores)}/{attempt}")  # noqa: S311 - nothing of the secret is in it
            twin = "".join(_like(char, source, letters) for char in head) + tail
            if twin not in self._used and twin != core:
                break
        self._used.add(twin)
        return twin


def stated(secrets: Iterable[str], twins: Twins) -> dict[str, str]:
    """twin → fingerprint of its secret, for every form in which a check may show it: as it is, trimmed, cleaned."""
    found: dict[str, str] = {}
    for value in secrets:
        twin = twins.of(value)
        if twin != value:
            pairs = zip(_forms(twin), _forms(value), strict=False)
            found |= {mine: fingerprint(its) for mine, its in pairs if len(its) >= SHORT and mine != its}
    return found


def _forms(value: str) -> Iterator[str]:
    from openclaw.credentials.cleaning import clean, unwrap

    cleaned = clean(value).text
    yield from (value, js_trim(value), cleaned, unwrap(cleaned) or "")


def _free(value: str) -> list[int]:
    """The places of the characters that are replaced."""
    kept = [range(_head(value))]
    if _is_command(value):
        kept += [range(*match.span()) for match in _COMMAND_WORDS.finditer(value)]
    return [at for at, char in enumerate(value) if char.isalnum() and not any(at in part for part in kept)]


def _head(value: str) -> int:
    """How long the part in front is that is no secret."""
    at, pattern = 0, _head_pattern()
    while (match := pattern.match(value, at)) and match.end() > at and match.end() < len(value):
        at = match.end()
    return at


@cache
def _head_pattern() -> re.Pattern[str]:
    from openclaw.providers.names import KEY_PREFIXES

    prefixes = (re.escape(prefix) for prefix, _ in sorted(KEY_PREFIXES, key=lambda pair: -len(pair[0])))
    return re.compile("|".join((*_HEADS, r"[\s\"'`<\u200b-\u200f\u2060\ufeff]+", *prefixes, "sk-", "eyJ")))


def _alnum(value: str) -> str:
    return "".join(filter(str.isalnum, value))


def _like(char: str, source: Random, letters: str) -> str:
    if char.isascii():
        if char.isdigit():
            return source.choice(DIGITS)
        return source.choice(letters.upper() if char.isupper() else letters)
    return "ж" if ord(char) <= 0xFFFF else "𝕏"  # of the same width in UTF-16


def _looks(value: str) -> list[tuple[str, str, str]]:
    """What the shape of a value is complained about for."""
    from openclaw.credentials.shapes import diagnose

    return [(item.slug, item.what, item.severity) for item in diagnose(value, "openai", "api_key")]


def _stands_in(value: str) -> bool:
    """A text that is no secret and that a check has to recognise: a placeholder, a mask."""
    marks = {"credentials/placeholder", "credentials/redacted", "credentials/local-blank"}
    return any(slug in marks for slug, _, _ in _looks(value))


def _is_command(value: str) -> bool:
    from openclaw.credentials.shapes import describe

    return describe(value) in ("a command line", "a command to run, which OpenClaw does not run here")
