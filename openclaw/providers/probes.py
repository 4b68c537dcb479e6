"""The one small request that finds out whether a provider accepts a credential, and what its answer means. Pure.

Which request that is, the catalogue says (`Probe`). It is an honest one: our own User-Agent, nothing of another
program's. A Claude subscription token goes as a bearer token in a message, because lists of models are not for it; what
Anthropic then says about this kind of request proves nothing about OpenClaw's own use, and only its explicit words
about the token itself count.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from openclaw.credentials.shapes import is_subscription_token
from openclaw.frozen import frozen, replace
from openclaw.net import Request
from openclaw.providers.catalog import Probe, load
from openclaw.providers.hosts import is_own_url
from openclaw.providers.names import at_home, issuer, normalise
from openclaw.providers.names import known as known_name
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.providers.catalog import Provider
    from openclaw.providers.classify import Kind
    from openclaw.secret import Secret

Status = Literal["ok", "auth", "rate_limit", "billing", "timeout", "format", "unknown", "no_model"]
GREETING = "Hi"
LEAST_OUTPUT = 16  # tokens: what OpenAI's responses take at least
# Where the wire formats have their lists of models, below the base URL; OpenClaw takes "" for the first.
LISTS = {
    "": "/models", "openai-completions": "/models", "openai-responses": "/models",
    "anthropic-messages": "/v1/models?limit=1000",
}  # fmt: skip
OLLAMA_LIST = "/api/tags"  # of Ollama's own API, whose base URL has no version


@frozen
class Prepared:
    """A request to send. `foreign`: to a host that is not the provider's own.

    `names` is the model that a message asks for, "" in a request that asks for none. `listing` is a second request, for
    the models that there are: a service that nobody knows may show that list to anybody, so it proves no key.
    """

    request: Request
    host: str
    foreign: bool
    kind: Kind
    lists: bool = False
    proves: bool = True
    names: str = ""
    listing: Request | None = None


@frozen
class NotAsked:
    """Why no request is sent."""

    why: str
    status: Status = "unknown"
    remedy: str = ""
    phase: str = ""


def kind_of(secret: Secret, mode: str) -> Kind:
    """What a credential is on the wire: there the prefix decides, not the type of the profile (openclaw-new §4)."""
    if is_subscription_token(secret.reveal()):
        return "token"
    return "oauth" if mode == "oauth" else "api_key"


def prepare(
    provider: str,
    secret: Secret | None,
    *,
    mode: str = "api_key",
    model: str = "",
    entry: Mapping[str, Any] | None = None,
    allow_http: bool = False,
    max_tokens: int = 1,
) -> Prepared | NotAsked:
    """The request for a credential. `entry` is the provider's in `models.providers`, `model` an id without provider."""
    entry, known = entry or {}, load().get(provider)
    probe, base = _definition(known, entry), _base(known, entry)
    if probe.kind == "none":
        return NotAsked(f"No reliable probe: {probe.why}.")
    if secret is None:
        return NotAsked("There is nothing to send.")
    if not base:
        return NotAsked("It has no base URL.", "format", "Give it one: models.providers.<id>.baseUrl.")
    if trouble := _trouble(secret, base, allow_http=allow_http):
        return trouble
    if is_own_url(provider, base) and (owner := _elsewhere(provider, secret)):
        why = f"It begins like a key of {owner}: it is not shown to {normalise(provider)}."
        return NotAsked(why, remedy=f"Store it for {owner}, and one of {normalise(provider)} in its place.")
    kind, api = kind_of(secret, mode), _api(known, entry)
    if normalise(provider) == "anthropic" and kind == "token":
        probe = Probe("message")
    if probe.kind == "message" and not model:
        return NotAsked("No model is known to ask for.", "no_model", "Name a model of this provider in the config.")
    headers = _headers(probe, api, secret, kind, entry)
    parts = urlsplit(base)
    own = is_own_url(provider, base) or bool(known and known.local and is_loopback(parts.hostname or ""))
    host = parts.netloc.rpartition("@")[2].lower()
    if probe.kind == "get":
        request = Request("GET", _joined(base, probe.path), headers)
        return Prepared(request, host, not own, kind, probe.lists, probe.proves)
    request = _message(base, api, model, headers, max_tokens)
    path = LISTS.get(api, "") if known is None else ""  # of the rest, the catalogue says what there is
    listing = Request("GET", _joined(base, path), headers) if path else None
    return Prepared(request, host, not own, kind, names=model, listing=listing)


def _elsewhere(provider: str, secret: Secret) -> str:
    """Whose key it is by its prefix, where that is certainly not this provider; "" where it may be."""
    owner = issuer(secret.reveal())
    return owner if owner and known_name(provider) and not at_home(owner, provider) else ""


# ---- building ------------------------------------------------------------------------------------------------------


def _definition(known: Provider | None, entry: Mapping[str, Any]) -> Probe:
    if known is None:
        google = entry.get("api") == "google-generative-ai"
        return Probe("get", "/models?pageSize=1000", "x-goog-api-key", lists=True) if google else Probe()
    if entry.get("auth") == "aws-sdk":
        return Probe("none", why="AWS signs requests with credentials of its own")
    if known.id == "ollama" and not _base(known, entry).rstrip("/").endswith("/v1"):
        return replace(known.probe, path=OLLAMA_LIST)
    return known.probe


def _base(known: Provider | None, entry: Mapping[str, Any]) -> str:
    configured = entry.get("baseUrl")
    base = js_trim(configured) if isinstance(configured, str) else ""
    return base or (known.base_url if known and "account_id" not in known.needs else "")


def _api(known: Provider | None, entry: Mapping[str, Any]) -> str:
    configured = entry.get("api")
    return configured if isinstance(configured, str) and configured else (known.api if known else "")


def _trouble(secret: Secret, base: str, *, allow_http: bool) -> NotAsked | None:
    value = secret.reveal()
    if not (value.isascii() and value.isprintable()) or " " in value:
        return NotAsked(
            "It has characters that no request can carry.", "format", "Store it again, in one piece and without blanks."
        )
    try:
        parts = urlsplit(base)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        return NotAsked("Its base URL is no address.", "format", "Correct models.providers.<id>.baseUrl.")
    if parts.scheme == "http" and not is_loopback(host) and not allow_http:
        return NotAsked(
            f"Plain http to {host} would show the key to everybody in between: refused.",
            remedy="Use https, or say --allow-http.",
            phase="refused",
        )
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    import ipaddress

    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _joined(base: str, path: str) -> str:
    """The address below a base URL; a version that both of them have stands there once. No user information in it."""
    parts = urlsplit(base)
    folder, (tail, _, query) = parts.path.rstrip("/"), path.partition("?")
    if tail.startswith("/v1/") and folder.endswith("/v1"):
        folder = folder.removesuffix("/v1")
    queries = "&".join(filter(None, (parts.query, query)))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], folder + tail, queries, ""))


def _headers(probe: Probe, api: str, secret: Secret, kind: Kind, entry: Mapping[str, Any]) -> dict[str, str]:
    configured = entry.get("headers")
    pairs = configured.items() if isinstance(configured, dict) else ()
    own = {name: value for name, value in pairs if isinstance(value, str) and not _identity(name, value)}
    style = probe.auth
    if api == "anthropic-messages":
        own = {"anthropic-version": "2023-06-01"} | own
        style = "bearer" if kind == "token" or entry.get("authHeader") is True else "x-api-key"
        if probe.kind == "get" and probe.auth == "bearer":
            style = "bearer"
    value = secret.reveal()
    if style == "bearer":
        return own | {"Authorization": f"Bearer {value}"}
    if style == "token":
        return own | {"Authorization": f"Token {value}"}
    return own | {style: value}


def _identity(name: str, value: str) -> bool:
    """Whether a configured header gives us out for another program: a request of ours says who it is."""
    lowered = name.strip().lower()
    return lowered in ("user-agent", "x-app") or (lowered == "anthropic-beta" and "claude-code" in value.lower())


def _message(base: str, api: str, model: str, headers: Mapping[str, str], tokens: int) -> Request:
    body: dict[str, Any]
    said = [{"role": "user", "content": GREETING}]
    if api == "anthropic-messages":
        path, body = "/v1/messages", {"model": model, "max_tokens": tokens, "messages": said}
    elif api == "openai-responses":
        path, body = "/responses", {"model": model, "max_output_tokens": max(tokens, LEAST_OUTPUT), "input": GREETING}
    else:
        path, body = "/chat/completions", {"model": model, "max_tokens": tokens, "messages": said}
    return Request(
        "POST", _joined(base, path), {"Content-Type": "application/json", **headers}, json.dumps(body).encode()
    )
