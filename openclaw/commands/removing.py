"""`openclaw models auth logout` and `clear-cooldown`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openclaw.commands.carrying import carry_out, note, previewable, show
from openclaw.commands.options import agent_option
from openclaw.errors import Failure, UsageFailure
from openclaw.invocation import Invocation
from openclaw.text import joined, one_line, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.views import Agent
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation
    from openclaw.secret import Secret

MOST = 12  # names and commands in one message
AGENT = agent_option()


@click.command("logout")
@click.argument("profile")
@AGENT
@click.option("--all-agents", is_flag=True, help="Take it out of every agent's store.")
@click.option("--yes", is_flag=True, expose_value=False, help="Accepted for compatibility: undo takes a logout back.")
@previewable
@click.pass_context
def logout(ctx: click.Context, *, profile: str, agent: str | None, all_agents: bool, dry_run: bool) -> None:
    """Remove a stored profile, with everything in store and config that names it."""
    from openclaw.credentials.editing import logout_plan, own_stores

    if all_agents and agent is not None:
        raise UsageFailure("give either --agent ID or --all-agents")
    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    everywhere = own_stores(found)
    chosen = None if all_agents else found.agent(agent or ctx.meta.get("agent"))
    having = _having(found, profile, everywhere, chosen)
    plan = logout_plan(found, profile, having)
    if dry_run:
        print(show(plan, call))
        return
    copies = list(_copies(found, profile, having, everywhere))
    carry_out(found, plan, f"log {profile} out", call)
    left = _load(call)
    _confirm(left, profile, having)
    print(one_line(f"Removed {profile} from {joined([found.home.short(store.path) for store in having.values()])}"))
    if chosen and profile in (still := left.store_of(chosen)).profiles:
        where = left.home.short(still.owner(profile).path)
        note(f"agent {chosen.id} still gets {profile}, from {where}: log out with --all-agents too")
    if found.era.name == "sqlite":
        _tell_of_shared(left, profile, having, chosen)
    for copy in copies:
        note(f"the same value still stands in {copy}")
    note("the provider still accepts it: revoke it there too")


@click.command("clear-cooldown")
@click.argument("profile")
@agent_option("Only in this agent's store; default: wherever it is held back.")
@previewable
@click.pass_context
def clear_cooldown(ctx: click.Context, *, profile: str, agent: str | None, dry_run: bool) -> None:
    """Clear what a failure left behind, so that a profile is tried again at once."""
    from openclaw.credentials.editing import SHARED_STORE, cooldown_plan, holder, own_stores, refuse_database

    call = Invocation.of_process(ctx.obj)
    found = _load(call)
    asked = agent or ctx.meta.get("agent")
    everywhere = own_stores(found)
    if asked is not None:
        names = {holder(found, found.agent(asked)), SHARED_STORE}
        everywhere = {key: store for key, store in everywhere.items() if key in names}
    known = [store for store in everywhere.values() if profile in store.profiles or profile in store.usage]
    if not known:
        raise _not_there(found, profile, f"agent {asked}" if asked else "any agent")
    until = max(store.unusable_until(profile) for store in known)
    left = f"{remaining(until - found.now)}" if until > found.now else ""
    if found.era.name == "sqlite":
        hint, commands = _way_out(found, known, profile, left)
        refuse_database(found, "models auth clear-cooldown", hint=hint, commands=commands)
    plan = cooldown_plan(known, profile)
    if dry_run:
        print(show(plan, call))
        return
    receipt = carry_out(found, plan, f"clear the cooldown of {profile}", call)
    ended = f" (it would have been held back for {left} more)" if left else ""
    print(one_line(f"Cleared: {profile}{ended}" if receipt.changed else f"Nothing held {profile} back"))


def _tell_of_shared(left: Installation, profile: str, having: Mapping[str, Store], chosen: Agent | None) -> None:
    """What OpenClaw's own logout does beside what was asked for: seen with 2026.9.6."""
    from openclaw.config.views import declared
    from openclaw.credentials.editing import SHARED_STORE, own_stores
    from openclaw.providers.names import normalise

    if chosen and list(having) == [SHARED_STORE] and len(left.agents.listed) > 1:
        note(f"{profile} was in the store that all agents share: no agent gets it from there any more")
    names = declared(left.config.value)
    for name, store in own_stores(left).items():
        item = store.profiles.get(profile)
        if item is None or profile in names or name not in {SHARED_STORE, *(agent.id for agent in left.agents.listed)}:
            continue
        if any(normalise(entry.provider) == normalise(item.provider) for entry in names.values()):
            whose = name if name == SHARED_STORE else f"agent {name}"
            note(
                f"{whose} still has its own {profile}, and it is not used: the config names others of its provider only"
            )


def _load(call: Invocation) -> Installation:
    from openclaw import installation

    return installation.load(call).require_valid()


def _others(found: Installation, stores: list[Store], profile: str) -> tuple[str, ...]:
    """The commands that put another usable profile in front of the one that is held back."""
    from shlex import join

    provider = next((store.profiles[profile].provider for store in stores if profile in store.profiles), "")
    commands = []
    for agent in found.agents.listed:
        store = found.store_of(agent)
        if store.unusable_until(profile) <= found.now:
            continue
        free = [item.id for item in store.of(provider) if item.id != profile]
        free = [name for name in free if store.unusable_until(name) <= found.now]
        if free:
            words = ["openclaw", "models", "auth", "order", "set", "--provider", provider, *free[:1], profile]
            commands.append(join([*words, "--agent", agent.id]))
    return tuple(commands[:MOST])


def _way_out(found: Installation, stores: list[Store], profile: str, left: str) -> tuple[str, tuple[str, ...]]:
    """What to do where only OpenClaw writes: hint and commands. Its logout forgets a failure, its paste does not."""
    from shlex import quote

    item = next((store.profiles[profile] for store in stores if profile in store.profiles), None)
    if not left or item is None:
        return "nothing holds it back now", ()
    if others := _others(found, stores, profile):
        return f"it ends by itself in {left}; until then another profile can come first:", others
    if item.type == "oauth":
        again = f"openclaw real models auth login --provider {quote(item.provider)}"
    else:
        verb = "paste-token" if item.type == "token" else "paste-api-key"
        again = f"openclaw models auth {verb} --provider {quote(item.provider)} --profile-id {quote(profile)}"
    hint = f"it ends by itself in {left}; to end it sooner, log the profile out and store it again:"
    return hint, (f"openclaw models auth logout {quote(profile)}", again)


def _having(
    found: Installation, profile: str, everywhere: Mapping[str, Store], chosen: Agent | None
) -> dict[str, Store]:
    """The stores to take it out of: the chosen agent's own, or all that have it."""
    from openclaw.credentials.editing import SHARED_STORE, holder

    having = {
        name: store for name, store in everywhere.items() if profile in store.profiles or profile in store.rejected
    }
    if chosen is None:
        mine = having
    elif found.era.name == "sqlite" and holder(found, chosen) not in having:
        mine = {name: store for name, store in having.items() if name == SHARED_STORE}  # it is every agent's
    else:
        mine = {name: store for name, store in having.items() if name == holder(found, chosen)}
    if mine:
        return mine
    raise _foreign(found, profile) or _not_there(
        found, profile, f"agent {chosen.id}" if chosen else "any agent", list(having)
    )


def _foreign(found: Installation, profile: str) -> Failure | None:
    """A login of another program, which OpenClaw would copy again at once."""
    from openclaw.credentials import external

    if found.era.name == "sqlite":
        return None
    login = next((login for login in external.logins(found.home.user) if login.profile.id == profile), None)
    if login is None:
        return None
    return Failure(
        f"{profile} is the login of {login.program}, which OpenClaw reads from its file",
        path=login.path,
        hint=f"log out in {login.program}; nothing was changed",
    )


def _not_there(found: Installation, profile: str, whose: str, elsewhere: list[str] | None = None) -> Failure:
    from openclaw.credentials.editing import own_stores

    known = sorted({name for store in own_stores(found).values() for name in store.profiles})
    hint = f"stored: {_some(known)}" if known else "no profile is stored"
    if elsewhere:
        hint = f"it stands in the store of {_some(elsewhere)}: --agent {elsewhere[0]}, or --all-agents"
    message = f'no profile "{profile}" in the store of {whose}'
    return Failure(message, hint=hint, commands=("openclaw models auth list",))


def _some(names: list[str], most: int = MOST) -> str:
    return joined(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"


def _confirm(left: Installation, profile: str, having: Mapping[str, Store]) -> None:
    """Looks whether OpenClaw's own command did what it said (FM 48, 57)."""
    from openclaw.credentials.editing import own_stores

    if left.era.name == "sqlite" and any(profile in own_stores(left)[name].profiles for name in having):
        raise Failure(
            f"OpenClaw said that it removed {profile}, and it is still stored", commands=("openclaw models auth list",)
        )


def _copies(
    found: Installation, profile: str, having: Mapping[str, Store], everywhere: Mapping[str, Store]
) -> Iterator[str]:
    """Other places where the same secret stands: under another id or agent, in older files, in the environment."""
    from openclaw.text import js_trim

    profiles = [store.profiles[profile] for store in having.values() if profile in store.profiles]
    secrets: set[Secret] = {item.sent for item in profiles if item.sent}
    for name, store in everywhere.items():
        for item in store.profiles.values():
            if item.sent in secrets and not (name in having and item.id == profile):
                yield one_line(f"{found.home.short(store.path)} as {item.id}")
    values = {secret.reveal() for secret in secrets}
    for layer in found.environment.layers:
        where = found.home.short(layer.path) if layer.path else "the environment"
        yield from (f"{where} as {name}" for name, value in layer.values.items() if js_trim(value) in values)
