"""`openclaw models auth order get|set|clear`: the order in which an agent's profiles of a provider are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openclaw.errors import UsageFailure
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from openclaw.config.views import Agent
    from openclaw.installation import Installation

PROVIDER = click.option("--provider", required=True, metavar="ID", help="The provider.")
AGENT = click.option("--agent", metavar="ID", help="The agent; default: the configured default agent.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")


@click.group("order")
@AGENT
@click.pass_context
def order(ctx: click.Context, agent: str | None) -> None:
    """The order in which an agent's profiles of a provider are tried."""
    if agent is not None:
        ctx.meta["agent"] = agent


@order.command("get")
@PROVIDER
@AGENT
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def get(ctx: click.Context, *, provider: str, agent: str | None, as_json: bool) -> None:
    """Show an agent's own order override."""
    found, chosen, name = _opened(ctx, provider, agent)
    store = found.store_of(chosen)
    if failure := store.failure():
        raise failure
    ids = store.order.get(name)
    shown = found.home.short(store.path)
    if as_json:
        import json

        document = {
            "agentId": chosen.id,
            "agentDir": str(found.agent_dir(chosen)),
            "provider": name,
            "authStorePath": shown,
            "order": ids,
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return
    override = ", ".join(ids) if ids else "(none)"
    print(f"Agent: {chosen.id}\nProvider: {name}\nAuth file: {shown}\nOrder override: {override}")


@order.command("set")
@PROVIDER
@click.argument("profiles", nargs=-1, required=True)
@AGENT
@DRY_RUN
@click.pass_context
def set_order(
    ctx: click.Context, *, provider: str, profiles: tuple[str, ...], agent: str | None, dry_run: bool
) -> None:
    """Set an agent's order: the profile ids, first tried first."""
    from openclaw.credentials.editing import order_plan

    found, chosen, name = _opened(ctx, provider, agent)
    plan = order_plan(found, chosen, name, profiles)
    if _carried(found, plan, ctx, f"order for {name}", dry_run=dry_run):
        ids = ", ".join(dict.fromkeys(item.strip() for item in profiles))
        print(f"Agent: {chosen.id}\nProvider: {name}\nOrder override: {ids}")


@order.command("clear")
@PROVIDER
@AGENT
@DRY_RUN
@click.pass_context
def clear(ctx: click.Context, *, provider: str, agent: str | None, dry_run: bool) -> None:
    """Remove an agent's order override."""
    from openclaw.credentials.editing import clear_order_plan

    found, chosen, name = _opened(ctx, provider, agent)
    plan = clear_order_plan(found, chosen, name)
    if _carried(found, plan, ctx, f"clear the order for {name}", dry_run=dry_run):
        print(f"Agent: {chosen.id}\nProvider: {name}\nCleared per-agent order override.")


def _opened(ctx: click.Context, provider: str, agent: str | None) -> tuple[Installation, Agent, str]:
    from openclaw import installation
    from openclaw.providers.names import normalise

    name = normalise(provider)
    if not name:
        raise UsageFailure("--provider is blank", hint="for example: --provider anthropic")
    found = installation.load(Invocation.of_process(ctx.obj)).require_valid()
    return found, found.agent(agent or ctx.meta.get("agent")), name


def _carried(found: Installation, plan: tuple, ctx: click.Context, title: str, *, dry_run: bool) -> bool:  # type: ignore[type-arg]
    from openclaw.commands.carrying import carry_out, show

    call = Invocation.of_process(ctx.obj)
    if dry_run:
        print(show(plan, call))
        return False
    carry_out(found, plan, title, call)
    return True
