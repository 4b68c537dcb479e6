"""A baseline: a report that was kept, whose findings are known and do not count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from doctor.comparing import keyed_documents
from doctor.report import Aside
from openclaw.errors import UsageFailure
from openclaw.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from doctor.comparing import Key
    from doctor.report import Outcome, Report

AGAIN = ("openclaw doctor --write-baseline baseline.json",)


def read(path: Path) -> Container[Key]:
    """Check id and fingerprint of each finding in it. UsageFailure for what is not a report of a whole run."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageFailure(f"the baseline cannot be read: {error.strerror}", path=path, commands=AGAIN) from error
    except (ValueError, RecursionError) as error:
        raise UsageFailure("the baseline is not JSON", path=path, commands=AGAIN) from error
    if not _is_report(document):
        raise UsageFailure("the baseline is not a report of `openclaw doctor --json`", path=path, commands=AGAIN)
    return keyed_documents(document["findings"]).keys()


def _is_report(document: Any) -> bool:
    """A document about a failure has no findings, but not because there were none."""
    return isinstance(document, dict) and isinstance(document.get("findings"), list) and "error" not in document


def apply(report: Report, known: Container[Key], *, new_only: bool = False) -> Report:
    """The report with what is known put aside; `new_only`: it is not shown either."""
    return replace(report, outcomes=tuple(_applied(item, known) for item in report.outcomes), new_only=new_only)


def _applied(outcome: Outcome, known: Container[Key]) -> Outcome:
    old = [item for item in outcome.findings if (item.check_id, item.fingerprint) in known]
    if not old:
        return outcome
    new = tuple(item for item in outcome.findings if item not in old)
    return replace(outcome, findings=new, aside=(*outcome.aside, *(Aside(item, known=True) for item in old)))
