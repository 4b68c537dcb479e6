"""Made-up secrets of well-known shapes, to plant in a host and to look for in everything that comes out of it."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARIES = {
    "anthropic": "sk-ant-api03-" + "C4n4ryFAKEapi" * 7 + "aaaa",
    "anthropic token": "sk-ant-oat01-" + "C4n4ryFAKEoat" * 7 + "bbbb",
    "openai": "sk-proj-" + "C4n4ryFAKEproj" * 6 + "cccc",
    "openrouter": "sk-or-v1-" + "0cab5e1fade" * 6,
    "google": "AIzaSyC4n4ryFAKE-C4n4ryFAKE-C4n4ryFAKE1",
    "other": 'C4n4ry FAKE pass phrase, with: "quotes" and ümlauts',
}
PIECE = 12  # characters: less of a secret may be shown, its well-known beginning and its last four


def leaks(output: str | bytes) -> list[str]:
    """The names of the canaries that are in an output: whole or in part, escaped, encoded or backwards."""
    data = output.encode("utf-8", "surrogatepass") if isinstance(output, str) else output
    return [name for name, value in CANARIES.items() if any(form in data for form in _forms(value))]


def check_clean(*outputs: str | bytes) -> None:
    """Raises AssertionError, with names and no values, where one of the outputs has a canary in it."""
    found = sorted({name for output in outputs for name in leaks(output)})
    assert not found, f"these canaries got out: {', '.join(found)}"


def _forms(value: str) -> Iterator[bytes]:
    texts = (value, json.dumps(value)[1:-1], quote(value), quote(value, safe=""), value[::-1])
    yield from (text.encode() for text in texts)
    yield b64encode(value.encode())
    body = value.encode()[13:-4]
    yield from (body[at : at + PIECE] for at in range(0, max(0, len(body) - PIECE), PIECE))
