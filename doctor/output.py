"""Where a report meets a terminal, a pipe or a file: what can be shown there, and writing it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doctor.render.human import Style
    from doctor.report import Report
    from doctor.request import Request
    from openclaw.exits import Exit
    from openclaw.invocation import Invocation


def rendered(
    report: Report, request: Request, call: Invocation, code: Exit, more: Mapping[str, Any] | None = None
) -> str:
    """The report in the form that was asked for. `more`: members that a document has besides."""
    if request.as_json:
        from doctor.render import json

        return json.render(report, code=code, user=call.user, ascii_only=not encodes(sys.stdout.encoding), more=more)
    if request.quiet:
        from doctor.render import quiet

        return quiet.render(report, request.fail_level, fail_on_unknown=request.fail_on_unknown, user=call.user)
    from doctor.render import human

    return human.render(report, user=call.user, style=style_of(call, verbose=request.verbose))


def tell(text: str) -> None:
    """Writes a text and a newline; nothing where there is no text. What stdout cannot encode is escaped.

    A name in a file must not stop the report. Flushed, because what follows may take long.
    """
    if text:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(f"{text}\n".encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()


def style_of(call: Invocation, *, verbose: bool = False) -> Style:
    """How this terminal wants the report (NO_COLOR, FORCE_COLOR, TERM=dumb and the locale are respected)."""
    from shutil import get_terminal_size

    from doctor.render.human import Style

    env = call.env
    dumb = env.get("TERM", "") in ("", "dumb")
    colour = bool(env.get("FORCE_COLOR")) or (call.stdout_tty and not dumb)
    return Style(
        unicode=encodes(sys.stdout.encoding) and not (call.stdout_tty and dumb),
        colour=colour and not env.get("NO_COLOR"),
        width=get_terminal_size((100, 24)).columns if call.stdout_tty else 100,
        verbose=verbose,
    )


def encodes(encoding: str | None, sample: str = "✓✗→…") -> bool:
    """Whether an output encoding has our marks."""
    try:
        sample.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
