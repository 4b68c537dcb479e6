"""How one signs in to the provider: only Anthropic has two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import chosen
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts


def method(answers: Answers, facts: Facts) -> Question | None:
    """API key or setup-token."""
    if not chosen.has_methods(answers, facts):
        return None
    return Question(
        "method",
        "choice",
        "How do you pay for it?",
        options=(
            Option(chosen.API_KEY, "API key", "recommended; billed by use"),
            Option(chosen.SETUP_TOKEN, "Setup-token", "from a Claude subscription"),
        ),
        default=chosen.API_KEY,
        settled=True,
        flag="--method M",
    )
