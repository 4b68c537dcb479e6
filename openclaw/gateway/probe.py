"""Is a gateway there, is it ours, is it well? Three phases, each with its own deadline; nothing is changed by asking.

A connection, then `/readyz` where there is one (its body: unknown paths answer 200 with a page of HTML), then the
handshake, which alone tells a gateway from anything else (openclaw-new §7).
"""

from __future__ import annotations

import time
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.frozen import frozen, replace
from openclaw.gateway.listener import Listeners
from openclaw.service.within import within

if TYPE_CHECKING:
    from ssl import SSLContext

    from openclaw.gateway.address import Address
    from openclaw.gateway.handshake import Greeting

CONNECTING = 2.0  # seconds
READINESS = 3.0
HANDSHAKE = 5.0
OTHER_WAY = 2.0
NO_HTTP = "no HTTP answer"
MAX_BODY = 64 * 1024  # bytes

Outcome = Literal[
    "healthy", "starting", "nothing", "foreign", "unauthorized", "protocol", "refused", "timeout", "unknown"
]
BY_ANSWER: dict[str, Outcome] = {
    "welcome": "healthy", "unauthorized": "unauthorized", "protocol": "protocol", "starting": "starting",
    "refused": "refused", "foreign": "foreign", "timeout": "timeout",
}  # fmt: skip


@frozen
class Phase:
    """One step: how long it took in milliseconds, and what was seen."""

    name: Literal["connect", "readyz", "handshake"]
    ok: bool
    milliseconds: int
    detail: str = ""


@frozen
class Probe:
    """What was found at an address. `message` is one sentence for people, without a secret."""

    outcome: Outcome
    address: Address
    message: str
    ready: bool | None = None  # None: this gateway does not tell
    failing: tuple[str, ...] = ()  # what newer OpenClaw says is not ready yet
    protocol: int | None = None
    version: str = ""
    code: str = ""
    phases: tuple[Phase, ...] = ()
    listening: Listeners = field(default_factory=Listeners)

    @property
    def healthy(self) -> bool:
        """It let us in, and does not say that it is not ready."""
        return self.outcome == "healthy"


@frozen
class Readiness:
    """What `/readyz` said; `ready` is None where this is not a gateway that has it."""

    ready: bool | None = None
    failing: tuple[str, ...] = ()
    detail: str = ""


def probe(
    address: Address,
    *,
    connecting: float = CONNECTING,
    readiness: float = READINESS,
    handshake: float = HANDSHAKE,
) -> Probe:
    """Asks whoever is at the address. The arguments are deadlines in seconds; never raises for what it finds."""
    if not address.host:
        return Probe("unknown", address, "gateway.mode is remote, and gateway.remote.url names no host")
    phase, outcome = _connect(address, connecting)
    if outcome:
        return Probe(outcome, address, _no_connection(address, phase.detail), phases=(phase,))
    listening = _listening(address)
    started = time.monotonic()
    ready = _readiness(address, readiness)
    asked = Phase("readyz", ready.ready is True, _since(started), ready.detail)
    started = time.monotonic()
    greeting = _greet(address, handshake)
    if greeting.answer == "foreign" and ready.detail == NO_HTTP and not address.remote:
        greeting = _the_other_way(address) or greeting
    greeted = Phase("handshake", greeting.answer == "welcome", _since(started), _safe(greeting.detail, address))
    phases = (phase, asked, greeted)
    failing = tuple(_safe(item, address) for item in ready.failing)
    return _judged(Probe("unknown", address, "", ready.ready, failing, phases=phases, listening=listening), greeting)


def _judged(found: Probe, greeting: Greeting) -> Probe:
    outcome = BY_ANSWER[greeting.answer]
    if outcome in ("healthy", "timeout", "foreign") and found.ready is False:
        outcome = "starting"
    known = replace(found, outcome=outcome, protocol=greeting.protocol, version=greeting.version, code=greeting.code)
    return replace(known, message=_sentence(known, _safe(greeting.detail, found.address)))


def _sentence(found: Probe, detail: str) -> str:
    said = f": {detail}" if detail else ""
    match found.outcome:
        case "healthy":
            version = f"OpenClaw {found.version}, " if found.version not in ("", "dev") else ""
            return f"healthy: {version}protocol {found.protocol or 'unknown'}"
        case "starting":
            waits = f", waiting for {', '.join(found.failing)}" if found.failing else ""
            return f"a gateway is there and not ready yet{waits}"
        case "unauthorized":
            return _unauthorized(found.address, said)
        case "protocol":
            wants = f" speaks protocol {found.protocol}," if found.protocol else " speaks another protocol;"
            return f"the gateway{wants} this program 3 and 4"
        case "foreign":
            return f"another program is on the port: {_who(found)}{'; ' + detail if detail else ''}"
        case "timeout":
            return f"{_who(found)} took the connection and did not answer as a gateway does{said}"
        case _:
            return f"the gateway refused the handshake{said}"


def _unauthorized(address: Address, said: str) -> str:
    if address.unresolved:
        return f"the gateway wants a secret; {address.unresolved}"
    if address.secret is None:
        return "the gateway wants a token or password, and neither the config nor the environment has one"
    return f"the gateway refuses the {address.kind} of {address.secret_from}{said}"


def _who(found: Probe) -> str:
    listening = found.listening
    if listening.found:
        return listening.found[0].shown
    return f"which one is not known ({listening.unknown})" if listening.unknown else "which one is not known"


def _connect(address: Address, seconds: float) -> tuple[Phase, Outcome | None]:
    import socket

    def work() -> None:
        # As bytes: for text Python loads the tables of international names first, which costs 4 ms.
        host = address.host.encode() if address.host.isascii() else address.host
        socket.create_connection((host, address.port), timeout=seconds).close()  # type: ignore[arg-type]

    started = time.monotonic()
    outcome: Outcome | None = None
    detail = ""
    try:
        within(seconds + 0.5, work, address.host)  # the look-up of a name has no deadline of its own
    except TimeoutError:
        outcome, detail = "timeout", f"no connection in {seconds:g} s"
    except ConnectionRefusedError:
        outcome, detail = "nothing", "connection refused"
    except OSError as error:  # a name that cannot be looked up, a network that is not there
        outcome, detail = "nothing", error.strerror or type(error).__name__
    return Phase("connect", outcome is None, _since(started), detail), outcome


def _no_connection(address: Address, detail: str) -> str:
    where = f"{address.host} port {address.port}"
    return f"nothing listens on {where}" if detail == "connection refused" else f"{where} cannot be reached: {detail}"


def _listening(address: Address) -> Listeners:
    from openclaw.gateway.listener import listeners

    return Listeners() if address.remote else listeners(address.port)


def _readiness(address: Address, seconds: float) -> Readiness:
    from http.client import HTTPException

    try:
        return within(seconds, lambda: _get_ready(address, seconds), "/readyz")
    except TimeoutError:
        return Readiness(detail=f"no answer in {seconds:g} s")
    except (OSError, HTTPException, ValueError):
        return Readiness(detail=NO_HTTP)


def _get_ready(address: Address, seconds: float) -> Readiness:
    from http.client import HTTPConnection, HTTPSConnection

    context = _tls(address)
    if context is None:
        connection = HTTPConnection(address.host, address.port, timeout=seconds)
    else:
        connection = HTTPSConnection(address.host, address.port, timeout=seconds, context=context)
    try:
        connection.request("GET", "/readyz", headers={"User-Agent": "openclaw-onboard", "Accept": "application/json"})
        answer = connection.getresponse()
        return _read_ready(answer.status, answer.read(MAX_BODY))
    finally:
        connection.close()


def _read_ready(status: int, body: bytes) -> Readiness:
    """Only a body with a `ready` that is true or false is an answer."""
    import json

    try:
        document: Any = json.loads(body)
    except ValueError:
        document = None
    ready = document.get("ready") if isinstance(document, dict) else None
    if not isinstance(ready, bool):
        return Readiness(detail=f"HTTP {status} without a readiness document")
    listed = document.get("failing")
    failing = tuple(str(item)[:60] for item in listed) if isinstance(listed, list) else ()
    return Readiness(ready, failing, f"HTTP {status}, ready: {str(ready).lower()}")


def _greet(address: Address, seconds: float) -> Greeting:
    from openclaw.gateway.handshake import CLOSING, Greeting, greet

    def work() -> Greeting:
        return greet(address.url, seconds=seconds, kind=address.kind, secret=address.secret, ssl=_tls(address))

    try:
        return within(seconds + 2 * CLOSING, work, "the handshake")
    except TimeoutError as error:
        return Greeting("timeout", str(error))


def _the_other_way(address: Address) -> Greeting | None:
    """A gateway that was started with TLS where its config has none now, or the other way round; it gets no secret."""
    from openclaw.gateway.handshake import Greeting

    found = _greet(replace(address, tls=not address.tls, secret=None), OTHER_WAY)
    if found.answer in ("foreign", "timeout"):
        return None
    now, config = ("without", "on") if address.tls else ("with", "off")
    return Greeting("refused", f"it answers {now} TLS, and gateway.tls is {config}: it was started with another config")


def _tls(address: Address) -> SSLContext | None:
    """System certificates for another host. The gateway of this host signs its own, and nobody is in between."""
    if not address.tls:
        return None
    import ssl

    if address.remote:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _safe(text: str, address: Address) -> str:
    """What another program said: on one line, short, without our secret."""
    from openclaw.redact import scrub

    return scrub(text, [address.secret] if address.secret else [])[:200]
