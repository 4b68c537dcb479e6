"""Fixes of a stored profile in its place: its type, and the names of its members. Its secret stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checks.declared import visible
from checks.fixes.places import GONE, editable, held_of, keys_of, profile_of, store_of, trouble_of
from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey, SetKey
from openclaw.config.views import declared
from openclaw.credentials.mending import entry_of, mended
from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.credentials.stores import OUTSIDE
from openclaw.credentials.storing import SECRETS
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.config.reading import Config
    from openclaw.credentials.stores import Store
    from openclaw.facts.credentials import Held, Stores


@fix("credentials/wrong-kind")
def wrong_kind(finding: Finding, held: list[Held], stores: Stores, config: Config) -> Plan:
    """Give a profile the type that its secret has."""
    item = held_of(finding, held)
    return retyped(item, trouble_of(finding, item).kind, stores, config)


def retyped(item: Held, kind: str, stores: Stores, config: Config) -> Plan:
    """The type that a profile's secret has, in the store and, where that says otherwise, in the config."""
    profile, store = profile_of(item), store_of(item)
    if kind not in ("api_key", "token") or item.secret is None:
        raise Unfixable("it is no credential of any kind")
    if profile.raw.get(SECRET_FIELD[kind]) is not None:
        raise Unfixable(f"the profile has a `{SECRET_FIELD[kind]}` already")
    keys, why = keys_of(store, profile.id), f"{profile.id}: its secret is {_a(kind)}"
    return (
        SetKey(store.path, (*keys, "type"), kind, locked=True, why=why),
        SetKey(store.path, (*keys, SECRET_FIELD[kind]), item.secret, locked=True, why=why),
        DeleteKey(store.path, (*keys, SECRET_FIELD[profile.type]), locked=True, why=why),
        *_mode(profile.id, kind, store, stores, config),
    )


@fix("credentials/bad-fields")
def bad_fields(finding: Finding, stores: Stores) -> Plan:
    """Give the members of an entry the names that OpenClaw reads."""
    path = finding.where.path if finding.where else ""
    for agent, own in stores.own.items():
        profile_id = finding.target if agent == "main" else finding.target.removeprefix(f"{agent}/")
        if str(own.path) == path and finding.target in (profile_id, f"{agent}/{profile_id}"):
            store = editable(own)
            entry = entry_of(store.text, profile_id)
            if entry is None:
                continue
            wanted = mended(profile_id, entry)
            if wanted is None:
                raise Unfixable("what its members mean is not clear")
            if store.rejected.get(profile_id) == OUTSIDE:
                return _moved_in(store, profile_id, wanted)
            return tuple(_edits(store, profile_id, entry, wanted))
    raise Unfixable(GONE)


def _moved_in(store: Store, name: str, wanted: dict[str, Any]) -> Plan:
    """An entry that stands beside `profiles` goes there, under the id that OpenClaw gives one that it imports."""
    profile_id, why = name if ":" in name else f"{name}:default", f"{name}: OpenClaw reads what stands in `profiles`"
    if profile_id in store.profiles or profile_id in store.rejected.keys() - {name}:
        raise Unfixable(f"there is another entry {profile_id}")
    return (
        SetKey(store.path, ("profiles", profile_id), _wrapped(wanted), locked=True, why=why),
        DeleteKey(store.path, (name,), locked=True, why=why),
    )


def _wrapped(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: Secret(value) if name in SECRETS and isinstance(value, str) else value
            for name, value in wanted.items()}  # fmt: skip


def _edits(store: Store, profile_id: str, entry: Any, wanted: dict[str, Any]) -> Iterator[SetKey | DeleteKey]:
    keys, why = keys_of(store, profile_id), f"{profile_id}: the names that OpenClaw reads"
    values = _wrapped(wanted)
    if not isinstance(entry, dict):
        yield SetKey(store.path, keys, values, locked=True, why=why)
        return
    for name, value in values.items():
        if name not in entry or entry[name] != wanted[name]:
            yield SetKey(store.path, (*keys, name), value, locked=True, why=why)
    for name in entry:
        if name not in wanted:
            yield DeleteKey(store.path, (*keys, name), locked=True, why=why)


def _mode(profile_id: str, kind: str, store: Store, stores: Stores, config: Config) -> Plan:
    """The mode in the config follows: a profile whose mode says otherwise is not used (auth-spec §7.1)."""
    entry = declared(config.value).get(profile_id)
    if entry is None or visible(entry.mode, kind):
        return ()
    for other in stores.own.values():
        there = other.profiles.get(profile_id)
        if there and other.path != store.path and visible(entry.mode, there.type) and not _same(there.secret, store):
            raise Unfixable(f"agent {other.agent} has another profile of that id, for which the config is right")
    why = f"{profile_id}: the config says what it is"
    return (SetKey(config.path, ("auth", "profiles", profile_id, "mode"), kind, why=why),)


def _same(secret: Secret | None, store: Store) -> bool:
    """A copy of the same secret is mended as this one is."""
    return any(item.secret == secret for item in store.profiles.values())


def _a(kind: str) -> str:
    return "a token" if kind == "token" else "an API key"
