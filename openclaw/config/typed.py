"""What OpenClaw's own schema refuses in the parts of a config that this program understands.

Seen with 2026.2.3 and 2026.9.6. Both check the whole file before they do anything: one wrong type stops all commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.known import OLD_TOP, old_strangers, older_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KeyPath = tuple[str | int, ...]
Trouble = tuple[KeyPath, str]

BOTH, OLDER, NEWER = "both", "2026.2", "2026.9"
# (place, what has to stand there, in which version); `*` is any key or index. Absent members are no trouble.
RULES: tuple[tuple[str, str, str], ...] = (
    ("auth", "an object", BOTH),
    ("auth.profiles", "an object", BOTH),
    ("auth.profiles.*", "an object", BOTH),
    ("auth.profiles.*.provider", "text", BOTH),
    ("auth.profiles.*.mode", "api_key, oauth or token", OLDER),
    ("auth.profiles.*.mode", "api_key, aws-sdk, oauth or token", NEWER),
    ("auth.order", "an object", BOTH),
    ("auth.order.*", "a list of texts", BOTH),
    ("agents", "an object", BOTH),
    ("agents.defaults", "an object", BOTH),
    ("agents.defaults.model", "text or an object", BOTH),
    ("agents.defaults.model.primary", "text", BOTH),
    ("agents.defaults.model.fallbacks", "a list of texts", BOTH),
    ("agents.defaults.models", "an object", BOTH),
    ("agents.defaults.models.*", "an object", BOTH),
    ("agents.defaults.models.*.alias", "text", BOTH),
    ("agents.list", "a list", OLDER),
    ("agents.list.*.id", "text", OLDER),
    ("agents.entries", "an object", NEWER),
    ("agents.entries.*", "an object", NEWER),
    ("models", "an object", BOTH),
    ("models.providers", "an object", BOTH),
    ("models.providers.*", "an object", BOTH),
    ("models.providers.*.baseUrl", "text", BOTH),
    ("models.providers.*.apiKey", "text", OLDER),
    ("models.providers.*.apiKey", "text or a reference", NEWER),
    ("models.providers.*.models", "a list", BOTH),
    ("env", "an object", BOTH),
    ("env.vars", "an object", BOTH),
    ("env.vars.*", "text", BOTH),
    ("env.shellEnv", "an object", BOTH),
    ("env.shellEnv.enabled", "true or false", BOTH),
    ("gateway", "an object", BOTH),
    ("gateway.mode", "local or remote", BOTH),
    ("gateway.port", "a number above 0", BOTH),
    ("gateway.auth", "an object", BOTH),
    ("gateway.auth.mode", "token or password", OLDER),
    ("gateway.auth.mode", "none, token, password or trusted-proxy", NEWER),
    ("gateway.auth.token", "text", OLDER),
    ("gateway.auth.token", "text or a reference", NEWER),
    ("gateway.auth.password", "text", OLDER),
    ("gateway.auth.password", "text or a reference", NEWER),
)
# Members without which an object is refused; 2026.9 has its own entries for the providers that it brings.
REQUIRED = (
    ("auth.profiles.*", ("provider", "mode"), BOTH),
    ("models.providers.*", ("baseUrl", "models"), OLDER),
    ("agents.list.*", ("id",), OLDER),
)


def troubles(config: Mapping[str, Any], version: str) -> Iterator[Trouble]:
    """(place, clause) of everything that the schema of a version refuses; of one place the first only.

    `version` is `2026.2` or `2026.9`; without one, what both refuse.
    """
    seen: set[KeyPath] = set()
    for place, wanted, whose in RULES:
        for keys, value in _at(config, place) if whose in (BOTH, version) else ():
            if not any(keys[: len(at)] == at for at in seen) and not _fits(value, wanted):
                seen.add(keys)
                yield keys, f"has to be {wanted}"
    for place, names, whose in REQUIRED:
        for keys, value in _at(config, place) if whose in (BOTH, version) else ():
            missing = [name for name in names if isinstance(value, dict) and name not in value]
            if missing:
                yield keys, f"lacks {' and '.join(missing)}"
    if version == OLDER:
        yield from ((keys, "is no key of this OpenClaw") for keys in _strangers(config))


def _strangers(config: Mapping[str, Any]) -> Iterator[KeyPath]:
    older = list(older_keys(config))
    yield from older
    yield from ((name,) for name in config if name not in OLD_TOP and (name,) not in older)
    yield from old_strangers(config)


def _at(config: Any, place: str) -> Iterator[tuple[KeyPath, Any]]:
    """Every (key path, value) of a place that is there."""
    found: list[tuple[KeyPath, Any]] = [((), config)]
    for name in place.split("."):
        found = [((*keys, key), value) for keys, parent in found for key, value in _members(parent, name)]
    yield from found


def _members(parent: Any, name: str) -> list[tuple[str | int, Any]]:
    if isinstance(parent, dict):
        return list(parent.items()) if name == "*" else [(name, parent[name])] if name in parent else []
    return list(enumerate(parent)) if isinstance(parent, list) and name == "*" else []


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
