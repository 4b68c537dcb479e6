"""Where the gateway of an installation should answer, and the secret that it should take (wizard-doctor-spec §2.7, §5).

The server takes its secret from its command line, then from the config, then from its environment
(wizard-doctor-spec §5; the same in 2026.2.3 and 2026.9.6). Up to 2026.5 the names of
before the rename come last there (auth-spec §1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from openclaw.config.views import gateway, table
from openclaw.frozen import frozen
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.environment.layers import Environment

DEFAULT_PORT = 18789
LOOPBACK = "127.0.0.1"
NAMES = ("OPENCLAW", "CLAWDBOT")  # what its variables begin with: today, and before the rename
Kind = Literal["token", "password", "none"]


@frozen
class Address:
    """`port_from` and `secret_from` say where they come from; `unresolved`: why the secret could not be found out."""

    host: str
    port: int
    tls: bool = False
    remote: bool = False
    bind: str = "loopback"
    port_from: str = "default"
    kind: Kind = "none"
    secret: Secret | None = None
    secret_from: str = ""
    unresolved: str = ""
    path: str = "/"

    @property
    def url(self) -> str:
        """The WebSocket address; never with a secret in it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.tls else 'ws'}://{host}:{self.port}{self.path}"


def address_of(
    config: Mapping[str, Any], environment: Environment, argv: Sequence[str] = (), *, older: bool = False
) -> Address:
    """The gateway's address by its config, its environment and its service's command line.

    `older`: variables with the names of before the rename count, too.
    """
    section, names = gateway(config), NAMES if older else NAMES[:1]
    if section.get("mode") == "remote":
        return _remote(section, environment, names)
    port, port_from = port_of(section, environment, argv, older=older)
    bind = section.get("bind")
    bind = bind if isinstance(bind, str) and js_trim(bind) else "loopback"
    kind, secret, source, unresolved = _secret(table(section, "auth"), environment, names)
    return Address(
        host=_host(bind, section),
        port=port,
        tls=table(section, "tls").get("enabled") is True,
        bind=bind,
        port_from=port_from,
        kind=kind,
        secret=secret,
        secret_from=source,
        unresolved=unresolved,
    )


def port_of(
    section: Mapping[str, Any], environment: Environment, argv: Sequence[str] = (), *, older: bool = False
) -> tuple[int, str]:
    """The port and where it comes from: the service's arguments, the environment, the config, the default."""
    names = [f"{prefix}_GATEWAY_PORT" for prefix in (NAMES if older else NAMES[:1])]
    # Of two variables the first one that is set counts, even where it is no number (2026.2.3).
    of_environment = next(((environment.usable(name), name) for name in names if environment.usable(name)), ("", ""))
    for given, source in ((_argument(argv), "service arguments"), of_environment, (section.get("port"), "config")):
        if (port := _port(given)) is not None:
            return port, source
    return DEFAULT_PORT, "default"


def _remote(section: Mapping[str, Any], environment: Environment, names: Sequence[str]) -> Address:
    """The gateway on another host, which keeps its credentials there (user-pain FM 56)."""
    from urllib.parse import urlsplit

    remote = table(section, "remote")
    url = remote.get("url")
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        given = parts.port
    except ValueError:  # brackets or a port that are none
        parts, given = urlsplit(""), None
    tls = parts.scheme in ("wss", "https")
    port = given or (443 if tls else 80 if parts.scheme else DEFAULT_PORT)
    kind, secret, source, unresolved = _secret(remote, environment, names)
    return Address(
        host=parts.hostname or "",
        port=port,
        tls=tls,
        remote=True,
        bind="remote",
        port_from="gateway.remote.url",
        kind=kind,
        secret=secret,
        secret_from=source.replace("gateway.auth.", "gateway.remote."),
        unresolved=unresolved,
        path=parts.path or "/",
    )


def _argument(argv: Sequence[str]) -> str:
    for index, word in enumerate(argv):
        if word == "--port":
            return argv[index + 1] if index + 1 < len(argv) else ""
        if word.startswith("--port="):
            return word.partition("=")[2]
    return ""


def _port(given: Any) -> int | None:
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 6:
        given = int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 < given < 65536 else None


def _host(bind: str, section: Mapping[str, Any]) -> str:
    """Where to knock: loopback answers unless the gateway listens on one other address only."""
    custom = section.get("customBindHost")
    if bind == "custom" and isinstance(custom, str) and js_trim(custom) not in ("", "0.0.0.0", "::"):  # noqa: S104
        return js_trim(custom)
    return (_tailnet_address() or LOOPBACK) if bind == "tailnet" else LOOPBACK


def _tailnet_address() -> str:
    """This host's address in 100.64.0.0/10, which Tailscale uses."""
    from ipaddress import IPv4Address, IPv4Network

    import psutil

    network = IPv4Network("100.64.0.0/10")
    found = (
        item.address for items in psutil.net_if_addrs().values() for item in items if item.family.name == "AF_INET"
    )
    return next((item for item in found if IPv4Address(item) in network), "")


def is_here(host: str) -> bool:
    """Whether an address is one of this host's: loopback, or one of its interfaces. A name is not looked up."""
    if host in ("localhost", LOOPBACK):
        return True
    from ipaddress import ip_address

    try:
        wanted = ip_address(host)
    except ValueError:
        return False
    return wanted.is_loopback or str(wanted) in _own_addresses()


def _own_addresses() -> set[str]:
    import psutil

    return {item.address.partition("%")[0] for items in psutil.net_if_addrs().values() for item in items}


def _secret(
    auth: Mapping[str, Any], environment: Environment, names: Sequence[str]
) -> tuple[Kind, Secret | None, str, str]:
    """(kind, value, where from, why not): the config's, else the environment's."""
    mode = auth.get("mode")
    kinds: tuple[Kind, ...] = (
        ("password",) if mode == "password" else ("token",) if mode == "token" else ("token", "password")
    )
    for kind in kinds:
        given = auth.get(kind)
        if isinstance(given, str) and (lacking := _lacking(given, environment)):
            return kind, None, "", f"gateway.auth.{kind} needs {lacking}, which is not set"
        if isinstance(given, str) and js_trim(given):
            return kind, Secret(js_trim(given)), f"gateway.auth.{kind}", ""
        if isinstance(given, dict):
            return _reference(kind, given, environment)
    for kind in kinds:
        for name in (f"{prefix}_GATEWAY_{kind.upper()}" for prefix in names):
            if value := environment.usable(name):
                return kind, Secret(value), name, ""
    return "none", None, "", ""


def _lacking(given: str, environment: Environment) -> str:
    """The variable of `${NAME}` in a value that was left as it is written, because nothing sets it."""
    if "${" not in given:
        return ""
    from openclaw.config.reading import references

    return next((name for name in references(given) if not environment.get(name)), "")


def _reference(kind: Kind, given: Mapping[str, Any], environment: Environment) -> tuple[Kind, Secret | None, str, str]:
    """A reference to a secret elsewhere, of newer OpenClaw: one to a variable can be followed."""
    name = given.get("id")
    if given.get("source") == "env" and isinstance(name, str) and environment.usable(name):
        return kind, Secret(environment.usable(name)), name, ""
    return kind, None, "", f"gateway.auth.{kind} refers to a secret elsewhere, which this program cannot look up"
