"""`models status` as data (auth-spec §13.1): pure, from an installation and an agent's effective store.

Member names, order and values are the reference's; ours come as additional members (`auth.resolution`, `auth.check`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openclaw import collation
from openclaw.config.views import provider_entries
from openclaw.credentials.profiles import WARN_WINDOW
from openclaw.credentials.resolve import AWS_DEFAULT, Resolution, Sources, resolve
from openclaw.credentials.showing import AUTHENTICATED, identified, shown
from openclaw.providers.names import env_names, normalise
from openclaw.secret import mask
from openclaw.text import js_trim, remaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from openclaw.config.views import Models
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Candidate
    from openclaw.home import Home

# The providers whose environment key makes them appear without being configured (auth-spec §13.1).
ENV_PROBED = (
    "anthropic", "github-copilot", "google-vertex", "openai", "google", "groq", "cerebras", "xai", "openrouter", "zai",
    "mistral", "synthetic",
)  # fmt: skip
OAUTH_ENV = "OAuth (env)"


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
    """`--check`: 1 expired or missing, 2 expiring within the window, 0 fine."""
    return int(document["auth"]["check"]["exitCode"])


def in_use(models: Models) -> list[str]:
    """The providers of the default model, the fallbacks and the image models, each once."""
    found = [models.default, *models.fallback_models(), *models.image_models()]
    return list(dict.fromkeys(item.provider for item in found))


def _auth(given: StatusInput) -> dict[str, Any]:
    sources, environment = given.sources, given.sources.environment
    candidates = _candidates(given)
    rows = [row for provider in candidates if (row := _row(provider, given))]
    health = _all_health(candidates, sources)
    used = [resolve(name, sources, given.agent or "main") for name in in_use(given.models)]
    missing = _missing(used, {row["provider"] for row in rows}, newer=sources.newer)
    return {
        "storePath": str(given.store_path),
        "shellEnvFallback": {"enabled": environment.shell_enabled, "appliedKeys": environment.shell_applied},
        "providersWithOAuth": [f"{row['provider']} ({count})" for row in rows if (count := _logins(row))],
        "missingProvidersInUse": missing,
        "providers": rows,
        "unusableProfiles": _unusable(sources),
        "oauth": {
            "warnAfterMs": WARN_WINDOW,
            "profiles": [item for items in health.values() for item in items],
            "providers": [_rollup(name, health.get(name, [])) for name in candidates],
        },
        "check": _check(missing, used, health, sources),
        "resolution": [_resolution(item, given) for item in used],
    }


def _candidates(given: StatusInput) -> list[str]:
    models, sources = given.models, given.sources
    found = {item.provider for item in sources.store.profiles.values()}
    found |= provider_entries(sources.config).keys()
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


def _logins(row: Mapping[str, Any]) -> int:
    """How many OAuth logins and tokens a row stands for; one in the environment counts too."""
    profiles, env = row["profiles"], row.get("env", {})
    return int(profiles["oauth"] + profiles["token"] + (env.get("value") == OAUTH_ENV))


def _env(provider: str, sources: Sources) -> tuple[str, str] | None:
    """(shown value, source label) of the provider's variable."""
    environment = sources.environment
    for name in env_names(provider, newer=sources.newer):
        if value := environment.usable(name):
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
        email = _email(profile, sources)
        text = f"{profile.id}=OAuth" + (f" ({email})" if email else "")
    else:
        value = mask(profile.secret.reveal()) if profile.secret else "missing"
        value = "reference" if profile.reference else value
        text = f"{profile.id}=" + ("token:" if profile.type == "token" else "") + value
    stats = sources.store.usage.get(profile.id)
    left = sources.store.unusable_until(profile.id) - sources.now
    if left <= 0 or not isinstance(stats, dict):
        return text
    return f"{text} [{_hold(stats, sources.now)} {remaining(left)}]"


def _hold(stats: Mapping[str, Any], now: int) -> str:
    disabled = stats.get("disabledUntil")
    if isinstance(disabled, int | float) and disabled > now:
        reason = stats.get("disabledReason")
        return f"disabled:{reason}" if isinstance(reason, str) and reason else "disabled"
    return "cooldown"


# ---- health --------------------------------------------------------------------------------------------------------


def _all_health(candidates: list[str], sources: Sources) -> dict[str, list[dict[str, Any]]]:
    """Provider, as the profiles spell it, → the health of its profiles; providers and ids in the reference's order."""
    groups: dict[str, list[Profile]] = {name: [] for name in candidates}
    for profile in sources.store.profiles.values():
        if profile.provider in groups:
            groups[profile.provider].append(profile)
    return {
        name: [_health(item, sources) for item in sorted(items, key=lambda item: collation.key(item.id))]
        for name, items in groups.items()
        if items
    }


def _email(profile: Profile, sources: Sources) -> str:
    entry = sources.declared.get(profile.id)
    return js_trim(entry.email if entry and entry.email else profile.email)


def _health(profile: Profile, sources: Sources) -> dict[str, Any]:
    email = _email(profile, sources)
    item: dict[str, Any] = {
        "profileId": profile.id,
        "provider": profile.provider,
        "type": profile.type,
        "status": profile.health(sources.now, newer=sources.newer),
    }
    if profile.type != "api_key" and profile.expiry is not None:
        item |= {"expiresAt": profile.expiry, "remainingMs": profile.expiry - sources.now}
    return item | {"source": "store", "label": f"{profile.id} ({email})" if email else profile.id}


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
    rollup: dict[str, Any] = {"provider": provider, "status": state, "profiles": health}
    with_expiry = [item for item in dated if "expiresAt" in item]
    if with_expiry:
        first = min(with_expiry, key=lambda item: item["expiresAt"])
        rollup |= {"expiresAt": first["expiresAt"], "remainingMs": first["remainingMs"]}
    return rollup


def _unusable(sources: Sources) -> list[dict[str, Any]]:
    found = []
    for profile_id, stats in sources.store.usage.items():
        until = sources.store.unusable_until(profile_id)
        if until <= sources.now:
            continue
        item: dict[str, Any] = {"profileId": profile_id}
        if profile := sources.store.profiles.get(profile_id):
            item["provider"] = profile.provider
        item["kind"] = _hold(stats, sources.now).partition(":")[0]
        if stats.get("disabledReason"):
            item["reason"] = stats["disabledReason"]
        found.append(item | {"until": until, "remainingMs": until - sources.now})
    return sorted(found, key=lambda item: float(item["remainingMs"]))


# ---- the verdict ---------------------------------------------------------------------------------------------------


def _missing(used: Iterable[Resolution], rows: set[str], *, newer: bool) -> list[str]:
    """The providers in use without a credential: for 2026.2.x without a row (§13.1), later without a usable one.

    AWS credentials come from outside; the reference reports such a provider as missing, this program does not.
    """
    if newer:
        return [item.provider for item in used if item.winner is None or item.winner.name == AWS_DEFAULT]
    return [item.provider for item in used if item.provider not in rows and not _aws(item)]


def _aws(found: Resolution) -> bool:
    return any(item.kind == "aws" and item.name != AWS_DEFAULT for item in found.chain)


def _check(
    missing: list[str], used: list[Resolution], health: Mapping[str, list[dict[str, Any]]], sources: Sources
) -> dict[str, Any]:
    """`--check` (auth-spec §13.2, openclaw-new §2.2): the exit code and a sentence for each cause of it."""
    profiles = [item for items in health.values() for item in items if item["type"] != "api_key"]
    if sources.newer:  # only what is used matters there
        winners = {item.winner.name for item in used if item.winner and item.winner.kind == "profile"}
        profiles = [item for item in profiles if item["profileId"] in winners]
    bad = [_sentence(item) for item in profiles if item["status"] in ("expired", "missing")]
    none = [_why_missing(item) for item in used if item.provider in missing]
    if none or bad:
        return {"exitCode": 1, "causes": [*none, *bad]}
    soon = [_sentence(item) for item in profiles if item["status"] == "expiring"]
    return {"exitCode": 2 if soon else 0, "causes": soon}


def _sentence(health: Mapping[str, Any]) -> str:
    name, left = health["profileId"], health.get("remainingMs")
    if health["status"] == "expiring":
        return f"{name} expires in {remaining(left or 0)}"
    if health["status"] == "expired":
        return f"{name} expired {remaining(-(left or 0))} ago"
    return f"{name} has no valid expiry" if health["type"] == "oauth" else f"{name} has no token"


def _why_missing(found: Resolution) -> str:
    reasons = "; ".join(f"{item.name}: {item.why}" for item in found.chain if item.name != AWS_DEFAULT)
    what = "no usable credential" if reasons else "no credential"
    return f"{found.provider} is in use and has {what}" + (f" ({reasons})" if reasons else "")


def _resolution(found: Resolution, given: StatusInput) -> dict[str, Any]:
    """Ours: which credential an agent run sends, and every candidate with what became of it."""
    return {
        "provider": found.provider,
        "winner": f"{found.winner.kind}:{found.winner.name}" if found.winner else None,
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
