"""Which request asks about a credential, and what its answer says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from openclaw.net import Answer
from openclaw.providers.catalog import load
from openclaw.providers.judging import judge, models_in, offers, status_of
from openclaw.providers.probes import NotAsked, Prepared, kind_of, prepare
from openclaw.secret import Secret

KEY = Secret("sk-ant-api03-" + "FAKE" * 23 + "abc")
TOKEN = Secret("sk-ant-oat01-" + "FAKE" * 23 + "abc")
PLAIN = Secret("FAKE-key-of-no-known-shape-0123456789")
OTHER = {"baseUrl": "https://proxy.example/v1"}


def prepared(provider: str, secret: Secret = PLAIN, **options: Any) -> Prepared:
    found = prepare(provider, secret, **{"model": "some-model", **options})
    assert isinstance(found, Prepared), found
    return found


def refused(provider: str, secret: Secret | None = PLAIN, **options: Any) -> NotAsked:
    found = prepare(provider, secret, **{"model": "some-model", **options})
    assert isinstance(found, NotAsked), found
    return found


def header(found: Prepared, name: str) -> str:
    return {key.lower(): value for key, value in found.request.headers.items()}.get(name, "")


@pytest.mark.parametrize("provider", load().providers, ids=lambda item: item.id)
def test_every_provider_has_a_small_request_without_the_secret_in_its_address(provider: Any) -> None:
    entry = {"baseUrl": "http://127.0.0.1:1/v1"} if provider.needs else {}
    found = prepare(provider.id, PLAIN, model="some-model", entry=entry)
    if isinstance(found, NotAsked):
        assert provider.probe.kind == "none"
        assert provider.probe.why in found.why
        return
    request = found.request
    assert PLAIN.reveal() not in request.url
    assert any(PLAIN.reveal() in value for value in request.headers.values())
    assert len(request.body) + len(request.url) + sum(len(k) + len(v) for k, v in request.headers.items()) < 900
    assert found.foreign is bool(provider.needs and not provider.local)
    names = " ".join(request.headers).lower()
    assert "beta" not in names
    assert "x-app" not in names
    if request.method == "POST":
        assert {"max_tokens": 1, "max_output_tokens": 16}.items() & json.loads(request.body).items()


def test_anthropic_keys_and_tokens_go_in_different_headers() -> None:
    key = prepared("anthropic", KEY)
    assert (key.request.method, key.request.url) == ("GET", "https://api.anthropic.com/v1/models?limit=1000")
    assert (header(key, "x-api-key"), header(key, "authorization")) == (KEY.reveal(), "")
    token = prepared("anthropic", TOKEN)  # whatever the type of its profile is
    assert (token.request.method, token.request.url) == ("POST", "https://api.anthropic.com/v1/messages")
    assert (header(token, "x-api-key"), header(token, "authorization")) == ("", f"Bearer {TOKEN.reveal()}")
    said = json.loads(token.request.body)
    assert said == {"model": "some-model", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}
    assert kind_of(TOKEN, "api_key") == "token"
    assert kind_of(KEY, "token") == "api_key"
    assert kind_of(PLAIN, "oauth") == "oauth"


def test_google_gets_its_key_in_a_header() -> None:
    found = prepared("google", Secret("AIza" + "FAKE" * 9))
    assert found.request.url == "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000"
    assert header(found, "x-goog-api-key").startswith("AIzaFAKE")


@pytest.mark.parametrize(
    ("api", "path", "name"),
    [
        ("openai-completions", "/v1/chat/completions", "authorization"),
        ("openai-responses", "/v1/responses", "authorization"),
        ("anthropic-messages", "/v1/messages", "x-api-key"),
        ("google-generative-ai", "/v1/models?pageSize=1000", "x-goog-api-key"),
        ("", "/v1/chat/completions", "authorization"),
    ],
)
def test_a_service_of_ones_own(api: str, path: str, name: str) -> None:
    entry = OTHER | ({"api": api} if api else {}) | {"headers": {"X-Team": "kitchen", "X-Odd": 1}}
    found = prepared("my-proxy", entry=entry)
    assert found.request.url == f"https://proxy.example{path}"
    assert PLAIN.reveal() in header(found, name)
    assert header(found, "x-team") == "kitchen"
    bearer = prepared("my-proxy", entry=entry | {"api": "anthropic-messages", "authHeader": True})
    assert header(bearer, "authorization") == f"Bearer {PLAIN.reveal()}"


def test_where_it_goes_is_told() -> None:
    own, other = (
        prepared("openai"),
        prepared("openai", entry=OTHER | {"baseUrl": "https://eve:FAKE@Proxy.example:8443/v1/"}),
    )
    assert (own.host, own.foreign) == ("api.openai.com", False)
    assert (other.host, other.foreign) == ("proxy.example:8443", True)
    assert other.request.url == "https://Proxy.example:8443/v1/models"
    assert not prepared("moonshot", entry={"baseUrl": "https://api.moonshot.cn/v1"}).foreign


def test_plain_http_needs_a_flag_unless_it_stays_on_this_machine() -> None:
    for host in ("192.168.1.9", "proxy.example", "box.lan", "[fd00::1]"):
        entry = {"baseUrl": f"http://{host}:8080/v1"}
        assert "--allow-http" in refused("openai", entry=entry).remedy
        assert prepared("openai", entry=entry, allow_http=True)
    for host in ("127.0.0.1", "localhost", "[::1]", "a.localhost"):
        assert prepared("openai", entry={"baseUrl": f"http://{host}:8080/v1"})


def test_what_is_not_sent() -> None:
    assert refused("openai", None).status == "unknown"
    assert refused("openai", Secret("FAKE key with blanks")).status == "format"
    assert refused("openai", Secret("FAKE\r\nX-Evil: 1")).status == "format"
    assert refused("openai", entry={"baseUrl": "not an address"}).status == "format"
    assert refused("openai", entry={"baseUrl": "https://h:port/"}).status == "format"
    assert refused("my-proxy").status == "format"
    assert refused("my-proxy", entry=OTHER, model="").status == "no_model"
    assert "gcloud" in refused("google-vertex", None).why
    assert refused("anthropic", entry={"auth": "aws-sdk"}).why.startswith("No reliable probe")
    groq = Secret("gsk_" + "FAKE" * 13)
    assert "key of groq" in refused("xai", groq).why  # it is shown to nobody else
    assert prepared("xai", groq, entry=OTHER)  # a gateway may take any key


def answered(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status, {"content-type": "application/json", **headers}, json.dumps(body).encode(), latency=7)


def test_answers_in_the_references_words() -> None:
    found = prepared("openai")
    cases = {
        "ok": (200, {"data": []}),
        "auth": (401, {"error": {"code": "invalid_api_key", "message": "x"}}),
        "billing": (429, {"error": {"code": "insufficient_quota", "message": "x"}}),
        "rate_limit": (429, {"error": {"code": "slow_down", "message": "x"}}),
        "format": (404, {"error": {"code": "model_not_found", "message": "x"}}),
        "unknown": (500, {"oops": 1}),
    }
    for word, (status, body) in cases.items():
        answer = answered(status, body)
        assert status_of(judge("openai", found, answer, PLAIN), answer) == word
    for phase, timed_out, word in (("tcp", True, "timeout"), ("dns", False, "unknown")):
        answer = Answer(phase=phase, error="x", timed_out=timed_out)  # type: ignore[arg-type]
        verdict = judge("openai", found, answer, PLAIN)
        assert (verdict.cls, verdict.rejected, verdict.evidence["phase"]) == ("network", False, phase)
        assert status_of(verdict, answer) == word
        assert verdict.remedy


@pytest.mark.parametrize(
    ("body", "complete"),
    [
        (b"", True), (b"   ", False), (b"It works!", True), (b"\xff\xfe", True), (b"{}", True), (b'{"ok": true}', True),
        (b'{"data": [', True), (b"[" * 9999, True), (b"{" + b" " * 99, False),
    ],
)  # fmt: skip
def test_a_200_that_is_no_answer_of_the_api_proves_nothing(body: bytes, complete: bool) -> None:
    answer = Answer(200, {}, body, complete=complete)
    verdict = judge("openai", prepared("openai"), answer, PLAIN)
    assert (verdict.cls, verdict.recognised, verdict.rejected) == ("unknown", None, False)
    assert status_of(verdict, answer) == "unknown"


def test_a_long_list_that_was_cut_off_is_an_answer() -> None:
    answer = Answer(200, {}, b'{"data": [{"id": "gpt-5.2"}, {"id": "gp', complete=False)
    assert judge("openai", prepared("openai"), answer, PLAIN).cls == "ok"


def test_a_proxy_that_answers_in_the_place_of_the_provider() -> None:
    verdict = judge("openai", prepared("openai"), Answer(407, {}, b""), PLAIN)
    assert (verdict.cls, verdict.evidence["phase"]) == ("network", "proxy")


def test_a_local_server_proves_nothing_about_its_key() -> None:
    verdict = judge("ollama", prepared("ollama"), answered(200, {"data": []}), PLAIN)
    assert (verdict.cls, verdict.recognised, verdict.sure) == ("ok", None, False)


@pytest.mark.parametrize(
    ("status", "kind", "message", "rejected"),
    [
        (400, "invalid_request_error", "This credential is only authorized for use with Claude Code …", True),
        (403, "permission_error", "This credential is only authorized for use with Claude Code …", True),
        (400, "invalid_request_error", "Third-party apps now draw from your extra usage, not your plan.", True),
        (403, "permission_error", "OAuth token has been revoked. Please obtain a new token.", True),
        (401, "authentication_error", "OAuth token has expired. Please obtain a new token.", True),
        (401, "authentication_error", "Invalid bearer token", True),
        (401, "authentication_error", "OAuth authentication is currently not supported.", False),
        (401, "authentication_error", "no", False),
        (403, "permission_error", "OAuth token does not meet scope requirement user:profile", False),
        (403, "permission_error", "OAuth token lacks required scopes.", False),
        (429, "rate_limit_error", "Error", False),
        (429, "rate_limit_error", "This request would exceed your account's rate limit.", False),
    ],
)
def test_a_subscription_token_is_judged_by_words_about_itself_only(
    status: int, kind: str, message: str, rejected: bool
) -> None:
    answer = answered(status, {"type": "error", "error": {"type": kind, "message": message}})
    verdict = judge("anthropic", prepared("anthropic", TOKEN), answer, TOKEN)
    assert verdict.rejected is rejected
    if not rejected:
        assert verdict.recognised is None
        assert status_of(verdict, answer) == ("rate_limit" if status == 429 else "unknown")


def test_lists_of_models() -> None:
    assert models_in(b'{"data": [{"id": "a"}, {"id": 1}, "x"]}') == frozenset({"a"})
    assert models_in(b'{"models": [{"name": "models/gemini-3"}]}') == frozenset({"gemini-3"})
    for broken in (b"", b"[]", b"{}", b'{"data": []}', b'{"data": [{"id": "a"}], "has_more": true}', b"{" * 99):
        assert models_in(broken) is None
    listed = frozenset({"claude-opus-4-5-20251101", "mistral-large", "gpt-5.2"})
    assert all(offers(listed, name) for name in ("claude-opus-4-5", "gpt-5.2", "mistral-large-latest"))
    assert not offers(listed, "gpt-5")
    assert not offers(listed, "claude-opus-4")


def test_what_the_config_adds_is_not_repeated_either() -> None:
    found = prepared("my-proxy", entry=OTHER | {"headers": {"X-Pass": "FAKE-second-secret"}})
    answer = answered(403, {"error": {"message": f"denied: FAKE-second-secret {PLAIN.reveal()}"}})
    shown = json.dumps(dict(judge("my-proxy", found, answer, PLAIN).evidence))
    assert "second-secret" not in shown
    assert "no-known-shape" not in shown
    assert replace(found, host="x").host == "x"


def test_a_key_in_the_base_url_is_not_repeated() -> None:
    found = prepared("my-proxy", entry={"baseUrl": "https://proxy.example/v1?key=FAKE-key-of-the-gateway"})
    assert found.host == "proxy.example"
    answer = answered(403, {"error": {"message": "GET /v1?key=FAKE-key-of-the-gateway: forbidden"}})
    assert "of-the-gateway" not in json.dumps(dict(judge("my-proxy", found, answer, PLAIN).evidence))


def test_a_config_that_plays_claude_code_does_not_make_us_play_it() -> None:
    headers = {
        "User-Agent": "claude-cli/2.1.0 (external, cli)",
        "X-App": "cli",
        "anthropic-beta": "claude-code-20250219",
    }
    entry = {
        "baseUrl": "https://proxy.example",
        "api": "anthropic-messages",
        "headers": {**headers, "X-Team": "kitchen"},
    }
    for secret in (KEY, TOKEN):
        names = {name.lower() for name in prepared("anthropic", secret, entry=entry).request.headers}
        assert not names & {name.lower() for name in headers}
        assert "x-team" in names


def test_restricted_keys_are_not_called_bad() -> None:
    said = "You have insufficient permissions for this operation. Missing scopes: {}. Check that you have the role."
    for scope, rejected in (("api.model.read", False), ("model.request", True)):
        answer = answered(403, {"error": {"message": said.format(scope), "type": "invalid_request_error"}})
        verdict = judge("openai", prepared("openai"), answer, PLAIN)
        assert (verdict.cls, verdict.rejected) == ("scope", rejected)


def test_requests_that_prove_a_key_where_lists_are_public() -> None:
    wanted = {
        "openrouter": "https://openrouter.ai/api/v1/key",
        "venice": "https://api.venice.ai/api/v1/api_keys/rate_limits",
        "vercel-ai-gateway": "https://ai-gateway.vercel.sh/v1/credits",
        "deepgram": "https://api.deepgram.com/v1/auth/token",
    }
    assert {name: prepared(name).request.url for name in wanted} == wanted
    for name in ("chutes", "opencode", "huggingface", "synthetic", "zai", "xiaomi"):
        assert prepared(name).request.method == "POST"
    bad = answered(401, {"err_code": "INVALID_AUTH", "err_msg": "Invalid credentials.", "request_id": "x"})
    assert judge("deepgram", prepared("deepgram"), bad, PLAIN).cls == "auth_bad"
