"""terminal/: the terminal of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.remedies import obtain
from openclaw.api import Finding, Remedy, Severity, check
from openclaw.providers.names import variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.credentials import Route, Routes
    from openclaw.facts.host import Terminal
    from openclaw.facts.installation import Clock


@check("terminal/no-tty", Severity.WARNING, tags={"terminal"})
def no_tty(terminal: Terminal, routes: Routes, clock: Clock) -> Iterator[Finding]:
    """Interactive steps cannot run here."""
    if terminal.interactive:
        return
    stream = "Standard input" if not terminal.stdin else "Standard output"
    # What the findings call for where nothing can be asked: a credential has to be stored, or made anew.
    calling = [] if routes.unread else [route for route in routes.routes if _calls_for_a_person(route, clock.now)]
    yield Finding(
        "terminal/no-tty",
        Severity.WARNING if calling else Severity.INFO,
        f"{stream} is not a terminal: the wizard and `claude setup-token` cannot run here",
        remedy=_without_asking(calling[0].provider if calling else "anthropic"),
    )


def _calls_for_a_person(route: Route, now: int) -> bool:
    if route.winner:
        return False
    return not route.resolution.present or any(
        item.profile and item.profile.health(now) == "expired" for item in route.resolution.chain
    )


def _without_asking(provider: str) -> Remedy:
    """The form that asks nothing; a provider that one signs in to has none."""
    if not obtain(provider)[0].startswith("openclaw onboard"):
        return Remedy("Run the command in a terminal, for example with `ssh -t`.", obtain(provider))
    variable = variables_of(provider)[-1] if provider == "anthropic" else variables_of(provider)[0]
    command = f"openclaw onboard --non-interactive --provider {provider} --key-env {variable}"
    return Remedy(f"Use the form that asks nothing, with the key in {variable}.", (command,))
