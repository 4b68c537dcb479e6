"""`openclaw models auth`: the group."""

from __future__ import annotations

import click

from openclaw.commands.options import agent_option
from openclaw.lazy import LazyGroup

AUTH = {
    "which": ("openclaw.commands.which:which", "Which credential is used for a provider, and why not the others."),
    "list": ("openclaw.commands.listing:list_profiles", "List the stored profiles."),
    "add": ("openclaw.commands.adding:add", "Store a credential: asks what it is."),
    "setup-token": ("openclaw.commands.pasting:setup_token", "Store the token that `claude setup-token` printed."),
    "paste-token": ("openclaw.commands.pasting:paste_token", "Store a token that was made elsewhere."),
    "paste-api-key": ("openclaw.commands.pasting:paste_api_key", "Store an API key as a profile."),
    "rotate": ("openclaw.commands.copying:rotate", "Replace one key everywhere it stands."),
    "sync": ("openclaw.commands.copying:sync", "Copy API keys and static tokens to other agents."),
    "order": ("openclaw.commands.order:order", "The order in which an agent's profiles are tried."),
    "clear-cooldown": (
        "openclaw.commands.removing:clear_cooldown",
        "Let a profile that failed be tried again at once.",
    ),
    "logout": ("openclaw.commands.removing:logout", "Remove a stored profile."),
}
EPILOG = "Other `models auth` commands are handed over to the real OpenClaw on PATH."


@click.group("auth", cls=LazyGroup, lazy=AUTH, epilog=EPILOG)
@agent_option()
@click.pass_context
def auth(ctx: click.Context, agent: str | None) -> None:
    """Add and change stored credentials."""
    if agent is not None:
        ctx.meta["agent"] = agent
