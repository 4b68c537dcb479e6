"""`openclaw doctor`: looks, reports, and changes nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openclaw.errors import Failure
from openclaw.finding import Severity
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from doctor.render.human import Style
    from doctor.report import Report
    from openclaw.exits import Exit
    from openclaw.probing.run import Options

LEVELS = {level.word: level for level in Severity}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("-v", "--verbose", is_flag=True, help="Show evidence and check ids.")
@click.option(
    "--fail-level",
    type=click.Choice(list(LEVELS)),
    default="error",
    show_default=True,
    help="Exit 1 when a finding is at least this severe.",
)
@click.option("--fail-on-unknown", is_flag=True, help="Exit 1 when a check could not be made.")
@click.option("--only", metavar="ID", multiple=True, help="Run only this check or area; repeatable.")
@click.option("--skip", metavar="ID", multiple=True, help="Leave this check or area out; repeatable.")
@click.option("--live", is_flag=True, help="Ask the providers whether they accept the credentials.")
@click.option("--allow-http", is_flag=True, help="Let --live send a key over plain http to another host.")
@click.option("--non-interactive", is_flag=True, help="Accepted for compatibility: doctor never asks anything.")
@click.pass_obj
def doctor(
    env: dict[str, str],
    *,
    as_json: bool,
    verbose: bool,
    fail_level: str,
    fail_on_unknown: bool,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    live: bool,
    allow_http: bool,
    non_interactive: bool,  # noqa: ARG001
) -> Exit:
    """Find out why model credentials do not work, and what to do about it.

    Reads only: no file is changed or created; --live keeps the answers in this program's own state. Exit codes: 0 fine,
    1 findings, 2 usage, 3 doctor itself failed.
    """
    from doctor.report import exit_code

    call = Invocation.of_process(env)
    report = _diagnosed(call, only, skip, _asking(allow_http) if live else None)
    code = exit_code(report, LEVELS[fail_level], fail_on_unknown=fail_on_unknown)
    if as_json:
        from doctor.render import json

        _print(json.render(report, code=code, user=call.user, ascii_only=not encodes(sys.stdout.encoding)))
    else:
        from doctor.render import human

        _print(human.render(report, user=call.user, style=style_of(call, verbose=verbose)))
    return code


def _asking(allow_http: bool) -> Options:
    """How `--live` asks; what is worth knowing before a key is sent is told on stderr."""
    from dataclasses import replace

    from openclaw.facts.live import ASKING
    from openclaw.redact import scrub

    return replace(ASKING, allow_http=allow_http, notice=lambda text: click.echo(f"Note: {scrub(text)}", err=True))


def _diagnosed(call: Invocation, only: tuple[str, ...], skip: tuple[str, ...], asking: Options | None = None) -> Report:
    """The report. A defect of doctor itself is a failure like any other: exit 3, and with `--json` a document."""
    import checks
    from doctor.engine import defect, diagnose
    from doctor.select import select

    try:
        chosen, rest = select(checks.load(), only, skip)
        return diagnose(call, chosen, rest, asking)
    except Failure:
        raise
    except Exception as error:
        raise Failure(f"doctor itself failed: {defect(error)}", hint="please report it") from error


def _print(text: str) -> None:
    """Prints whatever stdout can encode of it: a name in a file must not stop the report."""
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "backslashreplace").decode(encoding))


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
