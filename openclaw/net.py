"""HTTP requests of ours: few, small, with a deadline that holds, and with the phase in which each one ended.

DNS, TCP, TLS, proxy and HTTP fail for different reasons and have different remedies. Nothing is tried twice, and no
redirect is followed: a credential goes to no other address than the one that was shown.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

    from urllib3 import BaseHTTPResponse, PoolManager

CAP = 64 * 1024  # bytes kept of an answer
CHUNK = 8 * 1024
PROXY_VARIABLES = {"https": ("https_proxy", "HTTPS_PROXY"), "http": ("http_proxy", "HTTP_PROXY")}
CA_VARIABLES = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

Phase = Literal["queue", "dns", "tcp", "proxy", "tls", "http", "body", "done"]
DOING: dict[str, str] = {
    "queue": "waiting for its turn", "dns": "looking up the host name", "tcp": "connecting",
    "proxy": "asking the proxy", "tls": "agreeing on TLS", "http": "waiting for the answer",
    "body": "reading the answer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Secrets are in `headers` only, never in `url`."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    With a `status` the server answered, even where the body was cut off. Without one, `phase` is where it ended and
    `error` says why; `timed_out`: because its time was over. Times are in milliseconds.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    body: bytes = b""
    phase: Phase = "done"
    error: str = ""
    timed_out: bool = False
    latency: int = 0
    at: int = 0  # local time of the answer, since the epoch
    complete: bool = True


class _Progress:
    """How far a request has come; written by its thread, read by the one that waits."""

    __slots__ = ("body", "headers", "phase", "status")

    def __init__(self) -> None:
        self.phase: Phase = "queue"
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.body = b""


def user_agent() -> str:
    """Ours, whatever is asked: no other program's name."""
    from openclaw import __version__

    return f"openclaw-onboard/{__version__}"


def ask(requests: Sequence[Request], *, seconds: float, env: Mapping[str, str], concurrency: int = 2) -> list[Answer]:
    """The answers, in order. All of it takes no longer than `seconds`, whatever the servers do.

    While requests wait for their turn, one that has had its share of the time makes room. Requests run in daemon
    threads: one that hangs keeps neither the others nor the process.
    """
    return _Run(requests, seconds, env, max(1, concurrency)).answers()


class _Run:
    def __init__(self, requests: Sequence[Request], seconds: float, env: Mapping[str, str], width: int) -> None:
        import queue

        self.requests, self.seconds, self.env, self.width = requests, seconds, env, width
        self.progress = [_Progress() for _ in requests]
        self.found: dict[int, Answer] = {}
        self.started: dict[int, float] = {}  # what is running → since when
        self.done: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()
        self.share = seconds * min(1.0, width / max(1, len(requests)))

    def answers(self) -> list[Answer]:
        ends = time.monotonic() + self.seconds
        waiting = list(range(len(self.requests)))
        while waiting or self.started:
            while waiting and len(self.started) < self.width and time.monotonic() < ends:
                self.start(waiting.pop(0))
            if not self.started:
                break
            self.wait(ends, crowded=bool(waiting))
        for index in waiting:
            self.found[index] = self.given_up(index)
        return [self.found[index] for index in range(len(self.requests))]

    def start(self, index: int) -> None:
        import threading

        self.started[index] = time.monotonic()
        work = threading.Thread(target=self.work, args=(index,), name=f"request {index}", daemon=True)
        work.start()

    def work(self, index: int) -> None:
        try:
            answer = exchange(self.requests[index], self.seconds, self.env, self.progress[index])
        except BaseException as error:  # a thread that ends without an answer would be waited for
            answer = Answer(phase=self.progress[index].phase, error=type(error).__name__, at=_now())
        self.done.put((index, answer))

    def wait(self, ends: float, *, crowded: bool) -> None:
        """Until the next answer, or until the time of one is over."""
        import queue

        index = min(self.started, key=lambda item: self.started[item])
        over = min(ends, self.started[index] + self.share) if crowded else ends
        try:
            answered, answer = self.done.get(timeout=max(0.0, over - time.monotonic()))
        except queue.Empty:
            self.found[index] = self.given_up(index)
            del self.started[index]
            return
        if self.started.pop(answered, None) is not None:
            self.found[answered] = answer

    def given_up(self, index: int) -> Answer:
        progress = self.progress[index]
        since = self.started.get(index)
        latency = round((time.monotonic() - since) * 1000) if since is not None else 0
        if progress.status is not None:
            return Answer(
                progress.status, progress.headers, progress.body, "body", "the answer did not end in time", True,
                latency, _now(), complete=False,
            )  # fmt: skip
        phase = progress.phase
        error = (
            f"no answer in {latency / 1000:.1f} s, while {DOING[phase]}" if since is not None else "not asked in time"
        )
        return Answer(phase=phase, error=error, timed_out=True, latency=latency, at=_now())


# ---- one exchange --------------------------------------------------------------------------------------------------


def exchange(request: Request, seconds: float, env: Mapping[str, str], progress: _Progress | None = None) -> Answer:
    """One request in this thread. `seconds` bounds each step of it; `ask` bounds the whole."""
    from urllib3.exceptions import HTTPError, LocationValueError

    progress = progress or _Progress()
    started = time.monotonic()

    def failed(error: Exception) -> Answer:
        timed_out, text = _explained(error, progress, seconds)
        latency = round((time.monotonic() - started) * 1000)
        return Answer(phase=progress.phase, error=text, timed_out=timed_out, latency=latency, at=_now())

    try:
        manager = _manager(request.url, seconds, env, progress)
        response = _sent(manager, request, seconds)
        progress.status, progress.headers = response.status, {k.lower(): v for k, v in response.headers.items()}
        latency, at = round((time.monotonic() - started) * 1000), _now()
        complete = _read(response, progress, started + seconds)
    except (HTTPError, LocationValueError, OSError, ValueError) as error:
        return failed(error)
    return Answer(progress.status, progress.headers, progress.body, latency=latency, at=at, complete=complete)


def _sent(manager: PoolManager, request: Request, seconds: float) -> BaseHTTPResponse:
    from urllib3 import Timeout

    headers = {"User-Agent": user_agent(), "Accept": "application/json", "Accept-Encoding": "identity"}
    return manager.urlopen(
        request.method,
        request.url,
        headers=headers | dict(request.headers),
        body=request.body or None,
        redirect=False,
        retries=False,
        preload_content=False,
        timeout=Timeout(connect=seconds, read=seconds),
    )


def _read(response: BaseHTTPResponse, progress: _Progress, ends: float) -> bool:
    """Reads up to the cap. What was read before a stall or a reset still counts: the status is an answer."""
    from urllib3.exceptions import HTTPError

    progress.phase = "body"
    try:
        while len(progress.body) < CAP and time.monotonic() < ends:
            chunk = response.read1(CHUNK)
            if not chunk:
                progress.phase = "done"
                return True
            progress.body = (progress.body + chunk)[:CAP]
    except (HTTPError, OSError):
        return False
    finally:
        response.close()
    return False


def _manager(url: str, seconds: float, env: Mapping[str, str], progress: _Progress) -> PoolManager:
    """urllib3's manager with connections that tell how far they are."""
    from urllib3 import PoolManager, ProxyManager, make_headers
    from urllib3.util import parse_url

    proxy = proxy_for(url, env)
    context = tls_context(env) if url.lower().startswith("https:") or proxy.startswith("https:") else None
    if proxy:
        parsed = parse_url(proxy)
        secret = make_headers(proxy_basic_auth=_unquoted(parsed.auth)) if parsed.auth else None
        address = f"{parsed.scheme}://{parsed.netloc}"
        manager: PoolManager = ProxyManager(
            address, proxy_headers=secret, ssl_context=context, proxy_ssl_context=context
        )
    else:
        manager = PoolManager(ssl_context=context)
    manager.pool_classes_by_scheme = _pools(progress, proxied=bool(proxy), seconds=seconds)
    return manager


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text)


def _pools(progress: _Progress, *, proxied: bool, seconds: float) -> dict[str, type]:
    """Pools whose connections note the phase. A stalled TLS handshake must not look like a slow answer."""
    import socket

    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import NameResolutionError

    def resolve(connection: HTTPConnection) -> None:
        progress.phase = "dns"
        try:
            socket.getaddrinfo(connection._dns_host, connection.port, 0, socket.SOCK_STREAM)  # noqa: SLF001
        except socket.gaierror as error:
            raise NameResolutionError(connection.host, connection, error) from error
        progress.phase = "tcp"

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            resolve(self)
            found = super()._new_conn()
            progress.phase = "http"
            return found

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            resolve(self)
            found = super()._new_conn()
            found.settimeout(seconds)
            progress.phase = "proxy" if proxied else "tls"
            return found

        def _tunnel(self) -> None:
            super()._tunnel()
            progress.phase = "tls"

        def connect(self) -> None:
            super().connect()
            progress.phase = "http"

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def tls_context(env: Mapping[str, str]) -> ssl.SSLContext:
    """TLS with the system's certificate authorities, and with those that a company's variables add."""
    import ssl
    from pathlib import Path

    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name in CA_VARIABLES:
        path = env.get(name, "")
        if path and Path(path).is_file():
            try:
                context.load_verify_locations(path)
            except (ssl.SSLError, OSError):  # it was meant for another program; the system's remain
                continue
    return context


def proxy_for(url: str, env: Mapping[str, str]) -> str:
    """The proxy for a URL by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, as curl reads them; "" for none."""
    from urllib.parse import urlsplit
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined] # missing in its stubs

    parts = urlsplit(url)
    excluded = env.get("no_proxy") or env.get("NO_PROXY") or ""
    host = parts.netloc.rpartition("@")[2]
    if excluded and proxy_bypass_environment(host, {"no": excluded}):
        return ""
    names = (*PROXY_VARIABLES.get(parts.scheme.lower(), ()), "all_proxy", "ALL_PROXY")
    value = next((found for name in names if (found := env.get(name, "").strip())), "")
    return value if not value or "://" in value else f"http://{value}"


# ---- errors in words -----------------------------------------------------------------------------------------------


def _explained(error: Exception, progress: _Progress, seconds: float) -> tuple[bool, str]:
    """(whether time was up, why in words) of an exception; sets the phase where the exception knows it better.

    urllib3's own texts name the URL and the object; only the innermost cause is told.
    """
    import ssl

    from urllib3.exceptions import NewConnectionError, ProxyError, ProxySchemeUnknown
    from urllib3.exceptions import TimeoutError as Timeout

    causes = _causes(error)
    # A refused connection is a kind of time-out to urllib3, and not to people.
    if any(isinstance(item, Timeout | TimeoutError) and not isinstance(item, NewConnectionError) for item in causes):
        return True, f"no answer in {seconds:.1f} s, while {DOING.get(progress.phase, 'waiting')}"
    verify = next((item for item in causes if isinstance(item, ssl.SSLCertVerificationError)), None)
    if verify is not None:
        progress.phase = "tls"
        return False, f"the certificate is not trusted: {verify.verify_message or verify.reason}"
    if any(isinstance(item, ProxySchemeUnknown) for item in causes):
        progress.phase = "proxy"
        return False, "proxies of this kind are not supported: only http:// and https:// ones"
    if any(isinstance(item, ProxyError) for item in causes) and progress.phase not in ("dns", "tls"):
        progress.phase = "proxy"
    tunnel = next((str(item) for item in causes if "Tunnel connection failed" in str(item)), "")
    if tunnel:
        progress.phase = "proxy"
        return False, f"the proxy says no: {tunnel.partition('failed: ')[2] or tunnel}"[:200]
    return False, _reason(causes[-1])


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and what stands behind it, outermost first."""
    found: list[BaseException] = []
    current: object = error
    while isinstance(current, BaseException) and current not in found and len(found) < 10:
        found.append(current)
        inner = getattr(current, "reason", None) or getattr(current, "original_error", None)
        current = inner if isinstance(inner, BaseException) else current.__cause__ or current.__context__
    return found


def _reason(error: BaseException) -> str:
    import ssl

    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {(error.reason or 'no common ground').replace('_', ' ').lower()}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return {"RemoteDisconnected": "the server closed the connection without an answer"}.get(
        type(error).__name__, f"the connection broke ({type(error).__name__})"
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


def skew(answer: Answer) -> int | None:
    """How far this host's clock is ahead of the server's, in milliseconds, by the Date header; None without one."""
    from email.utils import parsedate_to_datetime

    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
        return answer.at - round(theirs.timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return None
