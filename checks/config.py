"""config/: openclaw.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, check
from openclaw.config.views import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.era import Era
    from openclaw.facts.credentials import Routes
    from openclaw.facts.service import Daemon


@check("config/missing", Severity.WARNING, tags={"config"})
def missing(config: Config, routes: Routes) -> Iterator[Finding]:
    """There is no config."""
    if config.exists:
        return
    by_environment = any(route.winner and route.winner.kind == "env" for route in routes.routes)
    yield Finding(
        "config/missing",
        Severity.INFO if by_environment else Severity.WARNING,
        "There is no config: this machine was never onboarded",
        where=Location(str(config.path)),
        remedy=Remedy("Run the wizard.", ("openclaw onboard",)),
    )


@check("config/unparsable", Severity.ERROR, tags={"config", "smoke"})
def unparsable(config: Config) -> Iterator[Finding]:
    """The config is not JSON5, or cannot be read."""
    for problem in config.problems:
        if problem.kind in ("unparsable", "unreadable", "shape"):
            what = problem.message if problem.kind == "unreadable" else f"is not valid JSON5: {problem.message}"
            yield Finding(
                "config/unparsable",
                Severity.ERROR,
                f"The config {what}",
                where=Location(str(problem.path), problem.line, problem.column),
                remedy=Remedy("Correct that place, or restore a backup (openclaw.json.bak).", (), "confirm"),
            )


@check("config/unresolved-variable", Severity.ERROR, tags={"config", "smoke"})
def unresolved_variable(config: Config) -> Iterator[Finding]:
    """The config refers to a variable that nothing provides."""
    for problem in config.problems:
        if problem.kind == "variable":
            yield Finding(
                "config/unresolved-variable",
                Severity.ERROR,
                f"The config cannot be used: {problem.message}",
                ".".join(map(str, problem.keys)),
                where=Location(str(problem.path), problem.line, problem.column),
                remedy=Remedy("Set the variable in the env file of the state directory, or remove the reference."),
            )


@check("config/include-broken", Severity.ERROR, tags={"config", "smoke"})
def include_broken(config: Config) -> Iterator[Finding]:
    """An `$include` that cannot be followed."""
    for problem in config.problems:
        if problem.kind == "include":
            where = Location(str(problem.path), problem.line, problem.column)
            yield Finding("config/include-broken", Severity.ERROR, problem.message, where=where)


@check("config/gateway-mode", Severity.ERROR, tags={"config", "smoke"})
def gateway_mode(config: Config, era: Era, daemon: Daemon) -> Iterator[Finding]:
    """The gateway refuses to start without `gateway.mode`."""
    if not config.exists or any(problem.kind != "variable" for problem in config.problems):
        return
    if not _gateway_meant_here(config, era, daemon):
        raise NotApplicable("no gateway is installed or configured here")
    if not isinstance(gateway(config.value).get("mode"), str):
        yield Finding(
            "config/gateway-mode",
            Severity.ERROR,
            "`gateway.mode` is not set: the gateway refuses to start",
            where=Location(str(config.path)),
            remedy=Remedy('Set it to "local" for a gateway on this machine.', ("openclaw config set gateway.mode local",), "confirm"),
        )  # fmt: skip


def _gateway_meant_here(config: Config, era: Era, daemon: Daemon) -> bool:
    """A config alone does not mean a gateway: storing a token writes one too, in a container that only runs checks."""
    installed = daemon.service is not None and daemon.service.installed
    return installed or era.program is not None or any(key in config.value for key in ("gateway", "wizard", "meta"))
