"""What the doctor says of the real OpenClaw gateways, on loopback."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.gateway.standin import TOKEN, Gateway, running
from tests.gateway.test_gateway_interop import gateway  # noqa: F401 - a fixture
from tests.interop.conftest import Machine, installed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.interop
REPOSITORY = Path(__file__).parents[2]
ABOUT = ("service/", "gateway/")


def found(machine: Machine, *arguments: str, **env: str) -> dict[str, Any]:
    """The findings about service and gateway, by id; without those that are for information."""
    done = machine.ours("doctor", "--json", *arguments, container="docker", **env)
    document = json.loads(done.stdout)
    assert TOKEN not in done.stdout + done.stderr
    return {
        item["checkId"]: item
        for item in document["findings"]
        if item["checkId"].startswith(ABOUT) and item["severity"] != "info"
    }


@contextlib.contextmanager
def written(machine: Machine, old: str, new: str) -> Iterator[None]:
    path = machine.home / ".openclaw/openclaw.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    try:
        yield
    finally:
        path.write_text(text)


def test_a_healthy_gateway_has_no_finding(gateway: tuple[str, Machine, int]) -> None:  # noqa: F811
    assert found(gateway[1]) == {}


def test_a_token_that_it_does_not_take(gateway: tuple[str, Machine, int], tmp_path: Path) -> None:  # noqa: F811
    _, machine, port = gateway
    # Another installation, so that the gateway does not take the changed config over.
    config = {"gateway": {"mode": "local", "port": port, "auth": {"mode": "token", "token": TOKEN[::-1]}}}
    (tmp_path / "openclaw.json").write_text(json.dumps(config))
    findings = found(machine, OPENCLAW_STATE_DIR=str(tmp_path))
    assert list(findings) == ["gateway/unauthorized"]
    finding = findings["gateway/unauthorized"]
    assert (finding["severity"], "gateway.auth.token" in finding["message"]) == ("error", True)
    assert TOKEN[::-1] not in json.dumps(finding)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A home with a config, and no OpenClaw."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    config = {"gateway": {"mode": "local", "port": port, "auth": {"mode": "token", "token": TOKEN}}}
    (tmp_path / ".openclaw").mkdir()
    (tmp_path / ".openclaw/openclaw.json").write_text(json.dumps(config))
    return Machine(tmp_path, tmp_path / "bin/openclaw")


def port_of(machine: Machine) -> int:
    port: int = json.loads((machine.home / ".openclaw/openclaw.json").read_text())["gateway"]["port"]
    return port


def test_another_program_on_the_port_is_named(machine: Machine) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port_of(machine)), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    findings = found(machine)
    server.shutdown()
    server.server_close()
    assert list(findings) == ["service/port-in-use"]
    assert f"process {os.getpid()}" in findings["service/port-in-use"]["message"]


def test_a_protocol_that_nobody_here_speaks_is_told_apart(machine: Machine) -> None:
    with running(Gateway(protocols=(9, 9))) as port, written(machine, f'"port": {port_of(machine)}', f'"port": {port}'):
        assert found(machine) == {}
        status = machine.ours("gateway", "status", "--json", container="docker")
        assert json.loads(status.stdout)["probe"]["outcome"] == "protocol"
        assert "speaks protocol 9" in machine.ours("gateway", "status", container="docker").stdout


def test_nothing_is_asked_of_another_host(machine: Machine) -> None:
    """A listener of ours stands for the other host: nobody comes."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        other.settimeout(0.2)
        url = f"ws://127.0.0.1:{other.getsockname()[1]}"
        config = {"gateway": {"mode": "remote", "remote": {"url": url, "token": TOKEN}}}
        (machine.home / ".openclaw/openclaw.json").write_text(json.dumps(config))
        assert found(machine) == {}
        with pytest.raises(TimeoutError):
            other.accept()


SCRIPT = """
openclaw gateway install --json >"$HOME/install"
for _ in $(seq 60); do
  sleep 0.5
  "$PYTHON" -m openclaw gateway status --json >"$HOME/status" && break
done
"$PYTHON" -m openclaw doctor --json --only service --only gateway
"""


def test_a_service_that_openclaw_installed_is_well(tmp_path: Path) -> None:
    """2026.2.3 under a real `systemd --user`; 2026.9.6 installs none in a home that is not the account's own."""
    program, why = installed("2026.2.3")
    if program is None:
        pytest.skip(why)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    config = {"gateway": {"mode": "local", "port": port, "auth": {"mode": "token", "token": TOKEN}}}
    (tmp_path / ".openclaw").mkdir(mode=0o700)
    (tmp_path / ".openclaw/openclaw.json").write_text(json.dumps(config))
    node = program.parents[2] / "node/bin"
    env = {
        "HOME": str(tmp_path), "PATH": f"{program.parent}:{node}:/usr/bin:/bin", "LANG": "C.UTF-8",
        "PYTHON": sys.executable, "PYTHONPATH": str(REPOSITORY), "OPENCLAW_DISABLE_BONJOUR": "1",
    }  # fmt: skip
    done = subprocess.run(
        [str(REPOSITORY / "tests/tools/user-systemd"), "bash", "-c", SCRIPT],
        env=env, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    if done.returncode == 3 and "user-systemd:" in done.stderr:
        pytest.skip(done.stderr.strip())
    document = json.loads(done.stdout)
    serious = [item for item in document["findings"] if item["severity"] != "info"]
    assert serious == [], (tmp_path / "install").read_text()
    assert json.loads((tmp_path / "status").read_text())["service"]["runtime"]["status"] == "running"
    assert TOKEN not in done.stdout
