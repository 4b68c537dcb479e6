"""env/: what the gateway really sees: its service's definition, the files, its live process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from checks.remedies import edit
from checks.seen import belongs_to, frozen_keys, frozen_secrets, into_env_file, provided, restart
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.reading import references
from openclaw.config.views import provider_entry
from openclaw.credentials.resolve import COMES_FIRST, referred_to
from openclaw.providers.names import all_env_names, env_names
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.seen import Copy
    from openclaw.config.reading import Config
    from openclaw.credentials.references import Reference
    from openclaw.credentials.resolve import Candidate
    from openclaw.environment.layers import Environment
    from openclaw.era import Era
    from openclaw.facts.credentials import Route, Routes
    from openclaw.home import Home
    from openclaw.service.base import Variables
    from openclaw.service.live import Changed
    from openclaw.service.view import View

NO_FILES = ("the variables of the user's", "the login shell")  # what else may be unknown about a gateway
NO_GATEWAY = "no gateway service is installed, and no gateway runs"


@check("env/daemon-blind", Severity.ERROR, tags={"env", "daemon"})
def daemon_blind(
    serving: View | None, environment: Environment, routes: Routes, config: Config, era: Era, home: Home
) -> Iterator[Finding]:
    """The key is in this shell, and the daemon does not get it."""
    view = _there(serving)
    newer = era.name == "sqlite"
    blind = {
        name: route for route in routes.routes for name in _only_here(route, config, view.environment, newer=newer)
    }
    if blind and view.unknown:
        raise Unknown(f"not all that the gateway reads is known: {'; '.join(view.unknown)}")
    for name, route in sorted(blind.items()):
        layer = environment.origin.get(name)
        here = f"the .env of {home.short(home.cwd)}" if layer and layer.name == "cwd" else "this shell"
        source = name if here == "this shell" else ""
        who = "gateway service" if view.service.installed else "running gateway"
        file = view.found.home.env_file
        yield Finding(
            "env/daemon-blind",
            Severity.ERROR,
            f"{name} is set in {here} only: the {who} does not get it, so it has no key for {route.provider}",
            name,
            evidence={"here": "yes", "service": "no", "process": _in_process(name, view)},
            where=Location(str(file)),
            remedy=Remedy(
                f"Write it to {home.short(file)}, then restart the {who}.",
                (*_written(name, route, source, newer=newer), *restart(view)),
                "confirm",
            ),
        )


def _there(serving: View | None) -> View:
    if serving is None:
        raise NotApplicable(NO_GATEWAY)
    return serving


def _only_here(route: Route, config: Config, seen: Environment, *, newer: bool) -> list[str]:
    """The variables by which commands in this shell have a key for a provider and the daemon has none."""
    winner = route.winner
    if winner is None or winner.kind not in ("env", "config", "profile"):
        return []
    if winner.kind == "profile":
        name = _variable(winner) if newer else ""
        return [name] if name and not seen.usable(name) and not _another(route) else []
    if any(seen.usable(name) for name in env_names(route.provider, newer=newer)):
        return []
    entry = provider_entry(config.merged, route.provider)
    key = entry[1].get("apiKey") if entry else None
    needed = references(key) if isinstance(key, str) else _in_entry(key)
    lacking = [name for name in needed if name and not seen.get(name)]
    if ((isinstance(key, str) and key.strip()) or isinstance(key, dict)) and not lacking:
        return []  # the config gives it to both
    return [winner.name] if winner.kind == "env" else lacking


def _variable(item: Candidate) -> str:
    """The variable that a stored profile of 2026.9 refers to; "" where it has its secret, or refers elsewhere."""
    return _named(referred_to(item.profile)) if item.profile else ""


def _in_entry(key: object) -> list[str]:
    """The variable that a reference in the config names."""
    if not isinstance(key, dict):
        return []
    from openclaw.credentials.references import reference_in

    return [_named(reference_in(key))]


def _named(reference: Reference | None) -> str:
    return reference.id if reference and reference.source == "env" else ""


def _another(route: Route) -> bool:
    """Whether another profile is there that the daemon can use instead."""
    others = (item for item in route.resolution.chain if item is not route.winner and item.expected and item.secret)
    return any(item.why.endswith(COMES_FIRST) and not _variable(item) for item in others)


def _written(name: str, route: Route, source: str, *, newer: bool) -> tuple[str, ...]:
    """The command that writes a variable to the env file: `onboard` knows those of providers."""
    own = route.winner is not None and route.winner.kind == "env"
    if own or name in env_names(route.provider, newer=newer):
        return into_env_file(route.provider, newer=newer, variable=source)
    return ("openclaw doctor --fix --only env/daemon-blind",)


def _in_process(name: str, view: View) -> str:
    if view.live is None or view.live.variables is None:
        return "unknown" if view.service.active is not False else "none runs"
    return "yes" if name in view.live.variables else "no"


@check("env/daemon-stale", Severity.WARNING, tags={"env", "daemon"})
def daemon_stale(serving: View | None) -> Iterator[Finding]:
    """The running gateway is older than what it was started from."""
    view = _there(serving)
    if view.service.active is False:
        raise NotApplicable("the gateway does not run")
    if view.restart_needed is None:
        raise Unknown(f"whether the gateway must be restarted is not known: {view.restart_why or 'its state is not'}")
    told = _told(view)
    if not view.restart_needed or (told and not view.service.reload_needed and {*view.changed} == told):
        return  # env/daemon-differs says it
    first = str(view.changed[0].path) if view.changed else str(view.service.definition or "")
    times = {str(item.path): f"{item.kind}, changed at {item.at} ms" for item in view.changed}
    if view.live and view.live.started:
        times["started"] = f"{view.live.started} ms"
    yield Finding(
        "env/daemon-stale",
        Severity.WARNING,
        f"The running gateway ({view.service.unit}) needs a restart: {view.restart_why}",
        view.service.unit if view.service.installed else "gateway",
        evidence=times,
        where=Location(first) if first else None,
        remedy=_restarted(view),
    )


def _told(view: View) -> set[Changed]:
    """The changed files of which env/daemon-differs says, with the same remedy, that a restart is needed."""
    live = view.live.variables if view.live else None
    if not live or not view.service.installed:
        return set()
    found = (_difference(name, live, view) for name in all_env_names() & live.keys())
    paths = {
        item.where.path for item in found if item and item.where and item.remedy and item.remedy == _restarted(view)
    }
    return {item for item in view.changed if str(item.path) in paths}


def _restarted(view: View) -> Remedy:
    if view.service.installed:
        return Remedy("Restart it.", restart(view), "confirm")
    return Remedy("It runs without a service: end it, then start it again the way it was started.", restart(view))


@check("env/daemon-differs", Severity.ERROR, tags={"env", "daemon"})
def daemon_differs(serving: View | None) -> Iterator[Finding]:
    """The running gateway holds another value than the file that should provide it."""
    view = _there(serving)
    if view.service.active is False:
        raise NotApplicable("the gateway does not run")
    if view.live is None or view.live.variables is None:
        raise Unknown(view.live.reason if view.live else "the gateway's process is not known")
    found = [
        _difference(name, view.live.variables, view) for name in sorted(all_env_names() & view.live.variables.keys())
    ]
    yield from _or_unknown(list(filter(None, found)), view)


def _or_unknown(found: list[Finding], view: View) -> list[Finding]:
    """These findings; where there are none, a file that could not be read may still hold one."""
    unread = [text for text in view.unknown if not text.startswith(NO_FILES)]
    if unread and not found:
        raise Unknown(f"not all files of the gateway could be read: {'; '.join(unread)}")
    return found


def _difference(name: str, live: Variables, view: View) -> Finding | None:
    runs = live[name]
    now = view.service.effective.get(name)
    file = provided(name, view, now)
    if file is None or js_trim(file.value.reveal()) == js_trim(runs.reveal()):
        return None
    stuck = now == runs and view.service.installed  # a restart gives it the same again
    evidence = {"process": runs.fingerprint(), "file": file.value.fingerprint()}
    short = view.found.home.short(file.where.path)
    return Finding(
        "env/daemon-differs",
        Severity.ERROR,
        f"The running gateway has another {name} than {short} gives"
        + (": an older copy in its service wins" if stuck else ""),
        name,
        evidence=evidence,
        where=file.where,
        remedy=_unfrozen(name, short, view) if stuck else _restarted(view),
    )


def _unfrozen(name: str, file: str, view: View) -> Remedy:
    """How the copy that wins goes away; it may also be a variable of the manager itself."""
    place = next((item for item in frozen_keys(view, every=True) if item.name == name), None)
    if place is None:
        unset = (f"systemctl --user unset-environment {name}", *restart(view))
        text = f"The service manager itself has {name}: take it out there, so that {file} counts."
        return Remedy(text, unset if view.service.unit.endswith(".service") else restart(view))
    where = place.where
    text = f"Take it out of {view.found.home.short(where.path)}, so that {file} counts, then restart the service."
    return Remedy(text, (edit(where.path, where.line), *restart(view, reread=True)), _by_us(place, view))


def _by_us(item: Copy, view: View) -> Literal["confirm", "manual"]:
    return "confirm" if belongs_to(view.found.home, item.where.path) and not item.command else "manual"


@check("env/frozen-in-unit", Severity.WARNING, tags={"env", "daemon"})
def frozen_in_unit(serving: View | None) -> Iterator[Finding]:
    """A key is baked into the service, where it beats the env file."""
    view = _there(serving)
    if not view.service.installed:
        raise NotApplicable("the gateway runs without a service")
    found = [_frozen(item, view) for item in frozen_keys(view)]
    found += [_stale_secret(item, view) for item in frozen_secrets(view)]
    yield from _or_unknown(found, view)


def _stale_secret(item: Copy, view: View) -> Finding:
    """The gateway takes its config's secret; what it starts takes the variable, and is refused (user-pain FM 9, 31)."""
    short = view.found.home.short(item.where.path)
    key = f"gateway.auth.{item.name.rpartition('_')[2].lower()}"
    return Finding(
        "env/frozen-in-unit",
        Severity.WARNING,
        f"{item.name} is baked into {short}, and {key} has another value",
        item.name,
        evidence={"value": item.value.fingerprint()},
        where=item.where,
        remedy=Remedy(
            f"Take it out of {short}, then restart the service.",
            (edit(item.where.path, item.where.line), *restart(view, reread=True)),
            "confirm" if belongs_to(view.found.home, item.where.path) else "manual",
        ),
    )


def _frozen(item: Copy, view: View) -> Finding:
    home = view.found.home
    lower = provided(item.name, view, None)
    differs = lower is not None and lower.value != item.value
    file = home.short(home.env_file)
    what = "the command line in " if item.command else ""
    return Finding(
        "env/frozen-in-unit",
        Severity.WARNING,
        f"{item.name} is baked into {what}{home.short(item.where.path)} and so beats {file}"
        + (", which has another value" if differs else ""),
        item.name,
        evidence={"value": item.value.fingerprint()},
        where=item.where,
        remedy=Remedy(
            f"Keep it in {file} only: take it out there, then restart the service.",
            (edit(item.where.path, item.where.line), *restart(view, reread=True)),
            _by_us(item, view),
        ),
    )
