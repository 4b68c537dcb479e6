from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openclaw.platforms import claude_install_command, distribution, exists, host_kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_plain_linux_host(tmp_path: Path, put: Callable[..., Path]) -> None:
    put("/run/systemd/system/")
    put("/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n")
    host = host_kind({"USER": "mallory"}, root=tmp_path, platform="linux", uid=1000)
    assert (host.os, host.user, host.container, host.wsl, host.termux, host.root, host.init) == (
        "linux", "alice", "", False, False, False, "systemd",
    )  # fmt: skip
    assert not host.application_container


@pytest.mark.parametrize(
    ("env", "files", "kind"),
    [
        ({}, {"/.dockerenv": ""}, "docker"),
        ({}, {"/run/.containerenv": ""}, "podman"),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, {"/.dockerenv": ""}, "kubernetes"),
        ({"container": "lxc"}, {}, "lxc"),
        ({"container": "oci"}, {}, "container"),
        ({}, {"/run/systemd/container": "systemd-nspawn\n"}, "systemd-nspawn"),
        ({}, {"/run/systemd/container": "wsl\n"}, ""),
        ({}, {"/proc/1/cgroup": "0::/system.slice/docker-4f.scope\n"}, "docker"),
        ({}, {"/proc/1/cgroup": "11:memory:/kubepods/besteffort/pod1\n"}, "kubernetes"),
        ({}, {"/proc/1/cgroup": "0::/machine.slice/libpod-1.scope\n"}, "podman"),
        ({}, {"/proc/1/cgroup": "0::/init.scope\n"}, ""),
    ],
)
def test_containers(
    tmp_path: Path, put: Callable[..., Path], env: dict[str, str], files: dict[str, str], kind: str
) -> None:
    for path, text in files.items():
        put(path, text)
    assert host_kind(env, root=tmp_path, platform="linux", uid=1000).container == kind


def test_a_system_container_may_have_a_manager_and_an_application_container_not(tmp_path: Path) -> None:
    def is_application(kind: str) -> bool:
        return host_kind({"container": kind}, root=tmp_path, platform="linux", uid=0).application_container

    assert {kind: is_application(kind) for kind in ("lxc", "systemd-nspawn", "docker", "podman", "oci")} == {
        "lxc": False, "systemd-nspawn": False, "docker": True, "podman": True, "oci": True,
    }  # fmt: skip


def test_wsl_is_seen_by_variable_or_kernel_but_not_in_a_container_on_it(
    tmp_path: Path, put: Callable[..., Path]
) -> None:
    assert host_kind({"WSL_DISTRO_NAME": "Ubuntu"}, root=tmp_path, platform="linux", uid=1000).wsl
    put("/proc/sys/kernel/osrelease", "5.15.153.1-Microsoft-standard-WSL2\n")
    assert host_kind({}, root=tmp_path, platform="linux", uid=1000).wsl
    put("/.dockerenv")
    assert not host_kind({}, root=tmp_path, platform="linux", uid=1000).wsl


def test_termux_is_android_also_where_python_says_linux(tmp_path: Path) -> None:
    for env in ({"PREFIX": "/data/data/com.termux/files/usr"}, {"TERMUX_VERSION": "0.118"}):
        host = host_kind(env, root=tmp_path, platform="linux", uid=10123)
        assert (host.os, host.termux) == ("android", True)
        assert claude_install_command(host) == "npm install -g @anthropic-ai/claude-code@2.1.112"


def test_sudo_keeps_who_asked(tmp_path: Path) -> None:
    assert host_kind({"SUDO_USER": "alice"}, root=tmp_path, platform="linux", uid=0).sudo_user == "alice"
    assert host_kind({"SUDO_USER": "root"}, root=tmp_path, platform="linux", uid=0).sudo_user == ""
    # sudo -u alice: this is alice now, whoever asked
    assert host_kind({"SUDO_USER": "bob"}, root=tmp_path, platform="linux", uid=1000).sudo_user == ""


@pytest.mark.parametrize(("marker", "init"), [("/run/openrc/", "openrc"), ("/run/runit/", "runit"), ("/run/s6/", "s6")])
def test_other_inits(tmp_path: Path, put: Callable[..., Path], marker: str, init: str) -> None:
    put(marker)
    assert host_kind({}, root=tmp_path, platform="linux", uid=0).init == init


def test_the_install_command_is_npm_elsewhere(tmp_path: Path) -> None:
    for platform in ("linux", "darwin"):
        host = host_kind({}, root=tmp_path, platform=platform, uid=501)
        assert claude_install_command(host) == "npm install -g @anthropic-ai/claude-code"


def test_the_distribution_comes_from_os_release(tmp_path: Path, put: Callable[..., Path]) -> None:
    put("/etc/os-release", 'ID=ubuntu\nID_LIKE="debian"\n')
    assert distribution(tmp_path) == ("ubuntu", "debian")


def test_without_os_release_the_distribution_is_not_known(tmp_path: Path) -> None:
    assert distribution(tmp_path) == ()


def test_a_place_that_cannot_be_looked_at_is_not_there(tmp_path: Path, put: Callable[..., Path]) -> None:
    put("/file")
    assert not exists(tmp_path, "/file/below-a-file")
    assert not exists(tmp_path, "/" + "x" * 300)
