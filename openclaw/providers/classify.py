"""What a provider's answer means for a credential: one pure function over errors.toml.

For probes, for lines of logs, and for errors that somebody pastes. Rules (user-pain §4): codes before types before
texts before what a status alone says; an unknown shape is "unknown", never "invalid"; HTML is somebody in between.
"""

from __future__ import annotations

import functools
import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.frozen import frozen
from openclaw.providers.answer import LONGEST, Said, as_text, has_error, is_html, redacted, taken_apart
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openclaw.secret import Secret

Kind = Literal["api_key", "token", "oauth"]
Class = Literal[
    "ok", "auth_bad", "auth_expired", "auth_revoked", "auth_restricted", "scope", "org", "billing", "rate", "overload",
    "config", "region", "network", "unknown",
]  # fmt: skip

REJECTIONS = frozenset({"auth_bad", "auth_expired", "auth_revoked", "auth_restricted", "scope", "org", "region"})
# Who answers so knows the credential. A limit proves that for API keys only (user-pain §4, rule 3).
KNOWN = frozenset({"ok", "auth_expired", "auth_revoked", "auth_restricted", "scope", "org", "billing"})
LIMITS = frozenset({"rate", "overload"})
WORDS: dict[str, str] = {
    "ok": "accepted", "auth_bad": "not valid", "auth_expired": "expired", "auth_revoked": "revoked",
    "auth_restricted": "restricted", "scope": "lacks a scope", "org": "refused for its organisation",
    "billing": "no credit", "rate": "rate limited", "overload": "service overloaded", "config": "wrong request",
    "region": "wrong region", "network": "not reached", "unknown": "unclear",
}  # fmt: skip

SHOWN = 300  # characters of a message in the evidence
DISTINCT = 14  # characters from which on a provider's words are recognised in the mouth of another one
# Programs that speak for a provider, and providers that answer as another one does.
SPEAKS_LIKE: dict[str, tuple[str, ...]] = {
    "anthropic-sdk-python": ("anthropic",),
    "claude-cli": ("anthropic",),
    "google-gemini": ("google",),
    "google-vertex": ("google",),
    "minimax-cn": ("minimax",),
    "minimax-portal": ("minimax",),
    "openai-codex": ("openai-codex", "openai"),
}
_STATUS = re.compile(
    r"(?:\bAPI Error:?|\bHTTP(?:/[\d.]+)?|\bstatus(?:[ _]?code)?\b|\berror\b)[\"'=: ]{1,4}([1-5]\d\d)\b"
    r"|^\s*([45]\d\d)\b|\b(40[0-4]|402|429|5[0-2]\d)\b(?=\s*(?:status|\{|Unauthorized|Forbidden|Too Many|Payment))",
    re.IGNORECASE,
)


@frozen
class Verdict:
    """What an answer means. `recognised`: whether the provider knows the credential; None: the answer does not tell.

    `sure` is False where the class is likely, but proves nothing about the credential as OpenClaw would use it.
    `evidence` is redacted: status, type, code, message. `owner` is the provider whose words they are and `phrase` the
    words or the code by which they were recognised; "" where nothing so certain was in it.
    """

    cls: Class
    meaning: str = ""
    remedy: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    recognised: bool | None = None
    sure: bool = True
    owner: str = ""
    phrase: str = ""

    @property
    def rejected(self) -> bool:
        """The provider says no to this credential, and not only to this request of ours."""
        return self.cls in REJECTIONS and self.sure


def classify(
    status: int | None,
    body: str | bytes | Mapping[str, Any] | None,
    *,
    provider: str,
    credential_kind: Kind = "api_key",
    headers: Mapping[str, str] | None = None,
    known: Iterable[Secret] = (),
) -> Verdict:
    """The meaning of an answer. Pure and total: whatever a server sends, this gives a verdict.

    `status` is None for a text that came without one. `known` are secrets that the body may repeat.
    """
    text = as_text(body)
    named = {name.lower(): value for name, value in (headers or {}).items()}
    if is_html(text, named):
        return _network_page(status, known)
    if status is not None and 300 <= status < 400:
        return _redirected(status, named, known)
    said = taken_apart(status, text)
    if status is not None and 200 <= status < 300 and not has_error(text):
        return Verdict("ok", "The provider accepts the credential.", evidence={"status": str(status)}, recognised=True)
    return _judged(said, normalise(provider), credential_kind, known)


def classify_text(text: str, *, provider: str = "", credential_kind: Kind = "api_key") -> Verdict | None:
    """The meaning of a line of a log or of a pasted error; None where nothing in it is known.

    Finds a JSON answer inside of it, a status, and the known words. A status alone says nothing in a text.
    """
    text = text[:LONGEST]
    status = next((int(next(filter(None, match.groups()))) for match in _STATUS.finditer(text)), None)
    said = taken_apart(status, text)
    wanted = normalise(provider)
    rule = _rule(said, wanted, credential_kind, certain=not (said.codes or said.types))
    return _verdict(rule, said, credential_kind, ()) if rule else None


def network(meaning: str, phase: str, *, remedy: str = "", detail: str = "") -> Verdict:
    """The verdict where no answer came: it says nothing about the credential."""
    evidence = {"phase": phase} | ({"error": detail} if detail else {})
    return Verdict("network", meaning, remedy, evidence)


# ---- judging -------------------------------------------------------------------------------------------------------


def _judged(said: Said, provider: str, kind: Kind, known: Iterable[Secret]) -> Verdict:
    rule = _rule(said, provider, kind)
    if rule:
        return _verdict(rule, said, kind, known)
    if said.status is not None and said.status < 300:
        meaning = "The answer has status 200 and an error of no known kind in it."
        return Verdict("config", meaning, "Look at the message.", _evidence(said, known), sure=False)
    what = f"status {said.status}" if said.status else "no status"
    meaning = f"An answer of no known shape ({what}): it does not show whether the credential is good."
    return Verdict("unknown", meaning, "Try again later; the message may say more.", _evidence(said, known), sure=False)


def _verdict(rule: Mapping[str, Any], said: Said, kind: Kind, known: Iterable[Secret]) -> Verdict:
    cls: Class = rule["class"]
    sure = not rule.get("unproven", False)
    down = cls == "overload" and bool(rule.get("last"))  # a status alone: whatever stands in front answers so
    recognised, evidence = None if down else _recognised(cls, kind, sure), _evidence(said, known)
    owner = rule.get("provider", "")
    return Verdict(cls, rule["meaning"], rule["remedy"], evidence, recognised, sure, owner, _phrase(rule, said))


def _phrase(rule: Mapping[str, Any], said: Said) -> str:
    """By what a rule was recognised: a part of the message, else a code, else a type."""
    found = next((fragment for fragment in rule.get("text", ()) if fragment in said.text), "")
    codes, types = said.codes.intersection(rule.get("code", ())), said.types.intersection(rule.get("type", ()))
    return found or min((*codes, *types), default="")


def _recognised(cls: Class, kind: Kind, sure: bool) -> bool | None:
    if not sure:
        return None
    if cls == "auth_bad":
        return False
    if cls in LIMITS:
        return True if kind == "api_key" else None
    return True if cls in KNOWN else None


def _rule(said: Said, provider: str, kind: Kind, *, certain: bool = False) -> Mapping[str, Any] | None:
    """The most telling rule that holds. `certain`: what a status or a generic type alone says does not count."""
    family = {provider, *SPEAKS_LIKE.get(provider, ())}
    found = [
        (*_rank(rule, family), index, rule)
        for index, rule in enumerate(rules())
        if not (certain and rule.get("last")) and _holds(rule, said, kind) and _may_say(rule, family, said.text)
    ]
    return min(found, key=lambda item: item[:4])[4] if found else None


def _rank(rule: Mapping[str, Any], family: set[str]) -> tuple[int, int, int]:
    if rule.get("last"):
        tier = 4
    else:
        tier = next((number for number, key in enumerate(("code", "type", "text")) if key in rule), 3)
    owner = rule.get("provider", "")
    nearness = 0 if owner in family else 1 if not owner else 2
    return tier, nearness, -sum(key in rule for key in ("status", "code", "type", "text", "kind"))


def _may_say(rule: Mapping[str, Any], family: set[str], text: str) -> bool:
    """Gateways pass on what the provider behind them says: its unmistakable words count from anybody."""
    owner = rule.get("provider", "")
    if not owner or owner in family:
        return True
    words = [fragment for fragment in rule.get("text", ()) if len(fragment) >= DISTINCT and fragment in text]
    return "last" not in rule and bool(words)


def _holds(rule: Mapping[str, Any], said: Said, kind: Kind) -> bool:
    return (
        ("status" not in rule or said.status in rule["status"])
        and ("code" not in rule or bool(said.codes.intersection(rule["code"])))
        and ("type" not in rule or bool(said.types.intersection(rule["type"])))
        and ("text" not in rule or any(fragment in said.text for fragment in rule["text"]))
        and ("kind" not in rule or kind in rule["kind"])
    )


@functools.cache
def rules() -> tuple[Mapping[str, Any], ...]:
    """errors.toml; read once per process."""
    import tomllib
    from pathlib import Path

    text = (Path(__file__).parent / "errors.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["rule"])


def _network_page(status: int | None, known: Iterable[Secret]) -> Verdict:
    meaning = "An HTML page came instead of an answer: something in between, or a wrong base URL."
    remedy = "Look at the proxy, a login page of the network, and the base URL; the credential is not the cause."
    return Verdict("network", meaning, remedy, _evidence(Said(status), known) | {"phase": "html"})


def _redirected(status: int, headers: Mapping[str, str], known: Iterable[Secret]) -> Verdict:
    from openclaw.providers.hosts import host_of

    target = host_of(headers.get("location", ""))
    where = f" to {target}" if target else ""
    meaning = f"The request was redirected{where}; it was not followed, because a credential goes to no other address."
    evidence = _evidence(Said(status), known) | {"phase": "redirect"}
    return Verdict("network", meaning, "Check the base URL, and what stands in between.", evidence)


def _evidence(said: Said, known: Iterable[Secret]) -> dict[str, str]:
    found: dict[str, str] = {}
    if said.status is not None:
        found["status"] = str(said.status)
    if said.types:
        found["type"] = ", ".join(sorted(redacted(item, known) for item in said.types))[:80]
    if said.codes:
        found["code"] = ", ".join(sorted(redacted(item, known) for item in said.codes))[:80]
    if said.message.strip():
        message = redacted(said.message.strip()[: 4 * SHOWN], known)
        found["message"] = message if len(message) <= SHOWN else message[: SHOWN - 1] + "…"
    return found
