"""What several checks and fixes say of a gateway's environment: where a value stands, and how the gateway restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.remedies import obtain
from openclaw.config.views import table
from openclaw.finding import Location
from openclaw.frozen import frozen
from openclaw.providers.names import all_env_names
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openclaw.config.reading import Config
    from openclaw.environment.layers import Layer
    from openclaw.home import Home
    from openclaw.service.view import View

FILES = ("cwd", "state", "gateway", "config")  # of the layers that the gateway reads itself


@frozen
class Copy:
    """A variable in a file; `command`: on the command line of a service, which is for its author to change."""

    name: str
    value: Secret
    where: Location
    command: bool = False


def frozen_keys(view: View, *, every: bool = False) -> Iterator[Copy]:
    """The provider keys of the service's definition and of the env files that OpenClaw makes for it; those that count.

    `every` takes the other env files that the definition names, too: their user put keys there on purpose.
    """
    service, known = view.service, all_env_names()
    counts = service.effective
    named: set[str] = set()
    place = service.argv_at or (Location(str(service.definition)) if service.definition else None)
    for name in sorted(known & service.assigned.keys()) if place else ():
        if place and js_trim(service.assigned[name].reveal()):
            named.add(name)
            yield Copy(name, service.assigned[name], place, command=True)
    for file in reversed(service.environment_files):
        if every or _generated(str(file.path), view.found.home):
            for name in sorted(known & file.variables.keys() - named):
                if counts.get(name) == file.variables[name] and js_trim(file.variables[name].reveal()):
                    named.add(name)
                    yield Copy(name, file.variables[name], Location(str(file.path)))
    for name in sorted(known & service.origins.keys() - named):
        if counts.get(name) == service.environment.get(name) and js_trim(service.environment[name].reveal()):
            yield Copy(name, service.environment[name], service.origins[name])


def _generated(path: str, home: Home) -> bool:
    """An env file that OpenClaw writes when it installs a service: keys are copied there once and stay."""
    state = str(home.state)
    return path.startswith(f"{state}/service-env/") or path == f"{state}/gateway.systemd.env"


def provided(name: str, view: View, now: Secret | None) -> Copy | None:
    """What should give a variable to the gateway: its own files, or where those have none the definition (`now`)."""
    files = {str(file.path) for file in view.service.environment_files if name in file.variables}
    for layer in view.environment.layers:
        value = layer.values.get(name, "")
        if layer.name not in FILES or name in layer.blocked or not js_trim(value):
            continue
        if str(layer.path) not in files:
            return Copy(name, Secret(value), _place(name, layer, view))
    if now is None:
        return None
    return next((item for item in frozen_keys(view, every=True) if item.name == name), None)


def _place(name: str, layer: Layer, view: View) -> Location:
    if layer.name == "config":
        return Location(str(layer.path), *view.found.config.place("env", name))
    return Location(str(layer.path), layer.lines.get(name))


def other_secrets(config: Config, usable: Callable[[str], str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """(keys, variable) of the gateway's own secrets of a local config that a variable has with another value."""
    if table(config.value, "gateway").get("mode") == "remote":
        return
    for name in ("token", "password"):
        keys, variable = ("gateway", "auth", name), f"OPENCLAW_GATEWAY_{name.upper()}"
        given, value = table(config.value, "gateway", "auth").get(name), usable(variable)
        if isinstance(given, str) and js_trim(given) and value and value != js_trim(given):
            yield keys, variable


def frozen_secrets(view: View) -> Iterator[Copy]:
    """The gateway's own secrets in the service's definition that are not those of its config."""
    service = view.service
    own = {name: js_trim(value.reveal()) for name, value in service.environment.items()}
    for _, name in other_secrets(view.found.config, lambda name: own.get(name, "")):
        if name in service.origins:
            yield Copy(name, service.environment[name], service.origins[name])


def belongs_to(home: Home, path: str) -> bool:
    """Whether a file stands below the user's home directory, where it may be edited."""
    return path.startswith(f"{home.os_home or home.user}/")


def into_env_file(provider: str, *, newer: bool, variable: str = "") -> tuple[str, ...]:
    """The command that stores a provider's key in the env file; from a `variable` of this shell, where one is given."""
    commands = obtain(provider, newer=newer)
    if not commands[0].startswith("openclaw onboard"):
        return commands
    if variable:
        answers = f"--provider {provider} --store env --key-env {variable} --existing keep"
        return (f"openclaw onboard --non-interactive {answers}",)
    return (f"{commands[0]} --store env",)


def restart(view: View, *, reread: bool = False) -> tuple[str, ...]:
    """The command that restarts the gateway; with `reread` one that has the manager read its definition again first."""
    if view.service.installed and (reread or view.service.reload_needed):
        return ("openclaw gateway restart",)
    return (view.service.restart,) if view.service.restart else ()
