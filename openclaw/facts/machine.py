"""The machine below the installation: space, owners, who is asking, and the programs that it needs."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.facts import fact
from openclaw.frozen import frozen
from openclaw.home import LEGACY_STATE_NAMES, STATE_NAME, there

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.era import Era
    from openclaw.home import Home
    from openclaw.invocation import Invocation

OWNERS_LOOKED_AT = 20_000  # entries below the state directory
NODE_LIMIT = 5.0  # seconds that `node --version` has; it needs 0.05


@frozen
class Disk:
    """What is free where the state directory is, or would be; `inodes` is None where there is no limit of them."""

    path: str
    free: int  # bytes, for this user
    inodes: int | None = None


@frozen
class Owners:
    """Entries below the state directory that belong to somebody else than the directory itself does."""

    path: str
    owner: int  # user id of the state directory
    uid: int  # who is asking
    owner_name: str = ""
    strangers: tuple[tuple[str, int], ...] = ()  # (path, user id)
    looked_at: int = 0
    complete: bool = True  # False: there is more than was looked at


@frozen
class StateDirs:
    """State directories of today's and of older names in the home directory; not those that are links to another."""

    found: tuple[Path, ...]
    used: Path


@frozen
class Account:
    """Whose home directory HOME is. Names are "" and numbers None where the password database or HOME does not say."""

    home: str
    uid: int
    registered: str = ""  # the home directory of this user by the password database
    sudo_user: str = ""
    home_owner: int | None = None
    home_owner_name: str = ""
    unseen: str = ""  # why whose HOME it is could not be found out


@frozen
class Programs:
    """Every `openclaw` on PATH, each file once: (path, whether it is this program; None where it cannot be read).

    `name` is always this one.
    """

    found: tuple[tuple[str, bool | None], ...]
    name: str


@frozen
class Node:
    """The Node that runs OpenClaw. `wanted` is the range in OpenClaw's package; "" where it is not known."""

    program: str = ""  # the real openclaw; "" where it is not installed
    wanted: str = ""
    path: str = ""  # of `node`; "" where PATH has none
    version: str = ""
    problem: str = ""  # why its version is not known


@fact()
def disk(home: Home) -> Disk:
    """Free space and inodes for the state directory."""
    existing = next((path for path in (home.state, *home.state.parents) if there(path)), Path("/"))
    if existing != home.state and not os.access(existing, os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(existing))  # it may be on another one
    found = os.statvfs(existing)
    return Disk(str(existing), found.f_bavail * found.f_frsize, found.f_favail if found.f_files else None)


@fact()
def owners(home: Home) -> Owners:
    """Who owns what is below the state directory; links are not followed."""
    from openclaw.facts.files import user_name

    try:
        owner = home.state.stat().st_uid
    except FileNotFoundError:
        return Owners(str(home.state), os.geteuid(), os.geteuid())
    strangers: list[tuple[str, int]] = []
    number = 0
    for number, (path, uid) in enumerate(_walk(home.state), 1):
        if uid != owner:
            strangers.append((path, uid))
        if number >= OWNERS_LOOKED_AT:
            break
    complete = number < OWNERS_LOOKED_AT
    return Owners(str(home.state), owner, os.geteuid(), user_name(owner), tuple(strangers), number, complete=complete)


@fact()
def state_dirs(home: Home) -> StateDirs:
    """Today's state directory and those of older names beside it."""
    folders = [home.user / name for name in (STATE_NAME, *LEGACY_STATE_NAMES)]
    found = {path.resolve(): path for path in reversed(folders) if path.is_dir()}
    return StateDirs(tuple(path for path in folders if path in found.values()), home.state)


@fact()
def account(call: Invocation) -> Account:
    """Who is asking, and whose HOME that is."""
    import pwd

    from openclaw.facts.files import user_name

    uid = os.geteuid()
    try:
        registered = pwd.getpwuid(uid).pw_dir
    except KeyError:
        registered = ""
    owner, unseen = None, ""
    try:
        owner = call.user.stat().st_uid
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        unseen = f"{call.user}: {error.strerror}"
    name = user_name(owner) if owner is not None else ""
    sudo = call.env.get("SUDO_USER", "")
    return Account(call.env.get("HOME", ""), uid, registered, sudo, owner, name, unseen)


@fact()
def programs(call: Invocation) -> Programs:
    """Which `openclaw` answers."""
    from openclaw.handover import OUR_NAME, candidates, is_ours, program_name

    every = list(candidates(call.env))
    different = {path.resolve(): path for path in reversed(every)}
    found = tuple(
        (str(path), is_ours(path) or (False if os.access(path, os.R_OK) else None))
        for path in every
        if path in different.values()
    )
    always = OUR_NAME if next(candidates(call.env, OUR_NAME), None) else program_name(call.env)
    return Programs(found, always)


@fact(deadline=NODE_LIMIT + 2)
def node(call: Invocation, era: Era) -> Node:
    """The Node that an installed OpenClaw needs, and the one that it gets."""
    from openclaw.handover import candidates

    if era.program is None:
        return Node()
    program, wanted = str(era.program), wanted_node(era.program)
    path = next(candidates(call.env, "node"), None)
    if path is None or not wanted:
        return Node(program, wanted, str(path or ""))
    return Node(program, wanted, str(path), *_version(path, call.env))


def wanted_node(program: Path) -> str:
    """`engines.node` of the package that an executable belongs to; "" where it is not one of npm's."""
    from openclaw.era import package_of

    engines = package_of(program).get("engines")
    found = engines.get("node") if isinstance(engines, dict) else None
    return found if isinstance(found, str) else ""


def _version(path: Path, env: Mapping[str, str]) -> tuple[str, str]:
    """(version, problem) of a `node`."""
    from openclaw import proc

    done = proc.run([str(path), "--version"], timeout=NODE_LIMIT, env=env)
    if isinstance(done, proc.NotDone):
        return "", done.reason
    return (done.out.strip()[:40], "") if done.code == 0 else ("", f"it ended with exit code {done.code}")


def _walk(folder: Path) -> Iterator[tuple[str, int]]:
    """(path, owner) of everything below a folder; what may not be looked into is passed over."""
    todo = [str(folder)]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in found:
            try:
                yield entry.path, entry.stat(follow_symlinks=False).st_uid
                if entry.is_dir(follow_symlinks=False):
                    todo.append(entry.path)
            except OSError:
                continue
