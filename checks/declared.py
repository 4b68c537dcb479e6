"""credentials/: what the config says about stored profiles (`auth.profiles`), and what is stored."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from checks.knowing import or_unknown, readable, useless, well_formed
from checks.remedies import edit
from checks.verdict import ERROR, WARNING
from openclaw.api import Finding, Location, Remedy, check
from openclaw.config.views import auth_order, declared
from openclaw.credentials.choice import chosen, reduced, usable, without_declared, without_orders
from openclaw.credentials.resolve import TYPE_RANK
from openclaw.credentials.shapes import diagnose
from openclaw.frozen import frozen, replace
from openclaw.providers.names import normalise
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.config.views import Declared
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Routes, Stores
    from openclaw.facts.installation import Clock
    from openclaw.finding import FixClass

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
def config_mismatch(
    stores: Stores, held: list[Held], routes: Routes, config: Config, era: Era, clock: Clock
) -> Iterator[Finding]:
    """The config and the stores disagree about a profile."""
    readable(config)
    newer, bad = era.name == "sqlite", useless(held, stores, clock.now)
    broken = bool(stores.broken())
    everything = (item for item in mismatches(stores, config) if not _is_refused(item, config))
    found = (item for item in everything if item.profile or not broken)
    told = (_mismatch(item, stores, routes, config, clock, bad, newer=newer) for item in found)
    yield from or_unknown(told, stores)


def _mismatch(
    item: Mismatch,
    stores: Stores,
    routes: Routes,
    config: Config,
    clock: Clock,
    bad: Mapping[str, frozenset[str]],
    *,
    newer: bool,
) -> Finding:
    decisive = not (newer and item.profile is None) and _decides(item, stores, routes, config, clock, bad, newer=newer)
    path, line, column = config.spot("auth", "profiles", item.entry.id)
    what = f": {_provider(item)} is left without its only credential" if decisive else ""
    text = "Take the entry out of the config." if item.profile is None else "Let the config say what the store has."
    kind = kind_by_value(item.profile) if item.profile else ""
    if kind and visible(item.entry.mode, kind):
        what_it_is = "a token" if kind == "token" else "an API key"
        text = f"The config is right: by its value it is {what_it_is}. Store it as one."
    fix: FixClass = "confirm" if item.agreed and not (kind and newer) else "manual"
    if _is_last_trace(item, stores, routes):
        text, fix = "Look for a backup of the store, or store the credential again; then the entry is right.", "manual"
    return Finding(
        "credentials/config-mismatch",
        ERROR if decisive else WARNING,
        f"The config declares {item.entry.id} {item.why}{what}",
        item.entry.id,
        where=Location(str(path), line, column),
        remedy=Remedy(text, (edit(str(path), line),), fix),
    )


def _is_refused(item: Mismatch, config: Config) -> bool:
    """Whether config/rejected speaks of the entry itself."""
    keys = ("auth", "profiles", item.entry.id)
    return any(problem.kind == "rejected" and problem.keys[:3] == keys for problem in config.problems)


def _is_last_trace(item: Mismatch, stores: Stores, routes: Routes) -> bool:
    """Whether nothing is left of a provider in use, or of any, but what the config says: a store was lost."""
    provider = normalise(item.entry.provider)
    in_use = [route for route in routes.routes if route.provider == provider]
    stored = any(store.of(provider) for store in stores.effective.values())
    there = stored or any(route.winner or route.resolution.present for route in in_use)
    return item.profile is None and (not routes.any_credential or (bool(in_use) and not there))


def kind_by_value(profile: Profile) -> str:
    """The type that a stored value has by its form, where its entry says another; "" where they agree."""
    if profile.type == "oauth" or profile.secret is None:
        return ""
    found = diagnose(profile.secret.reveal(), profile.provider, profile.type)
    return next((item.kind for item in found if item.slug == "credentials/wrong-kind" and item.kind), "")


def visible(mode: str, kind: str) -> bool:
    """Whether OpenClaw takes a profile of that type where the config declares it with that mode (auth-spec §7.1)."""
    return mode == kind or (mode == "oauth" and kind == "token")


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
    if visible(entry.mode, profile.type):
        return ""
    return f"with mode {entry.mode or '(none)'}, and the store has it with type {profile.type}"


def _external(entry: Declared) -> bool:
    return entry.id.endswith(EXTERNAL) or entry.provider in EXTERNAL


def _provider(item: Mismatch) -> str:
    return normalise(item.profile.provider if item.profile else item.entry.provider)


def _decides(
    item: Mismatch,
    stores: Stores,
    routes: Routes,
    config: Config,
    clock: Clock,
    bad: Mapping[str, frozenset[str]],
    *,
    newer: bool,
) -> bool:
    """Whether a provider in use has nothing else, and would have something without this entry."""
    provider = _provider(item)
    without = without_declared(config.value, profile_id=item.entry.id)
    for route in routes.routes:
        store = stores.effective.get(route.agent)
        if route.provider != provider or (route.winner and route.winner.kind != "profile") or store is None:
            continue
        given = partial(usable, store=store, now=clock.now, newer=newer, useless=bad.get(route.agent, ()))
        if not given(provider, config.value) and given(provider, without):
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
    tried: bool  # OpenClaw tries one of them all the same, and so asks neither the environment nor the config


@check("credentials/undeclared", ERROR, tags={"auth"})
def undeclared(stores: Stores, held: list[Held], config: Config, era: Era, clock: Clock) -> Iterator[Finding]:
    """A stored profile that OpenClaw does not see, because the config names others of its provider."""
    readable(config)
    newer = era.name == "sqlite"
    yield from or_unknown(_hidden(stores, held, config, clock, newer=newer), stores)


def _hidden(stores: Stores, held: list[Held], config: Config, clock: Clock, *, newer: bool) -> Iterator[Finding]:
    good = {(item.agent, item.target) for item in held if item.source == "profile" and well_formed(item, clock.now)}
    bad = useless(held, stores, clock.now)
    for item in _undeclared(stores, config, clock.now, bad, newer=newer):
        owner = item.store.owner(item.profile.id)
        if (owner.agent, item.profile.id) not in good and (item.agent, item.profile.id) not in good:
            continue
        alone = item.only and (item.tried or not _others(held, normalise(item.profile.provider), clock.now))
        what = ", and they cannot be used" if item.only else ""
        yield Finding(
            "credentials/undeclared",
            ERROR if alone else WARNING,
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


def _undeclared(
    stores: Stores, config: Config, now: int, bad: Mapping[str, frozenset[str]], *, newer: bool
) -> Iterator[Undeclared]:
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
            given = partial(usable, store=store, now=now, newer=newer, useless=bad.get(agent, ()))
            lost = given(provider, config.value) is None
            tried = chosen(provider, config.value, store, now, newer=newer) is not None
            for profile in hidden:
                key = (str(store.owner(profile.id).path), profile.id)
                alone = reduced(store, profile)
                if key not in seen and chosen(provider, free, alone, now, newer=newer):
                    seen.add(key)
                    now_usable = given(provider, free, store=replace(alone, usage=store.usage)) is not None
                    yield Undeclared(profile, store, agent, tuple(named), lost and now_usable, tried)


def _others(held: Iterable[Held], provider: str, now: int) -> bool:
    """Another credential of the provider: in a variable, or in `models.providers`."""
    return any(
        item.source in ("env", "config") and normalise(item.provider) == provider and well_formed(item, now)
        for item in held
    )
