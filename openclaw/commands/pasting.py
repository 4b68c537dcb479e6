"""`openclaw models auth paste-token | paste-api-key | setup-token`: a secret from a hidden prompt or from a pipe.

Without a terminal all of standard input is the secret. Nothing is asked, and nothing is ever shown of it but its length
and end.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openclaw.commands.carrying import carry_out, note, typed
from openclaw.commands.options import agent_option
from openclaw.errors import Failure, UsageFailure
from openclaw.invocation import Invocation
from openclaw.text import js_trim, one_line

if TYPE_CHECKING:
    from openclaw.change.journal import Receipt
    from openclaw.config.views import Agent
    from openclaw.credentials.paste import Pasted
    from openclaw.credentials.shapes import Kind
    from openclaw.credentials.stores import Store
    from openclaw.credentials.storing import Deposit
    from openclaw.installation import Installation

PROVIDER = click.option("--provider", required=True, metavar="ID", help="The provider that it is for.")
PROFILE_ID = click.option("--profile-id", metavar="ID", help="The profile to store it as; default: <provider>:manual.")
EXPIRES_IN = click.option(
    "--expires-in", metavar="DURATION", help="When it expires: 365d, 12h, 30m; a bare number means days."
)
AGENT = agent_option()
ANYWAY = click.option("--anyway", is_flag=True, help="Store it even though something looks wrong about it.")
NOUNS: dict[Kind, str] = {"token": "token", "api_key": "API key"}


@click.command("paste-token")
@PROVIDER
@PROFILE_ID
@EXPIRES_IN
@AGENT
@ANYWAY
@click.pass_context
def paste_token(
    ctx: click.Context,
    *,
    provider: str,
    profile_id: str | None,
    expires_in: str | None,
    agent: str | None,
    anyway: bool,
) -> None:
    """Store a token that was made elsewhere.

    On a terminal it asks without showing what is typed; otherwise it reads all of standard input.
    """
    store(ctx, "token", provider, profile_id, expires_in, agent, anyway=anyway)


@click.command("paste-api-key")
@PROVIDER
@PROFILE_ID
@AGENT
@ANYWAY
@click.pass_context
def paste_api_key(
    ctx: click.Context, *, provider: str, profile_id: str | None, agent: str | None, anyway: bool
) -> None:
    """Store an API key as a profile.

    On a terminal it asks without showing what is typed; otherwise it reads all of standard input.
    """
    store(ctx, "api_key", provider, profile_id, None, agent, anyway=anyway)


@click.command("setup-token")
@click.option("--provider", default="anthropic", metavar="ID", help="Only anthropic has setup-tokens.")
@PROFILE_ID
@AGENT
@ANYWAY
@click.option("--yes", is_flag=True, expose_value=False, help="Accepted for compatibility: no question to skip.")
@click.pass_context
def setup_token(ctx: click.Context, *, provider: str, profile_id: str | None, agent: str | None, anyway: bool) -> None:
    """Store the token that `claude setup-token` printed. Needs a terminal."""
    from openclaw.facts.claude import find
    from openclaw.platforms import claude_install_command, host_kind
    from openclaw.providers.names import normalise

    if normalise(provider) != "anthropic":
        raise UsageFailure(
            f'setup-tokens are Anthropic\'s; "{provider}" has none',
            commands=(f"openclaw models auth paste-token --provider {normalise(provider) or 'ID'}",),
        )
    call = Invocation.of_process(ctx.obj)
    if not call.stdin_tty:
        raise UsageFailure(
            "setup-token asks on a terminal, and standard input is none",
            hint="pipe the token instead:",
            commands=("openclaw models auth paste-token --provider anthropic",),
        )
    note("On this machine, run `claude setup-token` in another terminal, sign in, and paste here what it prints.")
    if find(call.env, call.user).path is None:
        note(f"`claude` is not on PATH; it is installed with: {claude_install_command(host_kind(call.env))}")
    store(ctx, "token", "anthropic", profile_id, None, agent, anyway=anyway)


def named(provider: str) -> str:
    """The normalised id of `--provider`. Raises UsageFailure for a blank one."""
    from openclaw.providers.names import normalise

    name = normalise(provider)
    if not name:
        raise UsageFailure("--provider is blank", hint="for example: --provider anthropic")
    return name


def lasting(expires_in: str | None) -> int | None:
    """`--expires-in` in milliseconds; None where it is absent or blank."""
    from openclaw.credentials.duration import parse_duration

    return parse_duration(expires_in) if expires_in and js_trim(expires_in) else None


def read_secret(call: Invocation, prompt: str) -> Pasted:
    """The secret: asked for where standard input is a terminal, else all of standard input."""
    from openclaw.credentials import paste

    if not call.stdin_tty:
        return paste.from_pipe(sys.stdin.buffer.read(paste.LARGEST + 1))
    from openclaw.hidden import read_hidden

    try:
        return paste.from_prompt(read_hidden(prompt))
    except EOFError:
        raise Failure("nothing was given; nothing was changed") from None


def checked(pasted: Pasted, provider: str, kind: Kind, *, anyway: bool) -> None:
    """Says what looks wrong. What cannot be a secret of its kind is refused, unless the person insists."""
    from openclaw.credentials import paste

    for notice in pasted.notices:
        note(notice)
    for trouble in paste.check(pasted, provider, kind):
        if trouble.severity == "error" and not anyway:
            article = "an" if kind == "api_key" else "a"
            raise Failure(
                f"this is not {article} {NOUNS[kind]} for {provider}: {trouble.what}",
                hint="nothing was changed; give the right value, or store this one with --anyway",
            )
        note(trouble.what)


def store(
    ctx: click.Context,
    kind: Kind,
    provider: str,
    profile_id: str | None,
    expires_in: str | None,
    agent: str | None,
    *,
    anyway: bool,
) -> None:
    """Takes a secret, stores it as a profile of an agent, and says whether it is what will be used."""
    from openclaw import installation
    from openclaw.credentials import storing

    name, lasts = named(provider), lasting(expires_in)
    call = Invocation.of_process(ctx.obj)
    found = installation.load(call).require_valid()
    chosen = found.agent(agent or ctx.meta.get("agent"))
    wanted = js_trim(profile_id or "") or f"{name}:manual"
    _keep_other_kinds(found, chosen, wanted, kind, anyway=anyway)
    pasted = read_secret(call, f"{NOUNS[kind][0].upper()}{NOUNS[kind][1:]} for {name} (not shown): ")
    checked(pasted, name, kind, anyway=anyway)
    deposit = storing.Deposit(name, kind, pasted.secret, wanted, None if lasts is None else found.now + lasts)
    receipt = carry_out(found, storing.profile_plan(found, deposit, chosen), f"store {deposit.id}", call)
    if found.era.name == "unknown":
        note("No OpenClaw was found here; OpenClaw 2026.6 and later imports this file with its `doctor --fix`.")
    _tell(installation.load(call), deposit, chosen, receipt, call)


def _keep_other_kinds(found: Installation, agent: Agent, profile_id: str, kind: Kind, *, anyway: bool) -> None:
    """A key under the id of an OAuth login would destroy that login (FM 59): the person has to want it."""
    store = found.store_of(agent)
    if failure := store.failure():
        raise failure
    present = store.profiles.get(profile_id)
    if present and present.type == "oauth" and not anyway:
        raise Failure(
            f"{profile_id} is an OAuth login, which this {NOUNS[kind]} would replace",
            hint="nothing was changed; choose another --profile-id, or replace the login with --anyway",
        )


def _tell(found: Installation, deposit: Deposit, agent: Agent, receipt: Receipt, call: Invocation) -> None:
    """What was stored where, and whether it is what will be used now."""
    from shlex import quote

    from openclaw.credentials.resolve import resolve
    from openclaw.secret import length_and_end

    store = found.store_of(agent)
    _confirm(store, deposit, agent)
    shown = length_and_end(deposit.secret.reveal())
    unchanged = "" if receipt.changed else ", unchanged"
    print(one_line(f"Auth profile: {deposit.id} ({deposit.provider}/{deposit.kind}; {shown}{unchanged})"))
    for record in receipt.files:
        print(one_line(f"Updated {found.home.short(record.path)}"))
    resolution = resolve(deposit.provider, found.sources(store), agent.id)
    if resolution.winner is None or resolution.winner.name != deposit.id:
        mine = next((item for item in resolution.chain if item.name == deposit.id), None)
        note(f"{deposit.id} is not the credential in use: {mine.why if mine else 'it is not in the store'}.")
        if found.now < store.unusable_until(deposit.id):
            command = typed(f"openclaw models auth clear-cooldown {quote(deposit.id)}", call)
            note(f"to have it tried at once: {command}")


def _confirm(store: Store, deposit: Deposit, agent: Agent) -> None:
    """Looks whether the secret really is in the agent's store: OpenClaw's own command wrote it, say (FM 57)."""
    if store.problem or not store.exists:
        what = store.problem.message if store.problem else "is not there"
        note(f"whether it is stored could not be seen: {store.path} {what}")
        return
    profile = store.profiles.get(deposit.id)
    if profile is None or profile.sent != deposit.secret:
        raise Failure(
            f"{deposit.id} was written, and it is not in the store of agent {agent.id} now",
            path=store.path,
            hint="OpenClaw, or something else, did something different with it",
            commands=("openclaw models auth list",),
        )
