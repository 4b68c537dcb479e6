"""`openclaw models auth`: the group."""

from __future__ import annotations

import click

from openclaw.lazy import LazyGroup

AUTH = {
    "paste-token": ("openclaw.commands.paste_token:paste_token", "Store a token that was made elsewhere."),
}
EPILOG = "Other `models auth` commands are handed over to the real OpenClaw on PATH."


@click.group("auth", cls=LazyGroup, lazy=AUTH, epilog=EPILOG)
@click.option("--agent", metavar="ID", help="The agent; default: the configured default agent.")
@click.pass_context
def auth(ctx: click.Context, agent: str | None) -> None:
    """Add and change stored credentials."""
    if agent is not None:
        ctx.meta["agent"] = agent
