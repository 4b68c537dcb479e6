"""credentials/: a variable and a stored profile for one provider, of which only one is used."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.knowing import or_unknown, readable, real, well_formed
from checks.remedies import edit, option
from checks.verdict import WARNING
from openclaw.api import Finding, Remedy, check
from openclaw.credentials.choice import chosen, reduced, without_declared, without_orders
from openclaw.credentials.shapes import is_subscription_token
from openclaw.frozen import frozen
from openclaw.providers.names import env_names, normalise
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Stores
    from openclaw.facts.installation import Clock
    from openclaw.facts.service import Daemon
    from openclaw.finding import FixClass
    from openclaw.home import Home

GENERAL = frozenset({"GH_TOKEN", "GITHUB_TOKEN"})  # set for other programs on most hosts that have them
NO_BILL = frozenset({"github-copilot"})  # its variables are no API keys that are charged by use


@frozen
class Shadow:
    """A variable and a profile with different values; `used` says which of them OpenClaw takes."""

    provider: str
    agent: str
    variable: Held
    profile: Profile
    store: Store
    used: str  # "profile" or "variable"

    @property
    def target(self) -> str:
        """What the finding is about."""
        name = self.variable.target
        return f"{self.provider}/{name}" if self.agent == "main" else f"{self.agent}/{self.provider}/{name}"


@check("credentials/shadowed", WARNING, tags={"auth"})
def shadowed(held: list[Held], stores: Stores, config: Config, home: Home, era: Era, clock: Clock) -> Iterator[Finding]:
    """A variable and a stored profile with different values: one of them has no effect."""
    readable(config)
    found = shadows(held, stores, config, clock.now, newer=era.name == "sqlite")
    yield from or_unknown((_shadowed(item, held, stores, home, config) for item in found), stores)


def _shadowed(item: Shadow, held: list[Held], stores: Stores, home: Home, config: Config) -> Finding:
    name, profile_id = item.variable.target, item.profile.id
    taken = item.used == "profile"
    whose = "" if item.agent == "main" else f" for agent {item.agent}"
    message = (
        f"{name} is set and has no effect{whose}: the stored {profile_id} has another value and comes first"
        if taken
        else f"{profile_id} is stored and not used{whose}: {name} has another value and is used instead"
    )
    return Finding(
        "credentials/shadowed",
        WARNING,
        message,
        item.target,
        evidence=_chain(item, home),
        where=item.variable.where,
        remedy=_remedy(item, held, stores, home, config),
    )


def shadows(held: Iterable[Held], stores: Stores, config: Config, now: int, *, newer: bool) -> list[Shadow]:
    """The variables that a stored profile beats, and the profiles that a variable replaces."""
    items = list(held)
    variables = _variables(items, now, newer=newer)
    good = {(item.agent, item.target) for item in items if item.source == "profile" and real(item, now)}
    found: dict[tuple[str, str, str], Shadow] = {}
    for provider, variable in variables.items():
        for agent, store in stores.effective.items():
            own = stores.own[agent]
            if not store.of(provider) or not (agent == stores.default or own.of(provider)):
                continue
            item = _shadow(provider, agent, variable, store, config, now, newer=newer)
            owner = store.owner(item.profile.id) if item else store
            if item and {(owner.agent, item.profile.id), (agent, item.profile.id)} & good:
                found.setdefault((str(owner.path), item.profile.id, variable.target), item)
    return list(found.values())


def _variables(held: Iterable[Held], now: int, *, newer: bool) -> dict[str, Held]:
    """Provider → the variable that would be used for it, where that is a real value."""
    first: dict[str, Held] = {}
    for item in held:
        if item.source == "env":
            first.setdefault(item.target, item)
    found: dict[str, Held] = {}
    for provider in dict.fromkeys(normalise(item.provider) for item in first.values()):
        used = next((first[name] for name in env_names(provider, newer=newer) if name in first), None)
        if used and used.target not in GENERAL and well_formed(used, now):
            found[provider] = used
    return found


def _shadow(
    provider: str, agent: str, variable: Held, store: Store, config: Config, now: int, *, newer: bool
) -> Shadow | None:
    value = variable.secret.reveal().strip() if variable.secret else ""
    if winner := chosen(provider, config.value, store, now, newer=newer):
        differs = winner.sent is not None and winner.sent.reveal() != value
        return Shadow(provider, agent, variable, winner, store, "profile") if differs else None
    free = without_declared(without_orders(config.value), provider)
    for profile in store.of(provider):
        usable = chosen(provider, free, reduced(store, profile), now, newer=newer)
        if usable and profile.sent is not None and profile.sent.reveal() != value:
            return Shadow(provider, agent, variable, profile, store, "variable")
    return None


def _chain(item: Shadow, home: Home) -> Mapping[str, str]:
    """The two, in the order in which OpenClaw asks them."""
    stored = item.profile.sent.fingerprint() if item.profile.sent else "none"
    place = item.variable.where
    where = f", {home.short(place.path)}" if place else ", the environment of this shell"
    value = item.variable.secret.fingerprint() if item.variable.secret else "none"
    profile = f"profile {item.profile.id} ({stored})"
    variable = f"{item.variable.target} ({value}{where})"
    used, lost = (profile, variable) if item.used == "profile" else (variable, profile)
    return {"used": used, "not used": lost}


def _remedy(item: Shadow, held: Iterable[Held], stores: Stores, home: Home, config: Config) -> Remedy:
    agent = "" if item.agent == stores.default else item.agent
    logout = f"openclaw models auth logout {quote(item.profile.id)}{option('--agent', agent)}"
    places, fix = where_set(item.variable.target, held, home, config)
    if item.used == "variable":
        return Remedy("Log the stored one out; or correct why it is not used, and take the variable out.", (logout,))
    text = (
        f"To keep using the stored one, take {item.variable.target} out; to use the variable, log the stored one out."
    )
    return Remedy(text, (*places, logout), fix)


def where_set(name: str, held: Iterable[Held], home: Home, config: Config) -> tuple[tuple[str, ...], FixClass]:
    """The commands that take a variable out, and whether it stands in files of OpenClaw's own only."""
    commands: list[str] = []
    own = True
    for item in held:
        if item.source != "env" or item.target != name:
            continue
        place = item.where
        own = own and place is not None and place.path in (str(home.env_file), str(config.path))
        commands.append(edit(place.path, place.line) if place else f"unset {name}")
    return tuple(dict.fromkeys(commands)), "confirm" if own and commands else "manual"


@frozen
class Charged:
    """A subscription of a provider, and the API keys of it in the environment."""

    provider: str
    subscription: Held
    names: tuple[str, ...]


@check("credentials/bill-shock", WARNING, tags={"auth"})
def bill_shock(
    held: list[Held],
    stores: Stores,
    daemon: Daemon,
    home: Home,
    config: Config,
    era: Era,
    clock: Clock,
    unread_places: tuple[str, ...],
) -> Iterator[Finding]:
    """An API key in the environment beside a subscription: the Claude CLI would use, and bill, the key."""
    found = _charged(held, daemon, home, config, clock, newer=era.name == "sqlite")
    yield from or_unknown(found, stores, unread_places)


def _charged(
    held: list[Held], daemon: Daemon, home: Home, config: Config, clock: Clock, *, newer: bool
) -> Iterator[Finding]:
    for item in charged(held, daemon, clock.now, newer=newer):
        commands: tuple[str, ...] = ()
        fixes: set[FixClass] = set()
        for name in item.names:
            some, fix = where_set(name, held, home, config)
            commands, fixes = (*commands, *some), {*fixes, fix}
        daemons = [name for name in item.names if daemon.environment and daemon.environment.usable(name)]
        seen = " of the gateway's service" if daemons and not commands else ""
        place = next((each.where for each in held if each.source == "env" and each.target == item.names[0]), None)
        yield Finding(
            "credentials/bill-shock",
            WARNING,
            f"{joined(list(item.names))} stands in the environment{seen} beside the subscription of "
            f"{item.subscription.target}: a program that is started there uses, and is billed for, the API key",
            f"{item.provider}/{item.names[0]}",
            where=place,
            remedy=Remedy(
                "Take the key out of the environment; or log the subscription out, if the key is meant.",
                commands or (f"openclaw models env {item.names[0]}",),
                "confirm" if fixes == {"confirm"} else "manual",
            ),
        )


def charged(held: Iterable[Held], daemon: Daemon, now: int, *, newer: bool) -> list[Charged]:
    """The providers with a subscription that could be used and an API key in an environment."""
    items = list(held)
    subscriptions: dict[str, Held] = {}
    for item in items:
        if _is_subscription(item) and real(item, now):
            subscriptions.setdefault(normalise(item.provider), item)
    found = []
    for provider, subscription in subscriptions.items():
        keys = {item.target for item in items if item.source == "env" and _is_key(item, now)}
        keys |= {
            name
            for name in env_names(provider, newer=newer)
            if daemon.environment
            and "OAUTH" not in name
            and (value := daemon.environment.usable(name))
            and not is_subscription_token(value)
        }
        names = tuple(name for name in env_names(provider, newer=newer) if name in keys - GENERAL)
        if names:
            found.append(Charged(provider, subscription, names))
    return found


def _is_subscription(item: Held) -> bool:
    if item.source not in ("profile", "env") or normalise(item.provider) in NO_BILL or item.secret is None:
        return False
    login = item.kind == "oauth"
    return login or is_subscription_token(item.secret.reveal().strip())


def _is_key(item: Held, now: int) -> bool:
    return (
        item.kind == "api_key"
        and item.secret is not None
        and not is_subscription_token(item.secret.reveal().strip())
        and well_formed(item, now)
    )
