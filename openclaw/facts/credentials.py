"""What credentials there are, where, and which one each agent uses."""

from __future__ import annotations

import sys
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.config.known import exists
from openclaw.config.reading import NOT_WHOLE, Config, dotted, references
from openclaw.config.views import provider_entries, table
from openclaw.credentials import stores as reading
from openclaw.credentials.resolve import AWS_DEFAULT, referred_to, resolve
from openclaw.errors import Unreadable
from openclaw.facts import fact
from openclaw.finding import Location
from openclaw.frozen import frozen, replace
from openclaw.home import DEFAULT_AGENT
from openclaw.providers.hosts import is_local
from openclaw.providers.names import (
    CUSTOM_ENV,
    all_env_names,
    env_names,
    issuer,
    normalise,
    owners_of,
    readers,
    variables_of,
)
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from openclaw.config.views import Models
    from openclaw.credentials.originals import Original
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.references import Reference
    from openclaw.credentials.resolve import Candidate, Resolution
    from openclaw.credentials.stores import Store
    from openclaw.environment.layers import Layer
    from openclaw.facts.logins import CliLogins
    from openclaw.home import Home
    from openclaw.installation import Installation

    Kind = Literal["api_key", "token"]

GATEWAY_SECRETS = tuple(("gateway", part, name) for part in ("auth", "remote") for name in ("token", "password"))
# The gateway's own secrets in variables; the former names count for 2026.2.x only (auth-spec §1.1).
GATEWAY_ENV = ("OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD")
FORMER_GATEWAY_ENV = tuple(
    f"{name}_GATEWAY_{kind}" for name in ("CLAWDBOT", "MOLTBOT") for kind in ("TOKEN", "PASSWORD")
)
# The ends of names of members and variables that hold a secret.
SECRET_ENDS = ("key", "token", "secret", "password", "passphrase", "authorization", "credential", "credentials")
# Some of what a mask has in it (openclaw.credentials.shapes says what is one); most credentials have none of it.
MASKS = ("***", "•", "●", "∙", "·", "▪", "...", "…", "redacted", "hidden", "masked", "filtered")
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
def held(installation: Installation, stores: Stores, cli_logins: CliLogins) -> list[Held]:
    """Every secret in stores, in provider variables and in `models.providers`."""
    newer = installation.era.name == "sqlite"
    gateway = list(_of_gateway(installation))
    tokens = {item.secret for item in gateway if item.secret}
    found = [*_in_stores(stores, installation), *_in_environment(installation, stores), *_in_config(installation)]
    found += [_blank_key(installation, key) for key in _keyless(installation, stores)]
    twins, urls = _twins(installation, stores, cli_logins), _base_urls(installation.config)
    found = [
        replace(
            item,
            newer=newer,
            is_gateway_token=_trimmed(item.secret) in tokens,
            base_url=item.base_url or urls.get(normalise(item.provider), ""),
            **_twin(item, twins),
        )
        for item in found
    ]
    told = {item.target for item in (*found, *gateway)}
    return [_with_original(item, installation) for item in [*found, *gateway, *_masked(installation, told)]]


def _trimmed(secret: Secret | None) -> Secret | None:
    return Secret(js_trim(secret.reveal())) if secret else None


def _base_urls(config: Config) -> dict[str, str]:
    """Where the config sends the requests of a provider, whatever holds its key."""
    found: dict[str, str] = {}
    for key, entry in provider_entries(config.value).items():
        if isinstance(base := entry.get("baseUrl"), str):
            found.setdefault(normalise(key), base)
    return found


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
        (*_blank(installation.config), *map(normalise, _keyless(installation, stores))),
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


def _keyless(installation: Installation, stores: Stores) -> list[str]:
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


def _in_stores(stores: Stores, installation: Installation) -> Iterator[Held]:
    inherited = _used_elsewhere(stores)
    main = stores.effective[DEFAULT_AGENT]
    beside = [
        (DEFAULT_AGENT, part)
        for part in main.parts
        if part.kind == "sqlite" and part.path != stores.own[DEFAULT_AGENT].path
    ]
    for agent, store in [*stores.own.items(), *beside]:
        file, default = Location(str(store.path)), agent == stores.default
        stats = main.usage if agent == DEFAULT_AGENT else store.usage
        for item in store.profiles.values():
            keys = ("profiles", item.id)
            usage = {agent: stats[item.id]} if item.id in stats else {}
            if agent == DEFAULT_AGENT:
                usage |= inherited.get(item.id, {})
            secret, written = _followed(item, installation) if store.kind == "sqlite" else (item.secret, None)
            yield Held(
                "profile", item.id, item.provider, item.type, secret, file, agent, item,
                by_default=default, document=store, keys=keys, usage=usage, written=written,
            )  # fmt: skip


def _followed(item: Profile, installation: Installation) -> tuple[Secret | None, Any]:
    """The secret of a profile and what stands for it there: 2026.9 follows references (openclaw-new §4).

    One in a variable is judged where the variable stands.
    """
    reference = referred_to(item)
    if reference is None:
        return item.secret, None
    if reference.source != "env":
        return _found(reference, installation), reference
    # The name of a variable that is not set is a name and no key.
    named = item.secret is not None and js_trim(item.secret.reveal()) == reference.id
    return (item.secret, None) if named and not installation.environment.usable(reference.id) else (None, reference)


def _found(reference: Reference, installation: Installation) -> Secret | None:
    """What a reference leads to, where that is no variable: a file, the secret store. Programs are not run."""
    from openclaw.credentials.references import Place

    home, environment = installation.home, installation.environment
    return Place(installation.config.value, environment, home.shared_database).find(reference).secret


def _used_elsewhere(stores: Stores) -> dict[str, dict[str, Any]]:
    """Main's profiles by id → what other agents, which inherit them, have noted in stores of their own."""
    found: dict[str, dict[str, Any]] = {}
    for agent, store in stores.own.items():
        for name, stats in store.usage.items():
            if agent != DEFAULT_AGENT and name not in store.profiles:
                found.setdefault(name, {})[agent] = stats
    return found


def _twins(installation: Installation, stores: Stores, logins: CliLogins) -> dict[Secret, tuple[str, Any]]:
    """Access token → (the login that it is of, its expiry)."""
    short = installation.home.short
    found: dict[Secret, tuple[str, Any]] = {}
    for store in stores.own.values():
        for item in store.profiles.values():
            if item.type == "oauth" and item.sent:
                found[item.sent] = (item.id, item.expiry)
    for login in logins.found:
        if login.access:
            found[login.access] = (f"{login.program}'s own login ({short(login.path)})", login.expires)
    return found


def _twin(item: Held, twins: Mapping[Secret, tuple[str, Any]]) -> dict[str, Any]:
    sent = Secret(js_trim(item.secret.reveal())) if item.kind == "token" and item.secret and twins else None
    name, expires = twins.get(sent, ("", None)) if sent else ("", None)
    return {"twin": name, "twin_expires": expires}


def _in_environment(installation: Installation, stores: Stores) -> Iterator[Held]:
    """The value that counts here, and those that only the daemon sees: this shell's own stand before them for us."""
    newer = installation.era.name == "sqlite"
    read = {name for provider in (*readers(newer=newer), *CUSTOM_ENV) for name in env_names(provider, newer=newer)}
    read |= {name for provider in CUSTOM_ENV for name in variables_of(provider)}
    referred = _referred(installation, stores)
    urls = _base_urls(installation.config)
    environment = installation.environment
    for name in sorted((read | referred.keys()) & environment.values.keys()):
        provider, kind, base = referred.get(name, ("", "api_key", ""))
        if name in read:
            owners = owners_of(name)
            provider = next((owner for owner in owners if owner in urls), owners[0])
            kind = "token" if "OAUTH_TOKEN" in name else "api_key"
            base = urls.get(provider) or (base if base and provider not in _used(installation) else "")
        for layer in _layers(installation, name):
            value = environment.values[name] if layer is environment.origin[name] else layer.values[name]
            if js_trim(value) and not _said_of_the_line(layer, name, value):
                file, keys = _place(layer, name)
                yield Held(
                    "env", name, provider, kind, Secret(value), file,
                    base_url=base, document=installation.config, keys=keys,
                )  # fmt: skip


def _said_of_the_line(layer: Layer, name: str, value: str) -> bool:
    """Whether env/dotenv-syntax says it: a reference in OpenClaw's own env file that other readers would follow."""
    if not layer.path or layer.name == "config" or not js_trim(value).startswith("$"):
        return False
    from openclaw.environment.dotenv import read_env_file
    from openclaw.environment.lint import lint

    try:
        issues = lint(read_env_file(layer.path).text) if layer.name in SHARED else []
    except Unreadable:
        return False
    return any(issue.kind == "expansion" and issue.line == layer.lines.get(name) for issue in issues)


def _layers(installation: Installation, name: str) -> list[Layer]:
    """The layer that gives a variable here, and those from which the daemon would have it."""
    origin = installation.environment.origin[name]
    layers = installation.environment.layers
    return [layer for layer in layers if layer is origin or (layer.name in SHARED and name in layer.values)]


def _used(installation: Installation) -> set[str]:
    """The providers of all models in use."""
    every = [installation.models(agent) for agent in installation.agents.listed]
    return {model.provider for models in every for model in (models.default, *models.fallback_models())}


def _referred(installation: Installation, stores: Stores) -> dict[str, tuple[str, Kind, str]]:
    """The variables that alone stand for a key in the config or, in 2026.9, in a profile: of which provider and kind,
    and where it is sent."""
    found: dict[str, tuple[str, Kind, str]] = {}
    newer, urls = installation.era.name == "sqlite", _base_urls(installation.config)
    for key, entry in provider_entries(installation.config.merged).items():
        if name := variable_in(entry.get("apiKey"), newer=newer):
            found.setdefault(name, (normalise(key), "api_key", urls.get(normalise(key), "")))
    for store in stores.own.values() if newer else ():
        for item in store.profiles.values():
            reference = referred_to(item)
            if reference and reference.source == "env":
                kind: Kind = "token" if item.type == "token" else "api_key"
                found.setdefault(reference.id, (item.provider, kind, urls.get(normalise(item.provider), "")))
    return found


def variable_in(written: Any, *, newer: bool) -> str:
    """The variable that stands for a whole secret of the config: `${NAME}`; for 2026.9 also `$NAME`, an object, or the
    bare name of a provider's variable (2026.9.6); "" for none."""
    if isinstance(written, str):
        text = js_trim(written)
        names = references(text)
        if names and text == "${" + names[0] + "}":
            return names[0]
        if newer and text in all_env_names():
            return text
        if not newer or not text.startswith("$"):
            return ""
    elif not newer or not isinstance(written, dict):
        return ""
    from openclaw.credentials.references import reference_in

    reference = reference_in(written)
    return reference.id if reference and reference.source == "env" else ""


def _with_original(item: Held, installation: Installation) -> Held:
    """Where a program has left a mask in the place of a secret, with the secret that a backup still has."""
    parts = (item.secret, item.profile.refresh if item.profile else None)
    values = [part.reveal().lower() for part in parts if part]
    if not any(mark in value for value in values for mark in MASKS):
        return item
    from openclaw.credentials.originals import original_of

    return replace(item, original=original_of(item, installation.environment.values))


def _place(layer: Layer, name: str) -> tuple[Location | None, tuple[str, ...]]:
    """The line in an env file, or the keys in the config."""
    if layer.name == "config":
        return None, ("env", name)
    return (Location(str(layer.path), layer.lines.get(name)) if layer.path else None), ()


def _of_gateway(installation: Installation) -> Iterator[Held]:
    """The gateway's own secrets as they stand in the config; `provider` is whose key it looks like."""
    config, environment = installation.config, installation.environment
    for keys in GATEWAY_SECRETS:
        value = table(config.value, *keys[:-1]).get(keys[-1])
        if isinstance(value, str) and js_trim(value):
            secret = Secret(js_trim(value))
            yield Held(
                "gateway", ".".join(keys), issuer(secret.reveal()), "api_key", secret, None, document=config, keys=keys
            )
    former = () if installation.era.name == "sqlite" else FORMER_GATEWAY_ENV
    for name in (*GATEWAY_ENV, *former):
        if text := environment.usable(name):
            file, place = _place(environment.origin[name], name)
            yield Held("gateway", name, issuer(text), "api_key", Secret(text), file, document=config, keys=place)


def _in_config(installation: Installation) -> Iterator[Held]:
    config, newer = installation.config, installation.era.name == "sqlite"
    for key, entry in provider_entries(config.value).items():
        value, raw = entry.get("apiKey"), provider_entries(config.merged).get(key, {}).get("apiKey")
        keys: tuple[str, ...] = ("models", "providers", key, "apiKey")
        written: Any = Secret(raw) if isinstance(raw, str) and raw != value else None
        if newer and isinstance(value, dict):
            secret, written = _behind(value, installation), value
        elif isinstance(value, str) and not _elsewhere(raw, value, installation):
            secret = Secret(value)
        else:
            continue
        if secret is not None:
            base = entry.get("baseUrl")
            yield Held(
                "config", ".".join(keys), normalise(key), "api_key", secret, None,
                base_url=base if isinstance(base, str) else "", document=config, keys=keys, written=written,
            )  # fmt: skip


def _behind(written: Any, installation: Installation) -> Secret | None:
    """What a reference object leads to; nothing for a variable, which is judged where it stands."""
    from openclaw.credentials.references import reference_in

    reference = reference_in(written)
    return _found(reference, installation) if reference and reference.source != "env" else None


def _elsewhere(raw: Any, value: str, installation: Installation) -> bool:
    """Whether the variable itself is judged, or its absence: then nothing is said of the place that refers to it."""
    names = references(raw) if isinstance(raw, str) else []
    if any(not installation.environment.get(name) for name in names):
        return True
    name = variable_in(raw, newer=installation.era.name == "sqlite")
    # A bare name of a variable that is not set is a name and no key.
    return bool(name and js_trim(value)) and (raw != name or bool(installation.environment.usable(name)))


def _masked(installation: Installation, told: Collection[str]) -> Iterator[Held]:
    """Masks in the place of any other secret, in the config and in OpenClaw's own env files (user-pain, FM 12)."""
    config = installation.config
    for keys, value in _texts(config.merged, ()):  # as it is written: what a variable has is judged there
        target, name = ".".join(map(str, keys)), next((key for key in reversed(keys) if isinstance(key, str)), "")
        if target not in told and keys[:1] != ("env",) and _is_mask(name, value):
            yield Held("config", target, "", "api_key", Secret(value), None, document=config, keys=keys)
    for layer in installation.environment.layers:
        if layer.name in SHARED:
            for name, value in layer.values.items():
                if name not in told and _is_mask(name, value):
                    file, place = _place(layer, name)
                    yield Held("env", name, "", "api_key", Secret(value), file, document=config, keys=place)


def _texts(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in a config that may have a mask in it, with its place."""
    if isinstance(value, str):
        if any(mark in value.lower() for mark in MASKS):
            yield keys, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(item, (*keys, key))


def _is_mask(name: str, value: str) -> bool:
    """Whether a text under a name that says that it is secret is a mask; OpenClaw's own is one everywhere."""
    from openclaw.credentials.originals import SENTINEL, is_mask

    lowered = value.lower()
    if not any(mark in lowered for mark in MASKS):
        return False
    return SENTINEL in value or (name.lower().endswith(SECRET_ENDS) and is_mask(value))


def _blank_key(installation: Installation, key: str) -> Held:
    config, keys = installation.config, ("models", "providers", key, "apiKey")
    base = provider_entries(config.value)[key]["baseUrl"]
    return Held(
        "config", ".".join(keys), normalise(key), "api_key", Secret(""), None, base_url=base, document=config, keys=keys
    )


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
    if installation.environment.shell_problem:
        yield f"the login shell was not of use: {installation.environment.shell_problem}"


def _broken_config(installation: Installation) -> Iterator[str]:
    for problem in installation.config.problems:
        if problem.kind == "rejected" and not problem.aside:
            yield f"config/rejected says it: {dotted(problem.keys)} may be meant to decide it"
        elif problem.kind not in ("variable", "rejected"):
            yield "the config could not be read"
