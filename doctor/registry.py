"""What the doctor knows: the one place where checks and fixes come from, in an order that no registry decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.check import Check
    from openclaw.facts import Fact
    from openclaw.fix import Fix


def known_checks() -> list[Check]:
    """Every check of hosts, those of plugins and about plugins included; by id."""
    import checks
    from doctor import plugins
    from doctor.plugins.own import CHECKS

    return sorted([*checks.load(), *CHECKS, *plugins.current().checks], key=lambda item: item.id)


def known_fact(name: str) -> Fact | None:
    """The collector of a fact: a built-in one, or one of a plugin."""
    from doctor import plugins
    from openclaw.facts import builtin

    return builtin(name) or (plugins.told() if name == "plugged" else plugins.current().facts.get(name))


def modules() -> frozenset[str]:
    """The modules, besides ours, whose classes facts may be made of."""
    from doctor import plugins

    return plugins.current().modules | {"doctor.plugins", "doctor.plugins.programs"}


def all_checks() -> list[Check]:
    """These and the doctor's own, which are about what it was told (`doctor.own`); by id."""
    from doctor.own import OWN

    return sorted([*known_checks(), *OWN], key=lambda item: item.id)


def known_fixes() -> Mapping[str, Fix]:
    """Every fix, by the id of its check. Loads them: not for a run that finds nothing to repair."""
    from checks import fixes
    from doctor import plugins

    return {**fixes.load(), **plugins.current().fixes}


def repairable() -> frozenset[str]:
    """The ids of the checks that have a fix; loads none of them."""
    from checks.fixes import IDS
    from doctor import plugins

    return IDS | plugins.current().fixes.keys()
