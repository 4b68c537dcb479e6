"""`openclaw doctor watch`: looks again and again, and tells only what changes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import click

from doctor.comparing import compare, keyed
from doctor.output import tell
from doctor.report import exit_code
from openclaw.exits import Exit
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from doctor.comparing import Key
    from doctor.report import Report
    from doctor.request import Request
    from openclaw.finding import Finding

POSITIVE = click.FloatRange(min=0, min_open=True)

Event = dict[str, Any]


@click.command("watch")
@click.option(
    "--interval", type=POSITIVE, default=60.0, show_default=True, metavar="SECONDS", help="Time between looks."
)
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="End after N looks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document per line.")
@click.option("--only", metavar="ID", multiple=True, help="Run only this check, area or glob; repeatable.")
@click.option("--skip", metavar="ID", multiple=True, help="Leave this check, area or glob out; repeatable.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Run only checks with this tag; repeatable.")
@click.option("--timeout", type=POSITIVE, metavar="SECONDS", help="Time for collecting all facts, for each look.")
@click.pass_obj
def watch(env: dict[str, str], /, *, interval: float, count: int | None, as_json: bool, **options: Any) -> Exit:
    """Look again and again, and tell what appears, what is gone, and what becomes better or worse.

    The first look is told in one line. Ends with Ctrl-C (exit code 130), SIGTERM, or after --count looks with the exit
    code of the last one. A finding whose check cannot be made for a while counts as still there.
    """
    from doctor.request import Request

    request = Request(quiet=True, ask=False, as_json=as_json, **options)
    try:
        return _watch(env, request, interval, count)
    except KeyboardInterrupt:
        if as_json:
            end = {"event": "end", "error": {"type": "interrupted", "message": "interrupted"}}
            _tell(end, Invocation.of_process(env), as_json)
        return Exit.INTERRUPTED


def _watch(env: dict[str, str], request: Request, interval: float, count: int | None) -> Exit:
    from doctor.looking import examine

    known: Mapping[Key, Finding] = {}
    looks = 0
    while True:
        call = Invocation.of_process(env)  # with the time of this look
        report = examine(call, request).report
        events = [first(report)] if looks == 0 else [*transitions(known, report)]
        for event in events:
            _tell(event, call, request.as_json)
        known = remembered(known, report)
        looks += 1
        if looks == count:
            return exit_code(report)
        time.sleep(interval)


def first(report: Report) -> Event:
    """The state at the beginning."""
    return {"event": "state", "counts": report.counts(), "findings": report.findings}


def transitions(known: Mapping[Key, Finding], report: Report) -> Iterator[Event]:
    """What is not as it was: appeared, gone, changed (its severity); pure."""
    after = keyed(report.findings)
    different = compare(known, after, report.looked)
    yield from ({"event": "appeared", "finding": item} for item in different.new)
    yield from ({"event": "gone", "finding": item} for item in different.gone)
    for key, item in after.items():
        if key in known and known[key].severity != item.severity:
            yield {"event": "changed", "finding": item, "from": known[key].severity.word}


def remembered(known: Mapping[Key, Finding], report: Report) -> Mapping[Key, Finding]:
    """The state to compare with next time: what could not be looked at stays as it was."""
    unseen = {key: item for key, item in known.items() if key[0] not in report.looked}
    return {**unseen, **keyed(report.findings)}


def _tell(event: Event, call: Invocation, as_json: bool) -> None:
    tell(json.dumps(_document(event, call.user, call.now), ensure_ascii=False) if as_json else _line(event, call))


def _document(event: Event, user: Path, now: int) -> Event:
    from doctor.render.json import finding_document

    shown = dict(event)
    if "finding" in event:
        shown["finding"] = finding_document(event["finding"], user)
    if "findings" in event:
        shown["findings"] = [finding_document(item, user) for item in event["findings"]]
    return {"schemaVersion": 1, "at": now, **shown}


def _line(event: Event, call: Invocation) -> str:
    from datetime import datetime

    from doctor.render.quiet import line
    from openclaw.text import count

    when = datetime.fromtimestamp(call.now / 1000).astimezone().strftime("%H:%M:%S")
    if event["event"] == "state":
        counts = [count(number, word) for word, number in event["counts"].items() if number and word != "info"]
        return f"{when} {', '.join(counts) or 'no problems'}"
    was = f" (was {event['from']})" if "from" in event else ""
    return f"{when} {event['event']}: {line(event['finding'], call.user)}{was}"
