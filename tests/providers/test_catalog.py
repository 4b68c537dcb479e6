"""The catalogue: complete, in order, consistent with the names that stand in code, and cheap where it must be."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.providers import names
from openclaw.providers.catalog import Catalog, Provider, load

# auth-spec §5.3, written out once more: the order is a part of the contract.
VARIABLES = {
    "anthropic": "ANTHROPIC_OAUTH_TOKEN ANTHROPIC_API_KEY",
    "openai": "OPENAI_API_KEY",
    "google": "GEMINI_API_KEY",
    "google-vertex": "",
    "github-copilot": "COPILOT_GITHUB_TOKEN GH_TOKEN GITHUB_TOKEN",
    "zai": "ZAI_API_KEY Z_AI_API_KEY",
    "chutes": "CHUTES_OAUTH_TOKEN CHUTES_API_KEY",
    "opencode": "OPENCODE_API_KEY OPENCODE_ZEN_API_KEY",
    "qwen-portal": "QWEN_OAUTH_TOKEN QWEN_PORTAL_API_KEY",
    "minimax-portal": "MINIMAX_OAUTH_TOKEN MINIMAX_API_KEY",
    "kimi-coding": "KIMI_API_KEY KIMICODE_API_KEY",
    "groq": "GROQ_API_KEY",
    "deepgram": "DEEPGRAM_API_KEY",
    "cerebras": "CEREBRAS_API_KEY",
    "xai": "XAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "vercel-ai-gateway": "AI_GATEWAY_API_KEY",
    "cloudflare-ai-gateway": "CLOUDFLARE_AI_GATEWAY_API_KEY",
    "moonshot": "MOONSHOT_API_KEY",
    "minimax": "MINIMAX_API_KEY",
    "xiaomi": "XIAOMI_API_KEY",
    "synthetic": "SYNTHETIC_API_KEY",
    "venice": "VENICE_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "openai-codex": "",
    "amazon-bedrock": "",
    "ollama": "",
    "huggingface": "",
    "azure-openai-responses": "",
    "deepseek": "",
    "nobody": "",
}

# wizard-doctor-spec §2.5, and the built-in default where onboarding sets none.
DEFAULTS = {
    "anthropic": "anthropic/claude-opus-4-5",
    "openai": "openai/gpt-5.2",
    "openai-codex": "openai-codex/gpt-5.2",
    "openrouter": "openrouter/auto",
    "vercel-ai-gateway": "vercel-ai-gateway/anthropic/claude-opus-4.5",
    "cloudflare-ai-gateway": "cloudflare-ai-gateway/claude-sonnet-4-5",
    "moonshot": "moonshot/kimi-k2.5",
    "kimi-coding": "kimi-coding/k2p5",
    "google": "google/gemini-3-pro-preview",
    "zai": "zai/glm-4.7",
    "xiaomi": "xiaomi/mimo-v2-flash",
    "synthetic": "synthetic/hf:MiniMaxAI/MiniMax-M2.1",
    "venice": "venice/llama-3.3-70b",
    "minimax": "minimax/MiniMax-M2.1",
    "lmstudio": "lmstudio/minimax-m2.1-gs32",
    "opencode": "opencode/claude-opus-4-5",
    "github-copilot": "github-copilot/gpt-4o",
    "google-antigravity": "google-antigravity/claude-opus-4-5-thinking",
    "google-gemini-cli": "google-gemini-cli/gemini-3-pro-preview",
    "qwen-portal": "qwen-portal/coder-model",
    "minimax-portal": "minimax-portal/MiniMax-M2.1",
}

# Wire format, base URL, regional twins whose keys are not interchangeable, and what onboarding calls the default model
# (wizard-doctor-spec §2.5; where 2026.2.3 sets no entry, what its own model list has).
PLACES = {
    "anthropic": ("anthropic-messages", "https://api.anthropic.com", "", ""),
    "openai": ("openai-responses", "https://api.openai.com/v1", "", ""),
    "openrouter": ("openai-completions", "https://openrouter.ai/api/v1", "", "OpenRouter"),
    "google": ("google-generative-ai", "https://generativelanguage.googleapis.com/v1beta", "", ""),
    "xai": ("openai-completions", "https://api.x.ai/v1", "", ""),
    "groq": ("openai-completions", "https://api.groq.com/openai/v1", "", ""),
    "mistral": ("openai-completions", "https://api.mistral.ai/v1", "", ""),
    "deepseek": ("openai-completions", "https://api.deepseek.com", "", ""),
    "moonshot": ("openai-completions", "https://api.moonshot.ai/v1", "cn=https://api.moonshot.cn/v1", "Kimi"),
    "kimi-coding": ("anthropic-messages", "https://api.kimi.com/coding", "", "Kimi K2.5"),
    "minimax": (
        "anthropic-messages",
        "https://api.minimax.io/anthropic",
        "cn=https://api.minimaxi.com/anthropic",
        "Minimax",
    ),
    "minimax-portal": (
        "anthropic-messages",
        "https://api.minimax.io/anthropic",
        "cn=https://api.minimaxi.com/anthropic",
        "",
    ),
    "zai": (
        "openai-completions",
        "https://api.z.ai/api/coding/paas/v4",
        "general=https://api.z.ai/api/paas/v4 cn=https://open.bigmodel.cn/api/paas/v4 cn-coding=https://open.bigmodel.cn/api/coding/paas/v4",
        "GLM",
    ),
    "qwen-portal": ("openai-completions", "https://portal.qwen.ai/v1", "", ""),
    "github-copilot": ("openai-responses", "https://api.individual.githubcopilot.com", "", ""),
    "copilot-proxy": ("openai-completions", "http://localhost:3000/v1", "", ""),
    "opencode": ("openai-completions", "https://opencode.ai/zen/v1", "", "Opus"),
    "vercel-ai-gateway": ("anthropic-messages", "https://ai-gateway.vercel.sh", "", "Vercel AI Gateway"),
    "cloudflare-ai-gateway": (
        "anthropic-messages",
        "https://gateway.ai.cloudflare.com/v1",
        "",
        "Cloudflare AI Gateway",
    ),
    "xiaomi": ("anthropic-messages", "https://api.xiaomimimo.com/anthropic", "", "Xiaomi"),
    "synthetic": ("anthropic-messages", "https://api.synthetic.new/anthropic", "", "MiniMax M2.1"),
    "venice": ("openai-completions", "https://api.venice.ai/api/v1", "", "Llama 3.3 70B"),
    "cerebras": ("openai-completions", "https://api.cerebras.ai/v1", "", ""),
    "chutes": ("openai-completions", "https://llm.chutes.ai/v1", "", ""),
    "huggingface": ("openai-completions", "https://router.huggingface.co/v1", "", ""),
    "openai-codex": ("openai-codex-responses", "https://chatgpt.com/backend-api", "", ""),
    "google-vertex": ("google-vertex", "https://{location}-aiplatform.googleapis.com", "", ""),
    "google-gemini-cli": ("google-gemini-cli", "https://cloudcode-pa.googleapis.com", "", ""),
    "google-antigravity": ("google-gemini-cli", "https://daily-cloudcode-pa.sandbox.googleapis.com", "", ""),
    "amazon-bedrock": ("bedrock-converse-stream", "https://bedrock-runtime.us-east-1.amazonaws.com", "", ""),
    "azure-openai-responses": ("azure-openai-responses", "", "", ""),
    "minimax-cn": ("anthropic-messages", "https://api.minimaxi.com/anthropic", "", ""),
    "deepgram": ("", "https://api.deepgram.com/v1", "", ""),
    "ollama": ("openai-completions", "http://127.0.0.1:11434/v1", "", ""),
    "lmstudio": ("openai-responses", "http://127.0.0.1:1234/v1", "", "Minimax"),
}

# auth-spec §5.1, all of them: `minimax` and `minimax-portal`, `openai` and `openai-codex` are different providers.
ALIASES = {"z.ai": "zai", "z-ai": "zai", "opencode-zen": "opencode", "qwen": "qwen-portal", "kimi-code": "kimi-coding"}


def entry(provider: str) -> Provider:
    found = load().get(provider)
    assert found is not None, provider
    return found


@pytest.mark.parametrize(("provider", "variables"), VARIABLES.items())
def test_variables_and_their_order(provider: str, variables: str) -> None:
    assert names.env_names(provider) == tuple(variables.split())


@pytest.mark.parametrize(("provider", "model"), DEFAULTS.items())
def test_default_models(provider: str, model: str) -> None:
    assert entry(provider).default_model == model


@pytest.mark.parametrize(("provider", "place"), PLACES.items())
def test_where_and_how_they_are_asked(provider: str, place: tuple[str, str, str, str]) -> None:
    api, base_url, regions, alias = place
    found = entry(provider)
    assert (found.api, found.base_url, found.alias) == (api, base_url, alias)
    assert found.regions == tuple((name, url) for name, _, url in (item.partition("=") for item in regions.split()))


def test_no_provider_is_missing_from_these_tables() -> None:
    assert [item.id for item in load().providers] == [*PLACES, "custom"]
    assert {name for name, variables in VARIABLES.items() if variables} == set(names.ENV)


def test_the_aliases_are_these() -> None:
    assert ALIASES == names.ALIASES
    assert {alias: item.id for item in load().providers for alias in item.aliases} == ALIASES


@pytest.mark.parametrize("item", load().providers, ids=lambda item: item.id)
def test_there_is_a_probe_or_a_reason_against_one(item: Provider) -> None:
    assert item.probe.kind in {"get", "message", "none"}
    assert bool(item.probe.path) is (item.probe.kind == "get")
    assert bool(item.probe.why) is (item.probe.kind == "none")
    assert item.probe.auth in {"bearer", "x-api-key", "x-goog-api-key", "token"}
    if item.probe.kind == "message" and item.id != "custom":
        assert item.default_model or item.models or item.needs or item.probe.proves
    if "api_key" in item.auth and not item.local and item.id != "custom":
        assert item.billing, "people must learn where credit is bought"
    assert item.docs


def test_the_first_eight_are_those_people_ask_for() -> None:
    first = [item.id for item in load().providers[:8]]
    assert first == ["anthropic", "openai", "openrouter", "google", "xai", "groq", "mistral", "deepseek"]


def test_the_last_one_is_for_everything_else() -> None:
    custom = load().providers[-1]
    assert custom.id == "custom"
    assert "base_url" in custom.needs


def test_ids_are_unique_and_normal() -> None:
    ids = [item.id for item in load().providers]
    assert [name for name, often in Counter(ids).items() if often > 1] == []
    assert [name for name in ids if names.normalise(name) != name] == []


def test_every_name_in_code_has_an_entry() -> None:
    ids = {item.id for item in load().providers}
    elsewhere = {"nvidia", "perplexity", "replicate"} | names.NEWER_OTHERS.keys()  # known by their keys only
    used = {
        *names.ENV,
        *names.NEWER_ENV,
        *names.CUSTOM_ENV,
        *names.ALIASES.values(),
        *names.LOCAL,
        *names.PASSES_KEYS_ON,
    }
    used |= {provider for _, provider in names.KEY_PREFIXES}
    used |= {provider for family in names.FAMILIES.values() for provider in family}
    assert used - elsewhere <= ids


def test_names_in_code_are_offered_in_the_order_of_the_catalogue() -> None:
    order = [item.id for item in load().providers]
    assert list(names.ENV) == sorted(names.ENV, key=order.index)


@pytest.mark.parametrize("item", load().providers, ids=lambda item: item.id)
def test_entries_are_well_formed(item: Provider) -> None:
    assert item.label
    assert set(item.auth) <= {"api_key", "token", "oauth", "aws", "adc", "none"}
    for model in (item.default_model, item.newer_model):
        assert not model or all(model.partition("/")), model
    assert not item.default_model or item.default_model.startswith(f"{item.id}/")
    for page in (item.console, item.billing, item.docs):
        assert not page or page.startswith("https://"), page
    for _, url in item.regions:
        assert url.startswith("https://")
        assert url != item.base_url
    if "api_key" in item.auth and not item.local and item.id != "custom":
        assert item.console, "people must learn where a key is made"
    if not item.builtin and item.id != "custom":
        assert item.base_url, "a config entry needs one"
        assert item.api
        assert item.models


def test_deepseek_is_not_built_in() -> None:
    deepseek = entry("deepseek")
    assert (deepseek.builtin, deepseek.newer_builtin) == (False, False)  # there it is a plugin to be installed
    assert deepseek.base_url == "https://api.deepseek.com"
    assert deepseek.api == "openai-completions"
    assert deepseek.models == ("deepseek-chat", "deepseek-reasoner")
    assert deepseek.env == ("DEEPSEEK_API_KEY",)
    assert names.env_names("deepseek") == ()
    assert names.env_names("deepseek", newer=True) == ("DEEPSEEK_API_KEY",)


def test_newer_versions_have_their_own_defaults_and_variables() -> None:
    assert entry("anthropic").model() == "anthropic/claude-opus-4-5"
    assert entry("anthropic").model(newer=True) == "anthropic/claude-opus-5"
    assert entry("openrouter").model(newer=True) == "openrouter/auto"
    assert names.env_names("google") == ("GEMINI_API_KEY",)
    assert names.env_names("google", newer=True) == ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    assert names.env_names("anthropic", newer=True) == names.env_names("anthropic")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Z.AI", "zai"),
        (" z-ai ", "zai"),
        ("opencode-zen", "opencode"),
        ("Qwen", "qwen-portal"),
        ("kimi-code", "kimi-coding"),
        ("\ufeffAnthropic", "anthropic"),
        ("minimax", "minimax"),
        ("openai-codex", "openai-codex"),
        ("Some-Thing", "some-thing"),
        ("\x85x", "\x85x"),  # JavaScript's trim leaves U+0085 alone
    ],
)
def test_normalise(written: str, normal: str) -> None:
    assert names.normalise(written) == normal


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = names.normalise(text)
    assert names.normalise(once) == once


def test_aliases_find_their_provider() -> None:
    assert entry("Z.AI").id == "zai"
    assert entry("zai").aliases == ("z.ai", "z-ai")
    assert names.env_names("kimi-code") == ("KIMI_API_KEY", "KIMICODE_API_KEY")
    assert load().get("no-such-provider") is None


def test_a_variable_may_have_two_owners() -> None:
    assert names.owners_of("MINIMAX_API_KEY") == ("minimax", "minimax-portal")
    assert [item.id for item in load().by_env("MINIMAX_API_KEY")] == ["minimax", "minimax-portal"]
    assert names.owners_of("DEEPSEEK_API_KEY") == ("deepseek",)
    assert names.owners_of("GOOGLE_API_KEY") == ("google",)
    assert names.owners_of("CLAUDE_CODE_OAUTH_TOKEN") == ()
    assert Catalog(()).by_env("OPENAI_API_KEY") == ()


def test_all_names_are_every_owner_s() -> None:
    every = names.all_env_names()
    assert {"ANTHROPIC_API_KEY", "GH_TOKEN", "DEEPSEEK_API_KEY", "GOOGLE_API_KEY"} <= every
    assert all(names.owners_of(name) for name in every)


def test_prefixes_are_joined_with_those_that_several_share() -> None:
    assert entry("openai").key_prefixes == ("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-")
    assert "gsk_" in entry("groq").key_prefixes


def test_no_prefix_hides_another_provider_s() -> None:
    for index, (prefix, provider) in enumerate(names.KEY_PREFIXES):
        earlier = {owner for other, owner in names.KEY_PREFIXES[:index] if prefix.startswith(other)}
        assert earlier <= {provider}
        assert not "sk-".startswith(prefix), "a bare sk- belongs to many"


@pytest.mark.parametrize("module", ["openclaw.providers.names", "openclaw.credentials.shapes"])
def test_what_every_command_needs_reads_no_toml(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({{'tomllib', 'ipaddress', 'urllib.parse'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == []
