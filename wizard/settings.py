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
from wizard.choices import meant

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
# Flags about a gateway on this host.
OF_THE_GATEWAY = ("gateway-port", "gateway-bind", "gateway-auth", "gateway-token", "gateway-password", "tailscale")
TOKEN, BIND, ADDRESS = "gateway.auth.token", "gateway.bind", "gateway.customBindHost"
VARIABLE = "OPENCLAW_GATEWAY_TOKEN"
EXPOSED = ("serve", "funnel")


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
    """The settings among the answers, in an order of their own: whoever says the same gets the same plan."""
    found = (
        Setting(name.removeprefix(BEFORE), _typed(name, answer.value), answer.origin)
        for name, answer in answers.given.items()
        if name.startswith(BEFORE)
    )
    return tuple(sorted(found, key=lambda item: item.path))


def plan(settings: tuple[Setting, ...], found: Installation) -> Plan:
    """Sets those that are not so already. A token is made only where tokens are wanted and there is none."""
    wanted = {item.path: item for item in settings}
    steps = tuple(
        SetKey(found.config.path, tuple(item.path.split(".")), item.value, why=f"{item.path}: asked for")
        for item in settings
        if _present(found.config.value, item.path) != _plain(item.value)
    )
    mode = wanted.get("gateway.auth.mode")
    if mode is None or mode.value != "token" or TOKEN in wanted or not found.config.exists or _has_token(found):
        return steps
    from openclaw.credentials.storing import gateway_secret

    return (*steps, SetKey(found.config.path, tuple(TOKEN.split(".")), gateway_secret(), why="there is none yet"))


def implied(given: Mapping[str, str], config: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(key path, value, flag) of what flags mean beside themselves (wizard-doctor-spec §2.7)."""
    if "gateway-auth" not in given:
        for flag, mode in (("gateway-token", "token"), ("gateway-password", "password")):
            if flag in given:
                yield "gateway.auth.mode", mode, f"--{flag}"
    exposed = given.get("tailscale")
    if exposed in EXPOSED and "gateway-bind" not in given and _present(config, BIND) not in (None, "loopback"):
        yield BIND, "loopback", "--tailscale"
    if exposed == "funnel" and not {"gateway-auth", "gateway-password"} & given.keys():
        yield "gateway.auth.mode", "password", "--tailscale"


def unmet(given: Mapping[str, str], config: Mapping[str, Any]) -> Iterator[str]:
    """What flags need and neither they nor the config has."""
    password = "gateway-password" in given or _present(config, "gateway.auth.password") not in (None, "")
    if given.get("tailscale") == "funnel" and given.get("gateway-auth", "password") == "password" and not password:
        yield "--tailscale funnel needs --gateway-password: a funnel needs a password"
    elif given.get("gateway-auth") == "password" and not password:
        yield "--gateway-auth password needs --gateway-password"
    if given.get("gateway-bind") == "custom" and _present(config, ADDRESS) in (None, ""):
        yield f"--gateway-bind custom needs an address, which no flag names: set {ADDRESS} in the config"


def problems(given: Mapping[str, str], *, remote: bool) -> Iterator[str]:
    """What is wrong with the values, one sentence each; `given` is by flag without its dashes."""
    for name, value in given.items():
        choices = FLAGS[name][1]
        if not value.strip():
            yield f"--{name}: it is empty"
        elif choices and value not in choices:
            yield f"--{name}: {meant(value, choices)}it is one of {joined(list(choices), 'or')}"
    yield from _port(given)
    yield from _together(given, remote=remote)


def _port(given: Mapping[str, str]) -> Iterator[str]:
    port = given.get("gateway-port")
    if port and port.strip() and not _is_port(port):
        yield "--gateway-port: a port is a number from 1 to 65535"


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65535


def _together(given: Mapping[str, str], *, remote: bool) -> Iterator[str]:
    """Settings that need or exclude each other (wizard-doctor-spec §2.7)."""
    tailscale, bind, auth = (given.get(name, "") for name in ("tailscale", "gateway-bind", "gateway-auth"))
    if tailscale in EXPOSED and bind not in ("", "loopback"):
        yield f"--tailscale {tailscale} and --gateway-bind {bind} contradict each other: it needs loopback"
    if tailscale == "funnel" and auth == "token":
        yield "--tailscale funnel and --gateway-auth token contradict each other: a funnel needs a password"
    yield from _two_ways_in(given, auth)
    yield from _remote(given, remote=remote)


def _two_ways_in(given: Mapping[str, str], auth: str) -> Iterator[str]:
    """A token and a password: the gateway takes one of them."""
    if auth == "token" and "gateway-password" in given:
        yield "--gateway-auth token and --gateway-password contradict each other"
    elif auth == "password" and "gateway-token" in given:
        yield "--gateway-auth password and --gateway-token contradict each other"
    elif "gateway-password" in given and "gateway-token" in given:
        yield "--gateway-token and --gateway-password contradict each other: the gateway takes one of them"


def _remote(given: Mapping[str, str], *, remote: bool) -> Iterator[str]:
    url = given.get("remote-url", "")
    if remote and "remote-url" not in given:
        yield "--mode remote needs --remote-url"
    if url.strip() and (why := _url_problem(url)):
        yield f"--remote-url: {why}"
    if not remote and ("remote-url" in given or "remote-token" in given):
        yield "--remote-url and --remote-token go with --mode remote"


def _url_problem(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        good = parts.scheme in ("ws", "wss") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        return "it starts with ws:// or wss:// and names a host"
    if parts.username is not None or parts.password is not None:
        return "leave user name and password out of it; --remote-token is for what it asks for"
    return ""


def _typed(name: str, value: Value) -> Any:
    if name == f"{BEFORE}gateway.port" and _is_port(str(value)):
        return int(str(value))
    return value


def _has_token(found: Installation) -> bool:
    return _present(found.config.value, TOKEN) not in (None, "") or bool(found.environment.usable(VARIABLE))


def _present(config: Mapping[str, Any], path: str) -> Any:
    *parents, last = path.split(".")
    return table(config, *parents).get(last)


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value
