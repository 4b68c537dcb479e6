"""Facts made by hand, for tests of checks that need no host. Every key is made up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from openclaw.config.reading import Config, Problem
from openclaw.credentials.profiles import read_profile
from openclaw.credentials.resolve import Candidate, Resolution
from openclaw.credentials.storefile import StoreProblem
from openclaw.credentials.stores import Store, from_document
from openclaw.environment.layers import Environment, Layer, combine
from openclaw.era import Era
from openclaw.facts.credentials import Held, Route, Routes, Stores
from openclaw.facts.files import Broken, Entry
from openclaw.facts.host import Terminal
from openclaw.facts.installation import Clock
from openclaw.facts.service import Daemon
from openclaw.finding import Finding, Location
from openclaw.home import Home
from openclaw.platforms import HostKind
from openclaw.secret import Secret
from openclaw.service.base import GatewayService
from openclaw_testkit.host import NOW

if TYPE_CHECKING:
    from openclaw.check import Check

__all__ = [
    "API_KEY",
    "CLOCK",
    "DAY",
    "HOME",
    "HOST",
    "HOUR",
    "JSON_ERA",
    "NOW",
    "NO_ERA",
    "OPENAI_KEY",
    "OPENROUTER_KEY",
    "SETUP_TOKEN",
    "SQLITE_ERA",
    "STORE_PATH",
    "USER",
    "broken",
    "broken_store",
    "candidate",
    "config",
    "daemon",
    "entry",
    "environment",
    "file",
    "found",
    "problem",
    "profile",
    "route",
    "routes",
    "store",
    "stores",
    "terminal",
    "variable",
]

HOUR = 3_600_000
DAY = 24 * HOUR
CLOCK = Clock(NOW)
USER = Path("/home/eve")
HOME = Home(USER, Path("/home/eve/project"), USER / ".openclaw", USER / ".openclaw" / "openclaw.json")
STORE_PATH = HOME.main_agent_dir / "auth-profiles.json"
HOST = HostKind("linux", 1000, "eve")
JSON_ERA = Era("json", "2026.2.3", "test", Path("/usr/bin/openclaw"))
SQLITE_ERA = Era("sqlite", "2026.9.6", "test", Path("/usr/bin/openclaw"))
NO_ERA = Era("unknown")

API_KEY = "sk-ant-api03-" + "FAKE" * 23 + "abc"
SETUP_TOKEN = "sk-ant-oat01-" + "FAKE" * 23 + "abc"
OPENAI_KEY = "sk-proj-" + "FAKE" * 20
OPENROUTER_KEY = "sk-or-v1-" + "fade" * 16


def found(check: Check, *facts: object) -> list[Finding]:
    """What a check reports on these facts, in the order of its parameters."""
    findings = list(check.run(*facts))
    assert all(item.check_id == check.id for item in findings)
    assert all(item.severity <= check.severity for item in findings)
    return findings


def profile(value: str | None = API_KEY, *, id: str = "anthropic:default", agent: str = "main", **raw: Any) -> Held:  # noqa: A002
    """A credential of a store; `raw` are members of its entry (`type`, `provider`, `expires`, `refresh`, …)."""
    kind = raw.get("type", "api_key")
    entry = {
        "type": kind,
        "provider": "anthropic",
        {"api_key": "key", "token": "token"}.get(kind, "access"): value,
        **raw,
    }
    read = read_profile(id, entry)
    assert not isinstance(read, str), read
    where = Location(str(STORE_PATH), 4, 5)
    return Held("profile", id, read.provider, read.type, read.secret, where, agent, read, by_default=agent == "main")


def variable(name: str, value: str, provider: str = "anthropic", path: str = "", *, newer: bool = False) -> Held:
    """A provider's variable, from the process or from an env file."""
    return Held("env", name, provider, "api_key", Secret(value), Location(path, 2) if path else None, newer=newer)


def entry(value: str, provider: str = "custom", base_url: str = "") -> Held:
    """`models.providers.<provider>.apiKey` of the config."""
    where = Location(str(HOME.config), 7, 9)
    keys = f"models.providers.{provider}.apiKey"
    return Held("config", keys, provider, "api_key", Secret(value), where, base_url=base_url)


def store(profiles: dict[str, Any] | None = None, *, agent: str = "main", **members: Any) -> Store:
    """A store as it would be read."""
    path = HOME.agent_dir(agent) / "auth-profiles.json"
    return from_document({"version": 1, "profiles": profiles or {}, **members}, path, agent)


def broken_store(kind: Any = "corrupt", message: str = "is not valid JSON: x", *, sqlite: bool = False) -> Store:
    """A store that exists and cannot be used."""
    problem = StoreProblem(kind, message, *((3, 7) if kind == "corrupt" and not sqlite else (None, None)))
    path = HOME.shared_database if sqlite else STORE_PATH
    return Store(path, "main", "sqlite" if sqlite else "json", exists=True, problem=problem)


def stores(*own: Store, default: str = "main") -> Stores:
    """All stores; effective ones are the own ones laid over main's."""
    from openclaw.credentials.stores import merged

    named = {item.agent: item for item in own} or {"main": store()}
    main = named.setdefault("main", store())
    effective = {name: merged(main, item) if name != "main" else item for name, item in named.items()}
    return Stores(named, effective, default)


def route(
    provider: str = "anthropic",
    *chain: Candidate,
    role: Any = "default model",
    agent: str = "main",
    explicit: bool = True,
) -> Route:
    """A provider in use; the first usable candidate wins."""
    winner = next((item for item in chain if item.usable), None)
    return Route(agent, role, f"{provider}/model", Resolution(provider, agent, winner, chain), explicit)


def candidate(
    kind: Any, name: str, value: str = API_KEY, *, usable: bool = True, held: Held | None = None
) -> Candidate:
    """One place where a credential is, or could be."""
    return Candidate(kind, name, Secret(value) if value else None, usable, "test", held.profile if held else None)


def routes(*found: Route, credentials: bool = True, **members: Any) -> Routes:
    """What is in use."""
    return Routes(found, credentials, **members)


def config(value: dict[str, Any] | None = None, *problems: Problem, exists: bool = True, text: str = "") -> Config:
    """A config with that value (no `${VAR}` in it, so merged and resolved are the same)."""
    data = value or {}
    return Config(HOME.config, exists, text, data, data, data, problems)


def problem(kind: Any, message: str = "something is wrong", **members: Any) -> Problem:
    """A problem of the config."""
    return Problem(kind, message, members.pop("path", HOME.config), **members)


def environment(**layers: dict[str, str]) -> Environment:
    """An environment of named layers, in their order."""
    return combine([Layer(name, values) for name, values in layers.items()])  # type: ignore[arg-type]


def daemon(seen: dict[str, str] | None = None, *, unknown: tuple[str, ...] = ()) -> Daemon:
    """A gateway service that sees these variables; None: no service."""
    if seen is None:
        return Daemon(None)
    service = GatewayService(
        "openclaw-gateway.service",
        installed=True,
        restart="systemctl --user restart openclaw-gateway.service",
        unknown=unknown,
    )
    return Daemon(service, combine([Layer("process", seen)]), not unknown)


def terminal(*, stdin: bool = True, stdout: bool = True) -> Terminal:
    """A terminal, or none."""
    return Terminal(stdin, stdout, "xterm")


def broken(path: Path = STORE_PATH, **members: Any) -> Broken:
    """A file that could not be used."""
    return Broken(str(path), uid=members.pop("uid", 1000), **members)


def file(path: str, mode: int, uid: int = 1000, **members: Any) -> Entry:
    """A file or directory by its bits."""
    return Entry(path, mode, uid, **members)
