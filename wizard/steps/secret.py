"""The credential itself. Soft on its shape: what looks wrong is told once, and taken when it is given again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openclaw.credentials import storing
from openclaw.secret import Secret
from openclaw.text import joined
from wizard import chosen
from wizard.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.shapes import Trouble
    from wizard.answers import Answers
    from wizard.facts import Facts

SHORTEST_KEY = 20  # characters; no provider in the catalogue issues shorter ones
DOUBLED, REFERENCE = "doubled", "reference"  # beside the slugs of checks
FLAGS = "--key-file F, --key-stdin or --key-env NAME"


def secret(answers: Answers, facts: Facts) -> Question | None:
    """The API key or setup-token."""
    if not chosen.provider_id(answers) or chosen.provider_id(answers) == chosen.SKIP:
        return None
    token = chosen.method(answers, facts) == chosen.SETUP_TOKEN
    stand_in = storing.stand_in(chosen.provider_id(answers)) if _local(answers) else None
    return Question(
        "secret",
        "secret",
        f"{chosen.label(answers, facts)} {'setup-token' if token else 'API key'}",
        help=_token_help(facts) if token else _key_help(answers, facts),
        default=stand_in,
        settled=stand_in is not None,
        flag=FLAGS,
        check=lambda value: "" if value else "Nothing was given.",
        doubt=lambda value: _doubt(value, answers, facts),
        surprise=lambda value: _unusual(value, answers, facts),
    )


def notices(answers: Answers, facts: Facts) -> tuple[str, ...]:
    """What is worth saying about the value that was taken."""
    value = answers.secret("secret")
    said = tuple(
        _sentence(item, answers, facts) + (" It is used anyway, as you wanted." if item.severity == "error" else "")
        for item in troubles(value, answers, facts)
    )
    if not said:
        said = tuple(filter(None, (_unusual(value, answers, facts),)))
    refused = rejection(answers, facts)
    return (*said, *((f"{refused} It is used anyway, as you wanted.",) if refused else ()))


def keyless(answers: Answers, facts: Facts) -> Iterator[str]:  # noqa: ARG001 - as its siblings
    """What is said where no key was given, and none is needed."""
    name = storing.stand_in(chosen.provider_id(answers))
    if _local(answers) and answers.secret("secret") == name:
        yield f"No key: {name.reveal()} stands in its place, because OpenClaw wants some text there. It is no secret."


def _local(answers: Answers) -> bool:
    """Whether it is a service on this host or network, which may need no key."""
    from openclaw.providers.hosts import is_local

    return is_local(chosen.base_url(answers))


def rejection(answers: Answers, facts: Facts) -> str:
    """The provider's clear no to the credential, as a sentence; "" where there was none."""
    checked = answers.known(chosen.credential(answers, facts))
    if checked is None or checked.state != "rejected":
        return ""
    return f"{chosen.label(answers, facts)} refuses it: {checked.why}"


def _doubt(value: Secret, answers: Answers, facts: Facts) -> str:
    wrong = [item for item in troubles(value, answers, facts) if item.severity == "error" or item.kind == "api_key"]
    return _sentence(wrong[0], answers, facts) if wrong else rejection(answers, facts)


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

    return _no_secret(value.reveal(), facts) or diagnose(
        value.reveal(), chosen.provider_id(answers), chosen.kind(answers, facts), base_url=chosen.base_url(answers)
    )


def of_a_login(trouble: Trouble) -> bool:
    """Whether it is of a login to Claude: a session key, a refresh token, the code of a sign-in page."""
    return any(name in trouble.what for name in ("signed in to Claude", "Claude login", "sign-in page"))


def way_out(trouble: Trouble, answers: Answers, facts: Facts) -> str:
    """Where what was pasted belongs, or what to fetch in its place; never what is chosen already."""
    token = chosen.method(answers, facts) == chosen.SETUP_TOKEN
    if trouble.slug == "credentials/gateway-token-as-key":
        return " It is for the gateway's own clients and belongs in gateway.auth.token of the config."
    if of_a_login(trouble):
        can = " `claude setup-token` prints a token that can be used"
        return f"{can}: paste that." if token else f"{can}: choose the method setup-token for it."
    return ""


def _no_secret(text: str, facts: Facts) -> tuple[Trouble, ...]:
    """What only a paste comes to: the same key twice, the name of a variable in place of its value."""
    from openclaw.credentials.shapes import Trouble

    half = len(text) // 2
    if half >= SHORTEST_KEY and text == text[:half] * 2 and len(set(text[:half])) > 1:
        return (Trouble(DOUBLED, "error", "It is the same key twice, one behind the other.", Secret(text[:half])),)
    if re.fullmatch(r"\$(\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)", text, re.ASCII):
        name = text.strip("${}")
        value = facts.found.environment.usable(name)
        unset = "" if value else ", and none of that name is set"
        what = f"It is a reference to the variable {name}, not its value{unset}."
        return (Trouble(REFERENCE, "error", what, Secret(value) if value else None),)
    return ()


def _sentence(trouble: Trouble, answers: Answers, facts: Facts) -> str:
    if trouble.slug == "credentials/wrong-kind" and trouble.kind:
        kind = "setup-token" if trouble.kind == "token" else "API key"
        return f"{trouble.what} Choose the method {kind} to keep it as what it is."
    return f"{trouble.what}{way_out(trouble, answers, facts)}"


def _key_help(answers: Answers, facts: Facts) -> str:
    if _local(answers):
        return "Paste it here; it is not shown. Enter alone where it needs none."
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
