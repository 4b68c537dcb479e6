"""gateway/: the running thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.remedies import edit
from checks.seen import other_secrets
from checks.service import logs, occupied
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.views import gateway as section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.environment.layers import Environment, Layer
    from openclaw.era import Era
    from openclaw.facts.installation import Clock
    from openclaw.gateway.probe import Probe
    from openclaw.home import Home
    from openclaw.service.base import GatewayService, Manager
    from openclaw.service.view import View

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
STARTING = 60_000  # milliseconds that a gateway may take until it listens
REPAIRING = 600_000  # milliseconds; a clock that is further back says nothing
ANSWERED = ("healthy", "unauthorized", "protocol", "refused", "starting")  # outcomes: a gateway is there
LOOPBACK = ("", "localhost", "127.0.0.1", "::1")


@check("gateway/unreachable", ERROR, tags={"gateway", "daemon"})
def unreachable(
    gateway: GatewayService | None,
    running: View | None,
    answering: Probe,
    config: Config,
    manager: Manager,
    clock: Clock,
) -> Iterator[Finding]:
    """Nothing answers at the gateway's address."""
    _here(config, answering)
    if answering.outcome not in ("nothing", "timeout", "foreign") or occupied(gateway, answering):
        return
    service = gateway if gateway and gateway.installed else None
    young = _young(running, clock.now)
    yield Finding(
        "gateway/unreachable",
        _severity(service, young=young),
        f"No gateway answers: {answering.message}{_state(service, young=young)}",
        answering.address.url,
        evidence={"address": answering.address.url, "port from": answering.address.port_from},
        remedy=_remedy(service, manager),
    )


def _severity(service: GatewayService | None, *, young: bool) -> Severity:
    if service is None or (service.active and young):
        return INFO  # it may be up in a moment
    return ERROR if service.active else WARNING


def _state(service: GatewayService | None, *, young: bool) -> str:
    if service is None:
        return "; no service is installed that would start it"
    if service.active is None:
        return f"; whether {service.unit} runs is not known"
    if not service.active:
        return f"; {service.unit} {'is masked' if service.masked else 'does not run'}"
    return f"; {service.unit} was started just now" if young else f", though {service.unit} runs"


def _young(running: View | None, now: int) -> bool:
    """A gateway needs some seconds before it listens; a repair may have started it after this run began."""
    started = running.live.started if running and running.live else None
    return started is not None and -REPAIRING <= now - started < STARTING


def _remedy(service: GatewayService | None, manager: Manager) -> Remedy:
    if service is None and manager.reachable:
        return Remedy("Make the gateway a service, or run it in a terminal.", ("openclaw gateway install",))
    if service is None:
        ways = [hint for hint in manager.hints if hint.command == "openclaw gateway run"]
        text = ways[0].text if ways else "run it in the foreground"
        return Remedy(f"{text[:1].upper()}{text[1:]}.", ("openclaw gateway run",))
    if service.active:
        return Remedy("See what it says; then restart it.", (*logs(service, manager), "openclaw gateway restart"))
    if service.active is None and not manager.reachable:
        asked = tuple(hint.command for hint in manager.hints if hint.command)
        return Remedy("Find out whether it runs: the service manager must answer first.", asked)
    if service.masked:
        return Remedy("It was forbidden to start: allow it, then start it.", (service.unmask, "openclaw gateway start"))
    return Remedy("Start it.", ("openclaw gateway start",))


@check("gateway/unauthorized", ERROR, tags={"gateway", "auth"})
def unauthorized(
    gateway: GatewayService | None,
    running: View | None,
    answering: Probe,
    config: Config,
    environment: Environment,
    era: Era,
    home: Home,
) -> Iterator[Finding]:
    """The gateway refuses the token of this config, or the one that commands send in its place."""
    _readable(config)
    other = [] if era.name == "sqlite" else list(other_secrets(config, environment.usable))
    there = era.name == "json" and (bool(gateway and gateway.installed) or answering.outcome in ANSWERED)
    for keys, variable in other:
        layer = environment.origin[variable]
        place = home.short(layer.path) if layer.path else "this shell"
        yield _outvoted(keys, variable, config, layer, place, ERROR if there else WARNING)
    if other:
        return
    _here(config, answering)
    if occupied(gateway, answering):
        return
    if answering.outcome in ("protocol", "refused"):
        raise Unknown(answering.message)
    if answering.outcome != "unauthorized":
        return
    address = answering.address
    if address.unresolved:
        raise Unknown(answering.message)
    if address.secret is None and not config.exists:
        raise NotApplicable("a gateway answers that has nothing to do with this installation")
    yield Finding(
        "gateway/unauthorized",
        ERROR,
        f"{answering.message[:1].upper()}{answering.message[1:]}",
        address.url,
        evidence={
            "address": address.url,
            "gateway": answering.listening.found[0].shown if answering.listening.found else "not known",
        },
        where=Location(str(config.path), *config.place("gateway", "auth")) if config.exists else None,
        remedy=_let_in(gateway, running),
    )


def _outvoted(
    keys: tuple[str, ...], variable: str, config: Config, layer: Layer, place: str, severity: Severity
) -> Finding:
    """Commands of 2026.2.x send the variable, its gateway wants what the config has (call.ts, auth.ts of 2026.2.3)."""
    path, line = str(layer.path or ""), layer.lines.get(variable)
    return Finding(
        "gateway/unauthorized",
        severity,
        f"Commands here send {variable} of {place}, and the gateway wants {'.'.join(keys)}, which is another value",
        variable,
        where=Location(path, line) if path else Location(str(config.path), *config.place(*keys)),
        remedy=Remedy(
            f"Take the variable out, or let {'.'.join(keys)} be the same value.",
            (edit(path, line) if path else f"unset {variable}", edit(str(config.path), config.place(*keys)[0])),
        ),
    )


def _let_in(gateway: GatewayService | None, running: View | None) -> Remedy:
    """A gateway keeps the token that it was started with; a unit may give it another one (user-pain FM 31, 55).

    Its config beats the variables of its unit in every version, its command line beats both: then a restart is no help.
    """
    if gateway is None or not gateway.active:
        text = "It was started with another token, or belongs to another installation: stop it and start it again."
        return Remedy(text, ("openclaw gateway status",))
    option = next((word for word in gateway.argv if word.partition("=")[0] in ("--token", "--password")), "")
    if option:
        place = gateway.argv_at or Location(str(gateway.definition))
        text = f"Its command line gives it another one: take {option.partition('=')[0]} out, then restart it."
        return Remedy(text, (edit(place.path, place.line), "openclaw gateway restart"))
    why = f": {running.restart_why}" if running and running.restart_needed and running.restart_why else ""
    return Remedy(f"Restart it, so that it takes the token of its config{why}.", ("openclaw gateway restart",))


@check("gateway/remote", INFO, tags={"gateway"})
def remote(config: Config) -> Iterator[Finding]:
    """The gateway is on another host, and so are its credentials."""
    _readable(config)
    found = section(config.value)
    if found.get("mode") != "remote":
        return
    host = _host_of(found)
    far = host not in LOOPBACK
    where = f" on {host}" if far else ", behind a tunnel" if host else ", and gateway.remote.url names no host"
    text = "Set its credentials up, and run this, on the host of the gateway."
    yield Finding(
        "gateway/remote",
        INFO,
        f"gateway.mode is remote: the gateway runs{where}, and uses the credentials that are there",
        host,
        where=Location(str(config.path), *config.place("gateway", "mode")),
        remedy=Remedy(text, (f"ssh -t {host} openclaw doctor",) if far and _plain(host) else ()),
    )


def _host_of(found: dict[str, object]) -> str:
    """The host of `gateway.remote.url`, without user information."""
    from urllib.parse import urlsplit

    given = found.get("remote")
    url = given.get("url") if isinstance(given, dict) else None
    try:
        return urlsplit(url).hostname or "" if isinstance(url, str) else ""
    except ValueError:
        return ""


def _plain(host: str) -> bool:
    return host.isascii() and not host.startswith("-") and host.replace("-", "").replace(".", "").isalnum()


def _here(config: Config, answering: Probe) -> None:
    _readable(config)
    if answering.address.remote or answering.outcome == "unknown":
        raise NotApplicable(answering.message)


def _readable(config: Config) -> None:
    """Without its config, nobody knows where a gateway would answer."""
    for problem in config.problems:
        if problem.kind not in ("variable", "rejected"):
            raise Unknown("the config could not be read")
