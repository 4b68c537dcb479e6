"""credentials/: agents with stores of their own, beside main's."""

from __future__ import annotations

from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

from checks.knowing import known_agent, or_unknown, readable, real, useless
from checks.remedies import edit
from checks.verdict import WARNING
from openclaw.api import Finding, Location, Remedy, Unknown, check
from openclaw.credentials.choice import usable
from openclaw.frozen import frozen, replace
from openclaw.home import DEFAULT_AGENT
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Stores
    from openclaw.facts.installation import Clock
    from openclaw.facts.places import StoreFile
    from openclaw.finding import FixClass


@frozen
class Hidden:
    """Main's profile that an agent would use, and what of its own keeps it from that."""

    agent: str
    own: Store
    profile: Profile
    by_entry: bool  # an entry of the same id, of no use
    order: tuple[str, ...] | None  # the agent's own order of the provider
    key: str = ""  # under which that order stands
    held: bool = False  # the agent holds that id back: what hides main's may be good again later

    @property
    def provider(self) -> str:
        """Normalised."""
        return normalise(self.profile.provider)

    @property
    def target(self) -> str:
        """What the finding is about."""
        return f"{self.agent}/{self.provider}"


@check("credentials/agent-missing", WARNING, tags={"auth"})
def agent_missing(stores: Stores, held: list[Held], config: Config, era: Era, clock: Clock) -> Iterator[Finding]:
    """An agent whose own entry or order hides main's credential, and that has no other."""
    readable(config)
    if stores.own[DEFAULT_AGENT].problem:
        raise Unknown("main's credential store could not be read")
    newer = era.name == "sqlite"
    found = hidden(stores, config, clock.now, useless(held, stores, clock.now), newer=newer)
    yield from or_unknown((_missing(item, config, newer=newer) for item in found), stores)


def _missing(item: Hidden, config: Config, *, newer: bool) -> Finding:
    own = [f"its own entry {item.profile.id}"] if item.by_entry else []
    own += ["its own order"] if item.order is not None else []
    what = " and ".join(own) or "its own store"
    path = ("order", item.key) if item.order is not None and not item.by_entry else ("profiles", item.profile.id)
    return Finding(
        "credentials/agent-missing",
        WARNING,
        f"Agent {item.agent} has no usable credential for {item.provider}: {what} hides main's {item.profile.id}",
        item.target,
        where=Location(str(item.own.path), *item.own.place(*path)),
        remedy=_remedy_hidden(item, config, newer=newer),
    )


def hidden(stores: Stores, config: Config, now: int, bad: Mapping[str, frozenset[str]], *, newer: bool) -> list[Hidden]:
    """Where main has a usable profile and an agent with something of its own for that provider has none.

    `bad`: agent → the profiles whose value cannot work (`checks.knowing.useless`).
    """
    found = []
    given = partial(usable, config=config.value, now=now, newer=newer)
    main = stores.own[DEFAULT_AGENT]
    mains: dict[str, Profile | None] = {}
    for agent, own in stores.own.items():
        if agent == DEFAULT_AGENT or not own.exists or own.problem or own.path == main.path:
            continue
        for provider in _touched(own, stores.effective[DEFAULT_AGENT]):
            if provider not in mains:
                effective, useless_ones = stores.effective[DEFAULT_AGENT], bad.get(DEFAULT_AGENT, ())
                mains[provider] = given(provider, store=effective, useless=useless_ones)
            wanted = mains[provider]
            if wanted and given(provider, store=_rested(stores.effective[agent]), useless=bad.get(agent, ())) is None:
                item = _hidden(agent, own, wanted, now)
                found += [item] if item.by_entry or item.order is not None else []
    return found


def _rested(store: Store) -> Store:
    """The store as if no cooldown were on: those last for minutes, and have a check of their own."""
    usage = {
        name: {key: value for key, value in stats.items() if key != "cooldownUntil"}
        for name, stats in store.usage.items()
        if isinstance(stats, dict)
    }
    return replace(store, usage=usage) if usage else store


def _touched(own: Store, main: Store) -> list[str]:
    """The providers about which an agent's own store says anything."""
    names = [item.provider for item in own.profiles.values()] + list(own.order)
    names += [main.profiles[name].provider for name in own.profiles if name in main.profiles]
    return list(dict.fromkeys(map(normalise, names)))


def _hidden(agent: str, own: Store, wanted: Profile, now: int) -> Hidden:
    provider = normalise(wanted.provider)
    key = next((key for key in own.order if normalise(key) == provider), "")
    ids = tuple(own.order[key]) if key and wanted.id not in own.order[key] else None
    held = _rested(own).unusable_until(wanted.id) > now
    return Hidden(agent, own, wanted, wanted.id in own.profiles, ids, key, held)


def _remedy_hidden(item: Hidden, config: Config, *, newer: bool) -> Remedy:
    text = "Take what hides it out of the agent's own store; then the agent uses main's."
    if item.held:
        text = f"The agent holds {item.profile.id} back after failures: wait until it tries it again. Or: {text}"
    fix: FixClass = "manual" if newer or item.held else "confirm"
    if known_agent(item.agent, config) is None:
        return Remedy(text, (edit(str(item.own.path)),), fix)
    commands = []
    whose = f"--agent {quote(item.agent)}"
    if item.by_entry:
        commands.append(f"openclaw models auth logout {quote(item.profile.id)} {whose}")
    if item.order is not None:
        ids = " ".join(quote(name) for name in (*_kept(item), item.profile.id))
        commands.append(f"openclaw models auth order set --provider {quote(item.provider)} {whose} {ids}")
    return Remedy(text, tuple(commands), fix)


def _kept(item: Hidden) -> list[str]:
    """The ids of the agent's own order that are profiles of its own."""
    assert item.order is not None  # noqa: S101 - asked for an order only
    mine = {profile.id for profile in item.own.of(item.provider)}
    return [name for name in item.order if name in mine and name != item.profile.id]


@frozen
class Stale:
    """An agent's own static credential and main's newer one of the same id."""

    own: Held
    main: Held
    why: str

    @property
    def target(self) -> str:
        """What the finding is about."""
        return f"{self.own.agent}/{self.own.target}"


@check("credentials/agent-stale", WARNING, tags={"auth"})
def agent_stale(
    held: list[Held], stores: Stores, store_files: tuple[StoreFile, ...], config: Config, clock: Clock
) -> Iterator[Finding]:
    """An agent with an older value of a credential than main."""
    found = stale(held, store_files, clock.now)
    yield from or_unknown((_stale(item, config) for item in found), stores)


def _stale(item: Stale, config: Config) -> Finding:
    own, main = item.own, item.main
    return Finding(
        "credentials/agent-stale",
        WARNING,
        f"Agent {own.agent} has another, older value of {own.target} than main ({item.why})",
        item.target,
        evidence={"its own": _shown(own), "main's": _shown(main)},
        where=own.where,
        remedy=_remedy_stale(own, config),
    )


def stale(held: Iterable[Held], files: Iterable[StoreFile], now: int) -> list[Stale]:
    """The static credentials of other agents that differ from main's of the same id and are older."""
    items = [item for item in held if item.source == "profile" and item.kind != "oauth" and item.secret]
    mains = {item.target: item for item in items if item.agent == DEFAULT_AGENT and real(item, now)}
    changed = {file.agent: file.mtime for file in files if not file.path.endswith(".sqlite")}
    found = []
    for own in items:
        main = mains.get(own.target)
        if main is None or own.agent == DEFAULT_AGENT or not _differ(own, main) or not real(own, now):
            continue
        if why := _older(own, main, changed):
            found.append(Stale(own, main, why))
    return found


def _differ(own: Held, main: Held) -> bool:
    return (
        normalise(own.provider) == normalise(main.provider)
        and own.profile is not None
        and main.profile is not None
        and own.profile.sent != main.profile.sent
    )


def _older(own: Held, main: Held, changed: Mapping[str, float]) -> str:
    """Why the agent's is the older one, as far as anything shows it; "" where nothing does."""
    mine, theirs = _last_used(own), _last_used(main)
    if mine and theirs and mine < theirs:
        return "main's was used with success later"
    if changed.get(own.agent, 0) < changed.get(DEFAULT_AGENT, 0) and own.agent in changed:
        return "main's store was written later"
    return ""


def _last_used(item: Held) -> float:
    stats = item.usage.get(item.agent)
    value = stats.get("lastUsed") if isinstance(stats, dict) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value < 1e15 else 0.0


def _shown(item: Held) -> str:
    return item.secret.fingerprint() if item.secret else "none"


def _remedy_stale(own: Held, config: Config) -> Remedy:
    if known_agent(own.agent, config) is None and own.where:
        return Remedy(
            "Give it main's value, or take the entry out.", (edit(own.where.path, own.where.line),), "confirm"
        )
    whose = quote(own.agent)
    if own.newer:
        text = "Take the agent's own entry out; then the agent uses main's. If it is meant to differ, leave it."
        return Remedy(text, (f"openclaw models auth logout {quote(own.target)} --agent {whose}",))
    text = "Copy main's to the agent. If it is meant to differ, give it an id of its own."
    return Remedy(text, (f"openclaw models auth sync --to {whose}",), "confirm")
