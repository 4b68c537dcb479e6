"""A run that looks: select, collect, check, compare with last time, print. Nothing of the installation is changed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from doctor.output import rendered, tell, write_files, write_summary
from doctor.report import exit_code
from openclaw.errors import Failure
from openclaw.frozen import replace

if TYPE_CHECKING:
    from doctor.engine import Examined
    from doctor.request import Request
    from openclaw.exits import Exit
    from openclaw.invocation import Invocation


def look(call: Invocation, request: Request) -> Exit:
    """Prints the report in the form that was asked for."""
    examined = examine(call, request)
    return conclude(examined, request, call)


def examine(call: Invocation, request: Request) -> Examined:
    """One look at the host. A defect of doctor itself is a failure like any other: exit 3, with `--json` a document."""
    from doctor import engine, progress
    from doctor.judging import judged
    from doctor.own import OWN
    from doctor.registry import all_checks
    from doctor.select import select

    try:
        known = all_checks()
        chosen, rest = select(known, request.only, request.skip, request.tags)
        of_host = [item for item in chosen if item not in OWN]
        with progress.shown(call.env, wanted=not (request.bare or request.quiet), plain=request.plain) as awaited:
            examined = engine.examine(
                call, of_host, rest, asking=request.asking, seconds=request.timeout, awaited=awaited
            )  # fmt: skip
        return judged(examined, [item for item in chosen if item in OWN], [item.id for item in known], request, call)
    except Failure:
        raise
    except Exception as error:
        raise Failure(f"doctor itself failed: {engine.defect(error)}", hint="please report it") from error


def conclude(examined: Examined, request: Request, call: Invocation, more: dict[str, Any] | None = None) -> Exit:
    """The end of every run: what changed since the last one, the report, and keeping it for the next one."""
    report = examined.report
    code = exit_code(report, request.fail_level, fail_on_unknown=request.fail_on_unknown)
    found = _remembered(examined, request, call, code) if request.record or request.since else None
    members = {**(more or {}), **({"since": found.document()} if found else {})}
    if request.as_json:  # the one document says it where a file cannot be written
        write_files(report, request, call, code, members)
    if found and not request.bare:
        from doctor import memory

        tell("\n".join(memory.changes(found)) if request.quiet else memory.text(found) + "\n")
    if not (found and request.quiet and not request.bare):
        tell(rendered(report, request, call, code, members))
    write_summary(report, request, call, code)
    if not request.as_json:  # for people, the report comes first: it is not lost with the file
        write_files(report, request, call, code, members)
    return code


def _remembered(examined: Examined, request: Request, call: Invocation, code: Exit) -> Any:
    """What changed since the last report (None: not asked for, or none was kept). Then this one is kept."""
    from doctor import memory
    from doctor.render.json import document
    from openclaw.redact import scrub

    now = document(replace(examined.report, new_only=False), code=code, user=call.user)  # what is not shown is there
    path = memory.path_for(examined.facts, call)
    last = memory.recall(path) if request.since else None
    if request.record:
        try:
            memory.keep(path, now, call.now)
        except Failure as error:  # the report itself is what was asked for
            sys.stderr.write(scrub(f"Note: the report could not be kept: {error.location}: {error.message}") + "\n")
    elif request.since and last is None:
        sys.stderr.write("Note: no report was kept yet, so nothing can be compared; `--record` keeps one\n")
    return memory.since(last, now, examined.report.looked) if last else None
