"""A home, its findings, and what becomes of both when fixes are applied and undone. No lookups, no services."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from checks import fixes
from doctor.collect import collect
from doctor.engine import diagnose
from doctor.places import joined
from openclaw.change import atomic
from openclaw.change.apply import apply
from openclaw.change.compose import compose
from openclaw.change.journal import Journal
from openclaw.change.preview import as_json, preview, text
from openclaw.change.undo import undo
from openclaw.facts import builtin
from openclaw.invocation import Invocation
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openclaw.change.plan import Plan
    from openclaw.finding import Finding


def call(home: Path, **env: str) -> Invocation:
    """A command that somebody starts in that home, with nothing on PATH."""
    return Invocation({"HOME": str(home), "PATH": "/nowhere", **env}, home, home, NOW)


def findings(home: Path, check_id: str = "", **env: str) -> list[Finding]:
    """What a doctor finds there; of one check where an id is given."""
    found = [item for outcome in diagnose(call(home, **env)).outcomes for item in outcome.findings]
    return [item for item in found if check_id in ("", item.check_id)]


def plan_for(home: Path, found: Iterable[Finding], **env: str) -> Plan:
    """The plans of the fixes of these findings as one, in which the doctor has each change once."""
    known = fixes.load()
    plans = []
    for finding in found:
        fix = known[finding.check_id]
        facts = collect(fix.needs, {"call": call(home, **env)}, builtin)
        plans.append(fix.plan(finding, *(facts[name] for name in fix.needs)))
    return joined(plans)


def shown(home: Path, plan: Plan) -> str:
    """Both forms of the preview."""
    changes = preview(plan, compose(plan, atomic.read), home)
    return text(changes) + repr(as_json(changes)) + repr(plan)


def applied(home: Path, plan: Plan) -> Journal:
    """Really applied; the journal is outside the home."""
    journal = Journal(home.parent / "journal")
    assert apply(plan, journal=journal, home=home, title="a fix", now=NOW).changed
    return journal


def contents(home: Path) -> dict[str, tuple[bytes | str, int]]:
    """Every file and link below a home with its bytes (where it leads to) and mode, and every directory's mode."""
    found: dict[str, tuple[bytes | str, int]] = {}
    for folder, names, files in os.walk(home):
        for name in (*names, *files):
            path = Path(folder) / name
            mode = path.lstat().st_mode
            what = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
            found[str(path.relative_to(home))] = (what, mode)
    return found


def undone(journal: Journal) -> None:
    """Taken back."""
    undo(journal)
