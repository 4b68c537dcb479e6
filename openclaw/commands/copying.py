"""`openclaw models auth sync` and `rotate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openclaw.commands.carrying import carry_out, gateway_service, note, previewable, show
from openclaw.commands.options import agent_option, not_blank
from openclaw.errors import UsageFailure
from openclaw.invocation import Invocation
from openclaw.text import joined, one_line, remaining

if TYPE_CHECKING:
    from openclaw.installation import Installation

KEEPS_COOLDOWN = "OpenClaw's own command replaces the value and keeps what a failure left"


@click.command("sync")
@click.option(
    "--from",
    "source",
    metavar="AGENT",
    default="main",
    show_default=True,
    callback=not_blank,
    help="Whose credentials.",
)
@click.option("--to", "target", metavar="AGENT", callback=not_blank, help="The agent that gets them.")
@click.option("--all-agents", is_flag=True, help="Every configured agent gets them.")
@previewable
@click.pass_context
def sync(ctx: click.Context, *, source: str, target: str | None, all_agents: bool, dry_run: bool) -> None:
    """Copy API keys and static tokens to other agents. OAuth logins are not copied: they must have one owner."""
    from openclaw.credentials.editing import copy_plan, their_copy_plan
    from openclaw.credentials.sqlite import AGENT_DATABASE, agent_store, shared_store
    from openclaw.credentials.stores import read_json
    from openclaw.home import DEFAULT_AGENT, STORE_NAME

    if (target is not None) == all_agents:
        raise UsageFailure("give either --to AGENT or --all-agents")
    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    folder = found.home.main_agent_dir if source == DEFAULT_AGENT else found.agent_dir(found.agent(source))
    chosen = list(found.agents.listed) if all_agents else [found.agent(target)]
    targets = [agent for agent in chosen if found.agent_dir(agent) != folder]
    if not targets:
        others = "no other agent is configured" if all_agents else f"{chosen[0].id} is the agent to copy from"
        raise UsageFailure(f"there is nobody to copy to: {others}", commands=("openclaw agents list",))
    newer = found.era.name == "sqlite"
    if newer:
        store = agent_store(folder / AGENT_DATABASE, source)
    else:
        store = read_json(folder / STORE_NAME, source, found.home.oauth_file)
    shared = newer and (not store.exists or store.path == shared_store(found.home).path)
    if failure := store.failure():
        raise failure
    copies = their_copy_plan if newer else copy_plan
    plan, left_out = ((), []) if shared else copies(found, store, targets)
    for item in left_out:
        note(f"not copied: {item}")
    if dry_run:
        print(show(plan, call))
        return
    receipt = carry_out(found, plan, f"copy credentials of {source}", call)
    for record in receipt.files:
        print(one_line(f"Updated {found.home.short(record.path)}"))
    if not receipt.changed:
        print(_nothing(source, has_any=bool(store.profiles), shared=shared))
    elif not receipt.files:
        print(one_line(f"Copied to {joined([agent.id for agent in targets])}"))


def _nothing(source: str, *, has_any: bool, shared: bool) -> str:
    if shared:
        return "Nothing to copy: what is in the shared store every agent has already"
    if has_any:
        return "Nothing to copy: the agents have them already"
    return one_line(f"{source} has no profile of its own to copy")


@click.command("rotate")
@click.option("--provider", required=True, metavar="ID", help="The provider.")
@agent_option("Whose key is meant; default: the configured default agent's.")
@click.option("--profile-id", metavar="ID", help="The profile whose key is meant; default: the one that is used.")
@click.option("--expires-in", metavar="DURATION", help="Of a token: when the new one expires (365d, 12h, 30m).")
@click.option("--anyway", is_flag=True, help="Take a value even though it does not look like a key.")
@previewable
@click.pass_context
def rotate(
    ctx: click.Context,
    *,
    provider: str,
    agent: str | None,
    profile_id: str | None,
    expires_in: str | None,
    anyway: bool,
    dry_run: bool,
) -> None:
    """Replace one key everywhere it stands: env files, all agents, the config, the service's environment files.

    On a terminal it asks for the new one without showing it; otherwise it reads all of standard input.
    """
    from openclaw.commands.pasting import checked, lasting, named, read_secret
    from openclaw.credentials import rotating

    name, lasts = named(provider), lasting(expires_in)
    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    chosen = found.agent(agent or ctx.meta.get("agent"))
    present = rotating.present(found, name, chosen, profile_id)
    old = present.secret
    assert old is not None  # noqa: S101 - `present` says so
    kind = "token" if present.profile and present.profile.type == "token" else "api_key"
    note(f"A new key for {name}, instead of the one of {present.name} ({old.fingerprint()})")
    pasted = read_secret(call, "New key (not shown): ")
    checked(pasted, name, kind, anyway=anyway)  # type: ignore[arg-type]
    if pasted.secret == old:
        print("Nothing changed: the new key is the old one")
        return
    expires = None if lasts is None else found.now + lasts
    rotation = rotating.rotate(found, old, pasted.secret, expires=expires, service=gateway_service(call))
    if dry_run:
        print(show(rotation.plan, call))
    else:
        carry_out(found, rotation.plan, f"rotate the key of {name}", call)
        print("\n".join(one_line(f"Replaced in {place}") for place in rotation.replaced))
    for place in rotation.left:
        note(f"the old key is still there: {place}")
    if (
        found.era.name == "sqlite"
        and present.profile
        and found.now < (until := found.store_of(chosen).unusable_until(present.name))
    ):
        note(f"{present.name} is held back for {remaining(until - found.now)} all the same: {KEEPS_COOLDOWN}")
    if not dry_run:
        note("a running gateway needs a restart; revoke the old key at the provider")


def _load(call: Invocation) -> Installation:
    from openclaw import installation

    return installation.load(call).require_valid()
