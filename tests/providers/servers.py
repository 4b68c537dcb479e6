"""Servers on loopback that answer as providers do, and as networks do when they are broken."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Handler = "Callable[[socket.socket, Received], None]"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes


@dataclass(slots=True)
class Server:
    """A listening server. `received` are the requests so far."""

    url: str
    port: int
    received: list[Received] = field(default_factory=list)


def reply(status: int, body: Any = b"", **headers: str) -> Callable[[socket.socket, Received], None]:
    """Answers with a status and a body: an object is sent as JSON, text and bytes as they are."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    named = {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}

    def handle(connection: socket.socket, _: Received) -> None:
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in named.items()), "", ""]
        connection.sendall("\r\n".join(lines).encode() + data)

    return handle


def stall(connection: socket.socket, _: Received) -> None:
    """Takes the request and never answers."""
    with suppress(OSError):
        connection.settimeout(20)
        connection.recv(1)


def reset(connection: socket.socket, _: Received) -> None:
    """Breaks the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def drip(connection: socket.socket, _: Received) -> None:
    """One byte of the headers now and then, for ever."""
    with suppress(OSError):
        for char in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000:
            connection.sendall(bytes([char]))
            time.sleep(0.05)


def drip_body(connection: socket.socket, _: Received) -> None:
    """The headers at once, then one byte of the body now and then."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n")
        for _number in range(1000):
            connection.sendall(b" ")
            time.sleep(0.05)


@dataclass(slots=True)
class Later:
    """Waits before it answers; `most` is how many waited at once."""

    seconds: float
    then: Callable[[socket.socket, Received], None]
    most: int = 0
    waiting: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: socket.socket, request: Received) -> None:
        with self.lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        time.sleep(self.seconds)
        with self.lock:
            self.waiting -= 1
        self.then(connection, request)


@contextmanager
def server(
    handler: Callable[[socket.socket, Received], None], *, tls: ssl.SSLContext | None = None, mute: bytes | None = None
) -> Iterator[Server]:
    """A server on a free port. `mute` is all it says to a connection: no TLS, no HTTP."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=50)
    port = listener.getsockname()[1]
    found = Server(f"http{'s' if tls or mute is not None else ''}://127.0.0.1:{port}", port)
    stop = threading.Event()

    def serve(connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection:
            if mute is not None:
                connection.sendall(mute)
                stop.wait(20)
                return
            wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
            with wrapped:
                request = receive(wrapped)
                found.received.append(request)
                handler(wrapped, request)

    def accept() -> None:
        while not stop.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield found
    finally:
        stop.set()
        listener.close()


def receive(connection: socket.socket) -> Received:
    """Reads one request."""
    connection.settimeout(20)
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(4096)
        if not chunk:
            raise ValueError("no request")
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(4096)
    method, target, _ = first.split(" ", 2)
    return Received(method, target, headers, body, data)


def proxy(connection: socket.socket, request: Received) -> None:
    """A small forwarding proxy: CONNECT, and absolute URLs."""
    address = request.target if request.method == "CONNECT" else request.target.split("/")[2]
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port or 80)), timeout=5) as upstream:
        if request.method == "CONNECT":
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = "/" + request.target.split("/", 3)[3]
            upstream.sendall(request.raw.replace(request.target.encode(), path.encode(), 1))
        back = threading.Thread(target=pump, args=(upstream, connection), daemon=True)
        back.start()
        if request.method == "CONNECT":
            pump(connection, upstream)
        back.join(5)


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copies bytes until one side ends."""
    with suppress(OSError):
        while data := source.recv(4096):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def certificate(folder: Path, *, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A TLS context with a certificate that nobody has signed, and the file of that certificate."""
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificate, is not here")
    key, path = folder / "key.pem", folder / "certificate.pem"
    alternative = f"subjectAltName=IP:{name}" if name[0].isdigit() else f"subjectAltName=DNS:{name}"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(path), "-days",
         "2", "-subj", "/CN=test", "-addext", alternative],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return context, path
