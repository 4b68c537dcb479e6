"""What was pasted belongs elsewhere: the right place is offered instead of refusing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from wizard import chosen
from wizard.questions import Option, Question
from wizard.steps.secret import troubles

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

SWITCH, AGAIN, KEEP = "switch", "again", "keep"
OF_A_PROVIDER = (
    "custom_id", "base_url", "api", "account_id", "gateway_id", "method", "model", "ask_model", "typed_model", "found",
)  # fmt: skip


@frozen
class Better:
    """Where a value belongs, and what was recognised."""

    provider: str
    method: str
    what: str


def better(answers: Answers, facts: Facts) -> Better | None:
    """The place that a pasted value is for, where that is another one that can be set up here."""
    given = answers.get("secret")
    if given is None or given.source != "person" or given.insisted or not answers.secret("secret"):
        return None
    for trouble in troubles(answers.secret("secret"), answers, facts):
        provider = trouble.provider or chosen.provider_id(answers)
        known = facts.provider(provider)
        kind = trouble.kind or "api_key"
        method = chosen.SETUP_TOKEN if kind == "token" else chosen.API_KEY
        here = (chosen.provider_id(answers), chosen.method(answers, facts))
        if known in chosen.offered(facts) and (provider, method) != here and (trouble.provider or trouble.kind):
            return Better(provider, method, trouble.what)
    return None


def instead(answers: Answers, facts: Facts) -> Question | None:
    """Take it to its place, paste another, or use it here all the same."""
    found = better(answers, facts)
    if found is None:
        return None
    known = facts.provider(found.provider)
    name = known.label if known else found.provider
    what = "setup-token" if found.method == chosen.SETUP_TOKEN else "API key"
    return Question(
        "instead",
        "choice",
        "What about it?",
        help=found.what,
        options=(
            Option(SWITCH, f"Set it up as {name} {what}", "recommended"),
            Option(AGAIN, "Paste another one", f"for {chosen.label(answers, facts)}"),
            Option(KEEP, "Use it here all the same"),
        ),
        default=SWITCH,
        flag="--provider and --method",
    )


def taken(answers: Answers, facts: Facts, choice: str) -> Answers:
    """The answers after that choice, which leaves no trace of its own: as if the right answers had been given."""
    found, secret = better(answers, facts), answers.secret("secret")
    if choice == AGAIN or found is None:
        return answers.without("instead", "secret")
    if choice == KEEP:
        return answers.without("instead").give("secret", secret, "person", sure=True)
    # What a person said about the other provider is not about this one.
    about = [name for name in OF_A_PROVIDER if (given := answers.get(name)) is not None and given.human]
    left = answers.without("instead", "secret", "provider", *about)
    left = left.give("provider", found.provider, "person")
    if chosen.has_methods(left, facts):
        left = left.give("method", found.method, "person")
    return left.give("secret", secret, "person")
