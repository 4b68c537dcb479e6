"""Fixes of `auth.profiles` in the config: it says what the stores have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import declared
from checks.fixes.places import GONE
from checks.fixes.profiles import retyped
from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey, SetKey

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Held, Stores


@fix("credentials/config-mismatch")
def config_mismatch(finding: Finding, stores: Stores, held: list[Held], config: Config) -> Plan:
    """Let the config say about a profile what the store says, or nothing where no store has it."""
    item = next((item for item in declared.mismatches(stores, config) if item.entry.id == finding.target), None)
    if item is None:
        raise Unfixable(GONE)
    path, keys = config.within("auth", "profiles", item.entry.id)
    if item.profile is None:
        return (DeleteKey(path, keys, why="no store has it"),)
    if not item.agreed:
        raise Unfixable("the stores of several agents have it, and not of one kind")
    kind = declared.kind_by_value(item.profile)
    if kind and declared.visible(item.entry.mode, kind):
        same = (one for one in held if one.source == "profile" and one.target == item.profile.id)
        return tuple(change for one in same for change in retyped(one, kind, stores, config))
    wanted = {"provider": item.profile.provider, "mode": item.profile.type}
    present = {"provider": item.entry.provider, "mode": item.entry.mode}
    return tuple(
        SetKey(path, (*keys, name), value, why="as the store has it")
        for name, value in wanted.items()
        if present[name] != value
    )


@fix("credentials/undeclared")
def undeclared(finding: Finding, stores: Stores, config: Config) -> Plan:
    """Declare a stored profile in the config, so that OpenClaw sees it."""
    path = finding.where.path if finding.where else ""
    for agent, store in stores.effective.items():
        name = finding.target if agent == "main" else finding.target.removeprefix(f"{agent}/")
        profile = store.profiles.get(name)
        if profile and str(store.owner(name).path) == path:
            entry = {"provider": profile.provider, "mode": profile.type}
            return (SetKey(config.path, ("auth", "profiles", name), entry, why="naming others hides it"),)
    raise Unfixable(GONE)
