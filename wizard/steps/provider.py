"""Which provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import chosen
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from openclaw.providers.catalog import Provider
    from wizard.answers import Answers
    from wizard.facts import Facts

FIRST = ("anthropic", "openai", "openrouter", "google", "xai", "groq", "mistral", "deepseek")


def provider(answers: Answers, facts: Facts) -> Question | None:  # noqa: ARG001 - as its siblings
    """The provider, or `custom`: the usual ones first, then all others."""
    offered = chosen.offered(facts)
    first = sorted((item for item in offered if item.id in FIRST), key=lambda item: FIRST.index(item.id))
    rest = sorted((item for item in offered if item.id not in FIRST), key=lambda item: item.label.lower())
    return Question(
        "provider",
        "choice",
        "Which provider?",
        options=(
            *(_option(item) for item in first),
            Option(chosen.CUSTOM, "Custom…", "any service that speaks OpenAI's or Anthropic's API"),
            *(_option(item, rare=True) for item in rest),
        ),
        also=(chosen.SKIP,),
        default=FIRST[0],
        flag="--provider P",
    )


def _option(item: Provider, *, rare: bool = False) -> Option:
    hint = "recommended" if item.id == FIRST[0] else item.hint
    return Option(item.id, item.label, hint, rare=rare)
