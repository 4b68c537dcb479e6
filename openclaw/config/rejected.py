"""What an OpenClaw of a known version refuses in a config that is otherwise whole; only the parts that matter here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.known import NEWER_KEYS, OLDER_KEYS, old_keys, older_keys, strangers
from openclaw.config.reading import Problem, dotted
from openclaw.config.typed import troubles
from openclaw.config.views import agents, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from openclaw.config.known import AnyPath
    from openclaw.config.reading import Config
    from openclaw.era import Era
    from openclaw.home import Home

SEEN = ((2026, 2, 3), (2026, 9, 6))  # the versions whose schemas are known to the last key

# Keys that decide which model and which credential are used: of the wrong type, or mistyped, they leave that open.
DECISIVE = frozenset((
    "agents", "auth", "env", "models", "defaults", "model", "primary", "fallbacks", "list", "entries", "providers",
    "apiKey", "baseUrl", "vars", "shellEnv", "profiles", "order", "provider", "mode",
))  # fmt: skip


def rejections(config: Config, era: Era, home: Home | None = None) -> tuple[Problem, ...]:
    """The problems that make this OpenClaw refuse the whole config; without its version, what both known ones refuse.

    `home` says where the agents' directories are.
    """
    if not config.exists:
        return ()
    version = _numbers(era.version)
    types = OLDER_KEYS if era.name == "json" and version[:2] <= SEEN[0][:2] else ""
    types = NEWER_KEYS if era.name == "sqlite" and version[:2] >= SEEN[1][:2] else types
    found = [*_models_as_text(config)] if era.name == "json" else []
    found += (
        _refused(config, keys, clause, aside=keys[0] not in DECISIVE and keys != ("gateway", "mode"))
        for keys, clause in troubles(config.merged, types)
    )
    found += _unknown_keys(config, era, version)
    if types == NEWER_KEYS:
        found += _ownerless(config)
    if home is not None:
        found += _shared_directories(config, home)
    return tuple(found)


def retired(config: Config, era: Era) -> frozenset[AnyPath]:
    """What OpenClaw's own doctor moves to its new place, of what it refuses: older keys, and a model as text."""
    moved: set[AnyPath] = {*older_keys(config.merged)}
    if era.name == "json":
        moved |= {problem.keys for problem in _models_as_text(config)}
    else:
        both = {keys for keys, _ in strangers(config.merged)}
        moved |= {keys for keys, _ in strangers(config.merged, NEWER_KEYS)} - both
        moved |= {*old_keys(config.merged)}
    return frozenset(moved)


def _numbers(version: str) -> tuple[int, ...]:
    """(year, month, patch) of a version; () where there is none."""
    parts = version.partition("-")[0].split(".")[:3]
    return tuple(int(part) for part in parts if part.isdigit())


def _models_as_text(config: Config) -> Iterator[Problem]:
    """2026.2.x wants an object for the models of the defaults; newer versions also take text (auth-spec §2.4)."""
    defaults = table(config.merged, "agents", "defaults")
    for name in ("model", "imageModel"):
        if isinstance(defaults.get(name), str):
            keys = ("agents", "defaults", name)
            path, line, column = config.spot(*keys)
            message = f'{".".join(keys)} is text; this OpenClaw wants {{"primary": "…"}} and refuses the whole config'
            yield Problem("rejected", message, path, line, column, keys, aside=True)


def _unknown_keys(config: Config, era: Era, version: tuple[int, ...]) -> Iterator[Problem]:
    """Keys that the version does not have.

    Where its schema is not known to the last key, a key that neither known version has counts only where it is nearly
    one that they have, or where the version is 2026.2.x or not known at all: then the stricter holds.
    """
    older = era.name == "json" and (not version or version[:2] <= SEEN[0][:2])
    newer = era.name == "sqlite" and version[:2] == SEEN[1][:2]
    exact = OLDER_KEYS if older and () < version <= SEEN[0] else NEWER_KEYS if newer and version <= SEEN[1] else ""
    found = dict(strangers(config.merged, exact))
    if older and not exact:
        found |= {keys: known for keys, known in strangers(config.merged, OLDER_KEYS) if len(keys) == 1}
    if era.name == "json" or version:  # else config/legacy-key says it
        found |= {keys: frozenset() for keys in older_keys(config.merged)}
    if era.name == "sqlite" and version[:2] >= SEEN[1][:2]:
        found |= {keys: frozenset() for keys in old_keys(config.merged)}
    if not found:
        return
    moved, both = retired(config, era), {keys for keys, _ in strangers(config.merged)}
    for keys, known in found.items():
        old = keys in moved
        meant = "" if old else _meant(str(keys[-1]), known)
        if exact or older or meant or (old and version):
            aside = meant not in DECISIVE and keys != ("agent",)
            yield _refused(config, keys, _clause(keys, meant, old, keys in both, exact), aside=aside)


def _clause(keys: AnyPath, meant: str, old: bool, stranger: bool, exact: str) -> str:
    what = "is no key of this OpenClaw"
    if keys[0] == "env" and len(keys) == 2 and not meant:
        return f"{what} (variables stand in env.vars: env.vars.{keys[-1]})"
    if old:
        return f"{what} (it is of an older version)"
    if meant:
        return f"{what} (did you mean {meant}?)"
    return what if stranger or exact != OLDER_KEYS else f"{what} (it is of a newer version)"


def _meant(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), 1, 0.75)), "")


def _ownerless(config: Config) -> Iterator[Problem]:
    """What 2026.9 wants of several agents. It takes a list of 2026.2 for its entries where there are none."""
    section = table(config.merged, "agents")
    entries = table(section, "entries")
    if entries and "list" in section:
        yield _refused(config, ("agents", "list"), "is no key of this OpenClaw, beside agents.entries", aside=False)
    marked = any(isinstance(entry, dict) and entry.get("default") for entry in entries.values())
    if len(entries) > 1 and not marked and section.get("ownership") != "explicit":
        clause = 'has several, and neither "ownership": "explicit" beside it nor one with "default": true'
        yield _refused(config, ("agents", "entries"), clause)


def _shared_directories(config: Config, home: Home) -> Iterator[Problem]:
    """Two agents with one directory, which every known version refuses (auth-spec §1.5); links are not followed."""
    listed = agents(config.value).listed
    if not any(agent.agent_dir for agent in listed):
        return
    owners: dict[Path, str] = {}
    for agent in listed:
        folder = home.agent_dir(agent.id, agent.agent_dir)
        other = owners.setdefault(folder, agent.id)
        if other != agent.id:
            keys = _agent_keys(config, agent.raw_id)
            clause = f"is the directory of two agents, {other} and {agent.id}: {home.short(folder)}"
            yield _refused(config, (*keys, "agentDir") if agent.agent_dir else keys, clause)


def _agent_keys(config: Config, raw_id: str) -> AnyPath:
    listed = table(config.value, "agents").get("list")
    entries = listed if isinstance(listed, list) else []
    places = (at for at, entry in enumerate(entries) if isinstance(entry, dict) and entry.get("id") == raw_id)
    index = next(places, None)
    return ("agents", "entries", raw_id) if index is None else ("agents", "list", index)


def _refused(config: Config, keys: AnyPath, clause: str, *, aside: bool = True) -> Problem:
    path, line, column = config.spot(*keys)
    message = f"{dotted(keys)} {clause}; this OpenClaw refuses the whole config"
    return Problem("rejected", message, path, line, column, keys, aside)
