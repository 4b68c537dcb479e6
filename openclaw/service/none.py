"""Hosts on which OpenClaw's gateway has no service manager: what they are, and how the gateway runs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.service.base import Hint, Manager

if TYPE_CHECKING:
    from openclaw.platforms import HostKind
    from openclaw.service.base import GatewayService, Place
    from openclaw.service.control import Action, Step

FOREGROUND = "openclaw gateway run"
WSL_CONF = r"printf '[boot]\nsystemd=true\n' | sudo tee -a /etc/wsl.conf"

CONTAINERS = {
    "kubernetes": ("a Kubernetes pod", "make this the pod's command; keys come from a Secret as environment variables"),
    "podman": ("a Podman container", "make this the container's command and start it with --restart=unless-stopped"),
    "docker": ("a Docker container", "make this the container's command and start it with --restart=unless-stopped"),
}
ANY_CONTAINER = ("a container", "make this the container's command and let whatever starts it restart it")

INITS = {
    "openrc": ("OpenRC", "run this from an OpenRC service with supervisor=supervise-daemon"),
    "runit": ("runit", "run this from a runit service: an executable `run` file that ends with it"),
    "s6": ("s6", "run this from an s6 service: an executable `run` file that ends with it"),
}


class NoManager:
    """A host without a service manager that OpenClaw can use."""

    def __init__(self, host: HostKind) -> None:
        self.host = host

    def describe(self) -> Manager:
        """Why there is none, and the way to run the gateway here."""
        why, hints = explain(self.host)
        return Manager(kind="none", reachable=False, why=why, hints=hints)

    def gateway(self, profile: str | None = None) -> GatewayService | None:  # noqa: ARG002 - the Protocol's signature
        """None: nothing here holds a service."""
        return None

    def named(self, unit: str) -> GatewayService | None:  # noqa: ARG002
        """None, likewise."""
        return None

    def place(self, profile: str | None = None) -> Place | None:  # noqa: ARG002
        """None: nowhere."""
        return None

    def steps(self, service: GatewayService, action: Action) -> tuple[Step, ...]:  # noqa: ARG002
        """None: there is nobody to ask."""
        return ()

    def client_env(self) -> dict[str, str]:
        """Nothing is run."""
        return {}


def explain(host: HostKind) -> tuple[str, tuple[Hint, ...]]:
    """What kind of host without a manager this is, in one sentence, and how to run the gateway on it."""
    if host.application_container:
        name, how = CONTAINERS.get(host.container, ANY_CONTAINER)
        return f"this is {name}, which has no service manager", (Hint(how, FOREGROUND),)
    if host.termux:
        return "this is Termux on Android, which has no service manager", (
            Hint("keep Android from stopping it", "termux-wake-lock"),
            Hint("run it in tmux, or as a service of the package termux-services", FOREGROUND),
        )
    if host.wsl:
        return "this is WSL without systemd", (
            Hint("switch systemd on in /etc/wsl.conf", WSL_CONF),
            Hint("then restart WSL, from Windows", "wsl.exe --shutdown"),
            foreground("until then, run it in a terminal that stays open"),
        )
    return _by_init(host)


def foreground(text: str = "or run it in the foreground, under a supervisor of your own") -> Hint:
    """The way that works everywhere."""
    return Hint(text, FOREGROUND)


def without_sudo(host: HostKind) -> Hint:
    """The services of root are not those of the user who called sudo."""
    return Hint(f"the gateway's service belongs to the user who runs it: run this as {host.sudo_user}, without sudo")


def _by_init(host: HostKind) -> tuple[str, tuple[Hint, ...]]:
    if host.init in INITS:
        name, how = INITS[host.init]
        return f"this host runs {name}, not systemd", (Hint(how, FOREGROUND),)
    if host.os == "macos":
        return "launchctl was not found", (foreground("run it in a terminal that stays open"),)
    found = "/run/systemd/system does not exist" if host.os == "linux" else f"this program knows none on {host.os}"
    return f"no service manager was found: {found}", (foreground("run it under a supervisor of your own"),)
