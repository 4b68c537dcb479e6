"""A default model of another provider that has no credential here: the new credential would not be used by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.views import provider_entry
from openclaw.credentials import storing
from openclaw.providers.names import normalise
from wizard import chosen, existing
from wizard.questions import Option, Question
from wizard.steps.model import full_name, usual

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

SWITCH, STAYS = "switch", "stays"


def default_model(answers: Answers, facts: Facts) -> Question | None:
    """Whether a model of the new provider becomes the default one."""
    new = candidate(answers, facts)
    if not new:
        return None
    now = facts.found.models(facts.agent).default.key
    return Question(
        "default_model",
        "choice",
        "Which model by default?",
        help=f"The default model is {now}, and there is no credential for it here.",
        options=(Option(SWITCH, new, "recommended"), Option(STAYS, f"{now} stays", "it has no credential")),
        default=SWITCH,
        settled=True,
        unasked=STAYS,
        flag="--model M",
    )


def candidate(answers: Answers, facts: Facts) -> str:
    """The model that the new credential is for, where the default one is of no use; "" where there is no such thing."""
    name, known = chosen.provider_id(answers), chosen.provider(answers, facts)
    if name in ("", chosen.SKIP) or facts.reset or (known and answers.text("model")):
        return ""
    models = facts.found.models(facts.agent)
    new = usual(known, facts) if known else full_name(answers.text("model"), name)
    if not (new and models.explicit and useless(models.default.provider, name, facts)):
        return ""
    return new if storing.model_plan(facts.found, name, facts.agent, new, asked=True) else ""


def switched(answers: Answers, facts: Facts) -> str:
    """The model that becomes the default one by that answer; "" where none does."""
    return candidate(answers, facts) if answers.text("default_model") == SWITCH else ""


def notice(answers: Answers, facts: Facts) -> str:
    """What is said where it stays."""
    new = candidate(answers, facts)
    if not new or answers.text("default_model") == SWITCH:
        return ""
    given = answers.get("default_model")
    model = new if given is None or not given.human else ""
    way = f": --model {model} makes it one of {chosen.label(answers, facts)}" if model else ""
    way = way if chosen.provider(answers, facts) else ""
    return f"The default model stays {facts.found.models(facts.agent).default.key}, which has no credential here{way}."


def useless(provider: str, new: str, facts: Facts) -> bool:
    """Whether a provider needs a key and has none. Of one that is not known that cannot be said."""
    name = normalise(provider)
    known = facts.provider(name)
    keyed = "api_key" in (known.auth or ()) if known else provider_entry(facts.found.config.value, name) is not None
    return name != normalise(new) and keyed and not existing.has(name, facts)
