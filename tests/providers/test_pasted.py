"""Pasted errors: whose, what, by which words, what to do; and one text for everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.providers.advice import API_KEY, THREE_WAYS, Place, advise, commands, three_ways
from openclaw.providers.classify import classify, rules
from openclaw.providers.pasted import explain_text, provider_in
from tests.providers.test_classify import ENTRIES

RESTRICTED = "This credential is only authorized for use with Claude Code and cannot be used for other API requests."


@pytest.mark.parametrize(
    "text",
    [
        RESTRICTED,
        f'400 {{"type":"error","error":{{"type":"invalid_request_error","message":"{RESTRICTED}"}}}}',
        f"LLM request rejected: {RESTRICTED}",
        "Third-party apps now draw from your extra usage, not your plan limits.",
    ],
)
def test_the_refusal_outside_of_claude_code(text: str) -> None:
    found = explain_text(text)
    assert found
    assert (found.cls, found.provider, found.mark, found.sure) == (
        "auth_restricted",
        "anthropic",
        "Claude Code only",
        True,
    )
    assert found.remedy == THREE_WAYS
    assert found.commands == three_ways()
    assert found.phrase in text.lower()
    newer = explain_text(text, place=Place(newer=True))
    assert newer
    assert newer.commands == (API_KEY, "openclaw real onboard --auth-choice anthropic-cli")


def test_every_way_says_the_same() -> None:
    """Probes, checks and pasted texts: the rules themselves carry the one text."""
    texts = {rule["remedy"] for rule in rules() if rule["class"] == "auth_restricted" and not rule.get("unproven")}
    assert texts == {THREE_WAYS}
    verdict = classify(400, {"error": {"message": RESTRICTED}}, provider="anthropic", credential_kind="token")
    assert advise(verdict, "anthropic").remedy == THREE_WAYS


TEXTS = [item for item in ENTRIES if isinstance(item.get("body"), str) and "<" not in item["body"]]


@pytest.mark.parametrize("entry", TEXTS, ids=lambda item: f"{item['provider']}-{item['class']}")
def test_the_words_that_are_recorded(entry: dict[str, Any]) -> None:
    found = explain_text(entry["body"])
    assert found
    assert found.cls == entry["class"]
    assert found.meaning
    assert found.remedy
    assert found.phrase in entry["body"].lower()


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("isError=true model=claude-opus-4-5 provider=anthropic error=x", "anthropic"),
        ('{"provider":"openai"}', "openai"),
        ("anthropic/claude-opus-4-5 request failed", "anthropic"),
        ('No API key found for provider "groq". Auth store: /home/x/anthropic/y', "groq"),
        ("OAuth token refresh failed for openai-codex: Failed", "openai-codex"),
        ("No available auth profile for moonshot (all in cooldown).", "moonshot"),
        ("see https://console.x.ai.", "xai"),
        ("requested=google/gemini-3 x", "google"),
        ("2026-02-02T01:02:03Z [agent/embedded] google: 400 {}", "google"),
        ("xai: HTTP 400 x", "xai"),
        ('400 {"error":{"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}', "google"),
        ('400 {"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***12."}', "xai"),
        ("telegram: 401 Unauthorized", ""),
        ("error: 401 Unauthorized", ""),
        ("openai: 12 models", ""),
        ("/usr/lib/openai/x, this and/or that, provider=nobody", ""),
        ("", ""),
    ],
)
def test_whose_it_is(text: str, provider: str) -> None:
    assert provider_in(text) == provider


def test_what_openclaw_says_itself() -> None:
    generic = explain_text("LLM request failed: provider rejected the request schema or tool payload.")
    assert generic
    assert (generic.cls, generic.sure, generic.commands) == ("config", False, ())
    assert "refused the credential" in generic.meaning
    failed = explain_text(
        "⚠️ openai/gpt-5.2 request failed (authentication failed, HTTP 401). Re-authenticate the provider."
    )
    assert failed
    assert (failed.cls, failed.provider, failed.commands) == (
        "auth_bad",
        "openai",
        ("openclaw onboard --provider openai",),
    )
    nothing = explain_text('No API key found for provider "groq".')
    assert nothing
    assert nothing.commands == ("openclaw onboard --provider groq",)


def test_pages_and_nonsense() -> None:
    page = explain_text("<!DOCTYPE html><html><title>Just a moment...</title>")
    assert page
    assert (page.cls, page.commands) == ("network", ())
    for text in ("", "hello", "exit code 1", "{}", "401"):
        assert explain_text(text) is None


def test_nothing_that_was_pasted_with_it_is_shown() -> None:
    key = "sk-proj-" + "FAKE" * 20
    found = explain_text(f"curl -H 'Authorization: Bearer {key}' → 401 Incorrect API key provided: {key}")
    assert found
    assert "FAKEFAKE" not in repr(found)


def test_the_wrong_key_is_told_from_the_masked_one() -> None:
    found = explain_text("Incorrect API key provided: gs***ys. You can obtain an API key from https://console.x.ai.")
    assert found
    assert (found.provider, found.commands) == ("xai", ("openclaw onboard --provider xai",))
    assert "gs***" not in repr(found)


@pytest.mark.parametrize(
    ("cls", "provider", "place", "wanted"),
    [
        ("auth_bad", "openai", Place(), ("openclaw onboard --provider openai",)),
        ("auth_bad", "openai", Place(agent="work"), ("openclaw onboard --provider openai --agent work",)),
        ("auth_bad", "my-proxy", Place(), ("openclaw models auth paste-token --provider my-proxy",)),
        ("auth_revoked", "qwen-portal", Place(newer=True), ("openclaw real models auth login --provider qwen-portal",)),
        ("auth_expired", "google-vertex", Place(), ("gcloud auth application-default login",)),
        ("billing", "openai", Place(), ("openclaw models status --probe --probe-provider openai",)),
        ("rate", "openai", Place(), ()), ("overload", "openai", Place(), ()), ("ok", "openai", Place(), ()),
        ("auth_bad", "", Place(), ()), ("unknown", "openai", Place(), ()),
    ],
)  # fmt: skip
def test_commands(cls: str, provider: str, place: Place, wanted: tuple[str, ...]) -> None:
    assert commands(cls, provider, place) == wanted
    if cls.startswith("auth"):
        assert commands(cls, provider, place, sure=False) == ()


def test_where_money_is_paid() -> None:
    verdict = classify(402, "", provider="openrouter")
    assert "https://openrouter.ai/settings/credits" in advise(verdict, "openrouter").remedy
    assert advise(verdict, "nobody").remedy == verdict.remedy


@given(st.text(max_size=300) | st.sampled_from(ENTRIES).map(json.dumps))
def test_anything_may_be_pasted(text: str) -> None:
    found = explain_text(text)
    assert found is None or (found.meaning and found.excerpt.isprintable())
