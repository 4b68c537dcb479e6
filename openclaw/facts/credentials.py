"""What credentials there are, where, and which one each agent uses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from openclaw.config.views import provider_entries
from openclaw.credentials import stores as reading
from openclaw.credentials.resolve import resolve
from openclaw.credentials.stores import Store
from openclaw.facts import fact
from openclaw.finding import Location
from openclaw.providers.names import ENV, env_names, normalise, owners_of
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Candidate, Resolution
    from openclaw.home import Home
    from openclaw.installation import Installation

LOG_TAIL = 256 * 1024  # bytes read from the end of each log
REFUSAL = re.compile(r"only authorized for use with Claude Code|now draw from (?:your )?extra usage", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stores:
    """Every agent's own store and what each agent effectively uses, by agent id."""

    own: Mapping[str, Store]
    effective: Mapping[str, Store]
    default: str  # id of the configured default agent

    def broken(self) -> list[Store]:
        """The stores that exist and could not be used, each once."""
        found = {str(store.path): store for store in [*self.own.values(), *self.effective.values()] if store.problem}
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Held:
    """One secret in one place: what the shape of credentials is judged on."""

    source: Literal["profile", "env", "config"]
    target: str  # profile id, variable, config key path
    provider: str
    kind: Literal["api_key", "token", "oauth"]
    secret: Secret | None
    where: Location | None
    agent: str = ""
    profile: Profile | None = None
    base_url: str = ""
    newer: bool = False  # OpenClaw 2026.6 and later, which strips more before sending


@dataclass(frozen=True, slots=True)
class Route:
    """A provider that an agent uses and the credential that it gets for it."""

    agent: str
    role: Literal["default model", "fallback", "image model"]
    model: str  # provider/model
    resolution: Resolution
    explicit: bool = True  # False: the built-in default model

    @property
    def provider(self) -> str:
        """Normalised provider id."""
        return self.resolution.provider

    @property
    def winner(self) -> Candidate | None:
        """The credential that is used."""
        return self.resolution.winner


@dataclass(frozen=True, slots=True)
class Routes:
    """What is in use. `any_credential`: something is there for some provider, in a place that this OpenClaw reads."""

    routes: tuple[Route, ...]
    any_credential: bool
    blocked: tuple[str, ...] = field(default=())  # provider variables in a working-directory `.env` that is ignored


@dataclass(frozen=True, slots=True)
class Refusals:
    """Where logs show that the provider refused a subscription token outside Claude Code."""

    places: tuple[Location, ...] = ()


@fact()
def stores(installation: Installation) -> Stores:
    """All credential stores. A broken one is a value with a problem."""
    home, agents = installation.home, installation.agents
    own = _databases(home, installation) if installation.era.name == "sqlite" else reading.read_all(home, agents)
    main = own["main"]
    effective = {agent: reading.merged(main, store) if agent != "main" else store for agent, store in own.items()}
    return Stores(own, effective, agents.default)


@fact()
def held(installation: Installation, stores: Stores) -> list[Held]:
    """Every secret in stores, in provider variables and in `models.providers`."""
    found = [*_in_stores(stores), *_in_environment(installation), *_in_config(installation)]
    newer = installation.era.name == "sqlite"
    return [replace(item, newer=newer) for item in found] if newer else found


@fact()
def routes(installation: Installation, stores: Stores) -> Routes:
    """Which credential each configured agent uses for each provider of its models."""
    found: list[Route] = []
    for agent in installation.agents.listed:
        store = stores.effective.get(agent.id) or installation.store_of(agent)
        sources = installation.sources(store)
        models = installation.models(agent)
        roles = [("default model", models.default)]
        roles += [("fallback", model) for model in models.fallback_models()]
        roles += [("image model", model) for model in models.image_models()]
        seen: set[str] = set()
        for role, model in roles:
            if model.provider not in seen:
                seen.add(model.provider)
                resolution = resolve(model.provider, sources, agent.id)
                explicit = models.explicit or role != "default model"
                found.append(Route(agent.id, role, model.key, resolution, explicit))  # type: ignore[arg-type]
    layer = installation.environment.layer("cwd")
    return Routes(tuple(found), _any_credential(installation, stores), tuple(sorted(layer.blocked)) if layer else ())


@fact()
def refusals(home: Home) -> Refusals:
    """The logs of the state directory, searched from their end for the provider's words (`<state>/logs/*.log`)."""
    places = []
    for path in _logs(home.state / "logs"):
        line = _last_line_with(path)
        if line is not None:
            places.append(Location(str(path)))
    return Refusals(tuple(places))


def _databases(home: Home, installation: Installation) -> dict[str, Store]:
    from openclaw.credentials import sqlite

    found = {"main": sqlite.shared_store(home)}
    for agent, folder in reading.agent_dirs(home, installation.agents).items():
        if agent != "main":
            found[agent] = sqlite.agent_store(folder / sqlite.AGENT_DATABASE, agent)
    return found


def _in_stores(stores: Stores) -> Iterator[Held]:
    for agent, store in stores.own.items():
        for profile in store.profiles.values():
            line, column = store.place("profiles", profile.id)
            where = Location(str(store.path), line, column)
            yield Held("profile", profile.id, profile.provider, profile.type, profile.secret, where, agent, profile)


def _in_environment(installation: Installation) -> Iterator[Held]:
    newer = installation.era.name == "sqlite"
    read = {name for provider in ENV for name in env_names(provider, newer=newer)}
    environment = installation.environment
    for name in sorted(read & environment.values.keys()):
        value = environment.values[name]
        if not js_trim(value):
            continue
        layer = environment.origin[name]
        where = Location(str(layer.path), layer.lines.get(name)) if layer.path else None
        kind: Literal["api_key", "token"] = "token" if "OAUTH_TOKEN" in name else "api_key"
        yield Held("env", name, owners_of(name)[0], kind, Secret(value), where)


def _in_config(installation: Installation) -> Iterator[Held]:
    config = installation.config
    for key, entry in provider_entries(config.value).items():
        value, raw = entry.get("apiKey"), provider_entries(config.merged).get(key, {}).get("apiKey")
        if not isinstance(value, str) or raw != value:  # a reference: the variable itself is judged
            continue
        keys = ("models", "providers", key, "apiKey")
        line, column = config.place(*keys)
        base = entry.get("baseUrl")
        yield Held(
            "config", ".".join(keys), normalise(key), "api_key", Secret(value), Location(str(config.path), line, column),
            base_url=base if isinstance(base, str) else "",
        )  # fmt: skip


def _any_credential(installation: Installation, stores: Stores) -> bool:
    """Something is there, good or bad: `credentials/none` is about absence only."""
    if any(not profile.blank for store in stores.own.values() for profile in store.profiles.values()):
        return True
    providers = {*ENV, *map(normalise, provider_entries(installation.config.value)), "google-vertex", "amazon-bedrock"}
    sources = installation.sources(stores.own["main"])
    found = (item for provider in providers for item in resolve(provider, sources).chain)
    return any(item.usable and item.name != "aws-sdk default chain" for item in found)


def _logs(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.log") if path.is_file())
    except OSError:
        return []


def _last_line_with(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - LOG_TAIL))
            text = file.read(LOG_TAIL).decode("utf-8", "replace")
    except OSError:
        return None
    return next((line for line in reversed(text.splitlines()) if REFUSAL.search(line)), None)
