"""Fixes of what shows secrets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey, DeleteVariable

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.facts.exposure import Leftover

WHY = "nothing uses it any more"


@fix("security/leftover-copy")
def leftover_copy(finding: Finding, leftovers: tuple[Leftover, ...]) -> Plan:
    """Take values that nothing uses any more out of a copy."""
    path = finding.where.path if finding.where else ""
    found = next((item for item in leftovers if item.path == path), None)
    if found is None:
        raise Unfixable("it is not there any more")
    file = Path(path)
    if found.variables:
        return tuple(DeleteVariable(file, str(place[0]), why=WHY) for place in found.places)
    return tuple(DeleteKey(file, place, why=WHY) for place in found.places)
