"""An installation as it is: paths, config, environment, era. The one way in which every command and the doctor see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openclaw import era as eras
from openclaw.config import reading, views
from openclaw.credentials import stores
from openclaw.credentials.resolve import Sources
from openclaw.environment import layers, shell
from openclaw.environment.layers import Environment, Layer
from openclaw.errors import Unreadable, UsageFailure
from openclaw.home import STORE_NAME, Home, locate
from openclaw.text import joined

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.config.reading import Config
    from openclaw.config.views import Agent, Agents
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.invocation import Invocation


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything but the credential stores. `problems` are env files that exist and could not be read."""

    home: Home
    config: Config
    environment: Environment
    era: Era
    agents: Agents
    now: int
    problems: tuple[Unreadable, ...] = field(default=(), compare=False)

    def require_valid(self) -> Installation:
        """The installation for a command that needs all of it: the first problem is raised."""
        for problem in self.problems:
            raise problem
        for trouble in self.config.problems:
            raise trouble.failure()
        return self

    def agent(self, asked: str | None = None) -> Agent:
        """The agent of that id; the configured default one where none was asked for."""
        found = self.agents.get(self.agents.default if asked is None else asked)
        if found is None:
            known = joined([item.id for item in self.agents.listed])
            raise UsageFailure(
                f'unknown agent "{asked}"', hint=f"configured: {known}", commands=("openclaw agents list",)
            )
        return found

    def store_of(self, agent: Agent) -> Store:
        """The effective store of an agent: its own laid over main's."""
        own_dir = self.agent_dir(agent)
        if self.era.name == "sqlite":
            from openclaw.credentials.sqlite import effective

            return effective(self.home, own_dir, agent.id)
        main = stores.read_json(self.home.main_agent_dir / STORE_NAME)
        if own_dir == self.home.main_agent_dir:
            return main
        return stores.merged(main, stores.read_json(own_dir / STORE_NAME, agent.id))

    def agent_dir(self, agent: Agent) -> Path:
        """The directory of an agent; `main` follows OPENCLAW_AGENT_DIR."""
        if agent.id == "main" and not agent.agent_dir:
            return self.home.main_agent_dir
        return self.home.agent_dir(agent.id, agent.agent_dir)

    def sources(self, store: Store) -> Sources:
        """What resolution looks at, with this store."""
        return Sources(self.config.value, store, self.environment, self.now, self.era.name == "sqlite")

    def models(self, agent: Agent | None = None) -> views.Models:
        """The models that an agent uses, with the built-in default of this OpenClaw."""
        config = self.config.value
        mode = views.anthropic_auth_mode(config, self.environment.values)
        return views.models(config, agent, self.era.default_model, mode)


def load(call: Invocation, *, shell_limit: float = 60.0) -> Installation:
    """Reads an installation in the reference's order (auth-spec §6.1). Broken parts are values, not exceptions.

    `shell_limit` is the most that the login shell may take, in seconds, where the config asks for it.
    """
    from openclaw.handover import find_real

    process = Layer("process", call.env)
    program = find_real(call.env)
    home = locate(call.env, call.user, call.cwd)
    config = reading.read(home.config)
    era = eras.determine(home, config.merged, program)
    problems: list[Unreadable] = []

    cwd_layer = _cwd_layer(home, era, problems)
    if cwd_layer:
        # Older OpenClaw lets a `.env` of the working directory redirect the state directory and the config.
        redirected = locate(layers.combine([process, cwd_layer]).values, call.user, call.cwd)
        if redirected != home:
            home = redirected
            config = reading.read(home.config)
            era = eras.determine(home, config.merged, program)
    found = [process, cwd_layer, _file_layer("state", home.env_file, problems)]
    if era.name == "sqlite" and home.state_from == "default":
        found.append(_file_layer("gateway", home.user / ".config" / "openclaw" / "gateway.env", problems))
    block = views.env_block(config.merged)
    found.append(Layer("config", block, home.config) if block else None)
    environment = layers.combine([layer for layer in found if layer])
    environment = _with_shell(environment, config, shell_limit)
    config = reading.resolve(config, environment.values)
    return Installation(home, config, environment, era, views.agents(config.value), call.now, tuple(problems))


def _cwd_layer(home: Home, era: Era, problems: list[Unreadable]) -> Layer | None:
    path = home.cwd / ".env"
    if path == home.env_file:
        return None
    layer = _file_layer("cwd", path, problems)
    if layer is None or era.name != "sqlite":
        return layer
    return Layer("cwd", layer.values, path, layer.lines, frozenset(layers.blocked_in_cwd(layer.values)))


def _file_layer(name: layers.LayerName, path: Path, problems: list[Unreadable]) -> Layer | None:
    try:
        return layers.file_layer(name, path)
    except Unreadable as error:
        problems.append(error)
        return None


def _with_shell(environment: Environment, config: Config, limit: float) -> Environment:
    enabled = shell.enabled(environment.values, config.merged)
    if not (enabled and shell.wanted(environment.values)):
        return layers.with_shell(environment, None, enabled=enabled)
    seconds = min(limit, shell.timeout(environment.values, config.merged))
    layer, problem = shell.ask(environment.values, seconds)
    return layers.with_shell(environment, layer, enabled=enabled, problem=problem)
