"""`openclaw models auth add`: asks for provider, kind, profile id and expiry, then for the secret. Needs a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from openclaw.commands.options import agent_option
from openclaw.commands.pasting import ANYWAY, lasting, named, store
from openclaw.errors import Failure, UsageFailure
from openclaw.invocation import Invocation
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.credentials.shapes import Kind

Answer = TypeVar("Answer")
SETUP_TOKEN = "the token that `claude setup-token` printed"  # noqa: S105 - its name
KINDS: tuple[tuple[str, Kind], ...] = (("an API key", "api_key"), ("a token", "token"))


@click.command("add")
@agent_option()
@ANYWAY
@click.pass_context
def add(ctx: click.Context, *, agent: str | None, anyway: bool) -> None:
    """Store a credential: asks for provider, kind, profile id and expiry, then for the secret without showing it."""
    call = Invocation.of_process(ctx.obj)
    if not call.stdin_tty:
        raise UsageFailure(
            "add asks on a terminal, and standard input is none",
            hint="pipe the secret instead:",
            commands=tuple(f"openclaw models auth {name} --provider ID" for name in ("paste-api-key", "paste-token")),
        )
    from openclaw import installation

    installation.load(call).require_valid().agent(agent or ctx.meta.get("agent"))  # before anything is asked
    provider = _ask("Provider", "anthropic", named)
    kinds = (*KINDS[:1], (SETUP_TOKEN, "token"), *KINDS[1:]) if provider == "anthropic" else KINDS
    for number, (label, _) in enumerate(kinds, 1):
        click.echo(f"  {number}. {label}", err=True)
    label, kind = _ask("Kind", "1", lambda text: kinds[_index(text, len(kinds))])
    profile_id = _ask("Profile id", f"{provider}:manual", js_trim)
    expires_in = _ask("Expires in (365d, 12h; 0: not known)", "0", _duration) if label == KINDS[1][0] else None
    store(ctx, kind, provider, profile_id, expires_in, agent, anyway=anyway)


def _ask(question: str, default: str, parse: Callable[[str], Answer]) -> Answer:
    """Asks on standard error until `parse` takes the answer."""

    def value(text: str) -> Answer:
        try:
            return parse(text)
        except Failure as error:
            raise click.UsageError(error.message) from error

    answer: Answer = click.prompt(question, default=default, value_proc=value, err=True)
    return answer


def _index(text: str, most: int) -> int:
    number = js_trim(text)
    if number.isascii() and number.isdigit() and 1 <= int(number) <= most:
        return int(number) - 1
    raise UsageFailure(f"{number!r}: a number from 1 to {most} is wanted")


def _duration(text: str) -> str | None:
    return text if lasting(text) else None
