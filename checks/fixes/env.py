"""Fixes of env/: variables get into the env file that the gateway reads, and out of where they do harm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checks.envfiles import WHOLE_FILE
from checks.names import near
from checks.seen import FILES, frozen_keys, frozen_secrets, provided
from checks.variables import GATEWAY_NAMES
from openclaw.api import Finding, Unfixable, fix
from openclaw.change.plan import DeleteVariable, Reencode, SetVariable, WriteFile
from openclaw.providers.names import all_env_names
from openclaw.secret import Secret
from openclaw.service.plans import restart_plan
from openclaw.service.redefine import reread_plan, without
from openclaw.text import js_trim

if TYPE_CHECKING:
    from openclaw.change.plan import Plan
    from openclaw.environment.layers import Environment
    from openclaw.era import Era
    from openclaw.facts.daemon import Definitions
    from openclaw.facts.envfiles import ReadEnvFile
    from openclaw.home import Home
    from openclaw.service.base import ServiceManager
    from openclaw.service.view import View

PUBLIC = 0o644  # at most: a stricter mode stays
GONE = "what it was about is not there any more"
NO_SERVICE = "the gateway runs without a service: only who started it can start it anew"


@fix("env/daemon-blind")
def daemon_blind(finding: Finding, serving: View | None, environment: Environment, controller: ServiceManager) -> Plan:
    """Write the key to the env file that the gateway reads, and restart it."""
    if serving is None:
        raise Unfixable(GONE)
    name = finding.target
    value = environment.usable(name)
    if not value:
        raise Unfixable(f"{name} is not set here any more")
    path = serving.found.home.env_file
    return (SetVariable(path, name, Secret(value), "the gateway reads this file"), *_restart(serving, controller))


@fix("env/daemon-stale")
def daemon_stale(finding: Finding, serving: View | None, controller: ServiceManager) -> Plan:  # noqa: ARG001
    """Restart the gateway."""
    return _certainly(_restart(serving, controller))


@fix("env/daemon-differs")
def daemon_differs(
    finding: Finding, serving: View | None, definitions: Definitions, controller: ServiceManager
) -> Plan:
    """Take the older copy out of the service where it has one, and restart the gateway."""
    if serving is None or not serving.service.installed:
        raise Unfixable(NO_SERVICE)
    name = finding.target
    copies = [item for item in frozen_keys(serving, every=True) if item.name == name and not item.command]
    source = provided(name, serving, serving.service.effective.get(name))
    if not copies or source is None or source.value == copies[0].value:
        return _certainly(_restart(serving, controller))
    return _thawed(serving, copies[0].where.path, definitions, controller, own=name)


@fix("env/frozen-in-unit")
def frozen_in_unit(
    finding: Finding, serving: View | None, definitions: Definitions, controller: ServiceManager
) -> Plan:
    """Keep the keys of the service in the env file only, and restart the gateway."""
    if serving is None or finding.where is None:
        raise Unfixable(GONE)
    return _thawed(serving, finding.where.path, definitions, controller)


@fix("env/dotenv-syntax")
def dotenv_syntax(finding: Finding, env_files: list[ReadEnvFile]) -> Plan:
    """Write the line, or the file, so that all readers read it alike."""
    file = _file_of(finding, env_files)
    if finding.target.partition(" (")[0] in (target for target, *_ in WHOLE_FILE.values()):
        return (Reencode(Path(file.path), "the same lines, as all readers read them"),)
    found = file.mended.get(finding.where.line or 0) if finding.where else None
    if found is None:
        raise Unfixable("what that line means cannot be told")
    anew = (DeleteVariable(Path(file.path), found.name),) if found.anew else ()
    return (*anew, SetVariable(Path(file.path), found.name, found.value, "all readers read this alike"))


@fix("env/dotenv-duplicate")
def dotenv_duplicate(finding: Finding, env_files: list[ReadEnvFile]) -> Plan:
    """Keep the line that counts, or where that is empty the last one with a value."""
    file, name = _file_of(finding, env_files), finding.target
    if name not in file.values:
        raise Unfixable(GONE)
    if not js_trim(file.values[name].reveal()) and name in {*all_env_names(), *GATEWAY_NAMES}:
        return _without_empty(Path(file.path), name, env_files)
    path = Path(file.path)
    return DeleteVariable(path, name), SetVariable(path, name, file.values[name], "the last value that is not empty")


@fix("env/empty")
def empty(finding: Finding, environment: Environment, env_files: list[ReadEnvFile]) -> Plan:
    """Take the empty variable out of its file; another line of it that has a value stays."""
    return _without_empty(_env_file_of(finding, environment), finding.target, env_files)


def _without_empty(path: Path, name: str, env_files: list[ReadEnvFile]) -> Plan:
    gone = DeleteVariable(path, name, "an empty variable hides the places below it")
    value = next((file.values[name] for file in env_files if file.path == str(path) and name in file.values), None)
    if value is None or not js_trim(value.reveal()):
        return (gone,)
    return gone, SetVariable(path, name, value, "the last value that is not empty")


@fix("env/misspelt")
def misspelt(finding: Finding, environment: Environment, era: Era) -> Plan:
    """Give the variable its right name."""
    path, name = _env_file_of(finding, environment), finding.target
    meant = near(name, newer=era.name != "json")
    if not meant:
        raise Unfixable("what it should be called is not known")
    value = Secret(environment.get(name))
    return DeleteVariable(path, name), SetVariable(path, meant, value, "the name that OpenClaw reads")


@fix("env/cwd-blocked")
def cwd_blocked(finding: Finding, environment: Environment, home: Home) -> Plan:
    """Move the key to the env file that every OpenClaw reads."""
    layer = environment.layer("cwd")
    if layer is None or layer.path is None or finding.target not in layer.values:
        raise Unfixable(GONE)
    value = Secret(layer.values[finding.target])
    return (
        SetVariable(home.env_file, finding.target, value, "read from any directory, and by the gateway"),
        DeleteVariable(layer.path, finding.target, "OpenClaw ignores it here"),
    )


def _restart(serving: View | None, controller: ServiceManager) -> Plan:
    """Nothing where nothing runs, or nobody can restart it."""
    if serving is None or not serving.service.installed or not serving.service.active:
        return ()
    return restart_plan(controller, serving.service)


def _certainly(plan: Plan) -> Plan:
    if not plan:
        raise Unfixable(NO_SERVICE)
    return plan


def _thawed(view: View, path: str, definitions: Definitions, controller: ServiceManager, *, own: str = "") -> Plan:
    """The provider keys of one file of the service, taken out: what no file below gives goes to the env file first.
    So are secrets of the gateway that are not those of its config.

    `own` is the only one that goes where the file is the user's own env file: the others stand there on purpose.
    """
    copies = [item for item in frozen_keys(view, every=bool(own)) if item.where.path == path and not item.command]
    listed = any(str(file.path) == path for file in view.service.environment_files)
    if listed and own:
        copies = [item for item in copies if item.name == own]
    secrets = [] if own else [item for item in frozen_secrets(view) if item.where.path == path]
    if not copies and not secrets:
        raise Unfixable(GONE)
    env_file = view.found.home.env_file
    kept = tuple(
        SetVariable(env_file, item.name, item.value, "the gateway reads this file")
        for item in copies
        if provided(item.name, view, None) is None
    )
    names = [item.name for item in (*copies, *secrets)]
    if listed:
        gone = tuple(DeleteVariable(Path(path), name, "it beats the env file") for name in names)
        return (*kept, *gone, *_restart(view, controller))
    return (*kept, *_rewritten(definitions, names), *reread_plan(controller, view.service))


def _rewritten(definitions: Definitions, names: list[str]) -> list[WriteFile]:
    """Every file of the definition that has one of these: without the last one, the one before it would count."""
    found = []
    for path, secret in definitions.texts.items():
        text = secret.reveal()
        for name in names:
            text = without(text, Path(path), name) or text
        if text != secret.reveal():
            data = text.encode("utf-8", "surrogateescape")
            found.append(WriteFile(Path(path), data, PUBLIC, f"without {', '.join(names)}"))
    if not found:
        raise Unfixable("the service's definition is not this user's own, or cannot be edited without harm")
    return found


def _file_of(finding: Finding, files: list[ReadEnvFile]) -> ReadEnvFile:
    path = finding.where.path if finding.where else ""
    found = next((file for file in files if file.path == path), None)
    if found is None:
        raise Unfixable(GONE)
    return found


def _env_file_of(finding: Finding, environment: Environment) -> Path:
    """The env file of a finding, which still sets the variable."""
    path = finding.where.path if finding.where else ""
    for layer in environment.layers:
        if layer.name in FILES[:3] and layer.path and str(layer.path) == path and finding.target in layer.values:
            return layer.path
    raise Unfixable("it stands in no env file")
