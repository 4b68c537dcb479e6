"""What the parts of a config that this program understands may hold; the rest is kept and never judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import provider_entry, table
from openclaw.providers.names import ALIASES, CUSTOM_ENV, ENV, NEWER_ENV

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KeyPath = tuple[str, ...]

# Keys of the parts about credentials, of 2026.2.x (auth-spec §2.4) and 2026.9.6 (`openclaw config schema`) together.
AUTH = frozenset(("profiles", "order", "cooldowns"))
PROFILE = frozenset(("provider", "mode", "email", "displayName"))
COOLDOWNS = frozenset(("billingBackoffHours", "billingBackoffHoursByProvider", "billingMaxHours", "failureWindowHours"))
MODEL = frozenset(("primary", "fallbacks"))
PROVIDER = frozenset((
    "baseUrl", "apiKey", "auth", "api", "maxTokens", "timeoutSeconds", "region", "injectNumCtxForOpenAICompat",
    "params", "agentRuntime", "localService", "headers", "authHeader", "request", "models",
))  # fmt: skip

# Where older layouts kept what has another place today; 2026.2.x refuses each of them until its doctor moves it.
OLDER: tuple[KeyPath, ...] = (
    ("whatsapp",), ("telegram",), ("discord",), ("slack",), ("signal",), ("imessage",), ("msteams",), ("routing",),
    ("identity",), ("agent",), ("tools", "bash"), ("gateway", "token"),
)  # fmt: skip
# What 2026.2.x writes and 2026.9 refuses (openclaw-new §0.9).
OLD: tuple[KeyPath, ...] = (("meta", "lastTouchedAt"), ("gateway", "tailscale", "resetOnExit"))

# Providers that come with an OpenClaw of 2026.2.3 or 2026.9.6, beside those that have a variable in `providers.names`.
OTHER_PROVIDERS = frozenset((
    "amazon-bedrock", "apple-fm", "azure-openai-responses", "claude-cli", "clawrouter", "codex-cli", "copilot-proxy",
    "fal", "google-antigravity", "google-gemini-cli", "google-vertex", "huggingface", "litellm", "lmstudio",
    "microsoft-foundry", "minimax-cn", "nvidia", "ollama", "ollama-cloud", "openai-codex", "opencode-go", "sglang",
    "together", "vllm",
))  # fmt: skip


def built_in(provider: str) -> bool:
    """Whether a provider, in its normal form, comes with OpenClaw."""
    return provider in OTHER_PROVIDERS or any(provider in names for names in (ENV, NEWER_ENV, CUSTOM_ENV, ALIASES))


def exists(provider: str, config: Mapping[str, Any]) -> bool:
    """Whether a provider, in its normal form, is built in, configured, or that of a plugin."""
    plugins = table(config, "plugins", "entries")
    return built_in(provider) or provider in plugins or provider_entry(config, provider) is not None


def nearest(provider: str) -> str:
    """The provider of OpenClaw that a mistyped one probably is; "" where none is near."""
    from difflib import get_close_matches

    known = sorted({*OTHER_PROVIDERS, *ENV, *NEWER_ENV, *CUSTOM_ENV})
    return next(iter(get_close_matches(provider, known, 1, 0.7)), "")


# Everything that 2026.2.x has at the top (auth-spec §2.6), and what it has in the parts about credentials.
OLD_TOP = frozenset((
    "meta", "env", "wizard", "diagnostics", "logging", "update", "browser", "ui", "auth", "models",
    "nodeHost", "agents", "tools", "bindings", "broadcast", "audio", "media", "messages", "commands", "approvals",
    "session", "cron", "hooks", "web", "channels", "discovery", "canvasHost", "talk", "gateway", "memory", "skills",
    "plugins",
))  # fmt: skip
OLD_PROVIDER = frozenset(("baseUrl", "apiKey", "auth", "api", "headers", "authHeader", "models"))


def old_strangers(config: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Keys in the parts about credentials that 2026.2.x refuses."""
    yield from _others(config, [
        (("auth",), AUTH),
        (("auth", "cooldowns"), COOLDOWNS),
        (("agents", "defaults", "model"), MODEL),
        (("agents", "defaults", "imageModel"), MODEL),
        *((("auth", "profiles", name), PROFILE - {"displayName"}) for name in table(config, "auth", "profiles")),
        *((("models", "providers", name), OLD_PROVIDER) for name in table(config, "models", "providers")),
    ])  # fmt: skip


def _others(config: Mapping[str, Any], places: list[tuple[KeyPath, frozenset[str]]]) -> Iterator[KeyPath]:
    for path, known in places:
        yield from ((*path, name) for name in table(config, *path) if name not in known)


def unknown_keys(config: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Keys in the parts about credentials that no OpenClaw has there."""
    places: list[tuple[KeyPath, frozenset[str]]] = [
        (("auth",), AUTH),
        (("auth", "cooldowns"), COOLDOWNS),
        (("agents", "defaults", "model"), MODEL),
        (("agents", "defaults", "imageModel"), MODEL),
    ]
    places += [(("auth", "profiles", name), PROFILE) for name in table(config, "auth", "profiles")]
    places += [(("models", "providers", name), PROVIDER) for name in table(config, "models", "providers")]
    yield from _others(config, places)


def told_elsewhere(config: Mapping[str, Any]) -> frozenset[KeyPath]:
    """Keys that `config/unknown-auth-key` and `config/legacy-key` are about."""
    return frozenset((*unknown_keys(config), *older_keys(config), *old_keys(config)))


def older_keys(config: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Keys of layouts that 2026.2.x has given up."""
    yield from (path for path in OLDER if path[-1] in table(config, *path[:-1]))


def old_keys(config: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Keys that 2026.2.x writes and 2026.9 refuses."""
    yield from (path for path in OLD if path[-1] in table(config, *path[:-1]))
    block = table(config, "env")
    yield from (("env", name) for name, value in block.items() if isinstance(value, str) and name != "shellEnv")
