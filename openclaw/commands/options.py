"""Options that several commands have, and what is said about an empty value of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import UsageFailure
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Callable


def not_blank(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's
    """The value as given. An empty one is a mistake, a variable of a script that is not set say, and no default."""
    if value is not None and not js_trim(value):
        raise UsageFailure(f"{param.opts[-1]} is blank", hint="give a value, or leave the option out")
    return value


def agent_option(text: str = "The agent; default: the configured default agent.") -> Callable[..., Any]:
    """`--agent ID`."""
    return click.option("--agent", metavar="ID", callback=not_blank, help=text)
