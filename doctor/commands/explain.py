"""`openclaw doctor explain`: the page of a check, or what a pasted error means. Offline; reads no credential."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from doctor.output import style_of, tell
from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from doctor.render.human import Style
    from openclaw.check import Check
    from openclaw.providers.advice import Place

LONGEST = 4 * 1024 * 1024  # bytes of standard input; of a longer log the end is looked at
UNKNOWN = "Nothing in this text is known: no provider's or OpenClaw's words about a credential."


@click.command("explain")
@click.argument("what", metavar="ID|TEXT|-")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--plain", is_flag=True, help="For screen readers: words instead of signs, no colour.")
@click.pass_obj
def explain(env: dict[str, str], /, *, what: str, as_json: bool, plain: bool) -> Exit:
    """Explain a check (its id), an area, or an error: its text, or `-` for a text or a log on standard input.

    Exit codes: 0 explained, 1 nothing in the text is known, 2 there is no such check. The text is never repeated whole,
    and nothing of it is kept: it may hold a key.
    """
    from doctor.explaining import checks_named
    from doctor.registry import all_checks

    call = Invocation.of_process(env)
    if not what.strip():
        raise UsageFailure("what is to be explained?", hint="the id of a check, the text of an error, or `-`")
    found = [] if what == "-" else checks_named(what.strip(), all_checks())
    style = style_of(call, plain=plain)
    if found:
        return _checks(found, call, style, as_json=as_json)
    text, first = _standard_input(call) if what == "-" else (what, 1)
    return _errors(text, first, call, style, as_json=as_json)


def _standard_input(call: Invocation) -> tuple[str, int]:
    """(the text, the number of its first line): of a long log only the end."""
    if call.stdin_tty:
        sys.stderr.write("Paste the error, then press Ctrl-D on a line of its own.\n")
        return sys.stdin.buffer.read().decode("utf-8", "replace"), 1  # ends with one Ctrl-D, which parts would not
    data, first = b"", 1
    while block := sys.stdin.buffer.read(1 << 20):
        data += block
        first += data.count(b"\n", 0, max(0, len(data) - LONGEST))
        data = data[-LONGEST:]
    return data.decode("utf-8", "replace"), first


def _checks(found: list[Check], call: Invocation, style: Style, *, as_json: bool) -> Exit:
    from doctor.explaining import check_document
    from doctor.fixing import fix_class
    from doctor.registry import known_fixes

    fixes = known_fixes()
    if as_json:
        documents = [check_document(item, fix_class(item.id, fixes)) for item in found]
        return _print({"checks": documents}, Exit.OK)
    from doctor.pages import page
    from doctor.render import explained

    if len(found) > 1:
        tell(explained.area(found, user=call.user, style=style))
    else:
        fix = fix_class(found[0].id, fixes)
        typed = _typed(call)
        tell(explained.check(found[0], page(found[0].id), fix, typed=typed, user=call.user, style=style))
    return Exit.OK


def _errors(text: str, first: int, call: Invocation, style: Style, *, as_json: bool) -> Exit:
    from doctor.explaining import error_document, errors_in

    found = errors_in(text, _place(call), first)
    code = Exit.OK if found else Exit.FAILED
    if as_json:
        documents = [error_document(item) for item in found]
        typed = _typed(call)
        for item in documents:
            item["commands"] = list(typed(item.get("commands", ())))
        return _print({"errors": documents}, code)
    from doctor.render import explained

    tell(explained.errors(found, typed=_typed(call), user=call.user, style=style) if found else UNKNOWN)
    return code


def _typed(call: Invocation) -> Any:
    from doctor.explaining import typed
    from openclaw.handover import our_name

    name = our_name(call.env)
    return lambda commands: typed(commands, name)


def _place(call: Invocation) -> Place:
    """The commands depend on the generation of OpenClaw; where that cannot be read, they are those of the older one."""
    from openclaw import installation
    from openclaw.errors import Failure
    from openclaw.providers.advice import Place

    try:
        return Place(newer=installation.load(call, shell_limit=0).era.name == "sqlite")
    except (Failure, OSError):
        return Place()


def _print(members: dict[str, Any], code: Exit) -> Exit:
    tell(json.dumps({"schemaVersion": 1, "ok": code == Exit.OK, **members}, indent=2, ensure_ascii=False))
    return code
