"""After the change: does the credential resolve now, and what does the doctor say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import frozen, replace
from openclaw.installation import load
from openclaw.providers.names import all_env_names

if TYPE_CHECKING:
    from doctor.report import Report
    from openclaw.credentials.resolve import Candidate
    from openclaw.finding import Finding
    from openclaw.invocation import Invocation
    from wizard.decision import Decision


@frozen
class Proof:
    """Whether OpenClaw finds the new credential. `why` is a sentence where it does not, or not everywhere."""

    proven: bool
    why: str = ""


def of_all(call: Invocation, decision: Decision, report: Report) -> Proof:
    """The proof for every agent that it is for: all of them find it, or the first that does not is told."""
    every = (decision, *decision.others)
    found = [agreed(prove(call, item, item.agent), report, item, item.agent) for item in every]
    told = next((number for number, item in enumerate(found) if not item.proven), None)
    told = next((number for number, item in enumerate(found) if item.why), 0) if told is None else told
    why = found[told].why
    return Proof(all(item.proven for item in found), f"Agent {every[told].agent}: {why}" if told and why else why)


def prove(call: Invocation, decision: Decision, agent: str) -> Proof:
    """Reads the installation again. A daemon does not see this shell's variables, so they do not count against it."""
    if not decision.provider:
        return Proof(True)
    here = _winner(call, decision, agent)
    if here and here.secret == decision.secret:
        return Proof(True)
    hidden = all_env_names() | {decision.variable}
    env = {name: value for name, value in call.env.items() if name not in hidden}
    there = _winner(replace(call, env=env), decision, agent)
    if there and there.secret == decision.secret:
        name = here.name if here and here.kind == "env" else decision.variable
        return Proof(
            True, f"This shell sets {name} to another value, which what is started from here uses: unset {name}"
        )
    if there:
        return Proof(False, f"It is written, but {there.name} comes first and has another value.")
    return Proof(False, "It is written, but OpenClaw would not find it.")


def examine(call: Invocation) -> Report:
    """The doctor's report on what is there now."""
    from doctor.engine import diagnose

    return diagnose(call)


def agreed(found: Proof, report: Report, decision: Decision, agent: str) -> Proof:
    """The proof, unless the doctor says on the same page that there is no credential: it looks as the gateway does."""
    if not (decision.provider and found.proven):
        return found
    against = next((item for item in report.findings if _denies(item, f"{agent}/{decision.provider}")), None)
    return Proof(False, f"It is written, but the doctor says: {against.message}.") if against else found


def _denies(finding: Finding, target: str) -> bool:
    if finding.severity.word != "error":
        return False
    return finding.check_id == "credentials/none" or (
        finding.check_id == "credentials/missing" and finding.target == target
    )


def _winner(call: Invocation, decision: Decision, agent: str) -> Candidate | None:
    from openclaw.credentials.resolve import resolve

    found = load(call)
    store = found.store_of(found.agent(agent))
    return resolve(decision.provider, found.sources(store), agent).winner
