"""The review page: every answer with its source, what is replaced, and the redacted diff of every file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openclaw.change import atomic, compose, preview
from openclaw.change.plan import Run
from openclaw.secret import Secret, fingerprint, length_and_end
from wizard import chosen, rivals
from wizard.decision import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.change.plan import Plan
    from openclaw.change.preview import FileChange
    from wizard.answers import Answers
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.page import Page


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan and what it would do, composed from the files as they are."""

    plan: Plan = field(repr=False)
    changes: tuple[FileChange, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether everything is in its place already."""
        return not self.changes


def prepare(decision: Decision, facts: Facts) -> Prepared:
    """The plan of a decision and its preview. Writes nothing. A plan of which every file has all of it is empty."""
    plan = plan_of(decision, facts)
    drafts = compose.compose(plan, atomic.read)
    if not drafts and not any(isinstance(change, Run) for change in plan):
        return Prepared(())
    return Prepared(plan, preview.preview(plan, drafts, facts.found.home.user))


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
        page.diff(preview.text(prepared.changes))


def rows(decision: Decision, answers: Answers, facts: Facts) -> Iterator[tuple[str, str]]:
    """(name, answer and where it came from)."""
    if not decision.provider:
        return
    name = "more" if answers.text("provider") == chosen.MORE else "provider"
    yield "Provider", f"{decision.label}{_origin(answers, name)}"
    if decision.entry and chosen.is_custom(answers):
        yield "Address", f"{decision.entry.base_url}, {decision.entry.api}{_origin(answers, 'base_url')}"
    what = "Token" if decision.kind == "token" else "Key"
    yield what, f"{length_and_end(decision.secret.reveal())}{_origin(answers, 'secret')}"
    where = "rival" if rivals.settled(answers, facts)[1] else "place"
    yield "Kept in", f"{place(decision, facts)}{_origin(answers, where)}"
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
