"""credentials/: references to secrets that stand elsewhere."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.knowing import or_unknown
from checks.remedies import edit, option
from checks.verdict import ERROR
from openclaw.api import Finding, NotApplicable, Remedy, Unknown, check
from openclaw.home import DEFAULT_AGENT
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.credentials import Stores
    from openclaw.facts.references import Reference
    from openclaw.home import Home


@check("credentials/secret-ref-unresolved", ERROR, tags={"auth", "smoke"})
def secret_ref_unresolved(
    references: tuple[Reference, ...], stores: Stores, home: Home, unread_places: tuple[str, ...]
) -> Iterator[Finding]:
    """A reference to a secret, with nothing where it points."""
    if not references and not stores.broken() and not unread_places:
        raise NotApplicable("nothing here refers to a secret that stands elsewhere")
    bad = [item for item in references if item.trouble and item.known]
    yield from or_unknown((_finding(item, stores, home) for item in bad), stores, unread_places)
    unknown = next((item for item in references if not item.known), None)
    if unknown and not bad:
        raise Unknown(f"{unknown.target} refers to a secret: {unknown.trouble}")


def _finding(item: Reference, stores: Stores, home: Home) -> Finding:
    return Finding(
        "credentials/secret-ref-unresolved",
        ERROR,
        f"{item.target} refers to a secret that is not there: {item.trouble}",
        item.target,
        evidence={"source": item.source, "points at": item.id},
        where=item.where,
        remedy=_remedy(item, stores, home),
    )


def _remedy(item: Reference, stores: Stores, home: Home) -> Remedy:
    where = item.where
    own = _stored_itself(item, stores)
    if own and where and not where.path.endswith(".sqlite"):  # of 2026.2.x, which follows none
        return Remedy("Store the secret itself.", own)
    if item.source == "env":
        text = f"Set {item.id} where the gateway reads it: in {home.short(home.env_file)}, which only you may read."
        return Remedy(text, (edit(str(home.env_file)),))
    if item.source == "store":
        text = "Store it in OpenClaw's secret store; the value is read from the terminal until Ctrl-D."
        return Remedy(text, (f"openclaw real secrets store set {item.id} --value-file -",))
    if own:
        return Remedy("Put the secret where the reference points; or store it itself, in the reference's place.", own)
    text = "Put the secret where the reference points, or correct the reference."
    return Remedy(text, (edit(where.path, where.line),) if where else ())


def _stored_itself(item: Reference, stores: Stores) -> tuple[str, ...]:
    """The command that stores a secret in the place of a profile's reference; nothing for one of the config."""
    for agent, store in stores.own.items():
        profile = store.profiles.get(item.target if agent == DEFAULT_AGENT else item.target.removeprefix(f"{agent}/"))
        if profile and item.where and item.where.path == str(store.path):
            verb = "paste-api-key" if profile.type == "api_key" else "paste-token"
            whose = "" if agent == stores.default else option("--agent", agent)
            command = f"openclaw models auth {verb} --provider {quote(normalise(profile.provider))}"
            return (f"{command}{option('--profile-id', profile.id)}{whose}",)
    return ()
