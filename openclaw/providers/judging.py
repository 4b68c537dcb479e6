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
# What is said of a model that is not there, in a 400 that names it (LiteLLM, OpenAI's responses, Copilot).
NO_MODEL = ("not found", "does not exist", "not supported", "no such model", "unknown model", "invalid model")
NO_MODEL_CODES = frozenset({"model_not_found", "model_not_supported", "unsupported_model"})
NO_API = "Something answered with status 200 and not as this API does: it does not show whether the credential is good."
NO_API_REMEDY = "Check the base URL, and what stands in between."
PHASES = {
    "queue": "It was not asked: the time of the run was over.",
    "dns": "The host name was not found.",
    "tcp": "No connection to the host.",
    "proxy": "The proxy could not be reached.",
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
        meaning = _of_proxy(answer) if phase == "proxy" else PHASES.get(phase, "No answer came.")
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


def _of_proxy(answer: Answer) -> str:
    """What became of a request at the proxy: silence is no refusal, and neither is a proxy that is not there."""
    from openclaw.net.values import SAYS_NO

    if answer.timed_out:
        return "The proxy did not answer."
    return "The proxy did not let the request through." if answer.error.startswith(SAYS_NO) else PHASES["proxy"]


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
    models = [item for item in items if isinstance(item, dict)]
    if any(item.get("owned_by") == "llamacpp" for item in models):
        return None  # llama.cpp serves one model, whatever name it is asked for
    names = [item.get("id", item.get("name")) for item in models]
    return frozenset(name.removeprefix("models/") for name in names if isinstance(name, str)) or None


def offers(listed: frozenset[str], model: str) -> bool:
    """Whether a list has a model: under its id, as a dated version of it (`claude-opus-4-5-20251101`), or as Ollama's
    `llama3:latest`, which `llama3` is there."""
    stem = model.removesuffix("-latest")
    version = re.compile(rf"{re.escape(stem)}(?:-(?:\d{{4,}}|latest|preview|exp).*|:latest)?", re.IGNORECASE)
    return model in listed or any(version.fullmatch(name) for name in listed)


def no_such_model(verdict: Verdict, answer: Answer, model: str) -> bool:
    """Whether an answer to a message says that there is no such model, by its code or by naming it.

    A 404 alone does not: a wrong base URL gives one, too.
    """
    if verdict.cls not in ("config", "unknown") or not model:
        return False
    if NO_MODEL_CODES.intersection(verdict.evidence.get("code", "").split(", ")):
        return True
    said = verdict.evidence.get("message", "").lower()
    about = "model" in said and model.lower() in said
    return about and (answer.status == 404 or (answer.status == 400 and any(words in said for words in NO_MODEL)))


def available(
    prepared: Prepared, verdict: Verdict, answer: Answer, listing: Answer | None, model: str
) -> tuple[bool | None, tuple[str, ...]]:
    """(whether a credential may use a model, None where nothing tells; the models of its list, where it has one).

    The list of the models says it; without one, the answer to a message that named the model.
    """
    listed: frozenset[str] = frozenset()
    source = answer if prepared.lists else listing
    if source is not None and source.status == 200 and source.complete:
        listed = models_in(source.body) or listed
    shown = tuple(sorted(listed))
    if no_such_model(verdict, answer, prepared.names):
        return False, shown
    if verdict.cls != "ok":
        return None, ()
    if listed:
        return offers(listed, model), shown
    return (True if prepared.names == model and verdict.recognised else None), ()


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
