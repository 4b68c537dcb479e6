"""What the wizard knows before it asks: the installation, its service manager, the Claude CLI.

Files are read at once; what other programs have to be asked for is collected behind the first questions
(`gathering`), so that nobody waits for it.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.credentials.resolve import Resolution, resolve
from openclaw.frozen import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.views import Agent
    from openclaw.credentials.resolve import Sources
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.providers.catalog import Catalog, Provider
    from openclaw.service.base import GatewayService, Manager, ServiceManager

HARMLESS = ("variable",)  # a `${VAR}` without a value: giving it one may be what somebody came for
WAITING = "it has not answered yet"


@frozen
class Facts:
    """One host as the steps see it. `claude` is the path of the CLI, "" where it was not found.

    `stores` are those of all agents by id, `resettable` the files that a reset moves into `attic`. `services` is who
    can be asked to install something; `verify`: the provider is asked whether it accepts a credential. `reset`:
    these are the facts as they are once the files are moved away.
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
    reset: bool = False
    verify: bool = False

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
    """All facts. Raises what stops onboarding: a config, env file or store that cannot be read or parsed."""
    from openclaw.service.detect import detect

    facts = look(call, asked_agent, shell_limit=60.0)
    manager = detect(call.env)
    return replace(
        facts,
        manager=manager.describe(),
        service=manager.gateway(call.env.get("OPENCLAW_PROFILE")),
        services=manager,
    )


def look(call: Invocation, asked_agent: str | None = None, *, shell_limit: float = 0.0) -> Facts:
    """What stands in files; nobody is asked, so the service manager and the login shell are left out.

    Raises what stops onboarding.
    """
    import shutil

    from openclaw.installation import load
    from openclaw.platforms import claude_install_command, host_kind
    from openclaw.providers.catalog import load as load_catalog

    found = load(call, shell_limit=shell_limit)
    refuse_broken(found)
    agent = found.agent(asked_agent)
    store = found.store_of(agent)
    if failure := store.failure():
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
        stores={agent.id: store, **_others(found, agent)},
        resettable=tuple(path for path in _resettable(found) if path.is_file()),
        attic=_attic(found, call),
        claude_login=(call.user / ".claude" / ".credentials.json").is_file(),
    )


def refuse_broken(found: Installation) -> None:
    """Stops before any question: what cannot be read is not "empty", and nothing is written over it."""
    for problem in found.problems:
        raise problem
    for trouble in found.config.problems:
        if trouble.kind not in HARMLESS:
            raise trouble.failure()


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


def _others(found: Installation, asked: Agent) -> dict[str, Store]:
    """The stores of the other agents, as far as they can be read."""
    stores = {agent.id: found.store_of(agent) for agent in found.agents.listed[:50] if agent.id != asked.id}
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
    """Where a reset moves things: a dated folder of our own, which no OpenClaw reads."""
    from datetime import UTC, datetime

    from openclaw.change.place import folder_for

    when = datetime.fromtimestamp(call.now / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    return folder_for(found.home.state, call.env, call.user) / f"reset-{when}"
