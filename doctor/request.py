"""What a run of the doctor was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure
from openclaw.finding import Severity

if TYPE_CHECKING:
    from openclaw.probing.run import Options


@dataclass(frozen=True, slots=True, eq=False, repr=False)  # cheaper to define
class Request:
    """The options of `doctor` as values. `timeout` is in seconds; `asking` is how providers are asked, with `--live`.

    `ask`: questions may be asked where there is a terminal.
    """

    as_json: bool = False
    verbose: bool = False
    quiet: bool = False
    fail_level: Severity = Severity.ERROR
    fail_on_unknown: bool = False
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    timeout: float | None = None
    asking: Options | None = None
    record: bool = False
    since: str = ""
    fix: bool = False
    yes: bool = False
    dry_run: bool = False
    ask: bool = True

    def checked(self) -> Request:
        """The request; UsageFailure for options that mean nothing without another one."""
        if not self.fix and (self.yes or self.dry_run):
            option = "--yes" if self.yes else "--dry-run"
            raise UsageFailure(
                f"{option} goes with --fix",
                hint="without --fix, doctor changes nothing",
                commands=(f"openclaw doctor --fix {option}",),
            )
        return self
