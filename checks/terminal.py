"""terminal/: the terminal of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy, Severity, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.credentials import Routes, Stores
    from openclaw.facts.host import Terminal


@check("terminal/no-tty", Severity.WARNING, tags={"terminal"})
def no_tty(terminal: Terminal, routes: Routes, stores: Stores) -> Iterator[Finding]:
    """Interactive steps cannot run here."""
    if terminal.interactive:
        return
    stream = "standard input" if not terminal.stdin else "standard output"
    # What the findings call for where nothing can be asked: a credential has to be stored.
    needed = not stores.broken() and any(not route.resolution.present for route in routes.routes)
    command = "openclaw onboard --non-interactive --provider anthropic --key-env ANTHROPIC_API_KEY"
    yield Finding(
        "terminal/no-tty",
        Severity.WARNING if needed else Severity.INFO,
        f"{stream[0].upper()}{stream[1:]} is not a terminal: the wizard and `claude setup-token` cannot run here",
        remedy=Remedy("Use the non-interactive form.", (command,) if needed else ()),
    )
