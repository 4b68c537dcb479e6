"""Starting, stopping and restarting the gateway's service, and looking afterwards whether it happened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from openclaw.frozen import frozen
from openclaw.proc import NotDone

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.service.base import GatewayService, Run, ServiceManager

Action = Literal["start", "stop", "restart"]
WORKING = 60.0  # seconds: a manager that stops a service waits for the service
WATCHING = 10.0  # seconds in which it must be up, or down
STEADY = 1.5  # seconds that it must stay up: a service that fails at once is "active" for a moment
LOOKS = 0.2  # seconds between two looks
DONE = {"start": "started", "stop": "stopped", "restart": "restarted"}


@frozen
class Step:
    """One command line for a manager. `needed`: the action fails where it fails."""

    argv: tuple[str, ...]
    needed: bool = True


@frozen
class Outcome:
    """What became of it: `service` as it is now, and why it did not happen ("" when it did)."""

    service: GatewayService
    why: str = ""

    @property
    def ok(self) -> bool:
        """What was asked happened, by the manager's own account afterwards."""
        return not self.why


def act(
    manager: ServiceManager,
    service: GatewayService,
    action: Action,
    run: Run,
    *,
    profile: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Has the manager do it and watches the service afterwards. `run` has the manager's own environment already."""
    for step in manager.steps(service, action):
        answer = run(step.argv, timeout=WORKING, env=manager.client_env())
        if not step.needed:
            continue
        if isinstance(answer, NotDone):
            return Outcome(_again(manager, service, profile), answer.reason)
        if answer.code != 0:
            from openclaw.redact import scrub

            said = (answer.err.strip() or answer.out.strip()).splitlines()
            reason = scrub(said[0]) if said else f"exit code {answer.code}"
            return Outcome(_again(manager, service, profile), reason)
    return _watched(manager, service, action, profile, sleep)


def _watched(
    manager: ServiceManager, before: GatewayService, action: Action, profile: str | None, sleep: Callable[[float], None]
) -> Outcome:
    """Looks until it is as it should be, and once more after a while where it should stay up."""
    found = before
    for _ in range(int(WATCHING / LOOKS)):
        found = _again(manager, before, profile)
        if found.active is (action != "stop"):
            break
        sleep(LOOKS)
    if action == "stop":
        return Outcome(found, "" if found.active is False else _not_as_asked(found, action))
    if not found.active:
        return Outcome(found, _not_as_asked(found, action))
    if action == "restart" and found.pid is not None and found.pid == before.pid:
        return Outcome(found, "the process is still the one from before")
    sleep(STEADY)
    later = _again(manager, before, profile)
    if not later.active or later.pid != found.pid:
        return Outcome(later, f"it does not stay up: {_ending(later)}")
    return Outcome(later)


def _again(manager: ServiceManager, before: GatewayService, profile: str | None) -> GatewayService:
    return manager.gateway(profile) or before


def _not_as_asked(found: GatewayService, action: Action) -> str:
    if found.active is None:
        return "the service manager does not say whether it runs"
    return "it still runs" if action == "stop" else f"it does not run: {_ending(found)}"


def _ending(found: GatewayService) -> str:
    status = "" if found.exit_status is None else f", exit status {found.exit_status}"
    result = f", {found.result}" if found.result not in ("", "success") else ""
    return f"{found.state or 'state not known'}{result}{status}"
