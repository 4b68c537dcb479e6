"""config/, the models: references that mean nothing, and a built-in default whose provider nobody pays for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.history import CUT, is_cut
from checks.remedies import edit
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.known import exists, nearest, older_keys
from openclaw.config.views import agents, models, parse_model, table
from openclaw.providers.names import normalise
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config, KeyPath
    from openclaw.config.views import Models
    from openclaw.era import Era
    from openclaw.facts.credentials import Routes, Stores
    from openclaw.facts.setup import Copies, Usable

ERROR = Severity.ERROR


@check("config/default-model", ERROR, tags={"config", "smoke"})
def default_model(config: Config, stores: Stores, era: Era) -> Iterator[Finding]:
    """A model reference that OpenClaw cannot use."""
    _readable(config)
    held = {normalise(item.provider) for store in stores.own.values() for item in store.profiles.values()}
    seen: set[tuple[str, str]] = set()
    for role, text, keys, found in _references(config, era):
        trouble = _trouble(text, config, held, found)
        if trouble and (role, text) not in seen:
            seen.add((role, text))
            path, line, column = config.origin(keys, text)
            yield Finding(
                "config/default-model",
                ERROR,
                f"The {role} {text!r} {trouble}",
                ".".join(map(str, keys)),
                where=Location(str(path), line, column),
                remedy=Remedy("Name it as provider/model, of a provider that is there.", (edit(str(path), line),)),
            )


def _references(config: Config, era: Era) -> Iterator[tuple[str, str, KeyPath, Models]]:
    """(role, text, place, the models it belongs to) of every default and fallback model that the config names."""
    defaults: KeyPath = ("agents", "defaults", "model")
    places = [(defaults, models(config.value, None, era.default_model))]
    section = table(config.value, "agents")
    listed, entries = section.get("list"), table(section, "entries")
    for agent in agents(config.value).listed:
        if agent.model is not None:
            own: KeyPath = (
                ("agents", "entries", agent.raw_id) if agent.raw_id in entries else _in_list(listed, agent.raw_id)
            )
            places.append(((*own, "model"), models(config.value, agent, era.default_model)))
    for keys, found in places:
        setting = _at(config.value, keys)
        if isinstance(setting, str) and setting.strip():
            yield "default model", setting, keys, found
        if isinstance(setting, dict):
            primary, fallbacks = setting.get("primary"), setting.get("fallbacks")
            if isinstance(primary, str) and primary.strip():
                yield "default model", primary, (*keys, "primary"), found
            for index, text in enumerate(fallbacks if isinstance(fallbacks, list) else []):
                if isinstance(text, str):
                    yield "fallback", text, (*keys, "fallbacks", index), found


def _in_list(listed: object, name: str) -> KeyPath:
    entries = listed if isinstance(listed, list) else []
    index = next((at for at, entry in enumerate(entries) if isinstance(entry, dict) and entry.get("id") == name), 0)
    return ("agents", "list", index)


def _at(value: object, keys: KeyPath) -> object:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _trouble(text: str, config: Config, held: set[str], found: Models) -> str:
    """Why a reference cannot be used; "" where it can. An alias, and a name without a slash, mean something."""
    if not text.strip():
        return "is empty"
    if "/" in text and parse_model(text) is None:
        return "lacks the provider or the model of provider/model"
    if "${" in text:
        return ""  # config/unresolved-variable says it
    model = found.parse(text)
    if model is None:
        return "is no model reference"
    provider = normalise(model.provider)
    if provider in held or exists(provider, config.value):
        return ""
    near = nearest(provider)
    return f"names the provider {provider}, which is neither built in nor configured{f': {near}?' if near else ''}"


@check("config/implicit-default", ERROR, tags={"config", "smoke"})
def implicit_default(
    config: Config, routes: Routes, stores: Stores, usable: Usable, era: Era, copies: Copies
) -> Iterator[Finding]:
    """No default model is set, and the built-in one belongs to a provider without a credential."""
    if any(problem.kind == "variable" for problem in config.problems):
        raise Unknown("the config refers to a variable that is not set")
    if routes.guessed:
        raise Unknown(routes.guessed)
    if routes.remote:
        raise NotApplicable("gateway.mode is remote: the default model is that of the gateway")
    if is_cut(copies):
        raise NotApplicable(CUT)
    if ("agent",) in older_keys(config.merged):
        return  # config/legacy-key or config/rejected says it: the model stands where older versions had it
    for route in routes.routes:
        if route.role != "default model" or route.explicit or route.agent != stores.default:
            continue
        others = sorted(set(usable.providers) - {route.provider})
        if route.resolution.present or not others:
            continue
        if routes.unread:
            raise Unknown(routes.unread[0])
        whose = f"OpenClaw {era.version}" if era.version else "OpenClaw"
        yield Finding(
            "config/implicit-default",
            ERROR,
            f"No default model is set: the built-in one of {whose}, {route.model}, has no credential, while "
            f"{joined(others)} {'has' if len(others) == 1 else 'have'} one",
            "agents.defaults.model",
            remedy=Remedy(
                f"Set the default model of {others[0]}.",
                ("openclaw doctor --fix --only config/implicit-default",),
                "confirm",
            ),
        )


def _readable(config: Config) -> None:
    if not config.exists:
        raise NotApplicable("there is no config")
    if any(problem.kind not in ("variable", "rejected") for problem in config.problems):
        raise Unknown("the config could not be read")
