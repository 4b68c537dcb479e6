"""From findings to one plan: what the fixes would change, and which of them do not get in each other's way.

Pure: nothing is changed here, and files are read only by the `read` that is handed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doctor.places import joined, overlap, paths, same
from openclaw.change.plan import Change, Chmod, Run
from openclaw.errors import Failure
from openclaw.facts import Unavailable
from openclaw.fix import Unfixable
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from openclaw.change.plan import Plan
    from openclaw.finding import Finding, FixClass
    from openclaw.fix import Fix

# The checks whose findings may be repaired without asking, as checks.md says: for `doctor list`.
AUTO = frozenset({"credentials/stale-cooldown", "credentials/last-good-dangling", "security/readable-by-others"})


@frozen
class Proposal:
    """What would repair one finding."""

    finding: Finding
    title: str
    plan: Plan

    @property
    def auto(self) -> bool:
        """Whether it may be applied without asking."""
        return self.finding.remedy is not None and self.finding.remedy.fix == "auto"


@frozen
class NotApplied:
    """A finding that claims a fix, and why nothing was done about it."""

    finding: Finding
    reason: str


@frozen
class Merged:
    """One plan for `taken`; `left` cannot be done together with it."""

    plan: Plan = ()
    taken: tuple[Proposal, ...] = ()
    left: tuple[NotApplied, ...] = ()


def fixable(finding: Finding, fixes: Mapping[str, Fix] | None = None) -> bool:
    """Whether a finding's remedy says that the doctor could do it, and there is a fix that can."""
    if finding.remedy is None or finding.remedy.fix == "manual":
        return False
    if fixes is None:
        from doctor.registry import repairable

        return finding.check_id in repairable()
    return finding.check_id in fixes


def fix_class(check_id: str, fixes: Mapping[str, Fix]) -> FixClass:
    """What the doctor can do about the findings of a check at best; one of them may still have to be done by hand."""
    if check_id not in fixes:
        return "manual"
    return "auto" if check_id in AUTO else "confirm"


def needs(findings: Iterable[Finding], fixes: Mapping[str, Fix]) -> list[str]:
    """The facts that the fixes of these findings name."""
    return list(dict.fromkeys(need for item in findings if fixable(item, fixes) for need in fixes[item.check_id].needs))


def propose(
    findings: Iterable[Finding], facts: Mapping[str, Any], fixes: Mapping[str, Fix]
) -> tuple[list[Proposal], list[NotApplied]]:
    """A plan for each finding that a fix can do something about, in the order of the findings."""
    proposals: list[Proposal] = []
    left: list[NotApplied] = []
    for finding in findings:
        if fixable(finding, fixes):
            found = _proposal(finding, facts, fixes[finding.check_id])
            (proposals if isinstance(found, Proposal) else left).append(found)  # type: ignore[arg-type]
    return proposals, left


def _proposal(finding: Finding, facts: Mapping[str, Any], fix: Fix) -> Proposal | NotApplied:
    arguments = [facts.get(need, Unavailable(f"there is no fact named {need}")) for need in fix.needs]
    missing = next((value for value in arguments if isinstance(value, Unavailable)), None)
    if missing is not None:
        return NotApplied(finding, missing.reason)
    try:
        plan = tuple(fix.plan(finding, *arguments))
    except Unfixable as error:
        return NotApplied(finding, str(error))
    except Failure as error:
        return NotApplied(finding, _said(error))
    except (Exception, SystemExit) as error:
        return NotApplied(finding, _crash(error))
    if stray := next((change for change in plan if not isinstance(change, Change)), None):
        return NotApplied(finding, f"its fix planned a {type(stray).__name__} instead of a change (please report it)")
    if not plan:
        return NotApplied(finding, "there is nothing to change")
    return _guarded(Proposal(finding, fix.title, plan), facts)


def _guarded(proposal: Proposal, facts: Mapping[str, Any]) -> Proposal | NotApplied:
    """Credential stores are written only where this OpenClaw keeps its credentials in such files (design §2)."""
    era = getattr(facts.get("era"), "name", "")
    if era in ("json", "unknown"):
        return proposal
    for change in proposal.plan:
        if not isinstance(change, Chmod | Run) and any(map(_is_store, paths(change))):
            kind = "keeps its credentials in SQLite" if era else "is of an unknown kind"
            return NotApplied(proposal.finding, f"this OpenClaw {kind}: its store is for its own commands to change")
    return proposal


def _is_store(path: Path) -> bool:
    from openclaw.home import STORE_NAME

    return path.name == STORE_NAME or ".sqlite" in path.name


def merge(proposals: Sequence[Proposal], read: Callable[[Path], bytes | None]) -> Merged:
    """One plan for as many proposals as can be done together, earlier ones first.

    What two of them have in common is done once. A proposal that changes the same place in another way, or that does
    not compose after the earlier ones, is left for the next run.
    """
    peaceful, left = _without_rivals(proposals)
    plan = joined(item.plan for item in peaceful)
    if not _trouble(plan, read):
        return Merged(plan, tuple(peaceful), tuple(left))
    taken: list[Proposal] = []
    for item in peaceful:
        if trouble := _trouble(joined(other.plan for other in (*taken, item)), read):
            left.append(NotApplied(item.finding, trouble))
        else:
            taken.append(item)
    return Merged(joined(item.plan for item in taken), tuple(taken), tuple(left))


def _without_rivals(proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[NotApplied]]:
    by_path: dict[Path, list[tuple[Change, Proposal]]] = {}
    peaceful: list[Proposal] = []
    left: list[NotApplied] = []
    for item in proposals:
        rival = next(filter(None, (_rival(change, by_path) for change in item.plan)), None)
        if rival:
            why = f"the fix of {rival.finding.check_id} changes the same place: run the doctor again after it"
            left.append(NotApplied(item.finding, why))
            continue
        peaceful.append(item)
        for change in item.plan:
            for path in paths(change):
                by_path.setdefault(path, []).append((change, item))
    return peaceful, left


def _rival(change: Change, by_path: Mapping[Path, list[tuple[Change, Proposal]]]) -> Proposal | None:
    """The earlier proposal that a change would fight with; one that does the same is none."""
    earlier = [pair for path in paths(change) for pair in by_path.get(path, ())]
    if any(same(change, other) for other, _ in earlier):
        return None
    return next((item for other, item in earlier if overlap(change, other)), None)


def _trouble(plan: Plan, read: Callable[[Path], bytes | None]) -> str:
    """Why a plan cannot be composed; "" where it can."""
    from openclaw.change.compose import compose, early

    try:
        early(plan)
        compose(plan, read)
    except Failure as error:
        return _said(error)
    except Exception as error:
        return _crash(error)
    return ""


def _said(error: Failure) -> str:
    return f"{error.location}: {error.message}" if error.location else error.message


def _crash(error: BaseException) -> str:
    from doctor.engine import defect

    return f"its fix crashed: {defect(error)} (please report it)"
