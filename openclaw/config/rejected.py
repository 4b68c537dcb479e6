"""What an OpenClaw of a known version refuses in a config that is otherwise whole; only the parts that matter here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.reading import Problem, dotted
from openclaw.config.typed import troubles
from openclaw.config.views import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.era import Era

# Keys of 2026.9.6 (`openclaw config schema`), by the path of their object. What is in none of them it refuses, except
# some older ones, which it moves by itself. So here a key counts as wrong only where it was seen to be, or is nearly
# a known one.
KEYS = {
    (): (
        "$schema meta env wizard diagnostics logging update telemetry browser ui secrets auth accessGroups acp models "
        "nodeHost agents worktreeRoot worktreeAcceleration tools security bindings broadcast attachments messages tts "
        "commands approvals session cron transcripts hooks channels discovery talk gateway cloudWorkers desktop "
        "memory mcp skills plugins surfaces proxy "
    ),
    ("gateway",): (
        "port mode bind customBindHost publicOrigin portals controlUi cliAgents terminal auth roles trustedProxies "
        "allowRealIpFallback tools tailscale remote reload tls http push nodes "
    ),
    ("gateway", "auth"): ("mode token password allowTailscale identityScopes rateLimit trustedProxy "),
    ("agents", "defaults"): (
        "params model modelSelectionScope utilityModel decisionModel imageModel mediaModels voiceModel pdfModel "
        "pdfMaxMb pdfMaxPages models modelPolicy workspace cwd skills silentReply repoRoot skipBootstrap "
        "skipOptionalBootstrapFiles contextInjection bootstrapMaxChars bootstrapTotalMaxChars experimental "
        "userTimezone startupContext contextPruning compaction embeddedAgent thinkingDefault fastModeDefault "
        "verboseDefault toolProgressDetail reasoningDefault elevatedDefault blockStreamingDefault blockStreamingBreak "
        "timeoutSeconds mediaMaxMb imageMaxDimensionPx imageQuality typingIntervalSeconds systemAgent authInheritance "
        "sessionStore maxConcurrent subagents contextLimits blockStreamingChunk blockStreamingCoalesce humanDelay "
        "typingMode heartbeat sandbox "
    ),
}
REFUSED = {("meta",): ("lastTouchedAt",), ("gateway", "tailscale"): ("resetOnExit",)}  # what 2026.2.x wrote


def rejections(config: Config, era: Era) -> tuple[Problem, ...]:
    """The problems that make this OpenClaw refuse the whole config. Nothing where its version is not known."""
    if era.name == "json":
        return tuple(_older(config, strict=era.version.startswith(("2026.2.", "2026.1.")) or not era.version))
    return tuple(_newer(config)) if era.name == "sqlite" and era.version.startswith("2026.9.") else ()


def _older(config: Config, *, strict: bool) -> Iterator[Problem]:
    """2026.2.x wants an object for the models of the defaults; newer versions also take text (auth-spec §2.4)."""
    defaults = table(config.merged, "agents", "defaults")
    for name in ("model", "imageModel"):
        if isinstance(defaults.get(name), str):
            keys = ("agents", "defaults", name)
            line, column = config.place(*keys)
            message = f'{".".join(keys)} is text; this OpenClaw wants {{"primary": "…"}} and refuses the whole config'
            yield Problem("rejected", message, config.path, line, column, keys)

    yield from _typed(config, "2026.2" if strict else "")


def _typed(config: Config, version: str) -> Iterator[Problem]:
    """What the schema refuses; without a version, what every one of them refuses."""
    for keys, clause in troubles(config.merged, version):
        line, column = config.place(*keys)
        message = f"{dotted(keys)} {clause}; this OpenClaw refuses the whole config"
        yield Problem("rejected", message, config.path, line, column, keys)


def _newer(config: Config) -> Iterator[Problem]:
    """What 2026.9 does not know any more or never did; seen with 2026.9.6."""
    yield from _typed(config, "2026.9")
    for path, names in REFUSED.items():
        for name in names:
            if name in table(config.merged, *path):
                yield _unknown(config, (*path, name), "of an older version")
    for name in table(config.merged, "env"):
        if name not in ("vars", "shellEnv"):
            yield _unknown(config, ("env", name), f"variables stand in env.vars: env.vars.{name}")
    for path, words in KEYS.items():
        known = words.split()
        for name in table(config.merged, *path):
            if name not in known and (meant := _meant(name, known)):
                yield _unknown(config, (*path, name), f"did you mean {meant}?")
    yield from _ownerless(config)


def _ownerless(config: Config) -> Iterator[Problem]:
    entries = table(config.merged, "agents", "entries").values()
    marked = any(isinstance(entry, dict) and entry.get("default") for entry in entries)
    if len(entries) > 1 and not marked and table(config.merged, "agents").get("ownership") != "explicit":
        line, column = config.place("agents", "entries")
        message = 'agents has several entries, and neither "ownership": "explicit" nor one with "default": true'
        yield Problem("rejected", message, config.path, line, column, ("agents", "entries"))


def _unknown(config: Config, keys: tuple[str, ...], hint: str) -> Problem:
    line, column = config.place(*keys)
    message = f"{'.'.join(keys)} is no key of this OpenClaw, which refuses the whole config ({hint})"
    return Problem("rejected", message, config.path, line, column, keys)


def _meant(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, 1, 0.75)), "")
