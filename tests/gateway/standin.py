"""A stand-in for OpenClaw's gateway: its handshake and its `/readyz`, with what tests want to be wrong with it.

Also a program, for a service manager to start: `standin.py gateway --port PORT`. It takes its token from
`--token`, the config or `OPENCLAW_GATEWAY_TOKEN`, in that order as the real one does, waits for keys as that does, and
ends with 78 without a config.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ssl import SSLContext

TOKEN = "gateway-token-FAKE-EXAMPLE-0123456789"
PAGE = b"<!doctype html><title>Control</title>"


@dataclass
class Gateway:
    """How it behaves. `protocols`: the range that it takes; `ready`: None is an older one, which has no /readyz."""

    token: str = TOKEN
    protocols: tuple[int, int] = (3, 4)
    ready: bool | None = True
    failing: list[str] = field(default_factory=list)
    challenge: bool = True  # False: a WebSocket server that says nothing
    answers: bool = True
    greeting: str = ""  # another server's first message
    status: int = 0  # answers every upgrade with this
    error: dict[str, Any] | None = None  # the answer to any `connect`
    close: tuple[int, str] | None = None  # closes instead of answering
    seen: list[dict[str, Any]] = field(default_factory=list)

    def talk(self, socket: ServerConnection) -> None:
        """One connection."""
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            if self.greeting:
                socket.send(self.greeting)
            elif self.challenge:
                payload = {"nonce": "n", "ts": 1}
                socket.send(json.dumps({"type": "event", "event": "connect.challenge", "payload": payload}))
            request = json.loads(socket.recv(timeout=10))
            self.seen.append(request)
            if self.close:
                socket.close(*self.close)
            elif self.answers:
                socket.send(json.dumps({"type": "event", "event": "tick", "payload": {}}))
                self.answer(socket, request)
            else:
                socket.recv(timeout=10)

    def answer(self, socket: ServerConnection, request: dict[str, Any]) -> None:
        params = request["params"]
        error = self.error or self.refusal(params)
        if error:
            socket.send(json.dumps({"type": "res", "id": request["id"], "ok": False, "error": error}))
            socket.close(1008, error["message"])
            return
        protocol = min(self.protocols[1], params["maxProtocol"])
        payload = {"type": "hello-ok", "protocol": protocol, "server": {"version": "2026.9.6", "connId": "c"}}
        socket.send(json.dumps({"type": "res", "id": request["id"], "ok": True, "payload": payload}))

    def refusal(self, params: dict[str, Any]) -> dict[str, Any] | None:
        """As the real one: wizard-doctor-spec §5, openclaw-new §7."""
        if params["maxProtocol"] < self.protocols[0] or params["minProtocol"] > self.protocols[1]:
            return {"code": "INVALID_REQUEST", "message": "protocol mismatch",
                    "details": {"code": "PROTOCOL_MISMATCH", "expectedProtocol": self.protocols[1]}}  # fmt: skip
        given = params.get("auth", {}).get("token")
        if given is None:
            return {"code": "NOT_PAIRED", "message": "device identity required"}
        if given != self.token:
            return {"code": "INVALID_REQUEST",
                    "message": f"unauthorized: gateway token mismatch, not {given}"}  # fmt: skip
        return None

    def http(self, connection: ServerConnection, request: Request) -> Response | None:
        """/readyz and the page that stands for every other path; None lets a WebSocket through."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return self.page(self.status, b"no") if self.status else None
        if request.path == "/readyz" and self.ready is not None:
            body = json.dumps({"ready": self.ready, "failing": self.failing}).encode()
            return self.page(200 if self.ready else 503, body)
        return self.page(200, PAGE)

    def page(self, status: int, body: bytes) -> Response:
        headers = Headers([("Content-Length", str(len(body))), ("Connection", "close")])
        return Response(status, "", headers, body)

    def server(self, port: int = 0, ssl: SSLContext | None = None) -> Server:
        return serve(self.talk, "127.0.0.1", port, process_request=self.http, compression=None, ssl=ssl)


@contextlib.contextmanager
def running(gateway: Gateway) -> Iterator[int]:
    """Its port, while it runs."""
    with gateway.server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]


def main() -> None:
    """The program."""
    config = Path.home() / ".openclaw" / "openclaw.json"
    if not config.exists():
        sys.exit(78)
    auth = json.loads(config.read_text()).get("gateway", {}).get("auth", {})
    given = sys.argv[sys.argv.index("--token") + 1] if "--token" in sys.argv else ""
    token = given or auth.get("token") or os.environ.get("OPENCLAW_GATEWAY_TOKEN") or TOKEN
    with Gateway(token).server(int(sys.argv[sys.argv.index("--port") + 1])) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
