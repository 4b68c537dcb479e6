"""The default model, where one must be named: a custom service, or a provider without a usual one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.views import parse_model
from openclaw.providers.names import normalise
from wizard import chosen
from wizard.answers import TYPED as TYPED_
from wizard.questions import Option, Question
from wizard.steps.more import wants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openclaw.providers.catalog import Provider
    from wizard.answers import Answers
    from wizard.facts import Facts


OTHER = "other"
TYPED = f"{TYPED_}model"  # somebody wants to type it in
MANY = 12  # entries of a list; what is more is found by searching


def model(answers: Answers, facts: Facts) -> Question | None:
    """The id of a model; asked only where it is not known or somebody wants to choose, checked always.

    A list where models are known: those that the provider's own answer named, else those of this program.
    """
    known = chosen.provider(answers, facts)
    name = chosen.provider_id(answers)
    if name in ("", chosen.SKIP):
        return None
    wanted, given = wants(answers, "model"), answers.get("model")
    settled = bool(known and usual(known, facts))
    if given is None and (not _ready(answers, facts) if wanted else settled):
        return None
    listed = _listed(answers, facts) if answers.get(TYPED) is None else []
    return Question(
        "model",
        "choice" if listed else "text",
        "Which model?",
        help=_about(answers, facts) if listed else "Its id, as the service calls it.",
        options=(*_options(listed, answers, facts), Option(OTHER, "Another one…")) if listed else (),
        default=_value(listed[0], name) if listed else next(iter(_candidates(answers, facts)), None),
        open=True,
        flag="--model M",
        example="model-1",
        check=lambda text: _problem(text, name, known),
    )


def taken(answers: Answers, choice: str) -> Answers:
    """The answers after a choice from the list; "another one" leads to the same question as a line to type in."""
    if choice == OTHER:
        return answers.without("model").give(TYPED, True, "person")
    return answers.give("model", choice, "person")


def unlisted(answers: Answers, facts: Facts) -> str:
    """The model that was asked for, where the provider's own list does not have it; else ""."""
    from openclaw.providers.judging import offers

    asked = answers.text("model").removeprefix(f"{chosen.provider_id(answers)}/")
    live = _live(answers, facts)
    return asked if asked and live and not offers(frozenset(live), asked) else ""


def _ready(answers: Answers, facts: Facts) -> bool:
    """Whether it is time to choose: the provider's own list comes with its answer about the credential.

    A credential that is refused is asked for again before that.
    """
    given, checked = answers.get("secret"), answers.known(chosen.credential(answers, facts))
    said = checked is not None and checked.state != "rejected"
    return given is not None and (not facts.verify or given.insisted or said)


def _listed(answers: Answers, facts: Facts) -> list[str]:
    """Ids: first the one that Enter takes, which the provider's own list has, if there is one; then the well-known."""
    from openclaw.providers.judging import offers

    live, known = _live(answers, facts), _candidates(answers, facts)
    if not live:
        return known
    there = [item for item in known if item in live]
    # A name without its date is no member of a list that has dates, and means the newest of them.
    dated = (name for item in known if item not in live for name in reversed(live) if offers(frozenset((name,)), item))
    first = [item for item in there if item in known[:1]] or [*dated][:1]
    return list(dict.fromkeys((*first, *there, *live)))


def _candidates(answers: Answers, facts: Facts) -> list[str]:
    """The default of now where it is one of this provider, the usual one, and those that this program knows."""
    from openclaw.providers.models import known_models

    known, name = chosen.provider(answers, facts), chosen.provider_id(answers)
    first = usual(known, facts).partition("/")[2] if known else ""
    others = (*known_models(known.id, newer=facts.newer), *known.models) if known else ()
    return list(dict.fromkeys(filter(None, (_now(name, facts), first, *others))))


def _now(name: str, facts: Facts) -> str:
    """The model that the config names as the default, where it is one of this provider."""
    models = facts.found.models(facts.agent)
    return models.default.id if models.explicit and normalise(models.default.provider) == name else ""


def _live(answers: Answers, facts: Facts) -> Sequence[str]:
    """What the provider's own answer listed."""
    checked = answers.known(chosen.credential(answers, facts))
    return sorted(checked.models) if checked else ()


def _options(listed: Sequence[str], answers: Answers, facts: Facts) -> list[Option]:
    known = chosen.provider(answers, facts)
    hints = {usual(known, facts).partition("/")[2]: "usual"} if known else {}
    hints |= {_now(chosen.provider_id(answers), facts): "the default now"}
    name = chosen.provider_id(answers)
    return [
        Option(_value(item, name), item, hints.get(item, ""), rare=number >= MANY) for number, item in enumerate(listed)
    ]


def _value(item: str, provider: str) -> str:
    """An id of a list as an answer: one with a slash is otherwise taken for a model of another provider."""
    return full_name(item, provider) if "/" in item else item


def _about(answers: Answers, facts: Facts) -> str:
    """Whether the list is the provider's own."""
    checked, who = answers.known(chosen.credential(answers, facts)), chosen.label(answers, facts)
    if checked is None:
        return f"This is no live list: {who} was not asked."
    if checked.models:
        return f"{who} lists these for this key."
    reached = "was not reached" if checked.state == "unreached" else "named none in its answer"
    return f"This is no live list: {who} {reached}."


def usual(known: Provider, facts: Facts) -> str:
    """The model that is set by default.

    Where no OpenClaw is installed yet, the older one: the newer OpenClaw still knows it (its own doctor moves it on),
    while an older one would not know the newer model.
    """
    return known.model(newer=facts.newer)


def full_name(text: str, provider: str) -> str:
    """`provider/model`."""
    return text if not text or text.startswith(f"{provider}/") else f"{provider}/{text}"


def _problem(text: str, name: str, known: Provider | None) -> str:
    if not text.strip() or any(char.isspace() or not char.isprintable() for char in text):
        return "A model id has no blanks."
    if "://" in text:
        return "It is a web address, not the id of a model."
    if not parse_model(full_name(text, name)):
        return f"Write it as {name}/MODEL."
    slashes = known and max(
        known.default_model.count("/"), known.newer_model.count("/"), known.id == "openrouter" and 2
    )
    if known and "/" in text and not text.startswith(f"{name}/") and not (slashes and slashes > 1):
        return f"It is not a model of {known.label}: write {name}/MODEL."
    return ""
