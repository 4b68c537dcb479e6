"""Plans that change what is stored: order, removal, cooldowns, copies. Pure: an installation in, a plan out.

A change to one agent's order or credential writes that agent's file and nothing else; the reference copies the main
agent's secrets, order and statistics along (auth-spec §3.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.change.plan import DeleteKey, Plan, Run, SetKey
from openclaw.config.views import auth_order, declared
from openclaw.credentials import stores
from openclaw.credentials.storing import EMPTY_STORE
from openclaw.errors import Failure, Refusal
from openclaw.home import STORE_NAME
from openclaw.providers.names import normalise
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
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


def own_stores(found: Installation) -> dict[str, Store]:
    """Every agent's own JSON store that exists, by agent id. A broken one stops whatever was to be done."""
    everything = {name: store for name, store in stores.read_all(found.home, found.agents).items() if store.exists}
    for store in everything.values():
        if failure := store.failure():
            raise failure
    return everything


def store_path(found: Installation, agent: Agent) -> Path:
    """The JSON store of an agent."""
    return found.agent_dir(agent) / STORE_NAME


def order_plan(found: Installation, agent: Agent, provider: str, ids: Iterable[str]) -> Plan:
    """`models auth order set` (§10.7): the agent's own order of a provider, each id once."""
    wanted = list(dict.fromkeys(item for item in (name.strip() for name in ids) if item))
    store = found.store_of(agent)
    if failure := store.failure():
        raise failure
    for profile_id in wanted:
        _require(store, profile_id, provider, found)
    if found.era.name == "sqlite":
        return (_theirs(found, agent, "order", "set", "--provider", provider, *wanted),)
    path = store_path(found, agent)
    own = stores.read_json(path, agent.id)
    # An alias of the provider that stands earlier in the file would still win (§7.1).
    aliases = [key for key in own.order if key != provider and normalise(key) == provider]
    return (
        *(DeleteKey(path, ("order", key), locked=True, why=f"the same provider as {provider}") for key in aliases),
        SetKey(path, ("order", provider), wanted, locked=True, template=EMPTY_STORE, why=f"the order for {provider}"),
    )


def clear_order_plan(found: Installation, agent: Agent, provider: str) -> Plan:
    """`models auth order clear`: nothing is written where nothing is to be cleared."""
    if found.era.name == "sqlite":
        return (_theirs(found, agent, "order", "clear", "--provider", provider),)
    path = store_path(found, agent)
    own = stores.read_json(path, agent.id)
    if failure := own.failure():
        raise failure
    if provider not in own.order:
        return ()
    keys: tuple[str, ...] = ("order",) if len(own.order) == 1 else ("order", provider)
    return (DeleteKey(path, keys, locked=True, why=f"the order for {provider}"),)


def logout_plan(found: Installation, profile_id: str, agents: Mapping[str, Store]) -> Plan:
    """Takes a profile out of these stores with everything that names it, and out of the config once no store has it."""
    steps: Plan = ()
    for store in agents.values():
        if profile_id in store.profiles or profile_id in store.rejected:
            steps += (*_forget(store, profile_id),)
    remaining = [
        store for name, store in own_stores(found).items() if profile_id in store.profiles and name not in agents
    ]
    return steps if remaining else (*steps, *_undeclare(found, profile_id))


def cooldown_plan(stores_with: Iterable[Store], profile_id: str) -> Plan:
    """Clears every field by which a failure holds a profile back; what it last did well stays."""
    steps: Plan = ()
    for store in stores_with:
        stats = store.usage.get(profile_id)
        if isinstance(stats, dict):
            present = [name for name in FAILURE_FIELDS if name in stats]
            steps += tuple(DeleteKey(store.path, ("usageStats", profile_id, name), locked=True) for name in present)
    return steps


def copy_plan(found: Installation, source: Store, targets: Iterable[Agent]) -> tuple[Plan, list[str]]:
    """Copies static credentials to other agents; also what was left out: an OAuth login must have one owner (FM 6)."""
    steps: Plan = ()
    left_out = [
        f"{item.id}: an OAuth login cannot be copied" for item in source.profiles.values() if item.type == "oauth"
    ]
    copied = [item for item in source.profiles.values() if item.type != "oauth" and not item.blank]
    for agent in targets:
        path = store_path(found, agent)
        own = stores.read_json(path, agent.id)
        if failure := own.failure():
            raise failure
        if path != source.path:
            missing = [item for item in copied if not _same(own.profiles.get(item.id), item)]
            steps += tuple(_copied(path, item, agent) for item in missing)
    return steps, left_out


def require_json_era(found: Installation, what: str, command: str) -> None:
    """Stops what can only be done in the JSON store; `command` is what OpenClaw itself offers."""
    if found.era.name == "sqlite":
        raise Refusal(
            f"{what}: this installation keeps its credentials in a SQLite database, which only OpenClaw itself writes",
            path=found.home.shared_database,
            commands=(command,),
        )


def _require(store: Store, profile_id: str, provider: str, found: Installation) -> Profile:
    profile = store.profiles.get(profile_id)
    mine = [item.id for item in store.profiles.values() if normalise(item.provider) == provider]
    known = f"profiles of {provider}: {joined(mine)}" if mine else f"no profile of {provider} is stored"
    if profile is None:
        raise Failure(f'there is no profile "{profile_id}" in {found.home.short(store.path)}', hint=known)
    if normalise(profile.provider) != provider:
        raise Failure(f'profile "{profile_id}" is for {profile.provider}, not for {provider}', hint=known)
    return profile


def _theirs(found: Installation, agent: Agent, *words: str) -> Run:
    """The installed program's own command for its own database."""
    if found.era.program is None:
        require_json_era(found, f"models auth {words[0]}", "npm install -g openclaw@latest")
    scope = () if agent.id == found.agents.default else ("--agent", agent.id)
    return Run(
        (str(found.era.program), "models", "auth", *words, *scope), why="only OpenClaw itself writes its database"
    )


def _forget(store: Store, profile_id: str) -> Iterator[DeleteKey | SetKey]:
    yield DeleteKey(store.path, ("profiles", profile_id), locked=True, why=f"the credential of agent {store.agent}")
    if profile_id in store.usage:
        yield DeleteKey(store.path, ("usageStats", profile_id), locked=True)
    for key, ids in store.order.items():
        if profile_id in ids:
            rest = [item for item in ids if item != profile_id]
            yield (
                SetKey(store.path, ("order", key), rest, locked=True)
                if rest
                else DeleteKey(store.path, ("order", key), locked=True)
            )
    for key, value in store.last_good.items():
        if value == profile_id:
            yield DeleteKey(store.path, ("lastGood", key), locked=True)


def _undeclare(found: Installation, profile_id: str) -> Iterator[DeleteKey | SetKey]:
    path = found.config.path
    if profile_id in declared(found.config.value):
        yield DeleteKey(path, ("auth", "profiles", profile_id), why="no store has it any more")
    for key, ids in auth_order(found.config.value).items():
        if profile_id in ids:
            rest = [item for item in ids if item != profile_id]
            # An empty list would switch every profile of the provider off (§7.1).
            yield SetKey(path, ("auth", "order", key), rest) if rest else DeleteKey(path, ("auth", "order", key))


def _document(profile: Profile) -> dict[str, object]:
    """A profile as it stands in its store, its secrets wrapped again so that no preview shows them."""
    from openclaw.secret import Secret

    hidden = {"key", "token", "apiKey", "access", "refresh", "idToken"}
    return {
        key: Secret(value) if key in hidden and isinstance(value, str) else value for key, value in profile.raw.items()
    }


def _copied(path: Path, profile: Profile, agent: Agent) -> SetKey:
    keys, document = ("profiles", profile.id), _document(profile)
    return SetKey(path, keys, document, locked=True, template=EMPTY_STORE, why=f"for agent {agent.id}")


def _same(left: Profile | None, right: Profile) -> bool:
    return left is not None and left.raw == right.raw
