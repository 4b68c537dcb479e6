"""The credential itself. Soft on its shape: what looks wrong is told once, and taken when it is given again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.text import joined
from wizard import chosen
from wizard.questions import Question

if TYPE_CHECKING:
    from openclaw.credentials.shapes import Trouble
    from openclaw.secret import Secret
    from wizard.answers import Answers
    from wizard.facts import Facts

SHORTEST_KEY = 20  # characters; no provider in the catalogue issues shorter ones
FLAGS = "--key-file F, --key-stdin or --key-env NAME"


def secret(answers: Answers, facts: Facts) -> Question | None:
    """The API key or setup-token."""
    if not chosen.provider_id(answers) or chosen.provider_id(answers) == chosen.SKIP:
        return None
    token = chosen.method(answers, facts) == chosen.SETUP_TOKEN
    return Question(
        "secret",
        "secret",
        f"{chosen.label(answers, facts)} {'setup-token' if token else 'API key'}",
        help=_token_help(facts) if token else _key_help(answers, facts),
        flag=FLAGS,
        check=lambda value: "" if value else "Nothing was given.",
        doubt=lambda value: _doubt(value, answers, facts),
        surprise=lambda value: _unusual(value, answers, facts),
    )


def notices(answers: Answers, facts: Facts) -> tuple[str, ...]:
    """What is worth saying about the value that was taken."""
    value = answers.secret("secret")
    said = tuple(
        f"{_sentence(item)} It is used anyway, as you wanted." if item.severity == "error" else _sentence(item)
        for item in troubles(value, answers, facts)
    )
    if not said:
        said = tuple(filter(None, (_unusual(value, answers, facts),)))
    refused = rejection(answers, facts)
    return (*said, *((f"{refused} It is used anyway, as you wanted.",) if refused else ()))


def rejection(answers: Answers, facts: Facts) -> str:
    """The provider's clear no to the credential, as a sentence; "" where there was none."""
    checked = answers.known(chosen.credential(answers, facts))
    if checked is None or checked.state != "rejected":
        return ""
    return f"{chosen.label(answers, facts)} refuses it: {checked.why}"


def _doubt(value: Secret, answers: Answers, facts: Facts) -> str:
    wrong = [item for item in troubles(value, answers, facts) if item.severity == "error"]
    return _sentence(wrong[0]) if wrong else rejection(answers, facts)


def _unusual(value: Secret, answers: Answers, facts: Facts) -> str:
    """What is odd about the shape of a value: worth a second look, never a reason to refuse it."""
    from openclaw.credentials.paste import setup_token_problem
    from openclaw.credentials.shapes import truncated

    text = value.reveal()
    if chosen.method(answers, facts) == chosen.SETUP_TOKEN:
        short = truncated(text)
        return short.what if short else setup_token_problem(text) or ""
    known = chosen.provider(answers, facts)
    if known is None or known.local or chosen.base_url(answers):
        return ""
    if known.key_prefixes and not text.startswith(known.key_prefixes):
        return f"Keys of {known.label} begin with {joined(list(known.key_prefixes[:2]), 'or')}; this one does not."
    return f"It has {len(text)} characters; keys of {known.label} are longer." if len(text) < SHORTEST_KEY else ""


def troubles(value: Secret, answers: Answers, facts: Facts) -> tuple[Trouble, ...]:
    """What looks wrong about a value where it is to be put."""
    from openclaw.credentials.shapes import diagnose

    return diagnose(
        value.reveal(), chosen.provider_id(answers), chosen.kind(answers, facts), base_url=chosen.base_url(answers)
    )


def _sentence(trouble: Trouble) -> str:
    if trouble.slug == "credentials/wrong-kind" and trouble.kind == "token":
        return f"{trouble.what} Choose the method setup-token to keep it as what it is."
    return f"{trouble.what}{_way_out(trouble)}"


def _way_out(trouble: Trouble) -> str:
    """Where what was pasted belongs, or what to fetch in its place."""
    if trouble.slug == "credentials/gateway-token-as-key":
        return " It is for the gateway's own clients and belongs in gateway.auth.token of the config."
    if "signed in to Claude" in trouble.what or "sign-in page" in trouble.what or "Claude login" in trouble.what:
        return " `claude setup-token` prints a token that can be used: choose the method setup-token for it."
    return ""


def _key_help(answers: Answers, facts: Facts) -> str:
    known = chosen.provider(answers, facts)
    where = f" Keys are made at {known.console}" if known and known.console else ""
    return f"Paste it here; it is not shown.{where}"


def _token_help(facts: Facts) -> str:
    make = (
        "On the gateway host, run `claude setup-token` in a terminal, sign in, and paste here what it prints; "
        "it is not shown."
    )
    if facts.claude_login:
        make += " The login of Claude Code itself stays its own: it is not copied."
    if facts.claude:
        return make
    missing = f"`claude` was not found on this PATH; install it with `{facts.claude_install}`"
    return f"{make} {missing}, or paste a token made elsewhere."
