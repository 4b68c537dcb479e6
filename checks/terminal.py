"""terminal/: the terminal of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import credentials
from checks.remedies import obtain
from checks.verdict import verdict
from openclaw.api import Finding, Remedy, Severity, Unknown, check
from openclaw.providers.names import env_names, variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.era import Era
    from openclaw.facts.credentials import Held, Route, Routes, Stores
    from openclaw.facts.host import Terminal
    from openclaw.facts.installation import Clock
    from openclaw.facts.service import Daemon

PASTE = "openclaw models auth paste-"
# Commands that ask somebody for something, or show a page to sign in to.
ASKING = (PASTE, "claude setup-token", "openclaw onboard", "openclaw real onboard", "openclaw real models auth login")
NARROW = 40  # columns; below that the wizard asks with plain lines


@check("terminal/no-tty", Severity.WARNING, tags={"terminal"})
def no_tty(
    terminal: Terminal, routes: Routes, stores: Stores, era: Era, daemon: Daemon, held: list[Held], clock: Clock
) -> Iterator[Finding]:
    """Interactive steps cannot run here."""
    if terminal.interactive:
        return
    stream = "Standard input" if not terminal.stdin else "Standard output"
    # What the findings call for where nothing can be asked: a credential has to be stored, or made anew.
    absent = [*_absent(routes, stores, era, daemon), *_expired(routes, era, daemon, clock.now)]
    calling = [*map(_without_asking, absent), *_to_replace(held, clock.now)]
    yield Finding(
        "terminal/no-tty",
        Severity.WARNING if calling else Severity.INFO,
        f"{stream} is not a terminal: the wizard and `claude setup-token` cannot run here",
        remedy=calling[0] if calling else _without_asking("anthropic"),
    )


def _to_replace(held: list[Held], now: int) -> Iterator[Remedy]:
    """How credentials of which nothing but a new one helps are replaced where nothing can be asked."""
    for item in held:
        finding = verdict(item, now)
        remedy = finding.remedy if finding and finding.severity >= Severity.WARNING else None
        if remedy is None or remedy.fix != "manual":
            continue
        asking = [command for command in remedy.commands if command.startswith(ASKING)]
        pasting = next((command for command in asking if command.startswith(PASTE)), "")
        if pasting:
            yield _piped(pasting, item)
        elif asking:
            yield _without_asking(item.provider)


def _piped(command: str, item: Held) -> Remedy:
    """A paste command with the new secret on its standard input."""
    names = variables_of(item.provider) or (f"{item.provider.upper().replace('-', '_')}_API_KEY",)
    variable = names[0] if len(names) == 1 or item.kind == "token" else names[-1]
    text = f"Give it the new secret on standard input, for example from {variable}."
    return Remedy(text, (f"printf '%s\\n' \"${variable}\" | {command}",))


def _absent(routes: Routes, stores: Stores, era: Era, daemon: Daemon) -> list[str]:
    """The providers of which `credentials/none` and `credentials/missing` say that nothing is there."""
    if routes.unread:
        return []
    try:
        if list(credentials.none.run(routes, daemon, (), era)):
            return [route.provider for route in routes.routes][:1] or ["anthropic"]
        return [finding.target.rpartition("/")[2] for finding in credentials.missing.run(routes, stores, era, daemon)]
    except Unknown:
        return []


def _expired(routes: Routes, era: Era, daemon: Daemon, now: int) -> list[str]:
    """The providers for which all that is there is a login or token whose time is over."""
    seen, newer = daemon.environment, era.name == "sqlite"
    lacking = (
        [] if routes.unread else [route for route in routes.routes if not route.winner and _is_expired(route, now)]
    )
    return [
        route.provider
        for route in lacking
        if seen is None or not any(seen.usable(name) for name in env_names(route.provider, newer=newer))
    ]


def _is_expired(route: Route, now: int) -> bool:
    return any(item.profile and item.profile.health(now) == "expired" for item in route.resolution.chain)


def _without_asking(provider: str) -> Remedy:
    """The form that asks nothing; a provider that one signs in to has none."""
    if not obtain(provider)[0].startswith("openclaw onboard"):
        return Remedy("Run the command in a terminal, for example with `ssh -t`.", obtain(provider))
    variable = variables_of(provider)[-1] if provider == "anthropic" else variables_of(provider)[0]
    command = f"openclaw onboard --non-interactive --provider {provider} --key-env {variable}"
    return Remedy(f"Use the form that asks nothing, with the key in {variable}.", (command,))


@check("terminal/dumb", Severity.INFO, tags={"terminal"})
def dumb(terminal: Terminal) -> Iterator[Finding]:
    """The wizard asks with plain lines here."""
    if not terminal.interactive:
        return  # terminal/no-tty says more
    narrow = 0 < terminal.columns < NARROW
    if terminal.term not in ("", "dumb") and not narrow:
        return
    why = f"TERM is {terminal.term or 'not set'}" if not narrow else f"the terminal has {terminal.columns} columns"
    yield Finding(
        "terminal/dumb",
        Severity.INFO,
        f"{why[:1].upper()}{why[1:]}: the wizard asks with plain lines, and nothing is drawn",
        "narrow" if narrow else "term",
        remedy=Remedy("Everything works that way; a wider terminal that can draw gives lists."),
    )
