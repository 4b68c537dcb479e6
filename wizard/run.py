"""One onboarding: look, ask, review, apply, prove, examine. All I/O of the wizard is arranged here."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.handover import INSTALL_COMMAND
from wizard import facts as collecting
from wizard import proof, review, welcome
from wizard.flow import Ask, Review, next_step
from wizard.front import flags
from wizard.options import prefill
from wizard.page import page_for
from wizard.session import Session

if TYPE_CHECKING:
    from doctor.report import Report
    from openclaw.change.journal import Receipt
    from openclaw.invocation import Invocation
    from wizard.answers import Answers
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.options import Options
    from wizard.page import Page
    from wizard.proof import Proof
    from wizard.review import Prepared
    from wizard.session import Front

UNCHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an onboarding came to. `receipt` is None where there was nothing to change."""

    decision: Decision
    receipt: Receipt | None
    proof: Proof
    report: Report

    @property
    def code(self) -> Exit:
        """0 when the credential is in its place and is found there."""
        return Exit.OK if self.proof.proven else Exit.FAILED


def run(
    call: Invocation, options: Options, *, agent: str | None, interactive: bool, plain: bool, as_json: bool
) -> Exit:
    """Runs the wizard and returns its exit code."""
    if interactive:
        _need_terminal(call)
    page = page_for(call, sys.stderr if as_json else sys.stdout, person=interactive)
    facts = collecting.collect(call, agent)
    given = prefill(options, facts, call, _all_of_stdin(options, call))
    for notice in given.notices:
        click.echo(page.plain(f"Note: {notice}"), err=True)
    if given.troubles:
        raise flags.failure(list(given.troubles))
    if not interactive:
        return _unattended(call, page, given.answers, facts, as_json=as_json)
    front = front_for(call, page, plain=plain)
    return _attended(call, page, front, given.answers, facts, sure=options.yes)


def front_for(call: Invocation, page: Page, *, plain: bool) -> Front:
    """Lists where the terminal can draw them, numbered lines elsewhere."""
    from wizard.front import plain as lines

    if plain or lines.wanted(call.env, page.width):
        return lines.Plain(page)
    from wizard.front.tty import Tty

    return Tty(page)


def _attended(call: Invocation, page: Page, front: Front, answers: Answers, facts: Facts, *, sure: bool) -> Exit:
    try:
        welcome.show(page, facts, terminal=True)
        session = Session(front, page)
        answers, step = session.ask(answers, facts)
        prepared = review.prepare(step.decision, facts)
        review.show(page, prepared, step.decision, answers, facts)
        confirmed = sure or prepared.nothing or not isinstance(step, Review) or session.one(step.question) is True
    except (KeyboardInterrupt, EOFError):
        page.say()
        page.say(UNCHANGED)
        return Exit.INTERRUPTED
    if not confirmed:
        page.say(UNCHANGED)
        return Exit.FAILED
    return _finish(call, page, step.decision, prepared, facts).code


def _unattended(call: Invocation, page: Page, answers: Answers, facts: Facts, *, as_json: bool) -> Exit:
    answers = flags.complete(answers, facts)
    step = next_step(answers, facts)
    assert not isinstance(step, Ask)  # noqa: S101 - complete leaves no question open
    welcome.show(page, facts, terminal=False)
    prepared = review.prepare(step.decision, facts)
    review.show(page, prepared, step.decision, answers, facts)
    outcome = _finish(call, page, step.decision, prepared, facts)
    if as_json:
        click.echo(json.dumps(document(outcome, facts), indent=2, ensure_ascii=False))
    return outcome.code


def _finish(call: Invocation, page: Page, decision: Decision, prepared: Prepared, facts: Facts) -> Outcome:
    """From the yes to the last page."""
    receipt = None if prepared.nothing else apply(call, prepared, decision, facts)
    outcome = Outcome(decision, receipt, proof.prove(call, decision, facts.agent.id), proof.examine(call))
    page.say()
    if receipt:
        page.say("Written. To take it back:", style="good" if outcome.proof.proven else "")
        page.command("openclaw undo")
    if decision.provider and outcome.proof.proven:
        page.say(f"{decision.label}: the credential is found in {review.place(decision, facts)}.", style="good")
    if outcome.proof.why:
        page.say(outcome.proof.why, style="notice" if outcome.proof.proven else "bad")
    _last_page(call, page, outcome.report)
    _what_next(page, facts, changed=receipt is not None)
    return outcome


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
        title=f"onboard {decision.provider}".rstrip(),
        now=call.now,
    )


def document(outcome: Outcome, facts: Facts) -> dict[str, Any]:
    """The result for programs. Paths are absolute; secrets are nowhere."""
    decision, receipt = outcome.decision, outcome.receipt
    counts = outcome.report.counts()
    named = {"variable": decision.variable} if decision.place == "env" else {"profileId": decision.profile_id}
    credential = {"provider": decision.provider, "method": decision.method, "store": decision.place, **named}
    return {
        "ok": outcome.code == Exit.OK,
        "changed": receipt is not None and receipt.changed,
        **(credential if decision.provider else {"provider": None}),
        "agent": facts.agent.id,
        "files": [str(record.path) for record in receipt.files] if receipt else [],
        "receipt": receipt.id if receipt else None,
        "proven": outcome.proof.proven if decision.provider else None,
        "notes": [*decision.notices, *filter(None, [outcome.proof.why])],
        "doctor": {"errors": counts["error"], "warnings": counts["warning"]},
    }


def _last_page(call: Invocation, page: Page, report: Report) -> None:
    from doctor.render.human import Style, render

    page.say()
    page.say("Doctor", style="title")
    page.raw(render(report, user=call.user, style=Style(page.unicode, page.colour, page.width)))


def _what_next(page: Page, facts: Facts, *, changed: bool) -> None:
    page.say()
    if facts.found.era.program is None:
        page.say("OpenClaw itself was not found on PATH. To install it:")
        page.command(INSTALL_COMMAND)
    elif facts.service and facts.service.installed:
        page.say("Restart the gateway, so that it reads this:" if changed else "Should the gateway not know it yet:")
        page.command(facts.service.restart)
    else:
        page.say("Next, start the gateway:")
        page.command("openclaw gateway run")


def _need_terminal(call: Invocation) -> None:
    if call.stdin_tty and call.stdout_tty:
        return
    which = "standard input" if not call.stdin_tty else "standard output"
    raise UsageFailure(
        f"onboarding asks questions, and {which} is not a terminal",
        hint="give the answers as flags, the key by --key-file, --key-stdin or --key-env:",
        commands=("openclaw onboard --non-interactive --provider anthropic --key-env ANTHROPIC_API_KEY",),
    )


def _all_of_stdin(options: Options, call: Invocation) -> bytes | None:
    if not options.key_stdin:
        return None
    if call.stdin_tty:
        raise UsageFailure(
            "--key-stdin reads from a pipe, and standard input is a terminal",
            commands=("openclaw onboard --non-interactive --provider anthropic --key-stdin < key.txt",),
        )
    from openclaw.credentials.paste import LARGEST

    return sys.stdin.buffer.read(LARGEST + 1)
