"""The gateway's service looked at more closely: its command, its last words, older ones, what install would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.facts import fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.secret import Secret
    from openclaw.service.base import GatewayService, ServiceManager
    from openclaw.service.command import ServiceCommand
    from openclaw.service.install import Service

NODE_DEADLINE = 14.0  # seconds: two Nodes are asked for their versions, each with a time-out of its own


@fact()
def service_command(
    call: Invocation, installation: Installation, controller: ServiceManager, gateway: GatewayService | None
) -> ServiceCommand:
    """The files that the service's command line names, and the `claude` that it would find."""
    from openclaw.service.command import FIXED_PATH, ServiceCommand, inspect

    if gateway is None or not gateway.installed:
        return ServiceCommand()
    place = controller.place(call.env.get("OPENCLAW_PROFILE"))
    own = place is not None and gateway.argv_at is not None and gateway.argv_at.path == str(place.path)
    found = gateway.effective.get("PATH")
    path = found.reveal() if found else FIXED_PATH if gateway.complete else None
    return inspect(gateway.argv, path, replaceable=own and installation.era.program is not None)


@fact()
def last_words(
    installation: Installation, controller: ServiceManager, gateway: GatewayService | None
) -> tuple[str, ...]:
    """What a service that is down, or was started again and again, wrote last; without secrets."""
    if gateway is None or not gateway.installed or (gateway.active and not gateway.restarts):
        return ()
    from openclaw import proc
    from openclaw.service.words import last_words as ask

    return ask(gateway, controller.describe().kind, proc.run, controller.client_env(), _secrets(installation, gateway))


@fact()
def legacy_services(controller: ServiceManager, gateway: GatewayService | None) -> tuple[GatewayService, ...]:
    """The clawdbot and moltbot services that exist beside the current one, with their states."""
    found = (controller.named(unit) for unit in (gateway.legacy if gateway else ()))
    return tuple(item for item in found if item is not None)


@fact(deadline=NODE_DEADLINE)
def intended(call: Invocation, installation: Installation, controller: ServiceManager) -> Service | None:
    """The service that `gateway install` would write; None where there is no OpenClaw, or no manager."""
    from openclaw import proc
    from openclaw.service.intended import intended as make

    place = controller.place(call.env.get("OPENCLAW_PROFILE"))
    return None if place is None else make(call, installation, place, proc.run)


def _secrets(installation: Installation, gateway: GatewayService) -> Iterator[Secret]:
    """The values that may stand in a log without a known shape: those of every provider and gateway variable."""
    from openclaw.gateway.address import address_of
    from openclaw.providers.names import all_env_names
    from openclaw.secret import Secret as Hidden

    names = {*all_env_names(), "OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"}
    yield from (value for name, value in gateway.effective.items() if name in names)
    yield from (Hidden(value) for name in names if (value := installation.environment.get(name)))
    address = address_of(installation.config.value, installation.environment)
    yield from (address.secret,) if address.secret else ()
