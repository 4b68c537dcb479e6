"""The built-in checks, one module per area. Checks are pure: they import only `openclaw.api` and types of facts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openclaw.api import Check

MODULES = ("claude", "config", "credentials", "env", "host", "security", "service", "terminal")


def load() -> list[Check]:
    """Every built-in check, by id."""
    from openclaw.api import Check

    modules = (import_module(f"checks.{name}") for name in MODULES)
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Check)]
    return sorted(found, key=lambda item: item.id)
