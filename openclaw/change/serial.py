"""One change of an installation at a time: the order of receipts is the order of what was written.

The kernel holds this lock for us (flock), so it goes with the process, however that ends. It keeps out only this
program; OpenClaw's own lock of a store (`lock`) is taken inside it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING

from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "lock"
PATIENCE = 30.0  # seconds
PAUSE = 0.02

_CANNOT = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL)  # some network file systems


@contextlib.contextmanager
def alone(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Holds the lock in a journal's folder, which must exist. Failure when it cannot be had in time (seconds)."""
    handle = _opened(folder / NAME)
    try:
        _wait(handle, folder / NAME, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Failure(f"The lock of the journal could not be opened: {error.strerror}.", path=path) from error
    with contextlib.suppress(OSError):
        if os.geteuid() == 0:  # with sudo: its owner must be able to take it too
            owner = path.parent.stat()
            os.fchown(handle, owner.st_uid, owner.st_gid)
    return handle


def _wait(handle: int, path: Path, deadline: float) -> None:
    import fcntl

    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Failure(
                    "Another change of this installation is being made, so nothing was changed.",
                    path=path,
                    hint="Wait until that command has ended, or end it; then try again.",
                ) from None
            time.sleep(PAUSE)
        except OSError as error:
            if error.errno in _CANNOT:
                return  # without it, the digests still keep changes from being overwritten
            raise Failure(f"The lock of the journal could not be taken: {error.strerror}.", path=path) from error
        else:
            return
