"""What an error means that somebody pastes, or that stands in a log: whose it is, what it says, what to do. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.providers.advice import CLAUDE_CODE_ONLY, LOGINS, Place, advise, claude_code_only
from openclaw.providers.answer import LONGEST, is_html, redacted
from openclaw.providers.classify import WORDS, classify_text
from openclaw.providers.names import known, normalise

if TYPE_CHECKING:
    from openclaw.providers.classify import Class, Kind, Verdict

EXCERPT = 300  # characters
# The pages that providers name in their errors.
PAGES = (
    ("console.x.ai", "xai"), ("platform.openai.com", "openai"), ("openrouter.ai", "openrouter"),
    ("generativelanguage.googleapis.com", "google"), ("console.anthropic.com", "anthropic"),
    ("console.groq.com", "groq"), ("platform.deepseek.com", "deepseek"),
)  # fmt: skip
# What only one of them says (provider-errors: Google's ErrorInfo, xAI's code), in small letters.
SAYINGS = (
    ("api_key_invalid", "google"), ("type.googleapis.com", "google"),
    ("client specified an invalid argument", "xai"),
)  # fmt: skip
# How OpenClaw, its logs and its errors name one: what the last form finds begins a model.
_NAMED = (
    r"(?:^|[\s\"'{,(])(?:source|requested|candidate)?_?provider[\"']?\s*[=:]\s*[\"']?([a-z0-9][a-z0-9._-]*)"
    r"|\bfor provider\s+[\"']?([a-z0-9][a-z0-9._-]*)"
    r"|\b(?:failed for|auth profile for|refresh oauth token for)\s+[\"']?([a-z0-9][a-z0-9._-]*)"
    r"|(?:^|[\s\]=\"'])([a-z0-9][a-z0-9._-]*): (?:http |status |error )?[45]\d\d\b"
    r"|(?<![\w/.@:-])([a-z0-9][a-z0-9-]*)/[a-z0-9][\w.:-]*"
)


@frozen
class Explained:
    """An error in words for people; no secrets in it.

    `provider` is "" where nothing tells whose it is, `phrase` by what it was recognised, `sure` False where it proves
    nothing about the credential, `mark` "Claude Code only" or "".
    """

    cls: Class
    word: str
    provider: str
    meaning: str
    phrase: str
    excerpt: str
    remedy: str
    commands: tuple[str, ...] = ()
    sure: bool = True
    mark: str = ""


def explain_text(
    text: str, *, provider: str = "", kind: Kind = "api_key", place: Place | None = None
) -> Explained | None:
    """What a pasted error or a line of a log means; None where nothing in it is known. Never raises."""
    text = text[:LONGEST]
    recognised = recognise(text, provider=provider, kind=kind)
    if recognised is None:
        return _page(text)
    verdict, owner = recognised
    advice = advise(verdict, owner, place)
    excerpt = verdict.evidence.get("message") or redacted(text)
    mark = CLAUDE_CODE_ONLY if claude_code_only(verdict.cls, owner) and verdict.sure else ""
    return Explained(
        verdict.cls, WORDS[verdict.cls], owner, advice.meaning, verdict.phrase, excerpt[:EXCERPT], advice.remedy,
        advice.commands, verdict.sure, mark,
    )  # fmt: skip


def recognise(text: str, *, provider: str = "", kind: Kind = "api_key") -> tuple[Verdict, str] | None:
    """(verdict, provider) of a text: the given provider, else the one that it names, else whose words they are."""
    named = normalise(provider) if provider else provider_in(text)
    verdict = classify_text(text, provider=named, credential_kind=kind)
    if verdict is None:
        return None
    owner = "" if verdict.owner == "openclaw" else verdict.owner
    return verdict, named or owner


def provider_in(text: str) -> str:
    """The provider that a text names; "" for none.

    By `provider=…`, `for provider "…"`, `google: 400` or a model, by a page of its own, or by words that only it uses.
    """
    for match in _named().finditer(text.lower()):
        name = normalise(next(filter(None, match.groups())).rstrip(".:"))
        if known(name) or name in LOGINS:
            return name
    page = next((name for page, name in PAGES if page in text), "")
    lowered = "" if page else text.lower()
    return page or next((name for saying, name in SAYINGS if saying in lowered), "")


def _page(text: str) -> Explained | None:
    if not is_html(text):
        return None
    meaning = "This is a page for people, and no provider's answer: something in between sent it."
    remedy = "Look at the proxy, a login page of the network, and the base URL; the credential is not the cause."
    return Explained("network", WORDS["network"], "", meaning, "<html", redacted(text)[:EXCERPT], remedy, sure=False)


@cache
def _named() -> re.Pattern[str]:
    return re.compile(_NAMED)
