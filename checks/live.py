"""live/: what the providers say about the credentials. Only with `doctor --live`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy, Severity, Unknown, check
from openclaw.text import remaining

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openclaw.facts.live import Live
    from openclaw.platforms import HostKind
    from openclaw.probing.run import Result

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CLOCK_OFF = 60_000  # milliseconds
SHOWN, LOOKED_AT = 5, 1000  # names of models


@check("live/rejected", ERROR, tags={"live", "auth"})
def rejected(live: Live) -> Iterator[Finding]:
    """The provider rejects a credential."""
    from openclaw.providers.classify import WORDS

    _require(live, lambda item: item.verdict.rejected, _clear)
    for item in live.results:
        if item.verdict.rejected:
            what = f"{item.mark}: {WORDS[item.verdict.cls]}" if item.mark else WORDS[item.verdict.cls]
            message = f"{item.target.name}: {item.target.provider} refuses it ({what}). {item.verdict.meaning}"
            yield _finding("live/rejected", ERROR, item, message, live)


@check("live/billing", WARNING, tags={"live"})
def billing(live: Live) -> Iterator[Finding]:
    """A credential is known, and there is no credit or quota."""
    _require(live, lambda item: item.verdict.cls == "billing", _clear)
    for item in live.results:
        if item.verdict.cls == "billing":
            knows = "knows it. " if item.verdict.recognised else ""
            message = f"{item.target.name}: {item.target.provider} {knows}{item.verdict.meaning}"
            yield _finding("live/billing", WARNING, item, message, live)


@check("live/rate-limited", INFO, tags={"live"})
def rate_limited(live: Live) -> Iterator[Finding]:
    """The provider limits requests, or is overloaded."""
    from openclaw.probing.text import waiting

    _require(live, lambda item: item.status == "rate_limit", _answered)
    for item in live.results:
        if item.status == "rate_limit":
            proof = "" if item.verdict.recognised else ", which proves nothing about it"
            wait = f"; it asks to wait {waiting(item.wait)}" if item.wait is not None else ""
            message = f"{item.target.name}: {item.target.provider} limits requests{proof}{wait}. {item.verdict.meaning}"
            yield _finding("live/rate-limited", INFO, item, message, live)


@check("live/unreachable", WARNING, tags={"live", "network"})
def unreachable(live: Live) -> Iterator[Finding]:
    """A provider was not reached: network, not authentication."""
    _require(live, lambda item: item.verdict.cls == "network", _answered)
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
    _require(live, _unclear, _answered)
    for item in live.results:
        if _unclear(item):
            yield _finding("live/unknown", INFO, item, f"{item.target.name}: {item.verdict.meaning}", live)


@check("live/model-unavailable", WARNING, tags={"live"})
def model_unavailable(live: Live) -> Iterator[Finding]:
    """The key works, but the default model is not in its list."""
    results = [item for item in live.results if item.target.used]
    lacking = {item.target.model: item for item in reversed(results) if item.offered is False}
    if not lacking and not any(item.offered for item in results):
        raise Unknown(_nothing(live) or "no provider said whether the default model is there")
    for model, item in lacking.items():
        yield Finding(
            "live/model-unavailable",
            WARNING,
            f"{model} is not among the models that {item.target.name} may use",
            model,
            evidence={"models": ", ".join(_close(model, item.models) or item.models[:SHOWN])} if item.models else {},
            remedy=_another(model, () if item.target.agent not in ("main", live.default) else item.models),
        )


def _another(model: str, listed: tuple[str, ...]) -> Remedy:
    """The command that sets the model which was probably meant, else the one that shows what there is."""
    from shlex import quote

    provider = model.partition("/")[0]
    meant = _close(model, listed)
    if meant:
        return Remedy("Choose a model of its list.", (f"openclaw real models set {quote(f'{provider}/{meant[0]}')}",))
    return Remedy("Choose a model of its list.", ("openclaw real models list --all",))


def _close(model: str, listed: tuple[str, ...]) -> list[str]:
    """The names that are much like the wanted one, the most alike first."""
    from difflib import get_close_matches

    return get_close_matches(model.partition("/")[2], listed[:LOOKED_AT], n=SHOWN, cutoff=0.8)


@check("host/clock", WARNING, tags={"live", "host"})
def clock_off(live: Live, host: HostKind) -> Iterator[Finding]:
    """This host's clock is wrong."""
    if live.skew is None:
        raise Unknown(_nothing(live) or "no answer says what time it is (a Date header)")
    if abs(live.skew) <= CLOCK_OFF:
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


def _require(live: Live, found: Callable[[Result], bool], told: Callable[[Result], bool]) -> None:
    """Raises where nothing is found and that says nothing: nobody was asked, or not all that were asked told it.

    What cannot be asked about at all (logins of other programs) is what live/unknown says, and stops nothing here.
    """
    if any(map(found, live.results)):
        return
    if why := _nothing(live):
        raise Unknown(why)
    lost = next((item for item in live.results if item.verdict.cls == "network"), None)
    if lost:
        raise Unknown(f"{lost.host} was not reached ({lost.phase})")
    if not any(map(told, live.results)):
        raise Unknown(f"no answer tells: {live.results[0].target.name}: {live.results[0].verdict.meaning}".rstrip("."))


def _nothing(live: Live) -> str:
    """Why nobody said anything; "" where somebody did."""
    if not live.results:
        return "there is no credential to ask about"
    if any(map(_answered, live.results)):
        return ""
    lost = next((item for item in live.results if item.verdict.cls == "network"), None)
    if lost:
        return f"{lost.host} was not reached ({lost.phase})"
    first = live.results[0]
    return f"nobody was asked: {first.target.name}: {first.verdict.meaning}".rstrip(".")


def _answered(item: Result) -> bool:
    return item.answer is not None and item.verdict.cls != "network"


def _clear(item: Result) -> bool:
    """Whether an answer tells something about the credential; who says that there is no such model knows the key."""
    known = item.verdict.rejected or item.verdict.cls in ("ok", "billing") or item.status == "rate_limit"
    return known or item.offered is False


def _unclear(item: Result) -> bool:
    """Neither an answer that tells, nor what another check of these says."""
    return not (_clear(item) or item.verdict.cls == "network")


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
