"""What a doctor would do about the findings of a world: planned, applied, looked at again, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks import fixes
from doctor.collect import collect
from doctor.places import joined
from openclaw.change import atomic
from openclaw.change.compose import compose
from openclaw.change.plan import Run
from openclaw.change.preview import as_json, preview, text
from openclaw.facts import builtin
from openclaw.finding import Severity
from tests.checks import mending
from tests.corpus.world import findings

if TYPE_CHECKING:
    from doctor.engine import Examined
    from openclaw.change.plan import Plan
    from openclaw.finding import Finding
    from tests.corpus.world import World

FIXES = fixes.load()
# A restart, which nobody does here, is what ends these; or another program has to be run.
BY_RUNNING = ("service/", "env/daemon-stale", "env/daemon-differs")


@dataclass(frozen=True)
class Outcome:
    """What became of the findings that can be mended. All lists are empty where all is right."""

    still: list[str]
    new: list[str]
    shown: str  # the preview
    restored: bool


def promised(seen: Examined) -> list[Finding]:
    """The findings that say that they can be mended."""
    return [item for item in findings(seen) if item.remedy and item.remedy.fix != "manual"]


def plan_for(seen: Examined, found: list[Finding], world: World) -> Plan:
    """One plan for these findings. A fix that cannot keep its promise raises."""
    plans = []
    for finding in found:
        fix = FIXES[finding.check_id]
        facts = collect(fix.needs, {**seen.facts, "call": world.call()}, builtin)
        plans.append(fix.plan(finding, *(facts[name] for name in fix.needs)))
        assert plans[-1], finding.check_id
    return joined(plans)


def mend(seen: Examined, found: list[Finding], world: World) -> Outcome:
    """Applies what changes files; other programs are not run."""
    plan = plan_for(seen, found, world)
    quiet = tuple(change for change in plan if not isinstance(change, Run))
    changes = preview(plan, compose(plan, atomic.read), world.home)
    shown = text(changes) + repr(as_json(changes)) + repr(plan)
    if not quiet:
        return Outcome([], [], shown, restored=True)
    before = mending.contents(world.home)
    journal = mending.applied(world.home, quiet)
    world.settle()
    after = findings(world.examined())
    told = {_key(item) for item in findings(seen)}
    wanted = {_key(item) for item in found if not item.check_id.startswith(BY_RUNNING)}
    still = sorted(" ".join(_key(item)) for item in after if _key(item) in wanted)
    new = sorted(
        f"{item.severity.word} {' '.join(_key(item))}: {item.message}"
        for item in after
        if item.severity > Severity.INFO and _key(item) not in told
    )
    mending.undone(journal)
    return Outcome(still, new, shown, mending.contents(world.home) == before)


def _key(item: Finding) -> tuple[str, str, str]:
    return item.check_id, item.target, item.where.path if item.where else ""
