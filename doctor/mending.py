"""`doctor --fix`: look, plan, show, ask, apply in one transaction, look again, say what came of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from doctor import consent, looking
from doctor.comparing import compare, keyed
from doctor.fixing import Merged, NotApplied, merge, needs, propose
from doctor.mended import Mended, members
from doctor.output import style_of, tell
from openclaw.errors import Failure
from openclaw.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from doctor.engine import Examined
    from doctor.fixing import Proposal
    from doctor.request import Request
    from openclaw.change.journal import Receipt
    from openclaw.change.plan import Plan
    from openclaw.change.preview import FileChange
    from openclaw.exits import Exit
    from openclaw.invocation import Invocation

DRY_RUN = "dry run"
STARTS = frozenset(("restart", "start", "kickstart"))  # words of the commands with which a service begins anew


def mend(call: Invocation, request: Request) -> Exit:
    """Repairs what can be repaired and was agreed to. The report, and the exit code, are those of afterwards."""
    before = looking.examine(call, request)
    facts = _with_needs(before, request)
    proposals, left = _proposed(before, facts, request, call)
    mended = _shown(proposals, left, request, call)
    if request.dry_run or not mended.planned:
        return _conclude(before, mended, request, call)
    if _asks(request, call):
        contents = _contents(mended.planned)
        mended = _agreed(mended, call)
        _check_still_meant(mended, contents, request, call)
    if not mended.planned:
        return _conclude(before, mended, request, call)
    plan = _merged(mended.planned).plan
    mended = _applied(plan, mended, facts, call)
    try:
        after = looking.examine(call, request)
        different = compare(keyed(before.report.findings), keyed(after.report.findings), after.report.looked)
        gone = {item.fingerprint for item in different.gone}
        remaining = tuple(item for item in mended.left if item.finding.fingerprint not in gone)
        return _conclude(after, replace(mended, difference=different, left=remaining), request, call)
    except BaseException:
        if mended.receipt:
            sys.stderr.write(f"Note: the changes were made; this takes them back: {_undo(mended, call)}\n")
        raise


def _with_needs(before: Examined, request: Request) -> Mapping[str, Any]:
    """The facts of the first look, and those that only the fixes need."""
    from doctor.collect import collect
    from doctor.registry import known_fact, known_fixes

    return collect(needs(before.report.findings, known_fixes()), before.facts, known_fact, seconds=request.timeout)


def _proposed(
    before: Examined, facts: Mapping[str, Any], request: Request, call: Invocation
) -> tuple[list[Proposal], list[NotApplied]]:
    """What can be proposed; without anybody to ask and without consent, only what needs none."""
    from doctor.registry import known_fixes

    proposals, left = propose(before.report.findings, facts, known_fixes())
    if request.dry_run or _asks(request, call):
        return proposals, left
    taken, refused = consent.agreed(proposals, yes=request.yes, ask=None)
    return taken, [*left, *refused]


def _asks(request: Request, call: Invocation) -> bool:
    person = call.stdin_tty and call.stdout_tty
    return request.ask and person and not (request.yes or request.bare or request.quiet)


def _merged(proposals: list[Proposal] | tuple[Proposal, ...]) -> Merged:
    from openclaw.change import atomic

    return merge(proposals, atomic.read)


def _shown(proposals: list[Proposal], left: list[NotApplied], request: Request, call: Invocation) -> Mended:
    """The plan, shown to a person as one redacted diff."""
    merged = _merged(proposals)
    changes = _preview(merged.plan, call)
    mended = Mended(changes, merged.taken, (*left, *merged.left), request.dry_run)
    if merged.taken and not (request.bare or request.quiet):
        from doctor.render.mended import offer

        style = style_of(call, verbose=request.verbose, plain=request.plain)
        tell(offer(merged.taken, changes, dry_run=request.dry_run, yes=request.yes, user=call.user, style=style))
    return mended


def _agreed(mended: Mended, call: Invocation) -> Mended:
    """Only what was agreed to, of the plan and of the preview."""
    taken, declined = consent.agreed(mended.planned, yes=False, ask=consent.on_terminal)
    changes = _preview(_merged(taken).plan, call)
    return replace(mended, preview=changes, planned=tuple(taken), left=(*mended.left, *declined))


def _contents(proposals: Iterable[Proposal]) -> dict[Path, bytes | None]:
    """What is in the files that are to be changed."""
    from doctor.places import paths
    from openclaw.change import atomic
    from openclaw.change.plan import Chmod

    changes = (change for item in proposals for change in item.plan if not isinstance(change, Chmod))
    return {path: atomic.read(path) for change in changes for path in paths(change)}


def _check_still_meant(mended: Mended, before: Mapping[Path, bytes | None], request: Request, call: Invocation) -> None:
    """Raises Failure where what was agreed to is not what would be planned now: a gateway writes while people think."""
    from doctor.places import paths
    from doctor.registry import known_fixes

    changed = {path for path, data in _contents(mended.planned).items() if before.get(path) != data}
    doubtful = [item for item in mended.planned if any(changed.intersection(paths(change)) for change in item.plan)]
    if not doubtful:
        return
    now = looking.examine(call, replace(request, asking=None))
    proposals, _ = propose(now.report.findings, _with_needs(now, request), known_fixes())
    plans = {item.finding.fingerprint: item.plan for item in proposals}
    for item in doubtful:
        if plans.get(item.finding.fingerprint) != item.plan:
            raise Failure(
                f"something changed while you were asked, and with it what {item.finding.check_id} needs",
                hint="nothing was changed; look again",
                commands=("openclaw doctor --fix",),
            )


def _preview(plan: Plan, call: Invocation) -> tuple[FileChange, ...]:
    from openclaw.change import atomic
    from openclaw.change.compose import compose
    from openclaw.change.preview import preview

    return preview(plan, compose(plan, atomic.read), call.user)


def _applied(plan: Plan, mended: Mended, facts: Mapping[str, Any], call: Invocation) -> Mended:
    """After the change: its receipt, and what a running gateway has to do with it."""
    from openclaw.change.plan import Run
    from openclaw.commands.carrying import check_gateway

    receipt = _apply(plan, mended, facts, call)
    if not receipt.changed:
        return mended
    mended = replace(mended, receipt=receipt)
    try:
        restart = check_gateway(plan, receipt, call)
    except Failure as error:
        return replace(mended, trouble=f"{error.location}: {error.message}" if error.location else error.message)
    started = any(STARTS.intersection(change.argv) for change in plan if isinstance(change, Run))
    return replace(mended, restart="" if started else restart)


def _apply(plan: Plan, mended: Mended, facts: Mapping[str, Any], call: Invocation) -> Receipt:
    from openclaw.change.apply import apply
    from openclaw.change.journal import open_for
    from openclaw.facts import Unavailable

    home, era = facts["home"], facts["era"]
    if isinstance(home, Unavailable):
        raise Failure(f"nothing was changed, because it is not known where this installation is: {home.reason}")
    ids = list(dict.fromkeys(item.finding.check_id for item in mended.planned))
    journal = open_for(home.state, call.env, call.user)
    newer = not isinstance(era, Unavailable) and era.name == "sqlite"
    title = f"doctor --fix: {', '.join(ids)}"
    try:
        return apply(
            plan, journal=journal, home=call.user, lock_era="file" if newer else "directory", title=title, now=call.now
        )
    except Failure as error:
        if len(ids) > 1:
            together = "All fixes were to be made together; make them one by one, or leave one out."
            error.hint = f"{error.hint} {together}".strip()
            error.commands += tuple(f"openclaw doctor --fix --only {name}" for name in ids)
        raise


def _undo(mended: Mended, call: Invocation) -> str:
    from openclaw.commands.carrying import typed

    return typed(f"openclaw undo {mended.receipt.id}" if mended.receipt else "openclaw undo", call)


def _conclude(examined: Examined, mended: Mended, request: Request, call: Invocation) -> Exit:
    """Tells what came of it, then the report as every run does."""
    if request.quiet and not request.bare:
        from doctor.render.mended import brief

        tell(brief(mended, undo=_undo(mended, call), user=call.user))
    elif not request.bare:
        tell(_said(mended, request, call))
    if request.dry_run:
        planned = tuple(NotApplied(item.finding, DRY_RUN) for item in mended.planned)
        mended = replace(mended, left=(*planned, *mended.left))
    return looking.conclude(examined, request, call, members(mended, call.user))


def _said(mended: Mended, request: Request, call: Invocation) -> str:
    from doctor.render.mended import nothing, outcome
    from openclaw.commands.carrying import typed

    style = style_of(call, verbose=request.verbose, plain=request.plain)
    yes = typed("openclaw doctor --fix --yes", call)
    if mended.receipt is None and not mended.planned:
        return nothing(mended, yes=yes, user=call.user, style=style)
    return outcome(mended, yes=yes, undo=_undo(mended, call), user=call.user, style=style)
