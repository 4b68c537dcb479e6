"""security/: who can read the secrets."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, Remedy, Severity, Unknown, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.files import Entry, SecretFiles

OTHERS = 0o077
FEW = 5  # files of one directory that get a command of their own
WORLD_WRITE, GROUP_WRITE, STICKY = 0o002, 0o020, 0o1000


@check("security/readable-by-others", Severity.ERROR, tags={"security", "smoke"})
def readable_by_others(secret_files: SecretFiles) -> Iterator[Finding]:
    """A file with secrets that group or others can read, or replace."""
    found = [*_files(secret_files), *_directories(secret_files)]
    if secret_files.unseen and not found:
        raise Unknown(f"{secret_files.unseen} may not be looked into")
    yield from found


def _files(secret_files: SecretFiles) -> Iterator[Finding]:
    found = [file for file in secret_files.files if file.mode & OTHERS]
    folders = [file.path.rpartition("/")[0] for file in found]
    for file, folder in zip(found, folders, strict=True):
        message = f"A file that holds secrets has mode {file.mode:04o}: other users can {_what(file.mode)} it"
        command = f"chmod 600 {quote(file.path)}"
        if folders.count(folder) > FEW:
            command = f"find {quote(folder)} -maxdepth 1 -type f -exec chmod go-rwx {{}} +"
        yield _finding(file, message, "Make it private.", command, secret_files.uid)


def _directories(secret_files: SecretFiles) -> Iterator[Finding]:
    for folder in secret_files.directories:
        if who := _who_else_writes(folder):
            message = f"A directory above secrets has mode {folder.mode:04o}: {who} can replace the files in it"
            take = f"chmod go-w {quote(folder.path)}"
            yield _finding(folder, message, "Take the right to write away.", take, secret_files.uid)


def _finding(entry: Entry, message: str, text: str, command: str, uid: int) -> Finding:
    """Own files are mended without asking; those of another user are that user's to mend."""
    own = entry.uid == uid
    owner = "" if own else f" It belongs to user {entry.uid}."
    commands = (command if own or uid == 0 else f"sudo {command}",)
    return Finding(
        "security/readable-by-others",
        Severity.ERROR,
        message,
        where=Location(entry.path),
        remedy=Remedy(f"{text}{owner}", commands, "auto" if own else "manual"),
    )


def _who_else_writes(folder: Entry) -> str:
    """Who besides the owner could put another file in the place of one with secrets; "" where nobody could."""
    if folder.mode & STICKY:
        return ""
    if folder.mode & WORLD_WRITE:
        return "any user"
    # The group of one's own user has no other member: with umask 002 every directory is writable for it.
    return "its group" if folder.mode & GROUP_WRITE and not folder.own_group else ""


def _what(mode: int) -> str:
    words = [word for bits, word in ((0o044, "read"), (0o022, "change")) if mode & bits]
    return " and ".join(words) or "run"
