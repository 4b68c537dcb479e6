"""What the answer to a probe says about the credential that was sent. Pure.

A Claude subscription token is judged by Anthropic's explicit words about the token itself only: a refusal of our kind
of request proves nothing about OpenClaw's own use (design rule 7).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from openclaw.frozen import replace
from openclaw.providers.classify import REJECTIONS, Verdict, classify, network
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from openclaw.net import Answer, Request
    from openclaw.providers.probes import Prepared, Status
    from openclaw.secret import Secret

# What Anthropic says about a subscription token itself, and not about the request that it came with.
ABOUT_THE_TOKEN = (
    "only authorized for use with claude code", "extra usage", "revoked", "has expired", "invalid bearer token",
    "not allowed for this organization", "organization has been disabled",
)  # fmt: skip
STATUS_OF: dict[str, Status] = {
    "ok": "ok", "billing": "billing", "rate": "rate_limit", "overload": "rate_limit", "config": "format",
}  # fmt: skip
NO_API = "Something answered with status 200 and not as this API does: it does not show whether the credential is good."
NO_API_REMEDY = "Check the base URL, and what stands in between."
PHASES = {
    "queue": "It was not asked: the time of the run was over.",
    "dns": "The host name was not found.",
    "tcp": "No connection to the host.",
    "proxy": "The proxy did not let the request through.",
    "tls": "No trusted TLS connection.",
    "http": "The connection was there, and no answer came.",
}
PHASE_REMEDIES = {
    "queue": "Give it more time (--probe-timeout), or ask more at once (--probe-concurrency).",
    "dns": "Check the base URL, and the name server of this host.",
    "tcp": "Check the base URL, the firewall, and whether a proxy is needed (HTTPS_PROXY).",
    "proxy": "Check HTTPS_PROXY and NO_PROXY.",
    "tls": "With a company's own authority: put it among the system's, or name its file in NODE_EXTRA_CA_CERTS; check "
    "the clock.",
    "http": "Try again; then look for what stands in between.",
}


def judge(provider: str, prepared: Prepared, answer: Answer, secret: Secret) -> Verdict:
    """What the answer says about the credential."""
    if answer.status is None:
        phase = "dns" if answer.phase == "queue" and not answer.timed_out else answer.phase  # an address that is none
        meaning = PHASES.get(phase, "No answer came.")
        return network(meaning, phase, remedy=PHASE_REMEDIES.get(phase, ""), detail=answer.error)
    verdict = classify(
        answer.status,
        answer.body,
        provider=provider,
        credential_kind=prepared.kind,
        headers=answer.headers,
        known=[secret, *_secrets_of(prepared.request)],
    )
    if answer.status == 407:
        return replace(verdict, evidence={**verdict.evidence, "phase": "proxy"})
    if verdict.cls == "ok" and not _of_an_api(answer, listing=prepared.lists):
        return replace(
            verdict, cls="unknown", meaning=NO_API, remedy=NO_API_REMEDY, recognised=None, sure=False,
        )  # fmt: skip
    if verdict.cls == "ok" and not prepared.proves:
        return replace(verdict, meaning="The server answers; it takes any key.", recognised=None, sure=False)
    if normalise(provider) == "anthropic" and prepared.kind == "token":
        return _of_subscription(verdict)
    return verdict


def status_of(verdict: Verdict, answer: Answer | None) -> Status:
    """The reference's word for it (wizard-doctor-spec §7.5)."""
    if verdict.cls in REJECTIONS:
        limited = answer is not None and answer.status == 429
        return "auth" if verdict.sure else "rate_limit" if limited else "unknown"
    if verdict.cls == "network":
        return "timeout" if answer is not None and answer.timed_out else "unknown"
    return STATUS_OF.get(verdict.cls, "unknown") if verdict.sure or verdict.cls == "ok" else "unknown"


def models_in(body: bytes) -> frozenset[str] | None:
    """The ids of a list of models, without `models/`; None where it is no whole list."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("has_more") or document.get("nextPageToken"):
        return None
    items = document.get("data", document.get("models"))
    if not isinstance(items, list):
        return None
    names = [item.get("id", item.get("name")) for item in items if isinstance(item, dict)]
    return frozenset(name.removeprefix("models/") for name in names if isinstance(name, str)) or None


def offers(listed: frozenset[str], model: str) -> bool:
    """Whether a list has a model: under its id, or as a dated version of it (`claude-opus-4-5-20251101`)."""
    stem = model.removesuffix("-latest")
    version = re.compile(rf"{re.escape(stem)}(?:-(?:\d{{4,}}|latest|preview|exp).*)?")
    return model in listed or any(version.fullmatch(name) for name in listed)


def _of_an_api(answer: Answer, *, listing: bool) -> bool:
    """Whether a 200 is an answer of the API: a JSON document, in a list of models one with such a list.

    Of an answer that was cut off, its beginning counts. A page for any address also comes with a 200.
    """
    text = answer.body.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")):
        return False
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return not answer.complete and '"' in text
    return not listing or isinstance(document, list) or any(name in document for name in ("data", "models"))


def _secrets_of(request: Request) -> list[Secret]:
    """What the request carried, as a server may repeat it: what the config adds may be secret, too."""
    from openclaw.secret import Secret

    plain = {"content-type", "anthropic-version"}
    values = [value for name, value in request.headers.items() if name.lower() not in plain]
    values += [value for _, value in parse_qsl(urlsplit(request.url).query)]  # of a base URL that has a key in it
    return [Secret(value) for value in values if len(value) >= 8]


def _of_subscription(verdict: Verdict) -> Verdict:
    """Rule 7: a refusal of our request proves nothing about OpenClaw's, unless it is about the token itself."""
    said = verdict.evidence.get("message", "").lower()
    if not verdict.rejected or any(words in said for words in ABOUT_THE_TOKEN):
        return verdict
    meaning = f"{verdict.meaning.rstrip('.')}; in a request of this program, which proves nothing about OpenClaw's own."
    return replace(verdict, meaning=meaning, recognised=None, sure=False)
