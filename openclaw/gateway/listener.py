"""Which program listens on a port, by the process table; never its arguments, which may hold secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen
from openclaw.service.within import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

TIMEOUT = 3.0  # seconds


@frozen
class Listener:
    """A listening program. `pid` is None where this user may not know whose socket it is."""

    address: str
    port: int
    pid: int | None = None
    name: str = ""
    user: str = ""

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
            yield Listener(item.laddr.ip, port, item.pid, *_named(item.pid))


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
