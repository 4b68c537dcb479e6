"""`openclaw models`: the group. Without a subcommand it is `models status`, as in the reference."""

from __future__ import annotations

import click

from openclaw.commands.options import agent_option
from openclaw.lazy import LazyGroup

MODELS = {
    "status": ("openclaw.commands.status:status", "Which credentials there are, which is used, and when they expire."),
    "env": ("openclaw.commands.env:env", "Where each key variable is set, and what the gateway's service gets."),
    "auth": ("openclaw.commands.auth:auth", "Add and change stored credentials."),
}
AUTH_EPILOG = "Other `models` commands (list, set, …) are handed over to the real OpenClaw on PATH."


@click.group("models", cls=LazyGroup, lazy=MODELS, invoke_without_command=True, epilog=AUTH_EPILOG)
@agent_option("The agent to look at; default: the configured default agent.")
@click.option("--status-json", is_flag=True, help="The same as `models status --json`.")
@click.option("--status-plain", is_flag=True, help="The same as `models status --plain`.")
@click.pass_context
def models(ctx: click.Context, agent: str | None, status_json: bool, status_plain: bool) -> None:
    """Show and change which model credential is used."""
    ctx.meta["agent"] = agent
    if ctx.invoked_subcommand is None:
        from openclaw.commands.status import status

        ctx.invoke(status, as_json=status_json, plain=status_plain)
