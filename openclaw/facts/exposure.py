"""Where secrets show: command lines, logs, copies that nobody uses any more, work trees of git."""

from __future__ import annotations

import os
import re
import time
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.facts import fact, logfiles
from openclaw.facts.envfiles import taken_from_project
from openclaw.frozen import frozen
from openclaw.home import STORE_NAME, matches, there
from openclaw.providers.names import all_env_names
from openclaw.secret import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Held, Stores
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.secret import Secret

SHORTEST = 16  # characters: a shorter value may stand anywhere by chance
COPIES, COPY_SIZE = 100, 2 * 1024 * 1024  # files that may hold old values, and the most bytes of one
PROCESSES = 10_000
SECONDS = 3.0  # for each of these facts
GIT_SECONDS = 3.0
WORD = re.compile(r"[A-Za-z0-9_.~+/-]{16,}")
SECRET_KEYS = frozenset(("key", "token", "apiKey"))
PARTS = frozenset(("profiles", "models", "providers", "env"))
PROGRAMS = ("openclaw", "claude", "clawdbot", "moltbot")
PACKAGES = ("openclaw", "clawdbot", "moltbot", "claude-code")  # `node …/openclaw/dist/entry.js` is what units start
ENTRIES = ("entry", "index", "cli", "main", "run-node")
INTERPRETERS = ("node", "bun", "deno", "python", "sh", "bash", "dash", "zsh")
INLINE = ("-c", "-e", "-m", "-p", "--eval", "--print")  # what follows is no script
VALUED = ("-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions")


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
class Emptied:
    """A store without profiles, and a backup of it that still has some."""

    store: str
    backup: str
    profiles: int


@frozen
class WorkTree:
    """A path with secrets inside of a git work tree. `ignored` is None where git could not tell, `problem` says why.

    `shown`: of a directory, the file in it that is not ignored.
    """

    path: str
    root: str
    ignored: bool | None
    problem: str = ""
    shown: str = ""


@fact(deadline=SECONDS + 1)
def argv_secrets(held: list[Held], call: Invocation) -> tuple[Shown, ...]:
    """Running gateway and claude processes of this home with a key on their command line."""
    found = [
        (pid, name, argv)
        for pid, argv in _processes()
        if (name := _program(argv)) and _home_of(pid) in (str(call.user), None)
    ]
    if not found:
        return ()
    from openclaw.facts.needles import Needles, on_command_line

    known = _known(held)
    needles = Needles(known)
    return tuple(
        Shown(name, known.get(value, ""), fingerprint(value), pid=pid)
        for pid, name, argv in found
        for value in on_command_line(argv, needles)
    )


@fact(deadline=SECONDS + 1)
def log_secrets(held: list[Held], home: Home, config: Config) -> tuple[Shown, ...]:
    """Known values in the ends of the logs of the state directory; the first line of each value in each log.

    Raises where nothing was found and a log could not be read, or the time was over: a value may stand in it.
    """
    known, ends = _known(held), time.monotonic() + SECONDS
    paths, unread = logfiles.every_of_state(home, config) if known else ([], [])
    found: dict[tuple[str, str], Shown] = {}
    if paths:
        from openclaw.facts.needles import Needles

        needles = Needles(known)
    for path in paths:
        if time.monotonic() > ends:
            unread.append(f"{path}: there was no time left")
            break
        try:
            first, lines, _ = logfiles.tail(path)
        except OSError as error:
            unread.append(f"{path}: {error.strerror}")
            continue
        text = "\n".join(lines)
        for value, at in needles.found(text).items():
            line = None if first is None else first + text.count("\n", 0, at)
            found[str(path), value] = Shown(str(path), known[value], fingerprint(value), line)
    if unread and not found:
        from openclaw.errors import Failure

        raise Failure(unread[0])
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
    unused = (profile.secret for store in stores.unused.values() for profile in store.profiles.values())
    current |= {secret.reveal() for secret in unused if secret}
    files = [path for path in with_backups(home.config) if path != home.config]
    files += [path for path in with_backups(home.env_file) if path != home.env_file]
    folders = [store.path.parent for store in (*stores.own.values(), *stores.unused.values())]
    for folder in dict.fromkeys([home.main_agent_dir, *folders]):
        live = folder / STORE_NAME
        files += [path for path in with_backups(live) if path != live]
        files += [folder / "models.json", *matches(folder, "plugins/*/catalog.json")]
        files += matches(folder.parent, f"{folder.name}.legacy-*/*.json")
    current |= {value for name, value in installation.environment.values.items() if name in all_env_names()}
    found = (_leftover(path, current) for path in dict.fromkeys(files[:COPIES]))
    return tuple(item for item in found if item is not None)


@fact(deadline=SECONDS)
def emptied(stores: Stores, home: Home) -> tuple[Emptied, ...]:
    """Backups that still have profiles, where no store has any: the newest whole one of each store.

    Only what could be read counts; nothing is said of the rest.
    """
    from openclaw.credentials.stores import read_json
    from openclaw.facts.files import with_backups

    if any(store.profiles for store in stores.own.values()):
        return ()
    found = []
    for folder in dict.fromkeys([home.main_agent_dir, *(store.path.parent for store in stores.own.values())]):
        live = folder / STORE_NAME
        copies = [path for path in with_backups(live) if path != live and there(path) and path.is_file()]
        newest = sorted(copies[:COPIES], key=lambda path: -path.stat().st_mtime)
        whole = ((path, len(read_json(path).profiles)) for path in newest)
        found += [Emptied(str(live), str(path), profiles) for path, profiles in whole if profiles][:1]
    return tuple(found)


@fact(deadline=3 * GIT_SECONDS + 1)
def work_trees(installation: Installation, stores: Stores, call: Invocation) -> tuple[WorkTree, ...]:
    """The state directory, and env files with keys, that stand inside of a git work tree."""
    home = installation.home
    paths = [home.state, home.env_file]
    layer = installation.environment.layer("cwd")
    if layer and layer.path and taken_from_project(installation):
        paths.append(layer.path)
    found: list[WorkTree] = []
    for path in dict.fromkeys(paths):
        root = _root(path) if there(path) else None
        if root and not any(Path(item.path) in path.parents for item in found if item.ignored is False):
            asked = _kept_in(home, stores) if path == home.state else [path]
            found.append(WorkTree(str(path), str(root), *_ignored(asked, root, call.env)))
    return tuple(found)


def _kept_in(home: Home, stores: Stores) -> list[Path]:
    """The files of the state directory that hold secrets, or may one day; not those behind a link, which git is not
    asked about."""
    kept = [home.env_file, home.oauth_file, home.shared_database, *(store.path for store in stores.own.values())]
    kept = [path for path in dict.fromkeys(kept) if home.state in path.parents and there(path)]
    linked = {
        folder for path in kept for folder in path.parents if home.state in folder.parents and folder.is_symlink()
    }
    return [home.state / "openclaw.json", *(path for path in kept if not linked.intersection(path.parents))]


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
    """value → whose it is, of those that are long enough to be told apart; a login's refresh token, too."""
    parts = ((part, item.target) for item in reversed(held) for part in (_refresh(item), item.secret))
    return {part.reveal(): target for part, target in parts if part is not None and len(part.reveal()) >= SHORTEST}


def _refresh(item: Held) -> Secret | None:
    return item.profile.refresh if item.profile else None


def _program(argv: list[str]) -> str:
    """The name of a gateway or Claude process; "" of any other one, an editor or `grep` with such a word included."""
    name = argv[0].rpartition("/")[2] if argv else ""
    if not name.startswith(INTERPRETERS):
        return name if name.startswith(PROGRAMS) else ""
    after = iter(argv[1:])
    for word in after:
        if word in INLINE:
            return ""
        if word in VALUED:
            next(after, "")
        elif not word.startswith("-"):
            return _script(word)
    return ""


def _script(path: str) -> str:
    """The program that a script is: by its own name, or by the package that it is the entry of."""
    *folders, name = path.split("/")
    if name.startswith(PROGRAMS):
        return name
    package = next((item for item in reversed(folders) if item not in ("dist", "bin")), "")
    return package if package in PACKAGES and name.partition(".")[0] in ENTRIES else ""


def _processes() -> Iterator[tuple[int, list[str]]]:
    """(pid, command line) of every process that this user may see."""
    ends = time.monotonic() + SECONDS
    if not Path("/proc/self/cmdline").exists():
        yield from _by_psutil()
        return
    for name in [name for name in os.listdir("/proc") if name.isdigit()][:PROCESSES]:  # noqa: PTH208 - names only
        if time.monotonic() > ends:
            raise TimeoutError(0, "the list of processes was too long for the time")
        if int(name) == os.getpid():
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


def _ignored(paths: list[Path], root: Path, env: Mapping[str, str]) -> tuple[bool | None, str, str]:
    """Whether git ignores all of these: (yes, no or unknown; why unknown; the first that it does not ignore)."""
    from openclaw import proc

    clean = {name: value for name, value in env.items() if not name.startswith("GIT_")} | {"GIT_OPTIONAL_LOCKS": "0"}
    argv = ["git", "-C", str(root), "check-ignore", "-z", "--stdin"]
    asked = "".join(f"{path}\0" for path in paths)
    done = proc.run(argv, timeout=GIT_SECONDS, env=clean, stdin=asked)
    if isinstance(done, proc.NotDone):
        return None, done.reason, ""
    if done.code not in (0, 1):
        return None, f"git ended with exit code {done.code}", ""
    ignored = done.out.split("\0")
    shown = next((str(path) for path in paths if str(path) not in ignored), "")
    return not shown, "", shown
