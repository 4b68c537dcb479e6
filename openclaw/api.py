"""The public surface for authors of checks, facts, fixes and reporters. Third parties import only this module."""

from typing import TYPE_CHECKING, Any

from openclaw.check import Check, NotApplicable, Unknown, check
from openclaw.facts import Fact, Unavailable, fact
from openclaw.finding import Finding, Location, Remedy, Severity
from openclaw.fix import Fix, Unfixable, fix

if TYPE_CHECKING:
    from openclaw.change.plan import (
        Change,
        Chmod,
        DeleteKey,
        DeleteVariable,
        MoveFile,
        Plan,
        RemoveFile,
        Run,
        SetKey,
        SetVariable,
        WriteFile,
    )
    from openclaw.home import Home
    from openclaw.invocation import Invocation
    from openclaw.reporter import Reporter
    from openclaw.secret import Secret

# What only fixes and reporters need is loaded when it is asked for: checks are loaded by every run of the doctor.
_LATER = {
    **dict.fromkeys(
        (
            "Change", "Chmod", "DeleteKey", "DeleteVariable", "MoveFile", "Plan", "RemoveFile", "Run", "SetKey",
            "SetVariable", "WriteFile",
        ),
        "openclaw.change.plan",
    ),
    "Home": "openclaw.home",
    "Invocation": "openclaw.invocation",
    "Reporter": "openclaw.reporter",
    "Secret": "openclaw.secret",
}  # fmt: skip

__all__ = [
    "Change", "Check", "Chmod", "DeleteKey", "DeleteVariable", "Fact", "Finding", "Fix", "Home", "Invocation",
    "Location", "MoveFile", "NotApplicable", "Plan", "Remedy", "RemoveFile", "Reporter", "Run", "Secret", "SetKey",
    "SetVariable", "Severity", "Unavailable", "Unfixable", "Unknown", "WriteFile", "check", "fact", "fix",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATER[name]), name)
