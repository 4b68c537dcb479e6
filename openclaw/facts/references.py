"""References to secrets that stand elsewhere (openclaw-new §4), and whether what they point at is there.

2026.2.x knows none: there a profile with a reference has no secret, and the config no such object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import provider_entries, table
from openclaw.credentials.profiles import REFERENCE_FIELD, SECRET_FIELD
from openclaw.facts import fact
from openclaw.finding import Location
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.profiles import Profile
    from openclaw.facts.credentials import Stores
    from openclaw.installation import Installation

GATEWAY = (("gateway", "auth", "token"), ("gateway", "auth", "password"), ("gateway", "remote", "token"))


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
    config = found.config
    places: list[tuple[tuple[str, ...], Any]] = [
        (("models", "providers", key, "apiKey"), entry.get("apiKey"))
        for key, entry in provider_entries(config.value).items()
    ]
    places += [(keys, table(config.value, *keys[:-1]).get(keys[-1])) for keys in GATEWAY]
    for keys, value in places:
        if isinstance(value, dict) and "source" in value:
            yield _looked_up(found, value, ".".join(keys), Location(str(config.path), *config.place(*keys)))


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
