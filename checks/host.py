"""host/: the machine below the installation."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, Remedy, Severity, Unknown, check
from openclaw.home import STATE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.files import StateDir
    from openclaw.facts.machine import Account, Disk, Owners, StateDirs
    from openclaw.home import Home

MIB = 1024 * 1024
FREE_BYTES = 16 * MIB


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
    if found.nowhere:
        text = "Mount what the link leads to, or let it lead to where the state is; what is there is not known."
        return "nowhere", f"cannot be reached: {found.nowhere}", Remedy(text, (f"ls -ld {path}",))
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


@check("host/disk-full", Severity.ERROR, tags={"host", "smoke"})
def disk_full(disk: Disk) -> Iterator[Finding]:
    """The file system of the state directory is full."""
    path = quote(disk.path)
    if disk.free < FREE_BYTES:
        message = f"The file system of the state directory has {disk.free / MIB:.1f} MiB free: nothing can be saved"
        yield _full(disk, "space", message, f"df -h {path}")
    elif disk.inodes is not None and disk.inodes <= 0:
        message = "The file system of the state directory has no inode free: no file can be made"
        yield _full(disk, "inodes", message, f"df -i {path}")


def _full(disk: Disk, target: str, message: str, command: str) -> Finding:
    remedy = Remedy("Make room on it.", (command,))
    return Finding("host/disk-full", Severity.ERROR, message, target, where=Location(disk.path), remedy=remedy)


@check("host/mixed-owner", Severity.ERROR, tags={"host"})
def mixed_owner(owners: Owners) -> Iterator[Finding]:
    """Files below the state directory belong to somebody else."""
    if not owners.strangers:
        if not owners.complete:
            raise Unknown(f"only the first {owners.looked_at} files below {owners.path} were looked at")
        return
    path, uid = owners.strangers[0]
    number = len(owners.strangers)
    files = "belongs" if number == 1 else f"and {number - 1} more belong"
    name = owners.owner_name or str(owners.owner)
    yield Finding(
        "host/mixed-owner",
        Severity.ERROR,
        f"{path.removeprefix(f'{owners.path}/')} {files} to user {uid}, not to {name}, who owns the state directory",
        where=Location(path),
        remedy=Remedy(
            "Give them back; use `sudo -u`, not `sudo`, for commands of a gateway.",
            (f"{'' if owners.uid == 0 else 'sudo '}chown -hR {quote(name)} {quote(owners.path)}",),
        ),
    )


@check("host/two-state-dirs", Severity.WARNING, tags={"host"})
def two_state_dirs(state_dirs: StateDirs, home: Home) -> Iterator[Finding]:
    """State directories of older names stand beside the one in use."""
    if len(state_dirs.found) < 2:
        return
    used = home.short(state_dirs.used)
    for path in state_dirs.found:
        if path != state_dirs.used and path.name != STATE_NAME:
            message = f"{home.short(path)} of an older version stands beside the state directory {used}"
            remedy = Remedy(
                "See what only it has; then move it away.",
                (f"ls -la {quote(str(path))}", f"mv {quote(str(path))} {quote(f'{path}.old')}"),
            )
            yield Finding(
                "host/two-state-dirs", Severity.WARNING, message, path.name, where=Location(str(path)), remedy=remedy
            )


@check("host/home-mismatch", Severity.WARNING, tags={"host"})
def home_mismatch(account: Account, state_dir: StateDir) -> Iterator[Finding]:
    """HOME is not this user's own."""
    found = account
    who = f"user {found.uid}"
    if found.unseen:
        raise Unknown(f"whose HOME is could not be found out: {found.unseen}")
    if found.home_owner is not None and found.home_owner != found.uid:
        if state_dir.exists and state_dir.owner == found.home_owner:
            return  # host/state-dir says it: whatever is wrong there, its owner is another user
        owner = f"{found.home_owner_name} ({found.home_owner})" if found.home_owner_name else str(found.home_owner)
        message = f"HOME is {found.home}, which belongs to user {owner}, and this is {who}"
    elif found.sudo_user and found.registered and found.home and found.home != found.registered:
        message = f"sudo left HOME at {found.home}; that of {who} is {found.registered}"
    else:
        return
    yield Finding("host/home-mismatch", Severity.WARNING, message, "HOME", remedy=_own_home(found))


def _own_home(found: Account) -> Remedy:
    """Root looks at a user's home: that user should; else HOME is wrong."""
    if found.uid == 0 and found.home_owner:
        whose = found.home_owner_name or f"#{found.home_owner}"
    else:
        whose = found.sudo_user if found.uid == 0 and found.sudo_user != "root" else ""
    if whose:
        text = "Run this as the user whose gateway it is; files that root leaves behind cannot be read by it."
        return Remedy(text, (f"sudo -H -u {quote(whose)} openclaw doctor",))
    if found.registered and found.registered != found.home:
        return Remedy("Set HOME to this user's own.", (f"export HOME={quote(found.registered)}",))
    text = "Set HOME, or OPENCLAW_STATE_DIR, to a directory of this user's own."
    return Remedy(text, (f"ls -ld {quote(found.home)}",))
