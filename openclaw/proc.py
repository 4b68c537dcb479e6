"""Running other programs: argv lists, a deadline each, and "not found" as an answer instead of an exception."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MAX_OUTPUT = 2 * 1024 * 1024  # bytes kept of each stream


@dataclass(frozen=True, slots=True)
class Done:
    """A program that ended. Streams are decoded as UTF-8 with replacement."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
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
    import os  # with subprocess below: 8 ms that most commands never pay
    import signal
    import subprocess

    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    except FileNotFoundError:
        return NotDone(f"{argv[0]} was not found")
    except OSError as error:
        return NotDone(f"{argv[0]} could not be started: {error.strerror}")
    try:
        out, err = process.communicate(None if stdin is None else stdin.encode(), timeout=timeout)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        # A grandchild that left the group may still hold the pipes: closing them is what must not hang.
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()
        return NotDone(f"{argv[0]} gave no answer in {timeout:g} s", timed_out=True)
    return Done(process.returncode, _text(out), _text(err))


def _text(raw: bytes) -> str:
    return raw[:MAX_OUTPUT].decode("utf-8", "replace")
