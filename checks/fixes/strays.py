"""Fixes of credential files that are not read: their profiles go into the store that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checks.fixes.places import GONE
from openclaw.api import Unfixable, fix
from openclaw.change.plan import RemoveFile
from openclaw.config.views import Agent
from openclaw.credentials.editing import store_path
from openclaw.credentials.storing import adopted, profile_steps, wrapped
from openclaw.text import joined

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.facts.credentials import Stores
    from openclaw.facts.places import Stray, Strays
    from openclaw.installation import Installation


@fix("credentials/misplaced")
def misplaced_store(finding: Finding, misplaced: Strays, stores: Stores, installation: Installation) -> Plan:
    """Move the credentials of a file that nothing reads into the store that is read."""
    item = next((item for item in misplaced.found if item.path == finding.target), None)
    if item is None:
        raise Unfixable(GONE)
    if item.differing:
        raise Unfixable(f"{joined(list(item.differing))} is stored already, with another value")
    why = "all of it stands in the store now"
    return (*_merged(item, stores, installation), RemoveFile(Path(item.path), why=why))


@fix("credentials/legacy-store")
def legacy_store(finding: Finding, not_imported: tuple[Stray, ...], stores: Stores, installation: Installation) -> Plan:
    """Take the credentials of an older file over into the store."""
    item = next((item for item in not_imported if item.path == finding.target), None)
    if item is None:
        raise Unfixable(GONE)
    return _merged(item, stores, installation)


def _merged(item: Stray, stores: Stores, found: Installation) -> Plan:
    """The file's profiles as new ones of the store, beside what OpenClaw would import as long as there is none."""
    agent = found.agents.get(item.agent) or Agent(item.agent, item.agent)
    path, own = store_path(found, agent), stores.own[item.agent]
    if own.problem:
        raise Unfixable("the store that should have them cannot be read")
    steps = adopted(found, path, agent)
    there = {change.keys[-1] for change in steps if hasattr(change, "keys")}
    for name, profile in item.missing.items():
        if name not in there:
            steps += profile_steps(path, name, wrapped(profile), own, "the credential of the other file")
    return steps
