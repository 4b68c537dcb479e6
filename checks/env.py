"""env/: where variables come from, and who sees them."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.remedies import edit, obtain
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.reading import references
from openclaw.config.views import provider_entry
from openclaw.providers.names import env_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.environment.layers import Environment
    from openclaw.era import Era
    from openclaw.facts.credentials import Route, Routes
    from openclaw.facts.files import ReadEnvFile
    from openclaw.facts.service import Daemon
    from openclaw.home import Home


@check("env/daemon-blind", Severity.ERROR, tags={"env", "daemon"})
def daemon_blind(
    daemon: Daemon, environment: Environment, routes: Routes, config: Config, era: Era, home: Home
) -> Iterator[Finding]:
    """The key is in this shell, and the daemon does not get it."""
    service, seen = daemon.service, daemon.environment
    if seen is None or service is None:
        raise NotApplicable("no gateway service is installed")
    newer = era.name == "sqlite"
    blind = {name: route for route in routes.routes for name in _only_here(route, config, seen, newer=newer)}
    if blind and not daemon.complete:
        raise Unknown(f"not all that the service reads is known: {'; '.join(service.unknown)}")
    for name, route in sorted(blind.items()):
        layer = environment.origin.get(name)
        here = f"the .env of {home.short(home.cwd)}" if layer and layer.name == "cwd" else "this shell"
        yield Finding(
            "env/daemon-blind",
            Severity.ERROR,
            f"{name} is set in {here} only: the gateway service does not get it, so it has no key for {route.provider}",
            name,
            where=Location(str(home.env_file)),
            remedy=Remedy(
                f"Write it to {home.short(home.env_file)}, then restart the service.",
                (*_write_down(route.provider, name, in_process=here == "this shell", newer=newer), service.restart),
                "confirm",
            ),
        )


def _only_here(route: Route, config: Config, seen: Environment, *, newer: bool) -> list[str]:
    """The variables by which commands in this shell have a key for a provider and the daemon has none."""
    winner = route.winner
    if winner is None or winner.kind not in ("env", "config"):
        return []
    if any(seen.usable(name) for name in env_names(route.provider, newer=newer)):
        return []
    entry = provider_entry(config.merged, route.provider)
    key = entry[1].get("apiKey") if entry else None
    needed = references(key) if isinstance(key, str) else []
    lacking = [name for name in needed if not seen.get(name)]
    if isinstance(key, str) and key.strip() and not lacking:
        return []  # the config gives it to both
    return [winner.name] if winner.kind == "env" else lacking


def _write_down(provider: str, name: str, *, in_process: bool, newer: bool) -> tuple[str, ...]:
    commands = obtain(provider, newer=newer)
    if not commands[0].startswith("openclaw onboard"):
        return commands
    if in_process:
        return (f"openclaw onboard --non-interactive --provider {provider} --store env --key-env {name}",)
    return (f"{commands[0]} --store env",)


@check("env/dotenv-syntax", Severity.ERROR, tags={"env"})
def dotenv_syntax(env_files: list[ReadEnvFile]) -> Iterator[Finding]:
    """A line of an env file that its readers do not read alike."""
    for file in env_files:
        yield from _of_file(file)


def _of_file(file: ReadEnvFile) -> Iterator[Finding]:
    if file.state == "unreadable":
        message = f"What this env file holds is not known: {file.reason}"
        remedy = Remedy(file.advice, file.commands)
        yield Finding("env/dotenv-syntax", Severity.ERROR, message, where=Location(file.path), remedy=remedy)
    if file.state == "ignored":
        message = f"OpenClaw ignores this env file without a word: {file.reason}"
        remedy = Remedy("Put an ordinary file of less than 1 MiB in its place.", (f"ls -ld {quote(file.path)}",))
        yield Finding("env/dotenv-syntax", Severity.WARNING, message, where=Location(file.path), remedy=remedy)
    seen: list[str] = []
    for issue in file.issues:
        if issue.kind == "systemd" and not file.systemd:
            continue  # only systemd reads it differently, and no unit names this file
        seen.append(issue.name)
        again = f" ({seen.count(issue.name)})" if seen.count(issue.name) > 1 else ""
        yield Finding(
            "env/dotenv-syntax",
            Severity.ERROR,
            f"{issue.name + ': ' if issue.name else ''}{issue.message.rstrip('.')}",
            f"{issue.name}{again}" if issue.name else f"line {issue.line}",
            where=Location(file.path, issue.line),
            remedy=Remedy("Write that line as NAME='value'.", (edit(file.path, issue.line),), "confirm"),
        )
