"""service/: systemd, launchd, none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy, Severity, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.service.base import Manager

NAMES = {"systemd": "systemd (user)", "launchd": "launchd", "none": "No service manager"}


@check("service/manager", Severity.WARNING, tags={"service"})
def manager(manager: Manager) -> Iterator[Finding]:
    """Which service manager this host has."""
    unreachable = manager.expected and not manager.reachable
    texts = "; ".join(hint.text for hint in manager.hints)
    yield Finding(
        "service/manager",
        Severity.WARNING if unreachable else Severity.INFO,
        f"{NAMES[manager.kind]}: {manager.why}",
        manager.kind,
        remedy=Remedy(f"{texts[:1].upper()}{texts[1:]}", tuple(hint.command for hint in manager.hints if hint.command)),
    )
