"""OpenClaw's WebSocket handshake (wizard-doctor-spec §5, openclaw-new §7): the one proof that a gateway is there.

Challenge from the server, `connect` with the secret from us, and the server's answer. Protocol 3 is that of 2026.2.x,
4 that of 2026.9. Nothing is asked after that, and no device is paired.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Literal

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from ssl import SSLContext

    from websockets.sync.client import ClientConnection

    from openclaw.secret import Secret

PROTOCOLS = (3, 4)
CLOSING = 0.5  # seconds for the goodbye
MAX_MESSAGE = 4 * 1024 * 1024  # bytes; the answer lists every method
ID = "connect"

Answer = Literal["welcome", "unauthorized", "protocol", "starting", "refused", "foreign", "timeout"]


@frozen
class Greeting:
    """How the handshake ended. `detail` is the gateway's own sentence, or what was seen instead of one."""

    answer: Answer
    detail: str = ""
    code: str = ""  # the gateway's error code
    protocol: int | None = None  # the one that was agreed, or the one that it wants
    version: str = ""


def greet(
    url: str,
    *,
    seconds: float,
    kind: str = "token",
    secret: Secret | None = None,
    ssl: SSLContext | None = None,
    protocols: tuple[int, int] = PROTOCOLS,
) -> Greeting:
    """Opens a WebSocket at `url`, says hello and hangs up, in at most `seconds` (and half a second for the goodbye)."""
    from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
    from websockets.sync.client import connect

    ends = time.monotonic() + seconds
    try:
        with connect(
            url,
            ssl=ssl,
            proxy=None,
            compression=None,
            open_timeout=seconds,
            close_timeout=CLOSING,
            ping_interval=None,
            max_size=MAX_MESSAGE,
            user_agent_header="openclaw-onboard",
        ) as socket:
            return _talk(socket, ends, _request(kind, secret, protocols))
    except TimeoutError:
        return Greeting("timeout", f"no answer in {seconds:g} s")
    except ConnectionClosed as closed:
        return _of_close(closed)
    except InvalidURI:
        return Greeting("foreign", "the address is not one of a WebSocket")
    except InvalidHandshake as error:
        return _of_handshake(error)
    except OSError as error:
        return Greeting("foreign", f"the connection broke: {error.strerror or type(error).__name__}")
    except AssertionError:  # websockets, where the other side is gone in the middle of the opening
        return Greeting("foreign", "the connection broke while it was opened")


def _talk(socket: ClientConnection, ends: float, request: str) -> Greeting:
    challenge = _receive(socket, ends)
    if challenge is None:
        return Greeting("timeout", "it sent no challenge")
    if not _is_gateway(challenge) or challenge.get("event") != "connect.challenge":
        return Greeting("foreign", "it is a WebSocket server, but not an OpenClaw gateway")
    socket.send(request)  # not before: whoever is not a gateway does not get the secret
    while (frame := _receive(socket, ends)) is not None:
        if not _is_gateway(frame):
            return Greeting("foreign", "it is a WebSocket server, but not an OpenClaw gateway")
        if frame["type"] == "res" and frame.get("id") == ID:
            return _of_answer(frame)
    return Greeting("timeout", "it sent a challenge and no answer to the handshake")


def _receive(socket: ClientConnection, ends: float) -> Any:
    """The next message as data; None when the time is over; an empty dict when it is not JSON."""
    left = ends - time.monotonic()
    if left <= 0:
        return None
    try:
        message = socket.recv(timeout=left)
    except TimeoutError:
        return None
    try:
        return json.loads(message) or {}
    except ValueError:
        return {}


def _is_gateway(frame: Any) -> bool:
    return isinstance(frame, dict) and frame.get("type") in ("event", "res")


def _request(kind: str, secret: Secret | None, protocols: tuple[int, int]) -> str:
    from sys import platform

    from openclaw import __version__

    params: dict[str, Any] = {
        "minProtocol": protocols[0],
        "maxProtocol": protocols[1],
        "client": {"id": "openclaw-probe", "version": __version__, "platform": platform, "mode": "probe"},
        "role": "operator",
        "scopes": ["operator.read"],
        "caps": [],
    }
    if secret is not None:
        params["auth"] = {kind: secret.reveal()}
    return json.dumps({"type": "req", "id": ID, "method": "connect", "params": params})


def _of_answer(frame: dict[str, Any]) -> Greeting:
    if frame.get("ok") is True:
        payload = _table(frame.get("payload"))
        protocol, version = payload.get("protocol"), _table(payload.get("server")).get("version")
        return Greeting(
            "welcome",
            protocol=protocol if isinstance(protocol, int) else None,
            version=version if isinstance(version, str) else "",
        )
    error = _table(frame.get("error"))
    details = _table(error.get("details"))
    expected = details.get("expectedProtocol")
    code = str(details.get("code") or error.get("code") or "")
    return _refusal(str(error.get("message") or ""), code, expected if isinstance(expected, int) else None)


def _of_close(closed: Any) -> Greeting:
    """A connection that was closed without an answer: the reason tells as much."""
    frame = closed.rcvd
    if frame is None:
        return Greeting("foreign", "the connection was closed without a word")
    if frame.code in (1012, 1013):  # service restart, try again later
        return Greeting("starting", frame.reason, str(frame.code))
    return _refusal(frame.reason, str(frame.code))


def _of_handshake(error: Exception) -> Greeting:
    from websockets.exceptions import InvalidStatus

    if not isinstance(error, InvalidStatus):
        return Greeting("foreign", "it does not speak WebSocket")
    status = error.response.status_code
    if status == 503:
        return Greeting("starting", "it answers 503")
    return Greeting("foreign", f"it answers HTTP {status} and is not a WebSocket server")


def _refusal(message: str, code: str, expected: int | None = None) -> Greeting:
    """By the newer codes, and by the sentences of the older ones (wizard-doctor-spec §5, table of failures)."""
    text = message.lower()
    if code == "PROTOCOL_MISMATCH" or "protocol mismatch" in text:
        return Greeting("protocol", message, code, expected)
    if code.startswith(("AUTH_", "NOT_PAIRED", "DEVICE_", "PAIRING_")) or "unauthorized" in text or "pairing" in text:
        return Greeting("unauthorized", message, code)
    if "starting" in text or "draining" in text:
        return Greeting("starting", message, code)
    return Greeting("refused", message, code)


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
