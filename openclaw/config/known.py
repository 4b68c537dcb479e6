"""What the parts of a config that this program understands may hold; the rest is kept and never judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import provider_entry, table
from openclaw.providers.names import ALIASES, CUSTOM_ENV, ENV, NEWER_ENV

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KeyPath = tuple[str, ...]

# Keys of the places that decide about credentials and models, as 2026.2.3 and 2026.9.6 have them (their own schemas,
# seen at work): of both, of the older alone, of the newer alone; `-` where a version does not have the place. Both
# refuse a config with any other key there. `*` is any key or index. What plugins and channels define is not here.
KEYS = """
|agents approvals auth bindings broadcast browser channels commands cron diagnostics discovery env gateway hooks logging
 memory messages meta models nodeHost plugins session skills talk tools ui update wizard|audio canvasHost media web|
 $schema accessGroups acp attachments cloudWorkers desktop mcp proxy secrets security surfaces telemetry transcripts tts
 worktreeAcceleration worktreeRoot
meta|lastTouchedVersion|lastTouchedAt|migrations
wizard|lastRunAt lastRunCommand lastRunCommit lastRunMode lastRunVersion||
 accessMode appRecommendations securityAcknowledgedAt
env.shellEnv|enabled timeoutMs||
auth|order profiles|cooldowns|
auth.profiles.*|email mode provider||displayName
auth.cooldowns||billingBackoffHours billingBackoffHoursByProvider billingMaxHours failureWindowHours|-
models|mode providers|bedrockDiscovery|catalogRefresh
models.providers.*|api apiKey auth authHeader baseUrl headers models||
 agentRuntime contextTokens contextWindow injectNumCtxForOpenAICompat localService maxTokens params region request
 timeoutSeconds
models.providers.*.models.*|api compat contextWindow cost headers id input maxTokens name reasoning||
 agentRuntime baseUrl contextTokens mediaInput metadataSource params thinkingLevelMap
agents|defaults list||entries ownership
agents.defaults|blockStreamingBreak blockStreamingChunk blockStreamingCoalesce blockStreamingDefault bootstrapMaxChars
 compaction contextPruning contextTokens elevatedDefault heartbeat humanDelay imageModel maxConcurrent mediaMaxMb model
 models repoRoot sandbox skipBootstrap subagents thinkingDefault timeoutSeconds typingIntervalSeconds typingMode
 userTimezone verboseDefault workspace|
 cliBackends envelopeElapsed envelopeTimestamp envelopeTimezone memorySearch timeFormat|
 authInheritance bootstrapTotalMaxChars contextInjection contextLimits cwd decisionModel embeddedAgent experimental
 fastModeDefault imageMaxDimensionPx imageQuality mediaModels modelPolicy modelSelectionScope params pdfMaxMb
 pdfMaxPages pdfModel reasoningDefault sessionStore silentReply skills skipOptionalBootstrapFiles startupContext
 systemAgent toolProgressDetail utilityModel voiceModel
agents.defaults.model|fallbacks primary||
agents.defaults.imageModel|fallbacks primary||timeoutMs
agents.defaults.models.*|alias params||agentRuntime codeMode pickerRuntimes streaming
agents.defaults.modelPolicy||-|allow
agents.entries.*||-|agentDir bootstrapMaxChars bootstrapTotalMaxChars contextInjection contextLimits contextTokens cwd
 decisionModel default description embeddedAgent experimental fastModeDefault groupChat heartbeat humanDelay identity
 memory model modelPolicy models name params reasoningDefault runtime sandbox skills skillsLimits subagents
 thinkingDefault toolProgressDetail tools tts typingMode utilityModel verboseDefault workspace
agents.entries.*.model||-|fallbacks primary
agents.list.*|agentDir default groupChat heartbeat humanDelay id identity model name sandbox skills subagents tools
 workspace|memorySearch|bootstrapMaxChars bootstrapTotalMaxChars contextInjection contextLimits contextTokens cwd
 decisionModel description embeddedAgent experimental fastModeDefault memory modelPolicy models params reasoningDefault
 runtime skillsLimits thinkingDefault toolProgressDetail tts typingMode utilityModel verboseDefault
agents.list.*.model|fallbacks primary||
gateway|auth bind controlUi http mode nodes port reload remote tailscale tls trustedProxies||
 allowRealIpFallback cliAgents customBindHost portals publicOrigin push roles terminal tools
gateway.auth|allowTailscale mode password token||identityScopes rateLimit trustedProxy
gateway.remote|password sshIdentity sshTarget tlsFingerprint token transport url||edgeAuth remotePort sshHostKeyPolicy
gateway.tailscale|mode|resetOnExit|preserveFunnel
secrets||-|defaults egressProxy providers
secrets.defaults||-|env exec file store
"""

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


ENV_PARTS = frozenset(("vars", "shellEnv"))
OLDER_KEYS, NEWER_KEYS = "2026.2", "2026.9"
AnyPath = tuple[str | int, ...]


def strangers(config: Mapping[str, Any], version: str = "") -> Iterator[tuple[AnyPath, frozenset[str]]]:
    """(key path, the keys that its place may have) of every key that a version refuses; without one, that both do."""
    for line in KEYS.replace("\n ", " ").strip("\n").split("\n"):
        place, of_both, older, newer = line.split("|")
        here = [(keys, value) for keys, value in at(config, place) if isinstance(value, dict) and value]
        columns = [of_both, "" if version == NEWER_KEYS else older, "" if version == OLDER_KEYS else newer]
        known = frozenset(" ".join(columns).split() if here else ())
        if known and known != {"-"}:
            yield from (((*keys, name), known) for keys, value in here for name in value if name not in known)
    for name, value in table(config, "env").items():  # 2026.2 takes any text there for a variable
        if name not in ENV_PARTS and (version == NEWER_KEYS or not isinstance(value, str)):
            yield ("env", name), ENV_PARTS


def at(config: Any, place: str) -> Iterator[tuple[AnyPath, Any]]:
    """Every (key path, value) of a place that is there."""
    found: list[tuple[AnyPath, Any]] = [((), config)]
    for name in place.split(".") if place else ():
        found = [((*keys, key), value) for keys, parent in found for key, value in _members(parent, name)]
    yield from found


def _members(parent: Any, name: str) -> list[tuple[str | int, Any]]:
    if isinstance(parent, dict):
        return list(parent.items()) if name == "*" else [(name, parent[name])] if name in parent else []
    return list(enumerate(parent)) if isinstance(parent, list) and name == "*" else []


ABOUT_CREDENTIALS = ("auth", "models")


def unknown_keys(config: Mapping[str, Any]) -> Iterator[AnyPath]:
    """Keys in the parts about credentials and models that no OpenClaw that is known here has there."""
    for keys, _ in strangers(config):
        if (keys[0] in ABOUT_CREDENTIALS and len(keys) > 1) or keys[2:3] in (("model",), ("imageModel",)):
            yield keys


def told_elsewhere(config: Mapping[str, Any]) -> frozenset[AnyPath]:
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
