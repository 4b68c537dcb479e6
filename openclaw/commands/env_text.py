"""`models env` for people: for each variable its values by fingerprint, then one line for each place that sets it.

Equal values have the same letter, so what differs is seen at once. Nothing is cut off or wrapped; plain ASCII but for
the marks, which are ASCII too where the terminal cannot show more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.redact import scrub
from openclaw.service.variables import distinct
from openclaw.text import joined, with_tilde

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from openclaw.commands.status_text import Look
    from openclaw.installation import Installation
    from openclaw.secret import Secret
    from openclaw.service.base import Manager
    from openclaw.service.variables import Held, Variable
    from openclaw.service.view import View

HEAD = ("here", "service", "where")
NOTHING = "-"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VERDICTS = {
    "not set": ("lost", "not set anywhere"),
    "no service": ("", ""),
    "same": ("good", "the service gets the same value"),
    "only here": ("bad", "the service does not get it"),
    "only there": ("good", "only the service gets it: commands that are started here do not"),
    "differs": ("warn", "the service gets another value than commands that are started here"),
    "old value runs": ("bad", "the running process has not got this value: it needs a restart"),
    "unknown": ("warn", "whether the service gets it is not known"),
}


@frozen
class Page:
    """The whole text. `problems`: what could not be read here."""

    found: Installation
    manager: Manager
    view: View | None
    look: Look
    problems: Sequence[str] = ()

    def lines(self, variables: Sequence[Variable]) -> Iterator[str]:
        """The service, then variable by variable, then what could not be read and what to do."""
        yield from map(scrub, self.head())
        for item in variables:
            yield ""
            yield from map(scrub, self.variable(item))
        if not variables:
            yield "\nNo variable of a known provider is set anywhere."
        if ending := [*self.ending(variables)]:
            yield ""
            yield from map(scrub, ending)

    def head(self) -> Iterator[str]:
        """The service and its process."""
        if self.view is None:
            yield "Service  none is installed"
            yield f"         {self.manager.why}"
            return
        service, live = self.view.service, self.view.live
        if not service.installed:
            yield f"Gateway  process {service.pid}, which runs without a service"
            yield from restart_lines(self.view, "Restart  ")
            return
        state = service.state or {True: "running", False: "stopped", None: "state not known"}[service.active]
        process = f", process {service.pid}" if service.pid else ""
        yield f"Service  {service.unit}: {state}{process}"
        if not self.manager.reachable:
            yield f"         {self.manager.why}"
        if live and live.variables is None:
            yield f"Process  {live.reason}"
        yield from restart_lines(self.view, "Restart  ")

    def variable(self, item: Variable) -> Iterator[str]:
        """One variable: values, places, verdict."""
        owners = f" ({joined(list(item.providers))})" if item.providers else ""
        yield f"{item.name}{owners}"
        letters = {value: LETTERS[number % len(LETTERS)] for number, value in enumerate(distinct(item))}
        yield from (f"  {letter} = {value.fingerprint()}" for value, letter in letters.items())
        if letters:
            yield from self.table(item, letters)
        state, text = VERDICTS[item.verdict]
        if item.verdict == "not set" and self.problems:
            state, text = "warn", "not set in any place that could be read"
        if text:
            yield f"  {self.look.mark(state)} {text}"

    def table(self, item: Variable, letters: Mapping[Secret, str]) -> Iterator[str]:
        """A row for each place; one that both sides read is one row."""
        rows = [*self.rows(item, letters)]
        widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(2)]
        for row in (HEAD, *rows):
            yield f"  {row[0].ljust(widths[0])}  {row[1].ljust(widths[1])}  {row[2]}".rstrip()

    def rows(self, item: Variable, letters: Mapping[Secret, str]) -> Iterator[tuple[str, str, str]]:
        daemon = list(item.daemon or ())
        for held in item.ours:
            other = next((one for one in daemon if (one.where, one.value) == (held.where, held.value)), None)
            if other:
                daemon.remove(other)
            yield _cell(held, letters), _cell(other, letters), held.where
        for one in daemon:
            yield NOTHING, _cell(one, letters), one.where
        if item.live is not None and self.view and self.view.live:
            yield NOTHING, f"{letters[item.live]} runs", f"the running process, {self.view.live.pid}"

    def ending(self, variables: Sequence[Variable]) -> Iterator[str]:
        """What could not be read, and what to do."""
        if self.view:
            yield from (f"{self.look.mark('warn')} not known for the service: {text}" for text in self.view.unknown)
        home = str(self.found.home.user)
        yield from (f"{self.look.mark('bad')} could not be read: {with_tilde(text, home)}" for text in self.problems)
        verdicts = {item.verdict for item in variables}
        if "only here" in verdicts:
            path = self.found.home.short(self.found.home.env_file)
            who = "service" if self.view and self.view.service.installed else "gateway"
            yield f"The {who} reads {path}, not this shell: write the key there, then restart it."
        if self.view and (verdicts & {"only here", "old value runs"} or self.view.restart_needed):
            if not self.view.service.installed:
                yield "End the gateway, then start it again the way it was started."
            own = f"{self.look.name} gateway restart"  # has the manager read its changed unit first
            yield f"{self.look.arrow} {own if self.view.service.reload_needed else self.view.service.restart}"


def restart_lines(view: View, label: str) -> Iterator[str]:
    """Why a restart is needed, a file a line; nothing where none is."""
    if not view.restart_needed:
        return
    if not view.changed:
        yield f"{label}needed: {view.restart_why}"
        return
    yield f"{label}needed, because this changed after it was started:"
    yield from (f"{' ' * len(label)}{view.found.home.short(item.path)}" for item in view.changed)


def _cell(held: Held | None, letters: Mapping[Secret, str]) -> str:
    return NOTHING if held is None else f"{letters[held.value]} {held.state}"
