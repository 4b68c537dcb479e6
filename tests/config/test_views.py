"""Typed views of a config: agents, models and aliases, orders, the env block. A part of a wrong type is not there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config import views
from openclaw.config.views import (
    WITH_ANTHROPIC_KEY,
    Agent,
    Model,
    agents,
    anthropic_auth_mode,
    env_block,
    models,
    parse_model,
    table,
)

OPUS = "anthropic/claude-opus-4-5"


def listed(*entries: Any) -> dict[str, Any]:
    return {"agents": {"list": list(entries)}}


@pytest.mark.parametrize(
    ("config", "ids", "default"),
    [
        ({}, ["main"], "main"),
        ({"agents": None}, ["main"], "main"),
        (listed(), ["main"], "main"),
        (listed(None, 7, {}, {"id": 3}), ["main"], "main"),
        (listed({"id": "work"}), ["work"], "work"),
        (listed({"id": "a"}, {"id": "b"}), ["a", "b"], "a"),
        (listed({"id": "a"}, {"id": "b", "default": True}), ["a", "b"], "b"),
        (listed({"id": "a"}, {"id": "b", "default": True}, {"id": "c", "default": True}), ["a", "b", "c"], "b"),
        (listed({"id": "a", "default": False}, {"id": "b"}), ["a", "b"], "a"),
        (listed({"id": " My Agent!! "}), ["my-agent"], "my-agent"),
        (listed({"id": ""}), ["main"], "main"),
        (listed({"id": "a"}, {"id": "A"}, {"id": "b"}), ["a", "b"], "a"),
        # 2026.9
        ({"agents": {"entries": {"a": {}, "b": {"default": True}, "c": None}}}, ["a", "b"], "b"),
        ({"agents": {"entries": {"a": {"id": "z"}}}}, ["z"], "z"),
        ({"agents": {"entries": {}}}, ["main"], "main"),
        ({"agents": {"list": [{"id": "l"}], "entries": {"e": {}}}}, ["l"], "l"),
    ],
)
def test_agents(config: dict[str, Any], ids: list[str], default: str) -> None:
    found = agents(config)
    assert [agent.id for agent in found.listed] == ids
    assert found.default == default
    assert found.get(default) is not None


def test_an_agent_is_found_by_any_spelling_and_the_first_of_an_id_counts() -> None:
    found = agents(listed({"id": "Work", "agentDir": " ~/w ", "model": "x/y"}, {"id": "work", "agentDir": "/other"}))
    assert found.get(" WORK ") == Agent("work", "Work", " ~/w ", "x/y")
    assert found.get("main") is None  # a list without `main` has no `main`
    assert agents(listed({"id": "a", "agentDir": "  "})).listed[0].agent_dir is None
    assert agents({}).get("main") == Agent("main", "main")
    assert agents({}).get("") == Agent("main", "main")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("openai/gpt-5.2", "openai/gpt-5.2"),
        (" OpenAI / gpt-5.2 ", "openai/gpt-5.2"),
        ("openrouter/anthropic/claude", "openrouter/anthropic/claude"),
        ("Z.AI/glm", "zai/glm"),
        ("z-ai/glm", "zai/glm"),
        ("qwen/coder", "qwen-portal/coder"),
        ("opencode-zen/x", "opencode/x"),
        ("kimi-code/x", "kimi-coding/x"),
        ("anthropic/opus-4.5", OPUS),
        ("anthropic/Sonnet-4.5", "anthropic/claude-sonnet-4-5"),
        ("openai/opus-4.5", "openai/opus-4.5"),
        ("google/gemini-3-pro", "google/gemini-3-pro-preview"),
        ("google/GEMINI-3-flash", "google/gemini-3-flash-preview"),
        ("sonnet-4.5", "anthropic/claude-sonnet-4-5"),
        ("model", "anthropic/model"),
        ("", None),
        ("  ", None),
        ("/x", None),
        ("openai/", None),
        ("openai/ ", None),
        (" /x", None),
    ],
)
def test_model_references(text: str, key: str | None) -> None:
    found = parse_model(text)
    assert (found.key if found else None) == key
    assert found is None or found.text == text


def config_of(primary: Any = None, listed_models: Any = None, **more: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = dict(more)
    if primary is not None:
        defaults["model"] = primary if isinstance(primary, dict) else {"primary": primary}
    if listed_models is not None:
        defaults["models"] = listed_models
    return {"agents": {"defaults": defaults}}


@pytest.mark.parametrize(
    ("config", "text", "default"),
    [
        ({}, OPUS, OPUS),
        (config_of(" "), OPUS, OPUS),
        (config_of(" openai/gpt-5.2 "), "openai/gpt-5.2", "openai/gpt-5.2"),
        (config_of("anthropic/opus-4.5"), "anthropic/opus-4.5", OPUS),
        # without a slash and no alias: provider anthropic, the text verbatim
        (config_of("opus-4.5"), "opus-4.5", "anthropic/opus-4.5"),
        (config_of("gpt-5.2"), "gpt-5.2", "anthropic/gpt-5.2"),
        # a side that is empty: the built-in default
        (config_of("openai/"), "openai/", OPUS),
        (config_of("/x"), "/x", OPUS),
        # aliases: trimmed, in any case, the last of equal ones, only where there is no slash
        (config_of(" FAST ", {"groq/llama": {"alias": " Fast "}}), "FAST", "groq/llama"),
        (config_of("opus", {OPUS: {}}), "opus", OPUS),
        (config_of("opus", {OPUS: {"alias": ""}}), "opus", "anthropic/opus"),
        (config_of("opus", {"openai/a": {"alias": "opus"}, "openai/b": {"alias": "Opus"}}), "opus", "openai/b"),
        (config_of("x", {"groq/llama": {"alias": "x"}, "broken/": {"alias": "X"}}), "x", "groq/llama"),
        (config_of("a/b", {"groq/llama": {"alias": "a/b"}}), "a/b", "a/b"),
        (config_of("gem", {"google/gemini-3-pro": {"alias": "gem"}}), "gem", "google/gemini-3-pro-preview"),
        # of a wrong type
        (config_of({"primary": 7}), OPUS, OPUS),
        ({"agents": {"defaults": {"model": ["x"]}}}, OPUS, OPUS),
        ({"agents": []}, OPUS, OPUS),
    ],
)
def test_the_default_model(config: dict[str, Any], text: str, default: str) -> None:
    found = models(config)
    assert (found.default_text, found.default.key) == (text, default)


@pytest.mark.parametrize(
    ("primary", "listed_models", "default"),
    [
        ("llama-x", None, "openai/llama-x"),
        ("claude-opus-4-5", {OPUS: {}}, OPUS),
        ("m", {"a/m": {}, "b/m": {}}, "openai/m"),
        ("opus", {OPUS: {}}, "openai/opus"),
        ("fast", {"groq/llama": {"alias": "fast"}}, "groq/llama"),
        ("groq/", None, "openai/gpt-6-astra"),
    ],
)
def test_the_default_model_of_newer_openclaw(primary: str, listed_models: Any, default: str) -> None:
    config = config_of({"primary": primary, "fallbacks": ["bare"]}, listed_models)
    found = models(config, None, "openai/gpt-6-astra", "api_key")
    assert found.default.key == default
    assert [model.key for model in found.fallback_models()] == ["openai/bare"]
    # No allowlist is made up; to one with a model of Anthropic an API key brings more of them (seen with 2026.9.6).
    brought = WITH_ANTHROPIC_KEY if listed_models and OPUS in listed_models else ()
    assert found.allowed == tuple(sorted({*(listed_models or ()), *brought}))


def test_the_built_in_default_of_another_openclaw() -> None:
    found = models({}, None, "openai/gpt-6-astra")
    assert (found.default.key, found.explicit) == ("openai/gpt-6-astra", False)
    assert models(config_of("x/y"), None, "openai/gpt-6-astra").explicit


@pytest.mark.parametrize(
    ("listed_models", "aliases"),
    [
        ({OPUS: {}}, {"opus": OPUS}),
        ({OPUS: {"alias": "mine"}}, {"mine": OPUS}),
        ({OPUS: {"alias": ""}}, {}),
        ({OPUS: {"alias": "  "}}, {}),
        ({OPUS: {"alias": None}}, {}),
        ({OPUS: None}, {}),
        ({"openai/gpt-5.2": {}, "openai/gpt-5-mini": {}}, {"gpt": "openai/gpt-5.2", "gpt-mini": "openai/gpt-5-mini"}),
        ({"google/gemini-3-pro-preview": {}}, {"gemini": "google/gemini-3-pro-preview"}),
        ({"openai/GPT-5.2": {}}, {}),
        ({"x/y": {"alias": 7}}, {}),
    ],
)
def test_aliases(listed_models: Any, aliases: dict[str, str]) -> None:
    found = models(config_of(None, listed_models))
    assert found.aliases == aliases
    assert found.allowed == tuple(listed_models)


def test_fallbacks_and_image_models() -> None:
    config = config_of(
        {"primary": "x/y", "fallbacks": ["fast", "openai/", 7, " groq/a "]},
        {"groq/llama": {"alias": "fast"}},
        imageModel={"primary": "google/i", "fallbacks": ["openai/j"]},
    )
    found = models(config)
    assert found.fallbacks == ("fast", "openai/", " groq/a ")
    assert [model.key for model in found.fallback_models()] == ["groq/llama", "groq/a"]
    assert [model.key for model in found.image_models()] == ["google/i", "openai/j"]
    assert (found.image, found.image_fallbacks) == ("google/i", ("openai/j",))
    assert found.parse("fast") == Model("groq/llama", "groq", "llama")


@pytest.mark.parametrize(
    ("own", "default", "fallbacks", "sources"),
    [
        (None, "d/m", ("d/f",), ("defaults", "defaults")),
        ("a/m", "a/m", ("d/f",), ("agent", "defaults")),
        ({"primary": "a/m"}, "a/m", ("d/f",), ("agent", "defaults")),
        ({"primary": "a/m", "fallbacks": []}, "a/m", (), ("agent", "agent")),
        ({"fallbacks": ["a/f"]}, "d/m", ("a/f",), ("defaults", "agent")),
        (" ", "d/m", ("d/f",), ("defaults", "defaults")),
        (7, "d/m", ("d/f",), ("defaults", "defaults")),
    ],
)
def test_the_models_of_an_agent(own: Any, default: str, fallbacks: tuple[str, ...], sources: tuple[str, str]) -> None:
    config = config_of({"primary": "d/m", "fallbacks": ["d/f"]})
    found = models(config, Agent("a", "a", None, own))
    assert (found.default.key, found.fallbacks) == (default, fallbacks)
    assert (found.default_source, found.fallbacks_source) == sources


@pytest.mark.parametrize(
    ("primary", "listed_models", "allowed"),
    [
        (OPUS, None, [OPUS]),
        ("anthropic/opus-4.5", None, [OPUS]),
        ("opus", None, ["anthropic/opus"]),
        (OPUS, {OPUS: {}}, [OPUS]),
        (OPUS, {"x/y": {}}, ["x/y", OPUS]),
        ("openai/x", None, []),
        (None, None, []),
    ],
)
def test_an_anthropic_api_key_makes_an_allowlist(primary: str | None, listed_models: Any, allowed: list[str]) -> None:
    config = config_of(primary, listed_models)
    assert models(config, anthropic_mode="api_key").allowed == tuple(allowed)
    assert models(config, anthropic_mode="oauth").allowed == tuple(listed_models or ())


def auth(order: Any = None, **modes: Any) -> dict[str, Any]:
    profiles = {name: {"provider": "anthropic", "mode": mode} for name, mode in modes.items()}
    return config_of() | {"auth": {"profiles": profiles, "order": {} if order is None else {"anthropic": order}}}


KEY, TOKEN = {"ANTHROPIC_API_KEY": "k"}, {"ANTHROPIC_OAUTH_TOKEN": "t"}


@pytest.mark.parametrize(
    ("config", "env", "mode"),
    [
        ({}, KEY, ""),  # only when `agents.defaults` exists
        ({"agents": {"defaults": None}}, KEY, ""),
        (config_of(), {}, ""),
        (config_of(), KEY, "api_key"),
        (config_of(), TOKEN, "oauth"),
        (config_of(), KEY | TOKEN, "oauth"),
        (config_of(), {"ANTHROPIC_API_KEY": " "}, ""),
        (auth(a="api_key"), TOKEN, "api_key"),
        (auth(a="oauth", b="token"), KEY, "oauth"),
        (auth(a="api_key", b="token"), {}, ""),
        (auth(a="api_key", b="token"), KEY, "api_key"),
        (auth(["b", "a"], a="api_key", b="token"), KEY, "oauth"),
        (auth(["none", "a"], a="api_key", b="token"), TOKEN, "api_key"),
        (auth([["list"], {}, None], a="api_key", b="token"), TOKEN, "oauth"),
        (auth("a", a="api_key", b="token"), TOKEN, "oauth"),
    ],
)
def test_how_anthropic_seems_to_be_paid_for(config: dict[str, Any], env: dict[str, str], mode: str) -> None:
    assert anthropic_auth_mode(config, env) == mode


def test_another_provider_of_the_same_family_does_not_count() -> None:
    config = config_of() | {"auth": {"profiles": {"a": {"provider": "Anthropic", "mode": "oauth"}}}}
    assert anthropic_auth_mode(config, KEY) == "api_key"


@pytest.mark.parametrize(
    ("block", "wanted"),
    [
        (None, {}),
        ([], {}),
        ({"vars": {"A": "1"}}, {"A": "1"}),
        ({"A": "1"}, {"A": "1"}),
        ({"A": "top", "vars": {"A": "vars", "B": "b"}}, {"A": "top", "B": "b"}),
        ({"A": " ", "vars": {"A": "vars"}}, {"A": "vars"}),
        ({"vars": {"A": "", "B": " "}}, {"B": " "}),
        ({"A": 1, "B": None, "C": True, "vars": {"D": 1}}, {}),
        ({"shellEnv": "text", "vars": "text"}, {}),
        ({"shellEnv": {"enabled": True}, "A": "${B}"}, {"A": "${B}"}),
        ({"A": " spaces stay "}, {"A": " spaces stay "}),
    ],
)
def test_the_env_block(block: Any, wanted: dict[str, str]) -> None:
    assert env_block({"env": block}) == wanted


def test_declared_profiles_orders_and_providers() -> None:
    config = {
        "auth": {
            "profiles": {"a": {"provider": "x", "mode": "token", "email": "e@x"}, "b": {"provider": 1}, "c": None},
            "order": {"X": ["a", 7, "b"], "y": "a"},
        },
        "models": {"providers": {"Z.AI": {"apiKey": "k"}, "zai": {"apiKey": "l"}, "n": None}},
        "gateway": {"mode": "local"},
    }
    assert views.declared(config) == {"a": views.Declared("a", "x", "token", "e@x")}
    assert views.auth_order(config) == {"X": ["a", "b"]}
    assert list(views.provider_entries(config)) == ["Z.AI", "zai"]
    assert views.provider_entry(config, "zai") == ("zai", {"apiKey": "l"})
    assert views.provider_entry(config, "z-ai") == ("Z.AI", {"apiKey": "k"})
    assert views.provider_entry(config, "n") is None
    assert views.gateway(config) == {"mode": "local"}
    assert table(config, "auth", "none", "deeper") == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["agents", "defaults", "list", "entries", "id", "model", "models", "primary", "fallbacks", "alias", "auth",
             "profiles", "order", "anthropic", "provider", "mode", "env", "vars", "providers", "default", "agentDir"]
        ),
        inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["agents", "auth", "env", "models", "gateway"]), JSON))
def test_no_config_of_any_shape_breaks_a_view(config: dict[str, Any]) -> None:
    found = agents(config)
    assert found.get(found.default)
    for agent in (None, *found.listed):
        result = models(config, agent, anthropic_mode=anthropic_auth_mode(config, KEY))
        assert result.default.provider
        list(result.fallback_models())
        list(result.image_models())
    assert all(isinstance(value, str) for value in env_block(config).values())
    views.declared(config)
    views.auth_order(config)
    views.provider_entry(config, "zai")
    views.gateway(config)
