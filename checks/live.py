"""live/: what the providers say about the credentials. Only with `doctor --live`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.remedies import obtain, option
from openclaw.api import Finding, Remedy, Severity, check
from openclaw.text import remaining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.live import Live
    from openclaw.probing.run import Result

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CLOCK_OFF = 60_000  # milliseconds
PROBE = "openclaw models status --probe"


@check("live/rejected", ERROR, tags={"live", "auth"})
def rejected(live: Live) -> Iterator[Finding]:
    """The provider rejects a credential."""
    from openclaw.providers.classify import WORDS

    for item in live.results:
        if item.verdict.rejected:
            what = WORDS[item.verdict.cls]
            message = f"{item.target.name}: {item.target.provider} refuses it ({what}). {item.verdict.meaning}"
            yield _finding("live/rejected", ERROR, item, message, live, _replacement(item, live))


@check("live/billing", WARNING, tags={"live"})
def billing(live: Live) -> Iterator[Finding]:
    """A credential is known, and there is no credit or quota."""
    from openclaw.providers.catalog import load

    for item in live.results:
        if item.verdict.cls == "billing":
            known = load().get(item.target.provider)
            page = f" Billing: {known.billing}" if known and known.billing else ""
            message = f"{item.target.name}: {item.target.provider} knows it. {item.verdict.meaning}"
            yield _finding("live/billing", WARNING, item, message, live, (_again(item),), page)


@check("live/rate-limited", INFO, tags={"live"})
def rate_limited(live: Live) -> Iterator[Finding]:
    """The provider limits requests, or is overloaded."""
    for item in live.results:
        if item.status == "rate_limit":
            proof = "" if item.verdict.recognised else ", which proves nothing about it"
            message = f"{item.target.name}: {item.target.provider} limits requests{proof}. {item.verdict.meaning}"
            yield _finding("live/rate-limited", INFO, item, message, live)


@check("live/unreachable", WARNING, tags={"live", "network"})
def unreachable(live: Live) -> Iterator[Finding]:
    """A provider was not reached: network, not authentication."""
    seen: set[tuple[str, str]] = set()
    for item in live.results:
        place = (item.host, item.phase)
        if item.verdict.cls == "network" and place not in seen:  # one host, one finding, however many its keys
            seen.add(place)
            message = f"{item.host}: not reached ({item.phase}). {item.verdict.meaning}"
            yield _finding("live/unreachable", WARNING, item, message, live, (_again(item),), target=item.host)


@check("live/unknown", INFO, tags={"live"})
def unknown(live: Live) -> Iterator[Finding]:
    """An answer that does not tell whether a credential is good, or no question that would."""
    for item in live.results:
        clear = item.verdict.rejected or item.verdict.cls in ("ok", "network", "billing") or item.status == "rate_limit"
        if not clear:
            yield _finding("live/unknown", INFO, item, f"{item.target.name}: {item.verdict.meaning}", live)


@check("live/model-unavailable", WARNING, tags={"live"})
def model_unavailable(live: Live) -> Iterator[Finding]:
    """The key works, but the default model is not in its list."""
    seen: set[str] = set()
    for item in live.results:
        if item.offered is False and item.target.used and item.target.model not in seen:
            seen.add(item.target.model)
            message = f"{item.target.model} is not among the models that {item.target.name} may use"
            remedy = Remedy("Choose a model of its list.", ("openclaw real models list --all",))
            yield Finding("live/model-unavailable", WARNING, message, item.target.model, remedy=remedy)


@check("host/clock", WARNING, tags={"live", "host"})
def clock_off(live: Live) -> Iterator[Finding]:
    """This host's clock is wrong."""
    if live.skew is None or abs(live.skew) <= CLOCK_OFF:
        return
    way = "ahead of" if live.skew > 0 else "behind"
    message = f"The clock of this host is {remaining(abs(live.skew))} {way} that of {live.clock_of}"
    text = "Set it, or let the system keep it: tokens look expired, or not yet valid."
    yield Finding("host/clock", WARNING, message, remedy=Remedy(text, ("timedatectl set-ntp true",)))


# ---- what they share -----------------------------------------------------------------------------------------------


def _finding(
    check_id: str,
    severity: Severity,
    item: Result,
    message: str,
    live: Live,
    commands: tuple[str, ...] = (),
    more: str = "",
    *,
    target: str = "",
) -> Finding:
    from openclaw.probing.report import error_of

    evidence = {"status": item.status, "class": item.verdict.cls, "phase": item.phase, "host": item.host}
    evidence |= {"said": error_of(item)} if item.answer else {}
    if item.target.secret:
        evidence["value"] = item.target.secret.fingerprint()
    if item.foreign:
        evidence["base URL"] = "from the config, not the provider's own host"
    remedy = Remedy(f"{item.verdict.remedy}{more}", commands) if item.verdict.remedy or commands else None
    name = (
        item.target.name if item.target.agent in ("main", live.default) else f"{item.target.agent}/{item.target.name}"
    )
    shown = {key: value for key, value in evidence.items() if value}
    return Finding(check_id, severity, message.rstrip("."), target or name, evidence=shown, remedy=remedy)


def _replacement(item: Result, live: Live) -> tuple[str, ...]:
    """The exact commands after a refusal."""
    from openclaw.probing.report import API_KEY, CLAUDE_CLI

    if item.verdict.cls == "auth_restricted" and item.target.provider == "anthropic":
        return (API_KEY, CLAUDE_CLI) if live.newer else (API_KEY,)
    agent = "" if item.target.agent == live.default else item.target.agent
    if item.target.mode == "token" and item.target.source == "profile":
        paste = f"openclaw models auth paste-token --provider {item.target.provider}{option('--agent', agent)}"
        first = ("claude setup-token",) if item.target.provider == "anthropic" else ()
        return (*first, f"{paste}{option('--profile-id', item.target.name)}")
    return obtain(item.target.provider, agent=agent, newer=live.newer)


def _again(item: Result) -> str:
    return f"{PROBE}{option('--probe-provider', item.target.provider)}"
