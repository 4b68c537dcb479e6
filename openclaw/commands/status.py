"""`openclaw models status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.home import DEFAULT_AGENT, STORE_NAME
from openclaw.invocation import Invocation
from openclaw.text import one_line

if TYPE_CHECKING:
    from openclaw.credentials.status import StatusInput


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--plain", is_flag=True, help="Print only the default model.")
@click.option(
    "--check", is_flag=True, help="Exit 1 when something is missing or expired, 2 when it expires within 24 h."
)
@click.option("--agent", metavar="ID", help="The agent to look at; default: the configured default agent.")
@click.pass_context
def status(
    ctx: click.Context, as_json: bool = False, plain: bool = False, check: bool = False, agent: str | None = None
) -> int:
    """Which credentials there are, which one is used, and when they expire. Changes nothing, asks no network."""
    if as_json and plain:
        raise UsageFailure("--json and --plain cannot be used together", commands=("openclaw models status --json",))
    from openclaw.credentials.status import exit_code
    from openclaw.credentials.status import status as document

    given = examine(Invocation.of_process(ctx.obj), agent or ctx.meta.get("agent"))
    result = document(given)
    if plain:
        print(one_line(result["resolvedDefault"]))
    elif as_json:
        import json

        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        from openclaw.commands.status_text import look_of, render

        print(render(result, given, look_of(sys.stdout, given.sources.environment.values)))
    return exit_code(result) if check else Exit.OK


def examine(call: Invocation, asked: str | None) -> StatusInput:
    """Everything that a status is made from. Raises `Failure` where a part of it is broken: never "no credentials"."""
    from openclaw import installation
    from openclaw.credentials.status import StatusInput

    found = installation.load(call).require_valid()
    agent = found.agent(asked)
    store = found.store_of(agent)
    if failure := store.failure():
        raise failure
    agent_dir = found.agent_dir(agent)
    json_era = store.kind == "json"
    return StatusInput(
        home=found.home,
        sources=found.sources(store),
        models=found.models(agent),
        agent=agent.id if asked is not None or agent.id != DEFAULT_AGENT else None,
        agent_dir=agent_dir,
        store_path=agent_dir / STORE_NAME if json_era else store.path,
        main_store_path=found.home.main_agent_dir / STORE_NAME if json_era else store.path,
    )
