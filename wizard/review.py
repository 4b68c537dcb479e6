"""The review page: every answer with its source, what is replaced, and the redacted diff of every file."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from openclaw.change import atomic, compose, preview
from openclaw.change.plan import Run
from openclaw.frozen import frozen
from openclaw.secret import Secret, fingerprint
from openclaw.text import joined
from wizard import reviewing, servicing
from wizard.decision import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.change.plan import Plan
    from openclaw.change.preview import FileChange
    from openclaw.invocation import Invocation
    from wizard.answers import Answers
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.page import Page


@frozen
class Prepared:
    """A plan and what it would do, composed from the files as they are."""

    plan: Plan = field(repr=False)
    changes: tuple[FileChange, ...] = ()
    service: Plan = field(default=(), repr=False)
    service_changes: tuple[FileChange, ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether everything is in its place already, and nothing is to be done about the service."""
        return not (self.changes or self.service_changes or self.commands)


def prepare(decision: Decision, facts: Facts, call: Invocation) -> Prepared:
    """The plans of a decision and their preview. Writes nothing. A plan of which every file has all of it is empty."""
    plan = plan_of(decision, facts)
    drafts = compose.compose(plan, atomic.read)
    if not drafts and not any(isinstance(change, Run) for change in plan):
        plan = ()
    if decision.idle and not plan:
        return Prepared(())
    service = servicing.planned(call, decision, facts)
    return Prepared(
        plan,
        preview.preview(plan, drafts, facts.found.home.user) if plan else (),
        service,
        servicing.preview(service, call),
        tuple(servicing.commands(decision, facts)),
    )


def show(page: Page, prepared: Prepared, decision: Decision, answers: Answers, facts: Facts) -> None:
    """Prints the page."""
    page.say()
    page.say("Review", style="title")
    for name, text in rows(decision, answers, facts):
        page.row(name, text, at=14)
    for notice in (*replaced(decision, facts), *decision.notices):
        page.say(f"Note: {notice}", style="notice")
    page.say()
    if prepared.nothing:
        page.say("All of it is in its place: there is nothing to change.")
    else:
        page.diff(preview.text((*prepared.changes, *prepared.service_changes)))
    for command in prepared.commands:
        page.say("Then this runs:")
        page.command(command)


def rows(decision: Decision, answers: Answers, facts: Facts) -> Iterator[tuple[str, str]]:
    """(name, answer and where it came from): every answer, and what is decided where nobody was asked."""
    told = reviewing.Told(decision, answers, facts)
    credential = reviewing.credential(told, joined(places(decision, facts))) if decision.provider else ()
    yield from (*reviewing.before(told), *credential, *reviewing.after(told), *reviewing.rest(told))


def place(decision: Decision, facts: Facts) -> str:
    """Where the credential goes, in words."""
    if decision.place == "env":
        return f"{facts.found.home.short(facts.found.home.env_file)} as {decision.variable}"
    return f"auth profile {decision.profile_id} of agent {decision.agent or facts.agent.id}"


def places(decision: Decision, facts: Facts) -> list[str]:
    """Where it goes for each agent; what they share is named once."""
    return list(dict.fromkeys(place(item, facts) for item in (decision, *decision.others)))


def replaced(decision: Decision, facts: Facts) -> Iterator[str]:
    """What another value of the same name was there, by fingerprint; each once."""
    every = (decision, *decision.others) if decision.provider else ()
    yield from dict.fromkeys(text for item in every for text in _replaced(item, facts.of_agent(item.agent)))


def _replaced(decision: Decision, facts: Facts) -> Iterator[str]:
    old: Secret | None = None
    if decision.place == "env":
        layer = facts.found.environment.layer("state")
        value = layer.values.get(decision.variable, "") if layer else ""
        old = Secret(value) if value else None
    elif present := facts.store.profiles.get(decision.profile_id):
        old = present.secret
    if old and old != decision.secret:
        name = decision.variable or decision.profile_id
        if decision.place != "env" and len(facts.stores) > 1:
            name += f" of agent {facts.store.owner(decision.profile_id).agent}"
        yield f"{name} has another value ({fingerprint(old.reveal())}), which is replaced."
