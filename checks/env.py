"""env/: where variables come from, and who sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.environment.layers import Environment
    from openclaw.facts.credentials import Routes
    from openclaw.facts.files import ReadEnvFile
    from openclaw.facts.service import Daemon
    from openclaw.home import Home


@check("env/daemon-blind", Severity.ERROR, tags={"env", "daemon"})
def daemon_blind(daemon: Daemon, environment: Environment, routes: Routes, home: Home) -> Iterator[Finding]:
    """The key is in this shell, and the daemon does not get it."""
    if daemon.environment is None:
        raise NotApplicable("no gateway service is installed")
    blind = sorted(
        {
            (route.provider, route.winner.name)
            for route in routes.routes
            if route.winner and route.winner.kind == "env" and not daemon.environment.usable(route.winner.name)
        }
    )
    if blind and not daemon.complete:
        raise Unknown("a file that the service reads its variables from could not be read")
    for provider, name in blind:
        layer = environment.origin.get(name)
        here = f"the .env of {home.short(home.cwd)}" if layer and layer.name == "cwd" else "this shell"
        restart = (daemon.service.restart,) if daemon.service and daemon.service.restart else ()
        yield Finding(
            "env/daemon-blind",
            Severity.ERROR,
            f"{name} is set in {here} only: the gateway service does not get it, so it has no key for {provider}",
            name,
            where=Location(str(home.env_file)),
            remedy=Remedy(
                f"Write it to {home.short(home.env_file)}, then restart the service.",
                (f"openclaw onboard --non-interactive --provider {provider} --store env --key-env {name}", *restart),
                "confirm",
            ),
        )


@check("env/dotenv-syntax", Severity.ERROR, tags={"env"})
def dotenv_syntax(env_files: list[ReadEnvFile]) -> Iterator[Finding]:
    """A line of an env file that its readers do not read alike."""
    for file in env_files:
        if file.state == "ignored":
            message = f"OpenClaw ignores this env file without a word: {file.reason}"
            yield Finding("env/dotenv-syntax", Severity.WARNING, message, where=Location(file.path))
        elif file.state == "unreadable":
            message = f"The env file {file.reason}: what it holds is not known"
            yield Finding("env/dotenv-syntax", Severity.ERROR, message, where=Location(file.path))
        for issue in file.issues:
            if issue.kind == "systemd" and not file.systemd:
                continue  # only systemd reads it differently, and no unit names this file
            yield Finding(
                "env/dotenv-syntax",
                Severity.ERROR,
                f"{issue.name + ': ' if issue.name else ''}{issue.message}",
                issue.name or f"line {issue.line}",
                where=Location(file.path, issue.line),
                remedy=Remedy("Write the value so that every reader understands it alike, in quotes.", (), "confirm"),
            )
