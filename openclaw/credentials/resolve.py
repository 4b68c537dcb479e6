"""Which credential OpenClaw uses for a provider, and why not the others (auth-spec §7). Pure.

The answer is the winner and the whole chain: every candidate in the order in which it is tried, with what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.config.views import auth_order, declared, provider_entry
from openclaw.providers.names import env_names, normalise
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.views import Declared
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.environment.layers import Environment

TYPE_RANK = {"oauth": 0, "token": 1, "api_key": 2}
SourceKind = Literal["profile", "env", "config", "aws", "adc"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place where a credential for the provider is or could be. `why` says what became of it."""

    kind: SourceKind
    name: str  # profile id, variable name, config key path
    secret: Secret | None
    usable: bool
    why: str
    profile: Profile | None = None
    expected: bool = False  # a profile that OpenClaw considers (7.1), even where it cannot be used just now


@dataclass(frozen=True, slots=True)
class Resolution:
    """The credential of a provider for one agent. `winner` is None where nothing usable is there."""

    provider: str
    agent: str
    winner: Candidate | None
    chain: tuple[Candidate, ...] = ()

    @property
    def present(self) -> bool:
        """Something is there, usable or not: "missing" would be the wrong word."""
        return any(item.secret or (item.profile and item.profile.reference) for item in self.chain) or bool(self.winner)


@dataclass(frozen=True, slots=True)
class Sources:
    """What resolution looks at: the resolved config, an agent's effective store, the environment, the time (ms)."""

    config: Mapping[str, Any] = field(repr=False)
    store: Store = field(repr=False)
    environment: Environment = field(repr=False)
    now: int = 0
    newer: bool = False  # OpenClaw 2026.6 and later, which reads other variables for some providers


def resolve(provider: str, sources: Sources, agent: str = "main") -> Resolution:
    """The winner of an agent run (§7.4): once one profile is eligible, the environment and the config are not asked."""
    wanted = normalise(provider)
    ordered, lost = profile_order(wanted, sources)
    chain = [_profile_candidate(item, sources) for item in ordered]
    others = [*_env_candidates(wanted, sources), *_config_candidates(wanted, sources)]
    if chain:
        blocked = "a stored profile comes first"
        others = [_lost(item, blocked) for item in others]
    candidates = (*chain, *others)
    winner = next((item for item in candidates if item.usable), None)
    rest = tuple(_lost(item, f"{_label(winner)} comes first") if winner and item.usable and item is not winner else item
                 for item in candidates)  # fmt: skip
    excluded = tuple(Candidate("profile", item.id, item.secret, False, why, item) for item, why in lost)
    return Resolution(wanted, agent, winner, rest + excluded)


def profile_order(provider: str, sources: Sources) -> tuple[list[Profile], list[tuple[Profile, str]]]:
    """The profiles that are tried, in order (§7.1), and those of the provider that are not, with the reason."""
    store, config, now = sources.store, sources.config, sources.now
    mine = {item.id: item for item in store.profiles.values() if normalise(item.provider) == provider}
    names = declared(config)
    explicit, where = _explicit_order(provider, store, config)
    configured = [item.id for item in names.values() if normalise(item.provider) == provider]
    base = explicit if explicit is not None else configured or list(mine)
    lost: dict[str, str] = {}
    eligible: list[Profile] = []
    for profile_id in dict.fromkeys(base):
        profile = mine.get(profile_id)
        if profile is None:
            continue
        reason = ineligible(profile, names.get(profile_id), now)
        if reason:
            lost[profile_id] = reason
        else:
            eligible.append(profile)
    outside = (
        f"not in the order of {where}"
        if explicit is not None
        else "the config declares other profiles of this provider"
    )
    for profile_id in mine:
        if profile_id not in base:
            lost[profile_id] = outside
    return _sorted(eligible, store, now, keep=bool(explicit)), [(mine[name], why) for name, why in lost.items()]


def ineligible(profile: Profile, entry: Declared | None, now: int) -> str:
    """Why OpenClaw leaves a profile out (table of §7.1); "" where it does not."""
    if entry and normalise(entry.provider) != normalise(profile.provider):
        return f"the config says it is of provider {entry.provider}"
    if entry and entry.mode != profile.type and not (entry.mode == "oauth" and profile.type == "token"):
        return f"the config says mode {entry.mode or '(none)'}, the store has type {profile.type}"
    if profile.type == "oauth":
        return "" if not profile.blank or profile.refreshable else "access and refresh are blank"
    if profile.blank:
        return "the value is blank"
    if profile.type == "token" and profile.expiry is not None and now >= profile.expiry:
        return "it is expired"
    return ""


def _explicit_order(provider: str, store: Store, config: Mapping[str, Any]) -> tuple[list[str] | None, str]:
    for mapping, where in ((store.order, "the store"), (auth_order(config), "the config")):
        for key, ids in mapping.items():
            if normalise(key) == provider:
                return ids, where
    return None, ""


def _sorted(profiles: list[Profile], store: Store, now: int, *, keep: bool) -> list[Profile]:
    """Explicit orders are kept, else by type and least recently used; those in cooldown come last, soonest first."""
    until = {item.id: store.unusable_until(item.id) for item in profiles}
    ready = [item for item in profiles if now >= until[item.id]]
    cooled = sorted((item for item in profiles if now < until[item.id]), key=lambda item: until[item.id])
    if not keep:
        ready.sort(key=lambda item: (TYPE_RANK[item.type], _last_used(store, item.id)))
    return ready + cooled


def _last_used(store: Store, profile_id: str) -> float:
    stats = store.usage.get(profile_id)
    value = stats.get("lastUsed") if isinstance(stats, dict) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _profile_candidate(profile: Profile, sources: Sources) -> Candidate:
    until = sources.store.unusable_until(profile.id)
    entry = declared(sources.config).get(profile.id)
    usable, why = True, "used"
    if sources.now < until:
        usable, why = False, "held back by a cooldown"
    elif entry and entry.provider != profile.provider:
        # Ordering compares normalised ids, resolving raw ones (§7.2).
        usable, why = False, f"the config writes the provider {entry.provider}, the store {profile.provider}"
    elif (
        profile.type == "oauth"
        and not profile.refreshable
        and (profile.expiry is None or sources.now >= profile.expiry)
    ):
        usable, why = False, "it is expired and has no refresh token"
    return Candidate("profile", profile.id, profile.secret, usable, why, profile, expected=True)


def _env_candidates(provider: str, sources: Sources) -> Iterator[Candidate]:
    environment = sources.environment
    for name in env_names(provider, newer=sources.newer):
        if value := environment.usable(name):
            yield Candidate("env", name, Secret(value), True, "used")
        elif name in environment.values:
            yield Candidate("env", name, None, False, "set but empty")


def _config_candidates(provider: str, sources: Sources) -> Iterator[Candidate]:
    found = provider_entry(sources.config, provider)
    key, entry = found or ("", {})
    value = entry.get("apiKey")
    if isinstance(value, str) and js_trim(value):
        yield Candidate("config", f"models.providers.{key}.apiKey", Secret(js_trim(value)), True, "used")
    if entry.get("auth") == "aws-sdk" or (provider == "amazon-bedrock" and "auth" not in entry):
        yield Candidate("aws", _aws_source(sources.environment), None, True, "used")
    if provider == "google-vertex" and _has_adc(sources.environment):
        yield Candidate("adc", "gcloud application default credentials", None, True, "used")


def _aws_source(environment: Environment) -> str:
    if environment.usable("AWS_BEARER_TOKEN_BEDROCK"):
        return "AWS_BEARER_TOKEN_BEDROCK"
    if environment.usable("AWS_ACCESS_KEY_ID") and environment.usable("AWS_SECRET_ACCESS_KEY"):
        return "AWS_ACCESS_KEY_ID + AWS_SECRET_ACCESS_KEY"
    return "AWS_PROFILE" if environment.usable("AWS_PROFILE") else "aws-sdk default chain"


def _has_adc(environment: Environment) -> bool:
    from openclaw.credentials.adc import application_default_credentials

    return application_default_credentials(environment)


def _lost(item: Candidate, why: str) -> Candidate:
    return (
        Candidate(item.kind, item.name, item.secret, False, why, item.profile, item.expected) if item.usable else item
    )


def _label(item: Candidate) -> str:
    return {"profile": "profile ", "env": "", "config": ""}.get(item.kind, "") + item.name
