"""`openclaw models auth order get|set|clear`: the order in which an agent's profiles of a provider are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openclaw.commands.carrying import previewable
from openclaw.commands.options import agent_option
from openclaw.invocation import Invocation
from openclaw.text import js_trim, one_line

if TYPE_CHECKING:
    from openclaw.change.plan import Plan
    from openclaw.config.views import Agent
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation

PROVIDER = click.option("--provider", required=True, metavar="ID", help="The provider.")
AGENT = agent_option()


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
    from openclaw.credentials.editing import store_path

    found, chosen, name = _opened(ctx, provider, agent)
    store = found.store_of(chosen)
    if failure := store.failure():
        raise failure
    newer = found.era.name == "sqlite"
    ids = store.order.get(name)
    shown = found.home.short(store.path if newer else store_path(found, chosen))
    if as_json:
        import json

        document = {
            "agentId": chosen.id,
            "agentDir": str(found.agent_dir(chosen)),
            "provider": name,
            "authStatePath" if newer else "authStorePath": shown,
            "order": ids,
            "configOrder": _of_config(found, name),
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return
    override = ", ".join(ids) if ids else "(none)"
    _print(f"Agent: {chosen.id}", f"Provider: {name}", f"Auth file: {shown}", f"Order override: {override}")
    _tell_of_others(found, store, name)


@order.command("set")
@PROVIDER
@click.argument("profiles", nargs=-1, required=True)
@AGENT
@previewable
@click.pass_context
def set_order(
    ctx: click.Context, *, provider: str, profiles: tuple[str, ...], agent: str | None, dry_run: bool
) -> None:
    """Set an agent's order: the profile ids, first tried first."""
    from openclaw.credentials.editing import order_plan

    found, chosen, name = _opened(ctx, provider, agent)
    plan = order_plan(found, chosen, name, profiles)
    if _carried(found, plan, ctx, f"order for {name}", dry_run=dry_run):
        ids = ", ".join(dict.fromkeys(filter(None, map(js_trim, profiles))))
        _print(f"Agent: {chosen.id}", f"Provider: {name}", f"Order override: {ids}")


@order.command("clear")
@PROVIDER
@AGENT
@previewable
@click.pass_context
def clear(ctx: click.Context, *, provider: str, agent: str | None, dry_run: bool) -> None:
    """Remove an agent's order override."""
    from openclaw.commands.carrying import note
    from openclaw.credentials.editing import clear_order_plan

    found, chosen, name = _opened(ctx, provider, agent)
    plan = clear_order_plan(found, chosen, name)
    if _carried(found, plan, ctx, f"clear the order for {name}", dry_run=dry_run):
        _print(f"Agent: {chosen.id}", f"Provider: {name}", "Cleared per-agent order override.")
        left = _reloaded(ctx).store_of(chosen)
        if name in left.order:
            note(f"main's order still counts: {', '.join(left.order[name])}")
        _tell_of_others(found, left, name)


def _opened(ctx: click.Context, provider: str, agent: str | None) -> tuple[Installation, Agent, str]:
    from openclaw.commands.pasting import named

    name = named(provider)
    found = _reloaded(ctx).require_valid()
    asked = agent or ctx.meta.get("agent")
    if found.era.name != "sqlite":
        # OPENCLAW_AGENT_DIR moves main's store there; the default agent's order stays in its own (auth-spec §1.5).
        asked = asked or found.agents.default
    return found, found.agent(asked), name


def _reloaded(ctx: click.Context) -> Installation:
    from openclaw import installation

    return installation.load(Invocation.of_process(ctx.obj))


def _print(*lines: str) -> None:
    print("\n".join(map(one_line, lines)))


def _of_config(found: Installation, provider: str) -> list[str] | None:
    from openclaw.config.views import auth_order
    from openclaw.providers.names import normalise

    return next((ids for key, ids in auth_order(found.config.value).items() if normalise(key) == provider), None)


def _tell_of_others(found: Installation, store: Store, provider: str) -> None:
    """The orders that this command does not show, as the reference's does not, and that OpenClaw obeys (§7.1)."""
    from openclaw.commands.carrying import note
    from openclaw.providers.names import normalise

    key = next((key for key in store.order if normalise(key) == provider), None)
    ids = _of_config(found, provider) if key is None else store.order[key]
    if ids is not None and key != provider:
        where = found.home.short(found.config.path) if key is None else f"the store, as {key}"
        note(f"the order in {where} counts: {', '.join(ids) or 'empty, so that no profile is tried'}")


def _carried(found: Installation, plan: Plan, ctx: click.Context, title: str, *, dry_run: bool) -> bool:
    from openclaw.commands.carrying import carry_out, show

    call = Invocation.of_process(ctx.obj)
    if dry_run:
        print(show(plan, call))
        return False
    carry_out(found, plan, title, call)
    return True
