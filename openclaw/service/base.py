"""The values that every service manager gives, and the Protocol of a manager. No I/O here.

Paths are as the host sees them, also when they were read below another root. What could not be read is listed in
`unknown`: a variable that is not found while `unknown` is not empty may still reach the daemon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, Protocol

from openclaw.frozen import frozen
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openclaw.finding import Location
    from openclaw.proc import Done, NotDone
    from openclaw.service.control import Action, Step

Kind = Literal["systemd", "launchd", "none"]
Variables = Mapping[str, Secret]
EnvironmentFileParser = Callable[[str], Mapping[str, str]]  # text of an env file as systemd reads it
TIMEOUT = 3.0  # seconds for each question to a manager


class Run(Protocol):
    """`proc.run`, or a test's stand-in."""

    def __call__(
        self, argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None
    ) -> Done | NotDone: ...


@frozen
class Hint:
    """One step that helps on this host: in words, and the exact command where there is one."""

    text: str
    command: str = ""


@frozen
class Manager:
    """Which manager was found and why. `expected` without `reachable` is worth a warning."""

    kind: Kind
    reachable: bool  # the user's own manager answers
    why: str  # one sentence without a full stop
    expected: bool = False
    hints: tuple[Hint, ...] = ()


@frozen
class EnvironmentFile:
    """A file that the definition names. `optional`: systemd starts the service without it (the `-` prefix)."""

    path: Path
    optional: bool
    state: Literal["read", "missing", "unreadable"]
    variables: Variables = field(default_factory=dict)


@frozen
class GatewayService:
    """The gateway's service. None means "not known" in `active`, `enabled`, `pid`, `restarts` and `exit_status`."""

    unit: str  # unit name or launchd label
    installed: bool
    restart: str  # the exact command
    definition: Path | None = None
    drop_ins: tuple[Path, ...] = ()
    environment: Variables = field(default_factory=dict)  # what the definition itself sets
    origins: Mapping[str, Location] = field(default_factory=dict)  # where it sets them
    environment_files: tuple[EnvironmentFile, ...] = ()
    inherited: Variables | None = None  # the manager's own variables, which every service of it gets
    started_with: Variables = field(default_factory=dict)  # what only its running process shows: from its command
    assigned: Variables = field(default_factory=dict)  # what its command line sets: `/usr/bin/env NAME=value …`
    unset: Mapping[str, Secret | None] = field(default_factory=dict)  # taken away again; with a value: only that one
    argv: tuple[str, ...] = ()
    argv_at: Location | None = None  # where the definition, or a drop-in, names that command
    settings: Mapping[str, str] = field(default_factory=dict)  # "Unit.After", "Service.Restart"; "KeepAlive" in a plist
    log: Path | None = None  # the file that its errors go to, where the manager keeps no journal
    working_directory: Path | None = None
    active: bool | None = None
    enabled: bool | None = None
    state: str = ""  # in the manager's words: "active (running)"
    result: str = ""  # why the last run ended, in the manager's words: "exit-code", "start-limit-hit"
    pid: int | None = None
    restarts: int | None = None
    exit_status: int | None = None
    legacy: tuple[str, ...] = ()  # clawdbot and moltbot services that exist beside this one
    problems: tuple[str, ...] = ()  # what is wrong with the definition
    unknown: tuple[str, ...] = ()  # sources of variables that could not be read
    reload_needed: bool = False  # the definition changed after the manager had read it
    unmask: str = ""  # the exact command that allows a masked unit to be started again; "" where it is not masked

    @property
    def effective(self) -> dict[str, Secret]:
        """What the service would get if it started now: later sources win, as in systemd.exec(5).

        The manager's own variables, the definition's, its environment files in order; then what is unset. What the
        command line sets beats them all.
        """
        merged = {**self.started_with, **(self.inherited or {}), **self.environment}
        for file in self.environment_files:
            merged.update(file.variables)
        return {name: value for name, value in merged.items() if not self._unset(name, value)} | {**self.assigned}

    @property
    def complete(self) -> bool:
        """Whether `effective` is all there is: only then does "not in it" mean "the daemon does not get it"."""
        return not self.unknown

    @property
    def masked(self) -> bool:
        """Whether systemd was told never to start it (systemctl(1), `mask`)."""
        return bool(self.unmask)

    def _unset(self, name: str, value: Secret) -> bool:
        return name in self.unset and self.unset[name] in (None, value)


@frozen
class Place:
    """The name of a service, the variable by which OpenClaw calls it that, and the file that defines it."""

    name: str
    variable: str
    path: Path


class ServiceManager(Protocol):
    """A manager of services on this host, already asked whether it answers."""

    def describe(self) -> Manager:
        """Which manager, whether it answers, and what to do where it does not."""
        ...

    def gateway(self, profile: str | None = None) -> GatewayService | None:
        """The gateway's service of an OpenClaw profile; None where no manager could hold one."""
        ...

    def named(self, unit: str) -> GatewayService | None:
        """Another service of this user by its unit name or label, as it is defined and running."""
        ...

    def place(self, profile: str | None = None) -> Place | None:
        """Where this user's definition of the service stands, or would; None where no manager could hold one."""
        ...

    def steps(self, service: GatewayService, action: Action) -> tuple[Step, ...]:
        """The commands that start, stop or restart a service here."""
        ...

    def client_env(self) -> dict[str, str]:
        """The environment in which those commands reach the manager."""
        ...


def profile_name(profile: str | None, env: Mapping[str, str]) -> str:
    """The profile that is part of service names: `OPENCLAW_PROFILE` when None; "" for `default` in any case."""
    name = (profile if profile is not None else env.get("OPENCLAW_PROFILE", "")).strip()
    return "" if name.lower() == "default" else name


def default_environment_parser(text: str) -> Mapping[str, str]:
    """An `EnvironmentFile=` as systemd reads it. Raises `ValueError` where systemd gives up on the whole file."""
    from openclaw.environment.dialects import parse_systemd

    reading = parse_systemd(text)
    if reading.undecodable:
        raise ValueError("systemd cannot read this file")
    return reading.values
