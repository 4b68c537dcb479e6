"""env/: single variables: empty, misspelt, of an old name, not read, in two places."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.names import near, right_name
from checks.remedies import edit
from checks.seen import FILES
from openclaw.api import Finding, Location, Remedy, Severity, Unknown, check
from openclaw.config.reading import references
from openclaw.config.views import table
from openclaw.environment import shell
from openclaw.providers.names import all_env_names
from openclaw.text import joined, js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from openclaw.config.reading import Config
    from openclaw.environment.layers import Environment, Layer
    from openclaw.era import Era
    from openclaw.facts.credentials import Route, Routes
    from openclaw.facts.service import Daemon
    from openclaw.home import Home
    from openclaw.service.view import View

GATEWAY_NAMES = frozenset({"OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"})
SWITCH = "OPENCLAW_LOAD_SHELL_ENV"
LEGACY = ("CLAWDBOT_", "MOLTBOT_")


@check("env/empty", Severity.WARNING, tags={"env"})
def empty(environment: Environment, serving: View | None, home: Home) -> Iterator[Finding]:
    """A known variable is set, but empty."""
    for layer in environment.layers:
        if layer.name != "config":  # there, an empty one is as good as none (auth-spec §6.3)
            for name in sorted(_known() & layer.values.keys() - layer.blocked):
                hidden = _hidden(name, layer, environment)
                # In a project's file it is the project's affair, unless it hides something.
                if not js_trim(layer.values[name]) and (hidden or layer.name != "cwd"):
                    yield _empty(name, layer, hidden, home)
    if serving is not None and serving.service.installed:
        yield from _empty_in_unit(serving)


def _known() -> frozenset[str]:
    return all_env_names() | GATEWAY_NAMES


def _hidden(name: str, layer: Layer, environment: Environment) -> Layer | None:
    """The env file whose value an empty variable in this layer hides."""
    if environment.origin.get(name) is not layer:
        return None
    below = environment.layers[environment.layers.index(layer) + 1 :]
    return next((one for one in below if one.name in FILES[:3] and js_trim(one.values.get(name, ""))), None)


def _empty(name: str, layer: Layer, hidden: Layer | None, home: Home) -> Finding:
    hides = f", and hides the value in {_label(hidden, home)}" if hidden else ""
    return Finding(
        "env/empty",
        Severity.WARNING,
        f"{name} is set but empty in {_label(layer, home)}{hides}",
        name,
        where=_where(name, layer),
        remedy=_taken_out(name, layer, home),
    )


def _taken_out(name: str, layer: Layer, home: Home) -> Remedy:
    if layer.path is None:
        return Remedy("Unset it, and take it out of whatever sets it (a profile, a compose file).", (f"unset {name}",))
    line = layer.lines.get(name)
    return Remedy(f"Take the line out of {home.short(layer.path)}.", (edit(str(layer.path), line),), "confirm")


def _empty_in_unit(view: View) -> Iterator[Finding]:
    service = view.service
    for name in sorted(_known() & service.origins.keys()):
        if name in service.effective and not js_trim(service.effective[name].reveal()):
            where = service.origins[name]
            short = view.found.home.short(where.path)
            text = f"Take it out of {short}, then restart the service."
            yield Finding(
                "env/empty",
                Severity.WARNING,
                f"{name} is set but empty for the gateway, in {short}: its env files cannot give it a value",
                f"{name} of the gateway",
                where=where,
                remedy=Remedy(text, (edit(where.path, where.line), "openclaw gateway restart")),
            )


@check("env/misspelt", Severity.WARNING, tags={"env"})
def misspelt(environment: Environment, config: Config, era: Era, home: Home) -> Iterator[Finding]:
    """A variable has nearly the name of one that is not set."""
    used = set(_mentioned(config.merged))
    for name in sorted(environment.values):
        if name in used or not environment.usable(name):
            continue
        right = near(name, newer=era.name != "json")
        if not right or environment.usable(right):
            continue
        layer = environment.origin[name]
        if layer.name == "cwd" and era.name == "sqlite":
            continue  # a project's own name for something: under the right one it would not be read from there either
        yield Finding(
            "env/misspelt",
            Severity.WARNING,
            f"{name} is set in {_label(layer, home)}; OpenClaw reads {right}, which is not set",
            name,
            where=_where(name, layer),
            remedy=Remedy(
                f"Call it {right}.", _renamed(name, right, layer), "confirm" if _is_env_file(layer) else "manual"
            ),
        )


def _is_env_file(layer: Layer) -> bool:
    return layer.path is not None and layer.name in ("state", "gateway")


def _mentioned(value: Any) -> Iterator[str]:
    """The names that a config refers to, in any way: those are meant as they are."""
    if isinstance(value, str):
        yield value
        yield from references(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _mentioned(item)
    elif isinstance(value, list):
        for item in value:
            yield from _mentioned(item)


@check("env/not-read", Severity.WARNING, tags={"env"})
def not_read(
    environment: Environment, routes: Routes, daemon: Daemon, config: Config, era: Era, home: Home
) -> Iterator[Finding]:
    """Only a variable that OpenClaw does not read is set."""
    wanting = {route.provider: route for route in routes.routes if route.winner is None}
    known = {name: right_name(name, newer=era.name == "sqlite") for name in sorted(environment.values)}
    used = set(_mentioned(config.merged))
    for name, found in known.items():
        if found is None or name in used or not environment.usable(name):
            continue
        provider, right = found
        if _has_one(provider, right, wanting, routes, daemon):
            continue
        if routes.unread:
            raise Unknown(f"another credential may be there: {joined(list(routes.unread))}")
        layer = environment.origin[name]
        yield Finding(
            "env/not-read",
            Severity.WARNING,
            f"{name} is set in {_label(layer, home)}, and this OpenClaw does not read it: {provider} has no credential",
            name,
            where=_where(name, layer),
            remedy=Remedy(f"Call it {right}.", _renamed(name, right, layer)),
        )


def _has_one(provider: str, right: str, wanting: Mapping[str, Route], routes: Routes, daemon: Daemon) -> bool:
    """Whether the provider has a credential, or nobody would want one."""
    if daemon.environment is not None and daemon.environment.usable(right):
        return True
    if provider in wanting:
        return False
    return routes.any_credential or any(route.provider == provider for route in routes.routes)


@check("env/legacy-name", Severity.INFO, tags={"env"})
def legacy_name(environment: Environment, era: Era, home: Home) -> Iterator[Finding]:
    """A variable has OpenClaw's former name."""
    for name in sorted(environment.values):
        prefix = next((one for one in LEGACY if name.startswith(one)), "")
        if not prefix:
            continue
        layer, own = environment.origin[name], f"OPENCLAW_{name.removeprefix(prefix)}"
        read = "OpenClaw up to 2026.5 reads a few of these, later ones none" if era.name != "sqlite" else "not read"
        yield Finding(
            "env/legacy-name",
            Severity.INFO,
            f"{name} is set in {_label(layer, home)}: a former name ({read})",
            name,
            where=_where(name, layer),
            remedy=Remedy(f"Call it {own}, if it is still wanted.", _renamed(name, own, layer, f" && unset {name}")),
        )


@check("env/shell-import-failed", Severity.WARNING, tags={"env"})
def shell_import_failed(environment: Environment, config: Config, home: Home) -> Iterator[Finding]:
    """The login shell did not give its variables."""
    problem = environment.shell_problem
    if not problem:
        return
    seconds = shell.timeout(environment.values, config.merged)
    if shell.gave_up(problem) and not shell.gave_up(problem, seconds):
        raise Unknown(f"{problem}; OpenClaw itself waits {seconds:g} s")
    by_config = table(config.merged, "env", "shellEnv").get("enabled") is True
    switch, where, off = _of_config(config) if by_config else _of_variable(environment)
    program = environment.usable("SHELL") or "/bin/sh"
    yield Finding(
        "env/shell-import-failed",
        Severity.WARNING,
        f"`{switch}` is on, and the login shell gave nothing: {problem}",
        "shellEnv",
        where=where,
        remedy=Remedy(
            f"Find out what its start-up files do, or keep the keys in {home.short(home.env_file)} and switch it off.",
            (f"{quote(program)} -l -c 'env -0' >/dev/null", off),
        ),
    )


def _of_config(config: Config) -> tuple[str, Location, str]:
    """What switches the import on, where, and the command that is for switching it off."""
    path, place = str(config.path), config.place("env", "shellEnv")
    return "env.shellEnv", Location(path, *place), edit(path, place[0])


def _of_variable(environment: Environment) -> tuple[str, Location | None, str]:
    layer = environment.origin.get(SWITCH)
    where = _where(SWITCH, layer) if layer else None
    return SWITCH, where, edit(where.path, where.line) if where else f"unset {SWITCH}"


@check("env/layer-conflict", Severity.INFO, tags={"env"})
def layer_conflict(environment: Environment, home: Home) -> Iterator[Finding]:
    """A variable has different values in two places."""
    for name in sorted(_known() & environment.values.keys()):
        places = [one for one in environment.layers if name not in one.blocked and js_trim(one.values.get(name, ""))]
        if len({js_trim(one.values[name]) for one in places}) < 2:
            continue
        winner = environment.origin[name]
        others = [_label(one, home) for one in places if one is not winner]
        yield Finding(
            "env/layer-conflict",
            Severity.INFO,
            f"{name} has different values: {_label(winner, home)} wins over {joined(others)}",
            name,
            where=next((_where(name, one) for one in places if one.path), None),
            remedy=Remedy("Keep one of them.", (f"openclaw models env {name}",)),
        )


def _renamed(name: str, right: str, layer: Layer, then: str = "") -> tuple[str, ...]:
    """How a variable gets its right name: in its file, or in this shell (where something may be done `then`)."""
    if layer.path:
        return (edit(str(layer.path), layer.lines.get(name)),)
    return (f'export {right}="${name}"{then}',) if name.isascii() and name.isidentifier() else ()


def _label(layer: Layer, home: Home) -> str:
    """A layer for a sentence."""
    if layer.path:
        return home.short(layer.path)
    return {"process": "this shell", "shell": "the login shell", "config": "the config"}.get(layer.name, layer.name)


def _where(name: str, layer: Layer) -> Location | None:
    return Location(str(layer.path), layer.lines.get(name)) if layer.path else None
