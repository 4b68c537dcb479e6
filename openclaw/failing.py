"""How a failure is told: a sentence, the place, the exact command, on stderr; with `--json` one document on stdout."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from openclaw.errors import Failure
from openclaw.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence


def explain(error: Failure, args: Sequence[str]) -> None:
    """Tells an expected failure to a person, and to a program where `--json` was asked for."""
    from openclaw.handover import our_name, runnable
    from openclaw.redact import scrub

    place = f"{error.location}: " if error.location else ""
    lines = [f"Error: {place}{error.message}"]
    if error.hint:
        lines.append(f"  {error.hint}")
    name = our_name(os.environ)
    lines += [f"  {arrow()} {runnable(command, name)}" for command in error.commands]
    print("\n".join(scrub(line) for line in lines), file=sys.stderr)
    if "--json" in args:
        print(json.dumps(_document(error.kind, scrub(f"{place}{error.message}"), args), indent=2, ensure_ascii=False))


def arrow() -> str:
    """In front of a command; ASCII where stderr cannot show more."""
    try:
        "→".encode(sys.stderr.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "->"
    return "→"


def interrupted(args: Sequence[str]) -> None:
    """Ctrl-C."""
    print("\nInterrupted.", file=sys.stderr)
    if "--json" in args:
        print(json.dumps(_document("interrupted", "interrupted", args), indent=2))


def exit_code(error: Failure, args: Sequence[str]) -> int:
    """The table of exit codes: usage errors of `models …` exit 1, because 2 means "expiring" there; doctor's failures 3."""
    command = next((arg for arg in args if not arg.startswith("-")), "")
    if error.exit_code == Exit.USAGE and command == "models":
        return Exit.FAILED
    if error.exit_code == Exit.FAILED and command == "doctor":
        return Exit.CRASHED
    return error.exit_code


def _document(kind: str, message: str, args: Sequence[str]) -> dict[str, Any]:
    error = {"type": kind, "message": message}
    if "doctor" in args:
        return {"schemaVersion": 1, "ok": False, "error": error, "findings": []}
    return {"ok": False, "error": error}
