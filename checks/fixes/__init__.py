"""The built-in fixes: one function per check whose remedy is `auto` or `confirm`, from a finding to a plan.

Apart from the checks, because a doctor that only looks never imports them: it asks `IDS` whether there is one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openclaw.fix import Fix

# Which module holds the fixes of which checks; a test compares it with what the modules hold.
MODULES: dict[str, str] = {
    "config": "config/gateway-mode config/shrunk config/unparsable",
    "cooldowns": "credentials/all-unusable credentials/cooldown credentials/disabled credentials/stale-cooldown",
    "copies": "credentials/agent-missing credentials/agent-stale credentials/shared-refresh",
    "declared": "credentials/config-mismatch credentials/undeclared",
    "env": (
        "env/cwd-blocked env/daemon-blind env/daemon-differs env/daemon-stale env/dotenv-duplicate env/dotenv-syntax "
        "env/empty env/frozen-in-unit env/misspelt"
    ),
    "exposure": "security/leftover-copy",
    "files": "credentials/store-corrupt security/readable-by-others",
    "moving": "credentials/foreign-key",
    "orders": "credentials/last-good-dangling credentials/order-excludes",
    "profiles": "credentials/bad-fields credentials/wrong-kind",
    "service": (
        "service/broken-exec service/claude-not-on-path service/legacy-unit service/linger service/not-installed "
        "service/not-running"
    ),
    "setup": "config/gateway-token config/implicit-default",
    "shadows": "credentials/bill-shock credentials/shadowed",
    "strangers": "credentials/order-unknown",
    "strays": "credentials/legacy-store credentials/misplaced",
    "values": "credentials/expires-unit credentials/local-blank credentials/redacted credentials/whitespace",
}
IDS = frozenset(check_id for ids in MODULES.values() for check_id in ids.split())


def load() -> dict[str, Fix]:
    """Every built-in fix, by the id of its check."""
    from openclaw.fix import Fix

    modules = (import_module(f"{__name__}.{name}") for name in MODULES)
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Fix)]
    return {item.check_id: item for item in sorted(found, key=lambda item: item.check_id)}
