"""What the collectors see of the gateway's service and its port; healthy machines without any gateway."""

from __future__ import annotations

import json
import socket
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.facts import builtin
from openclaw.gateway import probe as probing
from openclaw.gateway.address import is_here
from openclaw.invocation import Invocation
from openclaw.proc import Done, NotDone
from openclaw.service import detect as detection
from tests.doctor import homes
from tests.doctor.homes import NOW, doctor, state, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

UNIT = "openclaw-gateway.service"
SHOWN = (
    "LoadState=loaded\nActiveState={}\nSubState=x\nResult=exit-code\nUnitFileState=enabled\nNRestarts=0\nMainPID=0\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    write(state(folder) / "openclaw.json", json.dumps({"gateway": {"mode": "local", "port": closed_port()}}))
    return folder


def closed_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


@pytest.fixture
def systemd(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A host with systemd, whose manager says that every unit is in that state."""
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    (tmp_path / "run/user/1000").mkdir(parents=True)
    (tmp_path / "run/user/1000/bus").touch()

    def make(active: str) -> None:
        def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
            if "show-environment" in argv:
                return Done(0, f"HOME={home}\nPATH={home}/bin:/usr/bin:/bin\n", "")
            drop_ins = tmp_path.rglob(f"{argv[-1]}.d/*.conf")
            named = " ".join(f"/{path.relative_to(tmp_path)}" for path in drop_ins)
            shown = f"{SHOWN.format(active)}DropInPaths={named}\n"
            return Done(0, shown, "") if "show" in argv else NotDone(f"{argv[0]} was not found")

        recorded = partial(detection.detect, root=tmp_path, run=run, platform="linux", uid=1000)
        monkeypatch.setattr(detection, "detect", recorded)

    return make


def collected(home: Path, *names: str, **env: str) -> list[Any]:
    """Facts one by one, as the doctor collects them, without its threads."""
    known: dict[str, Any] = {
        "call": Invocation({"HOME": str(home), "PATH": f"{home}/bin:/usr/bin:/bin", **env}, home, home, NOW)
    }

    def value(name: str) -> Any:
        if name not in known:
            found = builtin(name)
            assert found, name
            known[name] = found.collect(*(value(need) for need in found.needs))
        return known[name]

    return [value(name) for name in names]


def unit(root: Path, home: Path, name: str = UNIT, line: str = "/bin/sleep 60") -> Path:
    """A unit, seen through the recorded host's root."""
    return write(root / f"{home}/.config/systemd/user/{name}".lstrip("/"), f"[Service]\nExecStart={line}\n", 0o644)


def test_without_a_service_nothing_is_looked_at(home: Path, systemd: Callable[[str], None]) -> None:
    systemd("inactive")
    command, words, legacy, running = collected(home, "service_command", "last_words", "legacy_services", "running")
    assert (command.broken, command.replaceable, words, legacy, running) == ((), False, (), (), None)


def test_the_command_is_looked_at_with_the_path_of_the_service(
    tmp_path: Path, home: Path, systemd: Callable[[str], None]
) -> None:
    systemd("inactive")
    unit(tmp_path, home, line="/gone/node /gone/index.js gateway")
    claude = write(home / "bin/claude", "#!/bin/sh\n", 0o755)
    write(home / "bin/openclaw", "#!/bin/sh\n", 0o755)
    command, gateway, intended = collected(home, "service_command", "gateway", "intended")
    assert [path for path, _ in command.broken] == ["/gone/node", "/gone/index.js"]
    assert (command.claude, command.replaceable) == (str(claude), True)
    assert (gateway.argv_at.line, gateway.active, gateway.enabled) == (2, False, True)
    assert intended.program.argv[0] == str(home / "bin/openclaw")


def test_a_command_in_a_drop_in_is_not_what_install_writes(
    tmp_path: Path, home: Path, systemd: Callable[[str], None]
) -> None:
    systemd("inactive")
    unit(tmp_path, home)
    write(home / "bin/openclaw", "#!/bin/sh\n", 0o755)
    unit(tmp_path, home, f"{UNIT}.d/x.conf", "\nExecStart=/gone/node gateway")
    [command] = collected(home, "service_command")
    assert (command.broken[0][0], command.replaceable) == ("/gone/node", False)


def test_older_services_have_states(tmp_path: Path, home: Path, systemd: Callable[[str], None]) -> None:
    systemd("active")
    unit(tmp_path, home)
    unit(tmp_path, home, "clawdbot-gateway.service")
    [found] = collected(home, "legacy_services")
    assert [(item.unit, item.active, item.enabled) for item in found] == [("clawdbot-gateway.service", True, True)]


def test_a_closed_port_answers_at_once(home: Path) -> None:
    started = time.monotonic()
    [found] = collected(home, "answering")
    assert (found.outcome, time.monotonic() - started < 2) == ("nothing", True)


@pytest.mark.parametrize(
    "section",
    [
        {"mode": "remote", "remote": {"url": "ws://192.0.2.1:18789"}},
        {"mode": "remote", "remote": {"url": "ws://127.0.0.1:18789"}},
        {"mode": "remote"},
        {"mode": "local", "bind": "custom", "customBindHost": "192.0.2.1"},
        {"mode": "local", "bind": "custom", "customBindHost": "gateway.example.net"},
    ],
)
def test_another_host_is_never_asked(section: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def probe(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(probing, "probe", probe)
    write(state(home) / "openclaw.json", json.dumps({"gateway": section}))
    [found] = collected(home, "answering")
    assert found.outcome == "unknown"
    assert "another host" in found.message


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("localhost", True),
        ("192.0.2.1", False),
        ("x", False),
        ("", False),
    ],
)
def test_what_is_here(host: str, here: bool) -> None:
    assert is_here(host) is here


# Kinds of machines that have no gateway, or not now; each with what is in its environment.
HEALTHY: dict[str, dict[str, str]] = {
    "CI with a key in its environment": {"OPENAI_API_KEY": homes.OPENAI_KEY},
    "a container": {"OPENAI_API_KEY": homes.OPENAI_KEY, "container": "docker"},
    "Kubernetes": {"OPENAI_API_KEY": homes.OPENAI_KEY, "KUBERNETES_SERVICE_HOST": "10.0.0.1"},
    "Termux": {"OPENAI_API_KEY": homes.OPENAI_KEY, "TERMUX_VERSION": "0.118"},
}


@pytest.mark.parametrize("kind", HEALTHY)
@pytest.mark.parametrize("config", ["", homes.CONFIG, '{"gateway": {"mode": "remote", "remote": {"url": "ws://h"}}}'])
def test_a_machine_without_a_gateway_gets_no_warning(kind: str, config: str, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    if config:
        write(state(folder) / "openclaw.json", config)
    run = doctor(folder, "--json", "--only", "service", "--only", "gateway", cwd=folder, **HEALTHY[kind])
    assert run.code == 0, run.out + run.err
    assert run.ids("error") + run.ids("warning") == []
    assert not [item for item in run.document["outcomes"] if item["outcome"] in ("unknown", "crashed")]
