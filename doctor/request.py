"""What a run of the doctor was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure
from openclaw.finding import Severity
from openclaw.frozen import frozen, replace

if TYPE_CHECKING:
    from openclaw.invocation import Invocation
    from openclaw.probing.run import Options

HUMAN = "human"


@frozen
class Request:
    """The options of `doctor` as values. `timeout` is in seconds; `asking` is how providers are asked, with `--live`.

    `ask`: questions may be asked where there is a terminal. `form` is that of standard output, `outputs` are the files
    to write, each with its form (`doctor.forms`).
    """

    as_json: bool = False
    form: str = ""
    outputs: tuple[tuple[str, str], ...] = ()
    plain: bool = False
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
    silences: str = ""
    baseline: str = ""
    new_only: bool = False
    with_plugins: bool = True
    write_baseline: str = ""
    facts: str = ""

    @property
    def bare(self) -> bool:
        """Standard output is the report for a program, and nothing besides."""
        return self.as_json or self.form not in ("", HUMAN)

    def checked(self, call: Invocation) -> Request:
        """The request with its form decided; UsageFailure for options that mean nothing without another one."""
        if not self.fix and (self.yes or self.dry_run):
            option = "--yes" if self.yes else "--dry-run"
            raise UsageFailure(
                f"{option} goes with --fix",
                hint="without --fix, doctor changes nothing",
                commands=(f"openclaw doctor --fix {option}",),
            )
        if self.new_only and not self.baseline:
            raise UsageFailure(
                "--new-only goes with --baseline",
                hint="a baseline is a report that was kept",
                commands=("openclaw doctor --write-baseline baseline.json",),
            )
        return replace(self, form=self._form(call))

    def _form(self, call: Invocation) -> str:
        """Annotations where nothing was asked for in GitHub Actions, else the text for people."""
        by_itself = call.env.get("GITHUB_ACTIONS") == "true" and not (call.stdout_tty or self.fix or self.quiet)
        return self.form or ("github" if by_itself else HUMAN)
