"""The end of an onboarding: what was written, how it is taken back, what is next; for people and for programs."""

from __future__ import annotations

import json
import os
from signal import Signals
from typing import TYPE_CHECKING, Any

import click

from openclaw.exits import Exit
from openclaw.frozen import frozen
from openclaw.handover import INSTALL_COMMAND, our_name, runnable
from wizard.servicing import NOTHING, Served

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doctor.report import Report
    from openclaw.change.journal import Receipt
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.monitoring import Watch
    from wizard.page import Page
    from wizard.proof import Proof

UNDONE = ("", "pending", "unknown")  # nothing was done about the service
RESTART_COMMAND = "openclaw gateway restart"
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
    watch: Watch | None = None  # how to be told before it expires, where that was wanted

    @property
    def code(self) -> Exit:
        """0 when the credential is in its place and is found there."""
        return Exit.OK if self.proof.proven else Exit.FAILED


def stopped(
    receipt: Receipt | None, decision: Decision, facts: Facts, served: Served, *, name: str, as_json: bool
) -> None:
    """Tells that there was a change, and that it was not looked at whether it works."""
    ways = list(ways_back(receipt, decision, facts, served))
    # Begins on a line of its own, behind the ^C.
    click.echo("".join(f"\n{said} {runnable(command, name)}" for said, command in ways), err=True)
    if as_json:
        error = {"type": "interrupted", "message": "interrupted after the change"}
        show_document({"ok": False, "error": error, **_changed(receipt, served), "undo": _told(ways)})


def ended(number: int, *, as_json: bool) -> None:
    """A signal ended it before anything was changed."""
    message = f"ended by {Signals(number).name}; nothing was changed"
    click.echo(f"\n{message[:1].upper()}{message[1:]}.", err=True)
    if as_json:
        show_document({"ok": False, "error": {"type": "interrupted", "message": message}})


def ways_back(
    receipt: Receipt | None, decision: Decision, facts: Facts, served: Served = NOTHING
) -> Iterator[tuple[str, str]]:
    """(what was done, the command that takes it back): of files, of what their own command stored, of the service.

    After something was done about the service, the files' undo names them: one without an id takes back what came last.
    """
    if receipt and receipt.files:
        named = served.receipt or served.state not in UNDONE
        yield "Written. To take it back:", f"openclaw undo {receipt.id}" if named else "openclaw undo"
    if served.receipt and served.receipt.changed:
        yield "The gateway's service was written. To stop it and to take it away:", "openclaw gateway uninstall"
    if served.state == "interrupted":
        yield "The gateway's service may have been started anew or not. To see:", "openclaw gateway status"
    elif served.state == "restarted" and receipt and receipt.changed:
        yield "The gateway was restarted. After an undo it must read again what is there then:", RESTART_COMMAND
    if receipt and receipt.irreversible:
        said = "OpenClaw's own command stored the credential, which undo does not take back. To remove it:"
        for item in (decision, *decision.others):
            agent = item.agent or facts.agent.id
            scope = "" if agent == facts.found.agents.default else f" --agent {agent}"
            if item.profile_id:
                yield said, f"openclaw models auth logout {item.profile_id}{scope}"


def show_document(value: dict[str, Any]) -> None:
    """The one document on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _changed(receipt: Receipt | None, served: Served) -> dict[str, Any]:
    receipts = [item for item in (receipt, served.receipt) if item]
    files = [str(record.path) for item in receipts for record in item.files]
    changed = any(item.changed for item in receipts)
    return {"changed": changed, "files": files, "receipt": receipt.id if receipt else None}


def _told(ways: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    name = our_name(os.environ)
    return [{"text": said.rstrip(":"), "command": runnable(command, name)} for said, command in ways]


def document(outcome: Outcome, facts: Facts) -> dict[str, Any]:
    """The result for programs. Paths are absolute; secrets are nowhere."""
    decision, receipt = outcome.decision, outcome.receipt
    counts = outcome.report.counts()
    credential = {"provider": decision.provider, "method": decision.method, **_place(decision)}
    done = _changed(receipt, outcome.served)
    return {
        "ok": outcome.code == Exit.OK,
        "changed": done["changed"],
        **(credential if decision.provider else {"provider": None}),
        "agent": facts.agent.id,
        "agents": [{"agent": item.agent or facts.agent.id, **_place(item)} for item in (decision, *decision.others)],
        "files": done["files"],
        "receipt": done["receipt"],
        "undo": _told(ways_back(receipt, decision, facts, outcome.served)),
        "proven": outcome.proof.proven if decision.provider else None,
        "verified": decision.verified or None,
        "service": _service(outcome),
        "monitoring": _monitoring(outcome.watch),
        "notes": [*decision.notices, *filter(None, [outcome.proof.why])],
        "doctor": {"errors": counts["error"], "warnings": counts["warning"]},
    }


def _place(decision: Decision) -> dict[str, str]:
    """Where one agent has it; {} where no credential was wanted."""
    if not decision.provider:
        return {}
    named = {"variable": decision.variable} if decision.place == "env" else {"profileId": decision.profile_id}
    return {"store": decision.place, **named}


def _service(outcome: Outcome) -> dict[str, Any]:
    served = outcome.served
    name = our_name(os.environ)
    commands = [runnable(hint.command, name) for hint in served.hints if hint.command]
    said = {"why": served.why, "commands": commands}
    return {"state": served.state or "untouched", **{key: value for key, value in said.items() if value}}


def about_service(page: Page, served: Served) -> None:
    """What became of the service."""
    if served.state not in UNDONE:
        page.say(f"The gateway's service was {served.state}, and it runs.", style="good")


def monitoring(page: Page, watch: Watch) -> None:
    """How to be told before something expires, on this host."""
    page.say()
    page.say(f"{watch.text}:")
    for command in watch.commands:
        page.copied(command)


def _monitoring(watch: Watch | None) -> dict[str, Any] | None:
    return None if watch is None else {"kind": watch.kind, "text": watch.text, "commands": [*watch.commands]}


def what_next(page: Page, facts: Facts, report: Report, *, changed: bool, served: Served = NOTHING) -> None:
    """The next step: what keeps the gateway from starting comes before starting it."""
    if served.state not in UNDONE:
        return
    page.say()
    blocking = next((item for item in report.findings if item.check_id in STOPS_THE_GATEWAY), None)
    if blocking:
        page.say(f"The gateway does not start as it is: {blocking.message}. To be settled first:", style="bad")
        for command in blocking.remedy.commands if blocking.remedy else ():
            page.command(command)
    if served.state:
        _waits(page, served)
    elif facts.found.era.program is None:
        page.say("OpenClaw itself was not found on PATH. To install it:")
        page.command(INSTALL_COMMAND)
    elif blocking:
        return
    elif facts.service and facts.service.installed:
        page.say("Restart the gateway, so that it reads this:" if changed else "Should the gateway not know it yet:")
        page.command(facts.service.restart)
    else:
        page.say("Next, start the gateway:")
        page.command("openclaw gateway run")


def _waits(page: Page, served: Served) -> None:
    """The service that must wait, with the commands for this host."""
    why = served.why.rstrip(".")
    if served.state == "unknown":
        page.say(f"Whether the gateway is a service here is not known: {why}.", style="notice")
    else:
        page.say(f"The gateway's service is pending: {why}.", style="notice")
    page.hints(served.hints)
