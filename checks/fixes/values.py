"""Fixes of one value in its place: a secret with something at it, a mask, a blank, a date in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.fixes.places import held_of, profile_of, replaced, replaced_member, trouble_of
from checks.verdict import meant
from openclaw.api import Unfixable, fix
from openclaw.credentials.profiles import PLAUSIBLE_FROM, PLAUSIBLE_YEARS
from openclaw.providers.names import normalise
from openclaw.secret import length_and_end

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.facts.credentials import Held
    from openclaw.facts.installation import Clock


@fix("credentials/whitespace")
def whitespace(finding: Finding, held: list[Held]) -> Plan:
    """Store the secret without what clings to it."""
    item = held_of(finding, held)
    value = meant(item, trouble_of(finding, item))
    if value is None:
        raise Unfixable("what is meant is not clear")
    left = "the reference alone" if item.written else f"what is left has {length_and_end(value.reveal())}"
    return replaced(item, value, f"{item.target}: {left}")


@fix("credentials/redacted")
def redacted(finding: Finding, held: list[Held]) -> Plan:
    """Restore the one value from the newest backup that has it."""
    item = held_of(finding, held)
    if item.original is None:
        raise Unfixable("no backup beside the file has the value")
    name = item.original.backup.rpartition("/")[2]
    why = f"{item.target}: as it stands in {name}"
    if item.profile is None:
        return replaced(item, item.original.values[""], why)
    members = item.original.values.items()
    return tuple(step for member, value in members for step in replaced_member(item, member, value, why))


@fix("credentials/local-blank")
def local_blank(finding: Finding, held: list[Held]) -> Plan:
    """Put a word that is no secret in the place of the blank key of a local server."""
    item = held_of(finding, held)
    return replaced(item, marker(item.provider), f"{item.target}: not a secret; the server takes any text")


def marker(provider: str) -> str:
    """What stands for the key of a server that wants none: `ollama-local`."""
    return f"{normalise(provider)}-local"


@fix("credentials/expires-unit")
def expires_unit(finding: Finding, held: list[Held], clock: Clock) -> Plan:
    """Turn an expiry in seconds into milliseconds."""
    item = held_of(finding, held)
    expiry = profile_of(item).expiry
    if expiry is None or not PLAUSIBLE_FROM <= expiry * 1000 <= clock.now + PLAUSIBLE_YEARS:
        raise Unfixable("it is no date in seconds")
    return replaced_member(item, "expires", int(expiry * 1000), f"{item.target}: the same date in milliseconds")
