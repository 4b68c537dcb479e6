"""Every credential there is, with the place where it stands: in stores, variables and the config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from openclaw.config.reading import Config, references
from openclaw.config.views import provider_entries, table
from openclaw.credentials.resolve import referred_to
from openclaw.errors import Unreadable
from openclaw.facts import fact
from openclaw.facts.credentials import SHARED, Held, Stores, keyless
from openclaw.finding import Location
from openclaw.frozen import replace
from openclaw.home import DEFAULT_AGENT
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

    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.references import Reference
    from openclaw.environment.layers import Layer
    from openclaw.facts.logins import CliLogins
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


@fact()
def held(installation: Installation, stores: Stores, cli_logins: CliLogins) -> list[Held]:
    """Every secret in stores, in provider variables and in `models.providers`."""
    newer = installation.era.name == "sqlite"
    gateway = list(_of_gateway(installation))
    tokens = {item.secret for item in gateway if item.secret}
    found = [*_in_stores(stores, installation), *_in_environment(installation, stores), *_in_config(installation)]
    found += [_blank_key(installation, key) for key in keyless(installation, stores)]
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
