"""An answer taken apart: codes, types and words, whatever its shape, bounded, and without the keys that it repeats."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.secret import Secret

LONGEST = 64 * 1024  # characters of a body that are looked at
NODES = 400  # of a JSON document
CODE_KEYS = frozenset({"code", "reason", "status", "status_code", "error_code", "err_code"})
TEXT_KEYS = frozenset(
    {"message", "error", "detail", "msg", "status_msg", "error_description", "error_message", "err_msg"}
)
_MASKED = re.compile(r"[\w-]*(?:\*{2,}|•{2,}|…|\.{3,})[\w*•.-]*\w")


@frozen
class Said:
    """An answer, taken apart; all in lower case but `message`."""

    status: int | None
    codes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    text: str = ""
    message: str = ""


def is_html(text: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether a body is a page for people: no provider's API answers so, a login page or a firewall does."""
    start = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    if start.startswith(("{", "[")):
        return False
    declared = next((value for name, value in (headers or {}).items() if name.lower() == "content-type"), "")
    return "text/html" in declared.lower() or start.startswith(("<!doctype html", "<html", "<head")) or "<html" in start


def as_text(body: str | bytes | Mapping[str, Any] | None) -> str:
    if body is None:
        return ""
    if isinstance(body, bytes):
        return body[:LONGEST].decode("utf-8", "replace")
    if isinstance(body, str):
        return body[:LONGEST]
    try:
        return json.dumps(body, ensure_ascii=False, default=str)[:LONGEST]
    except (ValueError, RecursionError):
        return ""


def taken_apart(status: int | None, text: str) -> Said:
    codes: set[str] = set()
    types: set[str] = set()
    messages: list[str] = []
    for document in _documents(text):
        for key, value in _members(document):
            if key in CODE_KEYS:
                codes.add(value.lower())
            elif key == "type" and value != "error":
                types.add(value.lower())
            elif key in TEXT_KEYS:
                messages.append(value)
    numbers = {code for code in codes if re.fullmatch(r"[1-5]\d\d", code)}
    if numbers and (status is None or status < 300):
        status = int(min(numbers))
    message = "; ".join(dict.fromkeys(messages)) or text
    return Said(status, frozenset(codes - numbers), frozenset(types), text.lower(), message)


def _documents(text: str) -> Iterator[Any]:
    """The JSON documents in a text: the whole of it, or what stands in a log line or an event stream."""
    decoder = json.JSONDecoder()
    at = 0
    for _ in range(20):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        yield found


def _members(document: Any) -> Iterator[tuple[str, str]]:
    """(key, text) of what is text or a number in a document, breadth first and bounded."""
    queue: list[Any] = [document]
    for _ in range(NODES):
        if not queue:
            return
        item = queue.pop(0)
        if isinstance(item, list):
            queue += item[:50]
        elif isinstance(item, dict):
            for key, value in list(item.items())[:50]:
                if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
                    yield str(key).lower(), str(value)
                elif isinstance(value, dict | list):
                    queue.append(value)


def has_error(text: str) -> bool:
    """Whether a 200 carries an error after all (OpenRouter, and MiniMax's `base_resp`)."""
    for document in _documents(text):
        if not isinstance(document, dict):
            continue
        if document.get("error") or document.get("type") == "error":
            return True
        base = document.get("base_resp")
        if isinstance(base, dict) and base.get("status_code") not in (None, 0, "0"):
            return True
    return False


def redacted(text: str, known: Iterable[Secret] = ()) -> str:
    """A provider's words on one line, without keys: nor the parts of one that xAI, DeepSeek and OpenAI repeat."""
    from openclaw.redact import scrub

    secrets = tuple(known)
    text = _MASKED.sub("<masked key>", text)
    for secret in secrets:
        text = _without_parts(text, secret.reveal())
    return scrub(text, secrets)


def _without_parts(text: str, value: str) -> str:
    """`text` without runs of 8 or more characters of a secret."""
    size = 8
    if len(value) < size:
        return text.replace(value, "<secret>") if len(value) >= 4 else text
    windows = {value[at : at + size] for at in range(len(value) - size + 1)}
    hidden = [False] * len(text)
    for at in range(len(text) - size + 1):
        if text[at : at + size] in windows:
            hidden[at : at + size] = [True] * size
    pieces: list[str] = []
    for char, hide in zip(text, hidden, strict=True):
        if not hide:
            pieces.append(char)
        elif not pieces or pieces[-1] != "<secret>":
            pieces.append("<secret>")
    return "".join(pieces)
