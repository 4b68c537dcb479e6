"""The end of an onboarding: what was written, how it is taken back, what is next; for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from openclaw.exits import Exit
from openclaw.frozen import frozen
from openclaw.handover import INSTALL_COMMAND
from wizard.servicing import NOTHING, Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doctor.report import Report
    from openclaw.change.journal import Receipt
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.page import Page
    from wizard.proof import Proof

# Errors with which a gateway refuses its config.
STOPS_THE_GATEWAY = (
    "config/unparsable", "config/unresolved-variable", "config/include-broken", "config/rejected",
    "config/gateway-mode",
)  # fmt: skip


@frozen
class Outcome:
    """What an onboarding came to. `receipt` is None where there was nothing to change."""

    decision: Decision
    receipt: Receipt | None
    proof: Proof
    report: Report
    served: Served = NOTHING

    @property
    def code(self) -> Exit:
        """0 when the credential is in its place and is found there."""
        return Exit.OK if self.proof.proven else Exit.FAILED


def stopped(receipt: Receipt, decision: Decision, facts: Facts, *, name: str, as_json: bool) -> None:
    """Tells that there was a change, and that it was not looked at whether it works."""
    from openclaw.handover import runnable

    ways = "".join(f"\n{said} {runnable(command, name)}" for said, command in ways_back(receipt, decision, facts))
    click.echo(ways, err=True)  # begins on a line of its own, behind the ^C
    if as_json:
        error = {"type": "interrupted", "message": "interrupted after the change"}
        show_document({"ok": False, "error": error, **_changed(receipt)})


def ways_back(receipt: Receipt, decision: Decision, facts: Facts, *, later: bool = False) -> Iterator[tuple[str, str]]:
    """(what was done, the command that takes it back): ours for files, theirs for what their command stored.

    `later`: something was changed after it, which an undo without an id would take back first.
    """
    if receipt.files:
        yield "Written. To take it back:", f"openclaw undo {receipt.id}" if later else "openclaw undo"
    if receipt.irreversible:
        agent = "" if facts.agent.id == facts.found.agents.default else f" --agent {facts.agent.id}"
        command = f"openclaw models auth logout {decision.profile_id}{agent}"
        yield "OpenClaw's own command stored the credential, which undo does not take back. To remove it:", command


def show_document(value: dict[str, Any]) -> None:
    """The one document on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _changed(receipt: Receipt | None) -> dict[str, Any]:
    files = [str(record.path) for record in receipt.files] if receipt else []
    changed = receipt is not None and receipt.changed
    return {"changed": changed, "files": files, "receipt": receipt.id if receipt else None}


def document(outcome: Outcome, facts: Facts) -> dict[str, Any]:
    """The result for programs. Paths are absolute; secrets are nowhere."""
    decision, receipt = outcome.decision, outcome.receipt
    counts = outcome.report.counts()
    named = {"variable": decision.variable} if decision.place == "env" else {"profileId": decision.profile_id}
    credential = {"provider": decision.provider, "method": decision.method, "store": decision.place, **named}
    done = _changed(receipt)
    return {
        "ok": outcome.code == Exit.OK,
        "changed": done["changed"],
        **(credential if decision.provider else {"provider": None}),
        "agent": facts.agent.id,
        "files": done["files"],
        "receipt": done["receipt"],
        "proven": outcome.proof.proven if decision.provider else None,
        "verified": decision.verified or None,
        "service": _service(outcome),
        "notes": [*decision.notices, *filter(None, [outcome.proof.why])],
        "doctor": {"errors": counts["error"], "warnings": counts["warning"]},
    }


def _service(outcome: Outcome) -> dict[str, Any]:
    served = outcome.served
    commands = [hint.command for hint in served.hints if hint.command]
    said = {"why": served.why, "commands": commands}
    return {"state": served.state or "untouched", **{key: value for key, value in said.items() if value}}


def about_service(page: Page, served: Served) -> None:
    """What became of the service; where it must wait, the commands for this host."""
    if served.state == "pending":
        page.say(f"The gateway's service is pending: {served.why.rstrip('.')}.", style="notice")
        for hint in served.hints:
            page.say(f"To {hint.text}:" if hint.command else hint.text, indent=2)
            if hint.command:
                page.command(hint.command)
    elif served.state:
        page.say(f"The gateway's service was {served.state}, and it runs.", style="good")


def monitoring(page: Page, decision: Decision) -> None:
    """How to be told before something expires: cron mails what a command prints. It knows no PATH but the system's."""
    from shutil import which

    if decision.monitor:
        program = which(page.program) or page.program
        page.say("To be told by mail of a credential that is missing or about to expire, add this with `crontab -e`:")
        page.command(f"0 9 * * * {program} models status --check >/dev/null || {program} models status")


def what_next(page: Page, facts: Facts, report: Report, *, changed: bool, served: Served = NOTHING) -> None:
    """The next step: what keeps the gateway from starting comes before starting it."""
    missing = facts.found.era.program is None
    if served.state and not (served.state == "pending" and missing):
        return
    page.say()
    blocking = next((item for item in report.findings if item.check_id in STOPS_THE_GATEWAY), None)
    if missing:
        page.say("OpenClaw itself was not found on PATH. To install it:")
        page.command(INSTALL_COMMAND)
    elif blocking:
        page.say(f"The gateway does not start as it is: {blocking.message}. To be settled first:", style="bad")
        for command in blocking.remedy.commands if blocking.remedy else ():
            page.command(command)
    elif facts.service and facts.service.installed:
        page.say("Restart the gateway, so that it reads this:" if changed else "Should the gateway not know it yet:")
        page.command(facts.service.restart)
    else:
        page.say("Next, start the gateway:")
        page.command("openclaw gateway run")
