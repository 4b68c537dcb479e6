"""What would be chosen if something were otherwise: for checks that name the reason of a choice. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import table
from openclaw.credentials.resolve import Sources, resolve
from openclaw.environment.layers import Environment
from openclaw.frozen import replace
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store

NOWHERE = Environment({}, {}, ())
FOR_EVER = {"disabledUntil": 2**53}  # as OpenClaw notes it (ms)


def chosen(provider: str, config: Mapping[str, Any], store: Store, now: int, *, newer: bool) -> Profile | None:
    """The stored profile that an agent with this store gets for a provider, as if none were in cooldown."""
    if not store.of(provider):
        return None
    winner = resolve(provider, Sources(config, replace(store, usage={}), NOWHERE, now, newer)).winner
    return winner.profile if winner else None


def usable(
    provider: str,
    config: Mapping[str, Any],
    store: Store,
    now: int,
    *,
    newer: bool,
    useless: Collection[str] = (),
) -> Profile | None:
    """The same of the profiles that can be used now: none that is held back, and none of `useless` (profile ids).

    What is held back for one model alone can be used.
    """
    if not store.of(provider):
        return None
    stats = {**store.usage, **dict.fromkeys(useless, FOR_EVER)}
    sources = Sources(config, replace(store, usage=stats), NOWHERE, now, newer)
    winner = resolve(provider, sources, model="?").winner
    return winner.profile if winner else None


def without_orders(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config as if it had no `auth.order`."""
    return {**config, "auth": {**table(config, "auth"), "order": {}}}


def without_declared(config: Mapping[str, Any], provider: str = "", profile_id: str = "") -> dict[str, Any]:
    """The config as if `auth.profiles` did not name one profile, or none of a provider."""
    entries = table(config, "auth", "profiles")
    kept = {
        name: entry
        for name, entry in entries.items()
        if name != profile_id and not (provider and _provider(entry) == normalise(provider))
    }
    return {**config, "auth": {**table(config, "auth"), "profiles": kept}}


def reduced(store: Store, profile: Profile) -> Store:
    """The store as if it had this profile and nothing else."""
    return replace(store, profiles={profile.id: profile}, order={}, usage={})


def _provider(entry: Any) -> str:
    provider = entry.get("provider") if isinstance(entry, dict) else None
    return normalise(provider) if isinstance(provider, str) else ""
