"""`models status` as data (auth-spec §13.1): pure, from an installation and an agent's effective store.

Member names, order and values are the reference's; ours come as additional members (`auth.resolution`, `auth.check`).
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from openclaw import collation
from openclaw.config.views import provider_entries
from openclaw.credentials import verdict
from openclaw.credentials.health import all_health, email, hold, rollups, spelled, unusable
from openclaw.credentials.profiles import REFERENCE_FIELD, WARN_WINDOW
from openclaw.credentials.references import reference_in
from openclaw.credentials.resolve import Resolution, Sources, resolve
from openclaw.credentials.showing import AUTHENTICATED, identified, shown
from openclaw.frozen import frozen
from openclaw.providers.names import env_names, normalise
from openclaw.text import js_trim, remaining

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openclaw.config.views import Model, Models
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Candidate
    from openclaw.home import Home

# The providers whose environment key makes them appear without being configured (auth-spec §13.1).
ENV_PROBED = (
    "anthropic", "github-copilot", "google-vertex", "openai", "google", "groq", "cerebras", "xai", "openrouter", "zai",
    "mistral", "synthetic",
)  # fmt: skip
OAUTH_ENV = "OAuth (env)"


@frozen
class StatusInput:
    """What a status is made from. `agent` is None where none was asked for."""

    home: Home
    sources: Sources = field(repr=False)
    models: Models
    agent: str | None
    agent_dir: Path
    store_path: Path
    main_store_path: Path
    blockers: tuple[Path, ...] = ()  # older stores because of which 2026.9 refuses to run


def status(given: StatusInput) -> dict[str, Any]:
    """The whole document of `models status --json`."""
    models = given.models
    document: dict[str, Any] = {"configPath": str(given.home.config)}
    if given.agent is not None:
        document["agentId"] = given.agent
    document |= {
        "agentDir": str(given.agent_dir),
        "defaultModel": models.default_text,
        "resolvedDefault": models.default.key,
        "fallbacks": list(models.fallbacks),
        "imageModel": models.image,
        "imageFallbacks": list(models.image_fallbacks),
    }
    if given.sources.newer:
        utility = models.utility_model()
        document["utilityModel"] = {"ref": utility.key if utility else models.utility, "source": models.utility_source}
    if given.agent is not None:
        document["modelConfig"] = {"defaultSource": models.default_source, "fallbacksSource": models.fallbacks_source}
    document |= {"aliases": dict(models.aliases), "allowed": list(models.allowed), "auth": _auth(given)}
    return document


def exit_code(document: Mapping[str, Any]) -> int:
    """`--check`: 1 expired or missing, 2 expiring within the window, 0 fine."""
    return int(document["auth"]["check"]["exitCode"])


def models_in_use(models: Models) -> list[tuple[str, Model]]:
    """(role, model) of the default model, the fallbacks, the image models and the model for chores."""
    utility = models.utility_model()
    return [
        ("default model", models.default),
        *(("fallback", item) for item in models.fallback_models()),
        *(("image model", item) for item in models.image_models()),
        *([("utility model", utility)] if utility else []),
    ]


def in_use(models: Models) -> list[str]:
    """The providers of the models that are used, each once."""
    return list(dict.fromkeys(model.provider for _, model in models_in_use(models)))


def first_models(models: Models) -> dict[str, str]:
    """Provider in use → the id of the first of its models: 2026.9 holds profiles back for one model alone, too."""
    return {model.provider: model.id for _, model in reversed(models_in_use(models))}


def resolutions(given: StatusInput) -> list[Resolution]:
    """What each provider in use gets, for the first of its models."""
    first = first_models(given.models)
    return [resolve(name, given.sources, given.agent or "main", first[name]) for name in in_use(given.models)]


def _auth(given: StatusInput) -> dict[str, Any]:
    sources, environment = given.sources, given.sources.environment
    candidates = _candidates(given)
    rows = [row for provider in candidates if (row := _row(provider, given))]
    health = all_health(candidates, sources)
    used = resolutions(given)
    missing = verdict.missing(used, {row["provider"] for row in rows}, given)
    newer = {"modelRouteIssues": verdict.route_issues(given)} if sources.newer else {}
    return {
        "storePath": str(given.store_path),
        "shellEnvFallback": {"enabled": environment.shell_enabled, "appliedKeys": environment.shell_applied},
        "providersWithOAuth": [f"{row['provider']} ({count})" for row in rows if (count := _logins(row))],
        "missingProvidersInUse": missing,
        **newer,
        "providers": rows,
        "unusableProfiles": unusable(sources),
        "oauth": {
            "warnAfterMs": WARN_WINDOW,
            "profiles": [item for items in health.values() for item in items],
            "providers": rollups(candidates, health, sources),
        },
        "check": verdict.check(given, missing, used, health),
        "resolution": [_resolution(item, given) for item in used],
    }


def _candidates(given: StatusInput) -> list[str]:
    models, sources = given.models, given.sources
    found = {spelled(item.provider, sources) for item in sources.store.profiles.values()}
    found |= {spelled(name, sources) for name in provider_entries(sources.config)}
    found |= set(in_use(models))
    found |= {model.provider for text in models.allowed if (model := models.parse(text))}
    found |= {name for name in ENV_PROBED if _env(name, sources)}
    return sorted(set(filter(None, map(js_trim, found))), key=collation.key)


# ---- rows ----------------------------------------------------------------------------------------------------------


def _row(provider: str, given: StatusInput) -> dict[str, Any] | None:
    sources = given.sources
    mine = sources.store.of(provider)
    env, configured = _env(provider, sources), _configured(provider, sources)
    if not (mine or env or configured):
        return None
    kinds = [item.type for item in mine]
    row: dict[str, Any] = {
        "provider": provider,
        "effective": _effective(mine, env, configured, given),
        "profiles": {
            "count": len(mine),
            "oauth": kinds.count("oauth"),
            "token": kinds.count("token"),
            "apiKey": kinds.count("api_key"),
            "labels": [_label(item, sources) for item in mine],
        },
    }
    if env:
        row["env"] = {"value": env[0], "source": env[1]}
    if configured:
        row["modelsJson"] = {
            "value": configured,
            "source": f"models.json: {given.home.short(given.agent_dir / 'models.json')}",
        }
    return row


def _effective(mine: list[Profile], env: tuple[str, str] | None, configured: str, given: StatusInput) -> dict[str, str]:
    if mine:
        store = given.sources.store
        path = store.owner(mine[0].id).path if given.sources.newer else given.main_store_path
        return {"kind": "profiles", "detail": given.home.short(path)}
    if env:
        return {"kind": "env", "detail": env[0]}
    return {"kind": "models.json", "detail": configured}


def _logins(row: Mapping[str, Any]) -> int:
    """How many OAuth logins and tokens a row stands for; one in the environment counts too."""
    profiles, env = row["profiles"], row.get("env", {})
    return int(profiles["oauth"] + profiles["token"] + (env.get("value") == OAUTH_ENV))


def _env(provider: str, sources: Sources) -> tuple[str, str] | None:
    """(shown value, source label) of the provider's variable."""
    environment = sources.environment
    for name in env_names(provider, newer=sources.newer):
        if (value := environment.usable(name)) and not sources.lacks_plugin(provider):
            return (OAUTH_ENV if "OAUTH_TOKEN" in name else shown(value, environment)), environment.source(name)
    if normalise(provider) == "google-vertex":
        from openclaw.credentials.adc import application_default_credentials

        if application_default_credentials(environment):
            return AUTHENTICATED, "gcloud adc"
    return None


def _configured(provider: str, sources: Sources) -> str:
    found = sources.entry(provider)
    value = found[1].get("apiKey") if found else None
    return shown(value, sources.environment) if isinstance(value, str) and js_trim(value) else ""


def _label(profile: Profile, sources: Sources) -> str:
    if profile.type == "oauth":
        address = email(profile, sources)
        text = f"{profile.id}=OAuth" + (f" ({address})" if address else "")
    else:
        value = shown(profile.secret.reveal(), sources.environment) if profile.secret else "missing"
        reference = reference_in(profile.raw.get(REFERENCE_FIELD[profile.type])) if not profile.secret else None
        value = f"ref({reference})" if reference else value
        text = f"{profile.id}=" + ("token:" if profile.type == "token" else "") + value
    stats = sources.store.usage.get(profile.id)
    left = sources.store.unusable_until(profile.id) - sources.now
    if left <= 0 or not isinstance(stats, dict):
        return text
    return f"{text} [{hold(stats, sources.now)} {remaining(left)}]"


# ---- the resolution ------------------------------------------------------------------------------------------------


def _resolution(found: Resolution, given: StatusInput) -> dict[str, Any]:
    """Ours: which credential an agent run sends, and every candidate with what became of it."""
    return {
        "provider": found.provider,
        "winner": f"{found.winner.kind}:{found.winner.name}" if found.winner else None,
        "commands": verdict.commands(found, given) if found.winner is None else [],
        "chain": [_candidate(item, item is found.winner, given) for item in found.chain],
    }


def _candidate(item: Candidate, used: bool, given: StatusInput) -> dict[str, Any]:
    environment = given.sources.environment
    found: dict[str, Any] = {"source": item.kind, "name": item.name}
    if layer := environment.origin.get(item.name) if item.kind == "env" else None:
        line = f":{layer.lines[item.name]}" if item.name in layer.lines else ""
        shell = "login shell" if layer.name == "shell" else "process environment"
        found["where"] = f"{given.home.short(layer.path)}{line}" if layer.path else shell
    fingerprint = identified(item.secret.reveal(), environment) if item.secret else "none"
    return found | {"fingerprint": fingerprint, "used": used, "why": item.why}
