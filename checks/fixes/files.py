"""Fixes of whole files: broken ones, which are never thrown away, and those that others can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.api import Unfixable, fix
from openclaw.change.plan import Chmod, MoveFile, SetKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.facts.files import Broken, SecretFiles
    from openclaw.facts.installation import Clock

OWN_FILE, GROUP_AND_OTHERS_WRITE = 0o600, 0o022


@fix("credentials/store-corrupt")
def store_corrupt(finding: Finding, broken_stores: Mapping[str, Broken], clock: Clock) -> Plan:
    """Keep the corrupt store aside and restore its newest whole backup."""
    broken = broken_stores.get(finding.where.path) if finding.where else None
    if broken is None or not broken.backup:
        raise Unfixable("there is no whole backup beside the store")
    path = Path(broken.path)
    # The version is always 1 (auth-spec §3.4): set as an edit of a store, it brings all of this under OpenClaw's lock.
    locked = SetKey(path, ("version",), 1, locked=True, why="under the lock that OpenClaw itself takes")
    return (*restored(path, Path(broken.backup), clock.now), locked)


@fix("security/readable-by-others")
def readable_by_others(finding: Finding, secret_files: SecretFiles) -> Plan:
    """Take the rights of other users away."""
    path = finding.where.path if finding.where else ""
    entries = (*secret_files.files, *secret_files.directories)
    found = next((entry for entry in entries if entry.path == path), None)
    if found is None or found.uid != secret_files.uid:
        raise Unfixable("it belongs to another user" if found else "it is not there any more")
    # A directory above may be meant to be seen: only the right to replace what is in it goes.
    mode = found.mode & ~GROUP_AND_OTHERS_WRITE if found.directory else found.mode & OWN_FILE
    return (Chmod(Path(path), mode, why="it holds secrets, or leads to them"),)


def restored(path: Path, backup: Path, now: int) -> Plan:
    """A backup in the place of a broken file, which is kept."""
    return (aside(path, now), MoveFile(backup, path, why=f"{backup.name} is the newest whole backup"))


def aside(path: Path, now: int) -> MoveFile:
    """A broken file under a name that nothing reads. `now` in milliseconds keeps the names apart."""
    return MoveFile(path, path.with_name(f"{path.name}.broken-{now}"), why=f"the broken {path.name} is kept")
