"""What kind of host this is, so that a remedy fits it: container, WSL, Termux, root, sudo, init system.

Everything is read from an environment and a root directory that the caller gives; no program is run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

# Containers that run a whole system with an init of their own: a service manager can be expected there.
SYSTEM_CONTAINERS = ("lxc", "lxc-libvirt", "systemd-nspawn")
CGROUP_MARKERS = (
    ("kubepods", "kubernetes"),
    ("libpod", "podman"),
    ("docker", "docker"),
    ("lxc", "lxc"),
    ("containerd", "container"),
)
INIT_MARKERS = (
    ("/run/systemd/system", "systemd"),
    ("/run/openrc", "openrc"),
    ("/run/runit", "runit"),
    ("/run/s6", "s6"),
)

# The last release of Claude Code that is plain JavaScript; later ones need a glibc or musl that Termux does not have
# (anthropics/claude-code#50270).
CLAUDE_ON_TERMUX = "2.1.112"


@frozen
class HostKind:
    """Facts about the host. `user` is the name for `uid`; `sudo_user` who called sudo, "" without it."""

    os: str  # "linux", "macos", "android", or Python's name of another platform
    uid: int
    user: str
    sudo_user: str = ""
    container: str = ""  # "docker", "podman", "kubernetes", "lxc", ...; "container" when the kind is not known
    wsl: bool = False
    termux: bool = False
    init: str = ""  # "systemd", "openrc", "runit", "s6"

    @property
    def root(self) -> bool:
        """Whether this process has the rights of root."""
        return self.uid == 0

    @property
    def application_container(self) -> bool:
        """A container that is made for one program: nobody expects a service manager in it."""
        return self.container not in ("", *SYSTEM_CONTAINERS)


def host_kind(
    env: Mapping[str, str], *, root: Path = Path("/"), platform: str = sys.platform, uid: int | None = None
) -> HostKind:
    """The kind of host that `env` and the files below `root` show; `uid` is this process's own when None."""
    uid = os.getuid() if uid is None else uid
    container = _container(env, root)
    termux = "TERMUX_VERSION" in env or "com.termux" in env.get("PREFIX", "")
    return HostKind(
        os="android" if termux else {"darwin": "macos"}.get(platform, platform),
        uid=uid,
        user=_user(env, root, uid),
        sudo_user=env.get("SUDO_USER", "") if uid == 0 and env.get("SUDO_USER") != "root" else "",
        container=container,
        wsl=not container and _wsl(env, root),
        termux=termux,
        init=next((name for marker, name in INIT_MARKERS if exists(root, marker)), ""),
    )


def claude_install_command(host: HostKind) -> str:
    """The command that installs Claude Code on this host. OpenClaw needs Node anyway, so npm is there everywhere."""
    version = f"@{CLAUDE_ON_TERMUX}" if host.termux else ""
    return f"npm install -g @anthropic-ai/claude-code{version}"


def distribution(root: Path = Path("/")) -> tuple[str, ...]:
    """The Linux distribution's id, then those it is like: `("ubuntu", "debian")`; empty when it does not say."""
    import distro

    found = distro.LinuxDistribution(include_lsb=False, root_dir=str(root))
    return tuple(name for name in (found.id(), *found.like().split()) if name)


def under(root: Path, path: Path | str) -> Path:
    """Where an absolute path of the host is found when its file system starts at `root`."""
    return root / str(path).lstrip("/")


def exists(root: Path, path: Path | str) -> bool:
    """Whether there is something at `path` below `root`; a place that may not be looked at counts as nothing."""
    try:
        return under(root, path).exists()
    except OSError:
        return False


def _container(env: Mapping[str, str], root: Path) -> str:
    if env.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if exists(root, "/run/.containerenv"):
        return "podman"
    if exists(root, "/.dockerenv"):
        return "docker"
    named = env.get("container") or _first_line(root, "/run/systemd/container")
    if named and named != "wsl":  # systemd counts WSL as a container; nobody who uses it does
        return "container" if named == "oci" else named
    groups = _text(root, "/proc/1/cgroup")
    return next((name for marker, name in CGROUP_MARKERS if marker in groups), "")


def _wsl(env: Mapping[str, str], root: Path) -> bool:
    release = _text(root, "/proc/sys/kernel/osrelease").lower()
    return bool(env.get("WSL_DISTRO_NAME") or env.get("WSL_INTEROP")) or "microsoft" in release or "wsl" in release


def _user(env: Mapping[str, str], root: Path, uid: int) -> str:
    """The account's name from the password file; `su` leaves another user's name in `USER`."""
    for line in _text(root, "/etc/passwd").splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[2] == str(uid):
            return fields[0]
    return env.get("USER") or env.get("LOGNAME") or str(uid)


def _first_line(root: Path, path: str) -> str:
    return _text(root, path).partition("\n")[0].strip()


def _text(root: Path, path: str) -> str:
    try:
        return under(root, path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
