"""Stored profiles that would be used in place of the new credential, and what leads to the new one all the same.

Every way that is offered was tried beforehand: the plan is laid over what is there, and OpenClaw's order decides
(auth-spec §7.1, §7.4). The type of a stored profile is never changed: that would destroy a credential.
"""

from __future__ import annotations

from itertools import chain, count, takewhile
from typing import TYPE_CHECKING, Any

from openclaw.change.compose import revealed
from openclaw.change.plan import DeleteKey, DeleteVariable, Run, SetKey
from openclaw.config.views import declared, table
from openclaw.credentials import editing, storing
from openclaw.credentials.profiles import read_profile
from openclaw.credentials.resolve import profile_order, resolve
from openclaw.credentials.storing import Deposit
from openclaw.frozen import replace
from openclaw.providers.names import normalise
from wizard import chosen, reset, shadows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.change.plan import Plan
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Sources
    from wizard.answers import Answers
    from wizard.facts import Facts
    from wizard.shadows import Shadow

REPLACE, FIRST, KEEP = "replace", "new-first", "keep"
OF_AGENT = "rival:"  # before the id of another agent than the first: what becomes of the rival there


def alone(answers: Answers, facts: Facts, agent: str) -> tuple[Answers, Facts]:
    """Answers and facts as if it were for one of the chosen agents only."""
    facts = facts.of_agent(agent)
    if agent == chosen.agents(answers, facts)[0]:
        return answers, facts
    own = answers.get(f"{OF_AGENT}{agent}")
    left = answers.without("rival")
    if own is None and rival(left, facts) is None:  # variables are the same for all: so is what becomes of them
        return answers, facts
    return (replace(left, given={**left.given, "rival": own}) if own else left), facts


def each(answers: Answers, facts: Facts) -> list[tuple[Answers, Facts]]:
    """Answers and facts for each of the chosen agents."""
    return [alone(answers, facts, name) for name in chosen.agents(answers, facts)]


def rival(answers: Answers, facts: Facts) -> Profile | None:
    """The stored profile with another secret that would still be used after the new credential is in its place.

    Once a profile is eligible, no variable is asked (auth-spec §7.4).
    """
    first = next(iter(_expected(answers, facts)), None)
    if first is None or first.secret == answers.secret("secret"):
        return None
    if answers.text("place") == "env":
        return first
    return None if _wins(usual_id(answers, facts), answers, facts, first=False) else first


def variables(answers: Answers, facts: Facts) -> tuple[str, ...]:
    """The variables of the env file that OpenClaw reads before the new one, with another value; () to keep them."""
    kept = answers.text("rival") == KEEP and not _about_this_shell(answers, facts)
    return () if kept else shadows.in_env_file(answers, facts)


def _about_this_shell(answers: Answers, facts: Facts) -> bool:
    """Whether the question was about variables of this shell alone: keeping those says nothing about the env file."""
    given, found = answers.get("rival"), shadowing(answers, facts)
    asked = given is not None and (given.human or given.source == "default")
    return asked and bool(found) and all(item.of_this_shell for item in found)


def shadowing(answers: Answers, facts: Facts) -> tuple[Shadow, ...]:
    """The variables elsewhere that come before the new one. A stored profile comes before all of them."""
    return () if rival(answers, facts) else shadows.shadows(answers, facts)


def removable(found: Sequence[Shadow]) -> bool:
    """Whether the new one is used by a service once those of them that are ours to remove are gone."""
    binding = [item for item in found if not item.of_this_shell]
    return bool(binding) and all(item.removal for item in binding)


def removal_plan(names: Sequence[str], facts: Facts) -> Plan:
    """Removes these variables from the env file."""
    why = "it comes before the new one, which would not be used"
    return tuple(DeleteVariable(facts.found.home.env_file, name, why=why) for name in names)


def stored(answers: Answers, facts: Facts) -> Profile | None:
    """The profile that OpenClaw uses, where it has the new credential already: the same again is to change nothing."""
    first = next(iter(_expected(answers, facts)), None)
    same = first is not None and first.secret == answers.secret("secret") and first.type == chosen.kind(answers, facts)
    return first if same else None


def settled(answers: Answers, facts: Facts) -> tuple[str, str]:
    """(how the rival was settled, the profile to write on that account); "" where there is none."""
    how, given = answers.text("rival"), answers.get("rival")
    if rival(answers, facts) is None:
        if found := shadowing(answers, facts):
            return _settled_shadow(how, found, answers, facts)
        # What a flag says is said again by the same run once more; what a person said was about another question.
        again = given is not None and not given.human and how in (REPLACE, FIRST) and answers.text("place") == "env"
        done = stored(answers, facts) if again else None
        return (how, done.id) if done else ("", "")
    find = {REPLACE: replaceable, FIRST: addable}.get(how)
    target = find(answers, facts) if find else ""
    return (how, target) if target else (KEEP, "")


def _settled_shadow(how: str, found: Sequence[Shadow], answers: Answers, facts: Facts) -> tuple[str, str]:
    if how == FIRST and (target := addable(answers, facts)):
        return FIRST, target
    return (REPLACE, "") if how == REPLACE and removable(found) else (KEEP, "")


def replaceable(answers: Answers, facts: Facts) -> str:
    """The first stored profile of the same type that is used once it has the new secret; "" without one."""
    mine = [item.id for item in _expected(answers, facts) if item.type == chosen.kind(answers, facts)]
    return next((name for name in mine if _wins(name, answers, facts, first=False)), "")


def addable(answers: Answers, facts: Facts) -> str:
    """The profile id under which the new credential can be put in front of all others; "" where it cannot."""
    asked = answers.text("profile_id")
    name = asked if asked and not conflict(asked, answers, facts) else free_id(answers, facts)
    return name if _wins(name, answers, facts, first=True) else ""


def usual_id(answers: Answers, facts: Facts) -> str:
    """The profile to write: asked for, else the first of this kind that OpenClaw uses already, else the usual name."""
    if asked := answers.text("profile_id"):
        return asked
    mine = chosen.kind(answers, facts)
    present = next((item.id for item in _expected(answers, facts) if item.type == mine), "")
    name = _usual_name(answers, facts)
    return present or (free_id(answers, facts) if conflict(name, answers, facts) else name)


def free_id(answers: Answers, facts: Facts, *others: Facts) -> str:
    """A profile id that nobody here has: the usual one, else `<provider>:onboard`, `<provider>:onboard-2`, …"""
    provider = chosen.provider_id(answers)
    stores = [item.store for item in (facts, *others)]
    taken = {name for store in stores for name in (*store.profiles, *store.rejected)}
    taken |= {*declared(facts.found.config.value)}
    first = (_usual_name(answers, facts), f"{provider}:default", f"{provider}:onboard")
    names = chain(first, (f"{provider}:onboard-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def conflict(name: str, answers: Answers, facts: Facts) -> str:
    """Why the new credential cannot be stored under an id: it would destroy another one. "" where it can."""
    if name in facts.store.rejected:
        return f"The store has an entry {name} that OpenClaw does not understand; it would be lost."
    present = facts.store.profiles.get(name)
    if present is None:
        return ""
    if normalise(present.provider) != chosen.provider_id(answers):
        return f"The profile {name} is a credential of {present.provider}, which would be lost."
    same = present.type == chosen.kind(answers, facts)
    return "" if same else f"The profile {name} is {what(present.type)}, which would be lost."


def what(kind: str) -> str:
    """A profile type in words."""
    return {"api_key": "an API key", "token": "a token", "oauth": "a login"}[kind]


def profile_plan(deposit: Deposit, facts: Facts, *, first: bool) -> Plan:
    """Stores a profile; what its old secret was held back for does not hold the new one. `first`: before all others."""
    found, agent = facts.found, facts.agent
    if facts.reset and not facts.newer:
        return reset.profile_plan(deposit, facts)
    present = facts.store.profiles.get(deposit.id)
    there = bool(present and present.type == deposit.kind and present.secret == deposit.secret)
    # Their command cannot be undone: it is not run for what the database holds already.
    steps: Plan = () if facts.newer and there else storing.profile_plan(found, deposit, agent, facts.store)
    if not facts.newer and not there and (present or deposit.id in facts.store.usage):
        steps += editing.cooldown_plan([facts.store.owner(deposit.id)], deposit.id)
    if first and not _leads_to(deposit, _after(steps, deposit, facts), facts):
        steps += _order_plan(deposit, facts)
    return steps


def _order_plan(deposit: Deposit, facts: Facts) -> Plan:
    found, agent, provider = facts.found, facts.agent, deposit.provider
    ids = [deposit.id, *(name for name in _present_order(provider, facts) if name != deposit.id)]
    if facts.newer:
        scope = () if agent.id == found.agents.default else ("--agent", agent.id)
        argv = (str(found.era.program), "models", "auth", "order", "set", "--provider", provider, *ids, *scope)
        return (storing.theirs(found, *argv),)
    key = next((key for key in facts.store.order if normalise(key) == provider), provider)
    path = editing.store_path(found, agent)
    why = "the new one first: without an order the type decides"
    return (SetKey(path, ("order", key), ids, locked=True, template=storing.EMPTY_STORE, why=why),)


def _present_order(provider: str, facts: Facts) -> Sequence[str]:
    """The ids that are tried now, those included that cannot be used at the moment."""
    stored = next((ids for key, ids in facts.store.order.items() if normalise(key) == provider), None)
    if stored is not None:
        return stored
    named = facts.sources.declared_of(provider)
    tried = [item.id for item in profile_order(provider, facts.sources)[0]]
    rest = [item.id for item in facts.store.of(provider) if not named or item.id in named]
    return list(dict.fromkeys([*tried, *rest]))


def _wins(name: str, answers: Answers, facts: Facts, *, first: bool) -> bool:
    """Whether OpenClaw uses the new credential once it is stored under that id."""
    if not facts.profiles_writable or conflict(name, answers, facts):
        return False
    expires = answers.text("expires")
    deposit = Deposit(
        chosen.provider_id(answers),
        chosen.kind(answers, facts),
        answers.secret("secret"),
        name,
        int(expires) if expires.isascii() and expires.isdigit() else None,
    )
    return _leads_to(deposit, _after(profile_plan(deposit, facts, first=first), deposit, facts), facts)


def _leads_to(deposit: Deposit, sources: Sources, facts: Facts) -> bool:
    winner = resolve(deposit.provider, sources, facts.agent.id).winner
    return bool(winner and winner.kind == "profile" and winner.name == deposit.id)


def _after(plan: Plan, deposit: Deposit, facts: Facts) -> Sources:
    """What OpenClaw will look at once the plan is carried out."""
    config, order, usage = dict(facts.sources.config), dict(facts.store.order), dict(facts.store.usage)
    for change in plan:
        if isinstance(change, SetKey) and change.path == facts.found.config.path:
            config = _with(config, change.keys, change.value)
        elif isinstance(change, SetKey) and change.keys[0] == "order":
            order[str(change.keys[1])] = change.value
        elif isinstance(change, DeleteKey) and change.keys[0] == "usageStats":
            usage.pop(deposit.id, None)
        elif isinstance(change, Run) and change.stdin is None:
            order[deposit.provider] = list(takewhile(lambda item: item != "--agent", change.argv[7:]))
        elif isinstance(change, Run):  # their command declares what it stores
            entry = {"provider": deposit.provider, "mode": deposit.kind}
            config = _with(config, ("auth", "profiles", deposit.id), entry)
    profile = read_profile(deposit.id, revealed(deposit.document()), newer=facts.newer)
    profiles = {**facts.store.profiles} if isinstance(profile, str) else {**facts.store.profiles, deposit.id: profile}
    store = replace(facts.store, profiles=profiles, order=order, usage=usage)
    return replace(facts.sources, config=config, store=store)


def _with(value: Mapping[str, Any], keys: Sequence[str | int], new: Any) -> dict[str, Any]:
    head, *rest = (str(key) for key in keys)
    return {**value, head: _with(table(value, head), rest, new) if rest else new}


def _usual_name(answers: Answers, facts: Facts) -> str:
    return f"{chosen.provider_id(answers)}:{'manual' if chosen.kind(answers, facts) == 'token' else 'default'}"


def _expected(answers: Answers, facts: Facts) -> list[Profile]:
    candidates = facts.resolution(chosen.provider_id(answers)).chain
    return [item.profile for item in candidates if item.expected and item.profile]
