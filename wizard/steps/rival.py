"""A stored profile that would be used in place of the new credential: settled before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import replace
from openclaw.text import joined
from wizard import chosen, rivals
from wizard.questions import Option, Question
from wizard.rivals import FIRST, KEEP, OF_AGENT, REPLACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.answers import Answers
    from wizard.facts import Facts
    from wizard.shadows import Shadow

GIVEN = ("flag", "answers")


def rival(answers: Answers, facts: Facts) -> Question | None:
    """Replace a profile, put a new one in front, or keep what comes first. Only what leads to the new one is open."""
    first = rivals.rival(answers, facts)
    if first is None:
        return _about_variables(answers, facts)
    options = tuple(_options(answers, facts))
    open_ways = [option for option in options if not option.blocked]
    settled = not any(item and item.source in GIVEN for item in map(answers.get, ("place", "profile_id")))
    return Question(
        "rival",
        "choice",
        "What about the profile that comes first?",
        help=f"OpenClaw uses the stored profile {first.id} ({rivals.what(first.type)}) before what you are adding, "
        "so the new one would not be used.",
        options=options,
        default=open_ways[0].value,
        settled=settled,
        flag=" or ".join(f"--existing {option.value} ({_lower(option.label)})" for option in open_ways),
    )


def other_rivals(answers: Answers, facts: Facts) -> Question | None:
    """The same for the other agents that it is for, one after the other: each has profiles and an order of its own."""
    for name in chosen.agents(answers, facts)[1:]:
        one = rivals.alone(answers, facts, name)
        question = rival(*one) if rivals.rival(*one) else None  # variables are the same for all
        if question is None:
            continue
        label = f"What about the profile that comes first for agent {name}?"
        question = replace(question, id=f"{OF_AGENT}{name}", label=label)
        answer = answers.get(question.id)
        if answer is None or question.problem(answer):
            return question
    return None


def _about_variables(answers: Answers, facts: Facts) -> Question | None:
    """The same about variables. What only this shell sets is in no service's way: then keeping it is recommended."""
    found = rivals.shadowing(answers, facts)
    if not found:
        return None
    options = tuple(_ways_around(found, answers, facts))
    binding = [item for item in found if not item.of_this_shell]
    given = any(item and item.source in GIVEN for item in map(answers.get, ("place", "profile_id")))
    first = (binding or found)[0]
    service = "" if binding else " What is started from here uses that one; a service does not see it."
    return Question(
        "rival",
        "choice",
        "What about the variable that comes first?",
        help=f"{first.name} is set in {first.where} to another value, which OpenClaw uses before what you are adding."
        + service,
        options=options,
        default=options[0].value,
        settled=not (binding and given),
        flag=" or ".join(
            f"--existing {option.value} ({_lower(option.label)})" for option in options if not option.blocked
        ),
    )


def _ways_around(found: Sequence[Shadow], answers: Answers, facts: Facts) -> Iterator[Option]:
    """The recommended one first; what does not help here comes last, with the reason."""
    binding = [item for item in found if not item.of_this_shell]
    keep = Option(KEEP, "Write the env file all the same", "" if binding else "recommended")
    new = rivals.addable(answers, facts)
    if rivals.removable(found):
        names = joined(list(dict.fromkeys(f"{item.name} from {item.where}" for item in binding)))
        yield Option(REPLACE, f"Remove {names}", "recommended")
    elif not binding:
        yield keep
    if new:
        hint = "recommended" if binding and not rivals.removable(found) else "profiles come before variables"
        yield Option(FIRST, f"Store it as the auth profile {new}", hint)
    if binding:
        yield Option(KEEP, "Write the env file all the same", "it is then not used")
    if not rivals.removable(found):
        where = (binding or found)[0].where
        yield Option(REPLACE, "Remove the other one", "", f"It is set in {where}, which is not ours to change.")
    if not new:
        shut = (
            "" if facts.profiles_writable else "Only OpenClaw itself writes its database, and OpenClaw was not found."
        )
        yield Option(FIRST, "Store it as an auth profile", "", shut or "OpenClaw would not use it there either.")


def _options(answers: Answers, facts: Facts) -> Iterator[Option]:
    shut = "" if facts.profiles_writable else "Only OpenClaw itself writes its database, and OpenClaw was not found."
    target, new = rivals.replaceable(answers, facts), rivals.addable(answers, facts)
    unlike = shut or "No stored profile of the same type would be used with the new value."
    if target:
        yield Option(REPLACE, f"Store it as {target}", "recommended")
    if new:
        hint = "" if target else "recommended"
        yield Option(FIRST, f"Store it as the new profile {new}, in front", hint)
    in_env = answers.text("place") == "env"
    add = "write the env file all the same" if in_env else "add another one all the same"
    yield Option(KEEP, "Keep that profile in front", f"{add}; it is then not used")
    if not target:
        yield Option(REPLACE, "Replace a stored profile", "", unlike)
    if not new:
        yield Option(FIRST, "Put a new profile in front", "", shut or "OpenClaw would not use it there either.")


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
