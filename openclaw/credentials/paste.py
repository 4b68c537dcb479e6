"""Secrets that arrive from a pipe or a hidden prompt: made whole and clean, with a notice of everything that was done.

`claude setup-token` prints a token that terminals wrap; prompts elsewhere keep its first line only, and the provider
then says "Invalid bearer token" for ever. Here the lines are joined where that is no guess, and refused otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from openclaw.credentials.cleaning import LINE_BREAK, clean, lines_of, unwrap
from openclaw.credentials.shapes import SETUP_TOKEN, SETUP_TOKEN_LEAST, describe, diagnose, truncated
from openclaw.errors import Failure
from openclaw.frozen import frozen
from openclaw.secret import Secret, length_and_end
from openclaw.text import count, joined

if TYPE_CHECKING:
    from openclaw.credentials.shapes import Kind, Trouble

LARGEST = 64 * 1024  # bytes; no secret comes near it


@frozen
class Pasted:
    """A secret as it will be saved, and one sentence for each thing that was changed about it."""

    secret: Secret
    notices: tuple[str, ...] = ()


def from_pipe(data: bytes) -> Pasted:
    """The secret in all of standard input. Raises Failure for what cannot be one, saying what came instead.

    One line end (LF, CRLF or CR) belongs to the pipe and is dropped without a word.
    """
    if b"\0" in data:
        _refuse("What came through standard input is not text: it holds NUL bytes.", _encoding_hint(data))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"What came through standard input is not UTF-8 (byte {error.start + 1}).", _encoding_hint(data))
    return _pasted(re.sub(r"(?:\r\n|\n|\r)\Z", "", text, count=1), "standard input")


def from_prompt(text: str) -> Pasted:
    """The secret that a hidden prompt returned; a bracketed paste may have left its marks and line breaks in it."""
    return _pasted(re.sub(r"\x1b\[20[01]~", "", text), "the prompt")


def check(pasted: Pasted, provider: str, kind: Kind, *, base_url: str = "") -> tuple[Trouble, ...]:
    """What looks wrong about a pasted secret before it is saved; soft, see `shapes.diagnose`."""
    value = pasted.secret.reveal()
    troubles = diagnose(value, provider, kind, base_url=base_url)
    short = None if troubles else truncated(value)
    return (short,) if short else troubles


def setup_token_problem(value: str) -> str | None:
    """What OpenClaw's own prompt would say against a setup-token (auth-spec §10.1): a notice here, never a refusal."""
    if not value.startswith(SETUP_TOKEN):
        return f"A setup-token usually starts with {SETUP_TOKEN}, and this one does not."
    if len(value) < SETUP_TOKEN_LEAST:
        return f"A setup-token usually has at least {SETUP_TOKEN_LEAST} characters, and this one has {len(value)}."
    return None


def _pasted(raw: str, source: str) -> Pasted:
    if len(raw) > LARGEST:
        _refuse(
            f"{source.capitalize()} gave {count(len(raw), 'character')}: too many for one secret.",
            "Give the secret only.",
        )
    cleaned = clean(raw)
    notices = []
    if not cleaned.text:
        _refuse(f"{source.capitalize()} gave nothing.", "Give the secret, and nothing else.")
    if cleaned.removed:
        notices.append(f"Removed {joined(list(cleaned.removed))}.")
    elif cleaned.trimmed:
        notices.append("Removed white space at the ends.")
    text = cleaned.text
    if re.search(LINE_BREAK, text):
        text = _joined_lines(text, source)
        notices.append(f"Joined {len(lines_of(cleaned.text))} lines into one secret: {length_and_end(text)}.")
    if strange := _strange(text):
        _refuse(f"What {source} gave holds {strange}, so it is not one secret.", _what_hint(text))
    return Pasted(Secret(text), tuple(notices))


def _joined_lines(text: str, source: str) -> str:
    whole = unwrap(text)
    if whole is None:
        lines = count(len(lines_of(text)), "line")
        _refuse(f"What {source} gave has {lines}, and they are not the pieces of one wrapped secret.", _what_hint(text))
    return whole


def _strange(text: str) -> str:
    if any(char.isspace() for char in text):
        return "blanks"
    return "" if text.isprintable() else "control characters"


def _what_hint(text: str) -> str:
    name = describe(text)
    seen = f"It looks like {name}. " if name else ""
    return f"{seen}Give one secret on one line. If it was cut by the terminal, widen the window and copy it again."


def _encoding_hint(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in data[:8]:
        return "It looks like UTF-16, which Windows PowerShell writes: save the file as UTF-8."
    return "Give the secret as plain UTF-8 text."


def _refuse(message: str, hint: str) -> NoReturn:
    raise Failure(message, hint=hint)
