"""What the wizard knows before it asks: the installation, its service manager, the Claude CLI.

Files are read at once; what other programs have to be asked for is collected behind the first questions
(`gathering`), so that nobody waits for it.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openclaw.credentials.resolve import Resolution, resolve
from openclaw.frozen import frozen, replace
from wizard.questions import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.config.reading import Config, Problem
    from openclaw.config.views import Agent
    from openclaw.credentials.resolve import Sources
    from openclaw.credentials.stores import Store
    from openclaw.errors import Failure
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.providers.catalog import Catalog, Provider
    from openclaw.secret import Secret
    from openclaw.service.base import GatewayService, Manager, ServiceManager

HARMLESS = ("variable",)  # a `${VAR}` without a value: giving it one may be what somebody came for
LARGEST_LOGIN = 1 << 20  # bytes of a file of another program
WAITING = "it has not answered yet"
SHELL_LIMIT = 60.0  # seconds; OpenClaw's own limit is shorter, unless the config says otherwise


@frozen
class CliKey:
    """An API key in a file of another program, and the name of that file for people."""

    secret: Secret
    where: str


@frozen
class Facts:
    """One host as the steps see it. `claude` is the path of the CLI, "" where it was not found.

    `asked` are the agents that were named beforehand, `agent` the first of them, else the default one. `stores` are
    those of all agents by id, `resettable` the files that a reset moves into `attic`. `services` is who can be asked to
    install something; `cli_keys` are API keys of other programs, by variable. `verify`: the provider is asked whether
    it accepts a credential. `reset`: these are the facts as they are once the files are moved away. `broken` is what is
    wrong with those files, where nothing can be added to what is there. `unheard`: who was asked and has not answered
    yet.
    """

    found: Installation = field(repr=False)
    agent: Agent
    store: Store = field(repr=False)
    sources: Sources = field(repr=False)
    catalog: Catalog = field(repr=False)
    manager: Manager
    service: GatewayService | None
    claude: str
    claude_install: str
    stores: Mapping[str, Store] = field(default_factory=dict, repr=False)
    resettable: tuple[Path, ...] = ()
    attic: Path = Path()
    services: ServiceManager | None = field(default=None, repr=False, compare=False)
    claude_login: bool = False
    cli_keys: Mapping[str, CliKey] = field(default_factory=dict, repr=False)
    asked: tuple[str, ...] = ()
    broken: tuple[Failure, ...] = field(default=(), compare=False)
    reset: bool = False
    verify: bool = False
    unheard: tuple[str, ...] = ()

    @property
    def why_broken(self) -> str:
        """Why nothing can be added to what is there, with the place; "" where it can."""
        if not self.broken:
            return ""
        failure = self.broken[0]
        place = ":".join(str(part) for part in (failure.line, failure.column) if part is not None)
        name = self.found.home.short(failure.path) if failure.path else ""
        return f"{name}{':' if place else ''}{place}: {failure.message.rstrip('.')}."

    @property
    def unanswered(self) -> bool:
        """Whether the service manager has not answered yet: what it knows of the gateway is not known then."""
        return self.manager.why == WAITING

    @property
    def manager_name(self) -> str:
        """The service manager in words."""
        return "the service manager" if self.manager.kind == "none" else self.manager.kind

    @property
    def newer(self) -> bool:
        """OpenClaw 2026.6 or later."""
        return self.found.era.name == "sqlite"

    @property
    def profiles_writable(self) -> bool:
        """Whether a profile can be stored: a database is only written by OpenClaw itself."""
        return not self.newer or self.found.era.program is not None

    def provider(self, name: str) -> Provider | None:
        """A provider of the catalogue, by id or alias."""
        return self.catalog.get(name)

    def resolution(self, provider: str) -> Resolution:
        """Which credential is used for a provider now."""
        return resolve(provider, self.sources, self.agent.id)

    def of_agent(self, name: str) -> Facts:
        """The same host with another agent in mind; this one where that is not known."""
        agent = self.found.agents.get(name)
        store = self.stores.get(agent.id) if agent else None
        if agent is None or store is None or agent.id == self.agent.id:
            return self
        asked = replace(agent, asked=True)
        return replace(self, agent=asked, store=store, sources=self.found.sources(store))


def collect(call: Invocation, asked_agent: str | None = None) -> Facts:
    """All facts. Raises what stops onboarding: a file that cannot be read and that a reset would not move away."""
    return replace(look(call, asked_agent, shell_limit=SHELL_LIMIT), **asked_manager(call))


def asked_manager(call: Invocation) -> dict[str, Any]:
    """The facts that the service manager is asked for."""
    from openclaw.service.detect import detect

    manager = detect(call.env)
    return {
        "manager": manager.describe(),
        "service": manager.gateway(call.env.get("OPENCLAW_PROFILE")),
        "services": manager,
    }


def asks_shell(found: Installation) -> bool:
    """Whether OpenClaw takes variables from the login shell here."""
    from openclaw.environment import shell

    env = found.environment.values
    return shell.enabled(env, found.config.merged) and shell.wanted(env)


def asked_shell(call: Invocation, asked_agent: str | None = None) -> dict[str, Any]:
    """The facts that are others once the login shell was asked."""
    facts = look(call, asked_agent, shell_limit=SHELL_LIMIT)
    return {name: getattr(facts, name) for name in ("found", "agent", "store", "sources", "stores", "broken")}


def look(call: Invocation, asked_agent: str | None = None, *, shell_limit: float = 0.0) -> Facts:
    """What stands in files; nobody is asked, so the service manager and the login shell are left out.

    Raises what stops onboarding.
    """
    import shutil

    from openclaw.installation import load
    from openclaw.platforms import claude_install_command, host_kind
    from openclaw.providers.catalog import load as load_catalog

    found = load(call, shell_limit=shell_limit)
    # Whom a broken config names is not known; after a reset there is nobody but main.
    asked = {agent.id: agent for agent in ([] if _wrong(found.config) else _asked(found, asked_agent))}
    agent = next(iter(asked.values()), found.agent())
    stores = {name: found.store_of(item) for name, item in {agent.id: agent, **asked}.items()}
    store = stores[agent.id]
    resettable = tuple(path for path in _resettable(found) if path.is_file())
    broken = tuple(_broken(found, stores.values()))
    for failure in broken:
        if failure.path not in (*resettable, *(file.path for file in found.config.included)):
            raise failure
    return Facts(
        found=found,
        agent=agent,
        store=store,
        sources=found.sources(store),
        catalog=load_catalog(),
        manager=_silent(call),
        service=None,
        claude=shutil.which("claude", path=call.env.get("PATH")) or "",
        claude_install=claude_install_command(host_kind(call.env)),
        stores={**stores, **_others(found, stores)},
        resettable=resettable,
        attic=_attic(found, call),
        asked=tuple(asked),
        broken=broken,
        claude_login=(call.user / ".claude" / ".credentials.json").is_file(),
        cli_keys=_cli_keys(found, call),
    )


def _cli_keys(found: Installation, call: Invocation) -> dict[str, CliKey]:
    """The API key in Codex's own file. A login in it stays its own."""
    from openclaw.credentials.clilogins import codex_key
    from openclaw.facts.bounded import read

    path = Path(call.env.get("CODEX_HOME", "").strip() or call.user / ".codex") / "auth.json"
    try:
        text = read(path, LARGEST_LOGIN)
    except OSError:
        return {}
    key = codex_key(text) if text else None
    return {"OPENAI_API_KEY": CliKey(key, found.home.short(path))} if key else {}


def _broken(found: Installation, stores: Iterable[Store]) -> Iterator[Failure]:
    """What cannot be read: it is not "empty", and nothing is written over it."""
    yield from found.problems
    yield from (trouble.failure() for trouble in _wrong(found.config))
    yield from filter(None, (store.failure() for store in stores))


def _wrong(config: Config) -> list[Problem]:
    return [trouble for trouble in config.problems if trouble.kind not in HARMLESS]


def _silent(call: Invocation) -> Manager:
    """The manager that there seems to be, before it was asked. Without one there is nobody to wait for."""
    from openclaw.platforms import exists, host_kind
    from openclaw.service.base import Manager
    from openclaw.service.detect import BOOTED
    from openclaw.service.none import NoManager

    host = host_kind(call.env)
    if host.os == "macos":
        return Manager("launchd", False, WAITING)
    if host.os == "linux" and exists(Path("/"), BOOTED):
        return Manager("systemd", False, WAITING)
    return NoManager(host).describe()


def _asked(found: Installation, text: str | None) -> list[Agent]:
    """The agents of a text with commas. Raises UsageFailure for one that is not known."""
    return [found.agent(name) for name in listed(text) or [text]] if text else []


def _others(found: Installation, asked: Mapping[str, Store]) -> dict[str, Store]:
    """The stores of the other agents, as far as they can be read."""
    stores = {agent.id: found.store_of(agent) for agent in found.agents.listed[:50] if agent.id not in asked}
    return {name: store for name, store in stores.items() if store.failure() is None}


def _resettable(found: Installation) -> Iterator[Path]:
    from openclaw.home import matches

    home = found.home
    yield from dict.fromkeys((found.config.path, home.env_file))
    if found.era.name != "sqlite":
        for name in ("auth-profiles.json", "auth-state.json", "auth.json"):
            yield from matches(home.state, f"agents/*/agent/{name}")
        yield home.oauth_file


def _attic(found: Installation, call: Invocation) -> Path:
    """Where a reset moves things: a dated folder of our own, which no OpenClaw reads, and nothing stands in yet."""
    import os
    from datetime import UTC, datetime
    from itertools import chain, count

    from openclaw.change.place import folder_for

    when = datetime.fromtimestamp(call.now / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    folder = folder_for(found.home.state, call.env, call.user)
    names = chain((f"reset-{when}",), (f"reset-{when}-{number}" for number in count(2)))
    return next(folder / name for name in names if not os.path.lexists(folder / name))
