"""`models auth which` for people: a table for each provider, as `aws configure list` has it.

Where a row is too long for the terminal, its cells stand below each other: nothing is cut off or wrapped.
"""

from __future__ import annotations

from shlex import quote
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from openclaw.commands.status_text import KINDS, SHOWN
from openclaw.commands.which import place
from openclaw.credentials.showing import identified
from openclaw.probing.report import facts_of
from openclaw.probing.text import last_answer
from openclaw.redact import scrub
from openclaw.text import joined, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.commands.status_text import Look
    from openclaw.config.views import Agent
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Candidate, Resolution
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation
    from openclaw.record import Last

SOURCES = {"env": "variable", "config": "key in the config", "aws": "AWS credentials", "adc": "gcloud login"}
SOON = 24 * 60 * 60 * 1000  # milliseconds before the expiry, from which on it is worth a mark


class Row(NamedTuple):
    """One candidate in words. `state` is one of the marks of `Look`."""

    state: str
    used: str
    name: str
    value: str
    where: str
    what: str
    why: str


HEAD = ("used", "name", "value", "where", "what", "why not")


class Page(NamedTuple):
    """The text for one agent. `width`: columns that a row may take."""

    found: Installation
    agent: Agent
    store: Store
    look: Look
    width: int = 80
    known: Mapping[str, Last] = MappingProxyType({})

    def lines(self, resolutions: list[Resolution]) -> Iterator[str]:
        """All of it, provider by provider."""
        for number, resolution in enumerate(resolutions):
            if number:
                yield ""
            yield scrub(f"{resolution.provider}: agent {self.agent.id}, {self.role(resolution.provider)}")
            yield from self.table(resolution)
            yield from self.after(resolution)
        if any(resolution.winner for resolution in resolutions):
            yield ""
            asked = any(self.asked(item, found.provider) for found in resolutions for item in found.chain)
            again = f"{self.look.name} models status --probe"
            yield f"To ask again: {again}" if asked else "No provider was asked whether it accepts them."

    def role(self, provider: str) -> str:
        """Which of the agent's models are of the provider."""
        from openclaw.credentials.status import models_in_use

        store = None if self.found.config.exists else self.found.store_of(self.agent)
        roles = models_in_use(self.found.models(self.agent, store))
        return joined([f"{role} {item.key}" for role, item in roles if item.provider == provider]) or "in no model"

    # ---- the table -------------------------------------------------------------------------------------------------

    def table(self, resolution: Resolution) -> Iterator[str]:
        """The candidates, the one that is used first."""
        chain = sorted(resolution.chain, key=lambda item: item is not resolution.winner)
        rows = [self.row(item, resolution) for item in chain[:SHOWN]]
        if not rows:
            return
        yield ""
        table = [HEAD, tuple("-" * len(name) for name in HEAD), *(row[1:] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        if 4 + sum(widths) + 2 * (len(widths) - 1) <= self.width:
            marks = [" ", " ", *(self.look.mark(row.state) for row in rows)]
            for mark, cells in zip(marks, table, strict=True):
                padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
                yield f"  {mark} {'  '.join(padded)}".rstrip()
        else:
            yield from self.stacked(rows)
        if len(chain) > SHOWN:
            yield f"\n  and {len(chain) - SHOWN} more: {self.look.name} models auth which --json"

    def stacked(self, rows: list[Row]) -> Iterator[str]:
        """`used` and the name, and below them what else there is to say, each in a line of its own."""
        for number, row in enumerate(rows):
            if number:
                yield ""
            yield (
                f"  {self.look.mark(row.state)} {'used' if row.used == 'yes' else 'not used'}".ljust(
                    14 + len(self.look.mark(row.state)) - 1
                )
                + row.name
            )
            for label, cell in zip(HEAD[2:], row[3:], strict=True):
                if cell not in ("", "-"):
                    yield f"{label:>12}  {cell}"

    def row(self, item: Candidate, resolution: Resolution) -> Row:
        """A candidate in words, without secrets and control characters."""
        used = item is resolution.winner
        value = scrub(identified(item.secret.reveal(), self.found.environment)) if item.secret else "-"
        if item.profile and item.profile.reference:
            value = "a reference: the secret stands elsewhere"
        what = self.stored(item.profile) if item.profile else SOURCES.get(item.kind, "")
        facts = self.asked(item, resolution.provider)
        what = "; ".join(filter(None, (what, last_answer(facts, self.found.now))))
        why = "" if item.why == "used" else item.why
        where = place(item, self.found, self.store) or "-"
        words = (scrub(item.name), value, scrub(where), scrub(what), scrub(why))
        state = "bad" if used and facts.get("accepted") is False else self.state(item, used=used)
        return Row(state, "yes" if used else "no", *words)

    def asked(self, item: Candidate, provider: str) -> dict[str, Any]:
        """The facts about a candidate whose provider was ever asked; none of another one."""
        facts = facts_of(item, provider, self.found.now, self.known, newer=self.store.kind == "sqlite")
        return facts if "lastAnswer" in facts else {}

    def state(self, item: Candidate, *, used: bool) -> str:
        """The mark: an expiry that is near, or over with a refresh to come, is worth looking at."""
        if not used:
            return "lost"
        expiry = item.profile.expiry if item.profile and item.profile.type != "api_key" else None
        return "warn" if expiry is not None and expiry - self.found.now <= SOON else "good"

    def stored(self, profile: Profile) -> str:
        """`stored token, expires in 29d, held back for 2h`; 2026.9 may hold it back for one model alone."""
        parts = [KINDS[profile.type] + (f" ({profile.email})" if profile.email else "")]
        if profile.type != "api_key" and profile.expiry is not None:
            left = profile.expiry - self.found.now
            parts.append(f"expires in {remaining(left)}" if left > 0 else f"expired {remaining(-left)} ago")
        held = self.store.unusable_until(profile.id) - self.found.now
        if held > 0:
            model = self.store.held_model(profile.id, self.found.now)
            parts.append(f"held back for {remaining(held)}" + (f" by a cooldown of {model} alone" if model else ""))
        return ", ".join(parts)

    # ---- what follows from it --------------------------------------------------------------------------------------

    def after(self, resolution: Resolution) -> Iterator[str]:
        """What to know about the winner, or what to do where there is none."""
        winner = resolution.winner
        if winner is None:
            yield ""
            yield f"  {self.look.mark('bad')} " + ("nothing that can be used" if resolution.chain else "no credential")
            yield f"  {self.look.arrow} {self.look.name} {scrub(self.remedy(resolution))}"
        elif winner.kind == "env" and self.only_here(winner.name):
            file = self.found.home.short(self.found.home.env_file)
            yield ""
            yield f"  {self.look.mark('warn')} a gateway that runs as a service does not see it; it reads {file}"

    def only_here(self, name: str) -> bool:
        """Whether only this shell, or the `.env` of its directory, has the variable."""
        layer = self.found.environment.origin.get(name)
        return layer is None or layer.name in ("process", "cwd")

    def remedy(self, resolution: Resolution) -> str:
        """The command of this program that helps: a held-back profile is released, else one is needed."""
        held = (
            item.name
            for item in resolution.chain
            if item.expected and self.store.kind == "json" and self.store.unusable_until(item.name) > self.found.now
        )
        name = next(held, None)
        return f"models auth clear-cooldown {quote(name)}" if name else f"onboard --provider {resolution.provider}"
