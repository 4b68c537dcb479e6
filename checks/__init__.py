"""The built-in checks, one module per area (credentials has two).

Checks are pure: no I/O, no clock, no environment. They import `openclaw.api`, types of facts, and pure rules of
`openclaw`. `verdict` and `remedies` are what several of them share.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openclaw.api import Check

MODULES = (
    "agents", "claude", "config", "cooldowns", "credentials", "declared", "env", "envfiles", "exposure",
    "gateway", "history", "host", "live", "logins", "models", "orders", "programs", "references", "refused",
    "security", "service", "setup", "shadows", "stores", "strays", "terminal", "variables",
)  # fmt: skip


def load() -> list[Check]:
    """Every built-in check, by id."""
    from openclaw.api import Check

    modules = (import_module(f"checks.{name}") for name in MODULES)
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Check)]
    return sorted(found, key=lambda item: item.id)
