"""Several files changed as one: what was there before is kept in memory, until all of it has worked."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import field
from typing import TYPE_CHECKING

from openclaw.change import atomic
from openclaw.errors import Failure, Refusal
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from openclaw.change.lock import Era

_os = os  # the seam of the fault tests, as in `atomic`


@frozen
class _Done:
    path: Path
    before: bytes | None = field(repr=False)
    after: bytes | None = field(repr=False)
    mode: int | None
    only_mode: bool = False


def mode_of(path: Path) -> int | None:
    """The permission bits of a file or directory, links followed; None: nothing there."""
    try:
        return stat.S_IMODE(_os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Failure(f"The mode could not be read: {error.strerror}.", path=path) from error


class Transaction:
    """Changes of files that `back` takes back, last first. Keeps contents in memory, so it is for small files."""

    def __init__(self) -> None:
        self._done: list[_Done] = []

    @property
    def pending(self) -> tuple[Path, ...]:
        """What there is to take back."""
        return tuple(done.path for done in self._done)

    def replace(self, path: Path, before: bytes | None, after: bytes | None, mode: int) -> None:
        """Writes or removes (None) a file whose contents are `before`; Failure when they are not any more."""
        if atomic.read(path) != before:
            raise Failure(
                "Another program changed the file meanwhile, so it was left as it is.", path=path, hint="Try again."
            )
        self._done.append(_Done(path, before, after, mode_of(path)))
        if after is None:
            atomic.remove(path)
        else:
            atomic.write(path, after, mode=mode)

    def chmod(self, path: Path, mode: int) -> None:
        """Sets the permission bits of a file or directory; through a link only when that is its owner's own."""
        _check_link(path)
        self._done.append(_Done(path, None, None, mode_of(path), only_mode=True))
        set_mode(path, mode)

    def back(self) -> tuple[Path, ...]:
        """Takes all changes back; the files for which that was not possible, because somebody changed them since."""
        left = [done.path for done in reversed(self._done) if not _restored(done)]
        self._done.clear()
        return tuple(left)


def set_mode(path: Path, mode: int) -> None:
    """chmod, with a failure that says what and why."""
    try:
        _os.chmod(path, mode)
    except OSError as error:
        raise Failure(f"The mode could not be set to {mode:04o}: {error.strerror}.", path=path) from error


@contextlib.contextmanager
def locked(paths: Iterable[Path], era: Era) -> Iterator[Callable[[], None]]:
    """Holds the locks of stores, taken in the order of their paths; the result raises Failure when one was lost."""
    from openclaw.change.lock import lock

    with contextlib.ExitStack() as stack:
        locks = [stack.enter_context(lock(path, era=era)) for path in sorted(set(paths))]

        def check() -> None:
            for held in locks:
                held.check()

        yield check


def _restored(done: _Done) -> bool:
    try:
        if not done.only_mode:
            now = atomic.read(done.path)
            if now not in (done.before, done.after):
                return False
            if now != done.before:
                _put_back(done)
        if done.mode is not None and mode_of(done.path) not in (done.mode, None):
            set_mode(done.path, done.mode)
    except Failure:
        return False
    return True


def _put_back(done: _Done) -> None:
    if done.before is None:
        atomic.remove(done.path)
    else:
        atomic.write(done.path, done.before, mode=0o600 if done.mode is None else done.mode)


def _check_link(path: Path) -> None:
    try:
        link = _os.lstat(path)
        if stat.S_ISLNK(link.st_mode) and link.st_uid not in (0, _os.stat(path).st_uid):
            raise Refusal("This is a symbolic link to something of another user.", path=path)
    except OSError as error:
        raise Failure(f"The mode could not be read: {error.strerror}.", path=path) from error
