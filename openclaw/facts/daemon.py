"""The gateway as it runs, with or without a service; the text of its definition."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.facts import fact
from openclaw.frozen import frozen
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.service.base import GatewayService
    from openclaw.service.view import View

DEADLINE = 12.0  # seconds: a connection, the process table twice, the login shell, each with a deadline of its own


@frozen
class Definitions:
    """The files of the service's definition that are this user's own, by path; they may hold secrets."""

    texts: Mapping[str, Secret] = field(default_factory=dict, repr=False)


@fact(deadline=DEADLINE)
def serving(call: Invocation, installation: Installation, running: View | None) -> View | None:
    """The gateway's service, as `running` tells of it; else a gateway of this installation that runs without one."""
    if running is not None:
        return running
    from openclaw.service.foreground import foreground

    return foreground(installation, call)


@fact()
def definitions(call: Invocation, gateway: GatewayService | None) -> Definitions:
    """The unit and its drop-ins, or the property list, as far as they stand below the user's home directory."""
    if gateway is None:
        return Definitions()
    return Definitions(dict(_texts(gateway, call.user)))


def _texts(service: GatewayService, user: Path) -> Iterator[tuple[str, Secret]]:
    from openclaw.service.definition import read_text

    for path in filter(None, (service.definition, *service.drop_ins)):
        if user in path.parents and not path.is_symlink():
            yield str(path), Secret(read_text(Path("/"), path))
