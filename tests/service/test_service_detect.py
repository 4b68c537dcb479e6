from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from openclaw.proc import Done, NotDone
from openclaw.service.detect import detect
from openclaw.service.none import WSL_CONF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from openclaw.service.base import Manager, Run

ALICE = {"HOME": "/home/alice", "USER": "alice", "XDG_RUNTIME_DIR": "/run/user/1000"}
ANSWERS = {"show-environment": Done(0, "HOME=/home/alice\n", "")}
REFUSED = {"show-environment": Done(1, "", "Failed to connect to bus: No medium found\nmore\n")}
FOREGROUND = "openclaw gateway run"


def commands(manager: Manager) -> list[str]:
    return [hint.command for hint in manager.hints if hint.command]


@pytest.fixture
def booted(put: Callable[..., Path]) -> None:
    put("/run/systemd/system/")


def test_systemd_that_answers(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/1000/bus")
    found = detect(ALICE, root=tmp_path, run=answering(ANSWERS), platform="linux", uid=1000).describe()
    assert (found.kind, found.reachable, found.expected, found.hints) == ("systemd", True, True, ())
    assert found.why == "/run/systemd/system exists and the user bus at /run/user/1000/bus answers"


def test_systemctl_is_asked_in_english(
    tmp_path: Path,
    put: Callable[..., Path],
    booted: None,
    answering: Callable[..., Run],
    calls: list[tuple[str, Mapping[str, str]]],
) -> None:
    put("/run/user/1000/bus")
    detect({**ALICE, "LC_ALL": "nl_NL.UTF-8"}, root=tmp_path, run=answering(ANSWERS), platform="linux", uid=1000)
    assert [(line, env["LC_ALL"]) for line, env in calls] == [("systemctl --user --no-pager show-environment", "C")]


def test_a_shell_without_the_runtime_directory_is_told_where_it_is(
    tmp_path: Path,
    put: Callable[..., Path],
    booted: None,
    answering: Callable[..., Run],
    calls: list[tuple[str, Mapping[str, str]]],
) -> None:
    put("/run/user/1000/bus")
    env = {"HOME": "/home/alice", "USER": "alice", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/elsewhere"}
    manager = detect(env, root=tmp_path, run=answering(ANSWERS), platform="linux", uid=1000)
    assert manager.describe().reachable
    assert commands(manager.describe()) == ["export XDG_RUNTIME_DIR=/run/user/1000"]
    assert calls[0][1]["XDG_RUNTIME_DIR"] == "/run/user/1000"
    assert "DBUS_SESSION_BUS_ADDRESS" not in calls[0][1]
    service = manager.gateway()
    assert service is not None
    assert service.restart == "XDG_RUNTIME_DIR=/run/user/1000 systemctl --user restart openclaw-gateway.service"


def test_su_keeps_the_runtime_directory_of_another_user(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/1000/bus")
    env = {**ALICE, "USER": "bob"}
    found = detect(env, root=tmp_path, run=answering(ANSWERS), platform="linux", uid=1001).describe()
    assert not found.reachable
    assert "/run/user/1001/bus" in found.why


def test_no_user_bus_costs_no_process(
    tmp_path: Path,
    put: Callable[..., Path],
    booted: None,
    answering: Callable[..., Run],
    calls: list[tuple[str, Mapping[str, str]]],
) -> None:
    put("/etc/os-release", "ID=debian\n")
    found = detect(ALICE, root=tmp_path, run=answering(ANSWERS), platform="linux", uid=1000).describe()
    assert (found.kind, found.reachable, found.expected, calls) == ("systemd", False, True, [])
    assert found.why == "/run/systemd/system exists, but there is no user bus at /run/user/1000/bus"
    assert commands(found) == [
        "sudo loginctl enable-linger alice",
        "export XDG_RUNTIME_DIR=/run/user/1000",
        "sudo apt-get install -y dbus-user-session",
        FOREGROUND,
    ]


def test_root_needs_no_sudo_and_apt_only_where_it_is(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/etc/os-release", "ID=fedora\n")
    found = detect(
        {"HOME": "/root", "USER": "root"}, root=tmp_path, run=answering({}), platform="linux", uid=0
    ).describe()
    assert commands(found) == ["loginctl enable-linger root", "export XDG_RUNTIME_DIR=/run/user/0", FOREGROUND]


def test_sudo_is_told_to_run_as_the_user(tmp_path: Path, booted: None, answering: Callable[..., Run]) -> None:
    env = {"HOME": "/root", "SUDO_USER": "alice"}
    found = detect(env, root=tmp_path, run=answering({}), platform="linux", uid=0).describe()
    assert [hint.text for hint in found.hints] == [
        "the gateway's service belongs to the user who runs it: run this as alice, without sudo"
    ]


def test_sudo_on_a_host_where_root_has_a_manager_too(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/0/bus")
    env = {"HOME": "/root", "SUDO_USER": "alice"}
    found = detect(env, root=tmp_path, run=answering(ANSWERS), platform="linux", uid=0).describe()
    assert found.reachable
    assert "run this as alice" in found.hints[0].text


def test_a_socket_that_nobody_answers(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/1000/bus")
    found = detect(ALICE, root=tmp_path, run=answering(REFUSED), platform="linux", uid=1000).describe()
    assert (found.reachable, found.expected) == (False, True)
    assert found.why.endswith("systemctl --user cannot use the user bus: Failed to connect to bus: No medium found")
    assert "sudo loginctl enable-linger alice" in commands(found)


def test_a_hung_systemctl(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/1000/systemd/private")
    hung = {"show-environment": NotDone("systemctl gave no answer in 3 s", timed_out=True)}
    found = detect(ALICE, root=tmp_path, run=answering(hung), platform="linux", uid=1000).describe()
    assert found.why.endswith("but systemctl gave no answer in 3 s")
    assert commands(found)[:2] == [
        "systemctl --no-pager status user@1000.service",
        "sudo systemctl restart user@1000.service",
    ]


def test_a_missing_systemctl(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/1000/bus")
    found = detect(ALICE, root=tmp_path, run=answering({}), platform="linux", uid=1000).describe()
    assert found.why.endswith("but systemctl was not found")
    assert commands(found) == ["command -v systemctl", FOREGROUND]


def test_a_really_hung_systemctl_costs_its_deadline(
    tmp_path: Path, put: Callable[..., Path], booted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openclaw.service.bus.TIMEOUT", 0.3)
    put("/run/user/1000/bus")
    program = put("/bin/systemctl", "#!/bin/sh\nsleep 30\n")
    program.chmod(0o755)
    env = {**ALICE, "PATH": f"{tmp_path}/bin:/usr/bin:/bin"}
    started = time.monotonic()
    monkeypatch.setenv("PATH", env["PATH"])
    found = detect(env, root=tmp_path, platform="linux", uid=1000).describe()
    assert not found.reachable
    assert "no answer in 0.3 s" in found.why
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("env", "files", "platform", "says", "command"),
    [
        ({}, ["/.dockerenv"], "linux", "a Docker container", FOREGROUND),
        ({}, ["/run/.containerenv"], "linux", "a Podman container", FOREGROUND),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, [], "linux", "a Kubernetes pod", FOREGROUND),
        ({"container": "oci"}, [], "linux", "a container", FOREGROUND),
        ({"WSL_DISTRO_NAME": "Ubuntu"}, [], "linux", "WSL without systemd", WSL_CONF),
        ({"TERMUX_VERSION": "0.118"}, [], "linux", "Termux", "termux-wake-lock"),
        ({}, ["/run/openrc/"], "linux", "OpenRC", FOREGROUND),
        ({}, ["/run/runit/"], "linux", "runit", FOREGROUND),
        ({}, ["/run/s6/"], "linux", "s6", FOREGROUND),
        ({}, [], "linux", "/run/systemd/system does not exist", FOREGROUND),
        ({}, [], "freebsd14", "freebsd14", FOREGROUND),
        ({}, [], "darwin", "launchctl was not found", FOREGROUND),
    ],
)  # fmt: skip
def test_hosts_without_a_manager(
    tmp_path: Path, put: Callable[..., Path], answering: Callable[..., Run], calls: list[tuple[str, Mapping[str, str]]],
    env: dict[str, str], files: list[str], platform: str, says: str, command: str,
) -> None:  # fmt: skip
    for path in files:
        put(path)
    manager = detect(env, root=tmp_path, run=answering({}), platform=platform, uid=1000)
    found = manager.describe()
    assert (found.kind, found.reachable, found.expected) == ("none", False, False)
    assert says in found.why
    assert not found.why.endswith(".")
    assert commands(found)[0] == command
    assert FOREGROUND in commands(found)
    assert manager.gateway() is None
    assert calls == []


def test_a_container_with_systemd_in_it_is_not_told_to_fix_a_user_bus(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/.dockerenv")
    found = detect({"HOME": "/root"}, root=tmp_path, run=answering({}), platform="linux", uid=0).describe()
    assert (found.kind, found.reachable, found.expected) == ("systemd", False, False)
    assert commands(found) == [FOREGROUND]


def test_wsl_with_systemd_is_systemd(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/1000/bus")
    env = {**ALICE, "WSL_DISTRO_NAME": "Ubuntu"}
    assert detect(env, root=tmp_path, run=answering(ANSWERS), platform="linux", uid=1000).describe().reachable


def test_this_host_is_described_without_an_exception(tmp_path: Path) -> None:
    found = detect({"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}).describe()
    assert found.why
    assert found.reachable or found.hints


def test_error_text_of_systemctl_cannot_drive_the_terminal(
    tmp_path: Path, put: Callable[..., Path], booted: None, answering: Callable[..., Run]
) -> None:
    put("/run/user/1000/bus")
    rude = {"show-environment": Done(1, "", "\x1b[2Jgone" + "x" * 9999)}
    found = detect(ALICE, root=tmp_path, run=answering(rude), platform="linux", uid=1000).describe()
    assert "\x1b" not in found.why
    assert len(found.why) < 400
