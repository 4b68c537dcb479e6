"""One variable everywhere it is set: here, for the gateway's service, and in its running process. Pure.

Places are in order of precedence, the first that counts wins (auth-spec §6, openclaw-new §5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from openclaw.frozen import frozen
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from openclaw.environment.layers import Environment, Layer
    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService
    from openclaw.service.view import View

# used: this is the value; lost: another place wins; blocked: OpenClaw ignores it here; unset: the unit takes it away
State = Literal["used", "lost", "blocked", "unset"]
PlaceName = Literal[
    "process", "cwd", "state", "gateway", "config", "shell", "environment-file", "unit", "manager", "command", "copy"
]
Verdict = Literal[
    "not set", "no service", "same", "only here", "only there", "differs", "old value runs", "unknown"
]  # fmt: skip


@frozen
class Held:
    """One place that sets a variable. `where` is for people: a file with its line, or words."""

    place: PlaceName
    where: str
    value: Secret
    state: State


@frozen
class Variable:
    """A variable here (`ours`), for the service (`daemon`; None without one) and in the process (`live`; None: no)."""

    name: str
    providers: tuple[str, ...]
    ours: tuple[Held, ...]
    daemon: tuple[Held, ...] | None = None
    live: Secret | None = None
    verdict: Verdict = "no service"

    @property
    def here(self) -> Held | None:
        """What a command that is started here gets."""
        return used(self.ours)

    @property
    def there(self) -> Held | None:
        """What the service gets if it starts now."""
        return used(self.daemon or ())


def used(places: Iterable[Held]) -> Held | None:
    """The place whose value counts."""
    return next((held for held in places if held.state == "used"), None)


def everywhere(found: Installation, view: View | None, names: Iterable[str] = ()) -> tuple[Variable, ...]:
    """These variables, or every known provider variable that is set anywhere, by name."""
    from openclaw.providers.names import all_env_names

    asked = tuple(dict.fromkeys(names))
    every = (variable(name, found, view) for name in (asked or sorted(all_env_names())))
    return tuple(item for item in every if asked or item.ours or item.daemon or item.live is not None)


def variable(name: str, found: Installation, view: View | None) -> Variable:
    """One variable."""
    from openclaw.providers.names import owners_of

    ours = tuple(_held(name, found.environment, found, here=True))
    if view is None:
        return Variable(name, owners_of(name), ours, verdict="no service" if used(ours) else "not set")
    daemon = tuple(_of_service(name, view))
    live = (view.live.variables or {}).get(name) if view.live else None
    return Variable(name, owners_of(name), ours, daemon, live, _verdict(used(ours), used(daemon), live, view))


def _verdict(here: Held | None, there: Held | None, live: Secret | None, view: View) -> Verdict:
    if there is None and view.unknown:
        return "unknown"
    if _is_old(there, live, view):
        return "old value runs"
    if here is None or there is None:
        return ("only there" if there else "only here") if here or there else "not set"
    return "same" if here.value == there.value else "differs"


def _is_old(there: Held | None, live: Secret | None, view: View) -> bool:
    """Whether the running process works with another value than it would get now.

    What OpenClaw takes from a file is not in the variables of its process, so those files are compared by time.
    """
    if view.live is None or view.live.variables is None:
        return False
    if live is not None:
        return there is None or there.value != live
    if there is None:
        return False
    if there.place in ("environment-file", "unit", "manager"):
        return True
    changed = {view.found.home.short(item.path) for item in view.changed}
    return bool(changed & {there.where, there.where.rpartition(":")[0]})


def _held(name: str, environment: Environment, found: Installation, *, here: bool) -> Iterator[Held]:
    """The layers that set it; `here` leaves the process out where the service's own places are told one by one."""
    winner = environment.origin.get(name)
    for layer in environment.layers:
        if layer.name == "process" and not here:
            continue
        if name in layer.values:
            yield Held(layer.name, where(name, layer, found), Secret(layer.values[name]), _state(name, layer, winner))
    if winner is not None and name not in winner.values:  # OpenClaw copies Z_AI_API_KEY (auth-spec §6.1)
        yield Held("copy", "a copy of Z_AI_API_KEY", Secret(environment.get(name)), "used")


def where(name: str, layer: Layer, found: Installation) -> str:
    """Where a layer sets a variable: `~/.openclaw/.env:3`, `this shell`."""
    if layer.name == "process":
        return "this shell"
    if layer.name == "shell":
        return "the login shell"
    path = found.home.short(layer.path) if layer.path else layer.name
    line = layer.lines.get(name) if layer.name != "config" else _config_line(name, found)
    return f"{path}:{line}" if line else path


def _config_line(name: str, found: Installation) -> int | None:
    inner, _ = found.config.place("env", "vars", name)
    outer, _ = found.config.place("env", name)
    return outer or inner


def _state(name: str, layer: Layer, winner: Layer | None) -> State:
    if name in layer.blocked:
        return "blocked"
    return "used" if layer is winner else "lost"


def _of_service(name: str, view: View) -> Iterator[Held]:
    origin = view.environment.origin.get(name)
    wins = origin is not None and origin.name == "process"
    unset = name in view.service.unset and name not in view.service.effective
    for place, words, value in _of_definition(name, view.service, view.found):
        yield Held(place, words, value, "unset" if unset else "used" if wins else "lost")
        wins = False
    yield from _held(name, view.environment, view.found, here=False)


def _of_definition(name: str, service: GatewayService, found: Installation) -> Iterator[tuple[PlaceName, str, Secret]]:
    """The service's own places, the strongest first (systemd.exec(5))."""
    for file in reversed(service.environment_files):
        if name in file.variables:
            yield "environment-file", found.home.short(file.path), file.variables[name]
    if name in service.environment:
        origin = service.origins.get(name)
        line = f":{origin.line}" if origin and origin.line else ""
        words = f"{found.home.short(origin.path)}{line}" if origin else service.unit
        yield "unit", words, service.environment[name]
    if service.inherited and name in service.inherited:
        words = "the variables of the service manager" if service.installed else "what the gateway was started with"
        yield "manager", words, service.inherited[name]
    elif name in service.started_with:
        yield "command", "the command of the service, as its process shows", service.started_with[name]


def distinct(item: Variable) -> tuple[Secret, ...]:
    """The different values of a variable: what is used first, here and there."""
    held = sorted((*item.ours, *(item.daemon or ())), key=_first_used)
    values: Collection[Secret] = [one.value for one in held] + ([item.live] if item.live is not None else [])
    return tuple(dict.fromkeys(values))


def _first_used(held: Held) -> bool:
    return held.state != "used"
