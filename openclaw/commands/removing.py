"""`openclaw models auth logout` and `clear-cooldown`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openclaw.errors import Failure
from openclaw.invocation import Invocation
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation

AGENT = click.option("--agent", metavar="ID", help="The agent; default: the configured default agent.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")


@click.command("logout")
@click.argument("profile")
@AGENT
@click.option("--all-agents", is_flag=True, help="Take it out of every agent's store.")
@click.option("--yes", is_flag=True, expose_value=False, help="Accepted for compatibility: undo takes a logout back.")
@DRY_RUN
@click.pass_context
def logout(ctx: click.Context, *, profile: str, agent: str | None, all_agents: bool, dry_run: bool) -> None:
    """Remove a stored profile, with everything in store and config that names it."""
    from openclaw.commands.carrying import carry_out, note, show
    from openclaw.credentials.editing import logout_plan, require_json_era

    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    require_json_era(found, "models auth logout", f"openclaw real models auth logout {profile} --yes")
    having = _having(found, profile)
    if not all_agents:
        chosen = found.agent(agent or ctx.meta.get("agent"))
        having = {name: store for name, store in having.items() if store.path.parent == found.agent_dir(chosen)}
        if not having:
            raise _not_there(found, profile, f"agent {chosen.id}")
    plan = logout_plan(found, profile, having)
    if dry_run:
        print(show(plan, call))
        return
    copies = _copies(found, profile, having)
    carry_out(found, plan, f"log {profile} out", call)
    print(f"Removed {profile} from {joined([found.home.short(store.path) for store in having.values()])}")
    for copy in copies:
        note(f"the same value still stands in {copy}")
    note("the provider still accepts it: revoke it there too")


@click.command("clear-cooldown")
@click.argument("profile")
@DRY_RUN
@click.pass_context
def clear_cooldown(ctx: click.Context, *, profile: str, dry_run: bool) -> None:
    """Clear what a failure left behind, so that a profile is tried again at once."""
    from openclaw.commands.carrying import carry_out, show
    from openclaw.credentials.editing import cooldown_plan, own_stores, require_json_era

    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    require_json_era(found, "models auth clear-cooldown", "openclaw real doctor")
    everywhere = own_stores(found)
    if not any(profile in store.profiles or profile in store.usage for store in everywhere.values()):
        raise _not_there(found, profile, "any agent")
    plan = cooldown_plan(everywhere.values(), profile)
    if dry_run:
        print(show(plan, call))
        return
    receipt = carry_out(found, plan, f"clear the cooldown of {profile}", call)
    print(f"Cleared: {profile}" if receipt.changed else f"Nothing held {profile} back")


def _load(call: Invocation) -> Installation:
    from openclaw import installation

    return installation.load(call).require_valid()


def _having(found: Installation, profile: str) -> dict[str, Store]:
    from openclaw.credentials.editing import own_stores

    having = {
        name: store
        for name, store in own_stores(found).items()
        if profile in store.profiles or profile in store.rejected
    }
    if not having:
        raise _not_there(found, profile, "any agent")
    return having


def _not_there(found: Installation, profile: str, whose: str) -> Failure:
    from openclaw.credentials.editing import own_stores

    known = sorted({name for store in own_stores(found).values() for name in store.profiles})
    hint = f"stored: {joined(known)}" if known else "no profile is stored"
    return Failure(
        f'no profile "{profile}" in the store of {whose}', hint=hint, commands=("openclaw models auth list",)
    )


def _copies(found: Installation, profile: str, having: Mapping[str, Store]) -> list[str]:
    """Other places where the same secret stands: under another id or agent, in the environment."""
    from openclaw.credentials.editing import own_stores

    secrets = {item.secret for store in having.values() if (item := store.profiles.get(profile)) and item.secret}
    removed = {(store.path, profile) for store in having.values()}
    copies = [
        f"{found.home.short(store.path)} as {item.id}"
        for store in own_stores(found).values()
        for item in store.profiles.values()
        if item.secret in secrets and (store.path, item.id) not in removed
    ]
    values = {secret.reveal() for secret in secrets}
    for layer in found.environment.layers:
        where = found.home.short(layer.path) if layer.path else "the environment"
        copies += [f"{where} as {name}" for name, value in layer.values.items() if value in values]
    return copies
