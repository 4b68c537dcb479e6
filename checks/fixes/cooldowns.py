"""Fixes of what a failure left at a profile: everything that holds it back is cleared, what it did well stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import cooldowns
from checks.fixes.places import GONE, held_of
from openclaw.api import Unfixable, fix
from openclaw.credentials.editing import cooldown_plan

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Held, Routes, Stores
    from openclaw.facts.installation import Clock


@fix("credentials/cooldown")
def cooldown(finding: Finding, held: list[Held], stores: Stores) -> Plan:
    """Clear a cooldown, so that the profile is tried again at once."""
    return _cleared(held_of(finding, held), stores)


@fix("credentials/disabled")
def disabled(finding: Finding, held: list[Held], stores: Stores) -> Plan:
    """Clear a disable, so that the profile is tried again at once."""
    return _cleared(held_of(finding, held), stores)


@fix("credentials/stale-cooldown")
def stale_cooldown(finding: Finding, stores: Stores) -> Plan:
    """Take out what a cooldown that is over left behind."""
    agent, name = _named(finding, stores)
    return cooldown_plan([stores.own[agent]], name)


@fix("credentials/all-unusable")
def all_unusable(
    finding: Finding, routes: Routes, stores: Stores, held: list[Held], config: Config, clock: Clock
) -> Plan:
    """Clear the cooldown of the profile that would recover first."""
    found = cooldowns.unusable(routes, stores, held, config, clock.now, newer=False)
    item = next((item for item in found if item.target == finding.target), None)
    if item is None:
        raise Unfixable(GONE)
    # Main's notes count for every agent that has none of its own.
    agents = dict.fromkeys([*item.agents, "main"])
    return cooldown_plan([stores.own[agent] for agent in agents if agent in stores.own], item.soonest)


def _cleared(item: Held, stores: Stores) -> Plan:
    plan = cooldown_plan([stores.own[agent] for agent in item.usage], item.target)
    if not plan:
        raise Unfixable(GONE)
    return plan


def _named(finding: Finding, stores: Stores) -> tuple[str, str]:
    """(agent, profile id) of a finding about what one store remembers of one profile."""
    path = finding.where.path if finding.where else ""
    for agent, store in stores.own.items():
        name = finding.target if agent == "main" else finding.target.removeprefix(f"{agent}/")
        if str(store.path) == path and name in store.usage:
            return agent, name
    raise Unfixable(GONE)
