"""The review page: every answer with its source, what is replaced, and the redacted diff of every file."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from openclaw.change import atomic, compose, preview
from openclaw.change.plan import Run
from openclaw.frozen import frozen
from openclaw.secret import Secret, fingerprint, length_and_end
from wizard import chosen, rivals, servicing
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


HANDLED = {
    "keep": "kept as it is",
    "modify": "stays; a credential is added or changed",
    "reset": "moved away, to begin anew",
}
VERIFIED = {
    "accepted": "yes, the provider accepts it",
    "rejected": "no, the provider refuses it",
    "unsure": "no, the provider's answer does not tell",
    "unreached": "no, the provider was not reached",
}


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
        page.row(name, text)
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
    """(name, answer and where it came from)."""
    if answers.get("handling"):
        yield "Existing", f"{HANDLED[answers.text('handling')]}{_origin(answers, 'handling')}"
    if decision.provider:
        yield from _credential(decision, answers, facts)
    for item in decision.settings:
        yield item.path, f"{item.shown} ({item.origin})"
    if decision.service or decision.pending:
        later = f": pending, because {decision.pending}" if decision.pending else ""
        yield "Service", f"{answers.text('service')}{_origin(answers, 'service')}{later}"


def _credential(decision: Decision, answers: Answers, facts: Facts) -> Iterator[tuple[str, str]]:
    yield "Provider", f"{decision.label}{_origin(answers, 'provider')}"
    if chosen.has_methods(answers, facts):
        yield "Method", f"{decision.method}{_origin(answers, 'method')}"
    if decision.entry and chosen.is_custom(answers):
        yield "Address", f"{decision.entry.base_url}, {decision.entry.api}{_origin(answers, 'base_url')}"
    what = "Token" if decision.kind == "token" else "Key"
    yield what, f"{length_and_end(decision.secret.reveal())}{_origin(answers, 'secret')}"
    if decision.verified:
        yield "Verified", VERIFIED[decision.verified]
    where = "rival" if rivals.settled(answers, facts)[1] else "place"
    yield "Kept in", f"{place(decision, facts)}{_origin(answers, where)}"
    if len(facts.stores) > 1 or answers.get("agent"):
        yield "Agent", f"{facts.agent.id}{_origin(answers, 'agent')}"
    if decision.model_asked or chosen.is_custom(answers):
        yield "Model", f"{decision.model}{_origin(answers, 'model')}"


def place(decision: Decision, facts: Facts) -> str:
    """Where the credential goes, in words."""
    if decision.place == "env":
        return f"{facts.found.home.short(facts.found.home.env_file)} as {decision.variable}"
    return f"auth profile {decision.profile_id} of agent {facts.agent.id}"


def replaced(decision: Decision, facts: Facts) -> Iterator[str]:
    """What another value of the same name was there, by fingerprint."""
    if not decision.provider:
        return
    old: Secret | None = None
    if decision.place == "env":
        layer = facts.found.environment.layer("state")
        value = layer.values.get(decision.variable, "") if layer else ""
        old = Secret(value) if value else None
    elif present := facts.store.profiles.get(decision.profile_id):
        old = present.secret
    if old and old != decision.secret:
        name = decision.variable or decision.profile_id
        yield f"{name} has another value ({fingerprint(old.reveal())}), which is replaced."


def _origin(answers: Answers, question: str) -> str:
    answer = answers.get(question)
    return f" ({answer.origin})" if answer else ""
