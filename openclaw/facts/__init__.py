"""Facts: what is true on this host, collected once, each by one function with its own deadline.

A collector's parameters name the facts it is built from. `call` (environment, working directory, clock, terminal) is
given by the caller, so that a test or a recorded host can stand in for the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.check import parameters
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

DEADLINE = 5.0  # seconds

# Where each built-in fact is collected: a module is imported only when one of its facts is needed.
BUILTIN: dict[str, str] = {
    "installation": "openclaw.facts.installation",
    "home": "openclaw.facts.installation",
    "config": "openclaw.facts.installation",
    "environment": "openclaw.facts.installation",
    "era": "openclaw.facts.installation",
    "clock": "openclaw.facts.installation",
    "stores": "openclaw.facts.credentials",
    "held": "openclaw.facts.held",
    "routes": "openclaw.facts.credentials",
    "unread_places": "openclaw.facts.credentials",
    "cli_logins": "openclaw.facts.logins",
    "references": "openclaw.facts.references",
    "store_files": "openclaw.facts.places",
    "misplaced": "openclaw.facts.places",
    "not_imported": "openclaw.facts.places",
    "old_stores": "openclaw.facts.places",
    "refused": "openclaw.facts.logs",
    "last_answers": "openclaw.facts.logs",
    "env_files": "openclaw.facts.envfiles",
    "secret_files": "openclaw.facts.files",
    "state_dir": "openclaw.facts.files",
    "broken_config": "openclaw.facts.files",
    "broken_stores": "openclaw.facts.files",
    "host": "openclaw.facts.host",
    "terminal": "openclaw.facts.host",
    "controller": "openclaw.facts.service",
    "manager": "openclaw.facts.service",
    "gateway": "openclaw.facts.service",
    "daemon": "openclaw.facts.service",
    "running": "openclaw.facts.service",
    "answering": "openclaw.facts.service",
    "linger": "openclaw.facts.service",
    "serving": "openclaw.facts.daemon",
    "definitions": "openclaw.facts.daemon",
    "service_command": "openclaw.facts.unit",
    "last_words": "openclaw.facts.unit",
    "legacy_services": "openclaw.facts.unit",
    "intended": "openclaw.facts.unit",
    "disk": "openclaw.facts.machine",
    "owners": "openclaw.facts.machine",
    "state_dirs": "openclaw.facts.machine",
    "account": "openclaw.facts.machine",
    "programs": "openclaw.facts.machine",
    "node": "openclaw.facts.machine",
    "usable": "openclaw.facts.setup",
    "copies": "openclaw.facts.setup",
    "interrupted": "openclaw.facts.setup",
    "argv_secrets": "openclaw.facts.exposure",
    "log_secrets": "openclaw.facts.exposure",
    "leftovers": "openclaw.facts.exposure",
    "emptied": "openclaw.facts.exposure",
    "work_trees": "openclaw.facts.exposure",
    "claude": "openclaw.facts.claude",
    "claude_version": "openclaw.facts.claude",
    "claude_login": "openclaw.facts.claude",
    "asked": "openclaw.facts.asked",
    "live": "openclaw.facts.live",
}

# Facts for which providers are asked: collected only where somebody says so (`doctor --live`).
ONLINE = frozenset({"live"})


@frozen
class Unavailable:
    """A fact that could not be collected. Checks that need it become `unknown`: never passed, never "absent"."""

    reason: str


@frozen
class Fact:
    """A collector as a value."""

    name: str
    needs: tuple[str, ...]
    collect: Callable[..., Any]
    deadline: float = DEADLINE


def fact(*, deadline: float = DEADLINE) -> Callable[[Callable[..., Any]], Fact]:
    """Makes a `Fact` of a function of the same name; `deadline` is in seconds and does not include what it needs."""

    def build(function: Callable[..., Any]) -> Fact:
        return Fact(function.__name__, parameters(function), function, deadline)

    return build


def builtin(name: str) -> Fact | None:
    """The built-in collector of that name."""
    if name not in BUILTIN:
        return None
    from importlib import import_module

    found = getattr(import_module(BUILTIN[name]), name)
    assert isinstance(found, Fact)  # noqa: S101 - a wrong table above is a defect of ours
    return found
