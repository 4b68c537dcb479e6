"""Exit codes: one table for the whole program (docs/exit-codes.md)."""

from enum import IntEnum


class Exit(IntEnum):
    """Process exit codes. `models status --check` gives 2 its own meaning, because the reference program does."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CRASHED = 3
    INTERRUPTED = 130

    EXPIRING = 2  # alias of USAGE: `models status --check` only
