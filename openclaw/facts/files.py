"""Files that hold secrets, their modes; the state directory; the env files and how their readers read them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from openclaw.credentials.sqlite import AGENT_DATABASE
from openclaw.errors import Unreadable
from openclaw.facts import fact
from openclaw.home import STORE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.environment.dialects import Issue
    from openclaw.facts.credentials import Stores
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService

GROUP_OR_OTHERS = 0o077
SESSIONS_LOOKED_AT = 200  # session files per agent: a gateway of a year has thousands, and all are made alike


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or directory by its own bits. `mode` is the permission bits, `uid` the owner."""

    path: str
    mode: int
    uid: int
    directory: bool = False


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """The files that hold secrets, and the directories above them up to the home directory."""

    files: tuple[Entry, ...]
    directories: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class StateDir:
    """The state directory, or the first existing directory above it. `problem` is why nothing can be written there."""

    path: str
    exists: bool
    owner: int
    uid: int
    writable: bool | None  # None: not known
    read_only: bool = False
    nested: bool = False


@dataclass(frozen=True, slots=True)
class ReadEnvFile:
    """One env file with what its linter says. `systemd`: a unit names it, so systemd's rules count too."""

    path: str
    state: Literal["absent", "ok", "ignored", "unreadable"]
    reason: str = ""
    issues: tuple[Issue, ...] = ()
    systemd: bool = False


@fact()
def secret_files(installation: Installation, stores: Stores) -> SecretFiles:
    """Every file of the installation that holds or may hold a secret, with its backups."""
    home = installation.home
    found: dict[str, Entry] = {}
    for path in _candidates(home, stores):
        entry = _entry(path)
        if entry and not entry.directory:
            found[entry.path] = entry
    above = {str(folder) for path in found for folder in _folders_up_to(Path(path).parent, home.user)}
    return SecretFiles(tuple(found.values()), tuple(filter(None, (_entry(Path(path)) for path in sorted(above)))))


@fact()
def state_dir(home: Home) -> StateDir:
    """Whether the state directory could be written, without writing: by its bits, its owner and its file system."""
    nested = home.state.name == home.state.parent.name == ".openclaw"
    existing = next((path for path in (home.state, *home.state.parents) if path.exists()), Path("/"))
    found = existing.stat()
    flags = os.statvfs(existing).f_flag
    read_only = bool(flags & os.ST_RDONLY)
    # For root access(2) says yes to any mode; the flag above is what is left to find out.
    writable = os.access(existing, os.W_OK | os.X_OK) and not read_only and stat.S_ISDIR(found.st_mode)
    return StateDir(str(existing), existing == home.state, found.st_uid, os.geteuid(), writable, read_only, nested)


@fact()
def env_files(installation: Installation, gateway: GatewayService | None) -> list[ReadEnvFile]:
    """The env files that are read: by commands here, by the daemon, and by its unit."""
    home = installation.home
    units = [file.path for file in gateway.environment_files] if gateway else []
    paths = [home.cwd / ".env", home.env_file, *units]
    if installation.era.name == "sqlite":
        paths.append(home.user / ".config" / "openclaw" / "gateway.env")
    return [_read_env_file(path, systemd=path in units) for path in dict.fromkeys(paths)]


def _candidates(home: Home, stores: Stores) -> Iterator[Path]:
    for path in (home.config, home.env_file):
        yield from _with_backups(path)
    yield home.user / ".config" / "openclaw" / "gateway.env"
    yield from _beside(home.shared_database)
    yield home.state / "credentials" / "oauth.json"
    yield home.state / "credentials" / "github-copilot.token.json"
    for store in stores.own.values():
        folder = store.path.parent if store.path.name != home.shared_database.name else home.main_agent_dir
        yield from _with_backups(folder / STORE_NAME)
        yield folder / "auth.json"
        yield folder / "models.json"
        yield from _beside(folder / AGENT_DATABASE)
        yield from sorted((folder.parent / "sessions").glob("*.json*"))[:SESSIONS_LOOKED_AT]


def _with_backups(path: Path) -> Iterator[Path]:
    """The file and what programs leave beside it: `.bak`, `.bak.1`, `.clobbered.<ts>`, `.migrated-<ts>`."""
    yield path
    yield from sorted(path.parent.glob(f"{path.name}.*"))


def _beside(database: Path) -> Iterator[Path]:
    yield from (database, database.with_name(database.name + "-wal"), database.with_name(database.name + "-shm"))


def _entry(path: Path) -> Entry | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Entry(str(path), stat.S_IMODE(found.st_mode), found.st_uid, stat.S_ISDIR(found.st_mode))


def _folders_up_to(folder: Path, top: Path) -> Iterator[Path]:
    """The directory and those above it, up to the home directory; only the directory itself outside of it."""
    yield folder
    if folder != top and top in folder.parents:
        yield from (parent for parent in folder.parents if parent == top or top in parent.parents)


def _read_env_file(path: Path, *, systemd: bool) -> ReadEnvFile:
    from openclaw.environment.dialects import lint
    from openclaw.environment.dotenv import read_env_file

    try:
        found = read_env_file(path)
    except Unreadable as error:
        return ReadEnvFile(str(path), "unreadable", error.message, systemd=systemd)
    issues = tuple(lint(found.text)) if found.state == "ok" else ()
    return ReadEnvFile(str(path), found.state, found.reason, issues, systemd)
