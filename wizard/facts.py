"""What the wizard knows before it asks: the installation, its service manager, the Claude CLI. Collected once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openclaw.credentials.resolve import Resolution, resolve

if TYPE_CHECKING:
    from openclaw.config.views import Agent
    from openclaw.credentials.resolve import Sources
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.providers.catalog import Catalog, Provider
    from openclaw.service.base import GatewayService, Manager

HARMLESS = ("variable",)  # a `${VAR}` without a value: giving it one may be what somebody came for


@dataclass(frozen=True, slots=True)
class Facts:
    """One host as the steps see it. `claude` is the path of the CLI, "" where it was not found."""

    found: Installation = field(repr=False)
    agent: Agent
    store: Store = field(repr=False)
    sources: Sources = field(repr=False)
    catalog: Catalog = field(repr=False)
    manager: Manager
    service: GatewayService | None
    claude: str
    claude_install: str

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


def collect(call: Invocation, asked_agent: str | None = None) -> Facts:
    """Looks at the host. Raises what stops onboarding: a config, env file or store that cannot be read or parsed."""
    import shutil

    from openclaw.installation import load
    from openclaw.platforms import claude_install_command, host_kind
    from openclaw.providers.catalog import load as load_catalog
    from openclaw.service.detect import detect

    found = load(call)
    refuse_broken(found)
    agent = found.agent(asked_agent)
    store = found.store_of(agent)
    if failure := store.failure():
        raise failure
    manager = detect(call.env)
    return Facts(
        found=found,
        agent=agent,
        store=store,
        sources=found.sources(store),
        catalog=load_catalog(),
        manager=manager.describe(),
        service=manager.gateway(call.env.get("OPENCLAW_PROFILE")),
        claude=shutil.which("claude", path=call.env.get("PATH")) or "",
        claude_install=claude_install_command(host_kind(call.env)),
    )


def refuse_broken(found: Installation) -> None:
    """Stops before any question: what cannot be read is not "empty", and nothing is written over it."""
    for problem in found.problems:
        raise problem
    for trouble in found.config.problems:
        if trouble.kind not in HARMLESS:
            raise trouble.failure()
