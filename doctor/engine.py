"""One doctor run: the checks, the facts they name, the outcomes. The only I/O is that of the collectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doctor.collect import collect
from doctor.registry import known_checks, known_fact
from doctor.report import NEEDS_LIVE, NOT_SELECTED, Outcome, Report
from openclaw.check import NotApplicable, Unknown
from openclaw.facts import ONLINE, Unavailable
from openclaw.finding import Finding
from openclaw.frozen import frozen, replace
from openclaw.handover import our_name, runnable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from doctor.collect import Awaited
    from openclaw.check import Check
    from openclaw.config.reading import Config
    from openclaw.invocation import Invocation
    from openclaw.probing.run import Options

HOST_FACTS = ("host", "manager", "home", "era")  # what the report says about the host
MEND = "openclaw doctor --fix"


@frozen
class Examined:
    """A report, and the facts that it was made from: name → value or `Unavailable`."""

    report: Report
    facts: Mapping[str, Any]


def diagnose(
    call: Invocation,
    selected: Sequence[Check] | None = None,
    deselected: Iterable[Check] = (),
    asking: Options | None = None,
) -> Report:
    """The report of a run of the selected checks (by default all). Looks, and changes nothing."""
    return examine(call, known_checks() if selected is None else selected, deselected, asking=asking).report


def examine(
    call: Invocation,
    selected: Sequence[Check],
    deselected: Iterable[Check] = (),
    *,
    asking: Options | None = None,
    seconds: float | None = None,
    awaited: Awaited | None = None,
    given: Mapping[str, Any] | None = None,
    name: str = "",
) -> Examined:
    """Runs the selected checks on the host. Looks, and changes nothing.

    `asking` is how providers are asked (`--live`); without it, the checks that need that are skipped. `seconds` is the
    time for collecting all facts, `awaited` is told which ones are awaited. `given` facts are not collected.
    `name` is how this program is called where the facts are from, if that is not here.
    """
    name = name or our_name(call.env)
    offline = [item for item in selected if asking is None and ONLINE.intersection(item.needs)]
    chosen = [item for item in selected if item not in offline]
    wanted = dict.fromkeys([*HOST_FACTS, *(need for item in chosen for need in item.needs)])
    start = {"call": call, "asking": asking, **(given or {})}
    if asking is None:
        start = dict.fromkeys(ONLINE, Unavailable(NEEDS_LIVE)) | start
    facts = collect(wanted, start, known_fact, seconds=seconds, awaited=awaited)
    outcomes = presented([run(item, facts) for item in chosen], name, facts)
    outcomes += [Outcome(item.id, "skipped", item.title, NOT_SELECTED) for item in deselected]
    outcomes += [Outcome(item.id, "skipped", item.title, NEEDS_LIVE) for item in offline]
    in_order = tuple(sorted(outcomes, key=lambda outcome: outcome.check_id))
    return Examined(Report(in_order, describe_host(facts), runnable(MEND, name)), facts)


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
    except (Exception, SystemExit) as error:  # a check that leaves would take the rest with it
        return Outcome(check.id, "crashed", check.title, defect(error))
    stray = next((item for item in findings if not isinstance(item, Finding)), None)
    if stray is not None:
        return Outcome(check.id, "crashed", check.title, f"yielded a {type(stray).__name__} instead of a Finding")
    return Outcome(check.id, "found" if findings else "passed", check.title, findings=findings)


def presented(outcomes: list[Outcome], name: str, facts: Mapping[str, Any] | None = None) -> list[Outcome]:
    """The outcomes with commands of ours as they can be typed here, and no promise of a fix that there is not."""
    has_fix, reachable = _has_fix(outcomes), _reachable(outcomes, (facts or {}).get("config"))
    return [
        replace(
            outcome, findings=tuple(_with_remedy(reachable(finding), name, has_fix) for finding in outcome.findings)
        )
        for outcome in outcomes
    ]


def _reachable(outcomes: Iterable[Outcome], config: Config | Unavailable | None) -> Callable[[Finding], Finding]:
    """What takes commands for agents out that the config does not name: our commands refuse those."""
    remedies = [item.remedy for outcome in outcomes for item in outcome.findings if item.remedy]
    named = any(" --agent " in command or " --to " in command for remedy in remedies for command in remedy.commands)
    if not named or config is None or isinstance(config, Unavailable):
        return lambda finding: finding
    from checks.remedies import for_known_agents
    from openclaw.config.reading import NOT_WHOLE
    from openclaw.config.views import agents

    if any(problem.kind in NOT_WHOLE for problem in config.problems):
        return lambda finding: finding
    known = {agent.id for agent in agents(config.value).listed}
    return lambda finding: for_known_agents(finding, known)


def _has_fix(outcomes: Iterable[Outcome]) -> Callable[[Finding], bool]:
    """Which findings the doctor can repair. No fix is loaded for that: a doctor that only looks needs none."""
    claimed = any(item.remedy and item.remedy.fix != "manual" for outcome in outcomes for item in outcome.findings)
    if not claimed:
        return lambda _: False
    from doctor.registry import repairable

    known = repairable()
    return lambda finding: finding.check_id in known


def _with_remedy(finding: Finding, name: str, has_fix: Callable[[Finding], bool]) -> Finding:
    if finding.remedy is None:
        return finding
    commands = tuple(runnable(command, name) for command in finding.remedy.commands)
    remedy = replace(finding.remedy, commands=commands)
    if remedy.fix != "manual" and not has_fix(finding):
        remedy = replace(remedy, fix="manual")
    return replace(finding, remedy=remedy)


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


def defect(error: BaseException) -> str:
    """Kind and place of a defect, without its text: that may quote a secret. Also for a failure of doctor itself."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
