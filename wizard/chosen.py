"""What the answers so far amount to: the provider, the kind of credential, the variable, the profile. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from openclaw.config.views import provider_entry, table
from openclaw.providers.names import env_names, normalise
from wizard.answers import Credential
from wizard.questions import listed

if TYPE_CHECKING:
    from openclaw.providers.catalog import Provider
    from wizard.answers import Answers
    from wizard.facts import Facts

CUSTOM = "custom"
SKIP = "skip"
OAUTH_VARIABLE = "ANTHROPIC_OAUTH_TOKEN"  # what both eras read a subscription token from (auth-spec §5.3)
API_KEY, SETUP_TOKEN = "api-key", "setup-token"
ASKED = frozenset({"account_id", "gateway_id"})  # what a provider may need beside its key; `steps.custom` asks for it


def offered(facts: Facts) -> tuple[Provider, ...]:
    """The providers that this wizard can set up: those with a key to type in and nothing else to ask for."""
    return tuple(
        item
        for item in facts.catalog.providers
        if "api_key" in item.auth and item.chat and not item.local and ASKED.issuperset(item.needs)
    )


def agents(answers: Answers, facts: Facts) -> tuple[str, ...]:
    """The ids of the agents that it is for; the one at hand where none was chosen."""
    found = (facts.found.agents.get(name) for name in listed(answers.text("agent")))
    known = [agent.id for agent in found if agent and agent.id in facts.stores]
    return tuple(dict.fromkeys(known)) or (facts.agent.id,)


def is_custom(answers: Answers) -> bool:
    """Whether it is a service that the catalogue does not have."""
    return answers.text("provider") == CUSTOM


def provider_id(answers: Answers) -> str:
    """The provider's id; "" before it is known."""
    choice = answers.text("provider")
    return normalise(answers.text("custom_id") if choice == CUSTOM else choice)


def provider(answers: Answers, facts: Facts) -> Provider | None:
    """The provider's entry in the catalogue; None for a custom one."""
    return None if is_custom(answers) else facts.provider(provider_id(answers))


def label(answers: Answers, facts: Facts) -> str:
    """The provider's name for people."""
    known = provider(answers, facts)
    return known.label if known else provider_id(answers)


def has_methods(answers: Answers, facts: Facts) -> bool:
    """Whether there is more than one way to sign in to the provider."""
    known = provider(answers, facts)
    return known is not None and {"api_key", "token"} <= set(known.auth)


def method(answers: Answers, facts: Facts) -> str:
    """`api-key` or `setup-token`."""
    return answers.text("method") or API_KEY if has_methods(answers, facts) else API_KEY


def kind(answers: Answers, facts: Facts) -> Literal["api_key", "token"]:
    """The profile type of the credential."""
    return "token" if method(answers, facts) == SETUP_TOKEN else "api_key"


def base_url(answers: Answers) -> str:
    """The address of a custom service; "" for a provider that OpenClaw knows."""
    return answers.text("base_url") if is_custom(answers) else ""


def credential(answers: Answers, facts: Facts) -> Credential:
    """What the provider would be asked about."""
    known = provider(answers, facts)
    name = provider_id(answers)
    model = answers.text("model") or (known.model(newer=facts.newer) if known else "")
    custom = is_custom(answers)
    return Credential(
        name,
        kind(answers, facts),
        answers.secret("secret"),
        answers.text("base_url") if custom else entry_url(answers, facts),
        answers.text("api") if custom else "",
        model.removeprefix(f"{name}/"),
        facts.reset,
    )


def entry_url(answers: Answers, facts: Facts) -> str:
    """The base URL of a known provider's entry where it is not the usual one: a region, an account; else ""."""
    known = provider(answers, facts)
    if known is None:
        return ""
    if ASKED.issuperset(known.needs) and known.needs:
        return f"{known.base_url}/{answers.text('account_id')}/{answers.text('gateway_id')}/anthropic"
    return dict(known.regions).get(answers.text("region"), "")


def needs_entry(answers: Answers, facts: Facts) -> bool:
    """Whether this OpenClaw knows the provider only by an entry in `models.providers`.

    Where none is installed yet, the entry is written: the older OpenClaw needs it, the newer one does not mind it.
    """
    known = provider(answers, facts)
    if known is None or known.needs or answers.text("region"):
        return True
    return not (known.newer_builtin if facts.newer else known.builtin)


def variable(answers: Answers, facts: Facts) -> str:
    """The variable of `<state>/.env` that OpenClaw will find the credential in; "" where it reads none."""
    from openclaw.credentials.storing import variable_for

    if method(answers, facts) == SETUP_TOKEN:
        return OAUTH_VARIABLE
    name = provider_id(answers)
    usual = variable_for(name)
    if needs_entry(answers, facts):
        return _referred(name, facts) or usual
    read = [item for item in env_names(name, newer=facts.newer) if "OAUTH" not in item]
    return usual if usual in read else next(iter(read), "")


def _referred(name: str, facts: Facts) -> str:
    """The variable that the config's entry of the provider takes its key from already."""
    from openclaw.config.reading import references

    found = provider_entry(table(facts.found.config.merged), name)
    key = found[1].get("apiKey") if found else None
    return next(iter(references(key)), "") if isinstance(key, str) else ""
