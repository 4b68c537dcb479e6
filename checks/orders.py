"""credentials/: orders that leave the good profile out, and notes about profiles that are gone."""

from __future__ import annotations

from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

from checks.knowing import known_agent, or_unknown, readable, useless
from checks.remedies import edit, option
from checks.verdict import INFO, WARNING
from openclaw.api import Finding, Location, Remedy, check
from openclaw.config.views import auth_order
from openclaw.credentials.choice import usable, without_orders
from openclaw.frozen import frozen, replace
from openclaw.home import DEFAULT_AGENT
from openclaw.providers.names import normalise
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Stores
    from openclaw.facts.installation import Clock

OF_INLINE_KEYS = "inline-api-key:"  # 2026.9 notes the use of `models.providers.*.apiKey` under such ids


@frozen
class Excluded:
    """An order and the usable profile that it leaves out. `agent` is "" where the order is the config's."""

    agent: str
    key: str  # the provider as the order writes it
    ids: tuple[str, ...]  # those of the order that are stored
    empty: bool
    profile: Profile

    @property
    def target(self) -> str:
        """What the finding is about."""
        return f"{self.agent or 'config'}/{normalise(self.key)}"


@check("credentials/order-excludes", WARNING, tags={"auth"})
def order_excludes(stores: Stores, held: list[Held], config: Config, era: Era, clock: Clock) -> Iterator[Finding]:
    """An auth order without the only profile that could be used."""
    readable(config)
    newer = era.name == "sqlite"
    found = excluded(stores, config, clock.now, useless(held, stores, clock.now), newer=newer)
    yield from or_unknown((_leaves_out(item, stores, config, newer=newer) for item in found), stores)


def _leaves_out(item: Excluded, stores: Stores, config: Config, *, newer: bool) -> Finding:
    whose = f"of agent {item.agent}" if item.agent else "in the config (auth.order)"
    what = "is empty, so that no profile is tried" if item.empty else "leaves the only usable profile out"
    store = stores.own.get(item.agent)
    if store:
        where = Location(str(store.path), *store.place("order", item.key))
    else:
        path, line, column = config.spot("auth", "order", item.key)
        where = Location(str(path), line, column)
    return Finding(
        "credentials/order-excludes",
        WARNING,
        f"The {normalise(item.key)} order {whose} {what}: {item.profile.id}",
        item.target,
        where=where,
        remedy=_remedy(item, where, stores, config, newer=newer),
    )


def excluded(
    stores: Stores, config: Config, now: int, bad: Mapping[str, frozenset[str]], *, newer: bool
) -> list[Excluded]:
    """The orders, of stores and of the config, with which nothing is usable and without which something is.

    `bad`: agent → the profiles whose value cannot work (`checks.knowing.useless`).
    """
    found = []
    one = partial(_excluded, config=config, now=now, newer=newer)
    for agent, own in stores.own.items():
        orders = stores.effective[agent].order if agent == DEFAULT_AGENT else own.order
        for key, ids in orders.items():
            item = one(agent, key, ids, stores.effective[agent], bad.get(agent, ()))
            if item and not own.problem:
                found.append(item)
    for key, ids in auth_order(config.value).items():
        provider = normalise(key)
        followers = [
            (agent, store)
            for agent, store in stores.effective.items()
            if store.of(provider) and not any(normalise(name) == provider for name in store.order)
        ]
        items = (one("", key, ids, store, bad.get(agent, ())) for agent, store in followers)
        if item := next(filter(None, items), None):
            found.append(item)
    return found


def _excluded(
    agent: str, key: str, ids: list[str], store: Store, bad: Collection[str], config: Config, now: int, *, newer: bool
) -> Excluded | None:
    provider = normalise(key)
    given = partial(usable, provider, now=now, newer=newer, useless=bad)
    if given(config.value, store):
        return None
    best = given(without_orders(config.value), replace(store, order={}))
    stored = {item.id for item in store.of(provider)}
    return Excluded(agent, key, tuple(name for name in ids if name in stored), not ids, best) if best else None


def _remedy(item: Excluded, where: Location, stores: Stores, config: Config, *, newer: bool) -> Remedy:
    text = f"Put {item.profile.id} into the order."
    if not item.agent:
        return Remedy(text, (edit(where.path, where.line),), "confirm")
    if known_agent(item.agent, config) is None:
        return Remedy(text, (edit(where.path, where.line),), "manual" if newer else "confirm")
    ids = " ".join(quote(name) for name in (*item.ids, item.profile.id))
    whose = "" if item.agent == stores.default else option("--agent", item.agent)
    command = f"openclaw models auth order set --provider {quote(normalise(item.key))}{whose} {ids}"
    return Remedy(text, (command,), "manual" if newer else "confirm")


@frozen
class Dangling:
    """What a store notes about profiles that are gone: keys of `lastGood`, ids of `usageStats`."""

    agent: str
    store: Store
    last_good: tuple[str, ...]
    usage: tuple[str, ...]


@check("credentials/last-good-dangling", INFO, tags={"auth"})
def last_good_dangling(stores: Stores, era: Era) -> Iterator[Finding]:
    """What a store remembers of profiles that are gone."""
    newer = era.name == "sqlite"
    yield from or_unknown((_remembers(item, newer=newer) for item in dangling(stores)), stores)


def _remembers(item: Dangling, *, newer: bool) -> Finding:
    ids = dict.fromkeys([*(str(item.store.last_good[key]) for key in item.last_good), *item.usage])
    part = "lastGood" if item.last_good else "usageStats"
    where = Location(str(item.store.path), *item.store.place(part))
    text = (
        "Nothing has to be done: OpenClaw takes it out when it next writes there."
        if newer
        else "Take it out; nothing uses it."
    )
    return Finding(
        "credentials/last-good-dangling",
        INFO,
        f"The store of agent {item.agent} remembers profiles that are gone: {joined(list(ids)[:5])}",
        item.agent,
        where=where,
        remedy=Remedy(text, () if newer else (edit(where.path, where.line),), "manual" if newer else "auto"),
    )


def dangling(stores: Stores) -> list[Dangling]:
    """The stores that remember what neither they nor main have. One that could not be read remembers nothing."""
    found = []
    for agent, store in stores.own.items():
        effective = stores.effective[agent]
        if store.problem or effective.problem:
            continue
        known = effective.profiles.keys() | effective.rejected.keys()
        last = tuple(key for key, name in store.last_good.items() if isinstance(name, str) and name not in known)
        usage = tuple(name for name in store.usage if name not in known and not name.startswith(OF_INLINE_KEYS))
        if last or usage:
            found.append(Dangling(agent, store, last, usage))
    return found
