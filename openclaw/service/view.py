"""The daemon's view: the installation and the environment as the gateway's service has them, not this shell.

The service's own variables decide where it looks (`OPENCLAW_STATE_DIR`, its working directory), so the installation is
read a second time with them (auth-spec §6.1, §6.5).
"""

from __future__ import annotations

from dataclasses import field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.environment import layers
from openclaw.environment.layers import Environment, Layer
from openclaw.frozen import frozen, replace
from openclaw.secret import Secret
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.service.base import GatewayService
    from openclaw.service.live import Changed, Live

SHELL_LIMIT = 4.0  # seconds that the login shell may take here; OpenClaw itself waits 15


@frozen
class View:
    """What the service gets if it starts now (`found`, `environment`), and what its running process has (`live`).

    `unknown` lists the sources that could not be read: while there are any, "not in it" proves nothing.
    """

    service: GatewayService
    found: Installation
    environment: Environment = field(repr=False)
    live: Live | None = None
    changed: tuple[Changed, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def restart_needed(self) -> bool | None:
        """Whether the running process is older than what it was started from; None: not known, or nothing runs."""
        if self.service.active is not True:
            return None
        if self.changed or self.service.reload_needed:
            return True
        return None if self.live is None or self.live.started is None else False

    @property
    def restart_why(self) -> str:
        """The reason for a restart, or why it is not known whether one is needed; "" where none is."""
        if self.restart_needed:
            names = [self.found.home.short(item.path) for item in self.changed]
            return f"{joined(names)} changed after it was started" if names else "the manager has not read its unit yet"
        if self.service.active and self.restart_needed is None:
            return self.live.reason if self.live else "its process is not known"
        return ""


def view_of(service: GatewayService, call: Invocation, *, shell_limit: float = SHELL_LIMIT) -> View:
    """Reads what an installed service reads, and looks at its process; nothing here raises for a broken source."""
    from openclaw import installation
    from openclaw.service.changes import changes
    from openclaw.service.live import look

    service = with_assignments(with_wrapped_files(service))
    found = installation.load(as_service(service, call), shell_limit=shell_limit)
    live = look(service.pid) if service.active and service.pid else None
    changed = changes(live.started, service, found) if live and live.started else ()
    if live and live.started and not changed and not service.reload_needed:
        service = replace(service, started_with=_of_command(service, live, found.environment))
    return View(
        service=service,
        found=found,
        environment=environment_of(service, found.environment),
        live=live,
        changed=changed,
        unknown=(*service.unknown, *unread(found)),
    )


def _of_command(service: GatewayService, live: Live, environment: Environment) -> dict[str, Secret]:
    """Keys that the process was started with and that no file gives it: `bash -lc`, `op run` and the like give them.

    Only of a process that is as young as its definition: else they may be what was taken out of that.
    """
    from openclaw.providers.names import all_env_names

    names = {*all_env_names(), "OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"}
    given = (live.variables or {}).items() if service.installed else ()
    return {name: value for name, value in given if name in names and name not in environment.values}


def with_wrapped_files(service: GatewayService) -> GatewayService:
    """The service with the env file that its command line hands to OpenClaw's wrapper script (user-pain FM 9).

    `<state>/service-env/<label>.env`: a shell reads it before the gateway starts, so it counts as an environment file.
    """
    from openclaw.environment.dialects import parse_sh
    from openclaw.service.base import EnvironmentFile

    named = {str(file.path) for file in service.environment_files}
    files = []
    for word in service.argv:
        if "/service-env/" in word and word.endswith(".env") and word not in named:
            path = Path(word)
            try:
                values = parse_sh(path.read_bytes().decode("utf-8", "surrogateescape")).values
            except FileNotFoundError:
                continue
            except OSError as error:
                return replace(service, unknown=(*service.unknown, f"{path} could not be read: {error.strerror}"))
            secrets = {name: Secret(value) for name, value in values.items()}
            files.append(EnvironmentFile(path, optional=True, state="read", variables=secrets))
    return replace(service, environment_files=(*service.environment_files, *files)) if files else service


def with_assignments(service: GatewayService) -> GatewayService:
    """The service with the variables that its command line sets: `env NAME=value …`, `sh -c 'NAME=value …'`."""
    program = service.argv[0].rpartition("/")[2] if service.argv else ""
    words = service.argv[1:]
    if program in ("sh", "bash", "dash", "zsh"):
        script = next((text for option, text in pairwise(words) if option[:1] == "-" and option.endswith("c")), "")
        words = _script_words(script)
    elif program != "env":
        return service
    assigned = dict(_assignments(words))
    return replace(service, assigned=assigned) if assigned else service


def _script_words(script: str) -> tuple[str, ...]:
    import shlex

    try:
        return tuple(word.rstrip(";") for word in shlex.split(script) if word not in ("export", "exec", ";", "&&"))
    except ValueError:
        return ()


def _assignments(words: Sequence[str]) -> Iterator[tuple[str, Secret]]:
    """Those before the program. What the shell or systemd would expand has no value that is known."""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if equals and name.isidentifier():
            if "$" not in value and "`" not in value:
                yield name, Secret(value)
        elif not word.startswith("-"):
            return
        elif word in ("-u", "-C"):  # with a word of their own
            next(rest, "")


def as_service(service: GatewayService, call: Invocation) -> Invocation:
    """The invocation that the service is: its variables, its home and its working directory; no terminal."""
    from openclaw.home import user_home

    own = {name: value.reveal() for name, value in service.effective.items()}
    # PATH is for finding the program, whose version decides what is read; `environment_of` takes it out again.
    known = {name: call.env[name] for name in ("HOME", "PATH", "SHELL") if name in call.env}
    env = {**known, **own}
    return replace(
        call,
        env=env,
        cwd=service.working_directory or Path("/"),
        user=user_home(env),
        stdin_tty=False,
        stdout_tty=False,
    )


def environment_of(service: GatewayService, environment: Environment) -> Environment:
    """That environment with the service's variables as those of the process."""
    own = Layer("process", {name: value.reveal() for name, value in service.effective.items()})
    rest = (layer for layer in environment.layers if layer.name != "process")
    return layers.combine([own, *rest])


def unread(found: Installation) -> Iterator[str]:
    """The sources of variables of an installation that exist and could not be read, with the reason."""
    for problem in found.problems:
        yield f"{found.home.short(problem.path) if problem.path else 'an env file'}: {problem.message}"
    for trouble in found.config.problems:
        if trouble.kind in ("unreadable", "unparsable", "include", "shape"):
            yield f"{found.home.short(trouble.path)}: {trouble.message}"
    if found.environment.shell_problem:
        yield f"the login shell: {found.environment.shell_problem}"
