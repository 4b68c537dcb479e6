"""credentials/: references to secrets that stand elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.knowing import or_unknown
from checks.remedies import edit
from checks.verdict import ERROR
from openclaw.api import Finding, NotApplicable, Remedy, Unknown, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.credentials import Stores
    from openclaw.facts.references import Reference
    from openclaw.home import Home


@check("credentials/secret-ref-unresolved", ERROR, tags={"auth", "smoke"})
def secret_ref_unresolved(references: tuple[Reference, ...], stores: Stores, home: Home) -> Iterator[Finding]:
    """A reference to a secret, with nothing where it points."""
    if not references and not stores.broken():
        raise NotApplicable("nothing here refers to a secret that stands elsewhere")
    bad = [item for item in references if item.trouble and item.known]
    yield from or_unknown((_finding(item, home) for item in bad), stores)
    unknown = next((item for item in references if not item.known), None)
    if unknown and not bad:
        raise Unknown(f"{unknown.target} refers to a secret: {unknown.trouble}")


def _finding(item: Reference, home: Home) -> Finding:
    return Finding(
        "credentials/secret-ref-unresolved",
        ERROR,
        f"{item.target} refers to a secret that is not there: {item.trouble}",
        item.target,
        evidence={"source": item.source, "points at": item.id},
        where=item.where,
        remedy=_remedy(item, home),
    )


def _remedy(item: Reference, home: Home) -> Remedy:
    if item.source == "env":
        text = f"Set {item.id} where the gateway reads it: in {home.short(home.env_file)}, which only you may read."
        return Remedy(text, (edit(str(home.env_file)),))
    if item.source == "store":
        text = "Store it in OpenClaw's secret store; the value is read from the terminal until Ctrl-D."
        return Remedy(text, (f"openclaw real secrets store set {item.id} --value-file -",))
    text = "Put the secret where the reference points, or correct the reference."
    return Remedy(text, (edit(item.where.path, item.where.line),) if item.where else ())
