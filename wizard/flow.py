"""The wizard: a fold over answers. Pure and total, called again after every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from wizard import chosen, reset, rivals
from wizard.decision import Decision, decide
from wizard.steps import default as defaults
from wizard.steps import found, handling, instead, model, more
from wizard.steps.custom import account_id, api, base_url, custom_id, gateway_id
from wizard.steps.method import method
from wizard.steps.place import place
from wizard.steps.profile import profile_id
from wizard.steps.provider import provider
from wizard.steps.review import LEAVE, WRITE, confirm
from wizard.steps.rival import other_rivals, rival
from wizard.steps.secret import secret
from wizard.steps.service import service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wizard.answers import Answers, Credential, Value
    from wizard.facts import Facts
    from wizard.questions import Question

    Step = Callable[[Answers, Facts], Question | None]

# In the order in which they are asked. Each sees only answers that the ones before it have accepted.
FIRST: tuple[Step, ...] = (handling.handling, handling.reset_sure)
CREDENTIAL: tuple[Step, ...] = (
    provider, custom_id, base_url, api, account_id, gateway_id, method, model.model, found.found,
    instead.instead, secret,
)  # fmt: skip
REST: tuple[Step, ...] = (
    place, profile_id, rival, other_rivals, defaults.default_model, service, more.agent, more.expires, more.monitor,
)  # fmt: skip


@frozen
class Ask:
    """A question is open. `problem` says why the present answer is none."""

    question: Question
    problem: str = ""


@frozen
class Verify:
    """The provider is to be asked whether it accepts the credential."""

    credential: Credential


@frozen
class Review:
    """Everything is known: what would be done is shown, then `question` is asked."""

    decision: Decision
    question: Question


@frozen
class Done:
    """The last word is spoken."""

    decision: Decision
    confirmed: bool


def next_step(answers: Answers, facts: Facts) -> Ask | Verify | Review | Done:
    """What comes next. Answers to questions that are not asked are ignored."""
    if asked := _open(FIRST, answers, facts):
        return asked
    answers, facts = settled(answers, facts)
    if answers.text("handling") != handling.KEEP:
        if asked := _open(CREDENTIAL, answers, facts):
            return asked
        if credential := _unverified(answers, facts):
            return Verify(credential)
    if asked := _open(REST, answers, facts) or _open((more.options,), answers, facts):
        return asked
    decision = decide(answers, facts)
    last = answers.text("confirm")
    return Done(decision, last == WRITE) if last in (WRITE, LEAVE) else Review(decision, confirm())


def take(answers: Answers, facts: Facts, question: str, value: Value) -> Answers:
    """The answers after a person's answer to a question. Some answers only lead to others."""
    if question == "instead" and isinstance(value, str):
        return instead.taken(answers, settled(answers, facts)[1], value)
    if question == "model" and isinstance(value, str):
        return model.taken(answers, value)
    if question == "options" and isinstance(value, str):
        return more.taken(answers, value)
    if question == "reset_sure" and value is False:
        return answers.without("reset_sure", "handling")
    return answers.give(question, value, "person")


def settled(answers: Answers, facts: Facts) -> tuple[Answers, Facts]:
    """Answers and facts with what follows from the answers: a reset, other agents, a key that was found."""
    if handling.handling(answers, facts) is None:
        answers = answers.without("handling", "reset_sure")
    if answers.text("handling") == handling.RESET:
        facts = reset.emptied(facts)
    first, *others = chosen.agents(answers, facts)
    facts = facts.of_agent(first)
    how = answers.get("rival")
    if how and not how.human and how.source != "default":  # what was said beforehand is for all of them
        names = [f"{rivals.OF_AGENT}{name}" for name in others]
        for name in (name for name in names if answers.get(name) is None):
            answers = answers.give(name, how.value, how.source, how.detail)
    if answers.text("found") == found.USE and answers.get("secret") is None and (key := found.key(answers, facts)):
        answers = answers.give("secret", key.secret, "environment", f"{key.name}, set in {key.where}")
    lasts = answers.get(more.EXPIRES)
    if lasts and lasts.human and (when := more.expiry(str(lasts.value), facts.found.now)):
        answers = answers.give("expires", when, lasts.source)
    if chosen.provider(answers, facts) and (name := defaults.switched(answers, facts)):
        answers = answers.give("model", name, answers.given["default_model"].source)
    return answers, facts


def _open(steps: Sequence[Step], answers: Answers, facts: Facts) -> Ask | None:
    """The first of these questions that has no good answer yet."""
    for step in steps:
        question = step(answers, facts)
        if question is None:
            continue
        answer = answers.get(question.id)
        if answer is None:
            return Ask(question)
        if problem := question.problem(answer):
            return Ask(question, problem)
    return None


def _unverified(answers: Answers, facts: Facts) -> Credential | None:
    """The credential that nobody asked its provider about yet. Whoever insisted does not want to know."""
    given = answers.get("secret")
    if not facts.verify or given is None or given.insisted or not chosen.provider_id(answers):
        return None
    credential = chosen.credential(answers, facts)
    return credential if credential.secret and answers.known(credential) is None else None
