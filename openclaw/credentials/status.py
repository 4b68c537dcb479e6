"""`models status` as data (auth-spec §13.1): pure, from an installation and an agent's effective store.

Member names, order and values are the reference's; ours come as additional members (`auth.resolution`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openclaw import collation
from openclaw.config.views import declared, provider_entries, provider_entry
from openclaw.credentials.profiles import WARN_WINDOW
from openclaw.credentials.resolve import Resolution, Sources, resolve
from openclaw.providers.names import env_names, normalise
from openclaw.secret import mask
from openclaw.text import js_trim, remaining

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openclaw.config.views import Models
    from openclaw.credentials.profiles import Profile
    from openclaw.home import Home

# The providers whose environment key makes them appear without being configured (auth-spec §13.1).
ENV_PROBED = (
    "anthropic", "github-copilot", "google-vertex", "openai", "google", "groq", "cerebras", "xai", "openrouter", "zai",
    "mistral", "synthetic",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusInput:
    """What a status is made from. `agent` is None where none was asked for."""

    home: Home
    sources: Sources = field(repr=False)
    models: Models
    agent: str | None
    agent_dir: Path
    store_path: Path
    main_store_path: Path


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
    if given.agent is not None:
        document["modelConfig"] = {"defaultSource": models.default_source, "fallbacksSource": models.fallbacks_source}
    document |= {"aliases": dict(models.aliases), "allowed": list(models.allowed), "auth": _auth(given)}
    return document


def exit_code(document: Mapping[str, Any]) -> int:
    """`--check` (auth-spec §13.2): 1 expired or missing, 2 expiring within the window, 0 fine."""
    auth = document["auth"]
    dated = [item["status"] for item in auth["oauth"]["profiles"] if item["type"] != "api_key"]
    if auth["missingProvidersInUse"] or any(item in ("expired", "missing") for item in dated):
        return 1
    return 2 if "expiring" in dated else 0


def in_use(models: Models) -> list[str]:
    """The providers of the default model, the fallbacks and the image models, each once."""
    found = [models.default, *models.fallback_models(), *models.image_models()]
    return list(dict.fromkeys(item.provider for item in found))


def _auth(given: StatusInput) -> dict[str, Any]:
    sources, environment = given.sources, given.sources.environment
    candidates = _candidates(given)
    rows = [row for provider in candidates if (row := _row(provider, given))]
    shown = {row["provider"] for row in rows}
    profiles = [item for item in sources.store.profiles.values() if item.provider in candidates]
    health = [_health(item, given) for item in sorted(profiles, key=_by_provider_and_id)]
    dated: dict[str, int] = {}
    for item in profiles:
        if item.type != "api_key":
            dated[item.provider] = dated.get(item.provider, 0) + 1
    used = in_use(given.models)
    return {
        "storePath": str(given.store_path),
        "shellEnvFallback": {"enabled": environment.shell_enabled, "appliedKeys": environment.shell_applied},
        "providersWithOAuth": [f"{name} ({dated[name]})" for name in candidates if name in dated and name in shown],
        "missingProvidersInUse": [name for name in used if name not in shown and not _aws(name, sources)],
        "providers": rows,
        "unusableProfiles": _unusable(sources),
        "oauth": {
            "warnAfterMs": WARN_WINDOW,
            "profiles": health,
            "providers": [_rollup(name, [item for item in health if item["provider"] == name]) for name in candidates],
        },
        "resolution": [_resolution(resolve(name, sources, given.agent or "main")) for name in used],
    }


def _candidates(given: StatusInput) -> list[str]:
    models, sources = given.models, given.sources
    found = {item.provider for item in sources.store.profiles.values()}
    found |= provider_entries(sources.config).keys()
    found |= set(in_use(models))
    found |= {model.provider for text in models.allowed if (model := models.parse(text))}
    found |= {name for name in ENV_PROBED if _env(name, sources)}
    return sorted(filter(None, map(js_trim, found)), key=collation.key)


def _row(provider: str, given: StatusInput) -> dict[str, Any] | None:
    sources = given.sources
    mine = [item for item in sources.store.profiles.values() if normalise(item.provider) == normalise(provider)]
    env, configured = _env(provider, sources), _configured(provider, sources)
    if not (mine or env or configured):
        return None
    kinds = [item.type for item in mine]
    row: dict[str, Any] = {
        "provider": provider,
        "effective": _effective(bool(mine), env, configured, given),
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


def _effective(stored: bool, env: tuple[str, str] | None, configured: str, given: StatusInput) -> dict[str, str]:
    if stored:
        return {"kind": "profiles", "detail": given.home.short(given.main_store_path)}
    if env:
        return {"kind": "env", "detail": env[0]}
    return {"kind": "models.json", "detail": configured}


def _env(provider: str, sources: Sources) -> tuple[str, str] | None:
    """(shown value, source label) of the provider's variable."""
    environment = sources.environment
    for name in env_names(provider, newer=sources.newer):
        if value := environment.usable(name):
            source = environment.source(name)
            return ("OAuth (env)" if "OAUTH_TOKEN" in name else mask(value)), source
    if normalise(provider) == "google-vertex":
        from openclaw.credentials.adc import application_default_credentials

        if application_default_credentials(environment):
            return mask("<authenticated>"), "gcloud adc"
    return None


def _configured(provider: str, sources: Sources) -> str:
    found = provider_entry(sources.config, provider)
    value = found[1].get("apiKey") if found else None
    return mask(value) if isinstance(value, str) and js_trim(value) else ""


def _aws(provider: str, sources: Sources) -> bool:
    """AWS credentials come from outside; the reference reports such a provider as missing, this program does not."""
    return any(item.kind == "aws" and item.name != "aws-sdk default chain" for item in resolve(provider, sources).chain)


def _label(profile: Profile, sources: Sources) -> str:
    if profile.type == "oauth":
        email = _email(profile, sources)
        shown = f"{profile.id}=OAuth" + (f" ({email})" if email else "")
    else:
        value = mask(profile.secret.reveal()) if profile.secret else "missing"
        shown = f"{profile.id}=" + ("token:" if profile.type == "token" else "") + value
    stats = sources.store.usage.get(profile.id)
    left = sources.store.unusable_until(profile.id) - sources.now
    if left <= 0 or not isinstance(stats, dict):
        return shown
    return f"{shown} [{_hold(stats, sources.now)} {remaining(left)}]"


def _hold(stats: Mapping[str, Any], now: int) -> str:
    disabled = stats.get("disabledUntil")
    if isinstance(disabled, int | float) and disabled > now:
        reason = stats.get("disabledReason")
        return f"disabled:{reason}" if isinstance(reason, str) and reason else "disabled"
    return "cooldown"


def _email(profile: Profile, sources: Sources) -> str:
    entry = declared(sources.config).get(profile.id)
    return js_trim(entry.email if entry and entry.email else profile.email)


def _health(profile: Profile, given: StatusInput) -> dict[str, Any]:
    now, email = given.sources.now, _email(profile, given.sources)
    shown: dict[str, Any] = {
        "profileId": profile.id,
        "provider": profile.provider,
        "type": profile.type,
        "status": profile.health(now),
    }
    if profile.type != "api_key" and profile.expiry is not None:
        shown |= {"expiresAt": profile.expiry, "remainingMs": profile.expiry - now}
    return shown | {"source": "store", "label": f"{profile.id} ({email})" if email else profile.id}


def _rollup(provider: str, health: list[dict[str, Any]]) -> dict[str, Any]:
    dated = [item for item in health if item["type"] != "api_key"]
    states = {item["status"] for item in dated}
    if not health:
        state = "missing"
    elif not dated:
        state = "static"
    elif states & {"expired", "missing"}:
        state = "expired"
    else:
        state = "expiring" if "expiring" in states else "ok"
    shown: dict[str, Any] = {"provider": provider, "status": state, "profiles": health}
    expiries = [item["expiresAt"] for item in dated if "expiresAt" in item]
    if expiries:
        first = min(dated, key=lambda item: item.get("expiresAt", float("inf")))
        shown |= {"expiresAt": first["expiresAt"], "remainingMs": first["remainingMs"]}
    return shown


def _unusable(sources: Sources) -> list[dict[str, Any]]:
    found = []
    for profile_id, stats in sources.store.usage.items():
        until = sources.store.unusable_until(profile_id)
        if until <= sources.now:
            continue
        shown: dict[str, Any] = {"profileId": profile_id}
        if profile := sources.store.profiles.get(profile_id):
            shown["provider"] = profile.provider
        shown["kind"] = _hold(stats, sources.now).partition(":")[0]
        if stats.get("disabledReason"):
            shown["reason"] = stats["disabledReason"]
        found.append(shown | {"until": until, "remainingMs": until - sources.now})
    return sorted(found, key=lambda item: float(item["remainingMs"]))


def _resolution(found: Resolution) -> dict[str, Any]:
    """Ours: which credential an agent run sends, and every candidate with what became of it."""
    return {
        "provider": found.provider,
        "winner": f"{found.winner.kind}:{found.winner.name}" if found.winner else None,
        "chain": [
            {
                "source": item.kind,
                "name": item.name,
                "fingerprint": item.secret.fingerprint() if item.secret else "none",
                "used": item is found.winner,
                "why": item.why,
            }
            for item in found.chain
        ],
    }


def _by_provider_and_id(profile: Profile) -> tuple[Any, Any]:
    return collation.key(profile.provider), collation.key(profile.id)
