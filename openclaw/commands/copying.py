"""`openclaw models auth sync` and `rotate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openclaw.errors import UsageFailure
from openclaw.invocation import Invocation
from openclaw.text import one_line

if TYPE_CHECKING:
    from openclaw.config.views import Agent
    from openclaw.installation import Installation

DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")


@click.command("sync")
@click.option("--from", "source", metavar="AGENT", default="main", show_default=True, help="Whose credentials.")
@click.option("--to", "target", metavar="AGENT", help="The agent that gets them.")
@click.option("--all-agents", is_flag=True, help="Every configured agent gets them.")
@DRY_RUN
@click.pass_context
def sync(ctx: click.Context, *, source: str, target: str | None, all_agents: bool, dry_run: bool) -> None:
    """Copy API keys and static tokens to other agents. OAuth logins are not copied: they must have one owner."""
    from openclaw.commands.carrying import carry_out, note, show
    from openclaw.credentials import stores
    from openclaw.credentials.editing import copy_plan, require_json_era
    from openclaw.home import DEFAULT_AGENT, STORE_NAME

    if bool(target) == all_agents:
        raise UsageFailure("give either --to AGENT or --all-agents")
    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    require_json_era(found, "models auth sync", "openclaw real models auth --help")
    folder = found.home.main_agent_dir if source == DEFAULT_AGENT else found.agent_dir(found.agent(source))
    store = stores.read_json(folder / STORE_NAME, source)
    if failure := store.failure():
        raise failure
    agents: list[Agent] = list(found.agents.listed) if all_agents else [found.agent(target)]
    plan, left_out = copy_plan(found, store, agents)
    for item in left_out:
        note(f"not copied: {item}")
    if dry_run:
        print(show(plan, call))
        return
    receipt = carry_out(found, plan, f"copy credentials of {source}", call)
    for record in receipt.files:
        print(one_line(f"Updated {found.home.short(record.path)}"))
    if not receipt.changed:
        print("Nothing to copy: the agents have them already")


@click.command("rotate")
@click.option("--provider", required=True, metavar="ID", help="The provider.")
@click.option("--agent", metavar="ID", help="Whose key is meant; default: the configured default agent's.")
@click.option("--anyway", is_flag=True, help="Take a value even though it does not look like a key.")
@DRY_RUN
@click.pass_context
def rotate(ctx: click.Context, *, provider: str, agent: str | None, anyway: bool, dry_run: bool) -> None:
    """Replace one key everywhere it stands: env files, all agents, the config.

    On a terminal it asks for the new one without showing it; otherwise it reads all of standard input.
    """
    from openclaw.commands.carrying import carry_out, note, show
    from openclaw.commands.pasting import checked, read_secret
    from openclaw.credentials.rotating import rotate as plan_rotation
    from openclaw.providers.names import normalise

    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    chosen = found.agent(agent or ctx.meta.get("agent"))
    name = normalise(provider)
    pasted = read_secret(call, f"New key for {name} (not shown): ")
    checked(pasted, name, "api_key", anyway=anyway)
    rotation = plan_rotation(found, name, chosen, pasted.secret)
    if dry_run:
        print(show(rotation.plan, call))
        return
    receipt = carry_out(found, rotation.plan, f"rotate the key of {name}", call)
    for place in rotation.replaced if receipt.changed else ():
        print(one_line(f"Replaced in {place}"))
    if not receipt.changed:
        print("Nothing changed: the new key is the old one")
    for place in rotation.left:
        note(f"the old key still stands in {place}")
    if receipt.changed:
        note("a running gateway needs a restart; revoke the old key at the provider")


def _load(call: Invocation) -> Installation:
    from openclaw import installation

    return installation.load(call).require_valid()
