"""What would be chosen if something were otherwise: for checks that name the reason of a choice. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import table
from openclaw.credentials.resolve import Sources, resolve
from openclaw.environment.layers import Environment
from openclaw.frozen import replace
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store

NOWHERE = Environment({}, {}, ())


def chosen(provider: str, config: Mapping[str, Any], store: Store, now: int, *, newer: bool) -> Profile | None:
    """The stored profile that an agent with this store gets for a provider, as if none were in cooldown."""
    if not store.of(provider):
        return None
    winner = resolve(provider, Sources(config, replace(store, usage={}), NOWHERE, now, newer)).winner
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
