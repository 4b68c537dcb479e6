"""What was decided, and the plan that carries it out."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.change.plan import SetKey
from openclaw.config.views import provider_entry
from openclaw.credentials import storing
from openclaw.credentials.storing import Deposit
from openclaw.frozen import frozen, replace
from wizard import chosen, reset, rivals, settings
from wizard.answers import NO_SECRET
from wizard.questions import listed
from wizard.steps import default, handling, service
from wizard.steps.model import full_name, unlisted, usual
from wizard.steps.secret import keyless, notices
from wizard.suggesting import LIVE, NO_VERIFY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.change.plan import Plan
    from openclaw.secret import Secret
    from wizard.answers import Answers
    from wizard.facts import Facts
    from wizard.settings import Setting

ORDER = ("auth", "order")  # the keys of the config's orders, which all agents share


@frozen
class Entry:
    """What goes into `models.providers`."""

    base_url: str
    api: str
    models: tuple[str, ...]
    asked: str = ""  # the model that was asked for by name


@frozen
class Decision:
    """The inputs of the plan. `provider` is "" where no credential was wanted. `expires` is epoch milliseconds.

    `others` are the same credential for the other agents that it is for.
    """

    provider: str
    agent: str = ""
    others: tuple[Decision, ...] = ()
    label: str = ""
    method: str = chosen.API_KEY
    kind: Literal["api_key", "token"] = "api_key"
    secret: Secret = field(default=NO_SECRET, repr=False)
    place: str = "env"
    variable: str = ""
    removed: tuple[str, ...] = ()  # variables of the env file that would be used before that one
    uncovered: Plan = ()  # what removes those elsewhere
    profile_id: str = ""
    in_front: bool = False  # the profile is put before all others of its provider
    expires: int | None = None
    model: str = ""
    model_asked: bool = False
    entry: Entry | None = None
    notices: tuple[str, ...] = ()
    kept: bool = False  # what is there stays as it is
    service: str = ""  # install, restart, or "": what is done about it after the change
    idle: bool = False  # the service is done about only where something changes for it
    pending: str = ""  # why the service that was asked for must wait
    monitor: bool = False
    settings: tuple[Setting, ...] = ()
    verified: str = ""  # what the provider said; "" where it was not asked

    @property
    def deposit(self) -> Deposit:
        """The credential as a profile."""
        return Deposit(self.provider, self.kind, self.secret, self.profile_id, self.expires)


def decide(answers: Answers, facts: Facts) -> Decision:
    """The decision that complete answers amount to. Pure."""
    credential, *others = (_credential(*one) for one in rivals.each(answers, facts))
    said = [f"Agent {item.agent}: {text}" for item in others for text in item.notices if text not in credential.notices]
    return replace(
        credential,
        others=tuple(others) if credential.provider else (),
        notices=(*credential.notices, *said),
        service=service.wanted(answers, facts),
        idle=service.idle(answers, facts),
        pending=service.pending(answers, facts),
        monitor=(watch := answers.get("monitor")) is not None and watch.value is True,
        settings=settings.of(answers),
    )


def _credential(answers: Answers, facts: Facts) -> Decision:
    name = chosen.provider_id(answers)
    if answers.text("handling") == handling.KEEP:
        return Decision("", facts.agent.id, kept=True)
    if name in ("", chosen.SKIP):
        return Decision("", facts.agent.id, notices=("No credential is set up: no provider was wanted.",))
    how, target = rivals.settled(answers, facts)
    in_env = answers.text("place") == "env" and not target
    known = chosen.provider(answers, facts)
    asked = full_name(answers.text("model"), name)
    expires = answers.text("expires")
    return Decision(
        provider=name,
        agent=facts.agent.id,
        label=chosen.label(answers, facts),
        method=chosen.method(answers, facts),
        kind=chosen.kind(answers, facts),
        secret=answers.secret("secret"),
        place="env" if in_env else "profile",
        variable=chosen.variable(answers, facts) if in_env else "",
        removed=rivals.variables(answers, facts) if in_env else (),
        uncovered=_uncovered(answers, facts) if in_env and how == rivals.REPLACE else (),
        profile_id="" if in_env else target or rivals.usual_id(answers, facts),
        in_front=how == rivals.FIRST,
        expires=int(expires) if expires.isascii() and expires.isdigit() and not in_env else None,
        model=asked or (usual(known, facts) if known else ""),
        model_asked=bool(asked and known) or bool(default.switched(answers, facts)),
        entry=_entry(answers, facts) if chosen.needs_entry(answers, facts) else None,
        notices=_notices(answers, facts, in_env=in_env),
        verified=_verified(answers, facts),
    )


def plan_of(decision: Decision, facts: Facts) -> Plan:
    """The plan: what is there already is left out by whoever composes it. The same gateway token is not made twice."""
    found = facts.found
    moved = reset.plan(facts) if facts.reset else ()
    steps: Plan = (*moved, *storing.fresh_config_plan(found), *settings.plan(decision.settings, found))
    for item in (decision, *decision.others) if decision.provider else ():
        steps = _merged(steps, _credential_plan(item, facts.of_agent(item.agent)))
    return steps


def _merged(steps: Plan, more: Plan) -> Plan:
    """Both, each step once. Of two orders in the config the later comes first, and loses nobody of the earlier."""
    for step in more:
        if isinstance(step, SetKey) and step.keys[:2] == ORDER:
            same = [item for item in steps if isinstance(item, SetKey) and item.keys == step.keys]
            ids = dict.fromkeys(name for item in (step, *same) for name in item.value)
            steps = (*(item for item in steps if item not in same), replace(step, value=list(ids)))
        elif step not in steps:
            steps += (step,)
    return steps


def _credential_plan(decision: Decision, facts: Facts) -> Plan:
    """What one agent needs."""
    found, agent = facts.found, facts.agent
    steps: Plan = ()
    if decision.place == "env":
        steps += storing.variable_plan(found, decision.variable, decision.secret)
        steps += (*rivals.removal_plan(decision.removed, facts), *decision.uncovered)
    else:
        steps += rivals.profile_plan(decision.deposit, facts, first=decision.in_front)
    if decision.entry:
        steps += storing.provider_entry_plan(
            found,
            decision.provider,
            base_url=decision.entry.base_url,
            api=decision.entry.api,
            models=decision.entry.models,
            variable=decision.variable or None,
            asked=decision.entry.asked,
        )
    asked = decision.model_asked or facts.reset  # after a reset there is no default that could stay
    return steps + storing.model_plan(found, decision.provider, agent, decision.model, asked=asked)


def _entry(answers: Answers, facts: Facts) -> Entry:
    """A custom service as it was described; for a known provider what the config has is kept."""
    known = chosen.provider(answers, facts)
    if known is None:
        model = answers.text("model").removeprefix(f"{chosen.provider_id(answers)}/")
        return Entry(chosen.base_url(answers), answers.text("api"), (model,), model)
    found = provider_entry(facts.found.config.value, known.id)
    present = found[1] if found else {}
    kept = {key: present[key] for key in ("baseUrl", "api") if isinstance(present.get(key), str)}
    if own := chosen.entry_url(answers, facts):
        kept["baseUrl"] = own
    asked = answers.text("model").removeprefix(f"{known.id}/")
    models = tuple(dict.fromkeys(filter(None, (*known.models, asked))))
    return Entry(kept.get("baseUrl", known.base_url), kept.get("api", known.api), models, asked)


def _verified(answers: Answers, facts: Facts) -> str:
    """accepted, rejected, unsure or unreached; "" where nobody was asked."""
    checked = answers.known(chosen.credential(answers, facts))
    return checked.state if checked else ""


def why_unasked(answers: Answers) -> str:
    """Why the provider was not asked about a credential; "" where it was not for an answer."""
    given, flag = answers.get("secret"), answers.get(NO_VERIFY)
    if flag:
        return flag.origin
    if given is None or not given.insisted:
        return ""
    return "you gave it again to have it used anyway" if given.source == "person" else "--use-anyway"


def _about_agents(answers: Answers, facts: Facts, *, in_env: bool) -> Iterator[str]:
    if in_env and len(chosen.agents(answers, facts)) > 1:
        file = facts.found.home.short(facts.found.home.env_file)
        yield f"{file} is one file for all agents, those that were not chosen included."
    if facts.reset and set(listed(answers.text("agent"))) - {facts.agent.id}:
        yield f"After a reset there is only the agent {facts.agent.id}, which gets it."


def _uncovered(answers: Answers, facts: Facts) -> Plan:
    return tuple(step for item in rivals.shadowing(answers, facts) for step in item.removal)


def _about_shadows(answers: Answers, facts: Facts) -> Iterator[str]:
    """What comes before the new variable: whether it is removed, and what it means where it stays."""
    how = rivals.settled(answers, facts)[0]
    for item in rivals.shadowing(answers, facts) if how != rivals.FIRST else ():
        said = f"{item.name} is set in {item.where} to another value and comes first"
        if item.of_this_shell:
            unset = f": unset {item.name}" if item.layer.name == "process" else ""
            yield f"{said}: what is started from here uses that one, a service does not see it{unset}"
        elif how == rivals.REPLACE and item.removal:
            yield f"{said}: it is removed, or the new one would not be used."
        else:
            yield f"{said}: OpenClaw will use it, not what is added now."


def _about_the_model(answers: Answers, facts: Facts) -> Iterator[str]:
    known, label = chosen.provider(answers, facts), chosen.label(answers, facts)
    if missing := unlisted(answers, facts):
        yield f"{label} does not list the model {missing} for this key."
    if answers.get(LIVE) and not answers.text("model") and known:
        yield f"--live: nobody is there to choose a model; the usual one of {label} is {usual(known, facts)}."


def _notices(answers: Answers, facts: Facts, *, in_env: bool) -> tuple[str, ...]:
    said = [*notices(answers, facts), *_about_agents(answers, facts, in_env=in_env), *_about_the_model(answers, facts)]
    said += filter(None, [default.notice(answers, facts), *keyless(answers, facts)])
    if chosen.base_url(answers).startswith("http://"):
        from openclaw.providers.hosts import is_local

        if not is_local(chosen.base_url(answers)):
            said.append("The base URL starts with http://: the key goes over the network unprotected.")
    if in_env:
        said += _about_shadows(answers, facts)
        said += [
            f"{name} in {facts.found.home.short(facts.found.home.env_file)} has another value and comes before "
            f"{chosen.variable(answers, facts)}: its line is removed, or the new one would not be used."
            for name in rivals.variables(answers, facts)
        ]
    if in_env and answers.text("expires"):
        said.append("An env file records no expiry, so --token-expires-in has no effect.")
    checked = answers.known(chosen.credential(answers, facts))
    if checked is None and (why := why_unasked(answers)):
        said.append(f"Saved, not verified: the provider was not asked ({why}).")
    elif checked and checked.state == "unreached":
        said.append(f"Saved, not verified: {checked.why}")
    elif checked and checked.state == "unsure":
        said.append(f"Not verified: {checked.why}")
    first = rivals.rival(answers, facts)
    if first and rivals.settled(answers, facts)[0] == rivals.KEEP:
        said.append(f"The stored profile {first.id} stays in front: OpenClaw will use it, not what is added now.")
    return tuple(said)
