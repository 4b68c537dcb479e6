"""The rows of the review page: every answer by name, in words, with its source. Pure.

What has no row of its own here gets one all the same: an answer that counts is never left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.credentials import storing
from openclaw.frozen import frozen
from openclaw.secret import Secret, length_and_end
from openclaw.text import joined
from wizard import chosen, rivals
from wizard.answers import ASK, TYPED
from wizard.decision import why_unasked
from wizard.secretsource import REFERENCE
from wizard.settings import BEFORE
from wizard.suggesting import LIVE, NO_VERIFY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.answers import Answers
    from wizard.decision import Decision
    from wizard.facts import Facts

    Rows = Iterator[tuple[str, str]]

HANDLED = {
    "keep": "kept as it is",
    "modify": "stays; a credential is added or changed",
    "reset": "moved away, to begin anew",
}
VERIFIED = {
    "accepted": "yes, the provider accepts it",
    "rejected": "no, the provider refuses it",
    "unsure": "no, the provider's answer does not tell",
    "unreached": "no, the provider was not reached",
}
IN_THE_WAY = {
    rivals.REPLACE: "replaced or removed",
    rivals.FIRST: "stays; the new one is put in front",
    rivals.KEEP: "stays in front",
}
# Answers that only lead to others, belong to the page itself, or are told in the row of another one.
SILENT = ("confirm", "options", "reset_sure", "found", "expires_in", REFERENCE)
NAMES = {
    "handling": "Existing", "provider": "Provider", "custom_id": "Name", "base_url": "Address", "api": "API",
    "region": "Region", "account_id": "Account id", "gateway_id": "Gateway id", "method": "Method", "secret": "Key",
    "expires": "Expires", "place": "Kept in", "profile_id": "Profile", "rival": "In the way", "agent": "Agent",
    "model": "Model", "service": "Service", "monitor": "Monitoring", LIVE: "Live list", NO_VERIFY: "Verified",
}  # fmt: skip
DETAILS = ("custom_id", "base_url", "api", "region", "account_id", "gateway_id")  # of a provider, as they were given


@frozen
class Told:
    """What the rows are about."""

    decision: Decision
    answers: Answers
    facts: Facts

    def origin(self, question: str, otherwise: str = "") -> str:
        """Where an answer came from, in brackets."""
        answer = self.answers.get(question)
        said = answer.origin if answer else otherwise
        return f" ({said})" if said else ""

    def given(self, question: str) -> tuple[str, str]:
        """The row of an answer as it stands."""
        answer = self.answers.get(question)
        value = answer.value if answer else ""
        if isinstance(value, Secret):
            value = length_and_end(value.reveal())
        text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        return name_of(question), f"{text}{self.origin(question)}"


def name_of(question: str) -> str:
    """What a row is called."""
    if question.startswith(rivals.OF_AGENT):
        return f"{NAMES['rival']} ({question.removeprefix(rivals.OF_AGENT)})"
    return NAMES.get(question) or question.removeprefix(BEFORE).replace("_", " ").capitalize()


def quiet(question: str) -> bool:
    """Whether an answer needs no row."""
    return question in SILENT or question.startswith((ASK, TYPED, BEFORE))


def before(told: Told) -> Rows:
    """What becomes of what is there, and the provider."""
    if told.answers.get("handling"):
        yield NAMES["handling"], f"{HANDLED[told.answers.text('handling')]}{told.origin('handling')}"
    if not told.decision.provider and not told.decision.kept:
        yield NAMES["provider"], f"none{told.origin('provider')}"


def credential(told: Told, where: str) -> Rows:
    """The credential and all that was said about it. `where` it is kept, in words."""
    decision, answers, facts = told.decision, told.answers, told.facts
    yield NAMES["provider"], f"{decision.label}{told.origin('provider')}"
    yield from (told.given(name) for name in DETAILS if answers.get(name))
    if chosen.has_methods(answers, facts):
        yield NAMES["method"], f"{decision.method}{told.origin('method', 'the usual one')}"
    what = "Token" if decision.kind == "token" else NAMES["secret"]
    yield what, f"{length_and_end(decision.secret.reveal())}{told.origin('secret')}"
    if answers.get("expires"):
        yield NAMES["expires"], _expiry(told)
    yield NAMES[NO_VERIFY], _verified(told)
    way = "rival" if rivals.settled(answers, facts)[1] else "place"
    yield NAMES["place"], f"{where}{told.origin(way)}"
    if answers.get("profile_id"):
        yield told.given("profile_id")
    for name in answers.given:
        if name == "rival" or name.startswith(rivals.OF_AGENT):
            yield name_of(name), f"{IN_THE_WAY.get(answers.text(name), answers.text(name))}{told.origin(name)}"
    agents = chosen.agents(answers, facts)
    names = joined(list(agents if decision.others else agents[:1]))
    yield ("Agents" if decision.others else NAMES["agent"]), f"{names}{told.origin('agent', 'the default one')}"
    yield NAMES["model"], _model(told)


def after(told: Told) -> Rows:
    """The settings, the service, and how to be told."""
    decision, answers = told.decision, told.answers
    for item in decision.settings:
        yield item.path, f"{item.shown} ({item.origin})"
    later = f"pending, because {decision.pending}" if decision.pending else ""
    if answers.get("service"):
        yield NAMES["service"], f"{answers.text('service')}{told.origin('service')}{later and f': {later}'}"
    elif later:
        yield NAMES["service"], later
    if answers.get("monitor"):
        shown = "the way to be told on this host is shown" if decision.monitor else "no"
        yield NAMES["monitor"], f"{shown}{told.origin('monitor')}"
    if answers.get(LIVE):
        yield told.given(LIVE)


def rest(told: Told) -> Rows:
    """Answers that are in no row above and that count: whoever adds a question need not think of this page."""
    known = {*NAMES} if told.decision.provider else {"handling", "provider", "service", "monitor", LIVE}
    for name in told.answers.given:
        if name not in known and not quiet(name) and not name.startswith(rivals.OF_AGENT):
            yield told.given(name)


def _expiry(told: Told) -> str:
    if told.decision.expires is None:
        return f"not recorded{told.origin('expires')}"
    from datetime import UTC, datetime

    when = datetime.fromtimestamp(told.decision.expires / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{when}{told.origin('expires')}"


def _verified(told: Told) -> str:
    if told.decision.verified:
        return VERIFIED[told.decision.verified]
    why = why_unasked(told.answers)
    return f"no, the provider was not asked{f' ({why})' if why else ''}"


def _model(told: Told) -> str:
    """The default model afterwards: what the config has stays, unless another one was asked for."""
    decision, facts = told.decision, told.facts
    if decision.model_asked or chosen.is_custom(told.answers):
        return f"{decision.model}{told.origin('model', 'the usual one')}"
    if facts.reset or storing.model_plan(facts.found, decision.provider, facts.agent, decision.model, asked=False):
        return f"{decision.model} (the usual one)"
    models = facts.found.models(facts.agent)
    why = "stays as the config has it" if models.explicit else "the one of OpenClaw itself"
    return f"{models.default_text} ({why})"
