"""Finding known secrets in long texts: in logs, and on command lines. Linear in the text, however many there are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from openclaw.providers.names import all_env_names, begins_like_a_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHORTEST = 16  # characters: a shorter value may stand anywhere by chance
GRAM = 8
STEP = SHORTEST - GRAM + 1  # of the last 16 characters of a value, one run of 8 begins at each 9th place of a text
# Options of OpenClaw's commands whose value is a secret of any shape (`gateway --token`, `onboard --openai-api-key`).
FLAG = r"--(?:token|password|[a-z0-9-]+-api-key|api-key|[a-z0-9-]+-token)"
NO_SECRETS = frozenset({"credentials/placeholder", "credentials/redacted", "credentials/local-blank"})


class Needles:
    """Values to look for; those shorter than 16 characters are left out, and those that stand for no secret."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values: dict[str, str] = {}  # as it stands in a text → value
        self._grams: dict[str, set[tuple[int, int]]] = {}  # 8 characters → (their place in a form, its length)
        for value in values:
            if len(value) >= SHORTEST and value not in all_env_names():
                for form in {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}:
                    self._add(form, value)

    def _add(self, form: str, value: str) -> None:
        self._values[form] = value
        for at in range(len(form) - SHORTEST, len(form) - GRAM + 1):
            self._grams.setdefault(form[at : at + GRAM], set()).add((at, len(form)))

    def found(self, text: str) -> dict[str, int]:
        """The values that stand in a text, each with its first place."""
        found: dict[str, int] = {}
        grams = self._grams
        for at in range(0, len(text) - GRAM + 1, STEP):
            places = grams.get(text[at : at + GRAM])
            for before, length in places or ():
                start = at - before
                value = self._values.get(text[start : start + length]) if start >= 0 else None
                if value and value not in found and _stands_alone(value, text, start, length) and is_secret(value):
                    found[value] = start
        return found


def is_secret(value: str) -> bool:
    """Whether a stored value is one: a template or a mask may stand in any log."""
    from openclaw.credentials.shapes import diagnose

    return not any(item.slug in NO_SECRETS for item in diagnose(value, "", "api_key"))


def _stands_alone(value: str, text: str, start: int, length: int) -> bool:
    """A key is one wherever it stands; of words only (a passphrase), no part of longer ones is."""
    if begins_like_a_secret(value) or (re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value)):
        return True
    before, after = text[start - 1 : start], text[start + length : start + length + 1]
    return not (before.isalnum() or after.isalnum() or "_" in (before, after))


def on_command_line(argv: Sequence[str], needles: Needles) -> Iterator[str]:
    """The secrets among the arguments: known ones wherever they stand, keys by their shape, values of such options."""
    from openclaw.redact import shapes_in

    text = "\0".join(argv[1:])
    known = list(needles.found(text))
    yield from known
    rest = [value for value in shapes_in(text) if begins_like_a_secret(value) and len(value) >= 2 * SHORTEST]
    rest += [value for value in _behind_options(argv) if len(value) >= GRAM and not value.startswith("$")]
    for value in dict.fromkeys(rest):
        if not any(value in other or other in value for other in known) and is_secret(value):
            known.append(value)
            yield value


def _behind_options(argv: Sequence[str]) -> Iterator[str]:
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        flag, equals, value = word.partition("=")
        if re.fullmatch(FLAG, flag) and not (not equals and following.startswith("-")):
            yield value if equals else following
