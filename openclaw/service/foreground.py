"""A gateway that runs without a service: in a terminal, a container, or under another supervisor.

It is found by its port and told by its command line and by where its own variables lead: a gateway of another
installation, or another program on the port, is not it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.service.base import GatewayService
from openclaw.service.within import within

if TYPE_CHECKING:
    from openclaw.gateway.listener import Listener
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.service.view import View

CONNECTING = 0.5  # seconds; it is on this host
TIMEOUT = 3.0  # seconds for the process table


def foreground(found: Installation, call: Invocation, *, shell_limit: float = 4.0) -> View | None:
    """The view of the gateway that listens at this installation's port; None where there is none, or it is not ours.

    Its own variables are what a service's definition is elsewhere: what it got when it was started.
    """
    from openclaw.gateway.address import address_of
    from openclaw.gateway.listener import listeners

    address = address_of(found.config.value, found.environment, older=found.era.name != "sqlite")
    if address.remote or not _answers(address.host, address.port):
        return None
    views = (_view(item, found, call, shell_limit) for item in listeners(address.port).found)
    return next(filter(None, views), None)


def _answers(host: str, port: int) -> bool:
    import socket

    def connect() -> None:
        # As bytes: for text Python loads the tables of international names first, which costs 4 ms.
        name = host.encode() if host.isascii() else host
        socket.create_connection((name, port), timeout=CONNECTING).close()  # type: ignore[arg-type]

    try:
        within(2 * CONNECTING, connect, host)
    except (OSError, TimeoutError):
        return False
    return True


def _view(listener: Listener, found: Installation, call: Invocation, shell_limit: float) -> View | None:
    from openclaw.service.live import look
    from openclaw.service.view import view_of

    if listener.pid is None:
        return None
    argv, directory = _command(listener.pid)
    if not is_gateway(listener.name, argv):
        return None
    live = look(listener.pid)
    if live.variables is None:
        return None  # another user's: nothing can be said about what it has
    service = GatewayService(
        f"process {listener.pid}", installed=False, restart=f"kill {listener.pid}", inherited=live.variables,
        argv=argv, working_directory=directory, active=True, pid=listener.pid, state="running without a service",
    )  # fmt: skip
    view = view_of(service, call, shell_limit=shell_limit)
    return view if view.found.home.state == found.home.state else None


def is_gateway(name: str, argv: tuple[str, ...]) -> bool:
    """Whether a command line is that of OpenClaw's gateway; it calls itself `openclaw-gateway` once it is up."""
    words = [*argv, name]
    return any("openclaw" in word for word in words) and any("gateway" in word for word in words)


def _command(pid: int) -> tuple[tuple[str, ...], Path | None]:
    """The command line and the working directory of a process, as far as this user may know them."""
    import psutil

    def ask() -> tuple[tuple[str, ...], Path | None]:
        process = psutil.Process(pid)
        return tuple(process.cmdline()), Path(process.cwd())

    try:
        return within(TIMEOUT, ask, "the process table")
    except (psutil.Error, OSError, TimeoutError):
        return (), None
