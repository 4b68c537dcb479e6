"""How a failure is told: a sentence, the place, the exact command, on stderr; with `--json` one document on stdout."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from openclaw.errors import RootUsageFailure
from openclaw.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openclaw.errors import Failure

TRACEBACK = "OPENCLAW_ONBOARD_TRACEBACK"  # shows the traceback of a defect, which may hold secrets


def explain(error: Failure, args: Sequence[str]) -> None:
    """Tells an expected failure to a person, and to a program where `--json` was asked for.

    Paths are shown with `~`; in the document `path` is the whole one.
    """
    from openclaw.cli import wants_json
    from openclaw.handover import name_in, runnable
    from openclaw.redact import in_arguments, scrub
    from openclaw.text import with_tilde

    known, home, name = in_arguments(args), os.environ.get("HOME", ""), name_in(args)
    place = f"{error.location}: " if error.location else ""
    message = scrub(with_tilde(f"{place}{error.message}", home), known)
    hint = scrub(with_tilde(error.hint, home), known)
    commands = [scrub(runnable(command, name), known) for command in error.commands]
    lines = [f"Error: {message}", *([f"  {hint}"] if hint else []), *(f"  {arrow()} {item}" for item in commands)]
    _tell("\n".join(lines))
    if wants_json(args):
        where = {"path": scrub(str(error.path)) if error.path else "", "line": error.line, "column": error.column}
        problems = [scrub(with_tilde(problem, home), known) for problem in error.problems]
        parts = {**where, "hint": hint, "problems": problems, "commands": commands}
        more = {key: value for key, value in parts.items() if value}
        _print(_document(error.kind, message, args) | ({"details": more} if more else {}))


def crashed(error: Exception, args: Sequence[str]) -> Exit:
    """Tells a defect of ours. Not its text, which may quote what was being read; where and what kind is enough."""
    import traceback

    from openclaw.cli import wants_json

    if os.environ.get(TRACEBACK, "").strip():
        traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__) or [traceback.FrameSummary("?", 0, "?")]
    inner = next((frame for frame in reversed(frames) if "/site-packages/" not in frame.filename), frames[-1])
    place = "/".join(inner.filename.split("/")[-2:])
    message = f"openclaw-onboard has a defect: {type(error).__name__} in {inner.name} ({place}:{inner.lineno})"
    _tell(f"Error: {message}\n  please report it; {TRACEBACK}=1 shows more (look for secrets before you send that)")
    if wants_json(args):
        _print(_document("failed", message, args))
    return Exit.CRASHED if _command(args) == "doctor" else Exit.FAILED


def interrupted(args: Sequence[str]) -> None:
    """Ctrl-C."""
    from openclaw.cli import wants_json

    _tell("\nInterrupted.")
    if wants_json(args):
        _print(_document("interrupted", "interrupted", args))


def arrow() -> str:
    """In front of a command; ASCII where stderr cannot show more."""
    from openclaw.text import ascii_locale

    if ascii_locale(os.environ):
        return "->"
    try:
        "→".encode(sys.stderr.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "->"
    return "→"


def exit_code(error: Failure, args: Sequence[str]) -> int:
    """The table of exit codes.

    Usage errors of `models …` exit 1, because 2 means "expiring" there; doctor's own failures exit 3.
    """
    command = _command(args)
    if error.exit_code == Exit.USAGE and command == "models" and not isinstance(error, RootUsageFailure):
        return Exit.FAILED
    if error.exit_code == Exit.FAILED and command == "doctor":
        return Exit.CRASHED
    return error.exit_code


def _command(args: Sequence[str]) -> str:
    from openclaw.cli import split

    return next(iter(split(args)[1]), "")


def _document(kind: str, message: str, args: Sequence[str]) -> dict[str, Any]:
    error = {"type": kind, "message": message}
    if _command(args) == "doctor":
        return {"schemaVersion": 1, "ok": False, "error": error, "findings": []}
    return {"ok": False, "error": error}


def _tell(text: str) -> None:
    from openclaw.text import ascii_locale

    if ascii_locale(os.environ):
        text = text.replace("…", "...")
    if sys.stderr.isatty():
        text = "\n".join(folded for line in text.split("\n") for folded in _folded(line))
    print(text, file=sys.stderr, flush=True)


def _folded(line: str) -> list[str]:
    """A line on words in the terminal's width; a command stays whole, so that it can be copied."""
    from shutil import get_terminal_size
    from textwrap import wrap

    columns = get_terminal_size((80, 24)).columns
    if len(line) <= columns or columns < 20 or line.lstrip().startswith(f"{arrow()} "):
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return wrap(
        line.strip(), columns, initial_indent=indent, subsequent_indent=f"{indent}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _print(document: dict[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False), flush=True)
