"""How to be told before a credential expires, by what the host has: a timer, launchd, cron, or who runs containers.

Each way runs `models status --check`, which exits 1 where a credential is missing or expired and 2 where one is about
to. Pure.
"""

from __future__ import annotations

from shlex import join, quote, split
from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.home import PATH_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.platforms import HostKind
    from openclaw.service.base import Kind

NAME = "openclaw-credentials"
LABEL = "ai.openclaw.credentials"
CHECK = ("models", "status", "--check")
CODES = "it exits 1 where a credential is missing or expired, and 2 where one is about to expire"


@frozen
class Watch:
    """One way, in words, and the command lines that set it up; of cron, the line of its table."""

    kind: str  # systemd, launchd, cron, container, ci
    text: str
    commands: tuple[str, ...]


def watch(program: str, host: HostKind, manager: Kind, env: Mapping[str, str]) -> Watch:
    """The way that fits the host. `program` is what starts this program."""
    words = called(program, env)
    if host.application_container or env.get("CI", "") not in ("", "0", "false"):
        return _outside(words, ci=not host.application_container)
    if manager == "systemd":
        return _systemd(words)
    if manager == "launchd":
        return _launchd(words)
    check = join([*words, *CHECK])
    line = f"0 9 * * * {check} >/dev/null || {join([*words, 'models', 'status'])}"
    text = "To be told by mail of a credential that is missing or about to expire, add this with `crontab -e`"
    return Watch("cron", text, (line.replace("%", r"\%"),))


def called(program: str, env: Mapping[str, str]) -> list[str]:
    """The words that start this program without a shell of the user's: whole paths, and where the installation is."""
    from shutil import which

    first, *rest = split(program)
    moved = [f"{name}={env[name]}" for name in sorted(PATH_VARIABLES) if env.get(name) and "--profile" not in rest]
    words = [which(first, path=env.get("PATH")) or first, *rest]
    return ["/usr/bin/env", *moved, *words] if moved else words


def _outside(words: Sequence[str], *, ci: bool) -> Watch:
    who = "Let a scheduled job run this" if ci else "Let the container's health check, or a job beside it, run this"
    return Watch("ci" if ci else "container", f"{who}; {CODES}", (join([*words, *CHECK]),))


def _systemd(words: Sequence[str]) -> Watch:
    folder = '"${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"'
    command = " ".join(_in_unit(word) for word in (*words, *CHECK))
    unit = ("[Unit]", "Description=Looks at the credentials of OpenClaw")
    service = (*unit, "[Service]", "Type=oneshot", f"ExecStart={command}")
    timer = ("[Timer]", "OnCalendar=daily", "Persistent=true", "[Install]", "WantedBy=timers.target")
    return Watch(
        "systemd",
        "To look every day: a timer of this user. When something is wrong, its service fails, which "
        "`systemctl --user --failed` shows; `OnFailure=` in it can name what sends you a message",
        (
            f"mkdir -p {folder}",
            f"printf '%s\\n' {join(service)} > {folder}/{NAME}.service",
            f"printf '%s\\n' {join(timer)} > {folder}/{NAME}.timer",
            f"systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer",
        ),
    )


def _in_unit(word: str) -> str:
    """A word of `ExecStart=` (systemd.service(5), "Command lines")."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{word}"' if any(char in word for char in " \t'\"\\;") else word


def _launchd(words: Sequence[str]) -> Watch:
    from xml.sax.saxutils import escape

    said = 'display notification "A credential of OpenClaw is missing or about to expire." with title "OpenClaw"'
    script = f"{join([*words, *CHECK])} >/dev/null || osascript -e {quote(said)}"
    agent = (
        f'<plist version="1.0"><dict><key>Label</key><string>{LABEL}</string><key>ProgramArguments</key><array>'
        f"<string>/bin/sh</string><string>-c</string><string>{escape(script)}</string></array>"
        "<key>StartCalendarInterval</key><dict><key>Hour</key><integer>9</integer></dict></dict></plist>"
    )
    path = f"~/Library/LaunchAgents/{LABEL}.plist"
    return Watch(
        "launchd",
        "To be told by a notification of a credential that is missing or about to expire",
        (
            "mkdir -p ~/Library/LaunchAgents",
            f"printf '%s\\n' {quote(agent)} > {path}",
            f"launchctl bootstrap gui/$(id -u) {path}",
        ),
    )
