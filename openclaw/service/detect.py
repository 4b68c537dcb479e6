"""Which service manager this host has, whether this process can reach it, and what to do when it cannot.

systemd counts when it runs the host (`/run/systemd/system`, sd_booted(3)); the name of process 1 proves nothing.
Whether the user's own manager answers is `openclaw.service.bus`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw import proc
from openclaw.platforms import distribution, exists, host_kind
from openclaw.service.base import Hint, Manager, default_environment_parser
from openclaw.service.none import NoManager, explain, foreground, without_sudo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.platforms import HostKind
    from openclaw.service.base import EnvironmentFileParser, Run, ServiceManager
    from openclaw.service.bus import Bus

BOOTED = "/run/systemd/system"


def detect(
    env: Mapping[str, str],
    *,
    root: Path = Path("/"),
    run: Run = proc.run,
    platform: str = sys.platform,
    uid: int | None = None,
    parse_environment_file: EnvironmentFileParser = default_environment_parser,
) -> ServiceManager:
    """The service manager of this host, asked once whether it answers (at most `base.TIMEOUT` seconds).

    Never raises for a host that is odd: what hangs, fails or is missing is said in `describe().why`.
    """
    host = host_kind(env, root=root, platform=platform, uid=uid)
    if host.os == "macos" and exists(root, "/bin/launchctl"):
        from openclaw.service.launchd import Launchd, describe

        return Launchd(env=env, root=root, run=run, host=host, manager=describe(host, run, env))
    if host.os == "linux" and exists(root, BOOTED):
        from openclaw.service.bus import reach
        from openclaw.service.systemd import Systemd

        bus = reach(env, host, root, run)
        return Systemd(
            env=env,
            root=root,
            run=run,
            host=host,
            bus=bus,
            manager=_describe(host, bus, root, lent=not host.root and bool(env.get("SUDO_USER"))),
            parse=parse_environment_file,
        )
    return NoManager(host)


def _describe(host: HostKind, bus: Bus, root: Path, *, lent: bool) -> Manager:
    """`lent`: this user's rights come from `sudo -u`, which opens no session of that user."""
    if bus.failure:
        why = f"{BOOTED} exists, but {bus.detail}"
        hints = (*_hints(host, bus, root), *((_session(host),) if lent else ()))
        return Manager("systemd", False, why, expected=not host.application_container, hints=hints)
    note = "" if bus.exported else f", but XDG_RUNTIME_DIR of this shell is not {bus.runtime}"
    hints = (*((without_sudo(host),) if host.sudo_user else ()), *(() if bus.exported else (_export(bus),)))
    return Manager("systemd", True, f"{BOOTED} exists and {bus.detail}{note}", expected=True, hints=hints)


def _hints(host: HostKind, bus: Bus, root: Path) -> tuple[Hint, ...]:
    """The way to a manager that answers; in a container the way without one (user-pain FM 11, 54)."""
    if host.application_container:
        return explain(host)[1]
    if host.sudo_user:
        return (without_sudo(host),)
    repair = {"hung": _restart_manager, "no systemctl": _find_systemctl}.get(bus.failure, _start_manager)
    return (*repair(host, bus, root), foreground())


def _session(host: HostKind) -> Hint:
    text = "`sudo -u` opens no session: from the account that called it, this does"
    return Hint(text, f"sudo machinectl shell {host.user}@")


def _export(bus: Bus) -> Hint:
    return Hint("tell this shell where the user's manager is", f"export XDG_RUNTIME_DIR={bus.runtime}")


def _start_manager(host: HostKind, bus: Bus, root: Path) -> tuple[Hint, ...]:
    linger = Hint("start this user's manager now and at every boot", f"{_sudo(host)}loginctl enable-linger {host.user}")
    if host.wsl:
        return (linger, _export(bus), Hint("or restart WSL, from Windows", "wsl.exe --shutdown"))
    if "debian" not in distribution(root):
        return (linger, _export(bus))
    package = f"{_sudo(host)}apt-get install -y dbus-user-session"
    return (linger, _export(bus), Hint("if there is still no bus, the package that starts it is missing", package))


def _restart_manager(host: HostKind, bus: Bus, root: Path) -> tuple[Hint, ...]:  # noqa: ARG001 - as its siblings
    unit = f"user@{host.uid}.service"
    return (
        Hint("see what this user's manager is doing", f"systemctl --no-pager status {unit}"),
        Hint("restart it, and with it every service of this user", f"{_sudo(host)}systemctl restart {unit}"),
    )


def _find_systemctl(host: HostKind, bus: Bus, root: Path) -> tuple[Hint, ...]:  # noqa: ARG001 - as its siblings
    return (
        Hint("systemctl could not be started: put its directory, usually /usr/bin, on PATH", "command -v systemctl"),
    )


def _sudo(host: HostKind) -> str:
    return "" if host.root else "sudo "
