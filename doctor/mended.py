"""What became of a `doctor --fix`: a value, for people and as members of the report's document."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from doctor.comparing import Difference
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from doctor.fixing import NotApplied, Proposal
    from openclaw.change.journal import Receipt
    from openclaw.change.preview import FileChange
    from openclaw.finding import Finding


@frozen
class Mended:
    """`preview` is the redacted diff of `planned`; without a receipt, nothing was changed.

    `restart`: the command after which a running gateway knows of the change. `trouble`: what happened to the files
    after they were written.
    """

    preview: tuple[FileChange, ...] = ()
    planned: tuple[Proposal, ...] = ()
    left: tuple[NotApplied, ...] = ()
    dry_run: bool = False
    receipt: Receipt | None = None
    restart: str = ""
    trouble: str = ""
    difference: Difference[Finding] = field(default_factory=Difference)

    @property
    def applied(self) -> frozenset[str]:
        """The fingerprints of the findings whose fix was applied."""
        return frozenset(item.finding.fingerprint for item in self.planned) if self.receipt else frozenset()

    @property
    def fixed(self) -> tuple[Finding, ...]:
        """What was there before and is not any more, consequences of a fixed cause included."""
        return self.difference.gone

    @property
    def still_there(self) -> tuple[Finding, ...]:
        """What was to be fixed and is still there, or could not be looked at again."""
        found = (*self.difference.still, *self.difference.unseen)
        return tuple(item for item in found if item.fingerprint in self.applied)

    @property
    def new(self) -> tuple[Finding, ...]:
        """What was not there before."""
        return self.difference.new


def members(mended: Mended, user: Path) -> dict[str, Any]:
    """The optional members `plan`, `outcome`, `receipt` and `dryRun` of the report's document."""
    from doctor.render.json import finding_document
    from openclaw.change.preview import as_json
    from openclaw.redact import scrub

    def documents(findings: Iterable[Finding]) -> list[dict[str, Any]]:
        return [finding_document(item, user) for item in findings]

    outcome: dict[str, Any] = {
        "fixed": documents(mended.fixed),
        "stillThere": documents(mended.still_there),
        "new": documents(mended.new),
        "notApplied": [
            {**_named(item.finding), "reason": scrub(item.reason)} for item in mended.left
        ],
    }  # fmt: skip
    if mended.restart:
        outcome["restart"] = scrub(mended.restart)
    if mended.trouble:
        outcome["trouble"] = scrub(mended.trouble)
    receipt = {"receipt": _receipt(mended.receipt, user)} if mended.receipt else {}
    return {"plan": as_json(mended.preview), "outcome": outcome, "dryRun": mended.dry_run, **receipt}


def _named(finding: Finding) -> dict[str, str]:
    from openclaw.redact import scrub

    return {"checkId": finding.check_id, "fingerprint": finding.fingerprint, "message": scrub(finding.message)}


def _receipt(receipt: Receipt, user: Path) -> dict[str, Any]:
    from openclaw.redact import scrub
    from openclaw.text import tilde

    return {
        "id": receipt.id,
        "title": receipt.title,
        "at": receipt.at,
        "files": [{"path": scrub(tilde(file.path, user)), "action": file.action} for file in receipt.files],
        "irreversible": list(receipt.irreversible),
    }
