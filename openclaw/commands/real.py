"""What belongs to the real OpenClaw: `openclaw real …`, and every command that this program does not have."""

from __future__ import annotations

import os

import click

from openclaw.handover import hand_over
from openclaw.lazy import ARGUMENTS

PASS_ALL = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@click.command("real", context_settings=PASS_ALL, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def real(ctx: click.Context, arguments: tuple[str, ...]) -> None:  # noqa: ARG001 - click drops a `--`, so not these
    """Run the real OpenClaw with these arguments."""
    from openclaw.cli import split

    options, rest = split(ctx.meta[ARGUMENTS])
    hand_over([*options, *rest[1:]], os.environ)


@click.command("handing-over", context_settings=PASS_ALL, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def handing_over(ctx: click.Context, arguments: tuple[str, ...]) -> None:  # noqa: ARG001 - the whole line goes over
    """Hands the whole original command line over, options in front of the command included."""
    hand_over(ctx.meta[ARGUMENTS], os.environ)
