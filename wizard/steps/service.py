"""The gateway's service: it is installed, restarted, or left for later. Where there is none, that is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.questions import Option, Question

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

INSTALL, RESTART, LATER = "install", "restart", "later"
NOT_FOUND = "OpenClaw itself was not found on PATH"


def service(answers: Answers, facts: Facts) -> Question | None:  # noqa: ARG001 - as its siblings
    """What becomes of the service; not asked where nothing can be done about it here."""
    if not facts.manager.reachable or facts.services is None:
        return None
    installed = bool(facts.service and facts.service.installed)
    if not installed and facts.found.era.program is None:
        return None
    if installed:
        do = Option(RESTART, "Restart the gateway", "so that it reads what is new")
    else:
        do = Option(INSTALL, "Install it as a service of this user", "it starts with the session, and starts again")
    return Question(
        "service",
        "choice",
        "And the gateway itself?",
        options=(do, Option(LATER, "Later", "the command is shown at the end")),
        also=(INSTALL, RESTART),
        default=do.value,
        settled=True,
        unasked=LATER,
        flag="--service S",
    )


def idle(answers: Answers, facts: Facts) -> bool:
    """Whether the service that a script wants is there and runs: the same again must not restart it for nothing."""
    given, service = answers.get("service"), facts.service
    if given is None or service is None or not service.installed:
        return False
    return given.value == INSTALL or (given.value == RESTART and not given.human and service.active is True)


def pending(answers: Answers, facts: Facts) -> str:
    """Why the service must wait, whether it was asked for or could not even be asked about; "" where it need not."""
    choice = answers.text("service")
    if choice == LATER or (not choice and answers.text("handling") == "keep"):
        return ""
    if not facts.manager.reachable or facts.services is None:
        return facts.manager.why
    return "" if facts.found.era.program or (facts.service and facts.service.installed) else NOT_FOUND


def wanted(answers: Answers, facts: Facts) -> str:
    """What is to be done: install, restart, or "" for nothing now."""
    choice = answers.text("service")
    if choice in ("", LATER) or pending(answers, facts):
        return ""
    installed = bool(facts.service and facts.service.installed)
    return RESTART if installed else INSTALL if facts.found.era.program else ""
