"""Replacing one key everywhere it stands: env files, every agent's store, the config. One plan, so one undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openclaw.change.plan import Plan, SetKey, SetVariable
from openclaw.config.views import env_block, provider_entries, table
from openclaw.credentials import storing
from openclaw.credentials.editing import own_stores
from openclaw.credentials.resolve import resolve
from openclaw.errors import Failure
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.change.plan import Change
    from openclaw.config.views import Agent
    from openclaw.installation import Installation
    from openclaw.secret import Secret

FILES = ("state", "gateway", "cwd")  # the layers of the environment that are files of variables


@dataclass(frozen=True, slots=True)
class Rotation:
    """What replaces the old key, and where the old one stays because this program does not write there."""

    plan: Plan
    replaced: tuple[str, ...]
    left: tuple[str, ...]


def rotate(found: Installation, provider: str, agent: Agent, new: Secret) -> Rotation:
    """Every place where the key that is used now stands gets the new one.

    Only equal values are replaced: another key of the same provider is somebody's choice.
    """
    winner = resolve(provider, found.sources(found.store_of(agent)), agent.id).winner
    if winner is None or winner.secret is None:
        raise Failure(
            f"there is no key of {provider} to replace", commands=(f"openclaw onboard --provider {provider}",)
        )
    if winner.profile is not None and winner.profile.type == "oauth":
        raise Failure(
            f"{winner.name} is an OAuth login; it is renewed by logging in again",
            commands=(f"openclaw real models auth login --provider {provider}",),
        )
    old = winner.secret
    places = [*_in_files(found, old, new), *_in_config(found, old, new), *_in_stores(found, agent, old, new)]
    left = [
        f"the environment of this shell, as {name}: unset it or start a new shell"
        for name, value in found.environment.layers[0].values.items()
        if value == old.reveal()
    ]
    plan = tuple(step for _, step in places)
    return Rotation(plan, tuple(dict.fromkeys(where for where, _ in places)), tuple(left))


def _in_files(found: Installation, old: Secret, new: Secret) -> Iterator[tuple[str, Change]]:
    for layer in found.environment.layers:
        if layer.name in FILES and layer.path is not None:
            for name, value in layer.values.items():
                if value == old.reveal():
                    yield f"{found.home.short(layer.path)} as {name}", SetVariable(layer.path, name, new)


def _in_config(found: Installation, old: Secret, new: Secret) -> Iterator[tuple[str, Change]]:
    """Literal values only: a `${VAR}` reference stays one."""
    path, shown = found.config.path, found.home.short(found.config.path)
    for key, entry in provider_entries(found.config.merged).items():
        if entry.get("apiKey") == old.reveal():
            yield f"{shown} at models.providers.{key}", SetKey(path, ("models", "providers", key, "apiKey"), new)
    listed = table(found.config.merged, "env", "vars")
    for name, value in env_block(found.config.merged).items():
        if value == old.reveal():
            keys = ("env", "vars", name) if name in listed else ("env", name)
            yield f"{shown} at {'.'.join(keys)}", SetKey(path, keys, new)


def _in_stores(found: Installation, agent: Agent, old: Secret, new: Secret) -> Iterator[tuple[str, Change]]:
    if found.era.name == "sqlite":
        yield from _in_database(found, agent, old, new)
        return
    fields = {"api_key": "key", "token": "token"}
    for store in own_stores(found).values():
        for profile in store.profiles.values():
            if profile.type in fields and profile.secret == old:
                keys = ("profiles", profile.id, fields[profile.type])
                yield f"{found.home.short(store.path)} as {profile.id}", SetKey(store.path, keys, new, locked=True)


def _in_database(found: Installation, agent: Agent, old: Secret, new: Secret) -> Iterator[tuple[str, Change]]:
    store = found.store_of(agent)
    for profile in store.profiles.values():
        if profile.type != "oauth" and profile.secret == old:
            kind = "api_key" if profile.type == "api_key" else "token"
            deposit = storing.Deposit(normalise(profile.provider), kind, new, profile.id)  # type: ignore[arg-type]
            for step in storing.profile_plan(found, deposit, agent):
                yield f"{found.home.short(store.path)} as {profile.id}", step
