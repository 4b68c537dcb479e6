"""What providers answer and what it means: every recorded answer, nearly recorded ones, no keys in the evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.providers.answer import redacted
from openclaw.providers.classify import REJECTIONS, WORDS, Verdict, classify, classify_text, rules
from openclaw.secret import Secret

ENTRIES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "provider_errors.json").read_text("utf-8"))
KEY = "sk-proj-" + "FAKE" * 20
TOKEN = "sk-ant-oat01-" + "FAKE" * 23 + "abc"


def body_of(entry: dict[str, Any]) -> Any:
    """What the entry stands for; a fragment stands in an answer of the usual shape."""
    if "body" in entry:
        return entry["body"]
    if "body_contains" in entry:
        fragment = entry["body_contains"]
        return fragment + "><body>" if fragment == "<html" else {"error": {"message": f"… {fragment} …"}}
    if "code" in entry:
        return {"error": {"message": "x", "code": entry["code"]}}
    return {"error": {"message": "Provider returned error", "code": 200}}


def kind_of(entry: dict[str, Any]) -> Any:
    return "token" if "NOT proof" in entry["meaning"] else "api_key"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['provider']}-{entry['status']}-{entry['class']}")
def test_every_recorded_answer_has_its_class(entry: dict[str, Any]) -> None:
    if "|" in entry["class"]:  # newer codes of OpenAI: the code counts although the type says something else
        for code, cls in (
            ("credit_balance_exhausted", "billing"),
            ("slow_down", "rate"),
            ("server_is_overloaded", "overload"),
        ):
            body = {"error": {"message": "x", "type": "insufficient_quota", "code": code}}
            assert classify(entry["status"], body, provider="openai").cls == cls
        return
    verdict = classify(entry["status"], body_of(entry), provider=entry["provider"], credential_kind=kind_of(entry))
    assert verdict.cls == entry["class"]
    assert verdict.meaning
    assert verdict.remedy


@pytest.mark.parametrize(
    "entry",
    [
        item
        for item in ENTRIES
        if isinstance(item.get("body"), str) or (item["provider"] == "anthropic" and "body" in item)
    ],
    ids=lambda entry: f"{entry['provider']}-{entry['class']}",
)
def test_the_same_words_in_a_log_mean_the_same(entry: dict[str, Any]) -> None:
    if "<" in json.dumps(entry["body"]) and entry["provider"] != "openclaw":
        pytest.skip("the entry has no words of its own")
    text = entry["body"] if isinstance(entry["body"], str) else json.dumps(entry["body"])
    line = f"2026-02-03T04:05:06Z [agent/embedded] error: {entry['status'] or ''} {text}"
    verdict = classify_text(line)
    if entry["provider"] == "xai" and "Incorrect" in text:  # OpenAI says the same
        assert verdict
        return
    assert verdict
    assert verdict.cls == entry["class"]


def anthropic(kind: str, message: str, status: int = 400) -> Any:
    return status, {"type": "error", "error": {"type": kind, "message": message}}


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("provider", ["anthropic", "my-proxy", "openrouter"])
def test_the_claude_code_refusal_has_three_ways_out_whoever_passes_it_on(status: int, provider: str) -> None:
    message = "This credential is only authorized for use with Claude Code and cannot be used for other API requests."
    code, body = anthropic("invalid_request_error", message, status)
    verdict = classify(code, body, provider=provider, credential_kind="token")
    assert (verdict.cls, verdict.rejected, verdict.recognised) == ("auth_restricted", True, True)
    for way in ("API key", "Claude CLI", "extra usage"):
        assert way in verdict.remedy
    pasted = classify_text(f"LLM request failed: {status} {json.dumps(body)}")
    assert pasted
    assert pasted.cls == "auth_restricted"


@pytest.mark.parametrize(
    "body", [{"type": "error", "error": {"type": "rate_limit_error", "message": "Error"}}, "", "{}"]
)
def test_a_bare_429_proves_nothing_for_a_subscription_token(body: Any) -> None:
    verdict = classify(429, body, provider="anthropic", credential_kind="token")
    assert (verdict.rejected, verdict.recognised, verdict.sure) == (False, None, False)
    key = classify(429, body, provider="anthropic", credential_kind="api_key")
    assert (key.cls, key.recognised, key.rejected) == ("rate", True, False)


def test_a_limit_in_words_is_a_limit_and_still_no_proof_for_a_token() -> None:
    code, body = anthropic("rate_limit_error", "This request would exceed your account's rate limit.", 429)
    verdict = classify(code, body, provider="anthropic", credential_kind="token")
    assert (verdict.cls, verdict.recognised) == ("rate", None)


@pytest.mark.parametrize(
    ("status", "body", "cls"),
    [
        (401, "", "unknown"),
        (401, '{"oops": true}', "unknown"),
        (403, '{"error": {"message": "forbidden by policy"}}', "unknown"),
        (400, '{"error": {"message": "max_tokens is too small"}}', "unknown"),
        (500, "Internal Server Error", "unknown"),
        (418, "teapot", "unknown"),
        (401, {"error": {"message": "Unauthorized"}}, "auth_bad"),
        (401, {"error": {"type": "authentication_error", "message": "no"}}, "auth_bad"),
        (402, "", "billing"),
        (404, "", "config"),
        (429, "", "rate"),
        (529, "", "overload"),
        (407, "", "network"),
        (302, "", "network"),
    ],
)
def test_a_provider_nobody_knows(status: int, body: Any, cls: str) -> None:
    assert classify(status, body, provider="my-own").cls == cls


def test_an_unknown_shape_is_unknown_and_never_a_rejection() -> None:
    verdict = classify(401, '{"oops": 1}', provider="openai")
    assert (verdict.cls, verdict.rejected, verdict.recognised) == ("unknown", False, None)


def test_a_service_that_is_down_knows_no_key() -> None:
    for body in (b"", {"error": {"message": "no healthy upstream"}}):
        verdict = classify(503, body, provider="openai")
        assert (verdict.cls, verdict.recognised) == ("overload", None)
    told = {"error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert classify(529, told, provider="anthropic").recognised is True


@pytest.mark.parametrize("status", [200, 403, 429, 503])
def test_a_page_for_people_is_somebody_in_between(status: int) -> None:
    for body, headers in (("<!DOCTYPE html><html>login", {}), ("hello", {"Content-Type": "text/html; charset=utf-8"})):
        verdict = classify(status, body, provider="openai", headers=headers)
        assert (verdict.cls, verdict.evidence["phase"], verdict.rejected) == ("network", "html", False)
    words = {"error": {"message": "Incorrect API key provided: <html"}}
    assert classify(401, words, provider="openai", headers={"content-type": "text/html"}).cls == "auth_bad"


def test_a_200_may_carry_an_error() -> None:
    body = {"error": {"code": 401, "message": "User not found."}}
    assert classify(200, body, provider="openrouter").cls == "auth_bad"
    assert classify(200, {"error": {"code": 402, "message": "no"}}, provider="openrouter").cls == "billing"
    stream = f": OPENROUTER PROCESSING\n\ndata: {json.dumps(body)}\n\n"
    assert classify(200, stream, provider="openrouter").cls == "auth_bad"
    assert classify(200, {"error": {"message": "?"}}, provider="openrouter").cls == "config"
    assert classify(200, {"base_resp": {"status_code": 2049, "status_msg": "x"}}, provider="minimax").cls == "region"
    fine: Any
    for fine in ({"data": []}, {"error": None, "id": "x"}, {"base_resp": {"status_code": 0}}, ""):
        assert classify(200, fine, provider="openrouter").cls == "ok"


def test_the_code_counts_before_the_type_and_the_type_before_the_words() -> None:
    said = {"message": "Incorrect API key provided", "type": "insufficient_quota", "code": "rate_limit_exceeded"}
    assert classify(429, {"error": said}, provider="openai").cls == "rate"
    del said["code"]
    assert classify(429, {"error": said}, provider="openai").cls == "billing"
    del said["type"]
    assert classify(429, {"error": said}, provider="openai").cls == "auth_bad"


@pytest.mark.parametrize(
    "line",
    [
        "", "started in 429 ms", "listening on 401", "GET /v1/models 200", "read 402 lines", "model 4290 not found",
        '{"level": "info", "msg": "hello", "code": 0}', "user asked: what does 429 mean?",
    ],
)  # fmt: skip
def test_ordinary_lines_mean_nothing(line: str) -> None:
    assert classify_text(line) is None


def test_echoed_keys_are_not_in_the_evidence() -> None:
    known = [Secret("FAKE-own-key-without-any-prefix-777")]
    for message in (
        f"Incorrect API key provided: {KEY}.",
        "Incorrect API key provided: sk-proj-FA***********************AKEZ.",
        "Your api key: ****AKEZ is invalid",
        "Incorrect API key provided: na***ys.",
        "key FAKE-own-key-without-any-prefix-777 and its beginning FAKE-own-key-wi",
        "Invalid key 'FAKE-own-key-w...777'",
    ):
        shown = json.dumps(dict(classify(401, {"error": {"message": message}}, provider="xai", known=known).evidence))
        for part in (KEY, "AKEZ", "na***", "***ys", "own-key-w", "prefix-777"):
            assert part not in shown
    assert redacted("a\x1b[31mb\nc") == r"a\x1b[31mb\nc"


def test_the_rules_are_well_formed() -> None:
    members = {
        "provider",
        "status",
        "code",
        "type",
        "text",
        "kind",
        "last",
        "class",
        "unproven",
        "meaning",
        "remedy",
        "issues",
    }
    for rule in rules():
        assert rule.keys() <= members
        assert rule["class"] in WORDS
        assert rule["meaning"].endswith(".")
        assert rule["remedy"].endswith(".")
        assert rule.keys() & {"status", "code", "type", "text"}
        for key in ("code", "type", "text"):
            assert all(value == value.lower() for value in rule.get(key, ()))
        if not rule.keys() & {"code", "text"} and "type" not in rule:
            assert rule["last"]
    assert set(WORDS) >= REJECTIONS


# ---- whatever a server sends ---------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["error", "code", "type", "message", "x"]), inner)
    ),
    max_leaves=12,
)


@given(
    st.none() | st.integers(-1, 999),
    st.text(max_size=200) | st.binary(max_size=200) | JSON.map(json.dumps),
    st.sampled_from(["anthropic", "openai", "", "z.ai", "nobody"]),
)
def test_anything_gives_a_verdict(status: int | None, body: str | bytes, provider: str) -> None:
    verdict = classify(status, body, provider=provider, credential_kind="token", known=[Secret(KEY)])
    assert isinstance(verdict, Verdict)
    assert verdict.cls in WORDS
    assert all(text.isprintable() for text in verdict.evidence.values())


@given(st.sampled_from([item for item in ENTRIES if isinstance(item.get("body"), dict)]), st.data())
def test_a_recorded_answer_with_a_character_lost_never_raises(entry: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(entry["body"])
    at = data.draw(st.integers(0, len(text) - 1))
    spoilt = text[:at] + data.draw(st.sampled_from(["", '"', "{", "\0", "é"])) + text[at + 1 :]
    assert classify(entry["status"], spoilt, provider=entry["provider"]).cls in WORDS
    classify_text(spoilt * 3)


@given(st.integers(9, len(TOKEN)), st.integers(0, 60))
def test_no_part_of_a_known_secret_is_shown(length: int, at: int) -> None:
    part = TOKEN[at : at + length]
    if len(part) >= 8:
        assert part not in redacted(f"you sent {part}!", [Secret(TOKEN)])


def test_deep_and_wide_documents_are_bounded() -> None:
    assert classify(400, "[" * 50_000, provider="x").cls == "unknown"
    assert classify(400, '{"a":' * 20_000, provider="x").cls == "unknown"
    assert classify(400, {"error": [{"message": "x"}] * 5000}, provider="x").cls == "unknown"
