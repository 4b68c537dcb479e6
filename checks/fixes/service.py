"""Repairs of the gateway's service. What a manager was asked to do cannot be undone by us; a written file can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Unfixable, fix
from openclaw.change.plan import Run
from openclaw.service.plans import install_plan, path_plan, restart_plan, stop_plan

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.facts.claude import Claude
    from openclaw.home import Home
    from openclaw.platforms import HostKind
    from openclaw.service.base import GatewayService, ServiceManager
    from openclaw.service.command import ServiceCommand
    from openclaw.service.install import Service


@fix("service/not-installed")
def install(
    finding: Finding,  # noqa: ARG001 - there is one
    controller: ServiceManager,
    gateway: GatewayService | None,
    intended: Service | None,
    home: Home,
) -> Plan:
    """Write the gateway's service, enable and start it."""
    return _written(controller, gateway, intended, home)


@fix("service/broken-exec")
def reinstall(
    finding: Finding,  # noqa: ARG001 - all its files are named anew
    controller: ServiceManager,
    gateway: GatewayService | None,
    intended: Service | None,
    home: Home,
) -> Plan:
    """Write the gateway's service anew and start it."""
    return _written(controller, gateway, intended, home)


@fix("service/not-running")
def start(finding: Finding, controller: ServiceManager, gateway: GatewayService | None) -> Plan:  # noqa: ARG001
    """Start the gateway's service again."""
    return restart_plan(_answering(controller), _there(gateway))


@fix("service/linger")
def linger(finding: Finding, host: HostKind) -> Plan:  # noqa: ARG001
    """Let this user's services run without a login."""
    if not host.root:
        raise Unfixable("that needs the rights of root")
    return (Run(("loginctl", "enable-linger", host.user), why="services go on after the last log-out"),)


@fix("service/legacy-unit")
def stop_legacy(finding: Finding, controller: ServiceManager, legacy_services: tuple[GatewayService, ...]) -> Plan:
    """Stop a service from before a rename, for good."""
    service = next((item for item in legacy_services if item.unit == finding.target), None)
    return stop_plan(_answering(controller), _there(service))


@fix("service/claude-not-on-path")
def put_on_path(
    finding: Finding,  # noqa: ARG001
    controller: ServiceManager,
    gateway: GatewayService | None,
    service_command: ServiceCommand,
    claude: Claude,
) -> Plan:
    """Put the directory of `claude` on the service's PATH."""
    if _answering(controller).describe().kind != "systemd":
        raise Unfixable("a property list is only written anew as a whole")
    if claude.path is None or not service_command.path:
        raise Unfixable("claude, or the PATH of the service, is not known")
    return path_plan(controller, _there(gateway), str(claude.path.parent), service_command.path)


def _written(controller: ServiceManager, gateway: GatewayService | None, intended: Service | None, home: Home) -> Plan:
    place = _answering(controller).place()
    if place is None or gateway is None:
        raise Unfixable("nothing here holds a service")
    if intended is None:
        raise Unfixable("OpenClaw itself was not found on PATH")
    written = install_plan(controller, place, intended, gateway, home.state)
    if controller.describe().kind == "launchd":  # which starts what it loads
        return written
    return (*written, *restart_plan(controller, gateway))


def _answering(controller: ServiceManager) -> ServiceManager:
    found = controller.describe()
    if not found.reachable:
        raise Unfixable(found.why)
    return controller


def _there(service: GatewayService | None) -> GatewayService:
    if service is None or not service.installed:
        raise Unfixable("the service is gone")
    return service
