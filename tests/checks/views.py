"""Hand-made views of a gateway: its service, what it gets, its process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import agents
from openclaw.environment.layers import Layer, combine
from openclaw.installation import Installation
from openclaw.secret import Secret
from openclaw.service.base import GatewayService
from openclaw.service.view import View
from tests.checks import facts as f

if TYPE_CHECKING:
    from openclaw.service.live import Live

RESTART = "systemctl --user restart openclaw-gateway.service"


def a_view(seen: dict[str, str], *, unknown: tuple[str, ...] = (), live: Live | None = None, **members: Any) -> View:
    """A gateway service that gets these variables; `service` and other members of a view as they are given."""
    of_service = {
        "installed": True,
        "restart": RESTART,
        "active": live is not None,
        "inherited": {name: Secret(value) for name, value in seen.items()},
        **members.pop("service", {}),
    }
    service = GatewayService("openclaw-gateway.service", **of_service)
    own = Layer("process", {name: value.reveal() for name, value in service.effective.items()})
    environment = combine([own, *members.pop("layers", ())])
    found = Installation(f.HOME, f.config(), environment, f.JSON_ERA, agents({}), f.NOW)
    return View(service, found, environment, live, members.pop("changed", ()), unknown)
