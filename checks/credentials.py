"""credentials/: what the stores hold, and what is missing.

For one credential the first cause is reported and the rest stays silent (`first_cause`): a value that is a placeholder is
not also expired. What nobody could read is `unknown`, never "missing".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, Remedy, Severity, Unknown, check
from openclaw.config.views import auth_order
from openclaw.credentials.shapes import Trouble, diagnose, is_subscription_token
from openclaw.credentials.shapes import truncated as looks_truncated
from openclaw.providers.names import normalise
from openclaw.text import remaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openclaw.config.reading import Config
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.facts.credentials import Held, Refusals, Route, Routes, Stores
    from openclaw.facts.installation import Clock

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SEVERITIES = {"error": ERROR, "warning": WARNING}

# The OAuth logins that OpenClaw renews by itself (auth-spec §9.1); of any other provider they just end.
REFRESHED = frozenset(
    {"anthropic", "chutes", "github-copilot", "google-antigravity", "google-gemini-cli", "openai-codex", "qwen-portal"}
)


# ---- nothing there -------------------------------------------------------------------------------------------------


@check("credentials/none", ERROR, tags={"auth", "smoke"})
def none(stores: Stores, routes: Routes) -> Iterator[Finding]:
    """No credential for any provider."""
    _require_readable(stores)
    if not routes.any_credential:
        blocked = f"; the .env of this directory sets {', '.join(routes.blocked)}, which this OpenClaw ignores there"
        yield Finding(
            "credentials/none",
            ERROR,
            "No credentials found: no profile, no environment variable and no config entry has one for any provider"
            + (blocked if routes.blocked else ""),
            remedy=Remedy(
                "Store an API key with the wizard, or run `claude setup-token` on the gateway host and paste the token.",
                ("openclaw onboard", "openclaw models auth paste-token --provider anthropic"),
            ),
        )


@check("credentials/missing", ERROR, tags={"auth", "smoke"})
def missing(stores: Stores, routes: Routes) -> Iterator[Finding]:
    """A provider in use has no credential."""
    _require_readable(stores)
    if not routes.any_credential:
        return  # credentials/none says it
    for route in routes.routes:
        if route.resolution.present:
            continue
        what = f"{route.provider} has no credential" + (f" for agent {route.agent}" if len(_agents(routes)) > 1 else "")
        built_in = "" if route.explicit else ", the built-in default,"
        yield Finding(
            "credentials/missing",
            ERROR if route.role == "default model" else WARNING,
            f"{what}: the {route.role} {route.model}{built_in} cannot be used",
            target=f"{route.agent}/{route.provider}",
            remedy=_remedy_missing(route, default=route.agent == stores.default),
        )


# ---- expiry --------------------------------------------------------------------------------------------------------


@check("credentials/expired", ERROR, tags={"auth", "smoke"})
def expired(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """A token or login that is past its expiry."""
    for item, profile, left in _dated(held, clock.now):
        if left > 0:
            continue
        ago = remaining(-left)
        if profile.refreshable and normalise(profile.provider) in REFRESHED:
            message = f"{profile.id} expired {ago} ago; the gateway refreshes it by itself"
            yield Finding("credentials/expired", INFO, message, profile.id, where=item.where)
        else:
            why = "" if profile.type == "token" else " and nothing refreshes it"
            message = f"{profile.id} expired {ago} ago{why}"
            yield Finding("credentials/expired", ERROR, message, profile.id, where=item.where, remedy=_renew(item))


@check("credentials/expiring", WARNING, tags={"auth", "smoke"})
def expiring(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """A token or login that expires within 24 hours."""
    for item, profile, left in _dated(held, clock.now):
        if profile.health(clock.now) == "expiring":
            message = f"{profile.id} expires in {remaining(left)}"
            yield Finding("credentials/expiring", WARNING, message, profile.id, where=item.where, remedy=_renew(item))


@check("credentials/expires-unit", ERROR, tags={"auth"})
def expires_unit(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """An `expires` that is no plausible date in milliseconds."""
    for item in held:
        if item.profile is None or first_cause(item, clock.now) != "credentials/expires-unit":
            continue
        trouble = item.profile.expires_trouble(clock.now)
        yield Finding(
            "credentials/expires-unit",
            ERROR,
            f"`expires` of {item.target} {trouble}: OpenClaw wants milliseconds since 1970",
            item.target,
            evidence={"expires": str(item.profile.expires)[:40]},
            where=item.where,
            remedy=Remedy("Correct the number in the store, or store the token again.", _paste(item), "confirm"),
        )


# ---- the value itself ----------------------------------------------------------------------------------------------


@check("credentials/redacted", ERROR, tags={"auth", "smoke"})
def redacted(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """A redaction mark stands where a secret belongs."""
    yield from _shaped("credentials/redacted", held, clock, "confirm")


@check("credentials/placeholder", ERROR, tags={"auth", "smoke"})
def placeholder(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """Template text, or nothing, where a secret belongs."""
    yield from _shaped("credentials/placeholder", held, clock, "manual")


@check("credentials/whitespace", ERROR, tags={"auth", "smoke"})
def whitespace(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """Blanks, line breaks, quotes or shell syntax in or around a secret."""
    yield from _shaped("credentials/whitespace", held, clock, "confirm")


@check("credentials/gateway-token-as-key", ERROR, tags={"auth"})
def gateway_token_as_key(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """The gateway's own token stands where a provider's key belongs."""
    yield from _shaped("credentials/gateway-token-as-key", held, clock, "manual")


@check("credentials/foreign-key", ERROR, tags={"auth", "smoke"})
def foreign_key(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """A key of another provider."""
    yield from _shaped("credentials/foreign-key", held, clock, "confirm")


@check("credentials/wrong-kind", ERROR, tags={"auth", "smoke"})
def wrong_kind(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """A value that is no credential of this kind."""
    yield from _shaped("credentials/wrong-kind", held, clock, "confirm")


@check("credentials/truncated", WARNING, tags={"auth"})
def truncated(held: list[Held], clock: Clock) -> Iterator[Finding]:
    """A setup-token that may lack its end."""
    for item in held:
        if item.secret is None or item.kind == "oauth" or first_cause(item, clock.now):
            continue
        trouble = looks_truncated(item.secret.reveal())
        if trouble:
            yield _value_finding(item, trouble, "manual")


@check("credentials/claude-code-only", ERROR, tags={"auth"})
def claude_code_only(routes: Routes, refusals: Refusals) -> Iterator[Finding]:
    """A Claude subscription token is what Anthropic's API would get."""
    sent = [route for route in routes.routes if _sends_subscription_token(route)]
    where = refusals.places[0] if refusals.places else None
    if where is None and not sent:
        return
    name = sent[0].winner.name if sent and sent[0].winner else "anthropic"
    remedy = Remedy(
        "Use an Anthropic API key for the gateway, or run Claude through the Claude CLI.",
        ("openclaw onboard --provider anthropic --method api-key",),
    )
    if where:
        message = 'Anthropic refused a subscription token: it "is only authorized for use with Claude Code"'
        yield Finding("credentials/claude-code-only", ERROR, message, name, where=where, remedy=remedy)
    else:
        message = f"{name} is a Claude subscription token: OpenClaw supports it, but Anthropic may refuse it outside Claude Code"
        yield Finding("credentials/claude-code-only", INFO, message, name, remedy=Remedy(remedy.text))


# ---- stores and orders ---------------------------------------------------------------------------------------------


@check("credentials/store-corrupt", ERROR, tags={"auth", "smoke"})
def store_corrupt(stores: Stores) -> Iterator[Finding]:
    """A credential store that exists and is not one."""
    for store in stores.broken():
        if store.problem and store.problem.kind == "corrupt" and store.kind == "json":
            yield _store_finding("credentials/store-corrupt", store, "Repair the file, or restore a backup beside it.")


@check("credentials/store-unreadable", ERROR, tags={"auth", "smoke"})
def store_unreadable(stores: Stores) -> Iterator[Finding]:
    """A credential store that exists and cannot be read."""
    for store in stores.broken():
        if store.problem and store.problem.kind == "unreadable" and store.kind == "json":
            remedy = "Give the file back to the user whom the gateway runs as."
            yield _store_finding("credentials/store-unreadable", store, remedy, (f"ls -l '{store.path}'",))


@check("credentials/sqlite-unreadable", ERROR, tags={"auth", "smoke"})
def sqlite_unreadable(stores: Stores) -> Iterator[Finding]:
    """A credential database that could not be looked into."""
    for store in stores.broken():
        if store.kind == "sqlite":
            remedy = "This program only reads it. Let OpenClaw itself look at it."
            yield _store_finding("credentials/sqlite-unreadable", store, remedy, ("openclaw real doctor",))


@check("credentials/order-unknown", ERROR, tags={"auth"})
def order_unknown(stores: Stores, config: Config) -> Iterator[Finding]:
    """An auth order names a profile that is not there, or is of another provider."""
    for agent, store in stores.own.items():
        if store.problem:
            continue
        for provider, ids in store.order.items():
            for profile_id in _strangers(provider, ids, stores.effective[agent]):
                where = Location(str(store.path), *store.place("order", provider))
                yield _order_finding(
                    profile_id, provider, f"the order of agent {agent}", where, stores.effective[agent]
                )
    default = stores.effective.get(stores.default)
    if default is None or default.problem:
        return
    for provider, ids in auth_order(config.value).items():
        for profile_id in _strangers(provider, ids, default):
            where = Location(str(config.path), *config.place("auth", "order", provider))
            yield _order_finding(profile_id, provider, "auth.order in the config", where, default)


# ---- shared --------------------------------------------------------------------------------------------------------


def first_cause(item: Held, now: int) -> str:
    """The check that speaks for a credential ("" where none does), in the order of the check list."""
    trouble = _trouble(item)
    if trouble and (trouble.severity == "error" or trouble.slug != "credentials/wrong-kind"):
        return trouble.slug
    profile = item.profile
    if profile and profile.expires_trouble(now):
        return trouble.slug if trouble else "credentials/expires-unit"
    return trouble.slug if trouble else ""


def _trouble(item: Held) -> Trouble | None:
    if item.kind == "oauth" or item.secret is None:
        blank = item.profile is not None and item.profile.blank and not item.profile.refreshable
        return Trouble("credentials/placeholder", "error", "It has no value.") if blank else None
    found = diagnose(item.secret.reveal(), item.provider, item.kind, base_url=item.base_url, newer=item.newer)
    return found[0] if found else None


def _shaped(slug: str, held: Iterable[Held], clock: Clock, fix: str) -> Iterator[Finding]:
    for item in held:
        trouble = _trouble(item)
        if trouble and trouble.slug == slug and first_cause(item, clock.now) == slug:
            yield _value_finding(item, trouble, fix)


def _value_finding(item: Held, trouble: Trouble, fix: str) -> Finding:
    evidence = {"value": item.secret.fingerprint()} if item.secret else {}
    if trouble.cleaned:
        evidence["meant"] = trouble.cleaned.fingerprint()
    belongs = f" It belongs to {trouble.provider}." if trouble.provider else ""
    return Finding(
        trouble.slug,
        SEVERITIES[trouble.severity],
        f"{item.target}: {trouble.what.rstrip('.')}",
        item.target if not item.agent or item.agent == "main" else f"{item.agent}/{item.target}",
        evidence=evidence,
        where=item.where,
        remedy=Remedy(f"Store the right value.{belongs}", _store_again(item, trouble), fix),  # type: ignore[arg-type]
    )


def _store_again(item: Held, trouble: Trouble) -> tuple[str, ...]:
    provider = trouble.provider or item.provider
    if item.source != "profile":
        return (f"openclaw onboard --provider {provider}",)
    return (
        _paste(item)
        if item.kind == "token" or trouble.kind == "token"
        else (f"openclaw onboard --provider {provider}",)
    )


def _paste(item: Held) -> tuple[str, ...]:
    agent = "" if item.agent in ("", "main") else f" --agent {item.agent}"
    return (f"openclaw models auth paste-token --provider {item.provider} --profile-id {item.target}{agent}",)


def _renew(item: Held) -> Remedy:
    """How a credential of this kind is made anew."""
    if item.kind == "oauth":
        return Remedy("Log in again.", (f"openclaw real models auth login --provider {item.provider}",))
    if normalise(item.provider) == "anthropic":
        return Remedy("Make a new token on the gateway host and paste it.", ("claude setup-token", *_paste(item)))
    return Remedy("Make a new token and paste it.", _paste(item))


def _remedy_missing(route: Route, *, default: bool) -> Remedy:
    agent = "" if default else f" --agent {route.agent}"
    onboard = f"openclaw onboard --provider {route.provider}{agent}"
    if route.provider == "anthropic":
        paste = f"openclaw models auth paste-token --provider anthropic{agent}"
        text = "Store an API key; or run `claude setup-token` on the gateway host and paste the token."
        return Remedy(text, (onboard, paste))
    return Remedy("Store a key for it, or choose a default model of a provider that has one.", (onboard,))


def _dated(held: Iterable[Held], now: int) -> Iterator[tuple[Held, Profile, float]]:
    """The profiles with an expiry that can be believed, and the milliseconds left."""
    for item in held:
        profile = item.profile
        if profile is None or profile.type == "api_key" or profile.expiry is None:
            continue
        cause = first_cause(item, now)
        if cause in ("", "credentials/wrong-kind") and not profile.expires_trouble(now):
            yield item, profile, profile.expiry - now


def _sends_subscription_token(route: Route) -> bool:
    winner = route.winner
    return bool(
        route.provider == "anthropic" and winner and winner.secret and is_subscription_token(winner.secret.reveal())
    )


def _require_readable(stores: Stores) -> None:
    for store in stores.broken():
        raise Unknown(f"the credential store {store.path} {store.problem.message if store.problem else ''}".strip())


def _agents(routes: Routes) -> set[str]:
    return {route.agent for route in routes.routes}


def _store_finding(slug: str, store: Store, remedy: str, commands: tuple[str, ...] = ()) -> Finding:
    problem = store.problem
    assert problem is not None  # noqa: S101 - callers look at it
    where = Location(str(store.path), problem.line, problem.column)
    message = f"The credential store of agent {store.agent} {problem.message}; it is not treated as empty"
    return Finding(slug, ERROR, message, store.agent, where=where, remedy=Remedy(remedy, commands))


def _strangers(provider: str, ids: Iterable[str], store: Store) -> list[str]:
    wanted = normalise(provider)
    known = store.profiles
    return [name for name in ids if name not in known or normalise(known[name].provider) != wanted]


def _order_finding(profile_id: str, provider: str, what: str, where: Location, store: Store) -> Finding:
    found = store.profiles.get(profile_id)
    trouble = f"of {found.provider}, not of {provider}" if found else "not stored"
    message = f"{what[0].upper()}{what[1:]} for {provider} names {profile_id}, which is {trouble}"
    good = [item.id for item in store.profiles.values() if normalise(item.provider) == normalise(provider)]
    commands = (f"openclaw models auth order set --provider {provider} {' '.join(good)}",) if good else ()
    return Finding(
        "credentials/order-unknown",
        ERROR,
        message,
        f"{provider}/{profile_id}",
        where=where,
        remedy=Remedy("Take the id out of the order.", commands, "confirm"),
    )
