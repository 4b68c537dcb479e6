"""Fixes: from a finding and facts to a plan. The plan is shown, agreed to, applied and undone like every other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Secret, SetVariable, fix
from openclaw_acme import PROXY
from openclaw_acme.facts import NAME

if TYPE_CHECKING:
    from openclaw.api import Finding, Plan
    from openclaw_acme.facts import Proxy


@fix("acme/proxy")
def proxy(finding: Finding, acme_proxy: Proxy) -> Plan:
    """Sets the proxy."""
    return (SetVariable(acme_proxy.path, NAME, Secret(PROXY), why=finding.message),)
