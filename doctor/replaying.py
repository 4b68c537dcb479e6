"""`openclaw doctor --facts FILE`: the report of a bundle. This host is not looked at, and nothing is written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from doctor import engine, looking, replay
from doctor.own import OWN
from doctor.registry import all_checks, modules
from doctor.report import Outcome
from doctor.select import select
from openclaw.errors import Failure, UsageFailure
from openclaw.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doctor.engine import Examined
    from doctor.replay import Recording
    from doctor.request import Request
    from openclaw.check import Check
    from openclaw.exits import Exit
    from openclaw.invocation import Invocation

NOT_ONE_OF_THEM = "it was not made for this bundle"


def look(call: Invocation, request: Request) -> Exit:
    """Prints the report of the bundle; the exit code is that of the findings in it."""
    _check(request)
    recording = replay.load(call.cwd / request.facts)
    there = replace(call, user=Path(recording.user), now=recording.now)
    try:
        examined = _examined(recording, there, request)
    except Failure:
        raise
    except Exception as error:
        raise Failure(f"doctor itself failed: {engine.defect(error)}", hint="please report it") from error
    return looking.conclude(examined, request, there)


def _check(request: Request) -> None:
    """A bundle is another host at another time: nothing can be repaired, asked or remembered."""
    given = {
        "--fix": request.fix, "--live": request.asking is not None, "--record": request.record,
        "--since": bool(request.since),
    }  # fmt: skip
    for option, was_given in given.items():
        if was_given:
            raise UsageFailure(
                f"--facts and {option} cannot be used together", hint="a bundle is looked at, and nothing else"
            )


def _examined(recording: Recording, there: Invocation, request: Request) -> Examined:
    known = all_checks()
    chosen, rest = select(known, request.only, request.skip, request.tags)
    _tell_missing(recording, known)
    made = [item for item in chosen if item.id in recording.checks]
    others = [item for item in chosen if item.id not in recording.checks and item not in OWN]
    examined = replay.replay(recording, made, rest, modules())
    own = [item for item in chosen if item in OWN]
    outcomes = [Outcome(item.id, "skipped", item.title, NOT_ONE_OF_THEM) for item in others]
    if request.silences or request.baseline:
        from doctor.judging import judged

        examined = judged(replace(examined, facts={}), own, [item.id for item in known], request, there)
    else:
        outcomes += [Outcome(item.id, "skipped", item.title, NOT_ONE_OF_THEM) for item in own]
    in_order = sorted((*examined.report.outcomes, *outcomes), key=lambda item: item.check_id)
    return replace(examined, report=replace(examined.report, outcomes=tuple(in_order), mend=""))


def _tell_missing(recording: Recording, known: Sequence[Check]) -> None:
    """Checks of the bundle that are not known here: of a plugin, or of another version."""
    from openclaw.redact import scrub

    missing = sorted(set(recording.checks) - {item.id for item in known})
    if missing:
        of = f"made by version {recording.version}"
        sys.stderr.write(scrub(f"Note: checks of this bundle ({of}) are not known here: {', '.join(missing)}") + "\n")
