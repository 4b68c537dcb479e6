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


def provider(answers: Answers, facts: Facts) -> Question:  # noqa: ARG001 - as its siblings
    """The provider, `custom`, or `more`."""
    offered = chosen.offered(facts)
    shown = [item for item in offered if item.id in FIRST]
    rest = tuple(item.id for item in offered if item.id not in FIRST)
    return Question(
        "provider",
        "choice",
        "Which provider?",
        options=(
            *map(_option, shown),
            Option(chosen.CUSTOM, "Custom…", "any service that speaks OpenAI's or Anthropic's API"),
            Option(chosen.MORE, "More…", f"{len(rest)} others"),
        ),
        also=(*rest, chosen.SKIP),
        default=FIRST[0],
        flag="--provider P",
    )


def more(answers: Answers, facts: Facts) -> Question | None:
    """The provider out of the long list."""
    if answers.text("provider") != chosen.MORE:
        return None
    rest = [item for item in chosen.offered(facts) if item.id not in FIRST]
    return Question(
        "more",
        "choice",
        "Which one?",
        options=tuple(map(_option, rest)),
        default=rest[0].id,
        flag="--provider P",
    )


def _option(item: Provider) -> Option:
    return Option(item.id, item.label, item.hint)
