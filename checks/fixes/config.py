"""Fixes of openclaw.json."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checks.fixes.files import aside, restored
from checks.history import to_restore
from openclaw.api import Unfixable, fix
from openclaw.change.plan import SetKey

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.config.reading import Config
    from openclaw.facts.files import Broken
    from openclaw.facts.installation import Clock
    from openclaw.facts.setup import Copies


@fix("config/gateway-mode")
def gateway_mode(finding: Finding, config: Config) -> Plan:  # noqa: ARG001 - there is one config
    """Let the gateway run on this machine."""
    if not isinstance(config.merged.get("gateway", {}), dict):
        raise Unfixable("`gateway` is not an object")
    return (SetKey(config.path, ("gateway", "mode"), "local", why="without it the gateway refuses to start"),)


@fix("config/unparsable")
def unparsable(finding: Finding, broken_config: Broken, clock: Clock) -> Plan:
    """Keep the broken config aside, and restore its newest whole backup where there is one."""
    if finding.where is None or finding.where.path != broken_config.path or broken_config.obstacle:
        raise Unfixable("the config cannot be read")
    path = Path(broken_config.path)
    if broken_config.backup:
        return restored(path, Path(broken_config.backup), clock.now)
    return (aside(path, clock.now),)


@fix("config/shrunk")
def shrunk(finding: Finding, copies: Copies, config: Config, clock: Clock) -> Plan:  # noqa: ARG001 - there is one config
    """Put the backup that holds more in the place of the config, which is kept."""
    backup = to_restore(copies)
    if not backup:
        raise Unfixable("there is no whole backup beside the config")
    return restored(config.path, Path(backup), clock.now)
