"""The service after the change: a step of its own, so that what goes wrong here never takes the credential back.

What could not be done is "pending", with the reason and the commands for this host (user-pain, FM 11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.service.control import DONE
from wizard.steps.service import INSTALL, RESTART

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openclaw.change.journal import Receipt
    from openclaw.change.plan import Plan
    from openclaw.change.preview import FileChange
    from openclaw.invocation import Invocation
    from openclaw.service.base import Hint
    from openclaw.service.control import Action
    from wizard.decision import Decision
    from wizard.facts import Facts


@frozen
class Served:
    """What became of the service.

    `state`: installed, restarted, pending, unknown (the manager has not answered, and nothing was asked for),
    interrupted, or "" (nothing was wanted).
    """

    state: str = ""
    why: str = ""
    hints: tuple[Hint, ...] = ()
    receipt: Receipt | None = None


NOTHING = Served()
TITLE = "onboard service"  # of the receipt


def planned(call: Invocation, decision: Decision, facts: Facts) -> Plan:
    """The plan that installs the service; () where nothing is to be installed."""
    if decision.service != INSTALL or facts.services is None or facts.service is None:
        return ()
    from openclaw import proc
    from openclaw.service.intended import intended
    from openclaw.service.plans import install_plan

    place = facts.services.place(call.env.get("OPENCLAW_PROFILE"))
    wanted = intended(call, facts.found, place, proc.run) if place else None
    if place is None or wanted is None:
        return ()
    return install_plan(facts.services, place, wanted, facts.service, facts.found.home.state)


def preview(plan: Plan, call: Invocation) -> tuple[FileChange, ...]:
    """What that plan would do."""
    from openclaw.change import atomic, compose
    from openclaw.change.preview import preview as shown

    return shown(plan, compose.compose(plan, atomic.read), call.user)


def commands(decision: Decision, facts: Facts) -> Sequence[str]:
    """The commands that will run after the change, as they are."""
    if decision.service == RESTART and facts.service:
        return (facts.service.restart,)
    if decision.service == INSTALL and facts.services and facts.service:
        from shlex import join

        return tuple(join(step.argv) for step in facts.services.steps(facts.service, "start") if step.needed)
    return ()


def carry_out(call: Invocation, decision: Decision, facts: Facts, plan: Plan) -> Served:
    """Does it. Never raises for what the service manager refuses."""
    if decision.pending:
        return waiting(decision, facts)
    if not decision.service or facts.services is None:
        return Served()
    from openclaw.errors import Failure

    try:
        return _done(call, decision, facts, plan)
    except Failure as error:
        return Served("pending", f"{error.message} {error.hint}".strip(), facts.manager.hints)


def waiting(decision: Decision, facts: Facts) -> Served:
    """The service that must wait: why, and the commands for this host, those that come first in front."""
    from openclaw.handover import INSTALL_COMMAND
    from openclaw.service.base import Hint

    name = facts.manager_name
    if facts.unanswered:
        hints = (
            Hint("have the gateway read this, where it is a service already", "openclaw gateway restart"),
            Hint("start it, where it is none", "openclaw gateway run"),
        )
        return Served("unknown", f"{name} has not answered", hints)
    install = () if facts.found.era.program else (Hint("install OpenClaw", INSTALL_COMMAND),)
    if not facts.manager.reachable:
        return Served("pending", facts.manager.why, (*install, *(facts.manager.hints)))
    if facts.service and facts.service.installed:
        return Served("pending", f"{name} answered too late", (Hint("restart it", facts.service.restart),))
    why = decision.pending if install else f"{name} answered too late"
    return Served("pending", why, (*install, Hint("install it as a service", "openclaw gateway install")))


def _done(call: Invocation, decision: Decision, facts: Facts, plan: Plan) -> Served:
    from openclaw import proc
    from openclaw.service.base import Hint
    from openclaw.service.control import act

    profile = call.env.get("OPENCLAW_PROFILE")
    assert facts.services is not None  # noqa: S101 - the caller looks
    receipt = _written(call, facts, plan) if plan else None
    service = facts.services.gateway(profile) if receipt else facts.service
    if service is None or not service.installed:
        return Served("pending", "the service could not be written", facts.manager.hints, receipt)
    action: Action = "restart" if decision.service == RESTART else "start"
    outcome = act(facts.services, service, action, proc.run, profile=profile)
    if outcome.ok:
        return Served("installed" if decision.service == INSTALL else DONE[action], "", (), receipt)
    again = Hint("try it again", service.restart)
    look = Hint("see what is wrong", "openclaw gateway status")
    return Served("pending", f"{service.unit}: {outcome.why}", (again, look), receipt)


def _written(call: Invocation, facts: Facts, plan: Plan) -> Receipt:
    from openclaw.change import apply as applying
    from openclaw.change import journal

    home = facts.found.home
    store = journal.open_for(home.state, call.env, call.user)
    return applying.apply(plan, journal=store, home=home.user, title=TITLE, now=call.now)
