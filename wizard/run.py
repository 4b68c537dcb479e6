"""One onboarding: look, ask, review, apply, prove, examine. All I/O of the wizard is arranged here."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.frozen import frozen, replace
from wizard import answersfile, finish, journal, review, terminal, welcome
from wizard.ending import ended
from wizard.flow import Done, Review, next_step, settled
from wizard.front import flags
from wizard.gathering import AT_FIRST, BEFORE_THE_END, Gathering
from wizard.page import page_for
from wizard.prefilling import prefill
from wizard.session import Session
from wizard.steps import handling
from wizard.verifying import Asker

if TYPE_CHECKING:
    from openclaw.errors import Failure
    from openclaw.invocation import Invocation
    from wizard.answers import Answers
    from wizard.facts import Facts
    from wizard.journal import Journal
    from wizard.options import Options
    from wizard.page import Page
    from wizard.review import Prepared
    from wizard.session import Front

UNCHANGED = "Nothing was changed."


@frozen
class Manner:
    """How a run is to go. `interactive`: somebody is asked."""

    interactive: bool = True
    plain: bool = False
    as_json: bool = False
    print_answers: bool = False
    resume: bool = False
    restart: bool = False
    verify: bool = True


def run(call: Invocation, options: Options, manner: Manner) -> Exit:
    """Runs the wizard and returns its exit code."""
    if options.only is not None:
        manner = replace(manner, interactive=manner.interactive and bool(options.only))
    if manner.interactive:
        _need_terminal(call, manner)
    quiet = manner.as_json or manner.print_answers
    page = page_for(call, sys.stderr if quiet else sys.stdout, person=manner.interactive)
    try:
        if not manner.interactive:
            with terminal.heard():
                return _unattended(call, page, options, manner)
        with terminal.kept(call, page.stream):
            return _attended(call, page, options, manner)
    except terminal.Ended as error:
        if not manner.interactive:
            ended(error.number, as_json=manner.as_json)
        raise SystemExit(error.code) from error


def front_for(call: Invocation, page: Page, *, plain: bool) -> Front:
    """Lists where the terminal can draw them, numbered lines elsewhere."""
    from wizard.front import plain as lines

    if plain or lines.wanted(call.env, page.width):
        return lines.Plain(page)
    from wizard.front.tty import Tty

    terminal.hush()
    return Tty(page)


@dataclass(slots=True)
class Reviewed:
    """The last page as it was shown: what it says is what is done."""

    call: Invocation
    page: Page
    sure: bool
    prepared: Prepared | None = None

    def show(self, step: Review, answers: Answers, facts: Facts) -> bool:
        """Shows it; returns whether the last question is to be asked."""
        answers, facts = settled(answers, facts)
        self.prepared = review.prepare(step.decision, facts, self.call)
        review.show(self.page, self.prepared, step.decision, answers, facts)
        return not (self.sure or self.prepared.nothing)


def _attended(call: Invocation, page: Page, options: Options, manner: Manner) -> Exit:
    source = Gathering(call, options.agent or None, verify=manner.verify and not manner.print_answers)
    facts = source.now()
    kept = journal.journal_for(facts.found.home.state, call)
    answers = _prepared_answers(call, page, options, manner, facts, kept)
    if options.only is not None:
        flags.complete(answers, replace(facts, verify=False), asked=options.only)
    front = front_for(call, page, plain=manner.plain or not call.stdout_tty)
    facts = source.now(AT_FIRST)
    welcome.show(page, facts, terminal=True)
    page.row("Keys", front.keys)
    asker = Asker(call, facts.found, page)
    last = Reviewed(call, page, options.yes)
    session = Session(
        front, page, answers, asker.ask, welcome.Later(page, facts).tell, last.show, options.only
    )  # fmt: skip
    if manner.print_answers:
        session.review = lambda *_: False
    else:
        session.answered = lambda given: kept.follow(given, call.now)
    try:
        done, facts = session.run(source)
    except (KeyboardInterrupt, EOFError, terminal.Ended) as error:
        return _left(call, page, session.answers, kept, error, print_answers=manner.print_answers)
    except Exception as error:
        if not isinstance(error, UsageFailure):
            kept.keep(session.answers, call.now)
        raise
    if manner.print_answers:
        return _printed(session.answers, facts)
    if not done.confirmed:
        kept.discard()
        page.say(UNCHANGED)
        return Exit.FAILED
    assert last.prepared is not None  # noqa: S101 - the last page comes before the last word
    answers, facts = settled(session.answers, source.now(BEFORE_THE_END))
    ending = finish.Ending(call, page, done.decision, last.prepared, facts, asker, answers)
    return _carried_out(ending, session.answers, kept, as_json=False)


def _unattended(call: Invocation, page: Page, options: Options, manner: Manner) -> Exit:
    from wizard.facts import collect

    facts = replace(collect(call, options.agent or None), verify=manner.verify and not manner.print_answers)
    kept = journal.journal_for(facts.found.home.state, call)
    answers = _prepared_answers(call, page, options, manner, facts, kept)
    if facts.broken and answers.text("handling") != handling.RESET:
        raise _with_a_way_out(facts.broken[0])
    asker = Asker(call, facts.found, page)
    answers = flags.complete(answers, facts, asker.ask)
    if manner.print_answers:
        return _printed(answers, facts)
    step = next_step(answers, facts)
    assert isinstance(step, Done)  # noqa: S101 - complete leaves no question open
    welcome.show(page, facts, terminal=False)
    answers, facts = settled(answers, facts)
    prepared = review.prepare(step.decision, facts, call)
    review.show(page, prepared, step.decision, answers, facts)
    ending = finish.Ending(call, page, step.decision, prepared, facts, asker, answers)
    return _carried_out(ending, answers, kept, as_json=manner.as_json)


def _with_a_way_out(broken: Failure) -> Failure:
    """Nothing can be added to what cannot be read; it can be mended by hand, or moved away."""
    broken.hint = f"{broken.hint}; " if broken.hint else ""
    broken.hint += "mend it, or begin anew with --reset, which moves it away and can be undone:"
    broken.commands = (*broken.commands, "openclaw onboard --reset")
    return broken


def _carried_out(ending: finish.Ending, answers: Answers, kept: Journal, *, as_json: bool) -> Exit:
    """The journal goes first: the doctor on the last page would tell of it. What fails can be resumed."""
    kept.discard()
    try:
        return ending.carry_out(as_json=as_json)
    except (Exception, KeyboardInterrupt, terminal.Ended):
        kept.keep(answers, ending.call.now)
        raise


def _prepared_answers(
    call: Invocation, page: Page, options: Options, manner: Manner, facts: Facts, kept: Journal
) -> Answers:
    """What flags, the answers file and the journal say, in this order. Raises UsageFailure with all that is wrong."""
    given = prefill(options, facts, call, _all_of_stdin(options, call))
    for notice in given.notices:
        click.echo(page.plain(f"Note: {notice}"), err=True)
    if given.troubles:
        raise flags.failure(list(given.troubles))
    answers = given.answers
    if manner.print_answers and answers.get("secret") is None:
        from openclaw.secret import Secret

        answers = answers.give("secret", Secret("-"), "default", sure=True)
    if manner.restart:
        kept.discard()
    return _resumed(page, answers, manner, kept)


def _resumed(page: Page, answers: Answers, manner: Manner, kept: Journal) -> Answers:
    before = kept.read()
    if before is None:
        if manner.resume:
            click.echo(page.plain("Note: there is no interrupted onboarding to go on with; this one begins."), err=True)
        return answers
    if manner.resume:
        for text in journal.told(answers, before):
            page.say(text, style="notice")
        return journal.taken_over(answers, before)
    if manner.interactive:
        page.say("An interrupted onboarding is kept here. To go on with it, leave (Ctrl-C) and type:", style="notice")
        page.command("openclaw onboard --resume")
    return answers


def _left(
    call: Invocation, page: Page, answers: Answers, kept: Journal, error: BaseException, *, print_answers: bool
) -> Exit:
    """Somebody left, or a signal ended it. Only our own journal was written."""
    page.say()
    page.say(UNCHANGED)
    if not print_answers and kept.keep(answers, call.now):
        page.say("Your answers are kept, without the secret. To go on:")
        page.command("openclaw onboard --resume")
    if isinstance(error, terminal.Ended):
        raise error
    return Exit.INTERRUPTED


def _printed(answers: Answers, facts: Facts) -> Exit:
    """The answers as a file, on standard output; a variable in place of each secret."""
    from wizard import chosen

    answers, facts = settled(answers, facts)
    variable = chosen.variable(answers, facts) or "OPENCLAW_ONBOARD_KEY"
    wanted = chosen.provider_id(answers) not in ("", chosen.SKIP) and answers.text("handling") != "keep"
    click.echo(answersfile.render(answers, {"secret": variable} if wanted else {}), nl=False)
    return Exit.OK


def _need_terminal(call: Invocation, manner: Manner) -> None:
    if call.stdin_tty and (call.stdout_tty or (manner.print_answers and sys.stderr.isatty())):
        return
    which = "standard input" if not call.stdin_tty else "standard output"
    raise UsageFailure(
        f"onboarding asks questions, and {which} is not a terminal",
        hint="give the answers as flags or in a file (--answers), the key by --key-file, --key-stdin or --key-env:",
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
