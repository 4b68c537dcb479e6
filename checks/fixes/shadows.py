"""Fixes of variables that stand beside a stored credential: out of OpenClaw's own files, the stored one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import shadows
from checks.fixes.places import NO_FILE
from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey, DeleteVariable
from openclaw.config.views import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openclaw.api import Finding
    from openclaw.change.plan import Change, Plan
    from openclaw.facts.credentials import Held
    from openclaw.facts.installation import Clock
    from openclaw.facts.service import Daemon
    from openclaw.installation import Installation


@fix("credentials/shadowed")
def shadowed(finding: Finding, held: list[Held], installation: Installation) -> Plan:
    """Take a variable that has no effect out of OpenClaw's own files."""
    return _taken_out([finding.target.rpartition("/")[2]], held, installation)


@fix("credentials/bill-shock")
def bill_shock(finding: Finding, held: list[Held], daemon: Daemon, installation: Installation, clock: Clock) -> Plan:
    """Take an API key that stands beside a subscription out of OpenClaw's own files."""
    newer = installation.era.name == "sqlite"
    found = shadows.charged(held, daemon, clock.now, newer=newer)
    names = next((item.names for item in found if finding.target == f"{item.provider}/{item.names[0]}"), ())
    return _taken_out(names, held, installation)


def _taken_out(names: Iterable[str], held: list[Held], found: Installation) -> Plan:
    plan: Plan = ()
    for name in names:
        if shadows.where_set(name, held, found.home, found.config)[1] != "confirm":
            raise Unfixable(NO_FILE)
        plan += tuple(_changes(name, found))
    if not plan:
        raise Unfixable(NO_FILE)
    return plan


def _changes(name: str, found: Installation) -> Iterator[Change]:
    why = f"{name}: a stored credential is used instead"
    for layer in found.environment.layers:
        if layer.name == "state" and name in layer.values and layer.path:
            yield DeleteVariable(layer.path, name, why=why)
    for keys in (("env",), ("env", "vars")):
        if name in table(found.config.value, *keys):
            yield DeleteKey(found.config.path, (*keys, name), why=why)
