"""Installing and removing the gateway's service as plans of the change engine: previewed, applied, undone like any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.change.plan import RemoveFile, Run, WriteFile
from openclaw.errors import Refusal
from openclaw.service.install import PUBLIC, plist_bytes, quoted, unit_text

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.change.plan import Plan
    from openclaw.service.base import GatewayService, Place, ServiceManager
    from openclaw.service.control import Action
    from openclaw.service.install import Service

SECONDS = 60.0  # for a command of the manager


def install_plan(manager: ServiceManager, place: Place, service: Service, before: GatewayService, state: Path) -> Plan:
    """Writes the definition and has the manager read and enable it. It is started by what comes after the plan."""
    env = manager.client_env()
    if manager.describe().kind == "launchd":
        logs = state / "logs"
        made = () if logs.is_dir() else (_run(("mkdir", "-p", str(logs)), env, "launchd does not make it"),)
        written = WriteFile(place.path, plist_bytes(service, place.name, logs), PUBLIC, "the gateway's service")
        return (written, *made, *_launchd(place, before, env))
    written = WriteFile(place.path, unit_text(service).encode(), PUBLIC, "the gateway's service; no secret is in it")
    return (written, *enable_plan(manager, place.name))


def enable_plan(manager: ServiceManager, name: str) -> Plan:
    """Has systemd read its units again and start this one with the user's session."""
    env = manager.client_env()
    return (
        _run(("systemctl", "--user", "daemon-reload"), env, "systemd reads the unit"),
        _run(("systemctl", "--user", "enable", name), env, "it starts with this user's session"),
    )


def restart_plan(manager: ServiceManager, service: GatewayService) -> Plan:
    """Starts it, or starts it anew, with a changed definition read first. It is looked at by what comes after."""
    return action_plan(manager, service, "restart")


def action_plan(manager: ServiceManager, service: GatewayService, action: Action) -> Plan:
    """The manager's commands for an action, without those that may fail and would here."""
    env = manager.client_env()
    known = service.enabled or service.state.startswith("failed")  # a unit that is not loaded cannot be reset
    helps = {"enable", *(("reset-failed",) if known else ())}
    steps = manager.steps(service, action)
    return tuple(_run(step.argv, env, "") for step in steps if step.needed or helps & set(step.argv))


def stop_plan(manager: ServiceManager, service: GatewayService) -> Plan:
    """Stops a service for good; its definition stays."""
    env = manager.client_env()
    if manager.describe().kind == "launchd":
        *_, target = next(step.argv for step in manager.steps(service, "restart") if "kickstart" in step.argv)
        off = _run(("launchctl", "disable", target), env, "it no longer starts with this user's session")
        return (*(_run(step.argv, env, "stops it") for step in manager.steps(service, "stop")), off)
    argv = ("systemctl", "--user", "disable", "--now", "--", service.unit)
    return (_run(argv, env, "stops it, now and for the next session"),)


def path_plan(manager: ServiceManager, service: GatewayService, folder: str, path: str) -> Plan:
    """Puts a directory in front of the PATH of a systemd service, in a file of its own beside the definition."""
    assert service.definition is not None  # noqa: S101 - an installed one has a file
    env = manager.client_env()
    text = f"# Written by openclaw-onboard.\n[Service]\nEnvironment={quoted(f'PATH={folder}:{path}')}\n"
    drop_in = service.definition.parent / f"{service.unit}.d" / "50-openclaw-onboard-path.conf"
    return (
        WriteFile(drop_in, text.encode(), PUBLIC, "the service finds claude"),
        _run(("systemctl", "--user", "daemon-reload"), env, "systemd reads it"),
        *restart_plan(manager, service),
    )


def uninstall_plan(manager: ServiceManager, place: Place, service: GatewayService) -> Plan:
    """Stops and forgets the service, and removes the user's definition of it. Raises Refusal for somebody else's."""
    definition = service.definition
    if definition is None or definition.parent != place.path.parent:
        raise Refusal(
            "the service is defined by a file that is not this user's own", path=definition, hint="its package has it"
        )
    env = manager.client_env()
    if manager.describe().kind == "launchd":
        target = next(step.argv[-1] for step in manager.steps(service, "restart") if "kickstart" in step.argv)
        stop = () if service.enabled is False else (_run(("launchctl", "bootout", target), env, "stops it"),)
        return (*stop, RemoveFile(definition))
    return (
        _run(("systemctl", "--user", "disable", "--now", service.unit), env, "stops it, now and for the next session"),
        RemoveFile(definition),
        _run(("systemctl", "--user", "daemon-reload"), env, "systemd forgets the unit"),
    )


def _launchd(place: Place, before: GatewayService, env: dict[str, str]) -> Plan:
    """A service that is loaded must be unloaded before its new definition counts."""
    import os

    domain = f"gui/{os.getuid()}"
    out = (_run(("launchctl", "bootout", f"{domain}/{place.name}"), env, "forgets the old one"),)
    return (
        *(out if before.enabled else ()),
        _run(("launchctl", "enable", f"{domain}/{place.name}"), env, "it starts with this user's session"),
        _run(("launchctl", "bootstrap", domain, str(place.path)), env, "launchd reads it"),
    )


def _run(argv: tuple[str, ...], env: dict[str, str], why: str) -> Run:
    return Run(argv, env=env, timeout=SECONDS, why=why)
