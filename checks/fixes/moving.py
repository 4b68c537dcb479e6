"""The fix of a key that stands under another provider: it moves to the one it belongs to, with what names it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.fixes.places import NO_FILE, config_keys, held_of, keys_of, profile_of, raw, store_of, trouble_of
from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey, DeleteVariable, SetKey, SetVariable
from openclaw.config.reading import references
from openclaw.config.views import auth_order, declared, provider_entry
from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.credentials.storing import wrapped
from openclaw.providers.names import env_names, known, normalise
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.api import Finding
    from openclaw.change.plan import Change, KeyPath, Plan
    from openclaw.config.reading import Config
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.shapes import Trouble
    from openclaw.credentials.stores import Store
    from openclaw.facts.credentials import Held, Stores
    from openclaw.installation import Installation


@fix("credentials/foreign-key")
def foreign_key(finding: Finding, held: list[Held], stores: Stores, installation: Installation) -> Plan:
    """Move a key to the provider that it belongs to."""
    item = held_of(finding, held)
    trouble = trouble_of(finding, item)
    if item.source == "env":
        return _renamed(item, trouble, installation)
    if item.profile is None or not known(trouble.provider):
        raise Unfixable(f"there is no place of its own for a key of {trouble.provider}")
    if not stores.effective[item.agent].of(trouble.provider):
        _check_rivals(item, trouble.provider, installation)
    return _moved(item, trouble, stores, installation.config)


# ---- a variable ----------------------------------------------------------------------------------------------------


def _renamed(item: Held, trouble: Trouble, found: Installation) -> Plan:
    """The same value under the name that OpenClaw reads for its provider, in the same file."""
    name, why = _variable(trouble, newer=item.newer), f"{item.target}: a key of {trouble.provider}"
    if any(name in layer.values for layer in found.environment.layers):
        raise Unfixable(f"{name} is set already")
    if item.target in _referred(found.config.merged):
        raise Unfixable(f"the config refers to ${{{item.target}}}")
    if item.secret is None:
        raise Unfixable(NO_FILE)
    if item.keys:
        keys = config_keys(item)
        path = found.config.path
        return (SetKey(path, (*keys[:-1], name), item.secret, why=why), DeleteKey(path, keys, why=why))
    if item.file is None or item.file.line is None:
        raise Unfixable(NO_FILE)
    file = Path(item.file.path)
    return (SetVariable(file, name, item.secret, why=why), DeleteVariable(file, item.target, why=why))


def _variable(trouble: Trouble, *, newer: bool) -> str:
    names = env_names(trouble.provider, newer=newer)
    token = [name for name in names if "OAUTH" in name]
    fitting = token if trouble.kind == "token" else [name for name in names if name not in token]
    if not fitting:
        raise Unfixable(f"this OpenClaw reads no variable for {trouble.provider}")
    return fitting[0]


def _referred(value: Any) -> set[str]:
    """The variables that a config refers to."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {name for item in value for name in _referred(item)}
    return set(references(value)) if isinstance(value, str) else set()


# ---- a profile -----------------------------------------------------------------------------------------------------


def _moved(item: Held, trouble: Trouble, stores: Stores, config: Config) -> Plan:
    store, old = store_of(item), profile_of(item)
    new_id, kind = f"{trouble.provider}:{_name(old)}", trouble.kind or old.type
    _check_free(new_id, store, stores)
    keys, why = keys_of(store, old.id), f"{old.id} is a key of {trouble.provider}: it becomes {new_id}"
    if keys[1] != old.id:
        raise Unfixable("the store is a list, in which a profile cannot have another id")
    entry = _entry(old, trouble.provider, kind)
    heirs = tuple(_heirs(store, old.id, stores))
    steps: list[Change] = [
        SetKey(store.path, ("profiles", new_id), entry, locked=True, why=why),
        DeleteKey(store.path, keys, locked=True, why=why),
    ]
    if old.id in store.usage:
        steps.append(DeleteKey(store.path, ("usageStats", old.id), locked=True, why="failures with the wrong provider"))
    for heir in heirs:
        steps += _unnamed(heir, old.id, new_id, trouble.provider)
    return (*steps, *_config(old, new_id, trouble.provider, kind, config, _elsewhere(item, heirs, stores)))


def _name(old: Profile) -> str:
    """The part of its id that is not the provider: `openai:work` → `work`, `openai` → `default`."""
    prefix, colon, rest = old.id.partition(":")
    return rest if colon and rest else "default" if normalise(prefix) == normalise(old.provider) else prefix


def _check_free(new_id: str, store: Store, stores: Stores) -> None:
    """The id is free, in the store and in main's: what an agent would inherit under that id counts, too."""
    if any(new_id in {**there.profiles, **there.rejected} for there in (store, stores.own["main"])):
        raise Unfixable(f"there is a profile {new_id} already")


def _check_rivals(item: Held, provider: str, found: Installation) -> None:
    """A stored profile wins over a variable and the config (auth-spec §7): what works there now must go on working."""
    entry = provider_entry(found.config.value, provider)
    values: dict[str, object] = {name: found.environment.usable(name) for name in env_names(provider, newer=item.newer)}
    values |= {f"models.providers.{entry[0]}.apiKey": entry[1].get("apiKey")} if entry else {}
    for name, value in values.items():
        if (
            isinstance(value, str)
            and js_trim(value)
            and item.secret
            and js_trim(item.secret.reveal()) != js_trim(value)
        ):
            raise Unfixable(f"{name} has another key, and a stored profile would take its place")


def _entry(old: Profile, provider: str, kind: str) -> dict[str, Any]:
    """The profile as it stands there, under its provider and, where it is of another kind, of that type."""
    field = {SECRET_FIELD[old.type]: SECRET_FIELD[kind]}
    entry = {field.get(name, name): value for name, value in wrapped(old).items()}
    return {**entry, "type": kind, "provider": provider}


def _heirs(store: Store, old_id: str, stores: Stores) -> Iterator[Store]:
    """The stores for whose agents the id means nothing once the profile has moved."""
    main = stores.own["main"]
    if store.path != main.path and old_id in main.profiles:
        return  # main's profile of that id is what this agent has then
    for path, own in {own.path: own for own in stores.own.values()}.items():
        inherits = store.path == main.path and old_id not in own.profiles
        if (path == store.path or inherits) and own.exists and own.kind == "json" and not own.problem:
            yield own


def _unnamed(own: Store, old_id: str, new_id: str, provider: str) -> Iterator[Change]:
    """The old id out of the orders of a store, and the new one at the end of that of its provider."""
    orders = raw(own, "order")
    for key, ids in orders.items() if isinstance(orders, dict) else ():
        if isinstance(ids, list):
            rest = [item for item in ids if not (isinstance(item, str) and js_trim(item) == old_id)]
            wanted = [*rest, new_id] if rest and normalise(key) == provider and new_id not in rest else rest
            yield from _ordered(own.path, ("order", key), ids, wanted, locked=True)
    for key, value in own.last_good.items():
        if value == old_id:
            yield DeleteKey(own.path, ("lastGood", key), locked=True, why="it worked last")


def _ordered(path: Path, keys: KeyPath, ids: list[Any], wanted: list[Any], *, locked: bool) -> Iterator[Change]:
    why = "the order names it"
    if ids and not wanted:  # an empty list would switch every profile of the provider off (auth-spec §7.1)
        yield DeleteKey(path, keys, locked=locked, why=why)
    elif wanted != ids:
        yield SetKey(path, keys, wanted, locked=locked, why=why)


def _elsewhere(item: Held, heirs: tuple[Store, ...], stores: Stores) -> bool:
    """Whether another agent has a profile of that id, and not only a copy of this one: then the config means that."""
    others = (own for own in stores.own.values() if own.path not in {heir.path for heir in heirs})
    return any(there.secret != item.secret for own in others if (there := own.profiles.get(item.target)))


def _config(
    old: Profile, new_id: str, provider: str, kind: str, config: Config, elsewhere: bool
) -> Iterator[SetKey | DeleteKey]:
    """Declaration and order in the config. A first declaration would hide the other profiles (auth-spec §7.1)."""
    path, names = config.path, declared(config.value)
    others = {name: entry for name, entry in names.items() if name != old.id}
    if old.id in names and not elsewhere:
        yield DeleteKey(path, ("auth", "profiles", old.id), why=f"it becomes {new_id}")
    if any(normalise(entry.provider) == provider for entry in others.values()):
        entry = {"provider": provider, "mode": kind}
        yield SetKey(path, ("auth", "profiles", new_id), entry, why="the config names the profiles of this provider")
    for key, ids in auth_order(config.merged).items():
        rest = ids if elsewhere else [item for item in ids if item != old.id]
        wanted = [*rest, new_id] if rest and normalise(key) == provider and new_id not in rest else rest
        yield from _ordered(path, ("auth", "order", key), ids, wanted, locked=False)  # type: ignore[misc]
