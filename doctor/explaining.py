"""`doctor explain`: what its argument means: a check, an area, or the words of an error. Pure, but for the pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from openclaw.errors import UsageFailure
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openclaw.check import Check
    from openclaw.providers.advice import Place
    from openclaw.providers.pasted import Explained

ID = r"[a-z0-9*?\[\]-]+(?:/[a-z0-9*?\[\]-]+)*"
ONE_ERROR = 6  # lines; a longer text that is not one JSON document is a log
# The check that is about an error of this class, where OpenClaw's own logs and stores show it.
CHECKS = {
    "auth_bad": "live/rejected",
    "auth_expired": "live/rejected",
    "auth_revoked": "live/rejected",
    "auth_restricted": "credentials/claude-code-only",
    "scope": "live/rejected",
    "org": "live/rejected",
    "region": "live/rejected",
    "billing": "live/billing",
    "rate": "live/rate-limited",
    "overload": "live/rate-limited",
    "network": "live/unreachable",
}


@frozen
class Known:
    """One kind of error in a text; `lines` are those that say it, the first one being 1."""

    explained: Explained
    lines: tuple[int, ...]

    @property
    def check_id(self) -> str:
        """The check that finds it, or ""."""
        return CHECKS.get(self.explained.cls, "")


def checks_named(argument: str, checks: Sequence[Check]) -> list[Check]:
    """The checks that an argument names: an id, an area, a glob. [] where it is the text of an error.

    UsageFailure where it can only be a name and means nothing. What is not near a name is not repeated: it may be a
    key that was pasted.
    """
    from doctor.select import matches, near

    found = [item for item in checks if matches(item, argument)]
    if found or not re.fullmatch(ID, argument):
        return found
    words = {item.id for item in checks} | {item.area for item in checks}
    hint = near(argument, words)
    area = argument.split("/", 1)[0]
    if hint or ("/" in argument and area in words):
        shown = argument if hint else f"{area}/…"
        raise UsageFailure(f"there is no check {shown}", hint=hint, commands=("openclaw doctor list",))
    return []


def errors_in(text: str, place: Place, first: int = 1) -> list[Known]:
    """What is known of a text: of an error as a whole, of a log line by line, the newest kind last.

    `first`: the number of its first line.
    """
    from openclaw.providers.loglines import parse
    from openclaw.providers.pasted import explain_text

    whole = _is_one(text)
    if whole and (found := explain_text(text, place=place)):
        return [Known(found, (1,))]
    kinds: dict[tuple[str, str, str], Known] = {}
    for line in parse(text.splitlines(), first):
        if line.number is None or not (found := explain_text(line.text, place=place)):
            continue
        key = (found.cls, found.provider, found.remedy)
        before = kinds.pop(key, None)  # put in anew: the newest is the last
        kinds[key] = Known(found, (*(before.lines if before else ()), line.number))
    if not kinds and not whole and (found := explain_text(text, place=place)):
        return [Known(found, (1,))]
    return list(kinds.values())


def _is_one(text: str) -> bool:
    """Whether a text is one error, and no log."""
    if len(text.strip().splitlines()) <= ONE_ERROR:
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def check_document(check: Check, fix: str) -> dict[str, Any]:
    """A check and its page as data (docs/schemas/doctor-explain.schema.json)."""
    from doctor.pages import FIXED, LEFT_OUT, MEANS, commands_in, page
    from doctor.render.json import page as place

    found = page(check.id)
    texts = {"means": MEANS, "fixed": FIXED, "leftOut": LEFT_OUT}
    return {
        "checkId": check.id,
        "severity": check.severity.word,
        "fix": fix,
        "tags": sorted(check.tags),
        "title": check.title,
        "docs": place(check.id),
        **({name: found.section(title) for name, title in texts.items()} if found else {}),
        "commands": commands_in(found.section(FIXED)) if found else [],
    }


def error_document(item: Known) -> dict[str, Any]:
    """A known error as data."""
    found = item.explained
    members = {
        "class": found.cls,
        "word": found.word,
        "provider": found.provider,
        "meaning": found.meaning,
        "remedy": found.remedy,
        "commands": list(found.commands),
        "sure": found.sure,
        "mark": found.mark,
        "excerpt": found.excerpt,
        "recognisedBy": found.phrase,
        "checkId": item.check_id,
        "lines": list(item.lines),
    }
    return {name: value for name, value in members.items() if value not in ("", [])}


def typed(commands: Iterable[str], name: str) -> tuple[str, ...]:
    """Commands as they can be typed here."""
    from openclaw.handover import runnable

    return tuple(runnable(command, name) for command in commands)
