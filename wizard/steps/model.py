"""The default model, where one must be named: a custom service, or a provider without a usual one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.views import parse_model
from wizard import chosen
from wizard.questions import Question

if TYPE_CHECKING:
    from openclaw.providers.catalog import Provider
    from wizard.answers import Answers
    from wizard.facts import Facts


def model(answers: Answers, facts: Facts) -> Question | None:
    """The id of a model; asked only where it is not known, checked always."""
    known = chosen.provider(answers, facts)
    name = chosen.provider_id(answers)
    if name in ("", chosen.SKIP):
        return None
    if known and usual(known, facts) and answers.get("model") is None:
        return None
    return Question(
        "model",
        "text",
        "Which model?",
        help="Its id, as the service calls it.",
        flag="--model M",
        example="model-1",
        check=lambda text: _problem(text, name, known),
    )


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
