"""Values of flags of the reference program, and what they mean here (wizard-doctor-spec §2.5, §2.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import chosen

if TYPE_CHECKING:
    from collections.abc import Iterable

# `--auth-choice` and the provider whose API key it means.
KEY_CHOICES = {
    "apiKey": "anthropic",
    "openai-api-key": "openai",
    "openrouter-api-key": "openrouter",
    "gemini-api-key": "google",
    "xai-api-key": "xai",
    "groq-api-key": "groq",
    "mistral-api-key": "mistral",
    "deepseek-api-key": "deepseek",
    "ai-gateway-api-key": "vercel-ai-gateway",
    "moonshot-api-key": "moonshot",
    "kimi-code-api-key": "kimi-coding",
    "minimax-api": "minimax",
    "minimax-cloud": "minimax",
    "zai-api-key": "zai",
    "xiaomi-api-key": "xiaomi",
    "synthetic-api-key": "synthetic",
    "venice-api-key": "venice",
    "opencode-zen": "opencode",
    "moonshot-api-key-cn": "moonshot",
    "minimax-api-lightning": "minimax",
    "cloudflare-ai-gateway-api-key": "cloudflare-ai-gateway",
}
# What some of them mean beside the provider (wizard-doctor-spec §2.5): question → answer.
VARIANTS = {
    "moonshot-api-key-cn": ("region", "cn"),
    "minimax-api-lightning": ("model", "MiniMax-M2.1-lightning"),
}
TOKEN_CHOICES = ("token", "setup-token", "oauth")
# Of the reference program: logins, and services that need more than a key (wizard-doctor-spec §2.5).
THEIR_CHOICES = (
    "openai-codex", "chutes", "github-copilot", "copilot-proxy", "google-antigravity", "google-gemini-cli",
    "qwen-portal", "minimax-portal", "minimax", "qianfan-api-key", "claude-cli", "codex-cli",
)  # fmt: skip
CHOICES = (*KEY_CHOICES, *TOKEN_CHOICES, chosen.SKIP)

# Flags that take a key on the command line, and whose key it is.
KEY_FLAGS = {
    "anthropic-api-key": "anthropic",
    "openai-api-key": "openai",
    "openrouter-api-key": "openrouter",
    "gemini-api-key": "google",
    "xai-api-key": "xai",
    "groq-api-key": "groq",
    "mistral-api-key": "mistral",
    "deepseek-api-key": "deepseek",
    "ai-gateway-api-key": "vercel-ai-gateway",
    "moonshot-api-key": "moonshot",
    "kimi-code-api-key": "kimi-coding",
    "minimax-api-key": "minimax",
    "zai-api-key": "zai",
    "xiaomi-api-key": "xiaomi",
    "synthetic-api-key": "synthetic",
    "venice-api-key": "venice",
    "opencode-zen-api-key": "opencode",
    "cloudflare-ai-gateway-api-key": "cloudflare-ai-gateway",
}

# Flags of OpenClaw 2026.9's own onboarding that are called otherwise here; "": this program does not do that.
THEIR_FLAGS = {
    "custom-base-url": "--base-url",
    "custom-model-id": "--model",
    "custom-provider-id": "--provider",
    "custom-compatibility": "--api",
    "custom-api-key": "--key-env, --key-file or --key-stdin",
    **dict.fromkeys((
        "agent-name", "classic", "custom-image-input", "custom-text-input", "gateway-token-ref-env",
        "github-copilot-token", "import-from", "import-secrets", "import-source", "modern", "remote-password",
        "reset-scope", "secret-input-mode", "suppress-gateway-token-output", "team", "tui",
    ), ""),
}  # fmt: skip


def meant(word: str, known: Iterable[str]) -> str:
    """`did you mean …? `, where something known is written almost so; else ""."""
    from difflib import get_close_matches

    names = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), names, 1, 0.65)
    return f"did you mean {names[found[0]]}? " if found else ""
