"""A key that this host has already: using it saves typing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.providers.names import env_names
from openclaw.secret import Secret, length_and_end
from wizard import chosen
from wizard.questions import Option, Question
from wizard.shadows import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.answers import Answers
    from wizard.facts import Facts

USE, OTHER = "use", "other"


@frozen
class Key:
    """A key, the variable that holds it, and where that is set, in words."""

    name: str
    secret: Secret
    where: str


def key(answers: Answers, facts: Facts) -> Key | None:
    """The first variable of the provider and method with a value that may be a key; None without one."""
    from openclaw.credentials.shapes import diagnose

    provider, kind = chosen.provider_id(answers), chosen.kind(answers, facts)
    for there in _held(answers, facts):
        value = there.secret.reveal()
        wrong = [item for item in diagnose(value, provider, kind) if item.severity == "error" or item.kind != kind]
        if value and not wrong:
            return there
    return None


def _held(answers: Answers, facts: Facts) -> Iterator[Key]:
    """What the variables hold, then what other programs keep under their names."""
    names = _names(answers, facts)
    for name in names:
        yield Key(name, Secret(facts.found.environment.usable(name)), _where(name, facts))
    for name in names:
        if other := facts.cli_keys.get(name):
            yield Key(name, other.secret, other.where)


def found(answers: Answers, facts: Facts) -> Question | None:
    """Whether to use it. Not asked where the secret was given."""
    given = answers.get("secret")
    if given is not None or chosen.provider_id(answers) in ("", chosen.SKIP) or chosen.is_custom(answers):
        return None
    there = key(answers, facts)
    if there is None:
        return None
    shown = length_and_end(there.secret.reveal())
    return Question(
        "found",
        "choice",
        "Which key?",
        help=f"There is one in {there.name}, set in {there.where}: {shown}.",
        options=(
            Option(USE, f"The one in {there.name}", f"set in {there.where}"),
            Option(OTHER, "Another one", "to be typed in"),
        ),
        default=USE,
        settled=True,
        flag="--key-env NAME",
    )


def _names(answers: Answers, facts: Facts) -> tuple[str, ...]:
    if chosen.method(answers, facts) == chosen.SETUP_TOKEN:
        return (chosen.OAUTH_VARIABLE,)
    known = chosen.provider(answers, facts)
    names = env_names(chosen.provider_id(answers), newer=facts.newer)
    others = known.env if known else ()
    return tuple(name for name in dict.fromkeys((*names, *others)) if "OAUTH" not in name)


def _where(name: str, facts: Facts) -> str:
    return where(name, facts.found.environment.origin.get(name), facts)
