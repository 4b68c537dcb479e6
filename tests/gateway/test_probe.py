"""The probe against loopback servers: each outcome, each deadline, and that the token never shows."""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.gateway import listener
from openclaw.gateway.address import Address
from openclaw.gateway.handshake import greet
from openclaw.gateway.listener import Listeners, listeners
from openclaw.gateway.probe import Probe, probe
from openclaw.secret import Secret
from tests.gateway.standin import TOKEN, Gateway, running
from tests.providers.servers import certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def asked(port: int, *, token: str | None = TOKEN) -> Probe:
    address = Address("127.0.0.1", port, kind="token" if token else "none", secret=Secret(token) if token else None)
    found = probe(replace(address, secret_from="gateway.auth.token"), connecting=1, readiness=0.5, handshake=0.7)
    assert TOKEN not in repr(found)
    assert token is None or token not in repr(found)
    return found


@contextlib.contextmanager
def serving(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Some other program on a port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                handle(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("protocols", [(3, 3), (3, 4), (4, 4)])
def test_a_healthy_gateway_of_either_protocol(protocols: tuple[int, int]) -> None:
    with running(Gateway(protocols=protocols)) as port:
        found = asked(port)
    assert (found.outcome, found.protocol, found.ready) == ("healthy", protocols[1], True)
    assert found.message == f"healthy: OpenClaw 2026.9.6, protocol {protocols[1]}"
    assert [phase.name for phase in found.phases] == ["connect", "readyz", "handshake"]
    assert all(phase.ok for phase in found.phases)


def test_an_older_gateway_answers_every_path_with_a_page() -> None:
    with running(Gateway(protocols=(3, 3), ready=None)) as port:
        found = asked(port)
    assert (found.outcome, found.ready, found.protocol) == ("healthy", None, 3)
    assert found.phases[1].detail == "HTTP 200 without a readiness document"


def test_what_it_sends() -> None:
    gateway = Gateway()
    with running(gateway) as port:
        asked(port)
    [request] = gateway.seen
    assert (request["type"], request["method"]) == ("req", "connect")
    params = request["params"]
    assert (params["minProtocol"], params["maxProtocol"], params["role"]) == (3, 4, "operator")
    assert params["auth"] == {"token": TOKEN}
    assert (params["client"]["id"], params["client"]["mode"]) == ("openclaw-probe", "probe")


def test_a_wrong_token() -> None:
    with running(Gateway()) as port:
        found = asked(port, token="another-token-FAKE-EXAMPLE-0123456789")
    assert found.outcome == "unauthorized"
    assert found.message.startswith("the gateway refuses the token of gateway.auth.token: unauthorized")


def test_no_token_at_all() -> None:
    with running(Gateway()) as port:
        found = asked(port, token=None)
    assert (found.outcome, found.code) == ("unauthorized", "NOT_PAIRED")
    assert "neither the config nor the environment has one" in found.message


def test_a_protocol_from_the_future() -> None:
    with running(Gateway(protocols=(7, 9))) as port:
        found = asked(port)
    assert (found.outcome, found.protocol) == ("protocol", 9)
    assert found.message == "the gateway speaks protocol 9, this program 3 and 4"


def test_a_protocol_mismatch_in_the_words_of_the_older_one() -> None:
    error = {"code": "INVALID_REQUEST", "message": "protocol mismatch", "details": {"expectedProtocol": 2}}
    with running(Gateway(error=error)) as port:
        assert (asked(port).outcome, asked(port).protocol) == ("protocol", 2)


def test_a_readiness_document_shows_no_token() -> None:
    with running(Gateway(ready=False, failing=[TOKEN])) as port:
        assert TOKEN not in asked(port).failing


def test_a_gateway_that_is_not_ready_yet() -> None:
    with running(Gateway(ready=False, failing=["startup-sidecars"])) as port:
        found = asked(port)
    assert (found.outcome, found.healthy) == ("starting", False)
    assert found.message == "a gateway is there and not ready yet, waiting for startup-sidecars"


@pytest.mark.parametrize(
    ("gateway", "outcome"),
    [
        (Gateway(status=503), "starting"),
        (Gateway(close=(1012, "service restart")), "starting"),
        (Gateway(close=(1008, "unauthorized: gateway token mismatch")), "unauthorized"),
        (Gateway(close=(1002, "protocol mismatch")), "protocol"),
        (Gateway(error={"code": "INVALID_REQUEST", "message": "invalid connect params: x"}), "refused"),
        (Gateway(status=404, ready=None), "foreign"),
        (Gateway(greeting="hello"), "foreign"),
        (Gateway(greeting='{"type": "welcome"}'), "foreign"),
        (Gateway(greeting="[]"), "foreign"),
        (Gateway(challenge=False, ready=None), "timeout"),
        (Gateway(answers=False, ready=None), "timeout"),
    ],
)
def test_other_ends_of_the_handshake(gateway: Gateway, outcome: str) -> None:
    with running(gateway) as port:
        assert asked(port).outcome == outcome


def test_who_is_not_a_gateway_does_not_get_the_token() -> None:
    silent, other = Gateway(challenge=False, ready=None), Gateway(greeting='{"type":"event","event":"hi"}')
    for gateway in (silent, other):
        with running(gateway) as port:
            asked(port)
        assert gateway.seen == []


def test_nothing_there() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        found = asked(port)
    assert (found.outcome, found.message) == ("nothing", f"nothing listens on 127.0.0.1 port {port}")


def test_another_program_on_the_port_is_named() -> None:
    def ssh(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.recv(1000)

    with serving(ssh) as port:
        found = asked(port)
    assert found.outcome == "foreign"
    [who] = found.listening.found
    assert (who.pid, who.port) == (os.getpid(), port)
    assert f"(process {os.getpid()}" in found.message
    # The server may be gone before its first bytes were read.
    seen = found.message.partition("; ")[2]
    assert seen == "it does not speak WebSocket" or seen.startswith("the connection "), found.message


def test_a_gateway_that_still_has_tls_is_no_other_program(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    gateway = Gateway()
    server = gateway.server(ssl=context)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with server:
        found = asked(server.socket.getsockname()[1])
        server.shutdown()
    assert found.outcome == "refused"
    assert "it answers with TLS, and gateway.tls is off" in found.message
    assert all("auth" not in request["params"] for request in gateway.seen)


def test_a_gateway_that_has_no_tls_yet() -> None:
    gateway = Gateway()
    with running(gateway) as port:
        found = probe(Address("127.0.0.1", port, tls=True, kind="token", secret=Secret(TOKEN)), readiness=0.5)
    assert found.outcome == "refused"
    assert "it answers without TLS, and gateway.tls is on" in found.message
    assert all("auth" not in request["params"] for request in gateway.seen)


def test_a_web_server_that_says_200_to_everything() -> None:
    def web(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")

    with serving(web) as port:
        found = asked(port)
    assert found.outcome == "foreign"
    assert "it answers HTTP 200 and is not a WebSocket server" in found.message


def test_a_program_that_says_nothing_costs_the_deadlines() -> None:
    def mute(connection: socket.socket) -> None:
        while connection.recv(1000):
            pass

    started = time.monotonic()
    with serving(mute) as port:
        found = asked(port)
    assert found.outcome == "timeout"
    assert "took the connection and did not answer as a gateway does" in found.message
    assert time.monotonic() - started < 5


def test_a_program_that_drips_costs_no_more() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            connection.sendall(f"X-{number}: 1\r\n".encode())
            time.sleep(0.05)

    started = time.monotonic()
    with serving(drip) as port:
        assert asked(port).outcome in ("timeout", "foreign")
    assert time.monotonic() - started < 5


def test_an_address_that_does_not_answer() -> None:
    """A full queue: nobody accepts."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        started = time.monotonic()
        found = asked(port)
        for one in waiting:
            one.close()
    assert found.outcome == "timeout"
    assert time.monotonic() - started < 5


def test_a_remote_mode_without_an_address() -> None:
    found = probe(Address("", 18789, remote=True))
    assert (found.outcome, found.message) == (
        "unknown",
        "gateway.mode is remote, and gateway.remote.url names no host",
    )


def test_a_name_that_nobody_knows() -> None:
    found = probe(Address("gateway.invalid", 1, remote=True), connecting=2)
    assert found.outcome in ("nothing", "timeout")
    assert found.message.startswith("gateway.invalid port 1 cannot be reached")


def test_a_process_table_that_hangs() -> None:
    def hanging() -> list[Any]:
        time.sleep(30)
        return []

    started = time.monotonic()
    assert listeners(1, seconds=0.2, connections=hanging) == Listeners(
        unknown="the process table gave no answer in 0.2 s"
    )
    assert time.monotonic() - started < 2


def test_a_hanging_process_table_leaves_the_name_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(port: int) -> Listeners:
        return Listeners(unknown="the process table gave no answer in 3 s")

    monkeypatch.setattr(listener, "listeners", unknown)
    with serving(lambda connection: connection.sendall(b"x\r\n\r\n")) as port:
        found = asked(port)
    assert found.outcome == "foreign"
    assert "which one is not known (the process table gave no answer in 3 s)" in found.message


def test_a_listener_of_another_user_has_no_name() -> None:
    class Theirs:
        status = "LISTEN"
        pid = None

        class laddr:  # noqa: N801
            ip = "127.0.0.1"
            port = 7

    [found] = listeners(7, connections=lambda: [Theirs()]).found
    assert found.shown == "a program of another user"


def test_a_wrong_address_is_no_crash() -> None:
    assert greet("http://127.0.0.1:1/", seconds=1).answer == "foreign"


@pytest.mark.parametrize(
    ("words", "gateway"),
    [
        (("standin.py", "gateway", "--port", "1"), True),
        (("/opt/lib/node_modules/openclaw/dist/entry.js",), True),
        (("/srv/app/server.js", "--port", "1"), False),
    ],
)
def test_what_a_runtime_runs_is_told_by_its_command_line_which_is_not_kept(
    words: tuple[str, ...], gateway: bool
) -> None:
    secret = "sk-FAKE-EXAMPLE-0001"
    code = (
        "import socket, sys\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
        "print(s.getsockname()[1], flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-c", code, *words, secret]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        [found] = listeners(port).found
        process.kill()
    assert (found.pid, found.gateway) == (process.pid, gateway)
    assert secret not in repr(found)
