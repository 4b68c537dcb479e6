"""The service that `gateway install` would write for an installation, from the real OpenClaw that is on PATH."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.service.base import Place, Run
    from openclaw.service.install import Service


def intended(call: Invocation, found: Installation, place: Place, run: Run, port: int | None = None) -> Service | None:
    """None without an OpenClaw to run. `port`: the one asked for; else that of environment, config or default."""
    from openclaw.config.views import gateway
    from openclaw.gateway.address import port_of
    from openclaw.handover import find_real
    from openclaw.service.install import describe, program_of

    program = find_real(call.env)
    if program is None:
        return None
    chosen = port or port_of(gateway(found.config.value), found.environment)[0]
    started = program_of(program, call.env, run)
    return describe(started, found.home, call.env, chosen, (place.variable, place.name))
