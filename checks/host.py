"""host/: the machine below the installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, Remedy, Severity, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.files import StateDir


@check("host/state-dir", Severity.ERROR, tags={"host", "smoke"})
def state_dir_usable(state_dir: StateDir) -> Iterator[Finding]:
    """The state directory cannot be used."""
    path = state_dir.path
    reasons: list[tuple[str, tuple[str, ...]]] = []
    if state_dir.read_only:
        reasons.append(("is on a read-only file system", ()))
    elif state_dir.owner != state_dir.uid and state_dir.exists:
        owner = (f"sudo chown -R {state_dir.uid} '{path}'",)
        reasons.append((f"belongs to user {state_dir.owner}, this is user {state_dir.uid}", owner))
    elif state_dir.writable is False:
        reasons.append(("is not writable", (f"chmod u+rwx '{path}'",)))
    if state_dir.nested:
        reasons.append(("is nested in another .openclaw; OPENCLAW_STATE_DIR should name the outer one", ()))
    what = "The state directory" if state_dir.exists else "The place for the state directory"
    for reason, commands in reasons:
        message = f"{what} {reason}"
        remedy = Remedy("", commands)
        yield Finding("host/state-dir", Severity.ERROR, message, where=Location(path), remedy=remedy)
