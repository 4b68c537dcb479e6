"""host/: the machine below the installation."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, Remedy, Severity, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.files import StateDir


@check("host/state-dir", Severity.ERROR, tags={"host", "smoke"})
def state_dir_usable(state_dir: StateDir) -> Iterator[Finding]:
    """The state directory cannot be used."""
    if found := _unusable(state_dir):
        yield _finding(state_dir, *found)
    if state_dir.nested:
        outer = state_dir.path.rpartition("/")[0] if state_dir.exists else state_dir.path
        remedy = Remedy("Name the outer one.", (f"export OPENCLAW_STATE_DIR={quote(outer)}",))
        yield _finding(state_dir, "nested", "is nested in another .openclaw", remedy)


def _use_own_home(found: StateDir) -> Remedy:
    text = f"HOME is {found.foreign_home}, which is another user's: "
    if found.own_home:
        return Remedy(f"{text}set it to your own, or use `sudo -H`.", (f"export HOME={quote(found.own_home)}",))
    return Remedy(
        f"{text}set it, or OPENCLAW_STATE_DIR, to a directory of your own.", (f"ls -ld {quote(found.foreign_home)}",)
    )


def _unusable(found: StateDir) -> tuple[str, str, Remedy] | None:
    """(target, clause, remedy): the first reason why nothing can be kept there."""
    path = quote(found.path)
    if not found.directory:
        return (
            "kind",
            "is not a directory",
            Remedy("Move away what stands there.", (f"mv {path} {quote(found.path + '.moved')}",)),
        )
    if found.read_only:
        text = "Mount it for writing, or keep the state elsewhere, with OPENCLAW_STATE_DIR."
        return "read-only", "is on a read-only file system", Remedy(text, (f"findmnt -T {path}",))
    if found.exists and found.owner != found.uid:
        return "owner", f"belongs to user {_name(found)}, and this is user {found.uid}", _change_user(found)
    if not found.writable and found.foreign_home:
        return "writable", "is not writable", _use_own_home(found)
    if not found.writable:
        own = found.owner == found.uid
        text = (
            "Give its owner the right to write."
            if own
            else f"It belongs to user {_name(found)}: keep the state elsewhere."
        )
        command = f"chmod u+rwx {path}" if own else 'export OPENCLAW_STATE_DIR="$HOME"/.openclaw'
        return "writable", "is not writable", Remedy(text, (command,))
    return None


def _change_user(found: StateDir) -> Remedy:
    """Root looks at a user's directory: then the user is wrong, not the directory."""
    if found.uid != 0:
        text = "Give it to the user whom the gateway runs as, or run this as its owner."
        own = _use_own_home(found) if found.foreign_home else Remedy("")
        return Remedy(f"{text} {own.text}".strip(), (f"sudo chown -R {found.uid} {quote(found.path)}", *own.commands))
    user = quote(found.owner_name or f"#{found.owner}")
    return Remedy(
        "Run this as its owner: root leaves files behind that the gateway cannot read.",
        (f"sudo -H -u {user} openclaw doctor",),
    )


def _finding(found: StateDir, target: str, clause: str, remedy: Remedy) -> Finding:
    what = "The state directory" if found.exists else "The place for the state directory"
    where = Location(found.path)
    return Finding("host/state-dir", Severity.ERROR, f"{what} {clause}", target, where=where, remedy=remedy)


def _name(found: StateDir) -> str:
    return f"{found.owner_name} ({found.owner})" if found.owner_name else str(found.owner)
