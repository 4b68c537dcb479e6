"""Running other programs: argv lists, a deadline each, and "not found" as an answer instead of an exception."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from selectors import BaseSelector
    from subprocess import Popen
    from typing import Self

MAX_OUTPUT = 2 * 1024 * 1024  # bytes kept of each stream; the rest is read and dropped
LINGER = 0.3  # seconds that pipes may stay open after the program ended: a child of it may hold them for ever
CHUNK = 64 * 1024


@frozen
class Done:
    """A program that ended. Streams are decoded as UTF-8 with replacement; `cut`: there was more than MAX_OUTPUT."""

    code: int
    out: str
    err: str
    cut: bool = False


@frozen
class NotDone:
    """A program that gave no answer; `reason` is a short clause for people ("no answer in 5 s", "not found")."""

    reason: str
    timed_out: bool = False


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    cwd: Path | None = None,
) -> Done | NotDone:
    """Runs `argv` without a shell and waits at most `timeout` seconds; on a time-out its whole process group is killed.

    `stdin` is text for its standard input (nothing when None). Secrets go there, never into `argv`.
    """
    import subprocess  # 8 ms that most commands never pay

    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
            bufsize=0,
        )
    except FileNotFoundError as error:
        return NotDone(_not_found(argv[0], error.filename, cwd))
    except OSError as error:
        return NotDone(f"{argv[0]} could not be started: {error.strerror}")
    except ValueError:
        return NotDone(f"{argv[0]} could not be started: an argument or variable has a NUL character")
    _mind(process)
    with _Conversation(process, (stdin or "").encode("utf-8", "surrogateescape")) as talk:
        if not talk.finished(timeout):
            return NotDone(f"{argv[0]} gave no answer in {timeout:g} s", timed_out=True)
        return talk.result()


_running: set[Popen[bytes]] = set()  # for the end of this program, which waits for none of its threads


def _mind(process: Popen[bytes]) -> None:
    """Ends the process with this program, where a thread that nobody waits for any more is still talking to it."""
    if not _running:
        import atexit

        atexit.unregister(_end_all)
        atexit.register(_end_all)
    _running.add(process)


def _end_all() -> None:
    for process in list(_running):
        _end(process)


def _end(process: Popen[bytes]) -> None:
    """Kills the whole process group of a process that still runs."""
    import os
    import signal

    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()


def _not_found(program: str, missing: object, cwd: Path | None) -> str:
    from pathlib import Path

    if cwd is not None and str(missing) == str(cwd):
        return f"{program} could not be started: the directory {cwd} does not exist"
    if "/" in program and Path(program).is_file():
        return f"{program} could not be started: the interpreter in its first line was not found"
    return f"{program} was not found"


class _Conversation:
    """Both streams of a process read, and its input written, without ever waiting for one of them alone.

    Not `communicate()`: that keeps any amount of output, and waits for whoever still holds the pipes.
    """

    def __init__(self, process: Popen[bytes], data: bytes) -> None:
        assert process.stdout  # noqa: S101 - asked for above
        assert process.stderr  # noqa: S101
        self._process = process
        self._pending = memoryview(data)
        self._kept = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process group if the process still runs (a time-out, or Ctrl-C here), and closes our ends."""
        import subprocess

        _running.discard(self._process)
        if self._process.poll() is None:
            _end(self._process)
            with contextlib.suppress(subprocess.TimeoutExpired):  # a process in the kernel does not die at once
                self._process.wait(1)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            _close(pipe)

    def finished(self, timeout: float) -> bool:
        """Talks until the process ended and its pipes are empty; False when that took longer than `timeout` seconds."""
        import selectors
        import time

        ends = time.monotonic() + timeout
        ended = False
        with selectors.DefaultSelector() as selector:
            self._register(selector)
            while True:
                if not ended and self._process.poll() is not None:
                    ended, ends = True, min(ends, time.monotonic() + LINGER)
                left = ends - time.monotonic()
                if (ended and not selector.get_map()) or left <= 0:
                    return ended
                # Nothing tells of the end of a process whose pipes are held open or closed early: look now and then.
                for key, _ in selector.select(min(left, 0.02 if not selector.get_map() else 0.05)):
                    if not self._step(key.fd):
                        selector.unregister(key.fd)

    def result(self) -> Done:
        """What the process said."""
        out, err = self._kept.values()
        return Done(self._process.returncode, _text(out), _text(err), max(len(out), len(err)) > MAX_OUTPUT)

    def _register(self, selector: BaseSelector) -> None:
        import os
        import selectors

        for descriptor in self._kept:
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        if self._process.stdin:
            os.set_blocking(self._process.stdin.fileno(), False)
            selector.register(self._process.stdin.fileno(), selectors.EVENT_WRITE)

    def _step(self, descriptor: int) -> bool:
        """Reads or writes once; False when that stream is done."""
        import os

        kept = self._kept.get(descriptor)
        if kept is None:
            return self._write(descriptor)
        try:
            data = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return True
        kept += data[: MAX_OUTPUT + 1 - len(kept)]
        return bool(data)

    def _write(self, descriptor: int) -> bool:
        import os

        try:
            self._pending = self._pending[os.write(descriptor, self._pending[:CHUNK]) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:  # it does not want to know
            self._pending = self._pending[:0]
        return bool(self._pending) or _close(self._process.stdin)


def _close(pipe: IO[bytes] | None) -> bool:
    if pipe is not None:
        with contextlib.suppress(OSError):
            pipe.close()
    return False


def _text(raw: bytearray) -> str:
    return raw[:MAX_OUTPUT].decode("utf-8", "replace")
