"""Settings of the gateway that flags and answers files may name. They are written only where they were given.

The reference program writes all of them on every run, and with it a new token (wizard-doctor-spec §3.2); here what was
not asked for stays as it is. Values are checked before anything is written (there: W-19).
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from openclaw.change.plan import SetKey
from openclaw.config.views import table
from openclaw.frozen import frozen
from openclaw.secret import Secret
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.change.plan import Plan
    from openclaw.installation import Installation
    from wizard.answers import Answers, Value

BEFORE = "set:"  # in front of a key path, as the id of an answer

# flag, key path, and the values that there are ("" for any text)
FLAGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "workspace": ("agents.defaults.workspace", ()),
    "gateway-port": ("gateway.port", ()),
    "gateway-bind": ("gateway.bind", ("loopback", "lan", "tailnet", "auto", "custom")),
    "gateway-auth": ("gateway.auth.mode", ("token", "password")),
    "gateway-token": ("gateway.auth.token", ()),
    "gateway-password": ("gateway.auth.password", ()),
    "tailscale": ("gateway.tailscale.mode", ("off", "serve", "funnel")),
    "node-manager": ("skills.install.nodeManager", ("npm", "pnpm", "bun")),
    "remote-url": ("gateway.remote.url", ()),
    "remote-token": ("gateway.remote.token", ()),
}
SECRETS = frozenset({"gateway-token", "gateway-password", "remote-token"})
ON_EXIT = "gateway.tailscale.resetOnExit"


@frozen
class Setting:
    """One key of the config. `origin` says where it was asked for."""

    path: str
    value: Any = field(repr=False)
    origin: str = ""

    @property
    def shown(self) -> str:
        """The value for people."""
        from openclaw.secret import length_and_end

        return length_and_end(self.value.reveal()) if isinstance(self.value, Secret) else str(self.value)


def of(answers: Answers) -> tuple[Setting, ...]:
    """The settings among the answers."""
    return tuple(
        Setting(name.removeprefix(BEFORE), _typed(name, answer.value), answer.origin)
        for name, answer in answers.given.items()
        if name.startswith(BEFORE)
    )


def plan(settings: tuple[Setting, ...], found: Installation) -> Plan:
    """Sets those that are not so already."""
    return tuple(
        SetKey(found.config.path, tuple(item.path.split(".")), item.value, why=f"{item.path}: asked for")
        for item in settings
        if _present(found.config.value, item.path) != _plain(item.value)
    )


def problems(given: Mapping[str, str], *, remote: bool) -> Iterator[str]:
    """What is wrong with the values, one sentence each; `given` is by flag without its dashes."""
    for name, value in given.items():
        choices = FLAGS[name][1]
        if choices and value not in choices:
            yield f"--{name}: it is one of {joined(list(choices), 'or')}"
        if name in SECRETS and not value.strip():
            yield f"--{name}: it is empty"
    yield from _port(given)
    yield from _together(given, remote=remote)


def _port(given: Mapping[str, str]) -> Iterator[str]:
    port = given.get("gateway-port")
    if port is not None and not (port.isascii() and port.isdigit() and len(port) < 6 and 1 <= int(port) <= 65535):
        yield "--gateway-port: a port is a number from 1 to 65535"


def _together(given: Mapping[str, str], *, remote: bool) -> Iterator[str]:
    """Settings that need or exclude each other (wizard-doctor-spec §2.7)."""
    tailscale, bind, auth = (given.get(name, "") for name in ("tailscale", "gateway-bind", "gateway-auth"))
    if tailscale in ("serve", "funnel") and bind not in ("", "loopback"):
        yield f"--tailscale {tailscale} and --gateway-bind {bind} contradict each other: it needs loopback"
    if tailscale == "funnel" and auth == "token":
        yield "--tailscale funnel and --gateway-auth token contradict each other: a funnel needs a password"
    if auth == "password" and "gateway-password" not in given:
        yield "--gateway-auth password needs --gateway-password"
    if auth == "token" and "gateway-password" in given:
        yield "--gateway-auth token and --gateway-password contradict each other"
    if bind == "custom":
        yield "--gateway-bind custom needs an address, which no flag names: set gateway.customBindHost in the config"
    url = given.get("remote-url")
    if remote and url is None:
        yield "--mode remote needs --remote-url"
    if url is not None and not _is_websocket(url):
        yield "--remote-url: it starts with ws:// or wss:// and names a host"
    if not remote and ("remote-url" in given or "remote-token" in given):
        yield "--remote-url and --remote-token go with --mode remote"


def _is_websocket(text: str) -> bool:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _typed(name: str, value: Value) -> Any:
    if name == f"{BEFORE}gateway.port":
        return int(str(value))
    return value


def _present(config: Mapping[str, Any], path: str) -> Any:
    *parents, last = path.split(".")
    return table(config, *parents).get(last)


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value
