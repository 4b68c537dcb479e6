"""What must be known about a service that OpenClaw does not know: its name, its address, how it is spoken to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openclaw.providers.names import normalise
from wizard import chosen
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

APIS = ("openai-completions", "anthropic-messages")


def custom_id(answers: Answers, facts: Facts) -> Question | None:
    """The id under which OpenClaw will know it."""
    if not chosen.is_custom(answers):
        return None
    taken = {item.id for item in chosen.offered(facts)}

    def check(text: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", text):
            return "Use small letters, digits, dots and dashes, such as my-proxy."
        if normalise(text) in taken or text in (chosen.SKIP,):
            return f"{text} is the name of a provider that OpenClaw knows. Use another, such as my-{text}."
        return ""

    return Question(
        "custom_id",
        "text",
        "A name for it?",
        help="Models are then called NAME/MODEL.",
        default=chosen.CUSTOM,
        settled=True,
        flag="--provider NAME",
        example="my-proxy",
        check=check,
    )


def base_url(answers: Answers, facts: Facts) -> Question | None:  # noqa: ARG001 - as its siblings
    """Where requests go."""
    if not chosen.is_custom(answers):
        return None
    return Question(
        "base_url",
        "text",
        "Its base URL?",
        help="The address that API paths are added to, such as https://llm.example.com/v1.",
        flag="--base-url U",
        example="https://llm.example.com/v1",
        check=url_problem,
    )


def api(answers: Answers, facts: Facts) -> Question | None:  # noqa: ARG001 - as its siblings
    """The wire format, by OpenClaw's name."""
    if not chosen.is_custom(answers):
        return None
    return Question(
        "api",
        "choice",
        "Which API does it speak?",
        options=(
            Option(APIS[0], "OpenAI", "openai-completions: …/chat/completions"),
            Option(APIS[1], "Anthropic", "anthropic-messages: …/v1/messages"),
        ),
        default=APIS[0],
        settled=True,
        flag="--api A",
    )


def account_id(answers: Answers, facts: Facts) -> Question | None:
    """The account of a gateway service."""
    return _needed("account_id", "Which account id?", "--cloudflare-ai-gateway-account-id A", answers, facts)


def gateway_id(answers: Answers, facts: Facts) -> Question | None:
    """The gateway of that account."""
    return _needed("gateway_id", "Which gateway id?", "--cloudflare-ai-gateway-gateway-id G", answers, facts)


def _needed(name: str, label: str, flag: str, answers: Answers, facts: Facts) -> Question | None:
    known = chosen.provider(answers, facts)
    if known is None or name not in known.needs:
        return None

    def check(text: str) -> str:
        return "" if re.fullmatch(r"[A-Za-z0-9._-]{1,128}", text) else "It has letters, digits, dots and dashes only."

    return Question(
        name, "text", label, help=f"It is part of the address at {known.label}.", flag=flag, example="id-1", check=check
    )


def url_problem(text: str) -> str:
    """Why a text is no base URL; "" where it is one."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "This is not a URL."
    if parts.scheme not in ("http", "https"):
        return "It starts with https:// (or http://)."
    if not parts.hostname or any(char.isspace() or not char.isprintable() for char in text) or port == 0:
        return "There is no host name in it, or it has blanks."
    if parts.username or parts.password:
        return "It has a user name or password in it. Leave them out: the key is asked for separately."
    return "It ends before ? or #." if parts.query or parts.fragment else ""
