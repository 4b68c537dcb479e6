"""Plans that change what is stored: order, removal, cooldowns, copies. Pure: an installation in, a plan out.

A change to one agent's order or credential writes that agent's file and nothing else; the reference copies the main
agent's secrets, order and statistics along (auth-spec §3.3). In the SQLite era the installed program's own command
does it, where it has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from openclaw.change.plan import DeleteKey, Plan, Run, SetKey
from openclaw.config.views import auth_order, declared
from openclaw.credentials import stores
from openclaw.credentials.storefile import parse
from openclaw.credentials.storing import EMPTY_STORE, adopted, deposit_of, paste_plan, profile_steps, theirs, wrapped
from openclaw.errors import Failure, Refusal, UsageFailure
from openclaw.frozen import replace
from openclaw.home import DEFAULT_AGENT, STORE_NAME
from openclaw.providers.names import normalise
from openclaw.text import joined, js_trim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from openclaw.config.views import Agent
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation

# Everything by which a failure holds a profile back, in both eras (auth-spec §8.1, openclaw-new §1.4).
FAILURE_FIELDS = (
    "cooldownUntil", "cooldownReason", "cooldownModel", "cooldownClassification", "disabledUntil", "disabledReason",
    "blockedUntil", "blockedReason", "blockedSource", "blockedModel", "blockedScope", "errorCount", "failureCounts",
    "lastFailureAt",
)  # fmt: skip
HARMLESS = ("lastFailureAt",)  # alone it holds nothing back: a success leaves it there
INSTALL = "npm install -g openclaw@latest"
SHARED_STORE = "the shared store"  # the key of `own_stores` for what all agents have (openclaw-new §1.2)
SHARED = "it is in the store that all agents share"


def own_stores(found: Installation) -> dict[str, Store]:
    """Every agent's own store that is there, by agent id: as a file, a database or older files that are imported.

    In the SQLite era the shared one, too, as `SHARED_STORE`; main may have its own beside it, as every other agent.

    A broken one stops whatever was to be done.
    """
    everything = {name: store for name, store in _every(found).items() if store.exists or store.legacy}
    for store in everything.values():
        if failure := store.failure():
            raise failure
    return everything


def store_path(found: Installation, agent: Agent) -> Path:
    """The JSON store of an agent."""
    return found.agent_dir(agent) / STORE_NAME


def holder(found: Installation, agent: Agent) -> str:
    """The key of `own_stores` for an agent: another one may have been told main's directory."""
    return DEFAULT_AGENT if found.agent_dir(agent) == found.home.main_agent_dir else agent.id


# ---- order ---------------------------------------------------------------------------------------------------------


def order_plan(found: Installation, agent: Agent, provider: str, ids: Iterable[str]) -> Plan:
    """`models auth order set` (§10.7): the agent's own order of a provider, each id once."""
    store = found.store_of(agent)
    if failure := store.failure():
        raise failure
    wanted = list(dict.fromkeys(filter(None, map(js_trim, ids))))
    if not wanted:
        raise UsageFailure("no profile id was given", hint=_known(store, provider))
    for profile_id in wanted:
        _require(store, profile_id, provider, found)
    if found.era.name == "sqlite":
        return (their_auth(found, agent, "order", "set", "--provider", provider, *wanted),)
    path = store_path(found, agent)
    # An alias of the provider that stands earlier in the file would still win (§7.1).
    store = stores.read_json(path, agent.id, found.home.oauth_file)
    aliases = [key for key in _order_keys(store, provider) if key != provider]
    return (
        *adopted(found, path, agent),
        *(DeleteKey(path, ("order", key), locked=True, why=f"the same provider as {provider}") for key in aliases),
        SetKey(path, ("order", provider), wanted, locked=True, template=EMPTY_STORE, why=f"the order for {provider}"),
    )


def clear_order_plan(found: Installation, agent: Agent, provider: str) -> Plan:
    """`models auth order clear`, other spellings of the provider included; without an order nothing is written."""
    if found.era.name == "sqlite":
        return (their_auth(found, agent, "order", "clear", "--provider", provider),)
    path = store_path(found, agent)
    own = stores.read_json(path, agent.id, found.home.oauth_file)
    if failure := own.failure():
        raise failure
    keys = _order_keys(own, provider)
    whole = bool(keys) and len(keys) == len(_raw_order(own))
    places: list[tuple[str, ...]] = [("order",)] if whole else [("order", key) for key in keys]
    return tuple(DeleteKey(path, place, locked=True, why=f"the order for {provider}") for place in places)


def _order_keys(own: Store, provider: str) -> list[str]:
    """The keys of a store's own order that mean the provider, as they are written."""
    return [key for key in _raw_order(own) if normalise(key) == provider]


def _raw_order(own: Store) -> dict[str, Any]:
    """The `order` member as it stands there: what OpenClaw does not understand of it is kept, too."""
    document = parse(own.text) if own.text else None
    order = document.get("order") if isinstance(document, dict) else None
    return order if isinstance(order, dict) else {}


# ---- removal -------------------------------------------------------------------------------------------------------


def logout_plan(found: Installation, profile_id: str, agents: Mapping[str, Store]) -> Plan:
    """Takes a profile out of these stores with everything that names it, and out of the config once no store has it."""
    if found.era.name == "sqlite":
        return tuple(_their_logouts(found, profile_id, agents))
    steps: Plan = ()
    for store in agents.values():
        steps += (*(_forget(store, profile_id) if store.exists else _forget_older(store, profile_id)),)
    remaining = [
        name for name, store in own_stores(found).items() if profile_id in store.profiles and name not in agents
    ]
    return steps if remaining else (*steps, *_undeclare(found, profile_id))


def _their_logouts(found: Installation, profile_id: str, names: Iterable[str]) -> Iterator[Run]:
    """One command for each store, an agent's own first: whoever has its own of that id does not get at the shared one.

    Theirs takes the id out of the agent's own database, else out of the shared store; and out of the config, even where
    another store still has it (seen with 2026.9.6).
    """
    having = {name for name, store in own_stores(found).items() if profile_id in store.profiles}
    for name in sorted(names, key=lambda name: name == SHARED_STORE):
        run = their_auth(found, acting(found, name, profile_id, having), "logout", profile_id, "--yes")
        having.discard(name)
        whose = SHARED if name == SHARED_STORE else f"it is agent {name}'s own"
        yield replace(run, why=f"{run.why}; {whose}")


def acting(found: Installation, name: str, profile_id: str, having: Collection[str]) -> Agent:
    """For which agent OpenClaw's command is to be run, so that it changes a profile in this store and in no other.

    `name` is the store as in `own_stores`; `having` are the stores that have the profile. Raises Refusal without one.
    """
    agents = (found.agent(), *found.agents.listed)
    keys = [holder(found, agent) for agent in agents]
    fitting = [key == name if name != SHARED_STORE else key not in having for key in keys]
    agent = next((agent for agent, fits in zip(agents, fitting, strict=True) if fits), None)
    if agent is not None:
        return agent
    if name != SHARED_STORE:
        raise Refusal(
            f'the database of agent "{name}" has {profile_id}, and the config does not know that agent',
            hint="only OpenClaw itself writes its database, and it does not look there",
        )
    raise Refusal(
        f"every agent has its own {profile_id}, and with that OpenClaw does not get at the one in the shared store",
        hint="log all of them out: --all-agents",
    )


def _forget(store: Store, profile_id: str) -> Iterator[DeleteKey | SetKey]:
    yield DeleteKey(store.path, ("profiles", profile_id), locked=True, why=f"the credential of agent {store.agent}")
    if profile_id in store.usage:
        yield DeleteKey(store.path, ("usageStats", profile_id), locked=True, why="what is known of its use")
    for key, ids in _raw_order(store).items():
        if isinstance(ids, list) and any(_means(item, profile_id) for item in ids):
            rest = [item for item in ids if not _means(item, profile_id)]
            yield (
                SetKey(store.path, ("order", key), rest, locked=True, why="it stands in the order")
                if rest
                else DeleteKey(store.path, ("order", key), locked=True, why="it stands in the order")
            )
    for key, value in store.last_good.items():
        if value == profile_id:
            yield DeleteKey(store.path, ("lastGood", key), locked=True, why="it worked last")


def _forget_older(store: Store, profile_id: str) -> Iterator[DeleteKey]:
    """Out of the older files that OpenClaw would import it from."""
    name = profile_id.removesuffix(":default")
    for path in store.legacy:
        yield DeleteKey(path, (name,), why=f"OpenClaw would import it for agent {store.agent}")


def _means(item: Any, profile_id: str) -> bool:
    return isinstance(item, str) and js_trim(item) == profile_id


def _undeclare(found: Installation, profile_id: str) -> Iterator[DeleteKey | SetKey]:
    path = found.config.path
    if profile_id in declared(found.config.value):
        yield DeleteKey(path, ("auth", "profiles", profile_id), why="no store has it any more")
    for key, ids in auth_order(found.config.value).items():
        if profile_id in ids:
            rest = [item for item in ids if item != profile_id]
            # An empty list would switch every profile of the provider off (§7.1).
            yield (
                SetKey(path, ("auth", "order", key), rest, why="no store has it any more")
                if rest
                else DeleteKey(path, ("auth", "order", key), why="no store has it any more")
            )


# ---- cooldowns -----------------------------------------------------------------------------------------------------


def cooldown_plan(stores_with: Iterable[Store], profile_id: str) -> Plan:
    """Clears every field by which a failure holds a profile back; what it last did well stays."""
    steps: Plan = ()
    for store in stores_with:
        stats = store.usage.get(profile_id)
        if isinstance(stats, dict) and any(stats.get(name) for name in FAILURE_FIELDS if name not in HARMLESS):
            present = [name for name in FAILURE_FIELDS if name in stats]
            steps += tuple(
                DeleteKey(store.path, ("usageStats", profile_id, name), locked=True, why="a failure left it")
                for name in present
            )
    return steps


# ---- copies --------------------------------------------------------------------------------------------------------


def copy_plan(found: Installation, source: Store, targets: Iterable[Agent]) -> tuple[Plan, list[str]]:
    """Copies static credentials to other agents; also what was left out: an OAuth login must have one owner (FM 6)."""
    steps: Plan = ()
    left_out = [f"{item.id}: an OAuth login has one owner" for item in source.profiles.values() if item.type == "oauth"]
    copied = [item for item in source.profiles.values() if item.type != "oauth" and not item.blank]
    for agent in targets:
        path = store_path(found, agent)
        own = stores.read_json(path, agent.id, found.home.oauth_file)
        if failure := own.failure():
            raise failure
        missing = [item for item in copied if not _same(own.profiles.get(item.id), item)]
        # A key under the id of a login would destroy that login (FM 59).
        logins = [item for item in missing if (there := own.profiles.get(item.id)) and there.type == "oauth"]
        left_out += [f"{item.id}: agent {agent.id} has an OAuth login of that id" for item in logins]
        wanted = [item for item in missing if item not in logins]
        steps += adopted(found, path, agent) if wanted else ()
        for item in wanted:
            steps += profile_steps(path, item.id, wrapped(item), own, f"for agent {agent.id}")
    return steps, left_out


def their_copy_plan(found: Installation, source: Store, targets: Iterable[Agent]) -> tuple[Plan, list[str]]:
    """`copy_plan` for the SQLite era: what an agent has of its own, stored for others by OpenClaw's own command."""
    everything = own_stores(found)
    steps: Plan = ()
    left_out = [f"{item.id}: an OAuth login has one owner" for item in source.profiles.values() if item.type == "oauth"]
    left_out += [f"{item.id}: a reference" for item in source.profiles.values() if item.reference]
    for agent in targets:
        theirs_now, shared = found.store_of(agent), everything.get(SHARED_STORE)
        for item in source.profiles.values():
            if item.type == "oauth" or item.sent is None or item.reference:
                continue
            there = theirs_now.profiles.get(item.id)
            if there is not None and shared and theirs_now.owner(item.id).path == shared.path:
                left_out.append(f"{item.id}: {SHARED}, which would change for all")
            elif there is not None and there.type == "oauth":
                left_out.append(f"{item.id}: agent {agent.id} has an OAuth login of that id")
            elif there is None or not _same(there, item):
                steps += paste_plan(found, deposit_of(item), agent)
    return steps, left_out


def _same(left: Profile | None, right: Profile) -> bool:
    return left is not None and left.raw == right.raw


# ---- shared --------------------------------------------------------------------------------------------------------


def refuse_database(found: Installation, what: str, *, hint: str, commands: tuple[str, ...]) -> NoReturn:
    """Stops what can only be done in the JSON store; hint and commands are what can be done instead."""
    raise Refusal(
        f"{what}: this installation keeps its credentials in a SQLite database, which only OpenClaw itself writes, "
        "and it has no command for this",
        path=found.home.shared_database,
        hint=hint,
        commands=commands,
    )


def _every(found: Installation) -> dict[str, Store]:
    if found.era.name != "sqlite":
        return stores.read_all(found.home, found.agents)
    from openclaw.credentials import sqlite

    shared = sqlite.shared_store(found.home)
    folders = stores.agent_dirs(found.home, found.agents).items()
    own = {name: sqlite.agent_store(folder / sqlite.AGENT_DATABASE, name) for name, folder in folders}
    return {SHARED_STORE: shared, **{name: store for name, store in own.items() if store.path != shared.path}}


def _require(store: Store, profile_id: str, provider: str, found: Installation) -> None:
    profile = store.profiles.get(profile_id)
    if profile is None:
        where = found.home.short(store.path)
        raise Failure(f'there is no profile "{profile_id}" in {where}', hint=_known(store, provider))
    if normalise(profile.provider) != provider:
        raise Failure(
            f'profile "{profile_id}" is for {profile.provider}, not for {provider}', hint=_known(store, provider)
        )


def _known(store: Store, provider: str) -> str:
    mine = [item.id for item in store.of(provider)]
    return f"profiles of {provider}: {joined(mine)}" if mine else f"no profile of {provider} is stored"


def their_auth(found: Installation, agent: Agent, *words: str) -> Run:
    """The installed program's own `models auth` command for its own database.

    It is told the agent always: with several configured, 2026.9.6 changes nothing without one.
    """
    if found.era.program is None:
        raise Refusal(
            "this installation keeps its credentials in a SQLite database, which only OpenClaw itself writes, and "
            "OpenClaw was not found on PATH",
            path=found.home.shared_database,
            commands=(INSTALL,),
        )
    return theirs(found, str(found.era.program), "models", "auth", *words, "--agent", agent.id)
