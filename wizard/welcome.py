"""The first page: what was found on this host, one line each, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.text import joined
from wizard.existing import usable
from wizard.facts import WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.facts import Facts
    from wizard.page import Page

NAMES = {"systemd": "systemd (of this user)", "launchd": "launchd", "none": "none"}
ERAS = {
    "json": "credentials in auth-profiles.json",
    "sqlite": "credentials in a database",
}
UNKNOWN = "OpenClaw is not on PATH, and nothing here says which version wrote it"


def show(page: Page, facts: Facts, *, terminal: bool) -> None:
    """Prints the page."""
    page.say("OpenClaw: model credentials", style="title")
    for name, text in rows(facts, terminal=terminal):
        page.row(name, text)
    _hints(page, facts)
    for notice in unset_variables(facts):
        page.say(notice, style="notice")


class Later:
    """Tells what came in only after the page was shown, once."""

    def __init__(self, page: Page, shown: Facts) -> None:
        self._page = page
        self._shown = shown

    def tell(self, facts: Facts) -> None:
        """Prints the rows about the service that are news."""
        if facts is self._shown:
            return
        before, self._shown = dict(rows(self._shown, terminal=True)), facts
        news = [(name, text) for name, text in rows(facts, terminal=True) if before.get(name) != text]
        if news:
            self._page.say()
        for name, text in news:
            self._page.row(name, text)
        if news:
            _hints(self._page, facts)


def _hints(page: Page, facts: Facts) -> None:
    page.hints(facts.manager.hints if facts.manager.expected and not facts.manager.reachable else ())


def rows(facts: Facts, *, terminal: bool) -> Iterator[tuple[str, str]]:
    """(name, what was found and why)."""
    home, era = facts.found.home, facts.found.era
    if facts.found.config.exists:
        yield (
            "Found",
            f"an installation in {home.short(home.state)}: {ERAS.get(era.name, UNKNOWN)}"
            + (f" ({era.why})" if era.name in ERAS else ""),
        )
        if there := usable(facts):
            yield "Usable", f"a credential for {joined(list(there))}"
    else:
        yield "Found", f"no config yet; {home.short(facts.found.config.path)} will be made ({era.why})"
    manager = facts.manager
    silent = "" if manager.reachable or manager.kind == "none" else ", which does not answer"
    if manager.why == WAITING:
        silent = ", asked"
    yield "Service", f"{NAMES[manager.kind]}{silent}: {manager.why}"
    if facts.service and facts.service.installed:
        yield "Gateway", f"{facts.service.unit}" + (f", {facts.service.state}" if facts.service.state else "")
    missing = f"not on PATH; only a setup-token needs it: {facts.claude_install}"
    yield "claude", home.short(facts.claude) if facts.claude else missing
    yield "Terminal", "yes" if terminal else "no: answers come from flags"


def unset_variables(facts: Facts) -> Iterator[str]:
    """Variables that the config needs and nobody sets: OpenClaw refuses such a config; and what cannot be read."""
    home = facts.found.home
    for problem in facts.found.config.problems if not facts.broken else ():
        yield f"{home.short(problem.path)}: {problem.message}."
    if facts.broken:
        yield facts.why_broken
