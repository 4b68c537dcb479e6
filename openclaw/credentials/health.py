"""The health of stored profiles as `models status` reports it (auth-spec §13.1), by their own dates alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw import collation
from openclaw.credentials.profiles import number
from openclaw.credentials.resolve import profile_order
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Sources

Item = dict[str, Any]


def all_health(candidates: list[str], sources: Sources) -> dict[str, list[Item]]:
    """Provider, as the profiles spell it, → the health of its profiles; providers and ids in the reference's order."""
    groups: dict[str, list[Profile]] = {name: [] for name in candidates}
    for profile in sources.store.profiles.values():
        if (name := spelled(profile.provider, sources)) in groups:
            groups[name].append(profile)
    return {
        name: [_health(item, sources) for item in sorted(items, key=lambda item: collation.key(item.id))]
        for name, items in groups.items()
        if items
    }


def spelled(provider: str, sources: Sources) -> str:
    """A provider as this OpenClaw lists it: as it is written, or (2026.9) trimmed and in lower case."""
    return js_trim(provider).lower() if sources.newer else provider


def email(profile: Profile, sources: Sources) -> str:
    """The address of a login: the config's, else the store's."""
    entry = sources.declared.get(profile.id)
    return js_trim(entry.email if entry and entry.email else profile.email)


def _health(profile: Profile, sources: Sources) -> Item:
    address = email(profile, sources)
    item: Item = {
        "profileId": profile.id,
        "provider": spelled(profile.provider, sources),
        "type": profile.type,
        "status": profile.health(sources.now, newer=sources.newer),
    }
    if sources.newer and (code := profile.reason_code(sources.now)):
        item["reasonCode"] = code
    elif profile.type != "api_key" and profile.expiry is not None:
        item |= {"expiresAt": profile.expiry, "remainingMs": profile.expiry - sources.now}
    elif profile.type == "oauth" and "expires" in profile.raw and not sources.newer:
        item["expiresAt"] = _as_it_stands(profile.expires)
    return item | {"source": "store", "label": f"{profile.id} ({address})" if address else profile.id}


def _as_it_stands(value: Any) -> Any:
    """An expiry that is none, as 2026.2.x prints it: what is too large for a number is null."""
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def rollups(candidates: list[str], health: Mapping[str, list[Item]], sources: Sources) -> list[Item]:
    """The health of the providers. 2026.9 lists those alone that have profiles, and judges by those that it may use."""
    if not sources.newer:
        return [_rollup(name, health.get(name, []), health.get(name, []), sources) for name in candidates]
    found = []
    for name, items in health.items():
        effective = _effective(name, items, sources)
        found.append(_rollup(name, items, effective, sources))
    return found


def _effective(provider: str, items: list[Item], sources: Sources) -> list[Item]:
    """The profiles that may be used, in order; those of the order, or all, where none may."""
    ordered, lost = profile_order(provider, sources)
    by_id = {item["profileId"]: item for item in items}
    if ordered:
        return [by_id[profile.id] for profile in ordered if profile.id in by_id]
    outside = {profile.id for profile, why in lost if why.startswith(("not in the order", "the order of"))}
    return [item for item in items if item["profileId"] not in outside]


def _rollup(provider: str, health: list[Item], judged: list[Item], sources: Sources) -> Item:
    rollup: Item = {"provider": provider, "status": _state(judged, newer=sources.newer), "profiles": health}
    rollup |= {"effectiveProfiles": judged} if sources.newer else {}
    ends = [end for item in judged if (end := number(item.get("expiresAt"))) is not None]
    if ends:
        rollup |= {"expiresAt": min(ends), "remainingMs": min(ends) - sources.now}
    return rollup


def _state(health: list[Item], *, newer: bool) -> str:
    dated = [item for item in health if item["type"] != "api_key"]
    states = {item["status"] for item in dated}
    if newer:
        states |= {item["status"] for item in health} & {"missing"}
        worst = next((state for state in ("expired", "missing", "expiring") if state in states), "")
        return worst or ("missing" if not health else "ok" if dated else "static")
    if not health:
        return "missing"
    if not dated:
        return "static"
    if states & {"expired", "missing"}:
        return "expired"
    return "expiring" if "expiring" in states else "ok"


def hold(stats: Mapping[str, Any], now: int) -> str:
    """`cooldown`, `disabled` or `disabled:<reason>`."""
    disabled = stats.get("disabledUntil")
    if isinstance(disabled, int | float) and disabled > now:
        reason = stats.get("disabledReason")
        return f"disabled:{reason}" if isinstance(reason, str) and reason else "disabled"
    return "cooldown"


def unusable(sources: Sources) -> list[Item]:
    """The profiles that OpenClaw holds back, the soonest first."""
    found = []
    for profile_id, stats in sources.store.usage.items():
        until = sources.store.unusable_until(profile_id)
        if until <= sources.now:
            continue
        profile = sources.store.profiles.get(profile_id)
        if sources.newer and profile is None:
            continue
        item: Item = {"profileId": profile_id} | ({"provider": spelled(profile.provider, sources)} if profile else {})
        item["kind"] = hold(stats, sources.now).partition(":")[0]
        item |= _reason(item, stats) if sources.newer else _plain_reason(stats)
        found.append(item | {"until": until, "remainingMs": until - sources.now})
    return sorted(found, key=lambda item: float(item["remainingMs"]))


def _plain_reason(stats: Mapping[str, Any]) -> Item:
    return {"reason": stats["disabledReason"]} if "disabledReason" in stats else {}


def _reason(item: Item, stats: Mapping[str, Any]) -> Item:
    """What 2026.9 says of it: the reason of this kind, and what to do."""
    disabled = item["kind"] == "disabled"
    reason = stats.get("disabledReason" if disabled else "cooldownReason")
    found: Item = {"reason": reason} if reason else {}
    if not disabled and stats.get("cooldownClassification"):
        found["classification"] = stats["cooldownClassification"]
    provider = str(item.get("provider", item["profileId"]))
    return found | {"recoveryHint": recovery(reason, provider, item["profileId"], disabled=disabled)}


def recovery(reason: Any, provider: str, profile_id: str, *, disabled: bool) -> str:
    """What 2026.9 advises for a profile that is held back."""
    if reason in ("auth", "auth_permanent", "session_expired"):
        return f"Re-authenticate with `openclaw models auth login --provider {provider} --profile-id '{profile_id}'`."
    if disabled and reason == "billing":
        return "Top up credits (provider billing) or switch provider."
    return "Wait for cooldown or switch provider."
