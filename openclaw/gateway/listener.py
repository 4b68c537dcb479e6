"""Which program listens on a port, by the process table; its arguments, which may hold secrets, are not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen
from openclaw.service.within import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

TIMEOUT = 3.0  # seconds
PROGRAMS = ("openclaw", "clawdbot", "moltbot")  # how the names of gateways begin, as they call themselves
RUNTIMES = ("node", "nodejs", "bun", "deno", "mainthread", "node-mainthread")  # and what they are run by
WORDS = 12  # of a command line, in which its program is named


@frozen
class Listener:
    """A listening program. `pid` is None where this user may not know whose socket it is.

    `gateway`: whether its command line is that of an OpenClaw gateway; None where that is not known.
    """

    address: str
    port: int
    pid: int | None = None
    name: str = ""
    user: str = ""
    gateway: bool | None = None

    @property
    def may_be_ours(self) -> bool:
        """Whether it may be a gateway, by its name and its command line: `node-red` and another `node` are none."""
        name = self.name.lower()
        return name.startswith(PROGRAMS) or (name in RUNTIMES and self.gateway is not False)

    @property
    def shown(self) -> str:
        """For a sentence: `nginx (process 812 of user www-data)`."""
        if self.pid is None:
            return "a program of another user"
        owner = f" of user {self.user}" if self.user else ""
        return f"{self.name or 'a program'} (process {self.pid}{owner})"


@frozen
class Listeners:
    """What listens on a port; `unknown` says why that could not be found out."""

    found: tuple[Listener, ...] = ()
    unknown: str = ""


def listeners(
    port: int, *, seconds: float = TIMEOUT, connections: Callable[[], Iterable[Any]] | None = None
) -> Listeners:
    """The programs that listen on a TCP port of this host. `connections` stands in for psutil's list."""

    def ask() -> Listeners:
        return Listeners(tuple(_find(port, connections)))

    try:
        return within(seconds, ask, "the process table")
    except TimeoutError as error:
        return Listeners(unknown=str(error))


def _find(port: int, connections: Callable[[], Iterable[Any]] | None) -> Iterator[Listener]:
    import psutil

    seen = set()
    for item in _connections(connections):
        if item.status == psutil.CONN_LISTEN and item.laddr and item.laddr.port == port and item.pid not in seen:
            seen.add(item.pid)
            yield Listener(item.laddr.ip, port, item.pid, *_named(item.pid), _runs_gateway(item.pid))


def _connections(given: Callable[[], Iterable[Any]] | None) -> Iterable[Any]:
    """All TCP sockets; where the system shows only a user's own (macOS), those."""
    import psutil

    if given is not None:
        return given()
    try:
        return psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return _own()


def _own() -> Iterator[Any]:
    import contextlib

    import psutil

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            for item in process.net_connections("tcp"):
                yield _Own(item.status, item.laddr, process.pid)


@frozen
class _Own:
    status: str
    laddr: Any
    pid: int


def _named(pid: int | None) -> tuple[str, str]:
    import psutil

    if pid is None:
        return "", ""
    try:
        process = psutil.Process(pid)
        name = process.name()
    except psutil.Error:
        return "", ""
    try:
        return name.strip(), process.username()
    except (psutil.Error, KeyError):
        return name.strip(), ""


def _runs_gateway(pid: int | None) -> bool | None:
    import psutil

    try:
        words = psutil.Process(pid).cmdline()[:WORDS] if pid is not None else []
    except psutil.Error:
        return None
    return any(word == "gateway" or any(name in word for name in PROGRAMS) for word in words) if words else None
