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
from openclaw.facts.envfiles import taken_from_project
from openclaw.frozen import frozen
from openclaw.home import CONFIG_NAMES, LEGACY_STATE_NAMES, STORE_NAME, leads_nowhere, matches, there

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openclaw.change.redaction import Kind
    from openclaw.facts.credentials import Stores
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService

SECRET_NAME = re.compile(r"(?:_KEYS?|_TOKEN|_SECRET|_PASSWORD)$")
NO_SECRETS = (".lock", ".example", ".sample", ".template", ".dist")  # beside a file with secrets, and without any
TELLING = ("KEY", "TOKEN", "SECRET", "PASS", "PWD", "CREDENTIAL", "COOKIE", "AUTH")  # in the names of secrets
LONG = 16  # characters: what is shorter, under a name that tells nothing, is a setting
# Of today and of before a rename: stems of units and of launch agents.
SERVICES = ("openclaw-gateway", "ai.openclaw.", "clawdbot-gateway", "moltbot-gateway", "bot.molt.", "com.clawdbot.")
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
    nowhere: str = ""  # the link on the way to it that leads nowhere, as a clause


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
    nowhere: str = ""  # the link on the way to it that leads nowhere, as a clause


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
            open_to_others = entry.mode & OTHERS  # nobody is told of private files
            if not open_to_others or _holds_secrets(path, _kind(path, installation, gateway)):
                found[entry.path] = entry
        elif entry is None and not os.access(path.parent, os.X_OK) and there(path.parent):
            unseen = unseen or str(path.parent)
    directories = tuple(filter(None, (_entry(Path(path)) for path in sorted(above))))
    return SecretFiles(tuple(found.values()), directories, os.geteuid(), unseen)


@fact()
def state_dir(home: Home) -> StateDir:
    """Whether the state directory could be written, without writing: by its bits, its owner and its file system."""
    nested = home.state.name == home.state.parent.name == ".openclaw"
    nowhere = leads_nowhere(home.state)
    existing = next((path for path in (home.state, *home.state.parents) if there(path)), Path("/"))
    found = existing.stat()
    read_only = bool(os.statvfs(existing).f_flag & os.ST_RDONLY)
    # For root access(2) says yes to any mode; the flag above is what is left to find out.
    writable = os.access(existing, os.W_OK | os.X_OK) and not read_only
    return StateDir(
        str(home.state if nowhere else existing),
        existing == home.state,
        found.st_uid,
        os.geteuid(),
        writable,
        read_only,
        nested,
        stat.S_ISDIR(found.st_mode),
        user_name(found.st_uid),
        *_homes(home),
        nowhere,
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
    yield from _of_older_names(home)
    yield home.user / ".config" / "openclaw" / "gateway.env"
    yield from (home.state / "gateway.env", home.state / "gateway.systemd.env")
    yield from matches(home.state / "service-env", "*.env")
    yield from _beside(home.shared_database)
    yield home.oauth_file
    yield home.state / "credentials" / "github-copilot.token.json"
    for store in (*stores.own.values(), *stores.unused.values()):
        folder = store.path.parent if store.path.name != home.shared_database.name else home.main_agent_dir
        yield from with_backups(folder / STORE_NAME)
        yield folder / "auth.json"
        yield folder / "models.json"
        yield from _beside(folder / AGENT_DATABASE)
        yield from matches(folder.parent / "sessions", "*.json*")[:SESSIONS_LOOKED_AT]


def _of_older_names(home: Home) -> Iterator[Path]:
    """What a rename left behind: the same files below a state directory of an older name."""
    for folder in (home.user / name for name in LEGACY_STATE_NAMES):
        if folder == home.state or not there(folder) or folder.resolve() == home.state.resolve():
            continue
        for name in (".env", *CONFIG_NAMES):
            yield from with_backups(folder / name)
        yield folder / "credentials" / "oauth.json"
        yield from matches(folder, f"agents/*/agent/{STORE_NAME}")


def _with_keys(installation: Installation) -> Iterator[Path]:
    """The files that the config includes, and the `.env` of the working directory, where OpenClaw takes a variable
    from it: most are another program's."""
    yield from (file.path for file in installation.config.included)
    layer = installation.environment.layer("cwd")
    if layer and layer.path and taken_from_project(installation):
        yield layer.path


def _service_files(gateway: GatewayService | None, home: Home) -> Iterator[Path]:
    """The service's definition where it holds secrets itself, and the env files that it names.

    Where no manager can say what it uses (a container, a copied home), the definitions that lie there; those from
    before a rename always.
    """
    units, agents = home.user / ".config" / "systemd" / "user", home.user / "Library" / "LaunchAgents"
    stems = SERVICES if gateway is None else SERVICES[2:]
    lying = [
        path for pattern in ("*-gateway*.service", "*-gateway*.service.d/*.conf") for path in matches(units, pattern)
    ]
    lying = [path for path in lying if str(path.relative_to(units)).startswith(stems)]
    lying += [path for path in matches(agents, "*.plist") if path.name.startswith(stems)]
    if gateway is not None:
        yield from (Path(where.path) for name, where in gateway.origins.items() if SECRET_NAME.search(name))
        yield from (file.path for file in gateway.environment_files)
        lying += [path for path in (gateway.definition, *gateway.drop_ins) if path]
    yield from (path for path in lying if _sets_secret(path))


def _sets_secret(path: Path) -> bool:
    """Whether a unit, a drop-in or a plist sets a variable, or an option, whose name says that it is a secret."""
    try:
        with path.open("rb") as stream:
            text = stream.read(LOOKED_INTO).decode(errors="replace").replace("\\\n", " ")
    except OSError:
        return False
    if re.search(r"\s[\"']?--(?:\w+-)*(?:token|password|api-?key)(?:=|\s+)[\"']?[^\s\"'$-]", text):
        return True
    if re.search(r"<string>--(?:\w+-)*(?:token|password|api-?key)(?:=|</string>\s*<string>)[^\s<]", text):
        return True
    lines = r"^\s*(?:Environment|ExecStart)=.*|<key>\w+</key>\s*<string>|<string>\w+=[^<]"
    names = re.findall(r"\w+(?==[\"']?[^\s$\"'])|(?<=<key>)\w+", "\n".join(re.findall(lines, text, re.MULTILINE)))
    return any(SECRET_NAME.search(name) for name in names)


def with_backups(path: Path) -> Iterator[Path]:
    """The file and what programs leave beside it: `.bak`, `.bak.1`, `.clobbered.<ts>`, `.migrated-<ts>`, `~`."""
    yield path
    beside = matches(path.parent, f"{path.name}[.~]*")
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
    barred = bool(leads_nowhere(home.state)) or (obstacle is not None and obstacle.path == str(home.state))
    return Broken(str(path), str(next(whole, "")), obstacle, os.geteuid(), barred, leads_nowhere(path))


def _kind(path: Path, installation: Installation, gateway: GatewayService | None) -> Kind | None:
    """The kind of a file that need not hold a secret; None of all others."""
    named = (file.path for file in gateway.environment_files) if gateway else ()
    if path.name.startswith(".env") or path.name.endswith(".env") or path in named:
        return "env"
    config = installation.config
    of_config = path.name.startswith((*CONFIG_NAMES, config.path.name))
    return "json" if of_config or path in (file.path for file in config.included) else None


def _holds_secrets(path: Path, kind: Kind | None) -> bool:
    """Whether a file of a kind that need not hold a secret holds one; what cannot be known counts as yes."""
    if not path.is_file():
        return False
    if kind is None:
        return True
    from openclaw.change.redaction import redacted, text_of
    from openclaw.environment.dotenv import lines_of

    try:
        with path.open("rb") as stream:
            data = stream.read(LOOKED_INTO + 1)
    except OSError:
        return True
    found = redacted(path, data[:LOOKED_INTO], kind=kind).values
    if len(data) > LOOKED_INTO or kind == "json":
        return len(data) > LOOKED_INTO or any(value.strip() for value in found.values())
    lines = lines_of(text_of(data))
    # `#` stands for a comment, or what is no assignment, and has the number of its line.
    named = ((lines[int(place[1]) - 1] if place[0] == "#" else str(place[0]), value) for place, value in found.items())
    return any(_is_secret(name.partition("=")[0], value.strip()) for name, value in named)


def _is_secret(name: str, value: str) -> bool:
    """Whether a variable may hold a secret: by its name, or because its value looks like one. `PORT=1` does not."""
    from openclaw.redact import secrets_in

    if not value or any(word in name.upper() for word in TELLING):
        return bool(value)
    mixed = len(value) >= LONG and not any(mark in value for mark in " /,") and not value.isalpha()
    return mixed or bool(secrets_in(value))


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
