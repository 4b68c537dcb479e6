"""Fixes of what other agents' stores have beside main's: copies of a login, entries and orders that hide main's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import agents, logins
from checks.fixes.places import GONE
from checks.knowing import useless
from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey
from openclaw.config.views import Agent
from openclaw.credentials.editing import clear_order_plan, copy_plan, order_plan
from openclaw.frozen import replace

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.credentials.stores import Store
    from openclaw.facts.credentials import Held, Stores
    from openclaw.facts.logins import CliLogins
    from openclaw.facts.places import StoreFile
    from openclaw.installation import Installation


@fix("credentials/shared-refresh")
def shared_refresh(
    finding: Finding,
    held: list[Held],
    store_files: tuple[StoreFile, ...],
    cli_logins: CliLogins,
    stores: Stores,
    installation: Installation,
) -> Plan:
    """Take the copies of main's login out of the other agents' stores, which then use main's."""
    from checks.verdict import target

    found = logins.shared(held, store_files, cli_logins, installation.now)
    item = next((item for item in found if target(item.first) == finding.target), None)
    if item is None or item.programs or not item.copies:
        raise Unfixable(GONE)
    return tuple(
        DeleteKey(
            _editable(stores.own[copy.agent]).path, ("profiles", copy.target), locked=True, why="a copy of main's"
        )
        for copy in item.copies
    )


@fix("credentials/agent-missing")
def agent_missing(finding: Finding, stores: Stores, held: list[Held], installation: Installation) -> Plan:
    """Take out of an agent's own store what hides main's credential."""
    bad = useless(held, stores, installation.now)
    found = agents.hidden(stores, installation.config, installation.now, bad, newer=False)
    item = next((item for item in found if item.target == finding.target), None)
    if item is None:
        raise Unfixable(GONE)
    store, agent = _editable(item.own), _agent(item.agent, installation)
    plan: Plan = ()
    if item.by_entry:
        plan += (DeleteKey(store.path, ("profiles", item.profile.id), locked=True, why="it hides main's"),)
    if item.order is not None:
        kept = [name for name in item.order if name in stores.effective[item.agent].profiles]
        kept = [name for name in kept if name != item.profile.id]
        plan += (
            order_plan(installation, agent, item.provider, [*kept, item.profile.id])
            if kept
            else clear_order_plan(installation, agent, item.provider)
        )
    return plan


@fix("credentials/agent-stale")
def agent_stale(
    finding: Finding, held: list[Held], store_files: tuple[StoreFile, ...], stores: Stores, installation: Installation
) -> Plan:
    """Copy main's newer value of a static credential to an agent."""
    found = agents.stale(held, store_files, installation.now)
    item = next((item for item in found if item.target == finding.target), None)
    if item is None or item.main.profile is None:
        raise Unfixable(GONE)
    only = replace(stores.own["main"], profiles={item.main.target: item.main.profile})
    plan, left = copy_plan(installation, only, [_agent(item.own.agent, installation)])
    if not plan:
        raise Unfixable("; ".join(left) or GONE)
    return plan


def _agent(name: str, found: Installation) -> Agent:
    """The configured agent, or one that has only a directory."""
    return found.agents.get(name) or Agent(name, name)


def _editable(store: Store) -> Store:
    if not store.exists or store.kind != "json":
        raise Unfixable(GONE)
    return store
