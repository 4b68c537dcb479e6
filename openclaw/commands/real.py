"""What belongs to the real OpenClaw: `openclaw real …`, and every command that this program does not have."""

from __future__ import annotations

import os
import sys

import click

from openclaw.handover import hand_over

PASS_ALL = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@click.command("real", context_settings=PASS_ALL, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def real(arguments: tuple[str, ...]) -> None:
    """Run the real OpenClaw with these arguments."""
    hand_over(arguments, os.environ)


@click.command("handing-over", context_settings=PASS_ALL, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def handing_over(arguments: tuple[str, ...]) -> None:  # noqa: ARG001 - the original line goes over, global options included
    """Hands the whole original command line over."""
    hand_over(sys.argv[1:], os.environ)
