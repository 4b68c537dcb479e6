"""The names of providers that every command needs: aliases, environment variables, key prefixes.

They stand here and not in catalog.toml because `models status --check` and `doctor --json` need them on every run and
reading the TOML costs 10 ms, the import of its parser included. Each fact stands in one place; `catalog.load()` joins
both.
"""

from __future__ import annotations

from openclaw.text import js_trim

# auth-spec §5.1: nothing else is an alias; `minimax` and `minimax-portal`, `openai` and `openai-codex` are different.
ALIASES = {"z.ai": "zai", "z-ai": "zai", "opencode-zen": "opencode", "qwen": "qwen-portal", "kimi-code": "kimi-coding"}

# 2026.9 has none of these; there, a provider's credentials may stand under another name (manifests of 2026.9.6).
NEWER_ALIASES = {"x-ai": "xai", "minimax-cn": "minimax", "minimax-portal-cn": "minimax-portal"}

# auth-spec §5.3, in its order: the first variable that is not blank wins.
ENV: dict[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"),
    "openai": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "google": ("GEMINI_API_KEY",),
    "xai": ("XAI_API_KEY",),
    "groq": ("GROQ_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "moonshot": ("MOONSHOT_API_KEY",),
    "kimi-coding": ("KIMI_API_KEY", "KIMICODE_API_KEY"),
    "minimax": ("MINIMAX_API_KEY",),
    "minimax-portal": ("MINIMAX_OAUTH_TOKEN", "MINIMAX_API_KEY"),
    "zai": ("ZAI_API_KEY", "Z_AI_API_KEY"),
    "qwen-portal": ("QWEN_OAUTH_TOKEN", "QWEN_PORTAL_API_KEY"),
    "github-copilot": ("COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
    "opencode": ("OPENCODE_API_KEY", "OPENCODE_ZEN_API_KEY"),
    "vercel-ai-gateway": ("AI_GATEWAY_API_KEY",),
    "cloudflare-ai-gateway": ("CLOUDFLARE_AI_GATEWAY_API_KEY",),
    "xiaomi": ("XIAOMI_API_KEY",),
    "synthetic": ("SYNTHETIC_API_KEY",),
    "venice": ("VENICE_API_KEY",),
    "cerebras": ("CEREBRAS_API_KEY",),
    "chutes": ("CHUTES_OAUTH_TOKEN", "CHUTES_API_KEY"),
    "deepgram": ("DEEPGRAM_API_KEY",),
}

# What OpenClaw 2026.9 reads instead (from the provider manifests of 2026.9.6); the rest is as above.
NEWER_ENV: dict[str, tuple[str, ...]] = {
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "moonshot": ("MOONSHOT_API_KEY", "KIMI_API_KEY"),
    "minimax": ("MINIMAX_CODE_PLAN_KEY", "MINIMAX_CODING_API_KEY", "MINIMAX_API_KEY"),
    "chutes": ("CHUTES_API_KEY", "CHUTES_OAUTH_TOKEN"),
    "huggingface": ("HUGGINGFACE_HUB_TOKEN", "HF_TOKEN"),
    "lmstudio": ("LM_API_TOKEN",),
    "ollama": ("OLLAMA_API_KEY",),
    "github-copilot": ("COPILOT_GITHUB_TOKEN",),
}

# The same for providers that the catalogue does not have.
NEWER_OTHERS: dict[str, tuple[str, ...]] = {
    "google-vertex": ("GOOGLE_CLOUD_API_KEY",),
    "nvidia": ("NVIDIA_API_KEY",),
    "together": ("TOGETHER_API_KEY",),
    "litellm": ("LITELLM_API_KEY",),
    "opencode-go": ("OPENCODE_API_KEY", "OPENCODE_ZEN_API_KEY"),
    "ollama-cloud": ("OLLAMA_API_KEY",),
    "clawrouter": ("CLAWROUTER_API_KEY",),
    "microsoft-foundry": ("AZURE_OPENAI_API_KEY",),
    "sglang": ("SGLANG_API_KEY",),
    "vllm": ("VLLM_API_KEY",),
}

# 2026.9 reads the variables of these only where their plugin is installed, `@openclaw/<name>-provider` (2026.9.6).
NEWER_PLUGINS = {
    **{name: name for name in ("zai", "groq", "mistral", "moonshot", "deepseek", "chutes", "opencode", "synthetic")},
    **{name: name for name in ("venice", "vercel-ai-gateway", "xiaomi")},
    "kimi-coding": "kimi",
}

# A provider that 2026.2.3 does not have: its variable reaches OpenClaw through `"apiKey": "${NAME}"` of a config entry.
CUSTOM_ENV: dict[str, tuple[str, ...]] = {"deepseek": ("DEEPSEEK_API_KEY",)}

# Prefixes that belong to one provider only, longest match first. A bare `sk-` is not here: OpenAI, DeepSeek, Moonshot,
# MiniMax, OpenCode and others use it. The last group are services that the catalogue does not have.
KEY_PREFIXES: tuple[tuple[str, str], ...] = (
    ("sk-ant-", "anthropic"),
    ("sk-proj-", "openai"),
    ("sk-svcacct-", "openai"),
    ("sk-admin-", "openai"),
    ("sk-or-v1-", "openrouter"),
    ("AIza", "google"),
    ("AQ.", "google"),
    ("xai-", "xai"),
    ("gsk_", "groq"),
    ("sk-kimi-", "kimi-coding"),
    ("github_pat_", "github-copilot"),
    ("ghp_", "github-copilot"),
    ("gho_", "github-copilot"),
    ("ghu_", "github-copilot"),
    ("vck_", "vercel-ai-gateway"),
    ("csk-", "cerebras"),
    ("cpk_", "chutes"),
    ("hf_", "huggingface"),
    ("nvapi-", "nvidia"),
    ("pplx-", "perplexity"),
    ("r8_", "replicate"),
)

# Total lengths of kinds that do not vary. Soft: they tell a wrapped key from two keys, and nothing is refused for them.
USUAL_LENGTHS = (
    ("sk-ant-api03-", 108), ("sk-ant-oat01-", 108), ("sk-or-v1-", 73), ("gsk_", 56), ("xai-", 84), ("AIza", 39),
)  # fmt: skip

# Servers on this host or network that take any key or none.
LOCAL = frozenset({"ollama", "lmstudio", "copilot-proxy", "sglang", "vllm"})

# Different providers with one issuer: a key of the first kind is at home in all of them.
FAMILIES: dict[str, tuple[str, ...]] = {
    "google": ("google", "google-vertex", "google-gemini-cli", "google-antigravity"),
    "openai": ("openai", "openai-codex"),
}

# Stands in front of other providers and passes their own keys on (its documented set-up).
PASSES_KEYS_ON = frozenset({"cloudflare-ai-gateway", "litellm"})


def normalise(provider: str, *, newer: bool = False) -> str:
    """OpenClaw's normal form of a provider id (auth-spec §5.1): trimmed, lower case, aliases resolved.

    `newer`: as 2026.9 looks for the credentials of a provider; the names of models are not changed there.
    """
    name = js_trim(provider).lower()
    return (NEWER_ALIASES if newer else ALIASES).get(name, name)


def env_names(provider: str, *, newer: bool = False) -> tuple[str, ...]:
    """The variables that OpenClaw reads for a provider, first wins; with `newer` those of 2026.9, else of 2026.2.3."""
    name = normalise(provider, newer=newer)
    return (NEWER_ENV.get(name) or NEWER_OTHERS.get(name) if newer else None) or ENV.get(name, ())


def readers(*, newer: bool) -> tuple[str, ...]:
    """Every provider of which 2026.2.3, or with `newer` 2026.9, reads variables."""
    return tuple(dict.fromkeys((*ENV, *NEWER_ENV, *NEWER_OTHERS))) if newer else tuple(ENV)


def variables_of(provider: str) -> tuple[str, ...]:
    """Where a key of this provider may be kept: what OpenClaw reads, else the variable that a config entry names."""
    return env_names(provider) or CUSTOM_ENV.get(normalise(provider), ())


def owners_of(variable: str) -> tuple[str, ...]:
    """The providers that a variable belongs to in any version (MINIMAX_API_KEY has two), in display order."""
    tables = (ENV, CUSTOM_ENV, NEWER_ENV, NEWER_OTHERS)
    return tuple(dict.fromkeys(provider for table in tables for provider, names in table.items() if variable in names))


def all_env_names() -> frozenset[str]:
    """Every provider variable that any version reads."""
    tables = (ENV, CUSTOM_ENV, NEWER_ENV, NEWER_OTHERS)
    return frozenset(name for table in tables for names in table.values() for name in names)


def issuer(value: str) -> str:
    """The provider whose well-known prefix a key carries; "" where the prefix says nothing."""
    return next((provider for prefix, provider in KEY_PREFIXES if value.startswith(prefix)), "")


def at_home(key_issuer: str, provider: str) -> bool:
    """Whether a key of `key_issuer` may stand under `provider`."""
    name = normalise(provider)
    return name in FAMILIES.get(key_issuer, (key_issuer,)) or name in PASSES_KEYS_ON or name in LOCAL


def known(provider: str) -> bool:
    """Whether keys of this provider have one issuer that this program knows about."""
    return bool(variables_of(provider) or env_names(provider, newer=True))


def begins_like_a_secret(text: str) -> bool:
    """Whether `text` starts as keys do: with a prefix of one provider, or with the `sk-` that many share."""
    return text.startswith("sk-") or bool(issuer(text))


def usual_length(value: str) -> int:
    """How many characters keys with this beginning usually have; 0 where that varies or is not known."""
    return next((length for prefix, length in USUAL_LENGTHS if value.startswith(prefix)), 0)
