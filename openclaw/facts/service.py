"""The service manager, the gateway's service, and the environment as the daemon sees it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from openclaw.facts import fact
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from openclaw.environment.layers import Environment
    from openclaw.gateway.probe import Probe
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.platforms import HostKind
    from openclaw.service.base import GatewayService, Manager, ServiceManager
    from openclaw.service.view import View

MANAGER_DEADLINE = 8.0  # seconds: two questions to the manager, each with a time-out of its own
VIEW_DEADLINE = 9.0  # the login shell and the process table, likewise
PROBE_DEADLINE = 16.0  # connection, process table, readiness, handshake, likewise


@frozen
class Daemon:
    """What the gateway's service gets. `environment` is what it would see if it started now; None without a service."""

    service: GatewayService | None
    environment: Environment | None = field(default=None, repr=False)
    complete: bool = True  # False: a source could not be read, so "not in it" proves nothing


@fact(deadline=MANAGER_DEADLINE)
def controller(call: Invocation) -> ServiceManager:
    """The service manager itself, already asked whether it answers. For other facts, and for plans of fixes."""
    from openclaw.service.detect import detect

    return detect(call.env)


@fact()
def manager(controller: ServiceManager) -> Manager:
    """Which service manager this host has, and why."""
    return controller.describe()


@fact(deadline=MANAGER_DEADLINE)
def gateway(call: Invocation, controller: ServiceManager) -> GatewayService | None:
    """The gateway's service as it is defined and running; None where no manager could hold one."""
    return controller.gateway(call.env.get("OPENCLAW_PROFILE"))


@fact()
def daemon(gateway: GatewayService | None, serving: View | None) -> Daemon:
    """The daemon's environment: unit and its files, `<state>/.env`, `gateway.env`, config `env`, login shell.

    Without a service, that of a gateway that runs all the same; `service` stays the one that is not installed.

    As the service reads them, from its own state and working directories: not this shell's (auth-spec §6.5).
    """
    if serving is None:
        return Daemon(gateway)
    service = serving.service if serving.service.installed else gateway
    return Daemon(service, serving.environment, not serving.unknown)


@fact(deadline=VIEW_DEADLINE)
def running(call: Invocation, gateway: GatewayService | None) -> View | None:
    """What an installed service gets, its running process, and the files that changed since; None without one."""
    from openclaw.service.view import view_of

    return view_of(gateway, call) if gateway is not None and gateway.installed else None


@fact(deadline=PROBE_DEADLINE)
def answering(installation: Installation, serving: View | None) -> Probe:
    """Who answers at the gateway's address, asked with the secret that the gateway should take.

    A gateway without a service may have its secret in the variables that it was started with.
    Only a gateway of this host is asked: whoever looks without `--live` does not want the network touched.
    """
    from openclaw.gateway.address import address_of, is_here
    from openclaw.gateway.probe import Probe, probe

    found, environment = (serving.found, serving.environment) if serving else (installation, installation.environment)
    address = address_of(
        found.config.value, environment, serving.service.argv if serving else (), older=found.era.name != "sqlite"
    )
    if address.remote or not is_here(address.host):
        return Probe("unknown", address, f"the gateway is on another host{': ' if address.host else ''}{address.host}")
    return probe(address)


@frozen
class Linger:
    """Whether the user's services go on after the last logout; None: not known, or no matter here."""

    on: bool | None


@fact()
def linger(manager: Manager, host: HostKind) -> Linger:
    """Lingering of this user, where systemd is the manager."""
    if manager.kind != "systemd":
        return Linger(None)
    from openclaw import proc
    from openclaw.service.install import lingering

    return Linger(lingering(host.user, proc.run))
