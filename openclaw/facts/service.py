"""The service manager, the gateway's service, and the environment as the daemon sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openclaw.environment import layers
from openclaw.environment.layers import Environment, Layer
from openclaw.facts import fact

if TYPE_CHECKING:
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.service.base import GatewayService, Manager

MANAGER_DEADLINE = 8.0  # seconds: two questions to the manager, each with a time-out of its own


@dataclass(frozen=True, slots=True)
class Daemon:
    """What the gateway's service gets. `environment` is what it would see if it started now; None without a service."""

    service: GatewayService | None
    environment: Environment | None = field(default=None, repr=False)
    complete: bool = True  # False: a source could not be read, so "not in it" proves nothing


@fact(deadline=MANAGER_DEADLINE)
def manager(call: Invocation) -> Manager:
    """Which service manager this host has, and why."""
    from openclaw.service.detect import detect

    return detect(call.env).describe()


@fact(deadline=MANAGER_DEADLINE)
def gateway(call: Invocation) -> GatewayService | None:
    """The gateway's service as it is defined and running; None where no manager could hold one."""
    from openclaw.service.detect import detect

    return detect(call.env).gateway(call.env.get("OPENCLAW_PROFILE"))


@fact()
def daemon(installation: Installation, gateway: GatewayService | None) -> Daemon:
    """The daemon's environment: unit and its files, `<state>/.env`, `gateway.env`, config `env`, login shell.

    Not this shell and not the working directory's `.env`: a daemon has neither (auth-spec §6.5).
    """
    if gateway is None or not gateway.installed:
        return Daemon(gateway)
    unit = Layer("process", {name: value.reveal() for name, value in gateway.effective.items()})
    shared = [
        layer for layer in installation.environment.layers if layer.name in ("state", "gateway", "config", "shell")
    ]
    return Daemon(gateway, layers.combine([unit, *shared]), gateway.complete)
