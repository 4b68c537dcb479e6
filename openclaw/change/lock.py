"""The lock of OpenClaw's credential store, as both OpenClaw's formats (`lockformats`) understand it.

Each format keeps holders of the other one out, and neither can clear the other's abandoned lock. So we write the format
of the installed version, wait for either, take over what is abandoned in our own format, and for the other one name the
command that removes it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING, Literal, Self

from openclaw.change.lockformats import (
    Directory,
    File,
    Format,
    Stamp,
    format_of,
    guard,
    holder_of,
    is_there,
    look,
    quoted,
    stamp,
)
from openclaw.change.signals import Signals
from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

Era = Literal["directory", "file"]

FIRST_WAIT = 0.1  # seconds; about doubled on every attempt, as OpenClaw does
LONGEST_WAIT = 10.0
HEARTBEAT = 10.0  # seconds at most; OpenClaw's own is 15
AHEAD = 60.0  # seconds; a lock that is dated further into the future is the work of a wrong clock


def lock(path: Path, *, era: Era = "directory", timeout: float = 50.0, stale: float = 30.0) -> Lock:
    """The lock of the store at `path`, to be used in a `with` statement; until then nothing happens.

    `timeout` and `stale` are seconds: how long to wait for another holder, and from which age on a lock counts as
    abandoned. Entering raises Failure when the lock cannot be had.
    """
    try:
        return Lock(path, File() if era == "file" else Directory(), timeout=timeout, stale=stale)
    except (OSError, RuntimeError) as error:  # resolve() says RuntimeError for a loop of links
        raise Failure(f"The place of the store's lock is not known: {error}.", path=path) from error


class Lock:
    """A held lock is refreshed by a daemon thread, and released on leaving, at exit and before a signal kills us.

    Before every write inside, look at `compromised` or call `check()`. Not re-entrant.
    """

    def __init__(self, store: Path, kind: Format, *, timeout: float, stale: float) -> None:
        import threading

        self.store = store
        self.path = kind.place(store)  # of the lock itself
        self._kind = kind
        self._timeout = timeout
        self._stale = stale
        self._stamp: Stamp | None = None  # what the lock looks like as long as it is ours; None: not held
        self._lost = False
        self._process = 0
        self._signals = Signals()
        self._looking = threading.Lock()  # the heartbeat changes what `compromised` looks at
        self._ended = threading.Event()
        self._heart: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._signals.catch()
        try:
            self._acquire()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._leave()

    @property
    def held(self) -> bool:
        """Whether we took the lock and have not released it; it may be compromised all the same."""
        return self._stamp is not None

    @property
    def compromised(self) -> bool:
        """Whether the lock was, or may have been, lost while we believed to hold it: then nothing may be written."""
        with self._looking:
            try:
                self._lost = self._lost or not self._ours()
            except OSError:
                return True  # for now: not knowing is no reason to write
            return self._lost

    def check(self) -> None:
        """Raises Failure unless the lock is held and still ours. To be called right before a write."""
        if not self.held or self.compromised:
            raise Failure(
                "The lock of the store was lost to another program, so nothing was written.",
                path=self.path,
                hint="This happens when the computer slept or was very slow. Try again.",
            )

    def release(self) -> None:
        """Gives the lock back if it is still ours. Not held, lost, or already gone: nothing happens."""
        import atexit

        atexit.unregister(self.release)
        self._ended.set()
        if self._heart is not None:
            self._heart.join(1.0)  # not for ever: a network file system may hang
            self._heart = None
        # A forked child has a copy of this object, but not the lock.
        if self._stamp is not None and self._process == os.getpid():
            with contextlib.suppress(OSError):  # then it becomes stale by itself
                if is_there(self.path, self._stamp):
                    self._kind.remove(self.path)
        self._stamp = None

    def _leave(self) -> None:
        with self._signals.ending():
            self.release()

    def _acquire(self) -> None:
        deadline = time.monotonic() + self._timeout
        wait = FIRST_WAIT
        while not self._attempt():
            rest = deadline - time.monotonic()
            if rest <= 0:
                raise self._busy()
            time.sleep(min(wait * (1 + os.urandom(1)[0] / 256), LONGEST_WAIT, rest))
            wait *= 2

    def _attempt(self) -> bool:
        """One try, with at most one takeover: whether we hold the lock now."""
        with self._explained():
            if self._hold(self._kind.create, self.path):
                return True
            found = look(self.path)
            if found is None:
                return self._hold(self._kind.create, self.path)
            kind = format_of(found)
            if kind is None:
                raise self._no_lock()
            if not kind.stale(self.path, found, self._stale):
                return False
            if type(kind) is not type(self._kind):
                raise self._other_format(kind)
            return self._hold(self._kind.take_over, self.path, stamp(found))

    def _hold(self, make: Callable[..., Stamp], *args: object) -> bool:
        with self._signals.deferred():  # a signal between making the lock and knowing it would leave it behind
            try:
                self._stamp = make(*args)
            except FileExistsError:
                return False
            self._start()
        return True

    def _start(self) -> None:
        import atexit
        import threading

        self._lost = False
        self._process = os.getpid()
        self._ended.clear()
        atexit.register(self.release)
        if self._kind.refreshes:
            self._heart = threading.Thread(target=self._beat, name="lock-heartbeat", daemon=True)
            self._heart.start()

    def _beat(self) -> None:
        while not self._ended.wait(min(HEARTBEAT, self._stale / 3)) and not self._lost:
            with self._looking, contextlib.suppress(OSError):  # one that lasts makes the lock too old to be ours
                self._lost = not self._ours()
                if not self._lost:
                    self._stamp = self._kind.refresh(self.path)

    def _ours(self) -> bool:
        """Whether the lock is the one that we made, and nobody may have begun to take it over."""
        if self._stamp is None:
            return True
        return is_there(self.path, self._stamp) and time.time() - self._stamp.mtime_ns / 1e9 <= self._stale

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            hint = "The lock is made beside the store: you need a directory there, and the right to write to it."
            if error.errno == errno.ENOTEMPTY:
                hint = "An abandoned lock has files in it, so OpenClaw cannot clear it either. Move them away."
            raise Failure(
                f"The store could not be locked: {error.strerror or error}.",
                path=self.path,
                hint=hint,
                commands=(f"ls -la {quoted(self.path if error.errno == errno.ENOTEMPTY else self.path.parent)}",),
            ) from error

    def _busy(self) -> Failure:
        found = look(self.path)
        kind = format_of(found) if found else None
        who, hint, removal = "", "OpenClaw holds it while refreshing a token. Try again.", ""
        if isinstance(kind, File):
            with contextlib.suppress(OSError):
                holder = holder_of(self.path)
                who = f" by process {holder.pid}" if holder else ""
        if found and kind and found.st_mtime > time.time() + AHEAD:
            hint = (
                "The lock is dated in the future, so it may never count as abandoned. If no OpenClaw runs, remove it."
            )
            removal = kind.removal(self.path)
        elif not found and look(guard(self.path)):
            hint = "What is left of clearing an abandoned lock is in the way. If no OpenClaw runs, remove it."
            removal = Directory().removal(guard(self.path))
        return Failure(
            f"Another program is using the store: its lock, held{who}, was not released within {self._timeout:g} s.",
            path=self.path,
            hint=hint,
            commands=(removal,) if removal else (),
        )

    def _other_format(self, kind: Format) -> Failure:
        return Failure(
            f"An abandoned lock of {kind.writer} blocks the store.",
            path=self.path,
            hint="The installed version cannot clear it. If no OpenClaw runs, remove it, then try again.",
            commands=(kind.removal(self.path),),
        )

    def _no_lock(self) -> Failure:
        return Failure(
            "Something that is not a lock is in the lock's place.",
            path=self.path,
            hint="Find out what it is and move it away, then try again.",
            commands=(f"ls -ld {quoted(self.path)}",),
        )
