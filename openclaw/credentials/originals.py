"""What a backup beside a file has where the file itself has only a mask (user-pain, FM 12)."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.credentials.shapes import diagnose
from openclaw.frozen import frozen
from openclaw.home import matches
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.facts.credentials import Held

# What OpenClaw and editors leave beside a file (auth-spec §2.6); `.env.local` and its like are files of their own.
BACKUP = re.compile(r"\.(?:bak|backup|old|orig|save|clobbered|migrated)(?:[.-]|\Z)|~\Z")
SENTINEL = "__OPENCLAW_REDACTED__"  # what OpenClaw itself writes in place of a secret that it shows
MOST = 20  # backups looked into
LARGEST = 4 << 20  # bytes of one


@frozen
class Original:
    """The real secrets by the name of their member (a value that is no profile has the name ""), and their source."""

    backup: str  # path
    values: Mapping[str, Secret] = field(repr=False)


def original_of(item: Held, env: Mapping[str, str]) -> Original | None:
    """What the newest backup that has all masked secrets of a credential has for them.

    `env` are the variables that are set: a reference to another one would be of no use.
    """
    masked = [name for name, value in _values(item) if is_mask(value)]
    path = item.where.path if item.where else ""
    if not masked or not path:
        return None
    for copy in backups_of(Path(path)):
        there = dict(_values_in(item, copy))
        found = {name: Secret(there[name]) for name in masked if _is_real(there.get(name), item, env)}
        if len(found) == len(masked):
            return Original(str(copy), found)
    return None


def is_mask(value: str) -> bool:
    """Whether a value is what a program shows in place of a secret."""
    return any(trouble.slug == "credentials/redacted" for trouble in diagnose(value, "", "api_key"))


def backups_of(path: Path) -> list[Path]:
    """The backups beside a file, the newest first."""
    beside = [*matches(path.parent, f"{path.name}.*"), path.with_name(f"{path.name}~")]
    found = [copy for copy in beside if BACKUP.search(copy.name[len(path.name) :])]
    dated = [(written, copy) for copy in found if (written := _written(copy))]
    return [copy for _, copy in sorted(dated, reverse=True)[:MOST]]


def _written(copy: Path) -> int:
    """When a file that may be looked into was written, in nanoseconds; 0 for anything else."""
    from stat import S_ISREG

    try:
        found = copy.stat()
    except OSError:
        return 0
    return found.st_mtime_ns if S_ISREG(found.st_mode) and found.st_size <= LARGEST else 0


def _values(item: Held) -> Iterator[tuple[str, str]]:
    """The secrets of a credential by member."""
    if item.profile is None:
        yield "", item.secret.reveal() if item.secret else ""
        return
    members = {SECRET_FIELD[item.kind]: item.profile.secret, "refresh": item.profile.refresh}
    yield from ((name, secret.reveal()) for name, secret in members.items() if secret)


def _values_in(item: Held, copy: Path) -> Iterator[tuple[str, Any]]:
    """The same in a backup; nothing where the backup has no such credential."""
    if item.profile is not None:
        from openclaw.credentials.stores import read_json

        there = read_json(copy).profiles.get(item.profile.id)
        if there and (there.provider, there.type) == (item.profile.provider, item.profile.type):
            yield from there.raw.items()
    elif item.keys:
        yield "", _at(copy, item)
    else:
        from openclaw.environment.dotenv import node_values, read_env_file
        from openclaw.errors import Unreadable

        with suppress(Unreadable):
            yield "", node_values(read_env_file(copy).text).get(item.target)


def _at(copy: Path, item: Held) -> Any:
    from openclaw.config.reading import read

    value: Any = read(copy).merged
    steps = [value]
    for key in item.keys:
        steps.append(_below(steps[-1], key))
    if steps[-1] is None and item.source == "env":
        block = value.get("env", {})
        names = block.get("vars", {}) if isinstance(block, dict) else {}
        return names.get(item.target) if isinstance(names, dict) else None
    return steps[-1]


def _below(value: Any, key: str | int) -> Any:
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if key < len(value) else None
    return value.get(key) if isinstance(value, dict) else None


def _is_real(value: Any, item: Held, env: Mapping[str, str]) -> bool:
    from openclaw.config.reading import references

    if not isinstance(value, str) or not js_trim(value):
        return False
    if not item.provider and item.source != "gateway":  # no provider's key: what one looks like is not known
        return not is_mask(value) and all(env.get(name) for name in references(value))
    found = diagnose(value, item.provider, "token" if item.kind == "oauth" else item.kind, base_url=item.base_url)
    return all(trouble.severity != "error" for trouble in found) and all(env.get(name) for name in references(value))
