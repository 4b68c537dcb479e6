"""What OpenClaw's own schema refuses in the parts of a config that this program understands.

Seen with 2026.2.3 and 2026.9.6. Both check the whole file before they do anything: one wrong type stops all commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.known import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KeyPath = tuple[str | int, ...]
Trouble = tuple[KeyPath, str]

OLDER, NEWER = "2026.2", "2026.9"
SAME = "the same"
# (place, what 2026.2 wants there, what 2026.9 does); `*` is any key or index, "" is not judged. Absent is no trouble.
RULES: tuple[tuple[str, str, str], ...] = (
    ("auth", "an object", SAME),
    ("auth.profiles", "an object", SAME),
    ("auth.profiles.*", "an object", SAME),
    ("auth.profiles.*.provider", "text", SAME),
    ("auth.profiles.*.mode", "api_key, oauth or token", "api_key, aws-sdk, oauth or token"),
    ("auth.profiles.*.email", "text", SAME),
    ("auth.order", "an object", SAME),
    ("auth.order.*", "a list of texts", SAME),
    ("agents", "an object", SAME),
    ("agents.defaults", "an object", SAME),
    ("agents.defaults.model", "text or an object", SAME),
    ("agents.defaults.model.primary", "text", SAME),
    ("agents.defaults.model.fallbacks", "a list of texts", SAME),
    ("agents.defaults.imageModel", "text or an object", SAME),
    ("agents.defaults.models", "an object", SAME),
    ("agents.defaults.models.*", "an object", SAME),
    ("agents.defaults.models.*.alias", "text", SAME),
    ("agents.list", "a list", ""),
    ("agents.list.*", "an object", ""),
    ("agents.list.*.id", "text", ""),
    ("agents.list.*.default", "true or false", SAME),
    ("agents.list.*.agentDir", "text", SAME),
    ("agents.list.*.model", "text or an object", SAME),
    ("agents.entries", "", "an object"),
    ("agents.entries.*", "", "an object"),
    ("agents.entries.*.default", "", "true or false"),
    ("agents.entries.*.agentDir", "", "text"),
    ("agents.entries.*.model", "", "text or an object"),
    ("models", "an object", SAME),
    ("models.mode", "merge or replace", SAME),
    ("models.providers", "an object", SAME),
    ("models.providers.*", "an object", SAME),
    ("models.providers.*.baseUrl", "text", SAME),
    ("models.providers.*.apiKey", "text", "text or a reference"),
    ("models.providers.*.auth", "api-key, aws-sdk, oauth or token", SAME),
    ("models.providers.*.authHeader", "true or false", SAME),
    ("models.providers.*.headers", "an object", SAME),
    ("models.providers.*.models", "a list", SAME),
    ("env", "an object", SAME),
    ("env.vars", "an object", SAME),
    ("env.vars.*", "text", SAME),
    ("env.shellEnv", "an object", SAME),
    ("env.shellEnv.enabled", "true or false", SAME),
    ("env.shellEnv.timeoutMs", "a number above 0", SAME),
    ("gateway", "an object", SAME),
    ("gateway.mode", "local or remote", SAME),
    ("gateway.port", "a number above 0", SAME),
    ("gateway.bind", "auto, lan, loopback, custom or tailnet", SAME),
    ("gateway.auth", "an object", SAME),
    ("gateway.auth.mode", "token or password", "none, token, password or trusted-proxy"),
    ("gateway.auth.token", "text", "text or a reference"),
    ("gateway.auth.password", "text", "text or a reference"),
    ("gateway.remote", "an object", SAME),
    ("gateway.remote.url", "text", SAME),
    ("gateway.remote.token", "text", "text or a reference"),
    ("gateway.remote.password", "text", "text or a reference"),
    ("gateway.tailscale.mode", "off, serve or funnel", SAME),
)
# Members without which an object is refused; 2026.9 has its own entries for the providers that it brings.
REQUIRED = (
    ("auth.profiles.*", ("provider", "mode"), (OLDER, NEWER, "")),
    ("models.providers.*", ("baseUrl", "models"), (OLDER,)),
    ("agents.list.*", ("id",), (OLDER,)),
)


def troubles(config: Mapping[str, Any], version: str) -> Iterator[Trouble]:
    """(place, clause) of everything whose type a version refuses; of one place the first only.

    `version` is `2026.2` or `2026.9`; without one, what both refuse.
    """
    seen: set[KeyPath] = set()
    for place, older, newer in RULES:
        newer = older if newer == SAME else newer
        wanted = {OLDER: [older], NEWER: [newer]}.get(version, [older, newer])
        if not all(wanted):
            continue
        for keys, value in at(config, place):
            refused = not any(_fits(value, one) for one in wanted)
            if refused and not any(keys[: len(above)] == above for above in seen):
                seen.add(keys)
                yield keys, f"has to be {wanted[-1]}"
    for place, names, whose in REQUIRED:
        for keys, value in at(config, place) if version in whose else ():
            missing = [name for name in names if isinstance(value, dict) and name not in value]
            if missing:
                yield keys, f"lacks {' and '.join(missing)}"


def _fits(value: Any, wanted: str) -> bool:
    kinds: dict[str, bool] = {
        "an object": isinstance(value, dict),
        "a list": isinstance(value, list),
        "text": isinstance(value, str),
        "a list of texts": isinstance(value, list) and all(isinstance(item, str) for item in value),
        "text or a reference": isinstance(value, str | dict),
        "text or an object": isinstance(value, str | dict),
        "true or false": isinstance(value, bool),
        "a number above 0": isinstance(value, int | float) and not isinstance(value, bool) and value > 0,
    }
    if wanted in kinds:
        return kinds[wanted]
    if isinstance(value, str) and "${" in value:
        return True  # what it stands for is not known here
    return value in wanted.replace(" or ", ", ").split(", ")
