"""After the look: which findings count. Silences first, then the baseline."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from doctor import engine
from doctor.own import Told
from openclaw.errors import Failure, UsageFailure
from openclaw.facts import Unavailable
from openclaw.frozen import replace
from openclaw.handover import our_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from doctor.engine import Examined
    from doctor.request import Request
    from doctor.silences import Silence
    from openclaw.check import Check
    from openclaw.invocation import Invocation


def judged(
    examined: Examined, own: Sequence[Check], ids: Sequence[str], request: Request, call: Invocation
) -> Examined:
    """The same with the outcomes of the doctor's own checks, and with what does not count put aside.

    `ids`: of all checks there are. Our own silences that cannot be read silence nothing: those checks are unknown.
    """
    kept, path, reason = _kept(examined.facts, call)
    silences = (*kept, *_handed(request, call))
    told: Told | Unavailable = Unavailable(reason)
    if not reason:
        told = Told(_ours(silences, ids, request), tuple(ids), _today(call) if silences else "", path)
    outcomes = engine.presented([engine.run(item, {"told": told}) for item in own], our_name(call.env))
    in_order = sorted((*examined.report.outcomes, *outcomes), key=lambda item: item.check_id)
    report = replace(examined.report, outcomes=tuple(in_order))
    if silences:
        from doctor.silences import apply

        report = apply(report, silences, _today(call), call.user)
    if request.baseline:
        from doctor import baseline

        report = baseline.apply(report, baseline.read(call.cwd / request.baseline), new_only=request.new_only)
    return replace(examined, report=report)


def _ours(silences: tuple[Silence, ...], ids: Sequence[str], request: Request) -> tuple[Silence, ...]:
    """Those that may be called unknown: without plugins, nobody knows which checks those have."""
    areas = {name.split("/", 1)[0] for name in ids}
    return tuple(item for item in silences if request.with_plugins or item.id.split("/", 1)[0] in areas)


def _kept(facts: Mapping[str, Any], call: Invocation) -> tuple[tuple[Silence, ...], str, str]:
    """(our own silences, their file, why they could not be read)."""
    from openclaw.change.place import folder_for

    home = facts.get("home")
    if home is None:  # it was not looked for: these are another host's facts
        return (), "", ""
    if isinstance(home, Unavailable):
        return (), "", home.reason
    path = folder_for(home.state, call.env, call.user) / "silences.json"
    if not os.path.lexists(path):
        return (), str(path), ""
    from doctor import silences

    try:
        return silences.read(path), str(path), ""
    except Failure as error:
        return (), str(path), f"{error.location}: {error.message}"


def _handed(request: Request, call: Invocation) -> tuple[Silence, ...]:
    if not request.silences:
        return ()
    from doctor import silences

    path: Path = call.cwd / request.silences
    try:
        return silences.read(path, given=True)
    except Failure as error:
        raise UsageFailure(error.message, path=error.path, line=error.line) from error


def _today(call: Invocation) -> str:
    from doctor.silences import day

    return day(call.now)
