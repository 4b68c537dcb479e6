"""Fixes of orders that leave the good profile out, and of notes about profiles that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import orders
from checks.fixes.places import GONE
from checks.knowing import useless
from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey, SetKey
from openclaw.config.views import Agent, auth_order
from openclaw.credentials.editing import order_plan
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.facts.credentials import Held, Stores
    from openclaw.installation import Installation


@fix("credentials/order-excludes")
def order_excludes(finding: Finding, stores: Stores, held: list[Held], installation: Installation) -> Plan:
    """Put the usable profile into the order that leaves it out."""
    newer = installation.era.name == "sqlite"
    bad = useless(held, stores, installation.now)
    found = orders.excluded(stores, installation.config, installation.now, bad, newer=newer)
    item = next((item for item in found if item.target == finding.target), None)
    if item is None:
        raise Unfixable(GONE)
    if not item.agent:
        path, keys = installation.config.within("auth", "order", item.key)
        ids = [*auth_order(installation.config.value)[item.key], item.profile.id]
        return (SetKey(path, keys, ids, why="the order left it out"),)
    agent = installation.agents.get(item.agent) or Agent(item.agent, item.agent)
    return order_plan(installation, agent, normalise(item.key), [*item.ids, item.profile.id])


@fix("credentials/last-good-dangling")
def last_good_dangling(finding: Finding, stores: Stores) -> Plan:
    """Take out what a store remembers of profiles that are gone."""
    item = next((item for item in orders.dangling(stores) if item.agent == finding.target), None)
    if item is None:
        raise Unfixable(GONE)
    path, why = item.store.path, "the profile is gone"
    return (
        *(DeleteKey(path, ("lastGood", key), locked=True, why=why) for key in item.last_good),
        *(DeleteKey(path, ("usageStats", name), locked=True, why=why) for name in item.usage),
    )
