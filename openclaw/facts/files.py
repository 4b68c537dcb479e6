"""Files that hold secrets, their modes; the state directory; what is broken."""

from __future__ import annotations

import os
import re
import stat
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.credentials.sqlite import AGENT_DATABASE
from openclaw.facts import fact
from openclaw.frozen import frozen
from openclaw.home import STORE_NAME, matches, there
from openclaw.providers.names import all_env_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openclaw.facts.credentials import Stores
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService

SECRET_NAME = re.compile(r"(?:_KEYS?|_TOKEN|_SECRET|_PASSWORD)$")
NO_SECRETS = (".lock", ".example", ".sample", ".template", ".dist")  # beside a file with secrets, and without any
OTHERS = 0o077
LOOKED_INTO = 1 << 20  # bytes; what is larger is taken to hold secrets
SESSIONS_LOOKED_AT = 200  # session files per agent: a gateway of a year has thousands, and all are made alike


@frozen
class Entry:
    """A file or directory by its own bits. `mode` is the permission bits, `uid` the owner.

    `own_group`: its group is the owner's own, which nobody else is in (a "user private group").
    """

    path: str
    mode: int
    uid: int
    directory: bool = False
    own_group: bool = False


@frozen
class SecretFiles:
    """The files that hold secrets, and the directories above them up to the home directory. `uid`: who is asking."""

    files: tuple[Entry, ...]
    directories: tuple[Entry, ...]
    uid: int = 0
    unseen: str = ""  # a place that this user may not look into


@frozen
class StateDir:
    """The state directory, or the first existing directory above it. `owner` and `uid` (who is asking) are user ids."""

    path: str
    exists: bool
    owner: int
    uid: int
    writable: bool
    read_only: bool = False
    nested: bool = False
    directory: bool = True
    owner_name: str = ""  # "" where the user has no entry in the password database
    foreign_home: str = ""  # $HOME, where the state belongs into it and it is another user's
    own_home: str = ""  # this user's own one then, by the password database; "" where that cannot be used


@frozen
class Broken:
    """A file that exists and could not be used. `obstacle` is what keeps this user (`uid`) out of it.

    `barred`: that is the state directory itself, of which host/state-dir tells.
    """

    path: str
    backup: str = ""  # the newest backup beside it that is whole
    obstacle: Entry | None = None
    uid: int = 0
    barred: bool = False


@fact()
def secret_files(installation: Installation, stores: Stores, gateway: GatewayService | None) -> SecretFiles:
    """Every file of the installation that holds or may hold a secret, with its backups."""
    home = installation.home
    found: dict[str, Entry] = {}
    above: set[str] = set()
    unseen = ""
    for path in (*_candidates(home, stores), *_with_keys(installation), *_service_files(gateway, home)):
        entry = _entry(path)
        if entry and not entry.directory:
            above |= {str(folder) for folder in _folders_up_to(path.parent, home)}
            if not entry.mode & OTHERS or _holds_secrets(path, home):  # nobody is told of private files
                found[entry.path] = entry
        elif entry is None and not os.access(path.parent, os.X_OK) and there(path.parent):
            unseen = unseen or str(path.parent)
    directories = tuple(filter(None, (_entry(Path(path)) for path in sorted(above))))
    return SecretFiles(tuple(found.values()), directories, os.geteuid(), unseen)


@fact()
def state_dir(home: Home) -> StateDir:
    """Whether the state directory could be written, without writing: by its bits, its owner and its file system."""
    nested = home.state.name == home.state.parent.name == ".openclaw"
    existing = next((path for path in (home.state, *home.state.parents) if there(path)), Path("/"))
    found = existing.stat()
    read_only = bool(os.statvfs(existing).f_flag & os.ST_RDONLY)
    # For root access(2) says yes to any mode; the flag above is what is left to find out.
    writable = os.access(existing, os.W_OK | os.X_OK) and not read_only
    return StateDir(
        str(existing),
        existing == home.state,
        found.st_uid,
        os.geteuid(),
        writable,
        read_only,
        nested,
        stat.S_ISDIR(found.st_mode),
        user_name(found.st_uid),
        *_homes(home),
    )


@fact()
def broken_config(installation: Installation) -> Broken:
    """What could help where the config cannot be read or parsed; nothing to say where it can."""
    config = installation.config
    if not any(problem.kind in ("unparsable", "unreadable", "shape") for problem in config.problems):
        return Broken(str(config.path))
    return _broken(config.path, _is_config, installation.home)


@fact()
def broken_stores(stores: Stores, home: Home) -> dict[str, Broken]:
    """The same for every credential store that could not be used, by its path."""
    return {str(store.path): _broken(store.path, _is_store, home) for store in stores.broken()}


def _candidates(home: Home, stores: Stores) -> Iterator[Path]:
    for path in (home.config, home.env_file):
        yield from with_backups(path)
    yield home.user / ".config" / "openclaw" / "gateway.env"
    yield from (home.state / "gateway.env", home.state / "gateway.systemd.env")
    yield from matches(home.state / "service-env", "*.env")
    yield from _beside(home.shared_database)
    yield home.oauth_file
    yield home.state / "credentials" / "github-copilot.token.json"
    for store in stores.own.values():
        folder = store.path.parent if store.path.name != home.shared_database.name else home.main_agent_dir
        yield from with_backups(folder / STORE_NAME)
        yield folder / "auth.json"
        yield folder / "models.json"
        yield from _beside(folder / AGENT_DATABASE)
        yield from matches(folder.parent / "sessions", "*.json*")[:SESSIONS_LOOKED_AT]


def _with_keys(installation: Installation) -> Iterator[Path]:
    """The `.env` of the working directory, where it sets a provider's variable: most are another program's."""
    layer = installation.environment.layer("cwd")
    if layer and layer.path and layer.values.keys() & all_env_names():
        yield layer.path


def _service_files(gateway: GatewayService | None, home: Home) -> Iterator[Path]:
    """The service's definition where it holds secrets itself, and the env files that it names.

    Where no manager can say what it uses (a container, a copied home), the definitions that lie there.
    """
    if gateway is None:
        patterns = ("openclaw-gateway*.service", "openclaw-gateway*.service.d/*.conf")
        units = (path for pattern in patterns for path in matches(home.user / ".config" / "systemd" / "user", pattern))
        plists = matches(home.user / "Library" / "LaunchAgents", "ai.openclaw.*.plist")
        yield from (path for path in (*units, *plists) if _sets_secret(path))
        return
    yield from (Path(where.path) for name, where in gateway.origins.items() if SECRET_NAME.search(name))
    yield from (file.path for file in gateway.environment_files)


def _sets_secret(path: Path) -> bool:
    """Whether a unit, a drop-in or a plist sets a variable whose name says that it is a secret."""
    try:
        with path.open("rb") as stream:
            text = stream.read(LOOKED_INTO).decode(errors="replace")
    except OSError:
        return False
    names = re.findall(r"^\s*Environment=.*|<key>\w+</key>\s*<string>", text, re.MULTILINE)
    return any(SECRET_NAME.search(name) for name in re.findall(r"\w+(?==)|(?<=<key>)\w+", "\n".join(names)))


def with_backups(path: Path) -> Iterator[Path]:
    """The file and what programs leave beside it: `.bak`, `.bak.1`, `.clobbered.<ts>`, `.migrated-<ts>`."""
    yield path
    beside = matches(path.parent, f"{path.name}.*")
    yield from (copy for copy in beside if not copy.name.endswith(NO_SECRETS))


def _broken(path: Path, is_whole: Callable[[Path], bool], home: Home) -> Broken:
    """The newest whole backup of a file, and the first thing on the way to it that this user may not pass."""
    copies = [copy for copy in with_backups(path) if copy != path and there(copy) and copy.is_file()]
    whole = (copy for copy in sorted(copies, key=lambda copy: -copy.stat().st_mtime) if is_whole(copy))
    way = (*reversed(path.parents), path)
    blocked = (
        step for step in way if not os.access(step, os.R_OK if step == path else os.X_OK) or _is_folder(step, path)
    )
    obstacle = next(filter(None, map(_entry, blocked)), None)
    barred = obstacle is not None and obstacle.path == str(home.state)
    return Broken(str(path), str(next(whole, "")), obstacle, os.geteuid(), barred)


def _holds_secrets(path: Path, home: Home) -> bool:
    """Whether a file of one of the kinds that need not hold a secret holds one; what cannot be known counts as yes."""
    name = path.name
    env = name.startswith(".env") or name.endswith(".env")
    if not path.is_file():
        return False
    if not env and not name.startswith(home.config.name):
        return True
    from openclaw.change.redaction import redacted

    try:
        with path.open("rb") as stream:
            data = stream.read(LOOKED_INTO + 1)
    except OSError:
        return True
    found = redacted(path, data[:LOOKED_INTO], kind="env" if env else "json").values.values()
    return len(data) > LOOKED_INTO or any(value.strip() for value in found)


def _homes(home: Home) -> tuple[str, str]:
    """($HOME where it is another user's, this user's own home directory instead); "" where there is no such thing."""
    uid = os.geteuid()
    try:
        if uid == 0 or home.moved or home.user not in home.state.parents or home.user.stat().st_uid == uid:
            return "", ""
    except OSError:
        return "", ""
    own = _registered(uid)
    usable = own and own != str(home.user) and os.access(own, os.W_OK | os.X_OK)
    return str(home.user), own if usable else ""


def _registered(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_dir
    except KeyError:
        return ""


def _is_folder(step: Path, path: Path) -> bool:
    """A directory stands where the file belongs."""
    return step == path and path.is_dir()


def _is_config(path: Path) -> bool:
    from openclaw.config.reading import read

    found = read(path)
    return bool(found.merged) and not found.problems


def _is_store(path: Path) -> bool:
    from openclaw.credentials.stores import read_json

    found = read_json(path)
    return bool(found.profiles) and found.problem is None


def user_name(uid: int) -> str:
    """The name of a user; "" where there is none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


@cache
def _own_group(gid: int, uid: int) -> bool:
    """Whether a group is the user's own: it has the user's name and no other member."""
    import grp

    try:
        group = grp.getgrgid(gid)
    except KeyError:
        return False
    return group.gr_name == user_name(uid) and set(group.gr_mem) <= {group.gr_name}


def _beside(database: Path) -> Iterator[Path]:
    yield from (database, database.with_name(database.name + "-wal"), database.with_name(database.name + "-shm"))


def _entry(path: Path) -> Entry | None:
    try:
        found = path.stat()
    except OSError:
        return None
    mode, directory = stat.S_IMODE(found.st_mode), stat.S_ISDIR(found.st_mode)
    shared = directory and mode & stat.S_IWGRP  # only there it is looked at
    own_group = bool(shared) and _own_group(found.st_gid, found.st_uid)
    return Entry(str(path), mode, found.st_uid, directory, own_group)


def _folders_up_to(folder: Path, home: Home) -> Iterator[Path]:
    """The directory and those above it, up to the home directory, or to a state directory outside of that."""
    yield folder
    tops = [top for top in (home.user, home.state) if top in folder.parents]
    if tops:
        yield from (parent for parent in folder.parents if parent == tops[0] or tops[0] in parent.parents)
