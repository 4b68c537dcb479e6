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
from openclaw.providers.names import begins_like_a_secret, usual_length
from openclaw.secret import Secret, length_and_end
from openclaw.text import count, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.shapes import Kind, Trouble

LARGEST = 64 * 1024  # bytes; no secret comes near it
SECRET_LEAST = 20  # characters of what is taken for a secret in the middle of a text


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
    text = re.sub(r"\x1b\[20[01]~", "", text)
    try:
        return _pasted(text, "the prompt")
    except Failure:
        if (found := picked(text)) is None:
            raise
        return Pasted(Secret(found), (f"Took the one secret out of the text round it: {length_and_end(found)}.",))


def picked(text: str) -> str | None:
    """The one secret in the middle of other text, as `claude setup-token` or a mail shows it; None unless it is one.

    For prompts, where somebody reads what was taken. It begins as the keys of a provider do; of one that goes on over
    the next lines, whatever their widths, the usual length must be known and must come out.
    """
    if len(text) > LARGEST or text.lstrip().startswith(("{", "[")):
        return None
    lines = [re.sub(r"\A[>|$%\s]+", "", line) for line in re.split(LINE_BREAK, text)]
    found = {whole for number in range(len(lines)) for whole in _in_line(lines, number)}
    return found.pop() if len(found) == 1 else None


def _in_line(lines: list[str], number: int) -> Iterator[str]:
    for match in re.finditer(r"[\w.~+/-]+=*", lines[number]):
        whole = match[0].rstrip(".")
        if len(whole) < SECRET_LEAST or not begins_like_a_secret(whole):
            continue
        usual = usual_length(whole)
        if 0 < len(whole) < usual and match.end() == len(lines[number].rstrip()):
            whole = _continued(whole, lines[number + 1 :], usual)
        if whole and len(whole) >= usual:
            yield whole


def _continued(first: str, rest: list[str], usual: int) -> str:
    """The beginning of a secret with as many of the next lines as give it its usual length; "" where none do."""
    whole = first
    for line in rest:
        if not re.fullmatch(r"[\w.~+/=-]+", line := line.strip()) or begins_like_a_secret(line):
            return ""
        whole += line
        if len(whole) >= usual:
            return whole if len(whole) == usual else ""
    return ""


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
