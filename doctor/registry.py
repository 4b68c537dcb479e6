"""What the doctor knows: the one place where checks and fixes come from, in an order that no registry decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.check import Check
    from openclaw.fix import Fix


def known_checks() -> list[Check]:
    """Every check, by id."""
    import checks

    return sorted(checks.load(), key=lambda item: item.id)


def known_fixes() -> Mapping[str, Fix]:
    """Every fix, by the id of its check. Loads them: not for a run that finds nothing to repair."""
    from checks import fixes

    return fixes.load()


def repairable() -> frozenset[str]:
    """The ids of the checks that have a fix; loads none of them."""
    from checks.fixes import IDS

    return IDS
