"""credentials/: the credentials themselves, and what is missing. The stores that hold them are in `checks.stores`.

What is wrong with one credential is decided in `checks.verdict`: each gets one finding. What nobody could read is
`unknown`, never "missing".
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.declared import kind_by_value
from checks.knowing import or_unknown
from checks.remedies import obtain, option
from checks.verdict import ERROR, ORDER, WARNING, paste, target, verdict, verdicts
from openclaw.api import Finding, NotApplicable, Remedy, Unfixable, Unknown, check
from openclaw.config.views import declared
from openclaw.credentials.resolve import INACTIVE
from openclaw.credentials.shapes import truncated as looks_truncated
from openclaw.frozen import replace
from openclaw.providers.names import all_env_names, env_names, normalise
from openclaw.text import count, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openclaw.config.reading import Config
    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Route, Routes, Stores
    from openclaw.facts.exposure import Emptied
    from openclaw.facts.installation import Clock
    from openclaw.facts.service import Daemon
    from openclaw.installation import Installation

OWN_LOGINS = {"claude-cli": "claude /login", "codex-cli": "codex login"}
SET_UP = "Set one up: an API key, or the token that `claude setup-token` makes."
REMOTE = "gateway.mode is remote: the credentials are on the host of the gateway"

# ---- nothing there -------------------------------------------------------------------------------------------------


@check("credentials/none", ERROR, tags={"auth", "smoke"})
def none(routes: Routes, daemon: Daemon, emptied: tuple[Emptied, ...], era: Era) -> Iterator[Finding]:
    """No credential for any provider."""
    if routes.any_credential or routes.blank or _of_daemon(daemon, all_env_names()):
        return
    if routes.remote:
        raise NotApplicable(REMOTE)
    if routes.unread:
        raise Unknown(routes.unread[0])
    ignored = f"; this OpenClaw ignores {joined(list(routes.blocked))} in the .env of this directory"
    yield Finding(
        "credentials/none",
        ERROR,
        f"There is no credential for any provider{ignored if routes.blocked else ''}",
        remedy=_from_backup(emptied, era) or Remedy(SET_UP, ("openclaw onboard",)),
    )


def _from_backup(emptied: tuple[Emptied, ...], era: Era) -> Remedy | None:
    """What a backup still has is nearer than a new key; an `auth-profiles.json` blocks 2026.6 and later (§1.7)."""
    if not emptied:
        return None
    which = joined([f"{item.backup} ({count(item.profiles, 'profile')})" for item in emptied])
    if era.name == "sqlite":
        return Remedy(f"{SET_UP} An older store is still in {which}.", ("openclaw onboard",))
    commands = tuple(f"cp -p {quote(item.backup)} {quote(item.store)}" for item in emptied)
    return Remedy(f"Put the store back that was emptied: {which}. Or set a new one up: openclaw onboard.", commands)


@check("credentials/missing", ERROR, tags={"auth", "smoke"})
def missing(routes: Routes, stores: Stores, era: Era, daemon: Daemon) -> Iterator[Finding]:
    """A provider in use has no credential."""
    if routes.guessed:
        raise Unknown(routes.guessed)
    if routes.remote:
        raise NotApplicable(REMOTE)
    if not (routes.any_credential or routes.blank or _of_daemon(daemon, all_env_names())):
        if routes.unread:
            raise Unknown(routes.unread[0])
        return  # credentials/none says it
    newer = era.name == "sqlite"
    lacking = [
        route
        for route in routes.routes
        if not route.said_by
        and route.role != "image model"
        and not route.own_login
        and route.provider not in routes.blank
        and not _anything(route, stores)
        and not _of_daemon(daemon, env_names(route.provider, newer=newer))
    ]
    if lacking and routes.unread:
        raise Unknown(routes.unread[0])
    several = len({route.agent for route in routes.routes}) > 1
    for route in lacking:
        who = f"{route.provider} has no credential" + (f" for agent {route.agent}" if several else "")
        built_in = "" if route.explicit else ", the built-in default,"
        agent = "" if route.agent == stores.default else route.agent
        yield Finding(
            "credentials/missing",
            ERROR if route.role == "default model" else WARNING,
            f"{who}: the {route.role} {route.model}{built_in} cannot be used{_empty_variables(route)}{_saved(route)}",
            f"{route.agent}/{route.provider}",
            remedy=_activated(route, agent) or _remedy_missing(route.provider, agent, newer=newer),
        )


def _anything(route: Route, stores: Stores) -> bool:
    """Something is there for the provider, good or bad: what is bad has a check of its own."""
    found = route.resolution
    dropped = stores.effective[route.agent].rejected if route.agent in stores.effective else {}
    return (
        found.present
        or any(item.profile and item.why != INACTIVE for item in found.chain)
        or any(normalise(profile_id.partition(":")[0]) == route.provider for profile_id in dropped)
    )


def _of_daemon(daemon: Daemon, names: Iterable[str]) -> bool:
    """The gateway's service has a key of its own (its unit, an environment file), whatever this shell has."""
    return daemon.environment is not None and any(daemon.environment.usable(name) for name in names)


def _empty_variables(route: Route) -> str:
    names = [item.name for item in route.resolution.chain if item.kind == "env" and item.secret is None]
    return f"; {joined(names)} {'is' if len(names) == 1 else 'are'} set, but empty" if names else ""


def _inactive(route: Route) -> list[str]:
    """The profiles that a sign-in of 2026.9 has saved and not put to use."""
    return [item.name for item in route.resolution.chain if item.why == INACTIVE]


def _activated(route: Route, agent: str) -> Remedy | None:
    names = _inactive(route)
    command = f"openclaw real models auth activate {quote(names[0])}{option('--agent', agent)}" if names else ""
    return Remedy("OpenClaw tests what is saved, and then uses it.", (command,)) if command else None


def _saved(route: Route) -> str:
    names = _inactive(route)
    return f"; {joined(names)} is saved, and not active" if names else ""


def _remedy_missing(provider: str, agent: str, *, newer: bool) -> Remedy:
    if provider in OWN_LOGINS:
        return Remedy(
            "The models run through a program with a login of its own: log in there.", (OWN_LOGINS[provider],)
        )
    commands = obtain(provider, agent=agent, newer=newer)
    if provider == "anthropic":
        again = f"openclaw models auth paste-token --provider anthropic{option('--agent', agent)}"
        text = "Store an API key; or run `claude setup-token` on the gateway host and paste the token."
        return Remedy(text, (*commands, again))
    return Remedy("Store a credential for it, or choose a default model of a provider that has one.", commands)


# ---- one credential ------------------------------------------------------------------------------------------------


@check("credentials/refresh-fence", ERROR, tags={"auth", "smoke"})
def refresh_fence(held: list[Held], stores: Stores, clock: Clock) -> Iterator[Finding]:
    """A login that OpenClaw failed to refresh."""
    yield from or_unknown(verdicts("credentials/refresh-fence", held, clock.now), stores)


@check("credentials/redacted", ERROR, tags={"auth", "smoke"})
def redacted(held: list[Held], stores: Stores, clock: Clock, unread_places: tuple[str, ...]) -> Iterator[Finding]:
    """A redaction mark stands where a secret belongs."""
    yield from or_unknown(verdicts("credentials/redacted", held, clock.now), stores, unread_places)


@check("credentials/placeholder", ERROR, tags={"auth", "smoke"})
def placeholder(held: list[Held], stores: Stores, clock: Clock, unread_places: tuple[str, ...]) -> Iterator[Finding]:
    """Template text, or nothing, where a secret belongs."""
    yield from or_unknown(verdicts("credentials/placeholder", held, clock.now), stores, unread_places)


@check("credentials/local-blank", WARNING, tags={"auth"})
def local_blank(held: list[Held], stores: Stores, clock: Clock, unread_places: tuple[str, ...]) -> Iterator[Finding]:
    """A provider on this host or network without any text for a key."""
    yield from or_unknown(verdicts("credentials/local-blank", held, clock.now), stores, unread_places)


@check("credentials/whitespace", ERROR, tags={"auth", "smoke"})
def whitespace(held: list[Held], stores: Stores, clock: Clock, unread_places: tuple[str, ...]) -> Iterator[Finding]:
    """Blanks, line breaks, quotes or shell syntax in or around a secret."""
    yield from or_unknown(verdicts("credentials/whitespace", held, clock.now), stores, unread_places)


@check("credentials/gateway-token-as-key", ERROR, tags={"auth"})
def gateway_token_as_key(
    held: list[Held], stores: Stores, clock: Clock, unread_places: tuple[str, ...]
) -> Iterator[Finding]:
    """The gateway's own token stands where a provider's key belongs, or the reverse."""
    yield from or_unknown(verdicts("credentials/gateway-token-as-key", held, clock.now), stores, unread_places)


@check("credentials/foreign-key", ERROR, tags={"auth", "smoke"})
def foreign_key(
    held: list[Held], stores: Stores, installation: Installation, clock: Clock, unread_places: tuple[str, ...]
) -> Iterator[Finding]:
    """A key of another provider."""
    found = verdicts("credentials/foreign-key", held, clock.now)
    kept = (_if_movable(item, held, stores, installation) for item in found)
    yield from or_unknown(kept, stores, unread_places)


def _if_movable(finding: Finding, held: list[Held], stores: Stores, installation: Installation) -> Finding:
    """The finding; to be mended by hand where the place that the key belongs to is taken."""
    if finding.remedy is None or finding.remedy.fix == "manual":
        return finding
    from checks.fixes.moving import foreign_key as move

    try:
        move.plan(finding, held, stores, installation)
    except Unfixable:
        return replace(finding, remedy=replace(finding.remedy, fix="manual"))
    return finding


@check("credentials/wrong-kind", ERROR, tags={"auth", "smoke"})
def wrong_kind(
    held: list[Held], stores: Stores, config: Config, clock: Clock, unread_places: tuple[str, ...]
) -> Iterator[Finding]:
    """A value that is no credential of this kind."""
    modes = {item.id: item.mode for item in declared(config.value).values()}
    # Where the config says what the value is, and the store does not, OpenClaw leaves it out: config-mismatch says it.
    told = [item for item in held if not (item.profile and modes.get(item.target) == kind_by_value(item.profile))]
    yield from or_unknown(verdicts("credentials/wrong-kind", told, clock.now), stores, unread_places)


@check("credentials/expires-unit", ERROR, tags={"auth"})
def expires_unit(held: list[Held], stores: Stores, clock: Clock) -> Iterator[Finding]:
    """An `expires` that is no plausible date in milliseconds."""
    yield from or_unknown(verdicts("credentials/expires-unit", held, clock.now), stores)


@check("credentials/expired", ERROR, tags={"auth", "smoke"})
def expired(held: list[Held], stores: Stores, clock: Clock) -> Iterator[Finding]:
    """A token or login that is past its expiry."""
    yield from or_unknown(verdicts("credentials/expired", held, clock.now), stores)


@check("credentials/expiring", WARNING, tags={"auth", "smoke"})
def expiring(held: list[Held], stores: Stores, clock: Clock) -> Iterator[Finding]:
    """A token or login that expires within 24 hours."""
    yield from or_unknown(verdicts("credentials/expiring", held, clock.now), stores)


@check("credentials/truncated", WARNING, tags={"auth"})
def truncated(held: list[Held], stores: Stores, clock: Clock, unread_places: tuple[str, ...]) -> Iterator[Finding]:
    """A setup-token that may lack its end."""
    yield from or_unknown(_truncated(held, clock.now), stores, unread_places)


def _truncated(held: list[Held], now: int) -> Iterator[Finding]:
    for item in held:
        found = verdict(item, now)
        if item.secret is None or item.kind == "oauth" or (found and _about_the_value(found)):
            continue
        if trouble := looks_truncated(item.secret.reveal()):
            yield Finding(
                "credentials/truncated",
                WARNING,
                f"{item.target}: {trouble.what.rstrip('.')}",
                target(item),
                evidence={"value": item.secret.fingerprint()},
                where=item.where,
                remedy=Remedy("Paste it again, in one piece.", paste(item)),
            )


def _about_the_value(finding: Finding) -> bool:
    """The value itself is wrong, so its length means nothing; a kind that is only mislabelled has a length."""
    dates = ORDER[ORDER.index("credentials/expires-unit") :]
    return finding.check_id not in dates and not (
        finding.check_id == "credentials/wrong-kind" and finding.severity < ERROR
    )
