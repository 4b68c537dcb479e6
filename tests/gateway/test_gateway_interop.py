"""The probe and `gateway status` against the real OpenClaw gateways, on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.gateway.address import Address
from openclaw.gateway.handshake import greet
from openclaw.gateway.probe import Probe, probe
from openclaw.secret import Secret
from tests.gateway.standin import TOKEN
from tests.interop.conftest import Machine, installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.interop

PROTOCOL = {"2026.2.3": 3, "2026.9.6": 4}
STARTING = 60  # seconds that a gateway may take to start


@pytest.fixture(scope="module", params=sorted(PROTOCOL))
def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Machine, int]]:
    """(version, machine, port) of a gateway that is ready."""
    program, why = installed(request.param)
    if program is None:
        pytest.skip(why)
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    config = {"gateway": {"mode": "local", "port": port, "auth": {"mode": "token", "token": TOKEN}}}
    (home / ".openclaw").mkdir()
    (home / ".openclaw/openclaw.json").write_text(json.dumps(config))
    machine = Machine(home, program)
    with started(program, machine, port, home) as why:
        if why:
            pytest.skip(why)
        yield request.param, machine, port


@contextlib.contextmanager
def started(program: Path, machine: Machine, port: int, home: Path) -> Iterator[str]:
    env = machine.env | {"OPENCLAW_DISABLE_BONJOUR": "1", "OPENCLAW_SKIP_CHANNELS": "1"}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(program), "gateway", "--bind", "loopback", "--port", str(port)],
            env=env, cwd=home, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        ends = time.monotonic() + STARTING
        while time.monotonic() < ends and process.poll() is None and not asked(port).healthy:
            time.sleep(0.5)
        healthy = process.poll() is None and asked(port).healthy
        yield "" if healthy else f"the gateway did not come up: {(home / 'log').read_text()[-300:]}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def asked(port: int, token: str | None = TOKEN) -> Probe:
    address = Address("127.0.0.1", port, kind="token" if token else "none", secret_from="gateway.auth.token")
    return probe(replace(address, secret=Secret(token) if token else None))


def test_healthy(gateway: tuple[str, Machine, int]) -> None:
    version, _, port = gateway
    found = asked(port)
    assert (found.outcome, found.protocol) == ("healthy", PROTOCOL[version]), found
    assert found.ready is (None if version == "2026.2.3" else True)
    [listener] = {item.pid: item for item in found.listening.found}.values()
    assert "openclaw" in listener.name or "node" in listener.name


@pytest.mark.parametrize("token", ["another-token-FAKE-EXAMPLE-0123456789", None])
def test_a_wrong_token_and_none(gateway: tuple[str, Machine, int], token: str | None) -> None:
    found = asked(gateway[2], token)
    assert found.outcome == "unauthorized", found
    assert token is None or token not in repr(found)


def test_a_protocol_that_it_does_not_speak(gateway: tuple[str, Machine, int]) -> None:
    version, _, port = gateway
    found = greet(f"ws://127.0.0.1:{port}/", seconds=5, secret=Secret(TOKEN), protocols=(9, 9))
    assert (found.answer, found.protocol) == ("protocol", PROTOCOL[version]), found


def test_the_command(gateway: tuple[str, Machine, int]) -> None:
    _, machine, port = gateway
    done = machine.ours("gateway", "status", "--json", container="docker")
    document: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, document["probe"]["outcome"]) == (0, "healthy"), done.stdout
    assert document["gateway"] | {"bindHost": ""} == {
        "bindMode": "loopback", "bindHost": "", "port": port, "portSource": "config",
        "probeUrl": f"ws://127.0.0.1:{port}/", "remote": False,
    }  # fmt: skip
    assert TOKEN not in done.stdout + done.stderr
    refused = machine.ours("gateway", "status", OPENCLAW_GATEWAY_PORT="1")
    assert (refused.returncode, "nothing listens on 127.0.0.1 port 1" in refused.stdout) == (1, True)
