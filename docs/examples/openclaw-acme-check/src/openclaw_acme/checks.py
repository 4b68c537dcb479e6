"""Checks: pure functions from facts to findings. Their parameters name the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, Remedy, Severity, check
from openclaw_acme import PROXY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw_acme.facts import Proxy


@check("acme/proxy", Severity.WARNING, tags={"network"})
def proxy(acme_proxy: Proxy) -> Iterator[Finding]:
    """The gateway does not use ACME's proxy."""
    if acme_proxy.value != PROXY:
        what = "another proxy than ACME's" if acme_proxy.value else "no proxy, and ACME's network lets nothing out"
        yield Finding(
            "acme/proxy",
            Severity.WARNING,
            f"The gateway uses {what}",
            target="HTTPS_PROXY",
            where=Location(str(acme_proxy.path)),
            remedy=Remedy("Set HTTPS_PROXY in the env file of the gateway.", ("openclaw doctor --fix",), "confirm"),
        )
