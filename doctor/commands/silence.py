"""`openclaw doctor silence`: findings that do not count any more, with a reason; kept in our own state directory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from doctor.output import tell
from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from doctor.silences import Silence

LIST = ("openclaw doctor silence --list",)


@click.command("silence")
@click.argument("check_id", metavar="ID", default="")
@click.option("--target", metavar="T", default="", help="Only this target or path of the finding.")
@click.option("--reason", metavar="WHY", default="", help="Why it does not count; it is shown with the finding.")
@click.option("--until", metavar="DATE", default="", help="The last day that it holds, like 2026-12-31 (UTC).")
@click.option("--list", "listing", is_flag=True, help="Show the silences.")
@click.option("--remove", is_flag=True, help="Take the silence of ID away.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def silence(
    env: dict[str, str],
    /,
    *,
    check_id: str,
    target: str,
    reason: str,
    until: str,
    listing: bool,
    remove: bool,
    as_json: bool,
) -> Exit:
    """Stop counting the findings of a check: ID is a check, an area or a glob (`credentials/*`).

    They are still shown, with the reason, and do not change the exit code. A second silence of the same ID and target
    takes the place of the first. Nothing of the installation is changed.
    """
    from doctor import silences

    call = Invocation.of_process(env)
    path = _path(call)
    kept = silences.read(path)
    if listing:
        _only("--list", ID=check_id, **{"--target": target, "--reason": reason, "--until": until, "--remove": remove})
        told = "\n".join(_lines(kept, silences.day(call.now))) or "Nothing is silenced."
    elif remove:
        _only("--remove", **{"--reason": reason, "--until": until})
        _without(kept, check_id, target)  # what is refused makes no file
        kept = silences.change(path, lambda now: _without(now, check_id, target))
        told = f"{_name(check_id, target)} counts again."
    else:
        new = _wanted(check_id, target, reason, until, silences.day(call.now))
        kept = silences.change(path, lambda now: _with(now, new))
        told = f"{_name(check_id, target)} does not count any more{_end(new)}."
    documents = [item.document() for item in kept]
    tell(_document(documents) if as_json else told)
    return Exit.OK


def _path(call: Invocation) -> Path:
    """The file of this installation."""
    from doctor.silences import path_for
    from openclaw import installation

    return path_for(installation.load(call, shell_limit=0).home.state, call.env, call.user)


def _wanted(check_id: str, target: str, reason: str, until: str, today: str) -> Silence:
    """The silence that was asked for; UsageFailure for one that would mean nothing."""
    from doctor.silences import Silence, is_day

    if not check_id:
        raise UsageFailure("which check?", hint="the id, the area or a glob", commands=("openclaw doctor list", *LIST))
    _check_known(check_id)
    if not reason.strip():
        example = f"openclaw doctor silence {check_id} --reason 'known, and fixed next week'"
        raise UsageFailure("a silence needs a reason", hint="who reads it later wants to know", commands=(example,))
    if until and not is_day(until):
        raise UsageFailure("--until is not a date", hint="like 2026-12-31")
    if until and until < today:
        raise UsageFailure(f"--until {until} is over already", hint=f"today is {today} (UTC)")
    from openclaw.redact import scrub

    return Silence(check_id, scrub(reason.strip()), target, until)


def _check_known(check_id: str) -> None:
    from doctor.registry import all_checks
    from doctor.select import near
    from doctor.silences import named

    ids = [item.id for item in all_checks()]
    if not any(named(known, check_id) for known in ids):
        words = {*ids, *(known.split("/", 1)[0] for known in ids)}
        raise UsageFailure(
            f"there is no check {check_id}", hint=near(check_id, words), commands=("openclaw doctor list",)
        )


def _with(kept: Sequence[Silence], new: Silence) -> tuple[Silence, ...]:
    return (*(item for item in kept if (item.id, item.target) != (new.id, new.target)), new)


def _without(kept: Sequence[Silence], check_id: str, target: str) -> tuple[Silence, ...]:
    """The others. An unknown id can be taken away, too: a check may be gone."""
    rest = tuple(item for item in kept if (item.id, item.target) != (check_id, target))
    if len(rest) == len(kept):
        near = [_name(item.id, item.target) for item in kept if item.id == check_id]
        hint = f"there are: {', '.join(near)}" if near else ""
        raise UsageFailure(f"no silence is of {_name(check_id, target)}", hint=hint, commands=LIST)
    return rest


def _only(option: str, **others: object) -> None:
    if wrong := next((name for name, value in others.items() if value), ""):
        raise UsageFailure(f"{option} and {wrong} cannot be used together", commands=LIST)


def _name(check_id: str, target: str) -> str:
    from openclaw.redact import scrub

    return scrub(f"{check_id} for {target}" if target else check_id)


def _end(item: Silence) -> str:
    return f", until {item.until}" if item.until else ""


def _lines(kept: Sequence[Silence], today: str) -> Iterator[str]:
    from openclaw.redact import scrub

    for item in kept:
        end = f" (ended on {item.until})" if item.over(today) else _end(item)
        yield f"{_name(item.id, item.target)}{end}\n    {scrub(item.reason)}"


def _document(silences: list[dict[str, str]]) -> str:
    from openclaw.redact import scrub

    shown = [{name: scrub(value) for name, value in item.items()} for item in silences]
    return json.dumps({"schemaVersion": 1, "ok": True, "silences": shown}, indent=2, ensure_ascii=False)
