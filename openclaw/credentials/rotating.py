"""Replacing one key everywhere it stands: env files, every agent's store, config, service. One plan, so one undo."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from openclaw.change.plan import DeleteKey, Plan, SetKey, SetVariable
from openclaw.config.reading import dotted
from openclaw.config.views import provider_entries
from openclaw.credentials import storing
from openclaw.credentials.editing import acting, cooldown_plan, own_stores
from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.credentials.resolve import resolve
from openclaw.credentials.storefile import parse, read_text
from openclaw.credentials.stores import agent_dirs
from openclaw.errors import Failure
from openclaw.frozen import frozen
from openclaw.providers.names import normalise
from openclaw.text import joined, js_trim, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.change.plan import Change
    from openclaw.config.reading import KeyPath
    from openclaw.config.views import Agent
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Candidate
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation
    from openclaw.secret import Secret
    from openclaw.service.base import GatewayService

    Place = tuple[str, Change]  # where, for people, and what is done there

FILES = ("state", "gateway", "cwd")  # the layers of the environment that are files of variables
GENERATED = "models.json"  # OpenClaw's own catalogue, with keys; it may keep what is in it (auth-spec §5.4)


@frozen
class Rotation:
    """What replaces the old key, and where the old one stays because this program does not write there."""

    plan: Plan
    replaced: tuple[str, ...]
    left: tuple[str, ...]


def present(found: Installation, provider: str, agent: Agent, profile_id: str | None = None) -> Candidate:
    """The key that is to be replaced: the one that is used now, or that of a profile. Raises Failure without one."""
    store = found.store_of(agent)
    if failure := store.failure():
        raise failure
    chain = resolve(provider, found.sources(store), agent.id).chain
    if profile_id is None:  # one that is held back by a cooldown is meant, too: that may be why somebody replaces it
        old = next((item for item in chain if item.usable), None) or next(
            (item for item in chain if item.expected), None
        )
    else:
        old = _profile(chain, provider, profile_id)
    if old is None or old.secret is None:
        raise Failure(
            f"there is no key of {provider} to replace", commands=(f"openclaw onboard --provider {provider}",)
        )
    if old.profile is not None and old.profile.type == "oauth":
        raise Failure(
            f"{old.name} is an OAuth login; it is renewed by logging in again",
            commands=(f"openclaw real models auth login --provider {provider}",),
        )
    return old


def _profile(chain: tuple[Candidate, ...], provider: str, profile_id: str) -> Candidate:
    profiles = {item.name: item for item in chain if item.profile}
    if profile_id not in profiles:
        known = joined(list(profiles)[:12])
        raise Failure(
            f'{provider} has no profile "{profile_id}"', hint=f"stored: {known}" if known else "none is stored"
        )
    return profiles[profile_id]


def rotate(
    found: Installation, old: Secret, new: Secret, *, expires: int | None = None, service: GatewayService | None = None
) -> Rotation:
    """Every place where the old value stands gets the new one; `expires` (ms) is that of the new one, of tokens.

    Only equal values are replaced: another key of the same provider is somebody's choice.
    """
    unit, unit_left = _in_service(found, service, old, new)
    config, config_left = _in_config(found, old, new)
    places = [
        *_in_files(found, old, new),
        *unit,
        *config,
        *_in_generated(found, old, new),
        *_in_stores(found, old, new, expires),
    ]
    left = (*_in_shells(found, old), *unit_left, *config_left)
    if not places:
        raise Failure(
            "the key stands nowhere that this program could write: " + "; ".join(left or ("it is not stored",)),
            hint="nothing was changed",
        )
    return Rotation(tuple(step for _, step in places), tuple(dict.fromkeys(where for where, _ in places)), left)


def _in_files(found: Installation, old: Secret, new: Secret) -> Iterator[Place]:
    for layer in found.environment.layers:
        if layer.name in FILES and layer.path is not None:
            for name in _names(layer.values, old):
                yield f"{found.home.short(layer.path)} as {name}", SetVariable(layer.path, name, new, why="the new key")


def _in_shells(found: Installation, old: Secret) -> Iterator[str]:
    where = {"process": "the environment of this shell", "shell": "the start-up files of the login shell"}
    for layer in found.environment.layers:
        if layer.name in where:
            yield from (f"{where[layer.name]}, as {name}" for name in _names(layer.values, old))


def _in_service(
    found: Installation, service: GatewayService | None, old: Secret, new: Secret
) -> tuple[list[Place], list[str]]:
    """What is replaced in the environment files of the gateway's service, and where else that has the old key."""
    if service is None or not service.installed:
        return [], []
    ours = {layer.path for layer in found.environment.layers}
    places: list[Place] = []
    left = [_in_unit(found, service, name) for name in _names(_revealed(service.environment), old)]
    left += [
        f"the variables of the service manager, as {name}" for name in _names(_revealed(service.inherited or {}), old)
    ]
    for file in service.environment_files:
        where = found.home.short(file.path)
        for name in _names(_revealed(file.variables), old) if file.path not in ours else ():
            if os.access(file.path, os.W_OK):
                places.append((f"{where} as {name}", SetVariable(file.path, name, new, why="the service reads it")))
            else:
                left.append(f"{where} as {name}, which only somebody else can write")
    return places, left


def _in_unit(found: Installation, service: GatewayService, name: str) -> str:
    place = service.origins.get(name)
    where = str(place.path) if place else str(service.definition or service.unit)
    line = f":{place.line}" if place and place.line else ""
    return f"{found.home.short(where)}{line} as {name}, which the gateway's service gets"


def _in_config(found: Installation, old: Secret, new: Secret) -> tuple[list[Place], list[str]]:
    """Literal values only: a `${VAR}` reference stays one. In a list of several files, an index is no place."""
    path = found.config.path
    places: list[Place] = []
    left: list[str] = []
    own = set(_paths(found.config.parsed, old.reveal()))
    for keys in _paths(found.config.merged, old.reveal()):
        where = f"{found.home.short(path)} at {one_line(dotted(keys))}"
        if keys in own or not any(isinstance(key, int) for key in keys):
            places.append((where, SetKey(path, keys, new, why="the new key")))
        else:
            left.append(f"{where}, a list from included files")
    return places, left


def _in_generated(found: Installation, old: Secret, new: Secret) -> Iterator[Place]:
    for folder in dict.fromkeys(agent_dirs(found.home, found.agents).values()):
        text = read_text(folder / GENERATED)
        document = parse(text) if isinstance(text, str) and old.reveal() in text else None
        for key, entry in provider_entries({"models": document} if isinstance(document, dict) else {}).items():
            if entry.get("apiKey") == old.reveal():
                step = SetKey(folder / GENERATED, ("providers", key, "apiKey"), new, why="OpenClaw may keep it there")
                yield f"{found.home.short(folder / GENERATED)} at {one_line(key)}", step


def _in_stores(found: Installation, old: Secret, new: Secret, expires: int | None) -> Iterator[Place]:
    everything = own_stores(found)
    for name, store in everything.items():
        for profile in store.profiles.values():
            if profile.type == "oauth" or profile.sent != old:
                continue
            kind: Literal["api_key", "token"] = "token" if profile.type == "token" else "api_key"
            deposit = storing.Deposit(
                normalise(profile.provider), kind, new, profile.id, expires if kind == "token" else None
            )
            for step in _in_store(found, name, everything, profile, deposit):
                yield f"{found.home.short(store.path)} as {one_line(profile.id)}", step


def _in_store(
    found: Installation, name: str, everything: Mapping[str, Store], profile: Profile, deposit: storing.Deposit
) -> Plan:
    """A new value ends what a failure of the old one left behind, and the date on which the old one would expire."""
    store = everything[name]
    if store.kind == "sqlite":
        having = [other for other, its in everything.items() if profile.id in its.profiles]
        return storing.profile_plan(found, deposit, acting(found, name, profile.id, having))
    if not store.exists:
        return tuple(_in_older(store, profile, deposit.secret))
    keys = ("profiles", profile.id)
    value = SetKey(store.path, (*keys, SECRET_FIELD[profile.type]), deposit.secret, locked=True, why="the new key")
    dated: Plan = ()
    if deposit.expires is not None:
        dated = (SetKey(store.path, (*keys, "expires"), deposit.expires, locked=True, why="of the new key"),)
    elif "expires" in profile.raw:
        dated = (DeleteKey(store.path, (*keys, "expires"), locked=True, why="of the old key"),)
    return (value, *dated, *cooldown_plan([store], profile.id))


def _in_older(store: Store, profile: Profile, new: Secret) -> Iterator[SetKey]:
    """In the older files that OpenClaw imports it from (auth-spec §3.5)."""
    name, field = profile.id.removesuffix(":default"), SECRET_FIELD[profile.type]
    for path in store.legacy:
        text = read_text(path)
        document = parse(text) if isinstance(text, str) else None
        entry = document.get(name) if isinstance(document, dict) else None
        if isinstance(entry, dict) and entry.get(field) == profile.raw.get(field):
            yield SetKey(path, (name, field), new, why="OpenClaw imports it from here")


def _paths(value: Any, wanted: str, keys: KeyPath = ()) -> Iterator[KeyPath]:
    """The key paths at which a string stands, apart from white space around it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, wanted, (*keys, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, wanted, (*keys, index))
    elif isinstance(value, str) and js_trim(value) == wanted:
        yield keys


def _names(values: Mapping[str, str], old: Secret) -> list[str]:
    return [name for name, value in values.items() if js_trim(value) == old.reveal()]


def _revealed(values: Mapping[str, Secret]) -> dict[str, str]:
    return {name: value.reveal() for name, value in values.items()}
