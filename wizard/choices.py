"""Values of flags of the reference program, and what they mean here (wizard-doctor-spec §2.5, §2.12)."""

from __future__ import annotations

from wizard import chosen

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
