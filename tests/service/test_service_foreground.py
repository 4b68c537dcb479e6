"""A gateway that runs without a service: found by its port, told from other programs and other installations."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from openclaw import installation
from openclaw.invocation import Invocation
from openclaw.service.foreground import foreground, is_gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).parents[2]
KEY = "sk-FAKE-EXAMPLE-foreground-0000000000"
PROGRAM = """
import socket, sys, time
held = socket.socket()
held.bind(("127.0.0.1", 0))
held.listen()
print(held.getsockname()[1], flush=True)
time.sleep(60)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Starts a program that listens, with these arguments and variables; its port."""
    started = []

    def run(*arguments: str, **env: str) -> int:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], **env}, cwd=tmp_path,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout
        return int(process.stdout.readline())

    yield run
    for process in started:
        process.kill()
        process.communicate()


def call(home: Path, port: int) -> Invocation:
    state = home / ".openclaw"
    state.mkdir(exist_ok=True)
    (state / "openclaw.json").write_text(json.dumps({"gateway": {"mode": "local", "port": port}}))
    return Invocation({"HOME": str(home), "PATH": "/nowhere"}, home, home, 0)


def test_its_own_variables_are_what_it_gets(start: Callable[..., int], tmp_path: Path) -> None:
    here = call(tmp_path, start("openclaw", "gateway", OPENAI_API_KEY=KEY))
    env = tmp_path / ".openclaw/.env"
    env.write_text("ANTHROPIC_API_KEY=FAKE\n")
    os.utime(env, (time.time() + 5,) * 2)  # the start of a process is known to a hundredth of a second only
    view = foreground(installation.load(here), here)
    assert view is not None
    assert (view.service.installed, view.service.active) == (False, True)
    assert view.service.restart == f"kill {view.service.pid}"
    assert view.environment.get("OPENAI_API_KEY") == KEY
    assert view.environment.get("ANTHROPIC_API_KEY") == "FAKE"
    assert KEY not in repr(view)
    assert view.restart_needed is True  # the env file is younger


def test_gateway_status_tells_what_that_process_has_and_not_this_shell(
    start: Callable[..., int], tmp_path: Path
) -> None:
    port = start("openclaw", "gateway")
    call(tmp_path, port)
    file = tmp_path / ".openclaw/.env"
    file.write_text("OPENAI_API_KEY=FAKE\n")
    os.utime(file, (time.time() + 5,) * 2)  # the start of a process is known to a hundredth of a second only
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "ANTHROPIC_API_KEY": "FAKE-of-this-shell", "container": "x"}
    argv = [sys.executable, "-m", "openclaw", "gateway", "status"]
    # Both at once: each waits for a gateway that says nothing.
    both = [
        subprocess.Popen(command, env=env, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for command in ([*argv, "--json"], argv)
    ]
    document, text = (done.communicate(timeout=60)[0] for done in both)
    found = json.loads(document)
    assert found["service"] is None
    assert found["restartNeeded"] is True
    # It is read with the gateway's variables: with this shell's it would be Anthropic's built-in model.
    assert [(item["provider"], item["status"]) for item in found["providers"]] == [("openai", "present")]
    assert ".env changed after it was started" in text
    assert "→ kill " in text or "-> kill " in text


def test_another_program_on_the_port_is_not_it(start: Callable[..., int], tmp_path: Path) -> None:
    here = call(tmp_path, start("nginx"))
    assert foreground(installation.load(here), here) is None


def test_the_gateway_of_another_installation_is_not_it(start: Callable[..., int], tmp_path: Path) -> None:
    here = call(tmp_path, start("openclaw", "gateway", OPENCLAW_STATE_DIR=str(tmp_path / "other")))
    assert foreground(installation.load(here), here) is None


def test_nobody_on_the_port(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        here = call(tmp_path, held.getsockname()[1])
        assert foreground(installation.load(here), here) is None


@pytest.mark.parametrize(
    ("name", "argv", "expected"),
    [
        ("node", ("node", "/usr/lib/node_modules/openclaw/dist/index.js", "gateway", "--port", "18789"), True),
        ("openclaw-gatewa", ("openclaw-gateway",), True),
        ("node", ("node", "server.js"), False),
        ("python", ("python", "-m", "openclaw", "doctor"), False),
    ],
)
def test_command_lines(name: str, argv: tuple[str, ...], expected: bool) -> None:
    assert is_gateway(name, argv) is expected


def test_models_env_shows_it(start: Callable[..., int], tmp_path: Path) -> None:
    here = call(tmp_path, start("openclaw", "gateway", OPENAI_API_KEY=KEY))
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", "models", "env", "--json", "OPENAI_API_KEY"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY), "LANG": "C.UTF-8"},
        cwd=here.cwd, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((REPOSITORY / "docs/schemas/models-env.schema.json").read_text()))
    [variable] = document["variables"]
    assert (variable["verdict"], variable["process"]["set"]) == ("only there", True)
    assert document["service"]["installed"] is False
    assert KEY not in done.stdout
