"""What credentials there are, where, and which one each agent uses."""

from __future__ import annotations

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.config.known import exists
from openclaw.config.reading import NOT_WHOLE, Config, dotted
from openclaw.config.views import provider_entries, table
from openclaw.credentials import stores as reading
from openclaw.credentials.resolve import AWS_DEFAULT, resolve
from openclaw.facts import fact
from openclaw.finding import Location
from openclaw.frozen import frozen, replace
from openclaw.home import DEFAULT_AGENT
from openclaw.providers.hosts import is_local
from openclaw.providers.names import (
    env_names,
    normalise,
    readers,
)
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openclaw.config.views import Models
    from openclaw.credentials.originals import Original
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Candidate, Resolution
    from openclaw.credentials.stores import Store
    from openclaw.facts.logins import CliLogins
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.secret import Secret

    Kind = Literal["api_key", "token"]

# Programs that a model may run through: who logs in to them, and the variables that they take instead of a login.
CLI_PROGRAMS = {
    "claude-cli": ("Claude Code", ("CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")),
    "codex-cli": ("the Codex CLI", ("OPENAI_API_KEY", "CODEX_API_KEY")),
}
SHARED = ("state", "gateway", "config")  # layers that the daemon reads whatever this shell has


@frozen
class Stores:
    """Every agent's own store and what each agent effectively uses, by agent id."""

    own: Mapping[str, Store]
    effective: Mapping[str, Store]
    default: str  # id of the configured default agent
    unused: Mapping[str, Store] = field(default_factory=dict)  # of directories whose agents the config does not have

    def broken(self) -> list[Store]:
        """The stores that exist and could not be used, each once."""
        found = {str(store.path): store for store in [*self.own.values(), *self.effective.values()] if store.problem}
        return list(found.values())


@frozen
class Held:
    """One secret in one place: what the shape of credentials is judged on."""

    source: Literal["profile", "env", "config", "gateway"]  # "gateway": its own token or password
    target: str  # profile id, variable, config key path
    provider: str
    kind: Literal["api_key", "token", "oauth"]
    secret: Secret | None
    file: Location | None  # None: it is in no file
    agent: str = ""
    profile: Profile | None = None
    base_url: str = ""
    newer: bool = False  # OpenClaw 2026.6 and later, which strips more before sending
    is_gateway_token: bool = False  # the same value is what the gateway itself asks of its clients
    by_default: bool = True  # it belongs to the agent that a command without `--agent` means
    original: Original | None = field(default=None, repr=False, compare=False)  # of a mask: what a backup has
    usage: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what each agent's store knows of its use
    twin: str = ""  # the OAuth login whose access token it is, too
    twin_expires: int | float | None = None  # epoch milliseconds
    # Where the file is one of these, `keys` is the place in it.
    document: Store | Config | None = field(default=None, repr=False, compare=False)
    keys: tuple[str | int, ...] = ()
    # What stands in the place, where that only leads to the secret: the text with a `${NAME}` in it, or a reference.
    written: Any = field(default=None, repr=False, compare=False)

    @property
    def where(self) -> Location | None:
        """The place. Line and column of a document are looked up when they are asked for: most credentials are fine."""
        if self.document is None or not self.keys:
            return self.file
        if isinstance(self.document, Config):  # it may include others
            path, line, column = self.document.spot(*self.keys)
            return Location(str(path), line, column)
        return Location(str(self.document.path), *self.document.place(*self.keys))


@frozen
class Route:
    """A provider that an agent uses and the credential that it gets for it."""

    agent: str
    role: Literal["default model", "fallback", "image model"]
    model: str  # provider/model
    resolution: Resolution
    explicit: bool = True  # False: the built-in default model
    said_by: str = ""  # the check of config/ that says what is wrong with the model: nothing is missing then
    own_login: bool = False  # the model runs through the Claude or Codex CLI, which has a login of its own

    @property
    def provider(self) -> str:
        """Normalised provider id."""
        return self.resolution.provider

    @property
    def winner(self) -> Candidate | None:
        """The credential that is used."""
        return self.resolution.winner


@frozen
class Routes:
    """What is in use. `any_credential`: something is there for some provider, in a place that this OpenClaw reads.

    `unread` names what could not be read and may hold a credential: while it is not empty, nothing is "missing".
    `guessed` is why the routes themselves are not known: the config could not be read, so the models are a guess.
    `remote`: the gateway, and so its credentials, are on another host.
    """

    routes: tuple[Route, ...]
    any_credential: bool
    blocked: tuple[str, ...] = ()  # provider variables in a working-directory `.env` that is ignored
    unread: tuple[str, ...] = ()
    guessed: str = ""
    blank: tuple[str, ...] = ()  # providers with a blank key in the config: something is there, and of no use
    remote: bool = False


@fact()
def stores(installation: Installation) -> Stores:
    """All credential stores. A broken one is a value with a problem."""
    home, agents = installation.home, installation.agents
    if installation.era.name == "sqlite":
        from openclaw.credentials import sqlite

        own, unused = _divided(_databases(home, installation), installation)
        main = own[DEFAULT_AGENT]
        effective = {agent: reading.merged(main, store) for agent, store in own.items()}
        # What all agents share counts as main's; main may have its own beside it, as every other agent.
        effective[DEFAULT_AGENT] = sqlite.effective(home, home.main_agent_dir, DEFAULT_AGENT)
    else:
        own, unused = _divided(reading.read_all(home, agents), installation)
        effective = _with_other_logins(own, installation)
    return Stores(own, effective, agents.default, unused)


def _divided(found: Mapping[str, Store], installation: Installation) -> tuple[dict[str, Store], dict[str, Store]]:
    """The stores of agents, and those of directories that are left of agents.

    Where a config names agents, those are all; where it names none, both generations take every directory for one.
    """
    section, known = table(installation.config.value, "agents"), {DEFAULT_AGENT, installation.agents.default}
    known |= {agent.id for agent in installation.agents.listed}
    certain = not any(_broken_config(installation)) and (section.get("list") or section.get("entries"))
    unused = {agent: store for agent, store in found.items() if certain and agent not in known}
    return {agent: store for agent, store in found.items() if agent not in unused}, unused


@fact()
def unread_places(installation: Installation) -> tuple[str, ...]:
    """What may hold a credential besides the stores, and could not be read: the config, env files, the login shell."""
    whole = not any(problem.kind in NOT_WHOLE for problem in installation.config.problems)
    problems = () if whole else ("the config could not be read",)
    return (*problems, *_unread_variables(installation))


@fact()
def routes(installation: Installation, stores: Stores, cli_logins: CliLogins) -> Routes:
    """Which credential each configured agent uses for each provider of its models."""
    found: list[Route] = []
    for agent in installation.agents.listed:
        store = stores.effective.get(agent.id) or installation.store_of(agent)
        sources = installation.sources(store)
        models = installation.models(agent, store)
        roles = [("default model", models.default)]
        roles += [("fallback", model) for model in models.fallback_models()]
        roles += [("image model", model) for model in models.image_models()]
        seen: set[str] = set()
        for role, model in roles:
            if model.provider not in seen:
                seen.add(model.provider)
                resolution = resolve(model.provider, sources, agent.id)
                explicit = models.explicit or role != "default model"
                said_by = "config/default-model" if role == "default model" and _malformed(models) else ""
                route = Route(agent.id, role, model.key, resolution, explicit, said_by)  # type: ignore[arg-type]
                found.append(route)
    found = [replace(item, own_login=True) if _own_login(item, installation, cli_logins) else item for item in found]
    layer = installation.environment.layer("cwd")
    return Routes(
        tuple(_with_cause(found, installation, stores)),
        any(item.own_login or _by_chain(item) for item in found) or _any_credential(installation, stores),
        tuple(sorted(layer.blocked)) if layer else (),
        (*_unread(installation, stores), *_unread_logins(found, installation, cli_logins)),
        next(iter(_broken_config(installation)), ""),
        (*_blank(installation.config), *map(normalise, keyless(installation, stores))),
        table(installation.config.value, "gateway").get("mode") == "remote",
    )


def _by_chain(route: Route) -> bool:
    """Whether the credential comes from AWS' own chain: a role, a file of the AWS CLI; who looks here cannot tell."""
    return route.winner is not None and route.winner.kind == "aws"


def _malformed(models: Models) -> bool:
    """Whether the default model means nothing, so that OpenClaw takes the built-in one in its place."""
    return models.explicit and bool(js_trim(models.default_text)) and models.parse(models.default_text) is None


def _runs_through(route: Route, installation: Installation) -> str:
    """The command-line program that a model runs through; "" where OpenClaw asks the provider itself."""
    defaults = table(installation.config.value, "agents", "defaults")
    settings = [defaults, table(defaults, "models", route.model)]
    names = [route.provider, *(table(item, "agentRuntime").get("id") for item in settings)]
    return next((name for name in names if name in CLI_PROGRAMS), "")


def _own_login(route: Route, installation: Installation, logins: CliLogins) -> bool:
    """Whether the program that a model runs through is logged in, or may be: on macOS its keychain holds that."""
    name = _runs_through(route, installation)
    if not name:
        return False
    program, variables = CLI_PROGRAMS[name]
    known = any(login.program == program for login in logins.found)
    return known or sys.platform == "darwin" or any(map(installation.environment.usable, variables))


def _unread_logins(found: list[Route], installation: Installation, logins: CliLogins) -> Iterator[str]:
    if any(not item.own_login and _runs_through(item, installation) for item in found):
        yield from (f"{path} could not be read" for path in logins.unread)


def _with_cause(found: list[Route], installation: Installation, stores: Stores) -> Iterator[Route]:
    """The routes; where a model means nothing, or is a built-in one that nobody chose, with the check that says so."""
    config = installation.config.value
    by_default = [item for item in found if item.agent == stores.default and item.role == "default model"]
    nobodys = any(not item.explicit and not item.resolution.present for item in by_default)
    whole = not any(problem.kind == "variable" for problem in installation.config.problems)  # else that check is silent
    others = _others(by_default[0], installation, stores) if nobodys and whole else False
    for item in found:
        said_by = ""
        if not item.resolution.present and item.role != "image model":
            implicit = others and not item.explicit
            said_by = "config/implicit-default" if implicit else ""
            said_by = said_by if exists(item.provider, config) else "config/default-model"
        yield replace(item, said_by=said_by) if said_by else item


def _others(route: Route, installation: Installation, stores: Stores) -> bool:
    """Whether another provider could be used: then the built-in default model is what is wrong."""
    from openclaw.facts.setup import usable

    return bool(set(usable.collect(installation, stores).providers) - {route.provider})


def _blank(config: Config) -> Iterator[str]:
    for key, entry in provider_entries(config.value).items():
        value = entry.get("apiKey")
        if isinstance(value, str) and not js_trim(value):
            yield normalise(key)


def keyless(installation: Installation, stores: Stores) -> list[str]:
    """The entries of local servers in use that have no key at all, here or elsewhere: OpenClaw wants some text."""
    entries = {
        key: entry
        for key, entry in provider_entries(installation.config.value).items()
        if not {"apiKey", "auth", "headers", "authHeader"} & entry.keys() and is_local(str(entry.get("baseUrl") or ""))
    }
    if not entries:
        return []
    found: list[str] = []
    for agent in installation.agents.listed:
        models = installation.models(agent)
        used = {model.provider for model in (models.default, *models.fallback_models())}
        sources = installation.sources(stores.effective.get(agent.id) or installation.store_of(agent))
        there = {name for name in used if any(item.secret or item.profile for item in resolve(name, sources).chain)}
        found += [key for key in entries if normalise(key) in used - there]
    return list(dict.fromkeys(found))


def _databases(home: Home, installation: Installation) -> dict[str, Store]:
    from openclaw.credentials import sqlite

    found = {"main": sqlite.shared_store(home)}
    for agent, folder in reading.agent_dirs(home, installation.agents).items():
        if agent != "main":
            found[agent] = sqlite.agent_store(folder / sqlite.AGENT_DATABASE, agent)
    return found


def _with_other_logins(own: Mapping[str, Store], installation: Installation) -> dict[str, Store]:
    from openclaw.credentials import external

    main, logins = own["main"], external.logins(installation.home.user)
    return {
        agent: external.effective(main, None if store is main else store, logins, installation.now)
        for agent, store in own.items()
    }


def _any_credential(installation: Installation, stores: Stores) -> bool:
    """Something is there, good or bad: `credentials/none` is about absence only."""
    # The effective ones have the logins of other programs, too.
    if any(store.profiles or store.rejected for store in (*stores.own.values(), *stores.effective.values())):
        return True
    sources, newer = installation.sources(stores.own["main"]), installation.era.name == "sqlite"
    entries = set(map(normalise, provider_entries(installation.config.value)))
    providers = {*readers(newer=newer), *entries, "google-vertex", "amazon-bedrock"}
    for provider in providers:
        for item in resolve(provider, sources).chain:
            # A reference that leads nowhere is there, too; AWS' own chain only where somebody wants it.
            if item.kind == "config" or (item.usable and (item.name != AWS_DEFAULT or provider in entries)):
                return True
    # An empty variable may hide it (env/empty): then it is there all the same.
    names = {name for provider in providers for name in env_names(provider, newer=newer)}
    return any(
        js_trim(layer.values[name])
        for layer in installation.environment.layers
        for name in names & layer.values.keys() - layer.blocked
    )


def _unread(installation: Installation, stores: Stores) -> Iterator[str]:
    """What may hold a credential and could not be read, each as a clause."""
    yield from _broken_config(installation)
    for store in stores.broken():
        yield f"the credential store {store.path} {store.problem.message if store.problem else ''}".strip()
    yield from _unread_variables(installation)


def _unread_variables(installation: Installation) -> Iterator[str]:
    yield from (f"{problem.path}: {problem.message.rstrip('.')}" for problem in installation.problems)
    if _is_wide(installation.home.env_file):
        yield f"{installation.home.env_file} is in UTF-16, in which nobody finds a variable"
    if installation.environment.shell_problem:
        yield f"the login shell was not of use: {installation.environment.shell_problem}"


def _is_wide(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE)
    except OSError:
        return False


def _broken_config(installation: Installation) -> Iterator[str]:
    for problem in installation.config.problems:
        if problem.kind == "rejected" and not problem.aside:
            yield f"config/rejected says it: {dotted(problem.keys)} may be meant to decide it"
        elif problem.kind not in ("variable", "rejected"):
            yield "the config could not be read"
