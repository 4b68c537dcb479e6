"""Credential files as files: which is which, what stands where nothing reads it, and what was not imported."""

from __future__ import annotations

import os
import stat
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.credentials import stores as reading
from openclaw.facts import fact
from openclaw.frozen import frozen
from openclaw.home import DEFAULT_AGENT, STATE_NAME, STORE_NAME, there

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.facts.credentials import Stores
    from openclaw.home import Home
    from openclaw.installation import Installation

DEPTH = 4  # levels below the state directory: agents/<id>/agent/auth-profiles.json is the deepest that is meant
MOST = 20_000  # entries that are looked at; the rest is not searched
OLDER = "auth.json"
# What holds no store of this installation: work, histories, and copies that somebody made on purpose.
NOT_SEARCHED = ("workspace", "sandbox", "node_modules", "sessions", "logs", "media", "cache", "tmp", ".git", "skills")
COPIES = ("backup", "bak", "archive", "snapshot", "trash", "old", "migration", "legacy")


@frozen
class StoreFile:
    """A store as a file. `identity` is device and inode, `mtime` seconds; `link` is where a symlink leads.

    `folder` is where the agent's directory leads, where that is the symlink.
    """

    agent: str
    path: str
    link: str = ""
    identity: tuple[int, int] = (0, 0)
    mtime: float = 0.0
    folder: str = ""


@frozen
class Stray:
    """A file with credentials that OpenClaw does not read, or not yet. `agent` is whose they would be.

    `missing` are its profiles whose ids that agent does not have, `differing` those that it has with another value.
    """

    path: str
    agent: str = DEFAULT_AGENT
    missing: Mapping[str, Profile] = field(default_factory=dict, repr=False)
    differing: Mapping[str, Profile] = field(default_factory=dict, repr=False)
    pending: bool = False  # OpenClaw imports it by itself, as long as there is no store
    broken: str = ""


@frozen
class Strays:
    """What a bounded search below the state directory found; `cut` says why it did not get to see everything."""

    found: tuple[Stray, ...] = ()
    cut: str = ""


@fact()
def store_files(stores: Stores) -> tuple[StoreFile, ...]:
    """Every agent's own store that is there, by its own directory entry."""
    return tuple(filter(None, (_store_file(agent, store) for agent, store in stores.own.items())))


@fact()
def misplaced(installation: Installation, stores: Stores) -> Strays:
    """Stores below the state directory, at most four levels deep, that no agent reads. Symlinks are not followed."""
    home = installation.home
    folders = reading.agent_dirs(home, installation.agents)
    search = _Search({str(folder / name) for folder in folders.values() for name in (STORE_NAME, OLDER)})
    found = [_stray(path, _agent_of(path, home, folders), stores) for path in search.below(home.state)]
    unread = next((f"{home.short(item.path)} {item.broken}" for item in found if item.broken), "")
    return Strays(tuple(item for item in found if item.missing or item.differing), search.cut or unread)


@fact()
def not_imported(installation: Installation, stores: Stores) -> tuple[Stray, ...]:
    """`auth.json` and `credentials/oauth.json` with profiles that the agents' stores do not have, or `broken`."""
    home = installation.home
    folders = reading.agent_dirs(home, installation.agents)
    places = [(folder / OLDER, agent) for agent, folder in folders.items() if agent not in stores.unused]
    places.append((home.oauth_file, DEFAULT_AGENT))
    found = [_older(path, agent, stores) for path, agent in places if not _is_absent(path)]
    return tuple(item for item in found if item.missing or item.broken)


@fact()
def old_stores(installation: Installation, stores: Stores) -> tuple[Stray, ...]:
    """In the SQLite era: every `auth-profiles.json` in an agent's directory, whatever it holds."""
    if installation.era.name != "sqlite":
        return ()
    folders = reading.agent_dirs(installation.home, installation.agents)
    places = [(folder / STORE_NAME, agent) for agent, folder in folders.items() if agent not in stores.unused]
    return tuple(_stray(path, agent, stores) for path, agent in places if there(path) or path.is_symlink())


def _store_file(agent: str, store: Store) -> StoreFile | None:
    try:
        own, real, above = store.path.lstat(), store.path.stat(), store.path.parent.lstat()
    except OSError:
        return None
    link = os.readlink(store.path) if stat.S_ISLNK(own.st_mode) else ""  # noqa: PTH115 - as it is written
    folder = os.readlink(store.path.parent) if stat.S_ISLNK(above.st_mode) else ""  # noqa: PTH115
    return StoreFile(agent, str(store.path), link, (real.st_dev, real.st_ino), real.st_mtime, folder)


class _Search:
    def __init__(self, read: set[str]) -> None:
        self._read = read
        self._seen = 0
        self.cut = ""

    def below(self, folder: Path | str, depth: int = DEPTH) -> Iterator[Path]:
        for entry in self._listed(folder):
            if entry.is_dir(follow_symlinks=False):
                # An installation inside of this one has levels of its own.
                left = DEPTH if entry.name == STATE_NAME else depth - 1
                if left and not _is_left_out(entry.name):
                    yield from self.below(entry.path, left)
            elif self._is_stray(entry):
                yield Path(entry.path)

    def _listed(self, folder: Path | str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.cut = self.cut or f"{folder} may not be looked into: {error.strerror}"
            return []
        self._seen += len(found)
        if self._seen > MOST:
            self.cut = f"there are more than {MOST} files and directories below the state directory"
            return []
        return found

    def _is_stray(self, entry: os.DirEntry[str]) -> bool:
        return (
            entry.name in (STORE_NAME, OLDER) and entry.path not in self._read and entry.is_file(follow_symlinks=False)
        )


def _is_left_out(name: str) -> bool:
    low = name.lower()
    return low.startswith(NOT_SEARCHED) or any(word in low for word in COPIES)


def _agent_of(path: Path, home: Home, folders: Mapping[str, Path]) -> str:
    """Whose store it would be, by `agents/<id>` in its path; `main` where there is none, or no such agent."""
    parts = path.relative_to(home.state).parts
    named = parts[parts.index("agents") + 1] if "agents" in parts[:-2] else DEFAULT_AGENT
    return named if named in folders else DEFAULT_AGENT


def _stray(path: Path, agent: str, stores: Stores) -> Stray:
    """A store that is not read, compared with what its agent uses."""
    if path.name == OLDER:
        return _older(path, agent, stores)
    found = reading.read_json(path, agent)
    if found.problem:
        return Stray(str(path), agent, broken=found.problem.message)
    return _compared(path, agent, found.profiles if found.exists else {}, stores)


def _is_absent(path: Path) -> bool:
    """Whether nothing is there; of what may not be looked at that is not known."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _older(path: Path, agent: str, stores: Stores) -> Stray:
    from openclaw.credentials.legacy import of_file
    from openclaw.credentials.profiles import Profile, read_profile
    from openclaw.credentials.storefile import StoreProblem, parse, read_text

    text = read_text(path)
    document = parse(text) if isinstance(text, str) else text
    if not isinstance(document, dict):
        what = document.message if isinstance(document, StoreProblem) else "is not an object"
        return Stray(str(path), agent, broken=what)
    read = {name: read_profile(name, raw) for name, raw in of_file(path).items()}
    profiles = {name: item for name, item in read.items() if isinstance(item, Profile)}
    own = stores.own.get(agent)
    if own is not None and path in own.legacy:
        return Stray(str(path), agent, profiles, pending=True)
    return _compared(path, agent, profiles, stores)


def _compared(path: Path, agent: str, profiles: Mapping[str, Profile], stores: Stores) -> Stray:
    known = (stores.effective.get(agent) or stores.effective[DEFAULT_AGENT]).profiles
    missing = {name: item for name, item in profiles.items() if name not in known}
    differing = {name: item for name, item in profiles.items() if name in known and not _same(item, known[name])}
    return Stray(str(path), agent, missing, differing)


def _same(left: Profile, right: Profile) -> bool:
    return (left.secret, left.refresh) == (right.secret, right.refresh)
