"""credentials/: what the config says about stored profiles (`auth.profiles`), and what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.knowing import or_unknown, readable, well_formed
from checks.remedies import edit
from checks.verdict import ERROR, WARNING
from openclaw.api import Finding, Location, Remedy, Unknown, check
from openclaw.config.views import auth_order, declared
from openclaw.credentials.choice import chosen, reduced, without_declared, without_orders
from openclaw.credentials.resolve import TYPE_RANK
from openclaw.frozen import frozen
from openclaw.providers.names import normalise
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openclaw.config.reading import Config
    from openclaw.config.views import Declared
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Routes, Stores
    from openclaw.facts.installation import Clock

# Logins of other programs, which the config names and no store has.
EXTERNAL = ("claude-cli", "codex-cli", "minimax-cli", "qwen-cli")


@frozen
class Mismatch:
    """An entry of `auth.profiles` and the profile that it is about; None: no store has one."""

    entry: Declared
    profile: Profile | None
    why: str
    agreed: bool = True  # all stores that have it have it of one kind


@check("credentials/config-mismatch", ERROR, tags={"auth"})
def config_mismatch(stores: Stores, routes: Routes, config: Config, era: Era, clock: Clock) -> Iterator[Finding]:
    """The config and the stores disagree about a profile."""
    readable(config)
    newer, broken = era.name == "sqlite", stores.broken()
    doubtful = False
    for item in mismatches(stores, config):
        if item.profile is None and broken:
            doubtful = True
            continue
        decisive = not (newer and item.profile is None) and _decides(item, stores, routes, config, clock, newer=newer)
        where = Location(str(config.path), *config.place("auth", "profiles", item.entry.id))
        what = f": {_provider(item)} is left without its only credential" if decisive else ""
        text = "Take the entry out of the config." if item.profile is None else "Let the config say what the store has."
        yield Finding(
            "credentials/config-mismatch",
            ERROR if decisive else WARNING,
            f"The config declares {item.entry.id} {item.why}{what}",
            item.entry.id,
            where=where,
            remedy=Remedy(text, (edit(where.path, where.line),), "confirm" if item.agreed else "manual"),
        )
    if doubtful:
        raise Unknown("a credential store could not be read, so what is stored is not known")


def mismatches(stores: Stores, config: Config) -> list[Mismatch]:
    """The entries of `auth.profiles` that no store bears out."""
    found = []
    everywhere = [stores.effective.get(stores.default), *stores.effective.values()]
    rejected = {name for store in stores.own.values() for name in store.rejected}
    for entry in declared(config.value).values():
        having = [store.profiles[entry.id] for store in everywhere if store and entry.id in store.profiles]
        if having:
            why = _disagreement(entry, having[0])
            kinds = {(item.type, item.provider) for item in having}
            if why:
                found.append(Mismatch(entry, having[0], why, len(kinds) == 1))
        elif entry.id not in rejected and entry.mode in TYPE_RANK and not _external(entry):
            found.append(Mismatch(entry, None, "and no store has it"))
    return found


def _disagreement(entry: Declared, profile: Profile) -> str:
    if entry.provider != profile.provider:
        return f"as one of {entry.provider}, and the store has it as one of {profile.provider}"
    if entry.mode == profile.type or (entry.mode == "oauth" and profile.type == "token"):
        return ""
    return f"with mode {entry.mode or '(none)'}, and the store has it with type {profile.type}"


def _external(entry: Declared) -> bool:
    return entry.id.endswith(EXTERNAL) or entry.provider in EXTERNAL


def _provider(item: Mismatch) -> str:
    return normalise(item.profile.provider if item.profile else item.entry.provider)


def _decides(item: Mismatch, stores: Stores, routes: Routes, config: Config, clock: Clock, *, newer: bool) -> bool:
    """Whether a provider in use has nothing else, and would have something without this entry."""
    provider = _provider(item)
    without = without_declared(config.value, profile_id=item.entry.id)
    for route in routes.routes:
        store = stores.effective.get(route.agent)
        if route.provider != provider or route.winner or store is None:
            continue
        now = clock.now
        if not chosen(provider, config.value, store, now, newer=newer) and chosen(
            provider, without, store, now, newer=newer
        ):
            return True
    return False


@frozen
class Undeclared:
    """A good stored profile that the config hides by naming others of its provider."""

    profile: Profile
    store: Store
    agent: str
    others: tuple[str, ...]
    only: bool  # those others are of no use, and so it is the only good one


@check("credentials/undeclared", ERROR, tags={"auth"})
def undeclared(stores: Stores, held: list[Held], config: Config, era: Era, clock: Clock) -> Iterator[Finding]:
    """A stored profile that OpenClaw does not see, because the config names others of its provider."""
    readable(config)
    newer = era.name == "sqlite"
    yield from or_unknown(_hidden(stores, held, config, clock, newer=newer), stores)


def _hidden(stores: Stores, held: list[Held], config: Config, clock: Clock, *, newer: bool) -> Iterator[Finding]:
    good = {(item.agent, item.target) for item in held if item.source == "profile" and well_formed(item, clock.now)}
    for item in _undeclared(stores, config, clock.now, newer=newer):
        owner = item.store.owner(item.profile.id)
        if (owner.agent, item.profile.id) not in good and (item.agent, item.profile.id) not in good:
            continue
        elsewhere = _others(held, normalise(item.profile.provider), clock.now)
        bad = item.only and not elsewhere
        what = ", and they cannot be used" if item.only else ""
        yield Finding(
            "credentials/undeclared",
            ERROR if bad else WARNING,
            f"{item.profile.id} is stored and not seen: the config declares {joined(list(item.others[:4]))} of "
            f"{normalise(item.profile.provider)} instead{what}",
            item.profile.id if item.agent == "main" else f"{item.agent}/{item.profile.id}",
            where=Location(str(owner.path), *owner.place("profiles", item.profile.id)),
            remedy=Remedy(
                "Declare it, too (auth.profiles), or log it out if it is not wanted.",
                (edit(str(config.path), config.place("auth", "profiles")[0]),),
                "confirm",
            ),
        )


def _undeclared(stores: Stores, config: Config, now: int, *, newer: bool) -> Iterator[Undeclared]:
    seen: set[tuple[str, str]] = set()
    by_provider: dict[str, list[str]] = {}
    for entry in declared(config.value).values():
        by_provider.setdefault(normalise(entry.provider), []).append(entry.id)
    ordered = {normalise(key) for key in auth_order(config.value)}
    for agent, store in stores.effective.items():
        for provider, named in by_provider.items():
            mine = store.of(provider)
            hidden = [item for item in mine if item.id not in named]
            if not hidden or provider in ordered | {normalise(key) for key in store.order}:
                continue
            if newer and not any(item.id in named for item in mine):
                continue  # it takes all of them then
            free = without_declared(without_orders(config.value), provider)
            only = chosen(provider, config.value, store, now, newer=newer) is None
            for profile in hidden:
                key = (str(store.owner(profile.id).path), profile.id)
                if key not in seen and chosen(provider, free, reduced(store, profile), now, newer=newer):
                    seen.add(key)
                    yield Undeclared(profile, store, agent, tuple(named), only)


def _others(held: Iterable[Held], provider: str, now: int) -> bool:
    """Another credential of the provider: in a variable, or in `models.providers`."""
    return any(
        item.source in ("env", "config") and normalise(item.provider) == provider and well_formed(item, now)
        for item in held
    )
