"""The built-in fixes: one function per check whose remedy is `auto` or `confirm`, from a finding to a plan.

Apart from the checks, because a doctor that only looks never imports them. Every module of this package is taken; one
module per subject, named as the module of `checks` whose findings it repairs.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openclaw.fix import Fix


def load() -> dict[str, Fix]:
    """Every built-in fix, by the id of its check."""
    from openclaw.fix import Fix

    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Fix)]
    return {item.check_id: item for item in sorted(found, key=lambda item: item.check_id)}
