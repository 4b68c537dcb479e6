"""What to do about a file or directory that keeps this user out, in words and as a command."""

from __future__ import annotations

import os
import stat
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Advice = tuple[str, tuple[str, ...]]  # a sentence, commands


def let_in(path: str, *, owner: int, uid: int, directory: bool) -> Advice:
    """How `path`, which belongs to `owner`, becomes readable for `uid`."""
    if owner != uid:
        # Every file below has the same wrong owner as a rule: all come from one run with sudo.
        whole = " -R" if directory else ""
        text = f"It belongs to user {owner}, and this is user {uid}: give it to whom the gateway runs as."
        return text, (f"sudo chown{whole} {uid} {quote(path)}",)
    rights = "u+rwx" if directory else "u+rw"
    return "Give its owner the right to read it.", (f"chmod {rights} {quote(path)}",)


def for_reading(path: Path) -> Advice:
    """Why a file that is there cannot be read by this user. Never raises."""
    look = (f"ls -l {quote(str(path))}",)
    try:
        for step in (*reversed(path.parents), path):
            if not os.access(step, os.R_OK if step == path else os.X_OK):
                found = step.stat()
                return _own_or_not(step, found, f"ls -ld {quote(str(step))}")
        if not stat.S_ISREG(path.stat().st_mode):
            return "Something else than a file stands there: move it away.", look
    except (OSError, RuntimeError):
        return "Look whether it is a link that leads back to itself or nowhere, and replace it by a file.", look
    return "Find out what keeps it from being read.", look


def for_writing(path: Path) -> Advice | None:
    """What keeps this user from making a file at `path`; None where the permission bits do not tell."""
    try:
        for step in path.parents:
            if step.exists():
                if os.access(step, os.W_OK | os.X_OK):
                    return None
                found = step.stat()
                if found.st_uid == os.geteuid():
                    return "Give its owner the right to write there.", (f"chmod u+rwx {quote(str(step))}",)
                return _foreign_directory(found.st_uid), (f"ls -ld {quote(str(step))}",)
    except OSError:
        return None
    return None


def _own_or_not(step: Path, found: os.stat_result, look: str) -> Advice:
    """A directory of somebody else's is not given away: it may be that user's home directory."""
    directory, uid = stat.S_ISDIR(found.st_mode), os.geteuid()
    if directory and found.st_uid != uid:
        return _foreign_directory(found.st_uid), (look,)
    return let_in(str(step), owner=found.st_uid, uid=uid, directory=directory)


def _foreign_directory(owner: int) -> str:
    return (
        f"The directory belongs to user {owner}, and this is user {os.geteuid()}: "
        "run this as that user (sudo -H -u), or set HOME to your own home directory."
    )
