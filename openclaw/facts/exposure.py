"""Where secrets show: command lines, logs, copies that nobody uses any more, work trees of git."""

from __future__ import annotations

import os
import re
import time
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.facts import fact, logfiles
from openclaw.frozen import frozen
from openclaw.home import STORE_NAME, matches, there
from openclaw.providers.names import all_env_names, begins_like_a_secret
from openclaw.secret import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Held, Stores
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation

SHORTEST = 16  # characters: a shorter value may stand anywhere by chance
COPIES, COPY_SIZE = 100, 2 * 1024 * 1024  # files that may hold old values, and the most bytes of one
PROCESSES = 10_000
SECONDS = 3.0  # for each of these facts
GIT_SECONDS = 3.0
WORD = re.compile(r"[A-Za-z0-9_.~+/-]{16,}")
SECRET_KEYS = frozenset(("key", "token", "apiKey"))
PARTS = frozenset(("profiles", "models", "providers", "env"))
PROGRAMS = ("openclaw", "claude", "clawdbot", "moltbot")


@frozen
class Shown:
    """A secret that somebody else can see. `what` is whose it is (a profile, a variable), `mark` its fingerprint."""

    place: str  # file, or the program's name
    what: str
    mark: str
    line: int | None = None
    pid: int = 0


@frozen
class Leftover:
    """Values in one file that no store, config or env file has any more: their places in it and fingerprints."""

    path: str
    places: tuple[tuple[str | int, ...], ...]
    marks: tuple[str, ...] = field(default=())
    variables: bool = False  # an env file: each place is one name


@frozen
class WorkTree:
    """A path with secrets inside of a git work tree. `ignored` is None where git could not tell, `problem` says why."""

    path: str
    root: str
    ignored: bool | None
    problem: str = ""


@fact(deadline=SECONDS + 1)
def argv_secrets(held: list[Held], call: Invocation) -> tuple[Shown, ...]:
    """Running gateway and claude processes of this home with a key on their command line."""
    known = _known(held)
    return tuple(
        Shown(name, known.get(value, ""), fingerprint(value), pid=pid)
        for pid, argv in _processes()
        if (name := _program(argv)) and _home_of(pid) in (str(call.user), None)
        for value in dict.fromkeys(_words(argv))
        if value in known or (begins_like_a_secret(value) and len(value) >= 2 * SHORTEST)
    )


@fact(deadline=SECONDS + 1)
def log_secrets(held: list[Held], home: Home, config: Config) -> tuple[Shown, ...]:
    """Known values in the ends of the logs of the state directory; the first line of each value in each log."""
    known, ends = _known(held), time.monotonic() + SECONDS
    found: dict[tuple[str, str], Shown] = {}
    for path in logfiles.of_state(home, config, 0) if known else ():
        if time.monotonic() > ends:
            break
        first, lines, _ = logfiles.tail(path)
        for number, line in enumerate(lines):
            for value in known.keys() & set(WORD.findall(line)):
                shown = Shown(str(path), known[value], fingerprint(value), None if first is None else first + number)
                found.setdefault((str(path), value), shown)
    return tuple(found.values())


@fact(deadline=SECONDS + 1)
def leftovers(installation: Installation, stores: Stores, held: list[Held]) -> tuple[Leftover, ...]:
    """Old values in backups, catalogs and directories that agents had before.

    Raises where a store, the config or an env file could not be read: what is used is not known then, and a backup may
    be all that is left of it. What only a backup has of a masked secret is not old either.
    """
    from openclaw.facts.files import with_backups

    _require_all(installation, stores)
    home, current = installation.home, set(_known(held))
    current |= {value.reveal() for item in held if item.original for value in item.original.values.values()}
    files = [path for path in with_backups(home.config) if path != home.config]
    files += [path for path in with_backups(home.env_file) if path != home.env_file]
    for folder in dict.fromkeys([home.main_agent_dir, *(store.path.parent for store in stores.own.values())]):
        live = folder / STORE_NAME
        files += [path for path in with_backups(live) if path != live]
        files += [folder / "models.json", *matches(folder, "plugins/*/catalog.json")]
        files += matches(folder.parent, f"{folder.name}.legacy-*/*.json")
    current |= {value for name, value in installation.environment.values.items() if name in all_env_names()}
    found = (_leftover(path, current) for path in dict.fromkeys(files[:COPIES]))
    return tuple(item for item in found if item is not None)


@fact(deadline=3 * GIT_SECONDS + 1)
def work_trees(installation: Installation, call: Invocation) -> tuple[WorkTree, ...]:
    """The state directory, and env files with keys, that stand inside of a git work tree."""
    home = installation.home
    paths = [home.state, home.env_file]
    layer = installation.environment.layer("cwd")
    if layer and layer.path and layer.values.keys() & all_env_names():
        paths.append(layer.path)
    found: list[WorkTree] = []
    for path in dict.fromkeys(paths):
        root = _root(path) if there(path) else None
        if root and not any(Path(item.path) in path.parents for item in found if item.ignored is False):
            found.append(WorkTree(str(path), str(root), *_ignored(path, root, call.env)))
    return tuple(found)


def _require_all(installation: Installation, stores: Stores) -> None:
    for unread in installation.problems:
        raise unread
    for problem in installation.config.problems:
        if problem.kind not in ("variable", "rejected"):
            raise problem.failure()
    for store in stores.broken():
        if failure := store.failure():
            raise failure


def _known(held: list[Held]) -> dict[str, str]:
    """value → whose it is, of those that are long enough to be told apart."""
    return {
        item.secret.reveal(): item.target
        for item in reversed(held)
        if item.secret and len(item.secret.reveal()) >= SHORTEST
    }


def _words(argv: list[str]) -> Iterator[str]:
    """The values on a command line: each argument, and what stands behind `=` in it."""
    for word in argv[1:]:
        yield word
        if "=" in word:
            yield word.partition("=")[2]


def _program(argv: list[str]) -> str:
    """The name of a gateway or Claude process; "" of any other one, an editor or `grep` with such a word included."""
    names = [word.rpartition("/")[2] for word in argv[:2]]
    starts = names[:1] if names and names[0] not in ("node", "bun", "python3", "python", "sh", "bash") else names[1:]
    return next((name for name in starts if name.startswith(PROGRAMS)), "")


def _processes() -> Iterator[tuple[int, list[str]]]:
    """(pid, command line) of every process that this user may see."""
    ends = time.monotonic() + SECONDS
    if not Path("/proc/self/cmdline").exists():
        yield from _by_psutil()
        return
    for name in [name for name in os.listdir("/proc") if name.isdigit()][:PROCESSES]:  # noqa: PTH208 - names only
        if time.monotonic() > ends or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:  # noqa: PTH123
                data = file.read(64 * 1024)
        except OSError:
            continue
        yield int(name), data.decode("utf-8", "surrogateescape").rstrip("\0").split("\0")


def _home_of(pid: int) -> str | None:
    """The home directory that a process was started with; None where it has none, "" where that is not for us."""
    if not Path("/proc/self/environ").exists():
        import psutil

        try:
            return psutil.Process(pid).environ().get("HOME")
        except psutil.Error:
            return ""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123
            variables = file.read(1024 * 1024).split(b"\0")
    except OSError:
        return ""
    return next((os.fsdecode(item[5:]) for item in variables if item.startswith(b"HOME=")), None)


def _by_psutil() -> Iterator[tuple[int, list[str]]]:
    import psutil

    for process in psutil.process_iter(["cmdline"]):
        if process.pid != os.getpid():
            yield process.pid, process.info["cmdline"] or []


def _leftover(path: Path, current: set[str]) -> Leftover | None:
    """What one file still has; None where that is nothing, or it cannot be read."""
    from openclaw.facts.bounded import read

    try:
        text = read(path, COPY_SIZE)
    except OSError:
        return None
    if not text:
        return None
    from openclaw.change.redaction import redacted

    env = path.name.startswith(".env")
    values: Mapping[tuple[str | int, ...], str] = redacted(path, text.encode(), kind="env" if env else "json").values
    old = {
        place: value for place, value in values.items() if _credential(place, value, env=env) and value not in current
    }
    marks = tuple(dict.fromkeys(fingerprint(value) for value in old.values()))
    return Leftover(str(path), tuple(old), marks, variables=env) if old else None


def _credential(place: tuple[str | int, ...], value: str, *, env: bool) -> bool:
    """A model credential that does not change by itself; not a mask, a reference or the name of a variable."""
    if len(value) < SHORTEST or not WORD.fullmatch(value) or value.isupper() or "REDACTED" in value:
        return False
    if env:
        return place[0] in all_env_names()
    return len(place) > 1 and place[0] in PARTS and place[-1] in SECRET_KEYS | all_env_names()


def _root(path: Path) -> Path | None:
    """The work tree around a path: the first directory above that has a `.git`."""
    folder = path.absolute() if path.is_dir() else path.absolute().parent
    return next((parent for parent in (folder, *folder.parents) if there(parent / ".git")), None)


def _ignored(path: Path, root: Path, env: Mapping[str, str]) -> tuple[bool | None, str]:
    """Whether git ignores a path: (yes, no or unknown; why unknown). A directory counts by a file in it."""
    from openclaw import proc

    clean = {name: value for name, value in env.items() if not name.startswith("GIT_")} | {"GIT_OPTIONAL_LOCKS": "0"}
    asked = path / "openclaw.json" if path.is_dir() else path
    argv = ["git", "-C", str(root), "check-ignore", "-q", "--", str(asked)]
    done = proc.run(argv, timeout=GIT_SECONDS, env=clean)
    if isinstance(done, proc.NotDone):
        return None, done.reason
    if done.code in (0, 1):
        return done.code == 0, ""
    return None, f"git ended with exit code {done.code}"
