"""Where the credential of a finding stands, and the edits that put another value there. Shared by the fixes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.verdict import target, troubles
from openclaw.api import Unfixable
from openclaw.change.plan import SetKey, SetVariable
from openclaw.config.views import table
from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.credentials.storefile import parse
from openclaw.credentials.stores import Store
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openclaw.api import Finding
    from openclaw.change.plan import KeyPath, Plan
    from openclaw.config.reading import Config
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.shapes import Trouble
    from openclaw.facts.credentials import Held
    from openclaw.secret import Secret

BY_OPENCLAW = "only OpenClaw itself writes its database"
IMPORTED = "it stands in an older file, which OpenClaw imports"
GONE = "what it was about is not there any more"
NO_FILE = "it stands in no file"


def held_of(finding: Finding, held: Iterable[Held]) -> Held:
    """The credential that a finding is about: its target, in its file."""
    path = finding.where.path if finding.where else ""
    same = (item for item in held if target(item) == finding.target)
    found = next((item for item in same if (item.where.path if item.where else "") == path), None)
    if found is None:
        raise Unfixable(GONE)
    return found


def trouble_of(finding: Finding, item: Held) -> Trouble:
    """What is wrong with its value, as the check of the finding sees it."""
    found = next((trouble for trouble in troubles(item) if trouble.slug == finding.check_id), None)
    if found is None:
        raise Unfixable(GONE)
    return found


def store_of(item: Held) -> Store:
    """The JSON store in which a profile stands, and which may be edited."""
    if not isinstance(item.document, Store):
        raise Unfixable(NO_FILE)
    return editable(item.document)


def editable(store: Store) -> Store:
    """A store that may be edited: the JSON one. An older file is not one, nor is a database."""
    if store.kind != "json":
        raise Unfixable(BY_OPENCLAW)
    if store.legacy or not store.exists:
        raise Unfixable(IMPORTED)
    return store


def profile_of(item: Held) -> Profile:
    """The profile of a credential in a store."""
    if item.profile is None:
        raise Unfixable("it is not a stored profile")
    return item.profile


def keys_of(store: Store, profile_id: str) -> KeyPath:
    """The key path of a profile. OpenClaw takes a list of them for an object with the keys 0, 1, … (auth-spec §3.2)."""
    listed = isinstance(raw(store, "profiles"), list)
    return ("profiles", int(profile_id) if listed else profile_id)


def raw(store: Store, *keys: str) -> Any:
    """What stands in the file of a store at a key path; None where there is nothing."""
    value = parse(store.text) if store.text else None
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def replaced(item: Held, value: Secret | str, why: str) -> Plan:
    """Another value in the place of a credential: in its store, the config or its env file."""
    if item.source == "profile":
        return replaced_member(item, SECRET_FIELD[item.kind], value, why)
    if item.keys and item.document is not None:
        return (SetKey(item.document.path, config_keys(item), value, why=why),)
    if item.source not in ("env", "gateway") or item.file is None or item.file.line is None or isinstance(value, str):
        raise Unfixable(NO_FILE)
    return (SetVariable(Path(item.file.path), item.target, value, why=why),)


def replaced_member(item: Held, name: str, value: Any, why: str) -> Plan:
    """One member of a profile."""
    store = store_of(item)
    return (SetKey(store.path, (*keys_of(store, item.target), name), value, locked=True, why=why),)


def config_keys(item: Held) -> KeyPath:
    """The key path in the config. A variable of its `env` block stands there, or in `env.vars` (auth-spec §6.3)."""
    if item.keys[:1] != ("env",):
        return item.keys
    config: Config = item.document  # type: ignore[assignment] # the keys of a variable are those in the config
    direct = table(config.merged, "env").get(item.target)
    return item.keys if isinstance(direct, str) and js_trim(direct) else ("env", "vars", item.target)
