"""`openclaw models auth paste-token`: a token from a hidden prompt, or all of standard input where that is none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openclaw.commands.carrying import carry_out, note
from openclaw.errors import Failure, UsageFailure
from openclaw.invocation import Invocation
from openclaw.text import js_trim, one_line

if TYPE_CHECKING:
    from openclaw.change.journal import Receipt
    from openclaw.config.views import Agent
    from openclaw.credentials.paste import Pasted
    from openclaw.credentials.storing import Deposit
    from openclaw.installation import Installation


@click.command("paste-token")
@click.option("--provider", required=True, metavar="ID", help="The provider that the token is for.")
@click.option("--profile-id", metavar="ID", help="The profile to store it as; default: <provider>:manual.")
@click.option("--expires-in", metavar="DURATION", help="When it expires: 365d, 12h, 30m; a bare number means days.")
@click.option("--agent", metavar="ID", help="The agent; default: the configured default agent.")
@click.option("--anyway", is_flag=True, help="Store a value even though it does not look like a token.")
@click.pass_context
def paste_token(
    ctx: click.Context,
    provider: str,
    profile_id: str | None,
    expires_in: str | None,
    agent: str | None,
    *,
    anyway: bool,
) -> None:
    """Store a token that was made elsewhere.

    On a terminal it asks without showing what is typed; otherwise it reads all of standard input.
    """
    from openclaw import installation
    from openclaw.credentials import storing
    from openclaw.credentials.duration import parse_duration
    from openclaw.providers.names import normalise

    name = normalise(provider)
    if not name:
        raise UsageFailure("--provider is blank", hint="for example: --provider anthropic")
    call = Invocation.of_process(ctx.obj)
    lasts = parse_duration(expires_in) if expires_in and js_trim(expires_in) else None
    found = installation.load(call).require_valid()
    chosen = found.agent(agent or ctx.meta.get("agent"))
    pasted = _read(call, name)
    _check(pasted, name, anyway=anyway)
    expires = None if lasts is None else found.now + lasts
    deposit = storing.Deposit(name, "token", pasted.secret, js_trim(profile_id or ""), expires)
    receipt = carry_out(found, storing.profile_plan(found, deposit, chosen), f"store {deposit.id}", call)
    if found.era.name == "unknown":
        note("No OpenClaw was found here; OpenClaw 2026.6 and later imports this file with its `doctor --fix`.")
    _tell(installation.load(call), deposit, chosen, receipt)


def _read(call: Invocation, provider: str) -> Pasted:
    from openclaw.credentials import paste

    if not call.stdin_tty:
        return paste.from_pipe(sys.stdin.buffer.read(paste.LARGEST + 1))
    from openclaw.hidden import read_hidden

    try:
        return paste.from_prompt(read_hidden(f"Token for {provider} (not shown): "))
    except EOFError:
        raise Failure("no token was given; nothing was changed") from None


def _check(pasted: Pasted, provider: str, *, anyway: bool) -> None:
    """Says what looks wrong. What cannot be a token is refused, unless the person insists."""
    from openclaw.credentials import paste

    for notice in pasted.notices:
        note(notice)
    for trouble in paste.check(pasted, provider, "token"):
        if trouble.severity == "error" and not anyway:
            raise Failure(
                f"this is not a token for {provider}: {trouble.what}",
                hint="nothing was changed; paste the right value, or store this one with --anyway",
            )
        note(trouble.what)


def _tell(found: Installation, deposit: Deposit, agent: Agent, receipt: Receipt) -> None:
    """What was stored where, and whether it is what will be used now."""
    from openclaw.credentials.resolve import resolve
    from openclaw.secret import length_and_end

    shown = length_and_end(deposit.secret.reveal())
    unchanged = "" if receipt.changed else ", unchanged"
    print(one_line(f"Auth profile: {deposit.id} ({deposit.provider}/token; {shown}{unchanged})"))
    for record in receipt.files:
        print(one_line(f"Updated {found.home.short(record.path)}"))
    resolution = resolve(deposit.provider, found.sources(found.store_of(agent)), agent.id)
    if resolution.winner is None or resolution.winner.name != deposit.id:
        mine = next((item for item in resolution.chain if item.name == deposit.id), None)
        note(f"{deposit.id} is not the credential in use: {mine.why if mine else 'it is not in the store'}.")
