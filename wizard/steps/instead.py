"""What was pasted belongs elsewhere, or is not what it seems: the right place is offered instead of refusing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.views import table
from openclaw.frozen import frozen
from wizard import chosen
from wizard.questions import Option, Question
from wizard.settings import BEFORE
from wizard.steps.handling import MODIFY
from wizard.steps.secret import DOUBLED, REFERENCE, of_a_login, troubles, way_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.shapes import Trouble
    from openclaw.secret import Secret
    from wizard.answers import Answers
    from wizard.facts import Facts

SWITCH, AGAIN, KEEP = "switch", "again", "keep"
FETCH, MEANT, GATEWAY = "fetch", "meant", "gateway"
GATEWAY_TOKEN = "gateway.auth.token"  # noqa: S105 - the key path of one
OF_A_PROVIDER = (
    "custom_id", "base_url", "api", "account_id", "gateway_id", "method", "model", "ask_model", "typed_model", "found",
)  # fmt: skip


@frozen
class Place:
    """Where a value belongs: `choice` is the answer. `secret` is what is given there; None for what is asked for."""

    choice: str
    label: str
    hint: str = "recommended"
    provider: str = ""
    method: str = ""
    secret: Secret | None = None


@frozen
class Recognised:
    """What was recognised, in words, and where it belongs; None where there is no place for it here."""

    what: str
    place: Place | None = None


def recognised(answers: Answers, facts: Facts) -> Recognised | None:
    """What a pasted value is, where it is not what was asked for and that is certain enough to ask back."""
    given = answers.get("secret")
    if given is None or given.source != "person" or given.insisted or not answers.secret("secret"):
        return None
    for trouble in troubles(answers.secret("secret"), answers, facts):
        place = next(_places(trouble, answers, facts), None)
        if place or trouble.slug in (DOUBLED, REFERENCE, "credentials/gateway-token-as-key") or of_a_login(trouble):
            return Recognised(f"{trouble.what}{way_out(trouble, answers, facts)}", place)
    return None


def instead(answers: Answers, facts: Facts) -> Question | None:
    """Take it to its place, paste another, or use it here all the same."""
    found = recognised(answers, facts)
    if found is None:
        return None
    there = found.place
    options = (Option(there.choice, there.label, there.hint),) if there else ()
    return Question(
        "instead",
        "choice",
        "What about it?",
        help=found.what,
        options=(
            *options,
            Option(AGAIN, "Paste another one", f"for {chosen.label(answers, facts)}"),
            Option(KEEP, "Use it here all the same"),
        ),
        default=there.choice if there else AGAIN,
        flag="--provider and --method",
    )


def taken(answers: Answers, facts: Facts, choice: str) -> Answers:
    """The answers after that choice, which leaves no trace of its own: as if the right answers had been given."""
    found, secret = recognised(answers, facts), answers.secret("secret")
    if choice == KEEP and found is not None:
        return answers.without("instead").give("secret", secret, "person", sure=True)
    left = answers.without("instead", "secret")
    place = found.place if found else None
    if place is None or choice != place.choice:
        return left
    if choice == GATEWAY:  # nobody's answer, so that Back does not lead to it
        left = left.give(f"{BEFORE}gateway.auth.mode", "token", "detected")
        return left.give(f"{BEFORE}{GATEWAY_TOKEN}", secret, "detected")
    if place.provider:
        left = _moved(left, place, facts)
    return left.give("secret", place.secret, "person") if place.secret else left


def _moved(answers: Answers, place: Place, facts: Facts) -> Answers:
    """With another provider or method. What a person said about the other provider is not about this one."""
    about = [name for name in OF_A_PROVIDER if (given := answers.get(name)) is not None and given.human]
    named, left = answers.get("provider"), answers.without("provider", *about)
    # What is there was settled by naming a provider, and stays so.
    if named and not named.human and answers.get("handling") is None:
        left = left.give("handling", MODIFY, "default")
    left = left.give("provider", place.provider, "person")
    return left.give("method", place.method, "person") if chosen.has_methods(left, facts) else left


def _places(trouble: Trouble, answers: Answers, facts: Facts) -> Iterator[Place]:
    secret, here = answers.secret("secret"), (chosen.provider_id(answers), chosen.method(answers, facts))
    if trouble.slug in (DOUBLED, REFERENCE):
        if trouble.cleaned:
            label = "Take it once" if trouble.slug == DOUBLED else f"Take the value of {secret.reveal().strip('${}')}"
            yield Place(MEANT, label, secret=trouble.cleaned)
        return
    if trouble.slug == "credentials/gateway-token-as-key":
        present = table(facts.found.config.value, "gateway", "auth").get("token")
        if present != secret.reveal():
            hint = "gateway.auth.token; the one there is replaced" if present else "gateway.auth.token of the config"
            yield Place(GATEWAY, "Make it the gateway's own token", hint)
        return
    if of_a_login(trouble):
        if here != ("anthropic", chosen.SETUP_TOKEN):
            yield Place(FETCH, "Use a setup-token", "`claude setup-token` prints it", "anthropic", chosen.SETUP_TOKEN)
        return
    provider = trouble.provider or here[0]
    method = chosen.SETUP_TOKEN if trouble.kind == "token" else chosen.API_KEY
    known = facts.provider(provider)
    if known in chosen.offered(facts) and (provider, method) != here and (trouble.provider or trouble.kind):
        what = "setup-token" if method == chosen.SETUP_TOKEN else "API key"
        name = known.label if known else provider
        yield Place(SWITCH, f"Set it up as {name} {what}", "recommended", provider, method, secret)
