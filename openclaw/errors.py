"""Expected failures: every one knows what is wrong, where, and what to do about it.

    Failure                exit 1
    ├── UsageFailure       exit 2   a flag, an argument, a missing TTY
    ├── Refusal            exit 1   a write that was not made, because it could have destroyed something
    └── Unreadable         exit 1   a source that exists and could not be read or parsed: never "empty"

Anything else that reaches the top is a defect of ours and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path


class Failure(Exception):
    """An expected failure. `hint` says in words what to do, `commands` exactly; `problems` are its parts, one each."""

    exit_code: Exit = Exit.FAILED
    kind = "failed"

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str = "",
        commands: tuple[str, ...] = (),
        problems: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column
        self.hint = hint
        self.commands = commands
        self.problems = problems

    @property
    def location(self) -> str:
        """`file:line:column`, as far as it is known; "" without a file."""
        if self.path is None:
            return ""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)


class UsageFailure(Failure):
    """A flag, an argument or a missing terminal."""

    exit_code = Exit.USAGE
    kind = "usage"


class RootUsageFailure(UsageFailure):
    """An option in front of the command (`--profile`, `--dev`): exit 2 whatever the command is (auth-spec §1.4)."""


class Refusal(Failure):
    """A change that was not made because it could have lost something."""


class Unreadable(Failure):
    """Something exists and could not be read or parsed. Unknown is not absent: nothing is written over it."""
