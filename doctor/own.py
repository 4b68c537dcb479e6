"""The doctor's own checks: of what it was told, not of the host. Their one fact is given by the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.check import NotApplicable, check
from openclaw.finding import Finding, Location, Remedy, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doctor.silences import Silence


class Told:  # a dataclass would cost more at start-up
    """The silences that there are, the ids of all checks, the day (`YYYY-MM-DD`), and our own file of silences."""

    __slots__ = ("ids", "path", "silences", "today")

    def __init__(self, silences: tuple[Silence, ...], ids: tuple[str, ...], today: str, path: str = "") -> None:
        self.silences, self.ids, self.today, self.path = silences, ids, today, path


@check("doctor/silence-unknown", Severity.WARNING)
def silence_unknown(told: Told) -> Iterator[Finding]:
    """A silence names a check that there is not."""
    _applies(told)
    from doctor.select import near
    from doctor.silences import named

    words = {*told.ids, *(name.split("/", 1)[0] for name in told.ids)}
    for item in told.silences:
        if not any(named(check_id, item.id) for check_id in told.ids):
            message = f"A silence names {item.id}, and there is no such check"
            text = near(item.id, words) or "It may be misspelt, or of a plugin that is not installed."
            remedy = Remedy(text, ("openclaw doctor list", *_removal(item)))
            yield Finding("doctor/silence-unknown", Severity.WARNING, message, **_which(item, told), remedy=remedy)


@check("doctor/silence-expired", Severity.INFO)
def silence_expired(told: Told) -> Iterator[Finding]:
    """A silence has ended and does not count any more."""
    _applies(told)
    for item in told.silences:
        if item.over(told.today):
            message = f"The silence of {item.id}{f' for {item.target}' if item.target else ''} ended on {item.until}"
            remedy = Remedy("Take it away, or silence it again.", _removal(item))
            yield Finding("doctor/silence-expired", Severity.INFO, message, **_which(item, told), remedy=remedy)


OWN = (silence_expired, silence_unknown)


def _applies(told: Told) -> None:
    if not told.silences:
        raise NotApplicable("nothing is silenced")


def _which(item: Silence, told: Told) -> dict[str, Any]:
    return {
        "target": f"{item.id} {item.target}".strip(),
        "evidence": {"reason": item.reason},
        "where": Location(item.source or told.path),
    }


def _removal(item: Silence) -> tuple[str, ...]:
    """The command that takes one of ours away; a file that was handed in is for its owner to edit."""
    if item.source:
        return ()
    from shlex import quote

    target = f" --target {quote(item.target)}" if item.target else ""
    return (f"openclaw doctor silence --remove {quote(item.id)}{target}",)
