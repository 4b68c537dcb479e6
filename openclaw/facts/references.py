"""References to secrets that stand elsewhere (openclaw-new §4), and whether what they point at is there.

2026.2.x knows none: there a profile with a reference has no secret, and the config no such object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import table
from openclaw.credentials.profiles import REFERENCE_FIELD, SECRET_FIELD
from openclaw.facts import fact
from openclaw.finding import Location
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.profiles import Profile
    from openclaw.facts.credentials import Stores
    from openclaw.installation import Installation

# The parts of the config in which 2026.9.6 takes a reference for a secret (its own `config schema`), but for plugins'.
PARTS = (
    ("models", "providers"), ("gateway",), ("channels",), ("tools", "media"), ("skills", "entries"), ("agents",),
    ("memory",), ("tts",), ("talk",), ("cron",),
)  # fmt: skip
SOURCES = ("env", "file", "exec", "store")
MEMBERS = frozenset(("source", "provider", "id"))


@frozen
class Reference:
    """One reference: where it stands (`target`, `where`), and what is in the way of what it points at.

    `known` is False where only running a program, or reading something that is closed to us, could tell.
    """

    target: str  # profile id (with its agent where that is not main), or config key path
    source: str  # env, file, exec, store
    id: str
    trouble: str = ""
    known: bool = True
    where: Location | None = None


@fact()
def references(installation: Installation, stores: Stores) -> tuple[Reference, ...]:
    """Every keyRef, tokenRef and reference object in stores and config. Files are read, programs are not run."""
    return (*_of_stores(installation, stores), *_of_config(installation))


def _of_stores(found: Installation, stores: Stores) -> Iterator[Reference]:
    for agent, store in stores.own.items():
        for profile in store.profiles.values():
            if profile.reference:
                where = Location(str(store.path), *store.place("profiles", profile.id))
                target = profile.id if agent == "main" else f"{agent}/{profile.id}"
                yield _looked_up(found, _written(profile), target, where)


def _written(profile: Profile) -> Any:
    """The reference as it stands in the profile."""
    names = (REFERENCE_FIELD.get(profile.type, ""), SECRET_FIELD[profile.type], "apiKey")
    return next((profile.raw[name] for name in names if profile.raw.get(name) is not None), None)


def _of_config(found: Installation) -> Iterator[Reference]:
    """The references in the config. 2026.2.x has none there: an object in their places is config/rejected."""
    config, newer = found.config, found.era.name == "sqlite"
    for part in PARTS if newer else PARTS[:2]:
        for keys, value in _objects(table(config.value, *part), part):
            if newer or isinstance(value, dict):
                where = Location(str(config.path), *config.place(*keys))
                yield _looked_up(found, value, ".".join(map(str, keys)), where)


def _objects(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """What has the shape of a reference, with its place. What is switched off needs no secret."""
    if isinstance(value, dict):
        if value.get("enabled") is False:
            return
        if value.get("source") in SOURCES and {"source", "id"} <= value.keys() <= MEMBERS:
            yield keys, value
            return
    # `$NAME`. Braces are replaced on reading: what is not set there is a problem of the config.
    if isinstance(value, str) and keys[-1] == "apiKey" and value[:1] == "$" and value[1:].isidentifier():
        yield from [(keys, value)] if value.isupper() else []
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _objects(item, (*keys, key))


def _looked_up(found: Installation, written: Any, target: str, where: Location) -> Reference:
    from openclaw.credentials.references import Place, reference_in

    reference = reference_in(written)
    if reference is None or not reference.id:
        return Reference(target, "", "", "it is incomplete: it wants source, provider and id", where=where)
    name = (target, reference.source, reference.id)
    if found.era.name != "sqlite" and not where.path.endswith(found.config.path.name):
        return Reference(*name, "this OpenClaw knows no references in its store", where=where)
    answer = Place(found.config.value, found.environment, found.home.shared_database).find(reference)
    doubtful = reference.source == "env" and bool(found.environment.shell_problem or found.problems)
    closed = "cannot be read" in answer.trouble
    known = answer.known and not doubtful and not closed
    return Reference(*name, "" if answer.secret else answer.trouble, known or bool(answer.secret), where)
