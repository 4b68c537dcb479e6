"""From the yes to the end: apply, the service, proof, the doctor's page, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openclaw.exits import Exit
from openclaw.frozen import frozen
from openclaw.text import joined
from wizard import chosen, ending, proof, review, servicing
from wizard.ending import Outcome
from wizard.terminal import Ended, deaf, look

if TYPE_CHECKING:
    from doctor.report import Report
    from openclaw.change.journal import Receipt
    from openclaw.invocation import Invocation
    from wizard.answers import Answers
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.monitoring import Watch
    from wizard.page import Page
    from wizard.review import Prepared
    from wizard.servicing import Served
    from wizard.verifying import Asker


@dataclass(slots=True)
class Progress:
    """How far it has come, for whoever leaves on the way. `serving`: something is being done about the service."""

    receipt: Receipt | None = None
    serving: bool = False
    served: Served = servicing.NOTHING


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
        progress = Progress()
        try:
            look()
            if self.prepared.plan:
                progress.receipt = apply(self.call, self.prepared, self.decision, self.facts)
                self._look_at_the_gateway(progress.receipt)
            self._remember()
            outcome = self._finish(progress)
            look()
            if as_json:
                with deaf():  # whoever reads it gets one document, and the whole of it
                    ending.show_document(ending.document(outcome, self.facts))
        except (KeyboardInterrupt, Ended) as error:
            if not self._left(progress, as_json=as_json):
                raise
            if isinstance(error, Ended):
                raise SystemExit(error.code) from error
            return Exit.INTERRUPTED
        return outcome.code

    def _left(self, progress: Progress, *, as_json: bool) -> bool:
        """Tells what was done when somebody left on the way, and how it is taken back; False where nothing was."""
        receipt, served = progress.receipt, progress.served
        if receipt is None and self.prepared.plan:
            receipt = _just_written(self.call, self.facts, _title(self.decision))
        if progress.serving:
            written = _just_written(self.call, self.facts, servicing.TITLE) if self.prepared.service else None
            served = servicing.Served("interrupted", receipt=written)
        if not (served.state not in ending.UNDONE or (receipt and receipt.changed)):
            return False
        with deaf():
            ending.stopped(receipt, self.decision, self.facts, served, name=self.page.program, as_json=as_json)
        return True

    def _look_at_the_gateway(self, receipt: Receipt) -> None:
        from openclaw.commands.carrying import check_gateway

        if receipt.changed:
            check_gateway(self.prepared.plan, receipt, self.call)  # the restart is said on the last page

    def _remember(self) -> None:
        if self.decision.provider:
            names = [item.variable or item.profile_id for item in (self.decision, *self.decision.others)]
            for name in dict.fromkeys(names):
                self.asker.remember(chosen.credential(self.answers, self.facts), name)

    def _finish(self, progress: Progress) -> Outcome:
        """What comes after the change: the service, does it work, and what is next."""
        look()
        if not (self.decision.idle and not self.prepared.commands):
            progress.serving = bool(self.decision.service)
            progress.served = servicing.carry_out(self.call, self.decision, self.facts, self.prepared.service)
            progress.serving = False
        look()
        report = proof.examine(self.call)
        found = proof.of_all(self.call, self.decision, report)
        outcome = Outcome(self.decision, progress.receipt, found, report, progress.served, self._watch())
        self._tell(outcome)
        return outcome

    def _watch(self) -> Watch | None:
        """How to be told before it expires, where that was wanted."""
        if not self.decision.monitor:
            return None
        from openclaw.platforms import host_kind
        from wizard.monitoring import watch

        return watch(self.page.program, host_kind(self.call.env), self.facts.manager.kind, self.call.env)

    def _tell(self, outcome: Outcome) -> None:
        page, decision, facts, receipt = self.page, self.decision, self.facts, outcome.receipt
        page.say()
        for said, command in ending.ways_back(receipt, decision, facts, outcome.served):
            page.say(said, style="good" if outcome.proof.proven else "")
            page.command(command)
        if decision.provider and outcome.proof.proven:
            where = joined(review.places(decision, facts))
            page.say(f"{decision.label}: the credential is found in {where}.", style="good")
        self._tell_verified()
        if outcome.proof.why:
            page.say(outcome.proof.why, style="notice" if outcome.proof.proven else "bad")
        ending.about_service(page, outcome.served)
        _last_page(self.call, page, outcome.report)
        if outcome.watch:
            ending.monitoring(page, outcome.watch)
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


def _just_written(call: Invocation, facts: Facts, title: str) -> Receipt | None:
    """The receipt of a change that was complete when the signal came."""
    from openclaw.change import journal

    latest = next(iter(journal.open_for(facts.found.home.state, call.env, call.user).receipts()), None)
    ours = latest and latest.state == "done" and (latest.at, latest.title) == (call.now, title)
    return latest if ours else None


def _title(decision: Decision) -> str:
    return f"onboard {decision.provider}".rstrip()


def _last_page(call: Invocation, page: Page, report: Report) -> None:
    from doctor.render.human import Style, render

    page.say()
    page.say("Doctor", style="title")
    page.raw(render(report, user=call.user, style=Style(page.unicode, page.colour, page.width)))
