"""One onboarding: look, ask, review, apply, prove, examine. All I/O of the wizard is arranged here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from wizard import ending, proof, review, welcome
from wizard import facts as collecting
from wizard.ending import Outcome
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
    from wizard.review import Prepared
    from wizard.session import Front

UNCHANGED = "Nothing was changed."


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
    return _carry_out(call, page, step.decision, prepared, facts, as_json=False)


def _unattended(call: Invocation, page: Page, answers: Answers, facts: Facts, *, as_json: bool) -> Exit:
    answers = flags.complete(answers, facts)
    step = next_step(answers, facts)
    assert not isinstance(step, Ask)  # noqa: S101 - complete leaves no question open
    welcome.show(page, facts, terminal=False)
    prepared = review.prepare(step.decision, facts)
    review.show(page, prepared, step.decision, answers, facts)
    return _carry_out(call, page, step.decision, prepared, facts, as_json=as_json)


def _carry_out(
    call: Invocation, page: Page, decision: Decision, prepared: Prepared, facts: Facts, *, as_json: bool
) -> Exit:
    """From the yes to the end. Who leaves after the change is told that there was one."""
    receipt: Receipt | None = None
    try:
        receipt = None if prepared.nothing else apply(call, prepared, decision, facts)
        if receipt and receipt.changed:
            from openclaw.commands.carrying import check_gateway

            check_gateway(prepared.plan, receipt, call)  # the restart is said at the end of the last page
        outcome = _finish(call, page, decision, receipt, facts)
        if as_json:
            ending.show_document(ending.document(outcome, facts))
    except KeyboardInterrupt:
        receipt = receipt or (None if prepared.nothing else _just_written(call, decision, facts))
        if receipt is None or not receipt.changed:
            raise
        ending.stopped(receipt, decision, facts, name=page.program, as_json=as_json)
        return Exit.INTERRUPTED
    return outcome.code


def _just_written(call: Invocation, decision: Decision, facts: Facts) -> Receipt | None:
    """The receipt of a change that was complete when the signal came."""
    from openclaw.change import journal

    latest = next(iter(journal.open_for(facts.found.home.state, call.env, call.user).receipts()), None)
    ours = latest and latest.state == "done" and (latest.at, latest.title) == (call.now, _title(decision))
    return latest if ours else None


def _finish(call: Invocation, page: Page, decision: Decision, receipt: Receipt | None, facts: Facts) -> Outcome:
    """What comes after the change: does it work, and what is next."""
    report = proof.examine(call)
    found = proof.agreed(proof.prove(call, decision, facts.agent.id), report, decision, facts.agent.id)
    outcome = Outcome(decision, receipt, found, report)
    page.say()
    for said, command in ending.ways_back(receipt, decision, facts) if receipt else ():
        page.say(said, style="good" if outcome.proof.proven else "")
        page.command(command)
    if decision.provider and outcome.proof.proven:
        page.say(f"{decision.label}: the credential is found in {review.place(decision, facts)}.", style="good")
    if outcome.proof.why:
        page.say(outcome.proof.why, style="notice" if outcome.proof.proven else "bad")
    _last_page(call, page, outcome.report)
    ending.what_next(page, facts, outcome.report, changed=receipt is not None)
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
        title=_title(decision),
        now=call.now,
    )


def _title(decision: Decision) -> str:
    return f"onboard {decision.provider}".rstrip()


def _last_page(call: Invocation, page: Page, report: Report) -> None:
    from doctor.render.human import Style, render

    page.say()
    page.say("Doctor", style="title")
    page.raw(render(report, user=call.user, style=Style(page.unicode, page.colour, page.width)))


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
