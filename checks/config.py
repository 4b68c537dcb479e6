"""config/: openclaw.json."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

from checks.history import CUT, MIGRATE, is_cut
from checks.remedies import edit, let_in, restore
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.known import told_elsewhere
from openclaw.config.views import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config, Problem
    from openclaw.environment.layers import Environment
    from openclaw.era import Era
    from openclaw.facts.credentials import Routes
    from openclaw.facts.files import Broken
    from openclaw.facts.service import Daemon
    from openclaw.facts.setup import Copies
    from openclaw.finding import FixClass
    from openclaw.home import Home

# Words of an excerpt that are shown; everything else in it may be a secret.
KEYS = frozenset(
    [
        "agents",
        "api",
        "apiKey",
        "auth",
        "baseUrl",
        "channels",
        "defaults",
        "env",
        "fallbacks",
        "false",
        "gateway",
        "list",
        "local",
        "meta",
        "mode",
        "model",
        "models",
        "null",
        "order",
        "password",
        "primary",
        "profiles",
        "provider",
        "providers",
        "remote",
        "token",
        "true",
        "vars",
        "wizard",
    ]
)


@check("config/missing", Severity.WARNING, tags={"config"})
def missing(config: Config, routes: Routes) -> Iterator[Finding]:
    """There is no config."""
    if config.exists:
        return
    by_environment = any(route.winner and route.winner.kind == "env" for route in routes.routes)
    yield Finding(
        "config/missing",
        Severity.INFO if by_environment else Severity.WARNING,
        "There is no config: OpenClaw was never set up here",
        where=Location(str(config.path)),
        remedy=Remedy("Run the wizard.", ("openclaw onboard",)),
    )


@check("config/unparsable", Severity.ERROR, tags={"config", "smoke"})
def unparsable(config: Config, broken_config: Broken) -> Iterator[Finding]:
    """The config is not JSON5, or cannot be read."""
    if broken_config.barred:
        raise Unknown("host/state-dir says it: the state directory cannot be entered")
    whats = {"unreadable": "", "unparsable": "is ", "shape": "cannot be used: "}
    for problem in config.problems:
        if problem.kind in whats:
            readable = problem.kind != "unreadable"
            yield Finding(
                "config/unparsable",
                Severity.ERROR,
                f"The config {whats[problem.kind]}{problem.message}",
                evidence={"line": excerpt(config.text, problem.line)} if problem.line else {},
                where=Location(str(problem.path), problem.line, problem.column),
                remedy=_restore(broken_config, problem.line) if readable else let_in(broken_config),
            )


@check("config/unresolved-variable", Severity.ERROR, tags={"config", "smoke"})
def unresolved_variable(config: Config, environment: Environment, home: Home) -> Iterator[Finding]:
    """The config refers to a variable that nothing provides."""
    missing = [problem for problem in config.problems if problem.kind == "variable"]
    if missing and environment.shell_problem:
        raise Unknown(f"the login shell, which could provide it, was not of use: {environment.shell_problem}")
    for problem in missing:
        yield Finding(
            "config/unresolved-variable",
            Severity.ERROR,
            f"OpenClaw refuses the config: {problem.message}",
            ".".join(map(str, problem.keys)),
            where=_where(problem),
            remedy=Remedy(
                f"Set the variable in {home.short(home.env_file)}, or take the reference out.",
                (edit(str(home.env_file)), edit(str(problem.path), problem.line)),
            ),
        )


@check("config/include-broken", Severity.ERROR, tags={"config", "smoke"})
def include_broken(config: Config) -> Iterator[Finding]:
    """An `$include` that cannot be followed."""
    for problem in config.problems:
        if problem.kind == "include":
            yield Finding(
                "config/include-broken",
                Severity.ERROR,
                f"OpenClaw refuses the config: {problem.message}",
                ".".join(map(str, problem.keys)) or "$include",
                where=_where(problem),
                remedy=Remedy("Correct what is included, or the path to it.", (edit(str(problem.path), problem.line),)),
            )


@check("config/rejected", Severity.ERROR, tags={"config", "smoke"})
def rejected(config: Config, era: Era) -> Iterator[Finding]:
    """The config is whole, but this OpenClaw refuses it."""
    found = [problem for problem in config.problems if problem.kind == "rejected"]
    if not found:
        return
    from openclaw.config.rejected import retired

    # Of keys of other versions these say as much as is known while nobody knows the version.
    elsewhere = () if era.version else told_elsewhere(config.merged)
    moved = retired(config, era)
    for problem in found:
        if problem.keys not in elsewhere:
            yield Finding(
                "config/rejected",
                Severity.ERROR,
                f"OpenClaw refuses the config: {problem.message}",
                ".".join(map(str, problem.keys)),
                where=_where(problem),
                remedy=_remedy_rejected(problem, config, moved=problem.keys in moved),
            )


def _remedy_rejected(problem: Problem, config: Config, *, moved: bool) -> Remedy:
    """OpenClaw moves its own older keys; what it does not know at all it would throw away, so that is corrected."""
    if not moved or problem.path != config.path:
        shared = problem.keys[-1:] == ("agentDir",)
        text = "Give one of them a directory of its own." if shared else "Write it in the form that it wants."
        return Remedy(text, (edit(str(problem.path), problem.line),))
    text = (
        "Keep a copy, then let OpenClaw move it; with the network up: offline, its doctor can destroy an OAuth login."
    )
    copy = f"cp -p {quote(str(config.path))} {quote(f'{config.path}.before')}"
    return Remedy(text, (copy, MIGRATE))


@check("config/gateway-mode", Severity.ERROR, tags={"config", "smoke"})
def gateway_mode(config: Config, era: Era, daemon: Daemon, copies: Copies) -> Iterator[Finding]:
    """The gateway refuses to start without `gateway.mode`."""
    if not config.exists:
        raise NotApplicable("there is no config")
    for problem in config.problems:
        if problem.kind not in ("variable", "rejected"):
            raise Unknown("the config could not be read")
    if not _gateway_meant_here(config, era, daemon):
        raise NotApplicable("no gateway is installed or configured here")
    mode = gateway(config.value).get("mode")
    if isinstance(mode, str) and mode.strip():
        return
    if any(
        problem.kind == "rejected" and problem.keys in (("gateway",), ("gateway", "mode"))
        for problem in config.problems
    ):
        return  # config/rejected says it
    if is_cut(copies):
        raise NotApplicable(CUT)
    path = str(config.path)
    line, column = config.place("gateway")
    own = ("openclaw config set gateway.mode local",) if era.program else (edit(path, line),)
    fix: FixClass = "confirm" if isinstance(config.merged.get("gateway", {}), dict) else "manual"
    yield Finding(
        "config/gateway-mode",
        Severity.ERROR,
        "`gateway.mode` is not set: the gateway refuses to start",
        "gateway.mode",
        where=Location(path, line, column),
        remedy=Remedy('Set it to "local" for a gateway on this machine.', own, fix),
    )


def _restore(broken: Broken, line: int | None) -> Remedy:
    """A config that cannot be parsed: its newest whole backup; without one, OpenClaw can at least start anew."""
    if broken.backup:
        return restore(broken, line)
    text = "Correct that place; there is no whole backup beside the file. Or keep it aside, and set OpenClaw up anew."
    aside = f"mv {quote(broken.path)} {quote(broken.path + '.broken')}"
    return Remedy(text, (edit(broken.path, line), aside), "confirm")


def excerpt(text: str, line: int) -> str:
    """A line of a config with every word masked that is not a well-known key."""
    lines = text.splitlines()
    found = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return re.sub(r"[^\s{}\[\],:\"'$]+", lambda word: word[0] if word[0] in KEYS else "…", found)[:120]


def _where(problem: Problem) -> Location:
    return Location(str(problem.path), problem.line, problem.column)


def _gateway_meant_here(config: Config, era: Era, daemon: Daemon) -> bool:
    """A config alone does not mean a gateway: storing a token writes one too, in a container that only runs checks."""
    installed = daemon.service is not None and daemon.service.installed
    return installed or era.program is not None or any(key in config.value for key in ("gateway", "wizard", "meta"))
