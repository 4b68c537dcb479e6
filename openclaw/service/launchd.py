"""The gateway's service under launchd: its definition from the property list, its state from `launchctl print`.

Labels: `ai.openclaw.gateway`, `ai.openclaw.<profile>`, or `OPENCLAW_LAUNCHD_LABEL` (wizard-doctor-spec §4.1).
Nothing of this has been run on macOS: the plists of the tests come from plistlib, the outputs of launchctl were written
by hand after published ones.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openclaw.finding import Location
from openclaw.frozen import frozen, replace
from openclaw.platforms import exists, under
from openclaw.proc import NotDone
from openclaw.secret import Secret
from openclaw.service.base import TIMEOUT, EnvironmentFile, GatewayService, Hint, Manager, Place, profile_name
from openclaw.service.none import foreground, without_sudo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.platforms import HostKind
    from openclaw.service.base import Run, Variables
    from openclaw.service.control import Action, Step

LEGACY_LABELS = ("bot.molt.gateway", "com.clawdbot.gateway")
SWITCHES = ("RunAtLoad", "KeepAlive")
WRAPPER = "-env-wrapper.sh"  # of 2026.6 and later, in <state>/service-env (user-pain, places to look)
NOT_LOADED = 113  # launchctl's exit code for "could not find service"


@frozen
class Launchd:
    """The launchd of the user who runs this program; services live in the domain of the desktop session."""

    env: Mapping[str, str] = field(repr=False)
    root: Path
    run: Run
    host: HostKind
    manager: Manager

    def describe(self) -> Manager:
        """What detection found."""
        return self.manager

    def gateway(self, profile: str | None = None) -> GatewayService:
        """The gateway's service; an older name where that is all there is."""
        own = label(profile_name(profile, self.env), self.env)
        legacy = tuple(name for name in LEGACY_LABELS if exists(self.root, self._plist(name)))
        if exists(self.root, self._plist(own)):
            return replace(self._service(own), legacy=legacy)
        if legacy:
            return replace(self._service(legacy[0]), legacy=legacy[1:])
        return GatewayService(own, installed=False, restart=self._restart(own))

    def named(self, unit: str) -> GatewayService:
        """Another label, with its state."""
        return self._service(unit)

    def place(self, profile: str | None = None) -> Place:
        """The user's own property list."""
        name = label(profile_name(profile, self.env), self.env)
        return Place(name, "OPENCLAW_LAUNCHD_LABEL", self._plist(name))

    def steps(self, service: GatewayService, action: Action) -> tuple[Step, ...]:
        """`bootout` stops a service and forgets it, so starting may mean loading it again (launchctl(1))."""
        from openclaw.service.control import Step

        target = f"{_domain(self.host)}/{service.unit}"
        if action == "stop":
            return (Step(("launchctl", "bootout", target)),) if service.enabled is not False else ()
        kick = Step(("launchctl", "kickstart", *(("-k",) if action == "restart" else ()), target))
        if service.enabled:  # that is: loaded
            return (kick,)
        load = ("launchctl", "bootstrap", _domain(self.host), str(service.definition))
        return Step(("launchctl", "enable", target), needed=False), Step(load, needed=service.enabled is False), kick

    def client_env(self) -> dict[str, str]:
        """The messages in English."""
        return {**self.env, "LC_ALL": "C"}

    def _service(self, name: str) -> GatewayService:
        path = self._plist(name)
        content, problem = self._content(path)
        environment, faults = _variables(content, path)
        printed = self._print(name)
        inherited = _block(printed, "inherited environment") if printed else None
        unknown = [] if inherited is not None else ["the variables of the user's launchd session"]
        file = self._environment_file(_arguments(content))
        unknown += [f"{file.path} could not be read"] if file and file.state == "unreadable" else []
        directory = content.get("WorkingDirectory")
        service = GatewayService(
            unit=name,
            installed=True,
            restart=self._restart(name),
            definition=path,
            environment=environment,
            origins=_origins(environment, path),
            environment_files=(file,) if file else (),
            inherited=inherited,
            argv=_arguments(content),
            argv_at=Location(str(path)),
            settings={key: "true" if content[key] else "false" for key in SWITCHES if key in content},
            log=_log(content),
            working_directory=Path(directory) if isinstance(directory, str) else None,
            problems=(*([problem] if problem else []), *faults),
            unknown=(*unknown, *([problem] if problem else [])),
        )
        return service if printed is None else with_state(service, printed)

    def _content(self, path: Path) -> tuple[dict[str, Any], str]:
        import plistlib
        from xml.parsers.expat import ExpatError

        try:
            content = plistlib.loads(under(self.root, path).read_bytes())
        except OSError as error:
            return {}, f"{path} could not be read: {error.strerror}"
        except (plistlib.InvalidFileException, ExpatError, ValueError, IndexError, KeyError, TypeError, AttributeError):
            return {}, f"{path} is not a property list"
        return (content, "") if isinstance(content, dict) else ({}, f"{path} does not hold a dictionary")

    def _environment_file(self, argv: tuple[str, ...]) -> EnvironmentFile | None:
        """The file of `export NAME='value'` that newer OpenClaw keeps the variables in, for a wrapper."""
        import shlex

        named = (argv[number + 1] for number, word in enumerate(argv[:-1]) if word.endswith(WRAPPER))
        path = next((Path(word) for word in named), None)
        if path is None:
            return None
        try:
            words = shlex.split(under(self.root, path).read_text("utf-8"), comments=True)
        except FileNotFoundError:
            return EnvironmentFile(path, optional=False, state="missing")
        except (OSError, ValueError):
            return EnvironmentFile(path, optional=False, state="unreadable")
        pairs = (word.partition("=") for word in words)
        return EnvironmentFile(path, False, "read", {name: Secret(value) for name, equals, value in pairs if equals})

    def _print(self, name: str) -> str | None:
        """`launchctl print` of the service: "" when it is not loaded, None when nothing is known."""
        argv = ["launchctl", "print", f"{_domain(self.host)}/{name}"]
        answer = self.run(argv, timeout=TIMEOUT, env={**self.env, "LC_ALL": "C"})
        if isinstance(answer, NotDone):
            return None
        return answer.out if answer.code == 0 else ("" if answer.code == NOT_LOADED else None)

    def _plist(self, name: str) -> Path:
        return Path(self.env.get("HOME", "/"), "Library/LaunchAgents", f"{name}.plist")

    def _restart(self, name: str) -> str:
        import shlex

        return f"launchctl kickstart -k {shlex.quote(f'{_domain(self.host)}/{name}')}"


def describe(host: HostKind, run: Run, env: Mapping[str, str]) -> Manager:
    """Whether the launchd of the user's desktop session answers."""
    domain = _domain(host)
    answer = run(["launchctl", "print", domain], timeout=TIMEOUT, env={**env, "LC_ALL": "C"})
    if not isinstance(answer, NotDone) and answer.code == 0:
        return Manager("launchd", reachable=True, why=f"this is macOS and launchd answers for {domain}", expected=True)
    detail = answer.reason if isinstance(answer, NotDone) else f"launchd has no session {domain}"
    return Manager("launchd", reachable=False, why=f"this is macOS, but {detail}", expected=True, hints=_hints(host))


def _hints(host: HostKind) -> tuple[Hint, ...]:
    if host.sudo_user:
        return (without_sudo(host),)
    return Hint(f"log in to the desktop as {host.user}: over SSH alone there is no such session"), foreground()


def label(profile: str, env: Mapping[str, str]) -> str:
    """The launchd label of a profile's gateway ("" is the default profile)."""
    return env.get("OPENCLAW_LAUNCHD_LABEL", "").strip() or f"ai.openclaw.{profile or 'gateway'}"


def with_state(service: GatewayService, printed: str) -> GatewayService:
    """The service with the state that `launchctl print` gave; "" is a service that is not loaded."""
    if not printed:
        return replace(service, active=False, enabled=False, state="not loaded")
    state = _value(printed, "state")
    return replace(
        service,
        active=state == "running" if state else None,
        enabled=True,
        state=state,
        pid=_number(_value(printed, "pid")),
        # A first start is a run as well.
        restarts=None if (runs := _number(_value(printed, "runs"))) is None else max(0, runs - 1),
        exit_status=_number(_value(printed, "last exit code")),
    )


def _domain(host: HostKind) -> str:
    return f"gui/{host.uid}"


def _variables(content: Mapping[str, Any], path: Path) -> tuple[Variables, list[str]]:
    given = content.get("EnvironmentVariables", {})
    if not isinstance(given, dict):
        return {}, [f"{path}: EnvironmentVariables is not a dictionary"]
    faults = [
        f"{path}: the variable {name} is not a string" for name, value in given.items() if not isinstance(value, str)
    ]
    return {name: Secret(value) for name, value in given.items() if isinstance(value, str)}, faults


def _log(content: Mapping[str, Any]) -> Path | None:
    given = (content.get("StandardErrorPath"), content.get("StandardOutPath"))
    return next((Path(item) for item in given if isinstance(item, str) and item not in ("", "/dev/null")), None)


def _origins(environment: Variables, path: Path) -> dict[str, Location]:
    return dict.fromkeys(environment, Location(str(path)))


def _arguments(content: Mapping[str, Any]) -> tuple[str, ...]:
    """`ProgramArguments`, with `Program` as the first where both are given (launchd.plist(5))."""
    given = content.get("ProgramArguments")
    arguments = [item for item in given if isinstance(item, str)] if isinstance(given, list) else []
    program = content.get("Program")
    return (program, *arguments[1:]) if isinstance(program, str) else tuple(arguments)


def _value(printed: str, key: str) -> str:
    """A top-level `key = value` of `launchctl print`: one tab deep."""
    marks = (f"\t{key} = ", f"    {key} = ")
    for line in printed.splitlines():
        if line.startswith(marks):
            return line.partition(" = ")[2].strip()
    return ""


def _block(printed: str, key: str) -> Variables | None:
    """The variables of a `key = { NAME => value }` block; None where there is no such block."""
    import re

    block = re.search(rf"^\s*{re.escape(key)} = {{\n(.*?)^\s*}}$", printed, re.MULTILINE | re.DOTALL)
    if not block:
        return None
    pairs = (line.strip().partition(" => ") for line in block[1].split("\n"))
    return {name: Secret(value) for name, arrow, value in pairs if arrow}


def _number(text: str) -> int | None:
    digits = text.partition(":")[0].strip()  # "78: EX_CONFIG"
    return int(digits) if digits.isdigit() else None
