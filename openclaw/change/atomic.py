"""Files that are the old one or the new one, never something between.

A file is written beside its place under a name that `LEFTOVER` recognises, made durable, and renamed over the old one.
Only a crash of the machine or a SIGKILL can leave such a temporary file behind, and it is never readable by others.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

from openclaw.change import advice
from openclaw.errors import Failure, Refusal, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEFTOVER = ".openclaw-onboard-"  # temporary files are named `.<name>.openclaw-onboard-<16 hex digits>`

_os = os  # the seam: every call into the operating system goes through it, so that tests can make the n-th one fail

_MAX_LINKS = 40  # as Linux

# What to say and what to do, by errno. `{directory}` is quoted for a shell.
_REASONS: dict[int, tuple[str, str, str]] = {
    errno.ENOSPC: ("no space left on the device", "Free some space or inodes, then try again.", "df -h {directory}"),
    errno.EDQUOT: ("the disk quota is used up", "Free some space or raise the quota, then try again.", ""),
    errno.EROFS: ("the file system is read-only", "Mount it writable, or use another directory.", "df -h {directory}"),
    errno.EACCES: ("permission denied", "Run this as the owner of the file and its directory.", "ls -ld {directory}"),
    errno.EPERM: (
        "the operation is not permitted",
        "The file may be immutable (chattr +i), or its owner cannot be kept here.",
        "ls -ld {directory}",
    ),
    errno.EBUSY: (
        "the file is in use as a mount point",
        "A single file is mounted here, as containers do; it cannot be replaced. Mount its directory instead.",
        "",
    ),
    errno.ENOTDIR: ("a part of its path is a file", "Move that file away, or use another directory.", ""),
    errno.ELOOP: ("too many symbolic links", "One of the links in the path leads back to itself.", ""),
    errno.EIO: ("the disk reported an input/output error", "Check the disk; the kernel log has details.", ""),
}


def write(path: Path, data: bytes, *, mode: int = 0o600, parents_mode: int = 0o700) -> None:
    """Replaces the file at `path` by `data`, whole or not at all.

    An existing file keeps its owner, and never gets rights for group or others that it did not have; the owner's rights
    are those of `mode`. Missing parent directories are made with `parents_mode` (auth-spec §3.4). As root, what is new
    gets the owner of the directory it is made in, so that `sudo` does not lock users out of their own files. A symbolic
    link stays one: the file that it leads to is replaced.

    Refusal: not a regular file, or the file of another user. Failure: anything that the operating system refused; the
    old file is then intact and no temporary file is left.
    """
    with _explained(path, "The file was not written"):
        real, existing = _target(path)
        _make_directory(real.parent, parents_mode)
        _replace(real, existing, data, mode)
    with _explained(path, "The file was written, but the disk did not confirm it"):
        _sync_directory(real.parent)


def remove(path: Path) -> None:
    """Removes the file at `path`, through a symbolic link as `write` does. A file that is not there is no error."""
    with _explained(path, "The file was not removed"):
        real, existing = _target(path)
        if existing is None:
            return
        _os.unlink(real)
    with _explained(path, "The file was removed, but the disk did not confirm it"):
        _sync_directory(real.parent)


def read(path: Path) -> bytes | None:
    """All bytes of the file at `path`; None when there is none. Unreadable: it exists, and cannot be read."""
    with _explained(path, "The file could not be read", Unreadable):
        try:
            # O_NONBLOCK: opening a pipe would wait for a writer.
            handle = _os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        try:
            if not stat.S_ISREG(_os.fstat(handle).st_mode):
                hint, commands = advice.for_reading(path)
                raise Unreadable("This is not a regular file.", path=path, hint=hint, commands=commands)
            return b"".join(iter(lambda: _os.read(handle, 1 << 20), b""))
        finally:
            _os.close(handle)


def _target(path: Path) -> tuple[Path, os.stat_result | None]:
    """The real file behind `path` and what is there now (None: nothing), when it may be replaced."""
    real, existing, link_owners = _follow(path)
    if existing is not None and not stat.S_ISREG(existing.st_mode):
        kind = "a directory" if stat.S_ISDIR(existing.st_mode) else "not a regular file"
        raise Refusal(f"This is {kind}: it was left alone.", path=real, hint="Move it away, then try again.")
    if existing is not None:
        _check_owner(path, real, existing.st_uid, link_owners)
    elif link_owners:
        _check_owner(path, real, _directory_of(real, path).st_uid, link_owners)
    return real, existing


def _directory_of(real: Path, path: Path) -> os.stat_result:
    try:
        return _os.stat(real.parent)
    except FileNotFoundError:
        raise Refusal(
            f"This is a symbolic link that leads nowhere: {real} and its directory are not there.",
            path=path,
            hint="Make that directory, or remove the link.",
            commands=(f"ls -l {_quoted(path)}", f"mkdir -p {_quoted(real.parent)}"),
        ) from None


def _follow(path: Path) -> tuple[Path, os.stat_result | None, set[int]]:
    """`path` with its last component's symbolic links followed, what is there, and who owns those links."""
    owners: set[int] = set()
    for _ in range(_MAX_LINKS):
        try:
            found = _os.lstat(path)
        except FileNotFoundError:
            return path, None, owners
        if not stat.S_ISLNK(found.st_mode):
            return path, found, owners
        owners.add(found.st_uid)
        path = path.parent / _os.readlink(path)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _check_owner(path: Path, real: Path, owner: int, link_owners: set[int]) -> None:
    """Refuses a file of another user, and a link that somebody else may have laid to trick us into writing there."""
    us = _os.geteuid()
    trusted = {owner, 0} if owner == us else {owner}
    if link_owners - trusted or (link_owners and us not in (0, owner)):
        raise Refusal(
            f"This is a symbolic link to a file of another user: {real} belongs to uid {owner}.",
            path=path,
            hint="Replace the link by a file of your own, or run this as the user who owns both the link and the file.",
        )
    if us not in (0, owner):
        # A rename would make the file ours, with rights for us only: its owner's daemon could not read it any more.
        raise Refusal(
            f"This file belongs to another user (uid {owner}).",
            path=path,
            hint="Run this as that user, or make the file yours.",
            commands=(f"sudo chown {us} {_quoted(real)}",),
        )


def _make_directory(path: Path, mode: int) -> None:
    """Makes `path` and its missing parents; what exists is left as it is."""
    with contextlib.suppress(FileNotFoundError):
        _os.stat(path)
        return
    _make_directory(path.parent, mode)
    try:
        _os.mkdir(path, mode)
    except FileExistsError:
        return  # another process was faster
    if _os.geteuid() == 0:
        parent = _os.stat(path.parent)
        _os.chown(path, parent.st_uid, parent.st_gid, follow_symlinks=False)
    _sync_directory(path.parent)


def _replace(real: Path, existing: os.stat_result | None, data: bytes, mode: int) -> None:
    temporary = real.with_name(f".{real.name}{LEFTOVER}{os.urandom(8).hex()}")
    try:
        handle = _os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            _write_all(handle, data)
            _hand_over(handle, real, existing, mode)
            _os.fsync(handle)
        finally:
            _os.close(handle)
        _os.replace(temporary, real)
    except BaseException:
        with contextlib.suppress(OSError):
            _os.unlink(temporary)
        raise


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[_os.write(handle, rest) :]


def _hand_over(handle: int, real: Path, existing: os.stat_result | None, mode: int) -> None:
    """Gives the temporary file the owner, the group and the mode that the file at `real` shall have."""
    ours = _os.fstat(handle)
    like = existing or (_os.stat(real.parent) if _os.geteuid() == 0 else ours)
    final = mode & (stat.S_IMODE(existing.st_mode) | stat.S_IRWXU) if existing else mode
    if (like.st_uid, like.st_gid) != (ours.st_uid, ours.st_gid):
        try:
            _os.fchown(handle, like.st_uid, like.st_gid)
        except PermissionError:
            if like.st_uid != ours.st_uid:
                raise
            final &= ~0o070  # a group that we cannot give it to; ours must not get that group's rights
    _os.fchmod(handle, final)


def _sync_directory(path: Path) -> None:
    """Makes a rename durable, where the file system knows how to."""
    cannot = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM, errno.EBADF)
    try:
        handle = _os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _os.fsync(handle)
        finally:
            _os.close(handle)
    except OSError as error:
        if error.errno not in cannot:
            raise


@contextlib.contextmanager
def _explained(path: Path, what: str, kind: type[Failure] = Failure) -> Iterator[None]:
    """Turns an OSError into a failure that says what happened to the file, why, and what to do."""
    try:
        yield
    except OSError as error:
        reason, hint, command = _REASONS.get(error.errno or 0, (error.strerror or str(error), "", ""))
        commands: tuple[str, ...] = (command.format(directory=_quoted(path.parent)),) if command else ()
        if told := _told(path, error, kind):
            hint, commands = told
        raise kind(f"{what}: {reason}.", path=path, hint=hint, commands=commands) from error


def _told(path: Path, error: OSError, kind: type[Failure]) -> advice.Advice | None:
    """What the place itself tells of what is in the way; None where it tells nothing."""
    if kind is Unreadable and error.errno in (errno.EACCES, errno.ELOOP):
        return advice.for_reading(path)
    return advice.for_writing(path) if error.errno == errno.EACCES else None


def _quoted(path: Path) -> str:
    from shlex import quote

    return quote(str(path))
