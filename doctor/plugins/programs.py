"""Programs `openclaw-check-NAME` on PATH: checks in any language. They print findings as JSON; exit code 0 means ran.

The document is docs/schemas/check-findings.schema.json. A program can name commands, but nothing is repaired for it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from openclaw.check import Check, Unknown
from openclaw.facts import Fact
from openclaw.finding import Finding, Location, Remedy, Severity
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from doctor.plugins.finding import Program
    from openclaw.invocation import Invocation

SECONDS = 10.0
MOST = 200  # findings of one program
LONGEST = 2000  # characters of one text
LEVELS = {level.word: level for level in Severity}


@frozen
class Answer:
    """What a program said. `trouble`: why that is no answer; `late`: it gave none in time, or was not started."""

    findings: tuple[Finding, ...] = ()
    trouble: str = ""
    late: bool = False


def fact_of(program: Program, *, seconds: float = SECONDS) -> Fact:
    """The collector that runs a program, as the user who runs the doctor, in the working directory."""

    def collect(call: Invocation) -> Answer:
        from openclaw import proc

        done = proc.run([program.path], timeout=seconds, env=call.env, cwd=call.cwd)
        if isinstance(done, proc.NotDone):
            return Answer(trouble=done.reason, late=True)
        if done.code != 0:
            return Answer(trouble=f"it ended with exit code {done.code}")
        return read(program.name, done.out, cut=done.cut)

    return Fact(f"program {program.name}", ("call",), collect, seconds + 2)


def check_of(program: Program) -> Check:
    """The check that passes on what a program found; a program that fails is itself a finding."""
    name = f"openclaw-check-{program.name}"
    check_id = f"{program.name}/program"
    return Check(
        check_id, Severity.ERROR, f"What {name} finds", frozenset({"program"}), (f"program {program.name}",),
        _passing_on(check_id, name, program.path),
    )  # fmt: skip


def _passing_on(check_id: str, name: str, path: str) -> Callable[[Answer], Iterator[Finding]]:
    def run(answer: Answer) -> Iterator[Finding]:
        if answer.late:
            raise Unknown(f"{name}: {answer.trouble}")
        if answer.trouble:
            yield Finding(
                check_id,
                Severity.WARNING,
                f"{name} gave no findings that can be read: {answer.trouble}",
                where=Location(path),
                remedy=Remedy("Run it by hand to see what it says, or leave it out with --no-plugins.", (path,)),
            )
        yield from answer.findings

    return run


def read(namespace: str, text: str, *, cut: bool = False) -> Answer:
    """The findings in a document; a document that is none, or claims ids of others, is trouble."""
    if cut:
        return Answer(trouble="it printed too much")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Answer(trouble="what it printed is not valid JSON")
    items = document.get("findings") if isinstance(document, dict) else None
    if not isinstance(items, list) or document.get("schemaVersion") != 1:
        return Answer(trouble='what it printed is no document with "schemaVersion": 1 and "findings"')
    try:
        return Answer(tuple(_finding(namespace, item) for item in items[:MOST]), _too_many(items))
    except _Wrong as error:
        return Answer(trouble=str(error))


class _Wrong(Exception):
    """What is wrong with a document, in words."""


def _too_many(items: list[Any]) -> str:
    return f"it has {len(items)} findings, of which the first {MOST} count" if len(items) > MOST else ""


def _finding(namespace: str, item: Any) -> Finding:
    if not isinstance(item, dict):
        raise _Wrong("one of its findings is no object")
    check_id, word = _text(item, "checkId"), _text(item, "severity")
    if not re.fullmatch(rf"{re.escape(namespace)}/[a-z0-9]+(?:-[a-z0-9]+)*", check_id):
        raise _Wrong(f"it claims the id {check_id[:80]!r}: its own begin with {namespace}/")
    if word not in LEVELS or not _text(item, "message"):
        raise _Wrong(f"a finding of {check_id} wants a severity ({', '.join(LEVELS)}) and a message")
    path, commands, evidence = _text(item, "path"), item.get("commands", []), item.get("evidence", {})
    if not _texts(commands, list) or not _texts(evidence, dict):
        raise _Wrong(f"a finding of {check_id} has commands or evidence that are no texts")
    hint = _text(item, "fixHint")
    return Finding(
        check_id,
        LEVELS[word],
        _text(item, "message"),
        _text(item, "target"),
        {name[:LONGEST]: value[:LONGEST] for name, value in evidence.items()},
        Location(path, _number(item, "line"), _number(item, "column")) if path else None,
        Remedy(hint, tuple(text[:LONGEST] for text in commands)) if hint or commands else None,
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name, "")
    if not isinstance(value, str):
        raise _Wrong(f"{name} of a finding is no text")
    return value[:LONGEST]


def _number(item: dict[str, Any], name: str) -> int | None:
    value = item.get(name)
    return value if type(value) is int and value > 0 else None


def _texts(value: Any, kind: type[list[Any] | dict[Any, Any]]) -> bool:
    if not isinstance(value, kind):
        return False
    parts: list[Any] = [*value, *value.values()] if isinstance(value, dict) else [*value]
    return len(parts) <= MOST and all(isinstance(part, str) for part in parts)
