"""`openclaw models status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from openclaw.commands.options import agent_option
from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.home import DEFAULT_AGENT, STORE_NAME
from openclaw.invocation import Invocation
from openclaw.text import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.credentials.status import StatusInput
    from openclaw.home import Home


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--plain", is_flag=True, help="Print only the default model.")
@click.option(
    "--check", is_flag=True, help="Exit 1 when something is missing or expired, 2 when it expires within 24 h."
)
@agent_option("The agent to look at; default: the configured default agent.")
@click.option("--probe", is_flag=True, help="Ask the providers whether they accept the credentials.")
@click.option("--probe-provider", metavar="ID", help="Ask only about this provider.")
@click.option("--probe-profile", metavar="ID", multiple=True, help="Ask only about this profile; repeatable, or a,b.")
@click.option("--probe-timeout", metavar="MS", type=int, help="What all of it may take; default: 8000.")
@click.option("--probe-concurrency", metavar="N", type=int, help="How many are asked at once; default: 2.")
@click.option(
    "--probe-max-tokens", metavar="N", type=int, help="Tokens of an answer; default: at most 8, 1 is asked for."
)
@click.option("--allow-http", is_flag=True, help="Let --probe send a key over plain http to another host.")
@click.pass_context
def status(
    ctx: click.Context,
    /,
    as_json: bool = False,
    plain: bool = False,
    check: bool = False,
    agent: str | None = None,
    probe: bool = False,
    **asked: Any,
) -> int:
    """Which credentials there are, which one is used, and when they expire.

    Changes nothing, and asks no network without --probe; with it, the answers are kept in this program's own state.
    """
    if as_json and plain:
        raise UsageFailure("--json and --plain cannot be used together", commands=("openclaw models status --json",))
    if probe and plain:
        raise UsageFailure("--probe and --plain cannot be used together", commands=("openclaw models status --probe",))
    given_flags = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value not in (None, False, ())]
    if given_flags and not probe:
        raise UsageFailure(f"{given_flags[0]} needs --probe", commands=("openclaw models status --probe",))
    from openclaw.credentials.status import exit_code
    from openclaw.credentials.status import status as document

    call = Invocation.of_process(ctx.obj)
    given = examine(call, agent or ctx.meta.get("agent"))
    result = document(given)
    rejected = False
    if probe:
        from openclaw.commands.probing import probed

        result["auth"]["probes"], rejected = probed(call, given, asked)
    if not plain:
        _with_facts(result, call, given)
    _name_commands(result, call)
    _print(result, given, as_json=as_json, plain=plain)
    if check:
        return Exit.FAILED if rejected else exit_code(result)
    return Exit.FAILED if given.blockers else Exit.OK  # the real program fails outright there


def _with_facts(result: dict[str, Any], call: Invocation, given: StatusInput) -> None:
    """Adds what is known about each candidate, and what providers said when they were last asked."""
    from openclaw import record
    from openclaw.probing.report import add_facts

    known = record.recall(given.home.state, call.env, call.user)
    add_facts(result["auth"], given.sources, given.agent or DEFAULT_AGENT, known)


def _name_commands(result: dict[str, Any], call: Invocation) -> None:
    """The commands as they can be typed here: this program may go by another name."""
    from openclaw.handover import our_name, runnable

    name = our_name(call.env)
    for holder in (result["auth"]["check"], *result["auth"]["resolution"]):
        holder["commands"] = [runnable(command, name) for command in holder["commands"]]


def _print(result: dict[str, Any], given: StatusInput, *, as_json: bool, plain: bool) -> None:
    if plain:
        print(one_line(result["resolvedDefault"]))
    elif as_json:
        import json

        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        from openclaw.commands.status_text import look_of, render

        print(render(result, given, look_of(sys.stdout, given.sources.environment.values)))


def examine(call: Invocation, asked: str | None) -> StatusInput:
    """Everything that a status is made from. Raises `Failure` where a part of it is broken: never "no credentials"."""
    from openclaw import installation
    from openclaw.credentials.status import StatusInput

    found = installation.load(call).require_valid()
    for problem in found.unset:
        place = problem.failure().location
        print(f"{found.home.short(place)}: {problem.message}; OpenClaw goes on without it", file=sys.stderr)
    agent = found.agent(asked)
    store = found.store_of(agent)
    if failure := store.failure():
        raise failure
    agent_dir = found.agent_dir(agent)
    json_era = store.kind == "json"
    without_config = None if found.config.exists else store  # with one, the answer is that of 2026.2.3 (docs/compat.md)
    return StatusInput(
        home=found.home,
        sources=found.sources(store),
        models=found.models(agent, without_config),
        agent=agent.id if asked is not None or agent.id != DEFAULT_AGENT else None,
        agent_dir=agent_dir,
        store_path=agent_dir / STORE_NAME if json_era else store.path,
        main_store_path=found.home.main_agent_dir / STORE_NAME if json_era else store.path,
        blockers=() if json_era else _blockers(found.home, agent_dir, agent.id),
    )


def _blockers(home: Home, agent_dir: Path, agent: str) -> tuple[Path, ...]:
    from openclaw.credentials.sqlite import blockers

    return blockers(home, agent_dir, agent)
