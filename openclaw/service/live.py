"""The gateway's process as it runs: its own variables, when it started, and which of its files changed since then.

A process shows the variables that it was started with. What OpenClaw read from `<state>/.env` afterwards is not among
them, so those files are compared by time.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.frozen import frozen
from openclaw.secret import Secret
from openclaw.service.within import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from openclaw.service.base import Variables

TIMEOUT = 3.0  # seconds for the process table
TOLERANCE = 20  # milliseconds: the kernel counts the start of a process in hundredths of a second

SourceKind = Literal["unit", "drop-in", "environment file", "env file", "config"]


@frozen
class Live:
    """A running process. `variables` and `started` (milliseconds since the epoch) are None where `reason` says why."""

    pid: int
    name: str = ""
    variables: Variables | None = field(default=None, repr=False)
    started: int | None = None
    reason: str = ""


@frozen
class Changed:
    """A file that changed after the process had started. `at`: milliseconds since the epoch."""

    path: Path
    kind: SourceKind
    at: int


def look(pid: int, *, seconds: float = TIMEOUT, process: Callable[[int], Any] | None = None) -> Live:
    """What the process table tells of a process; never raises. `process` stands in for `psutil.Process`."""

    def ask() -> Live:
        return _ask(pid, process)

    try:
        return within(seconds, ask, "the process table")
    except TimeoutError as error:
        return Live(pid, reason=str(error))


def changed_since(started: int, sources: Iterable[tuple[SourceKind, Path]]) -> tuple[Changed, ...]:
    """Those of these files whose contents are younger than `started`; what is not there or not to be seen is not."""
    found: dict[Path, Changed] = {}
    for kind, path in sources:
        try:
            at = path.stat().st_mtime_ns // 1_000_000
        except OSError:
            continue
        if at > started + TOLERANCE:
            found.setdefault(path, Changed(path, kind, at))
    return tuple(found.values())


def _ask(pid: int, process: Callable[[int], Any] | None) -> Live:
    import psutil

    try:
        found = (process or psutil.Process)(pid)
        name, started = found.name(), _started(found)
    except psutil.NoSuchProcess:
        return Live(pid, reason=f"process {pid} is gone")
    except (psutil.Error, OSError) as error:
        return Live(pid, reason=_denied(pid, error))
    try:
        variables = {name: Secret(value) for name, value in found.environ().items()}
    except psutil.NoSuchProcess:  # also a zombie
        return Live(pid, name, started=started, reason=f"process {pid} is gone")
    except (psutil.Error, OSError) as error:
        return Live(pid, name, started=started, reason=_denied(pid, error))
    return Live(pid, name, variables, started)


def _denied(pid: int, error: Exception) -> str:
    import psutil

    if isinstance(error, psutil.AccessDenied | PermissionError):
        return f"the variables of process {pid} may not be read by this user"
    return f"process {pid} could not be looked at"


def _started(process: Any) -> int:
    """Milliseconds since the epoch. On Linux psutil counts from the boot time in whole seconds: made exact here."""
    import time

    import psutil

    created = float(process.create_time())
    if isinstance(process, psutil.Process) and hasattr(time, "CLOCK_BOOTTIME"):
        created += time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) - psutil.boot_time()
    return int(created * 1000)
