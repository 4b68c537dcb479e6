"""An installation as it is: paths, config, environment, era. All commands and the doctor see it through this."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from openclaw import era as eras
from openclaw.config import reading, views
from openclaw.config.rejected import rejections
from openclaw.credentials import stores
from openclaw.credentials.resolve import Sources, resolve
from openclaw.environment import layers, shell
from openclaw.environment.layers import Environment, Layer
from openclaw.errors import Unreadable, UsageFailure
from openclaw.frozen import frozen, replace
from openclaw.home import PATH_VARIABLES, STATE_NAME, STORE_NAME, Home, leads_nowhere, locate
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from openclaw.config.reading import Config, Problem
    from openclaw.config.views import Agent, Agents
    from openclaw.credentials.stores import Store
    from openclaw.era import Era
    from openclaw.invocation import Invocation


@frozen
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
        """The installation for a command that needs all of it: the first problem is raised.

        OpenClaw 2026.9 goes on where a `${VAR}` of the config is not set: see `unset`.
        """
        for problem in self.problems:
            raise problem
        for trouble in self.config.problems:
            if trouble not in self.unset:
                raise trouble.failure()
        return self

    @property
    def unset(self) -> tuple[Problem, ...]:
        """The `${VAR}` of the config that are not set, where OpenClaw only warns of them."""
        newer = self.era.name == "sqlite"
        return tuple(item for item in self.config.problems if newer and item.kind == "variable")

    def agent(self, asked: str | None = None) -> Agent:
        """The agent of that id; the configured default one where none was asked for."""
        found = self.agents.get(self.agents.default if asked is None else asked)
        if found is None:
            known = joined([item.id for item in self.agents.listed])
            raise UsageFailure(
                f'unknown agent "{asked}"', hint=f"configured: {known}", commands=("openclaw agents list",)
            )
        return found if asked is None else replace(found, asked=True)

    def store_of(self, agent: Agent) -> Store:
        """The effective store of an agent: its own laid over main's, with the logins of other programs."""
        own_dir = self.agent_dir(agent)
        if self.era.name == "sqlite":
            from openclaw.credentials.sqlite import effective

            return effective(self.home, own_dir, agent.id)
        from openclaw.credentials import external

        logins = external.logins(self.home.user)
        oauth = self.home.oauth_file
        main = stores.read_json(self.home.main_agent_dir / STORE_NAME, oauth=oauth)
        own = None if own_dir == self.home.main_agent_dir else stores.read_json(own_dir / STORE_NAME, agent.id, oauth)
        return external.effective(main, own, logins, self.now)

    def agent_dir(self, agent: Agent) -> Path:
        """The directory of an agent. OPENCLAW_AGENT_DIR counts where no agent was named, as in the real programs.

        For 2026.2.x it is main's; 2026.9 takes it for whichever agent is the default one.
        """
        moved = self.home.default_agent_dir
        if moved and not agent.asked and (agent.id == "main" or self.era.name == "sqlite"):
            return moved
        return self.home.agent_dir(agent.id, agent.agent_dir)

    def sources(self, store: Store) -> Sources:
        """What resolution looks at, with this store."""
        newer, database = self.era.name == "sqlite", self.home.shared_database
        return Sources(self.config.value, store, self.environment, self.now, newer, database)

    def models(self, agent: Agent | None = None, store: Store | None = None) -> views.Models:
        """The models that an agent uses, with the built-in default of this OpenClaw.

        Where nothing tells the version, neither does it the built-in default: with the agent's `store` the one counts
        that can be used.
        """
        config = self.config.value
        mode = views.anthropic_auth_mode(config, self.environment.values)
        found = views.models(config, agent, self.era.default_model, mode)
        if store is None or found.explicit or self.era.name != "unknown" or self.era.version:
            return found
        newer, sources = views.models(config, agent, eras.NEWER_DEFAULT_MODEL, mode), self.sources(store)
        if resolve(found.default.provider, sources).winner or not resolve(newer.default.provider, sources).winner:
            return found
        return replace(found, default_text=newer.default_text, default=newer.default)


def load(call: Invocation, *, shell_limit: float = 60.0) -> Installation:
    """Reads an installation in the reference's order (auth-spec §6.1). Broken parts are values, not exceptions.

    `shell_limit` is the most that the login shell may take, in seconds, where the config wants it asked; 0: it is not.
    """
    from openclaw.handover import find_real

    program = find_real(call.env)
    problems: list[Unreadable] = []
    process = Layer("process", call.env)
    seen = _first_sight(call, program)
    seen, cwd = _through_cwd(seen, process, _cwd_layer(seen.home, seen.era, problems), call, program)
    found = [process, cwd, _file_layer("state", seen.home.env_file, problems)]
    if _has_gateway_env(seen):
        found.append(_file_layer("gateway", seen.home.user / ".config" / "openclaw" / "gateway.env", problems))
    seen = _moved(seen, found, call, program, read_env=seen.home.env_file)
    block = _env_block(seen, found)
    found.append(Layer("config", block, seen.home.config) if block else None)
    environment = layers.combine(filter(None, found))
    # Before the login shell is asked: OpenClaw does not fill `${VAR}` from it (auth-spec §2.1).
    config = reading.resolve(seen.config, environment.values)
    config = replace(config, problems=config.problems + rejections(config, seen.era, seen.home))
    late = locate(environment.values, seen.home.user, call.cwd)
    home = replace(seen.home, default_agent_dir=late.default_agent_dir, oauth_dir=late.oauth_dir)
    environment = _with_shell(environment, config, shell_limit)
    return Installation(home, config, environment, seen.era, views.agents(config.value), call.now, tuple(problems))


def _env_block(seen: _Seen, before: Iterable[Layer | None]) -> dict[str, str]:
    """The variables of the config. 2026.2.x exports them as they stand (auth-spec §6.3); 2026.9 replaces `${NAME}` in
    them first, by what the layers before have, and leaves out what refers to a variable that is not set (2026.9.6)."""
    block = views.env_block(seen.config.merged)
    if seen.era.name != "sqlite" or not any(map(reading.references, block.values())):
        return block
    env = layers.combine(filter(None, before)).values
    given = {name: text for name, text in block.items() if all(env.get(each) for each in reading.references(text))}
    return given | {
        name: text for name, text in reading.replaced(given, env).items() if reading.references(given[name])
    }


@frozen
class _Seen:
    """Where an installation is, what it is, and its config before `${VAR}`."""

    home: Home
    config: Config
    era: Era


def _see(home: Home, program: Path | None) -> _Seen:
    config = reading.read(home.config)
    return _Seen(home, config, eras.determine(home, config.merged, program))


def _first_sight(call: Invocation, program: Path | None) -> _Seen:
    """By the older path rules, and by the newer ones where those lead to an installation of a newer OpenClaw."""
    older = _see(locate(call.env, call.user, call.cwd), program)
    home = locate(call.env, call.user, call.cwd, newer=True)
    if older.era.name == "json" or home == older.home:
        return older
    newer = _see(home, program)
    return newer if newer.era.name == "sqlite" else older


def _through_cwd(
    seen: _Seen, process: Layer, cwd: Layer | None, call: Invocation, program: Path | None
) -> tuple[_Seen, Layer | None]:
    """A `.env` of the working directory may lead elsewhere for older OpenClaw only (auth-spec §6.1).

    Where the era is not known, what it leads to must be of that kind; else its paths count for nothing.
    """
    other = _moved(seen, [process, cwd], call, program)
    if cwd is None or other is seen or "json" in (seen.era.name, other.era.name):
        return other, cwd
    return seen, replace(cwd, blocked=cwd.blocked | (PATH_VARIABLES & cwd.values.keys()))


def _moved(
    seen: _Seen, found: list[Layer | None], call: Invocation, program: Path | None, *, read_env: Path | None = None
) -> _Seen:
    """The installation that these layers lead to. `read_env` is the shared env file, where it was read already."""
    env = layers.combine(filter(None, found)).values
    home = locate(env, call.user, call.cwd, newer=seen.era.name == "sqlite")
    if read_env not in (None, home.env_file):
        home = replace(home, read_env=read_env)
    return seen if home == seen.home else _see(home, program)


def _has_gateway_env(seen: _Seen) -> bool:
    """Newer OpenClaw reads `gateway.env` unless the state directory was moved away from its usual place."""
    home = seen.home
    return seen.era.name == "sqlite" and (not home.moved or home.state == home.user / STATE_NAME)


def _cwd_layer(home: Home, era: Era, problems: list[Unreadable]) -> Layer | None:
    path = home.cwd / ".env"
    if path == home.env_file or leads_nowhere(path):  # of a project's own affairs nothing is said
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
    if not (enabled and limit > 0 and shell.wanted(environment.values)):
        return layers.with_shell(environment, None, enabled=enabled)
    seconds = min(limit, shell.timeout(environment.values, config.merged))
    layer, problem = shell.ask(environment.values, seconds)
    return layers.with_shell(environment, layer, enabled=enabled, problem=problem)
