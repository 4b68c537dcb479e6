"""Which credential OpenClaw uses for a provider, and why not the others (auth-spec §7). Pure.

The answer is the winner and the whole chain: every candidate in the order in which it is tried, with what became of it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.config.views import auth_order, declared, provider_entries
from openclaw.credentials.profiles import PLAUSIBLE_YEARS, REFERENCE_FIELD, RENEWED, SECRET_FIELD
from openclaw.frozen import frozen, replace
from openclaw.providers.names import NEWER_PLUGINS, all_env_names, env_names, normalise
from openclaw.secret import Secret
from openclaw.text import js_trim, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openclaw.config.views import Declared
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.references import Found, Reference
    from openclaw.credentials.stores import Store
    from openclaw.environment.layers import Environment

REFRESH_MARGIN = 5 * 60 * 1000  # milliseconds before its end from which on 2026.9 refreshes a login
TYPE_RANK = {"oauth": 0, "token": 1, "api_key": 2}
AWS_DEFAULT = "aws-sdk default chain"
NOT_INSTALLED = ", which is not installed"
HELD = "held back by a cooldown"
INACTIVE = "it is saved, and not active: a replacement that OpenClaw's own sign-in has not put to use yet"
COMES_FIRST = "comes first"
SourceKind = Literal["profile", "env", "config", "aws", "adc"]


@frozen
class Candidate:
    """One place where a credential for the provider is or could be. `why` says what became of it.

    `secret` is what would be sent; None where there is nothing, or where it stands elsewhere.
    """

    kind: SourceKind
    name: str  # profile id, variable name, config key path
    secret: Secret | None
    usable: bool
    why: str
    profile: Profile | None = None
    expected: bool = False  # a profile that OpenClaw considers (7.1), even where it cannot be used just now
    open: bool = False  # whether it can be used shows only when it is: 2026.9 calls it "indeterminate"


@frozen
class Resolution:
    """The credential of a provider for one agent. `winner` is None where nothing usable is there."""

    provider: str
    agent: str
    winner: Candidate | None
    chain: tuple[Candidate, ...] = ()

    @property
    def present(self) -> bool:
        """Something is there, usable or not: "missing" would be the wrong word."""
        return bool(self.winner) or any(
            item.secret or item.kind == "config" or (item.profile and item.profile.reference)
            for item in self.chain
            if item.why != INACTIVE
        )

    @property
    def indeterminate(self) -> bool:
        """What 2026.9 calls so: nothing at all is there, or the first of what is there cannot be judged by looking.

        Where something is there that cannot be used, it says "missing" (openclaw-new §10, seen with 2026.9.6).
        """
        if self.winner or any(item.open for item in self.chain):
            return not self.winner or self.winner.open
        elsewhere = "the config says it is of provider"
        return not any(
            item.kind == "config" or (item.kind == "profile" and not item.why.startswith(elsewhere))
            for item in self.chain
        )


@frozen
class Sources:
    """What resolution looks at: the resolved config, an agent's effective store, the environment, the time (ms)."""

    config: Mapping[str, Any] = field(repr=False)
    store: Store = field(repr=False)
    environment: Environment = field(repr=False)
    now: int = 0
    newer: bool = False  # OpenClaw 2026.6 and later, which reads other variables for some providers
    database: Path | None = None  # the shared state database, where references may lead
    declared: Mapping[str, Declared] = field(init=False, repr=False, compare=False)  # `auth.profiles`, by id
    _declared_of: Mapping[str, list[str]] = field(init=False, repr=False, compare=False)
    _entries: Mapping[str, dict[str, Any]] = field(init=False, repr=False, compare=False)
    _spelling: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up once for all providers: a config and a store may have thousands of profiles.
        names, entries = declared(self.config), provider_entries(self.config)
        of: dict[str, list[str]] = {}
        for item in names.values():
            of.setdefault(self.named(item.provider), []).append(item.id)
        spelling: dict[str, str] = {}
        for key in entries:
            spelling.setdefault(self.named(key), key)
        for name, value in (("declared", names), ("_declared_of", of), ("_entries", entries), ("_spelling", spelling)):
            object.__setattr__(self, name, value)

    def named(self, provider: str) -> str:
        """The name under which credentials of a provider are looked for."""
        return normalise(provider, newer=self.newer)

    def follow(self, reference: Reference) -> Found:
        """Where a reference leads."""
        from openclaw.credentials.references import Place

        return Place(self.config, self.environment, self.database).find(reference)

    def lacks_plugin(self, provider: str) -> str:
        """The plugin without which 2026.9 does not read a provider's variables; "" where that is no obstacle."""
        plugin = NEWER_PLUGINS.get(self.named(provider), "") if self.newer else ""
        if not plugin or self.database is None or self.entry(provider):
            return ""
        from openclaw.credentials.sqlite import plugin_providers

        installed = plugin_providers(self.database)
        return "" if installed is None or {provider, plugin} & installed else plugin

    def declared_of(self, provider: str) -> list[str]:
        """The ids that `auth.profiles` has for a provider, in file order."""
        return self._declared_of.get(self.named(provider), [])

    def entry(self, provider: str) -> tuple[str, dict[str, Any]] | None:
        """The `models.providers` entry: the exact key, else the first with an equal normalised id (auth-spec §5.4)."""
        key = provider if provider in self._entries else self._spelling.get(self.named(provider))
        return None if key is None else (key, self._entries[key])


def resolve(provider: str, sources: Sources, agent: str = "main", model: str = "") -> Resolution:
    """The winner of an agent run (§7.4): once one profile is eligible, the environment and the config are not asked.

    `model`: its id at the provider; 2026.9 holds profiles back for one model alone, too.
    """
    wanted = sources.named(provider)
    ordered, lost = profile_order(wanted, sources)
    chain = [_profile_candidate(item, sources, model) for item in ordered]
    others = list(_other_candidates(wanted, sources))
    if chain:
        others = [_lost(item, "a stored profile comes first") for item in others]
    candidates = [*chain, *others]
    # What can be used as it is, before what has to be refreshed first: so 2026.9 says which one it selects.
    ready = (item for item in candidates if item.usable and not item.open)
    winner = next(ready, None) or next((item for item in candidates if item.usable), None)
    if winner:
        first = f"{_label(winner)} {COMES_FIRST}"
        candidates = [item if item is winner else _lost(item, first) for item in candidates]
    excluded = [Candidate("profile", item.id, item.sent, False, why, item) for item, why in lost]
    name = js_trim(provider).lower() if sources.newer else wanted
    return Resolution(name, agent, winner, (*candidates, *excluded, *_not_stored(wanted, sources)))


def profile_order(provider: str, sources: Sources) -> tuple[list[Profile], list[tuple[Profile, str]]]:
    """The profiles that are tried, in order (§7.1), and those of the provider that are not, with the reason."""
    store, now = sources.store, sources.now
    mine = {item.id: item for item in store.of(provider)}
    explicit, where, base = _base(provider, sources)
    lost: dict[str, str] = {}
    eligible: list[Profile] = []
    for profile in (mine[name] for name in base if name in mine):
        if reason := ineligible(profile, sources.declared.get(profile.id), now, newer=sources.newer):
            lost[profile.id] = reason
        else:
            eligible.append(profile)
    outside = "the config declares other profiles of this provider"
    if explicit:
        outside = f"not in the order of {where}" if base else f"the order of {where} is empty: it allows no profile"
    lost |= dict.fromkeys((name for name in mine if name not in base), outside)
    return _sorted(eligible, store, now, keep=explicit), [(mine[name], why) for name, why in lost.items()]


def ineligible(profile: Profile, entry: Declared | None, now: int, *, newer: bool = False) -> str:
    """Why OpenClaw leaves a profile out (table of §7.1); "" where it does not."""
    if entry and normalise(entry.provider, newer=newer) != normalise(profile.provider, newer=newer):
        return f"the config says it is of provider {entry.provider}"
    if entry and entry.mode != profile.type and not (entry.mode == "oauth" and profile.type == "token"):
        return f"the config says mode {entry.mode or '(none)'}, the store has type {profile.type}"
    if newer and profile.inactive:
        return INACTIVE
    if profile.type == "oauth":
        return "" if not profile.blank or _renewable(profile) else "access and refresh are blank"
    if profile.blank:
        return "the value is blank"
    if newer and profile.command:
        return "the value is a command (openclaw onboard …), not a key"
    if profile.type == "token":
        return _expired_token(profile, now, newer=newer)
    return ""


def _expired_token(profile: Profile, now: int, *, newer: bool) -> str:
    if profile.expiry is None:
        # Only newer OpenClaw minds an `expires` that is no positive number (openclaw-new §1.4).
        return "its expiry is not a number of milliseconds" if newer and profile.misdated else ""
    if now < profile.expiry:
        return ""
    return (
        f"it is expired: its expiry {in_seconds(profile.expiry, now)}"
        if in_seconds(profile.expiry, now)
        else "it is expired"
    )


def in_seconds(expiry: float, now: int) -> str:
    """What an expiry means that was written in seconds by mistake; "" where it was not (times in ms)."""
    if not now * 0.5 < expiry * 1000 < now + PLAUSIBLE_YEARS:
        return ""
    left = expiry * 1000 - now
    when = f"in {remaining(left)}" if left > 0 else f"{remaining(-left)} ago"
    return f"is in seconds, OpenClaw wants milliseconds (as seconds: {when})"


def _base(provider: str, sources: Sources) -> tuple[bool, str, dict[str, None]]:
    """(whether an order says so, whose, the ids that may be tried in that order) of §7.1, steps 1 to 3."""
    mine = [item.id for item in sources.store.of(provider)]
    configured = sources.declared_of(provider)
    ids, where = _explicit_order(provider, sources)
    base = configured if ids is None else ids
    if ids is None and not base:
        return False, "", dict.fromkeys(mine)
    # 2026.9 falls back to all where none of the ids is stored, but not where only the config's order names them.
    stored = sources.store.profiles.keys()
    if sources.newer and base and (configured or where == "the store") and not stored & set(base):
        return False, "", dict.fromkeys(mine)
    return ids is not None, where, dict.fromkeys(base)


def _explicit_order(provider: str, sources: Sources) -> tuple[list[str] | None, str]:
    for mapping, where in ((sources.store.order, "the store"), (auth_order(sources.config), "the config")):
        for key, ids in mapping.items():
            if sources.named(key) == provider:
                return ids, where
    return None, ""


def _not_stored(provider: str, sources: Sources) -> Iterator[Candidate]:
    """The ids that an order or the config names and that are no stored profiles of the provider."""
    ids, where = _explicit_order(provider, sources)
    named = dict.fromkeys(ids or (), f"in the order of {where}") | dict.fromkeys(
        sources.declared_of(provider), "declared in the config"
    )
    mine = {item.id for item in sources.store.of(provider)}
    for name, how in named.items():
        if name not in mine:
            other = sources.store.profiles.get(name)
            dropped = sources.store.rejected.get(name)
            what = f"of provider {other.provider}" if other else "not stored"
            what = f"OpenClaw drops what is stored, because it {dropped}" if dropped else what
            yield Candidate("profile", name, None, False, f"{how}, but {what}")


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


def _profile_candidate(profile: Profile, sources: Sources, model: str) -> Candidate:
    entry = sources.declared.get(profile.id)
    used, trouble = "used", ""
    reference = referred_to(profile) if sources.newer else None
    if sources.now < sources.store.unusable_until(profile.id, model):
        trouble = HELD
    elif reference:
        return _referred(profile, reference, sources)
    elif entry and entry.provider != profile.provider:
        # Ordering compares normalised ids, resolving raw ones (§7.2).
        trouble = f"the config writes the provider {entry.provider}, the store {profile.provider}"
    elif profile.type == "oauth":
        used, trouble = _login(profile, sources)
    doubtful = bool(sources.newer and profile.type == "oauth" and not profile.fenced and _renewable(profile))
    stale = doubtful and not (profile.expiry is not None and profile.expiry - sources.now > REFRESH_MARGIN)
    return Candidate(
        "profile", profile.id, profile.sent, not trouble, trouble or used, profile, expected=True, open=stale
    )


def referred_to(profile: Profile) -> Reference | None:
    """What stands for a profile's secret on 2026.9: a reference, or the bare name of a provider's variable."""
    from openclaw.credentials.references import Reference, reference_in

    if found := reference_in(profile.raw.get(REFERENCE_FIELD.get(profile.type, ""))):
        return found
    value = profile.secret.reveal() if profile.secret else profile.raw.get(SECRET_FIELD[profile.type])
    name = js_trim(value) if isinstance(value, str) and profile.type == "api_key" else ""
    if name in all_env_names():
        return Reference("env", "default", name)
    return reference_in(value)


def _referred(profile: Profile, reference: Reference, sources: Sources) -> Candidate:
    found = sources.follow(reference)
    named = profile.secret and js_trim(profile.secret.reveal()) == reference.id
    trouble = found.trouble
    if named and trouble:
        trouble = f"its value is the name of the variable {reference.id}, which is not set"
    configured = reference.source == "env" or not trouble.startswith("secrets.providers")
    opened = bool(trouble) and configured and not named  # 2026.9: "indeterminate", and nothing else is asked
    return Candidate(
        "profile", profile.id, found.secret, not trouble, trouble or "used", profile, expected=True, open=opened
    )


def _login(profile: Profile, sources: Sources) -> tuple[str, str]:
    """(what is used, why it cannot be used) of an OAuth profile (§7.2, §9.1)."""
    if profile.fenced:
        return "", "OpenClaw could not refresh it: log in again"
    if profile.expiry is not None and sources.now < profile.expiry:
        return ("used", "") if profile.sent else ("", "the access token is blank")
    state = "it is expired" if profile.expiry is not None else "it has no expiry"
    if not _renewable(profile):
        return "", f"{state} and has no refresh token"
    if not sources.newer and normalise(profile.provider) not in RENEWED:
        return "", f"{state}, and OpenClaw does not refresh logins of {profile.provider}"
    return "used, once OpenClaw has refreshed it", ""


def _renewable(profile: Profile) -> bool:
    return bool(profile.refresh and js_trim(profile.refresh.reveal()))


def _other_candidates(provider: str, sources: Sources) -> Iterator[Candidate]:
    """What is asked where no profile is eligible, in the order of the general resolver (§7.3)."""
    key, entry = sources.entry(provider) or ("", {})
    aws = Candidate("aws", _aws_source(sources.environment), None, True, "used")
    if entry.get("auth") == "aws-sdk":
        yield aws
    yield from _env_candidates(provider, sources)
    if candidate := _config_candidate(f"models.providers.{key}.apiKey", entry.get("apiKey"), sources):
        yield candidate
    if provider == "amazon-bedrock" and "auth" not in entry:
        yield aws


def _env_candidates(provider: str, sources: Sources) -> Iterator[Candidate]:
    environment = sources.environment
    for name in env_names(provider, newer=sources.newer):
        if value := environment.usable(name):
            plugin = sources.lacks_plugin(provider)
            why = f"OpenClaw reads it only with its plugin {plugin}{NOT_INSTALLED}" if plugin else "used"
            yield Candidate("env", name, Secret(value), not plugin, why)
        elif name in environment.values:
            yield Candidate("env", name, None, False, "set but empty")
    if provider == "google-vertex":
        from openclaw.credentials.adc import application_default_credentials

        if application_default_credentials(environment):
            yield Candidate("adc", "gcloud application default credentials", None, True, "used")


def _config_candidate(name: str, value: Any, sources: Sources) -> Candidate | None:
    if isinstance(value, str) and js_trim(value):
        return Candidate("config", name, Secret(js_trim(value)), True, "used")
    if isinstance(value, dict) and "source" in value:  # a reference to a secret elsewhere: newer OpenClaw
        from openclaw.credentials.references import reference_in

        reference = reference_in(value)
        found = sources.follow(reference) if reference and sources.newer else None
        trouble = found.trouble if found else ""
        return Candidate(
            "config", name, found.secret if found else None, not trouble, trouble or "used", open=bool(trouble)
        )
    return None


def _aws_source(environment: Environment) -> str:
    if environment.usable("AWS_BEARER_TOKEN_BEDROCK"):
        return "AWS_BEARER_TOKEN_BEDROCK"
    if environment.usable("AWS_ACCESS_KEY_ID") and environment.usable("AWS_SECRET_ACCESS_KEY"):
        return "AWS_ACCESS_KEY_ID + AWS_SECRET_ACCESS_KEY"
    return "AWS_PROFILE" if environment.usable("AWS_PROFILE") else AWS_DEFAULT


def _lost(item: Candidate, why: str) -> Candidate:
    return replace(item, usable=False, why=why) if item.usable else item


def _label(item: Candidate) -> str:
    return f"profile {item.name}" if item.kind == "profile" else item.name
