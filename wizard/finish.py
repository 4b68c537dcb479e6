"""From the yes to the end: apply, the service, proof, the doctor's page, what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.exits import Exit
from openclaw.frozen import frozen
from wizard import chosen, ending, proof, review, servicing
from wizard.ending import Outcome
from wizard.terminal import Ended

if TYPE_CHECKING:
    from doctor.report import Report
    from openclaw.change.journal import Receipt
    from openclaw.invocation import Invocation
    from wizard.answers import Answers
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.page import Page
    from wizard.review import Prepared
    from wizard.verifying import Asker


@frozen
class Ending:
    """What was agreed to, and where it is done."""

    call: Invocation
    page: Page
    decision: Decision
    prepared: Prepared
    facts: Facts
    asker: Asker
    answers: Answers

    def carry_out(self, *, as_json: bool) -> Exit:
        """Does it. Who leaves after the change is told that there was one."""
        receipt: Receipt | None = None
        try:
            receipt = apply(self.call, self.prepared, self.decision, self.facts) if self.prepared.plan else None
            if receipt and receipt.changed:
                from openclaw.commands.carrying import check_gateway

                check_gateway(self.prepared.plan, receipt, self.call)  # the restart is said on the last page
            self._remember()
            outcome = self._finish(receipt)
            if as_json:
                ending.show_document(ending.document(outcome, self.facts))
        except (KeyboardInterrupt, Ended):
            receipt = receipt or (_just_written(self.call, self.decision, self.facts) if self.prepared.plan else None)
            if receipt is None or not receipt.changed:
                raise
            ending.stopped(receipt, self.decision, self.facts, name=self.page.program, as_json=as_json)
            return Exit.INTERRUPTED
        return outcome.code

    def _remember(self) -> None:
        if self.decision.provider:
            name = self.decision.variable or self.decision.profile_id
            self.asker.remember(chosen.credential(self.answers, self.facts), name)

    def _finish(self, receipt: Receipt | None) -> Outcome:
        """What comes after the change: the service, does it work, and what is next."""
        idle = self.decision.idle and not self.prepared.commands
        served = servicing.NOTHING
        if not idle:
            served = servicing.carry_out(self.call, self.decision, self.facts, self.prepared.service)
        report = proof.examine(self.call)
        agent = self.facts.agent.id
        found = proof.agreed(proof.prove(self.call, self.decision, agent), report, self.decision, agent)
        outcome = Outcome(self.decision, receipt, found, report, served)
        self._tell(outcome)
        return outcome

    def _tell(self, outcome: Outcome) -> None:
        page, decision, facts, receipt = self.page, self.decision, self.facts, outcome.receipt
        page.say()
        later = outcome.served.receipt is not None
        for said, command in ending.ways_back(receipt, decision, facts, later=later) if receipt else ():
            page.say(said, style="good" if outcome.proof.proven else "")
            page.command(command)
        if decision.provider and outcome.proof.proven:
            page.say(f"{decision.label}: the credential is found in {review.place(decision, facts)}.", style="good")
        self._tell_verified()
        if outcome.proof.why:
            page.say(outcome.proof.why, style="notice" if outcome.proof.proven else "bad")
        ending.about_service(page, outcome.served)
        _last_page(self.call, page, outcome.report)
        ending.monitoring(page, decision)
        ending.what_next(page, facts, outcome.report, changed=receipt is not None, served=outcome.served)

    def _tell_verified(self) -> None:
        said = {
            "accepted": (f"{self.decision.label} accepts it.", "good"),
            "unreached": ("Saved, not verified: the provider was not reached.", "notice"),
            "unsure": ("Saved, not verified: the provider's answer does not tell.", "notice"),
            "rejected": ("Saved, although the provider refuses it.", "bad"),
        }.get(self.decision.verified)
        if said:
            self.page.say(said[0], style=said[1])


def apply(call: Invocation, prepared: Prepared, decision: Decision, facts: Facts) -> Receipt:
    """Carries the plan out; what it was can be undone."""
    from openclaw.change import apply as applying
    from openclaw.change import journal

    home = facts.found.home
    return applying.apply(
        prepared.plan,
        journal=journal.open_for(home.state, call.env, call.user),
        home=home.user,
        lock_era="file" if facts.newer else "directory",
        title=_title(decision),
        now=call.now,
    )


def _just_written(call: Invocation, decision: Decision, facts: Facts) -> Receipt | None:
    """The receipt of a change that was complete when the signal came."""
    from openclaw.change import journal

    latest = next(iter(journal.open_for(facts.found.home.state, call.env, call.user).receipts()), None)
    ours = latest and latest.state == "done" and (latest.at, latest.title) == (call.now, _title(decision))
    return latest if ours else None


def _title(decision: Decision) -> str:
    return f"onboard {decision.provider}".rstrip()


def _last_page(call: Invocation, page: Page, report: Report) -> None:
    from doctor.render.human import Style, render

    page.say()
    page.say("Doctor", style="title")
    page.raw(render(report, user=call.user, style=Style(page.unicode, page.colour, page.width)))
