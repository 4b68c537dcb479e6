"""The default model, where one must be named: a custom service, or a provider without a usual one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.views import parse_model
from wizard import chosen
from wizard.questions import Option, Question
from wizard.steps.more import wants

if TYPE_CHECKING:
    from openclaw.providers.catalog import Provider
    from wizard.answers import Answers
    from wizard.facts import Facts


OTHER = "other"
TYPED = "typed_model"  # somebody wants to type it in


def model(answers: Answers, facts: Facts) -> Question | None:
    """The id of a model; asked only where it is not known or somebody wants to choose, checked always.

    A list where models are known: those that the provider's own answer named, else those of the catalogue.
    """
    known = chosen.provider(answers, facts)
    name = chosen.provider_id(answers)
    if name in ("", chosen.SKIP):
        return None
    wanted = wants(answers, "model")
    typed = answers.get(TYPED) is not None
    if known and usual(known, facts) and answers.get("model") is None and not (wanted and _ready(answers, facts)):
        return None
    listed = _listed(answers, facts) if wanted and not typed else []
    return Question(
        "model",
        "choice" if listed else "text",
        "Which model?",
        help="" if listed else "Its id, as the service calls it.",
        options=(*(Option(item, item, hint) for item, hint in listed), Option(OTHER, "Another one…")) if listed else (),
        default=listed[0][0] if listed else None,
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


def _ready(answers: Answers, facts: Facts) -> bool:
    """Whether it is time to choose: the provider's own list comes with its answer about the credential."""
    given = answers.get("secret")
    return given is not None and (not facts.verify or given.insisted or bool(answers.checked))


def _listed(answers: Answers, facts: Facts) -> list[tuple[str, str]]:
    """(id, hint): the usual model first, then what the key may use, else what the catalogue names."""
    known = chosen.provider(answers, facts)
    first = usual(known, facts).partition("/")[2] if known else ""
    checked = [item for item in answers.checked if item.credential.provider == chosen.provider_id(answers)]
    live = sorted(checked[-1].models) if checked else ()
    names = dict.fromkeys(filter(None, (first, *(known.models if known else ()), *live)))
    return [(name, "usual" if name == first else "") for name in names] if len(names) > 1 else []


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
    if not parse_model(full_name(text, name)):
        return f"Write it as {name}/MODEL."
    slashes = known and max(
        known.default_model.count("/"), known.newer_model.count("/"), known.id == "openrouter" and 2
    )
    if known and "/" in text and not text.startswith(f"{name}/") and not (slashes and slashes > 1):
        return f"It is not a model of {known.label}: write {name}/MODEL."
    return ""
