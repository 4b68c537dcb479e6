"""live/: what the providers say about the credentials. Only with `doctor --live`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy, Severity, check
from openclaw.text import remaining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.live import Live
    from openclaw.platforms import HostKind
    from openclaw.probing.run import Result

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CLOCK_OFF = 60_000  # milliseconds


@check("live/rejected", ERROR, tags={"live", "auth"})
def rejected(live: Live) -> Iterator[Finding]:
    """The provider rejects a credential."""
    from openclaw.providers.classify import WORDS

    for item in live.results:
        if item.verdict.rejected:
            what = f"{item.mark}: {WORDS[item.verdict.cls]}" if item.mark else WORDS[item.verdict.cls]
            message = f"{item.target.name}: {item.target.provider} refuses it ({what}). {item.verdict.meaning}"
            yield _finding("live/rejected", ERROR, item, message, live)


@check("live/billing", WARNING, tags={"live"})
def billing(live: Live) -> Iterator[Finding]:
    """A credential is known, and there is no credit or quota."""
    for item in live.results:
        if item.verdict.cls == "billing":
            knows = "knows it. " if item.verdict.recognised else ""
            message = f"{item.target.name}: {item.target.provider} {knows}{item.verdict.meaning}"
            yield _finding("live/billing", WARNING, item, message, live)


@check("live/rate-limited", INFO, tags={"live"})
def rate_limited(live: Live) -> Iterator[Finding]:
    """The provider limits requests, or is overloaded."""
    from openclaw.probing.text import waiting

    for item in live.results:
        if item.status == "rate_limit":
            proof = "" if item.verdict.recognised else ", which proves nothing about it"
            wait = f"; it asks to wait {waiting(item.wait)}" if item.wait is not None else ""
            message = f"{item.target.name}: {item.target.provider} limits requests{proof}{wait}. {item.verdict.meaning}"
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
            yield _finding("live/unreachable", WARNING, item, message, live, target=item.host)


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
def clock_off(live: Live, host: HostKind) -> Iterator[Finding]:
    """This host's clock is wrong."""
    if live.skew is None or abs(live.skew) <= CLOCK_OFF:
        return
    way = "ahead of" if live.skew > 0 else "behind"
    message = f"The clock of this host is {remaining(abs(live.skew))} {way} that of {live.clock_of}"
    yield Finding("host/clock", WARNING, message, remedy=_set_clock(host))


def _set_clock(host: HostKind) -> Remedy:
    """Who sets a clock depends on the host: a container has that of its host, a phone its own settings."""
    why = "tokens look expired, or not yet valid."
    sudo = "" if host.root else "sudo "
    if host.container or host.termux:
        where = "the host that the container runs on" if host.container else "the settings of the phone"
        return Remedy(f"Set it in {where}: {why}")
    if host.wsl:
        return Remedy(f"WSL falls behind after Windows slept: {why}", (f"{sudo}hwclock --hctosys",))
    if host.os == "macos":
        return Remedy(f"Let the system keep it: {why}", (f"{sudo}sntp -sS time.apple.com",))
    if host.init == "systemd":
        return Remedy(f"Let the system keep it: {why}", (f"{sudo}timedatectl set-ntp true",))
    return Remedy(f"Set it, or let a program such as chrony keep it: {why}")


# ---- what they share -----------------------------------------------------------------------------------------------


def _finding(
    check_id: str,
    severity: Severity,
    item: Result,
    message: str,
    live: Live,
    *,
    target: str = "",
) -> Finding:
    from openclaw.probing.report import error_of, place_of
    from openclaw.providers.advice import advise

    advice = advise(item.verdict, item.target.provider, place_of(item.target, newer=live.newer, default=live.default))
    evidence = {"status": item.status, "class": item.verdict.cls, "phase": item.phase, "host": item.host}
    evidence |= {"said": error_of(item)} if item.answer else {}
    if item.target.secret:
        evidence["value"] = item.target.secret.fingerprint()
    if item.foreign:
        evidence["base URL"] = "from the config, not the provider's own host"
    remedy = Remedy(advice.remedy, advice.commands) if advice.remedy or advice.commands else None
    name = (
        item.target.name if item.target.agent in ("main", live.default) else f"{item.target.agent}/{item.target.name}"
    )
    shown = {key: value for key, value in evidence.items() if value}
    return Finding(check_id, severity, message.rstrip("."), target or name, evidence=shown, remedy=remedy)
