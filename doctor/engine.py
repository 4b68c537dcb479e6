"""One doctor run: the checks, the facts they name, the outcomes. The only I/O is that of the collectors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import checks
from doctor.collect import collect
from doctor.report import Outcome, Report
from openclaw.check import NotApplicable, Unknown
from openclaw.facts import ONLINE, Unavailable
from openclaw.finding import Finding
from openclaw.handover import our_name, runnable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from openclaw.check import Check
    from openclaw.invocation import Invocation
    from openclaw.probing.run import Options

HOST_FACTS = ("host", "manager", "home", "era")  # what the report says about the host


def diagnose(
    call: Invocation,
    selected: Sequence[Check] | None = None,
    deselected: Iterable[Check] = (),
    asking: Options | None = None,
) -> Report:
    """Runs the selected checks (all built-in ones by default) on the host. Looks, and changes nothing.

    `asking` is how providers are asked (`--live`); without it, the checks that need that are skipped.
    """
    chosen = checks.load() if selected is None else selected
    offline = [item for item in chosen if asking is None and ONLINE.intersection(item.needs)]
    chosen = [item for item in chosen if item not in offline]
    wanted = dict.fromkeys([*HOST_FACTS, *(need for item in chosen for need in item.needs)])
    facts = collect(wanted, {"call": call, "asking": asking})
    name = our_name(call.env)
    outcomes = [_named(run(item, facts), name) for item in chosen]
    outcomes += [Outcome(item.id, "skipped", item.title, "not selected") for item in deselected]
    outcomes += [Outcome(item.id, "skipped", item.title, "needs --live") for item in offline]
    return Report(tuple(sorted(outcomes, key=lambda outcome: outcome.check_id)), describe_host(facts))


def run(check: Check, facts: Mapping[str, Any]) -> Outcome:
    """One check on collected facts. A crash is a result."""
    arguments = [facts.get(need, Unavailable(f"there is no fact named {need}")) for need in check.needs]
    missing = next((value for value in arguments if isinstance(value, Unavailable)), None)
    if missing is not None:
        return Outcome(check.id, "unknown", check.title, missing.reason)
    try:
        findings = tuple(check.run(*arguments))
    except NotApplicable as error:
        return Outcome(check.id, "skipped", check.title, str(error))
    except Unknown as error:
        return Outcome(check.id, "unknown", check.title, str(error))
    except Exception as error:
        return Outcome(check.id, "crashed", check.title, defect(error))
    stray = next((item for item in findings if not isinstance(item, Finding)), None)
    if stray is not None:
        return Outcome(check.id, "crashed", check.title, f"yielded a {type(stray).__name__} instead of a Finding")
    return Outcome(check.id, "found" if findings else "passed", check.title, findings=findings)


def _named(outcome: Outcome, name: str) -> Outcome:
    """The outcome with commands of ours as they can be typed on this host."""
    return replace(outcome, findings=tuple(_with_commands(finding, name) for finding in outcome.findings))


def _with_commands(finding: Finding, name: str) -> Finding:
    if finding.remedy is None or name == "openclaw":
        return finding
    commands = tuple(runnable(command, name) for command in finding.remedy.commands)
    return replace(finding, remedy=replace(finding.remedy, commands=commands))


def describe_host(facts: Mapping[str, Any]) -> dict[str, str]:
    """The `host` member of the report, as far as it could be collected."""
    host: dict[str, str] = {}
    if not isinstance(found := facts.get("host"), Unavailable | None):
        host["os"] = found.os
        if found.container:
            host["container"] = found.container
    if not isinstance(found := facts.get("manager"), Unavailable | None):
        host["serviceManager"] = found.kind
    if not isinstance(found := facts.get("home"), Unavailable | None):
        host["stateDir"] = found.short(found.state)
    if not isinstance(found := facts.get("era"), Unavailable | None):
        host["era"] = found.name
        if found.version:
            host["openclawVersion"] = found.version
    return host


def defect(error: Exception) -> str:
    """Kind and place of a defect, without its text: that may quote a secret. Also for a failure of doctor itself."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
