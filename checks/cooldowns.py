"""credentials/: profiles that OpenClaw does not try for a while, because of a failure."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.knowing import or_unknown, useless
from checks.remedies import obtain
from checks.verdict import ERROR, INFO, WARNING, verdicts
from openclaw.api import Finding, Location, Remedy, check
from openclaw.credentials.choice import usable
from openclaw.credentials.holds import hold_for, left_over, moment
from openclaw.frozen import frozen, replace
from openclaw.text import count, joined, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.credentials.holds import Hold
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Route, Routes, Stores
    from openclaw.facts.installation import Clock


@check("credentials/disabled", ERROR, tags={"auth", "smoke"})
def disabled(held: list[Held], stores: Stores, clock: Clock) -> Iterator[Finding]:
    """A profile that OpenClaw has disabled for a time, over billing or a refusal."""
    yield from or_unknown(verdicts("credentials/disabled", held, clock.now), stores)


@check("credentials/cooldown", WARNING, tags={"auth", "smoke"})
def cooldown(held: list[Held], stores: Stores, clock: Clock) -> Iterator[Finding]:
    """A profile that OpenClaw does not try for a while."""
    yield from or_unknown(verdicts("credentials/cooldown", held, clock.now), stores)


@check("credentials/stale-cooldown", INFO, tags={"auth"})
def stale_cooldown(stores: Stores, era: Era, clock: Clock) -> Iterator[Finding]:
    """What a cooldown that is over left behind."""
    yield from or_unknown(_left_over(stores, clock.now, newer=era.name == "sqlite"), stores)


def _left_over(stores: Stores, now: int, *, newer: bool) -> Iterator[Finding]:
    for agent, store in stores.own.items():
        for name, stats in store.usage.items():
            if name in stores.effective[agent].profiles and left_over(stats, now, newer=newer):
                yield _stale(agent, name, store, stats, newer=newer)


@frozen
class Unusable:
    """A provider none of whose profiles can be used now, for these agents. `soonest` is the first to recover."""

    provider: str
    agents: tuple[str, ...]
    soonest: str
    hold: Hold
    held: tuple[str, ...]
    others: tuple[str, ...]  # those that are of no use for another reason

    @property
    def target(self) -> str:
        """What the finding is about."""
        return f"{self.agents[0]}/{self.provider}"


@check("credentials/all-unusable", ERROR, tags={"auth", "smoke"})
def all_unusable(
    routes: Routes, stores: Stores, held: list[Held], config: Config, era: Era, clock: Clock
) -> Iterator[Finding]:
    """No profile of a provider in use can be used, and a cooldown or disable is why."""
    found = unusable(routes, stores, held, config, clock.now, newer=era.name == "sqlite")
    told = (_finding_all(item, stores, clock.now, newer=era.name == "sqlite") for item in found)
    yield from or_unknown(told, stores, (routes.guessed,) if routes.guessed else ())


def _finding_all(item: Unusable, stores: Stores, now: int, *, newer: bool) -> Finding:
    until = f"until {moment(item.hold.until)} (another {remaining(item.hold.until - now)})"
    held = f"{joined(list(item.held))} {'is' if len(item.held) == 1 else 'are'} held back after failures"
    others = f", {joined(list(item.others))} cannot be used either" if item.others else ""
    whose = "" if item.agents == ("main",) else f" for agent {_some(item.agents)}"
    return Finding(
        "credentials/all-unusable",
        ERROR,
        f"No profile of {item.provider} can be used{whose}: {held}{others}; the first is {item.soonest}, {until}",
        item.target,
        evidence={"first to recover": item.soonest, "until": moment(item.hold.until)},
        remedy=_remedy_all(item, stores, newer=newer),
    )


def unusable(
    routes: Routes, stores: Stores, held: list[Held], config: Config, now: int, *, newer: bool
) -> list[Unusable]:
    """The providers in use without a profile that could be tried; agents with the same trouble together."""
    found: dict[tuple[object, ...], Unusable] = {}
    bad = useless(held, stores, now)
    for route in routes.routes:
        item = _of_route(route, stores, config, now, bad.get(route.agent, frozenset()), newer=newer)
        if item:
            key = (item.provider, item.soonest, item.hold, item.held, item.others)
            same = found.get(key)
            found[key] = replace(item, agents=(*same.agents, *item.agents)) if same else item
    return list(found.values())


def _of_route(
    route: Route, stores: Stores, config: Config, now: int, bad: frozenset[str], *, newer: bool
) -> Unusable | None:
    store = stores.effective.get(route.agent)
    # Once a profile is eligible, OpenClaw asks neither the environment nor the config (auth-spec §7.4).
    tried = [item for item in route.resolution.chain if item.expected and item.profile]
    if store is None or not tried or (route.winner and route.winner.name not in bad):
        return None
    if route.winner and usable(route.provider, config.value, store, now, newer=newer, useless=bad):
        return None
    model = route.model.partition("/")[2]
    held: dict[str, Hold] = {}
    for item in tried:
        if found := hold_for(store.usage.get(item.name), now, route.provider, model, newer=newer):
            held[item.name] = found
        elif now < store.unusable_until(item.name):
            return None  # only for another model
    if not held:
        return None
    soonest = min(held, key=lambda name: (name in bad, held[name].until))
    others = tuple(item.name for item in tried if item.name not in held)
    return Unusable(route.provider, (route.agent,), soonest, held[soonest], tuple(held), others)


def _remedy_all(item: Unusable, stores: Stores, *, newer: bool) -> Remedy:
    agent = "" if stores.default in item.agents else item.agents[0]
    again = obtain(item.provider, agent=agent, newer=newer)
    wait = f"{item.soonest} recovers by itself first"
    if newer:
        text = f"{wait}. Or store another credential: OpenClaw has no command that clears anything in its database."
        return Remedy(text, again)
    text = f"{wait}; cleared, it is tried at once. Or store another credential."
    return Remedy(text, (f"openclaw models auth clear-cooldown {quote(item.soonest)}", *again), "confirm")


def _stale(agent: str, name: str, store: Store, stats: object, *, newer: bool) -> Finding:
    failures = stats.get("errorCount") if isinstance(stats, dict) else None
    times = f", after {count(failures, 'failure')}" if isinstance(failures, int) and failures > 0 else ""
    where = Location(str(store.path), *store.place("usageStats", name))
    whose = "" if agent == "main" else f" of agent {agent}"
    if newer:
        remedy = Remedy("Nothing has to be done: OpenClaw takes them out when it next writes there.")
    else:
        text = "They hold nothing back, but the next failure counts on from them."
        remedy = Remedy(text, (f"openclaw models auth clear-cooldown {quote(name)}",), "auto")
    return Finding(
        "credentials/stale-cooldown",
        INFO,
        f"The cooldown of {name}{whose} is over{times}, and its fields are still there",
        name if agent == "main" else f"{agent}/{name}",
        where=where,
        remedy=remedy,
    )


def _some(agents: tuple[str, ...], most: int = 5) -> str:
    return joined(list(agents)) if len(agents) <= most else f"{', '.join(agents[:most])} and {len(agents) - most} more"
