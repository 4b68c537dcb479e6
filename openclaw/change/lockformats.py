"""The two formats of the lock `<store>.lock` that OpenClaw has had: how they are made, read, refreshed and removed.

- A directory (auth-spec §3.6): npm proper-lockfile 4.1.2. Its holder keeps the mtime fresh; an old one means abandoned.
- A regular file, OpenClaw 2026.6 and later: JSON with `pid`, `createdAt` and, where it can be known, the start time of
  the process. It is never refreshed: it counts as abandoned when that process has ended.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import time
from typing import TYPE_CHECKING, Protocol

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from pathlib import Path


@frozen
class Stamp:
    """What tells a lock from its successor at the same path: inodes and times are both used again, pairs hardly."""

    device: int
    inode: int
    mtime_ns: int


class Format(Protocol):
    """What a lock knows about itself. `create` raises FileExistsError when there is one; all may raise OSError."""

    refreshes: bool
    writer: str  # for people: which OpenClaw makes these

    def place(self, store: Path) -> Path:
        """Where the lock of `store` is."""

    def create(self, path: Path) -> Stamp:
        """Makes the lock, exclusively."""

    def refresh(self, path: Path) -> Stamp:
        """Makes our lock look new, where the format does that."""

    def stale(self, path: Path, found: os.stat_result, limit: float) -> bool:
        """Whether the lock at `path` counts as abandoned; `limit` is an age in seconds."""

    def take_over(self, path: Path, expected: Stamp) -> Stamp:
        """Removes an abandoned lock if it still is the `expected` one, and makes ours. FileExistsError: too late."""

    def remove(self, path: Path) -> None:
        """Removes our own lock."""

    def removal(self, path: Path) -> str:
        """The shell command that removes it."""


class Directory:
    """npm proper-lockfile 4.1.2."""

    refreshes = True
    writer = "an OpenClaw older than 2026.6"

    def place(self, store: Path) -> Path:
        """Beside the real file; a store that does not exist yet counts as the file that it would be."""
        real = store.resolve()
        if real.is_symlink():  # links in a loop: Python 3.13 does not say so any more
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return real.with_name(real.name + ".lock")

    def create(self, path: Path) -> Stamp:
        """mkdir."""
        path.mkdir()
        try:
            return self.refresh(path)
        except BaseException:
            path.rmdir()
            raise

    def refresh(self, path: Path) -> Stamp:
        """Sets the mtime to now."""
        now = time.time_ns()
        os.utime(path, ns=(now, now))
        return stamp(path.lstat())  # as the file system rounded it

    def stale(self, path: Path, found: os.stat_result, limit: float) -> bool:  # noqa: ARG002 - there is nothing in it
        """By its mtime alone."""
        return _old(found.st_mtime, limit)

    def take_over(self, path: Path, expected: Stamp) -> Stamp:
        """The protocol has no safe way: between our look and our rmdir somebody else may have done the same.

        Looking right before keeps that moment short, and who loses a fresh lock in it is told (`Lock.compromised`).
        """
        if is_there(path, expected):
            with contextlib.suppress(FileNotFoundError):
                path.rmdir()
        return self.create(path)

    def remove(self, path: Path) -> None:
        """Fails when something is in it."""
        path.rmdir()

    def removal(self, path: Path) -> str:
        """`rmdir`, which cannot remove more than a lock."""
        return f"rmdir {quoted(path)}"


class File:
    """OpenClaw's own lock file."""

    refreshes = False
    writer = "OpenClaw 2026.6 or later"

    def place(self, store: Path) -> Path:
        """Beside the name that was given: the directory is resolved here, but not a link that the store itself is."""
        return store.parent.resolve() / f"{store.name}.lock"

    def create(self, path: Path) -> Stamp:
        """O_EXCL, but not while somebody clears an abandoned lock."""
        if look(guard(path)) is not None:
            raise FileExistsError
        return self._make(path)

    def refresh(self, path: Path) -> Stamp:
        """Changes nothing: `createdAt` is the only age that others look at."""
        return stamp(path.lstat())

    def stale(self, path: Path, found: os.stat_result, limit: float) -> bool:
        """By its process, whatever its age. One that names no process may be half written: by its mtime."""
        try:
            holder = holder_of(path)
        except PermissionError:
            return False  # another user's: not known, so alive
        if holder is None:
            return _old(found.st_mtime, limit)
        current = start_time(holder.pid)
        return not alive(holder.pid) or (None not in (holder.start, current) and holder.start != current)

    def take_over(self, path: Path, expected: Stamp) -> Stamp:
        """Under a guard directory that keeps everybody else from making or clearing the lock meanwhile."""
        guard(path).mkdir()
        try:
            if is_there(path, expected):
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
            return self._make(path)
        finally:
            guard(path).rmdir()

    def remove(self, path: Path) -> None:
        """Unlink."""
        path.unlink()

    def removal(self, path: Path) -> str:
        """`rm`."""
        return f"rm {quoted(path)}"

    def _make(self, path: Path) -> Stamp:
        # Readable for all: the holder may be root, and the one who waits not. There is no secret in it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(_identity(), indent=2).encode())
            return self.refresh(path)
        except BaseException:
            path.unlink()
            raise


def format_of(found: os.stat_result) -> Format | None:
    """The format of what was found in the lock's place; None: that is no lock."""
    if stat.S_ISDIR(found.st_mode):
        return Directory()
    return File() if stat.S_ISREG(found.st_mode) else None


def look(path: Path) -> os.stat_result | None:
    """What is at `path`, links not followed; None: nothing."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def stamp(found: os.stat_result) -> Stamp:
    """The stamp of a lock."""
    return Stamp(found.st_dev, found.st_ino, found.st_mtime_ns)


def is_there(path: Path, expected: Stamp) -> bool:
    """Whether the lock at `path` is the one with this stamp."""
    found = look(path)
    return found is not None and stamp(found) == expected


def guard(path: Path) -> Path:
    """The directory that OpenClaw 2026.9 makes while it clears an abandoned lock; nobody makes one meanwhile."""
    return path.with_name(path.name + ".reclaim")


def alive(pid: int) -> bool:
    """Whether a process with this id runs. One that has ended and waits to be reaped does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass
    except (ProcessLookupError, OverflowError):
        return False
    return _process(pid)[:1] not in (["Z"], ["X"])


def start_time(pid: int) -> int | None:
    """Clock ticks from boot to the start of the process (field 22 of its stat, as OpenClaw has it); None: unknown."""
    fields = _process(pid)
    return int(fields[19]) if len(fields) > 19 else None


def quoted(path: Path) -> str:
    """The path as one word of a shell."""
    from shlex import quote

    return quote(str(path))


@frozen
class Holder:
    """The process that a lock file names, and when it started (None: not recorded)."""

    pid: int
    start: int | None


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock file at `path`; None when it does not say. PermissionError: it may not be read."""
    try:
        content = json.loads(path.read_bytes())
    except PermissionError:
        raise
    except (OSError, ValueError, RecursionError):
        return None
    match content:
        case {"pid": int(pid)} if pid > 0:
            start = content.get("starttime", content.get("startTime"))
            return Holder(pid, start if isinstance(start, int) else None)
    return None


def _identity() -> dict[str, int | str]:
    from datetime import UTC, datetime

    created = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    identity: dict[str, int | str] = {"pid": os.getpid(), "createdAt": created}
    start = start_time(os.getpid())
    return (
        identity if start is None else identity | {"starttime": start, "startTime": start}
    )  # both spellings were released


def _process(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third one on; nothing where there is no /proc or it hides others."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - no pathlib here
            return file.read().rpartition(")")[2].split()  # the second field is a name with anything in it
    except OSError:
        return []


def _old(moment: float, limit: float) -> bool:
    return moment < time.time() - limit
