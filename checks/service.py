"""service/: systemd, launchd, none.

Of what keeps a service from running, the first of these is reported: broken-exec, port-in-use, crash-loop, not-running.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.views import gateway as section
from openclaw.config.views import table
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.era import Era
    from openclaw.facts.claude import Claude
    from openclaw.facts.credentials import Routes
    from openclaw.facts.installation import Clock
    from openclaw.facts.service import Linger
    from openclaw.gateway.probe import Probe
    from openclaw.platforms import HostKind
    from openclaw.service.base import GatewayService, Manager
    from openclaw.service.command import ServiceCommand
    from openclaw.service.view import View

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
NAMES = {"systemd": "systemd (user)", "launchd": "launchd", "none": "No service manager"}
REINSTALL = "openclaw gateway install --force"
INSTALL_PROGRAM = "npm install -g openclaw@latest"
BAD_CONFIG = 78  # what OpenClaw ends with for a config that cannot work (openclaw-new §7)
LOOPING = 3  # restarts by the manager itself
YOUNG = 60_000  # milliseconds; OpenClaw's own unit is started again every five seconds
ANSWERS = ("healthy", "unauthorized", "protocol", "starting", "refused")  # outcomes in which a gateway answered
# What OpenClaw writes into its unit: all versions, and 2026.6 and later (wizard-doctor-spec §4.3, openclaw-new §7).
UNIT = {
    "Unit.After": "network-online.target",
    "Unit.Wants": "network-online.target",
    "Service.Restart": "",
    "Service.RestartSec": "",
}
NEWER_UNIT = {
    "Unit.StartLimitBurst": "",
    "Unit.StartLimitIntervalSec": "",
    "Service.RestartPreventExitStatus": "78",
    "Service.SuccessExitStatus": "143",
    "Service.TimeoutStartSec": "",
    "Service.TimeoutStopSec": "",
    "Service.KillMode": "mixed",
}


@check("service/manager", WARNING, tags={"service"})
def manager(manager: Manager) -> Iterator[Finding]:
    """Which service manager this host has."""
    unreachable = manager.expected and not manager.reachable
    texts = "; ".join(hint.text for hint in manager.hints)
    yield Finding(
        "service/manager",
        WARNING if unreachable else INFO,
        f"{NAMES[manager.kind]}: {manager.why}",
        manager.kind,
        remedy=Remedy(f"{texts[:1].upper()}{texts[1:]}", tuple(hint.command for hint in manager.hints if hint.command)),
    )


@check("service/not-installed", INFO, tags={"service"})
def not_installed(manager: Manager, gateway: GatewayService | None, config: Config, era: Era) -> Iterator[Finding]:
    """A service manager is there, the gateway's service is not."""
    if not manager.reachable or gateway is None:
        raise NotApplicable("no service manager answers here")
    if section(config.value).get("mode") == "remote":
        raise NotApplicable("gateway.mode is remote")
    if gateway.installed:
        return
    command = "openclaw gateway install"
    own = Remedy("Make the gateway a service, so that it starts by itself.", (command,), "confirm")
    first = Remedy("Install OpenClaw itself first, then make its gateway a service.", (INSTALL_PROGRAM, command))
    ready = era.program is not None and section(config.value).get("mode") == "local"
    message = f"The gateway is no service of this user: {gateway.unit} is not installed"
    yield Finding("service/not-installed", INFO, message, gateway.unit, remedy=_install(own, first, era, ready=ready))


def _install(own: Remedy, first: Remedy, era: Era, *, ready: bool) -> Remedy:
    if era.program is None:
        return first
    # Without `gateway.mode` it would only be started in vain.
    return own if ready else Remedy("Set it up, then make the gateway a service.", ("openclaw onboard", *own.commands))


# ---- it does not run -----------------------------------------------------------------------------------------------


@check("service/broken-exec", ERROR, tags={"service", "daemon"})
def broken_exec(gateway: GatewayService | None, service_command: ServiceCommand, era: Era) -> Iterator[Finding]:
    """The service's command names a file that is gone or cannot be run."""
    service = _installed(gateway)
    if service_command.unknown and not service_command.broken:
        raise Unknown(service_command.unknown)
    remedy = _reinstall(service_command, era, service)
    for path, wrong in service_command.broken:
        yield Finding(
            "service/broken-exec",
            ERROR,
            f"{service.unit} cannot start: {path} {wrong}",
            path,
            evidence=_ending(service),
            where=service.argv_at or _definition(service),
            remedy=remedy,
        )


def _reinstall(command: ServiceCommand, era: Era, service: GatewayService) -> Remedy:
    if command.replaceable:
        return Remedy(
            "Write the service anew, with the OpenClaw and the Node that are there now.", (REINSTALL,), "confirm"
        )
    if era.program is None:
        return Remedy(
            "OpenClaw itself is not on PATH: install it, then write the service anew.", (INSTALL_PROGRAM, REINSTALL)
        )
    place = service.argv_at.path if service.argv_at else str(service.definition)
    return Remedy(
        "That command stands in a file which is not the one that `gateway install` writes: correct it there.",
        (f"${{EDITOR:-vi}} {quote(place)}", service.restart),
    )


@check("service/port-in-use", ERROR, tags={"service", "gateway"})
def port_in_use(
    gateway: GatewayService | None,
    answering: Probe,
    config: Config,
    host: HostKind,
    legacy_services: tuple[GatewayService, ...],
) -> Iterator[Finding]:
    """Another program is on the gateway's port."""
    if section(config.value).get("mode") != "local" and not (gateway and gateway.installed):
        raise NotApplicable("no gateway is meant to run here")
    if not occupied(gateway, answering):
        if answering.outcome == "timeout" and not any(item.name for item in answering.listening.found):
            raise Unknown(f"whose the port is, is not known: {answering.listening.unknown or 'another user has it'}")
        return
    port, found = answering.address.port, answering.listening.found
    who = found[0].shown if found else answering.listening.unknown or "a program that this user may not see"
    other = f": a gateway that is not {gateway.unit}" if gateway and answering.outcome in ANSWERS else ""
    yield Finding(
        "service/port-in-use",
        ERROR,
        f"{who[:1].upper()}{who[1:]} is on the gateway's port {port}{other}",
        str(port),
        evidence={"address": answering.address.url, "answer": answering.message},
        remedy=_make_room(answering, host, gateway, legacy_services),
    )


def occupied(service: GatewayService | None, answering: Probe) -> bool:
    """Somebody else has the gateway's port: no gateway, or one that keeps an enabled service from running."""
    owners = [item.pid for item in answering.listening.found]
    if answering.address.remote or (service and service.active and service.pid in owners):
        return False
    if answering.outcome == "foreign":
        return True
    if answering.outcome == "timeout":
        named = [item for item in answering.listening.found if item.name]
        return bool(named) and not any(item.may_be_ours for item in named)
    return answering.outcome in ANSWERS and _should_run(service) and not _runs(service)


def _should_run(service: GatewayService | None) -> bool:
    return bool(service and service.installed and service.enabled)


def _runs(service: GatewayService | None) -> bool:
    """Or may: it is just being stopped, or nobody knows."""
    return bool(service and (service.active is not False or service.state.startswith("deactivating")))


def _make_room(
    answering: Probe, host: HostKind, gateway: GatewayService | None, legacy: tuple[GatewayService, ...]
) -> Remedy:
    port, owners = answering.address.port, [item.pid for item in answering.listening.found if item.pid]
    start = ("openclaw gateway start",) if gateway and gateway.installed else ()
    for service in legacy:
        if service.pid in owners:
            return Remedy(
                f"Stop {service.unit}, from before a rename; then start this one.", (*_stopping(service, host), *start)
            )
    if not owners:
        ask = f"sudo lsof -nP -iTCP:{port} -sTCP:LISTEN" if host.os == "macos" else f"sudo ss -ltnp 'sport = :{port}'"
        return Remedy("Find out whose it is, and stop it or give the gateway another port.", (_sudoless(ask, host),))
    look, stop = f"ps -o pid,user,comm -p {owners[0]}", f"kill {owners[0]}"
    if answering.outcome in ANSWERS:
        return Remedy("Stop that one, then start the service.", (look, stop, *start))
    return Remedy("Stop it, or set `gateway.port` to another port.", (look, stop, *start))


def _sudoless(command: str, host: HostKind) -> str:
    return command.removeprefix("sudo ") if host.root else command


@check("service/crash-loop", ERROR, tags={"service", "daemon"})
def crash_loop(
    gateway: GatewayService | None,
    running: View | None,
    service_command: ServiceCommand,
    answering: Probe,
    last_words: tuple[str, ...],
    manager: Manager,
    clock: Clock,
) -> Iterator[Finding]:
    """The service is started again and again, or was given up."""
    service = _installed(gateway)
    if service_command.broken or occupied(service, answering):
        return
    if not _loops(service, running, clock.now):
        if reason := _unknown_loop(service, running):
            raise Unknown(reason)
        return
    given_up = service.result == "start-limit-hit"
    times = f"{service.restarts} times" if service.restarts else "again and again"
    how = f"was started {times} and given up" if given_up else f"was started again {times}"
    yield Finding(
        "service/crash-loop",
        ERROR,
        f"{service.unit} {how}: it does not stay up{_how(service)}{_said(last_words)}",
        service.unit,
        evidence=_ending(service, last_words),
        where=_definition(service),
        remedy=Remedy(
            "See what it says, mend that, then start it again.",
            (*logs(service, manager), "openclaw gateway restart"),
        ),
    )


def _loops(service: GatewayService, running: View | None, now: int) -> bool:
    """Given up, or started again several times and not up for a minute yet; what was stopped by hand is not."""
    if service.result == "start-limit-hit":
        return True
    if (service.restarts or 0) < LOOPING:
        return False
    if service.active:
        started = running.live.started if running and running.live else None
        return started is not None and now - started < YOUNG
    waits = ("auto-restart", "failed", "spawn scheduled", "waiting", "not running")  # systemd's and launchd's words
    return service.active is False and any(word in service.state for word in waits)


def _unknown_loop(service: GatewayService, running: View | None) -> str:
    """Why it cannot be said that a service stays up; "" where it can."""
    if service.active is None:
        return "the service manager does not say whether it runs"
    often = service.active and (service.restarts or 0) >= LOOPING
    if often and (running is None or running.live is None or running.live.started is None):
        return f"it was started again {service.restarts} times, and since when it runs is not known"
    return ""


@check("service/not-running", ERROR, tags={"service", "daemon"})
def not_running(
    gateway: GatewayService | None,
    running: View | None,
    service_command: ServiceCommand,
    answering: Probe,
    last_words: tuple[str, ...],
    manager: Manager,
    clock: Clock,
) -> Iterator[Finding]:
    """The service is enabled and does not run."""
    service = _installed(gateway)
    if service.active is None:
        raise Unknown("the service manager does not say whether it runs")
    if _runs(service) or not service.enabled or service_command.broken or occupied(service, answering):
        return
    if _loops(service, running, clock.now):
        return
    yield Finding(
        "service/not-running",
        ERROR,
        f"{service.unit} is enabled and does not run: {service.state}{_how(service)}{_said(last_words)}",
        service.unit,
        evidence=_ending(service, last_words),
        where=_definition(service),
        remedy=_start(service, manager),
    )


def _start(service: GatewayService, manager: Manager) -> Remedy:
    if service.exit_status == BAD_CONFIG:
        text = "It ended because of its config: see what it says, mend that, then start it again."
        return Remedy(text, (*logs(service, manager), "openclaw gateway restart"))
    return Remedy("Start it again.", ("openclaw gateway restart", *logs(service, manager)), "confirm")


def logs(service: GatewayService, manager: Manager) -> tuple[str, ...]:
    """The command that shows what a service wrote last."""
    if manager.kind == "systemd":
        return (f"journalctl --user --no-pager -n 30 -u {quote(service.unit)}",)
    return (f"tail -n 30 {quote(str(service.log))}",) if service.log else ()


def _how(service: GatewayService) -> str:
    """How it ended. The number of a service that was stopped by hand is that of a signal, and says nothing."""
    if not service.exit_status or service.result == "success":
        return ""
    signal = service.result in ("signal", "core-dump")
    return f", ended by signal {service.exit_status}" if signal else f", exit status {service.exit_status}"


def _said(last_words: tuple[str, ...]) -> str:
    return f"; its last words: {last_words[-1]}" if last_words else ""


def _ending(service: GatewayService, last_words: tuple[str, ...] = ()) -> dict[str, str]:
    shown = {
        "state": service.state,
        "result": service.result,
        "exit status": "" if service.exit_status is None else str(service.exit_status),
        "restarts": str(service.restarts or ""),
        "last lines": " | ".join(last_words),
    }
    return {key: value for key, value in shown.items() if value}


def _installed(gateway: GatewayService | None) -> GatewayService:
    if gateway is None or not gateway.installed:
        raise NotApplicable("no gateway service is installed")
    return gateway


def _definition(service: GatewayService) -> Location | None:
    return Location(str(service.definition)) if service.definition else None


# ---- it will bite --------------------------------------------------------------------------------------------------


@check("service/version-manager-path", WARNING, tags={"service"})
def version_manager_path(gateway: GatewayService | None, service_command: ServiceCommand) -> Iterator[Finding]:
    """The service runs a Node that a version manager may remove."""
    service = _installed(gateway)
    path = service_command.managed
    if service_command.broken:
        return
    if not path:
        if reason := service_command.unknown or ("" if service.argv else next(iter(service.unknown), "")):
            raise Unknown(f"what the service runs is not known: {reason}")
        return
    node = service_command.system_node
    other = "Install a Node for the whole system (https://nodejs.org), then write the service anew."
    text = f"Write the service anew: it takes {node}, if that is as new. Else: {other}" if node else other
    yield Finding(
        "service/version-manager-path",
        WARNING,
        f"{service.unit} runs {path}, which belongs to a version manager: it breaks when that version is removed",
        path,
        where=service.argv_at or _definition(service),
        remedy=Remedy(text, (REINSTALL,)),
    )


@check("service/linger", WARNING, tags={"service"})
def lingering(gateway: GatewayService | None, manager: Manager, linger: Linger, host: HostKind) -> Iterator[Finding]:
    """The service stops when its user logs out."""
    service = _installed(gateway)
    if manager.kind != "systemd" or host.application_container:
        raise NotApplicable("services do not end with a log-out here")
    if not (service.active or service.enabled):
        raise NotApplicable("the service neither runs nor starts by itself")
    if linger.on is None:
        raise Unknown("logind does not say whether lingering is on")
    if not linger.on:
        command = _sudoless(f"sudo loginctl enable-linger {quote(host.user)}", host)
        yield Finding(
            "service/linger",
            WARNING,
            f"{service.unit} stops when {host.user} logs out, and starts only with a login: lingering is off",
            host.user,
            remedy=Remedy(
                "Let this user's services run without a login.", (command,), "confirm" if host.root else "manual"
            ),
        )


@check("service/legacy-unit", WARNING, tags={"service"})
def legacy_unit(
    gateway: GatewayService | None, legacy_services: tuple[GatewayService, ...], host: HostKind
) -> Iterator[Finding]:
    """A service from before a rename runs beside the current one, or will."""
    current = _installed(gateway)
    for service in legacy_services:
        if service.active is False and service.enabled is False:
            continue
        state = {True: "runs", False: "is enabled", None: "exists"}[service.active]
        yield Finding(
            "service/legacy-unit",
            WARNING,
            f"{service.unit}, from before a rename, {state} beside {current.unit}: two gateways cannot share a port",
            service.unit,
            where=_definition(service),
            remedy=Remedy("Stop it, now and for good.", _stopping(service, host), "confirm"),
        )


def _stopping(service: GatewayService, host: HostKind) -> tuple[str, ...]:
    if host.os != "macos":
        return (f"{service.restart.partition('systemctl')[0]}systemctl --user disable --now {quote(service.unit)}",)
    target = quote(f"gui/{host.uid}/{service.unit}")
    return f"launchctl bootout {target}", f"launchctl disable {target}"


@check("service/claude-not-on-path", WARNING, tags={"service", "claude"})
def claude_not_on_path(
    gateway: GatewayService | None,
    service_command: ServiceCommand,
    claude: Claude,
    config: Config,
    routes: Routes,
    manager: Manager,
) -> Iterator[Finding]:
    """The service does not find the Claude CLI that its models go through."""
    service = _installed(gateway)
    if not _through_cli(config, routes):
        raise NotApplicable("no model goes through the Claude CLI")
    if service_command.claude or claude.path is None or _own_command(config):
        return
    if service_command.claude is None:
        raise Unknown("the PATH of the service is not known")
    folder = str(claude.path).rpartition("/")[0]
    systemd = manager.kind == "systemd" and manager.reachable and service.definition is not None
    yield Finding(
        "service/claude-not-on-path",
        WARNING,
        f"`claude` is {claude.path} here, and {service.unit} does not find it: its PATH leaves {folder} out",
        service.unit,
        evidence={"claude": str(claude.path), "PATH of the service": service_command.path},
        where=service.origins.get("PATH") or _definition(service),
        remedy=Remedy(f"Put {folder} on the service's PATH.", (REINSTALL,), "confirm" if systemd else "manual"),
    )


def _through_cli(config: Config, routes: Routes) -> bool:
    """A model is sent through the Claude CLI; a setup-token alone needs none."""
    defaults = table(config.value, "agents", "defaults")
    listed = [item for item in table(defaults, "models").values() if isinstance(item, dict)]
    runtime = any(table(item, "agentRuntime").get("id") == "claude-cli" for item in [defaults, *listed])
    return runtime or any(route.provider == "claude-cli" for route in routes.routes)


def _own_command(config: Config) -> bool:
    """The config names the program with its full path (2026.2.x)."""
    command = table(config.value, "agents", "defaults", "cliBackends", "claude-cli").get("command")
    return isinstance(command, str) and command.strip().startswith("/")


@check("service/unit-drift", INFO, tags={"service"})
def unit_drift(gateway: GatewayService | None, manager: Manager, era: Era) -> Iterator[Finding]:
    """The service lacks what the current OpenClaw writes into its own."""
    service = _installed(gateway)
    if service.masked:
        return  # there is no definition to compare: gateway/unreachable says how to allow it
    wanted = {"RunAtLoad": "true", "KeepAlive": "true"}
    if manager.kind == "systemd":
        wanted = UNIT | (NEWER_UNIT if era.name == "sqlite" else {})
    if not service.argv and not service.complete:
        raise Unknown(f"not all of the definition is known: {service.unknown[0]}")
    lacking = [_setting(name, value) for name, value in wanted.items() if not _has(service, name, value)]
    given = {*service.environment, *(name for file in service.environment_files for name in file.variables)}
    lacking += [] if "PATH" in given else ["PATH"]
    if lacking:
        yield Finding(
            "service/unit-drift",
            INFO,
            f"{service.unit} lacks {joined(lacking)}, which this OpenClaw writes into its service",
            service.unit,
            where=_definition(service),
            remedy=Remedy("Write the service anew; what the old one sets besides is named then.", (REINSTALL,)),
        )


def _has(service: GatewayService, name: str, value: str) -> bool:
    given = service.settings.get(name)
    return given is not None and (not value or value in given.lower().split())


def _setting(name: str, value: str) -> str:
    key = name.rpartition(".")[2]
    return f"{key}={value}" if value else key
