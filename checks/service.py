"""service/: systemd, launchd, none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy, Severity, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.service.base import Manager


@check("service/manager", Severity.WARNING, tags={"service"})
def manager(manager: Manager) -> Iterator[Finding]:
    """Which service manager this host has."""
    names = {"systemd": "systemd (user)", "launchd": "launchd", "none": "none"}
    unreachable = manager.expected and not manager.reachable
    hints = manager.hints if unreachable else ()
    yield Finding(
        "service/manager",
        Severity.WARNING if unreachable else Severity.INFO,
        f"Service manager: {names[manager.kind]}; {manager.why}",
        manager.kind,
        remedy=Remedy("; ".join(hint.text for hint in hints), tuple(hint.command for hint in hints if hint.command)),
    )
