"""The log files of an installation and of its host: which there are, and their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from openclaw.config.reading import Config
    from openclaw.home import Home

TAIL = 512 * 1024  # bytes read from the end of each log
NUMBERED = 8 * 1024 * 1024  # bytes of a log up to which its lines are counted
FILES = 12  # logs of the state directory, the newest
MORE_FILES = 40  # of all that stands there
DEPTH, ENTRIES = 3, 2000  # levels below `logs`, and entries of a directory, that are looked at
PACKED = (".gz", ".xz", ".zst", ".bz2", ".zip")
HOST_LOGS = "/tmp/openclaw"  # noqa: S108 - where OpenClaw writes them


def of_state(home: Home, config: Config, since: int) -> tuple[list[Path], list[str]]:
    """(the gateway's logs, the newest first; what could not be looked into). See `every_of_state`."""
    return _of_state(home, config, since, _is_log, FILES)


def every_of_state(home: Home, config: Config) -> tuple[list[Path], list[str]]:
    """All that stands below `<state>/logs` and is not packed, and the file that `logging.file` of the config names."""
    return _of_state(home, config, 0, _is_text, MORE_FILES)


def _of_state(
    home: Home, config: Config, since: int, wanted: Callable[[str], bool], most: int
) -> tuple[list[Path], list[str]]:
    from openclaw.config.views import table
    from openclaw.home import expand

    unread: list[str] = []
    below = [path for path in _below(home.state / "logs", DEPTH, unread) if wanted(path.name)]
    found = _recent(below, since)[:most]
    named = table(config.value, "logging").get("file")
    if isinstance(named, str) and named.strip():
        found += [path for path in _recent([expand(named, home.user, home.cwd)], since) if path not in found]
    return [path for path in found if not str(path).startswith(f"{HOST_LOGS}/")], unread


def _below(folder: Path, depth: int, unread: list[str]) -> Iterator[Path]:
    """The files of a directory and of those in it. Links are not followed: they may lead anywhere."""
    import os
    from itertools import islice

    try:
        with os.scandir(folder) as entries:
            listed = list(islice(entries, ENTRIES))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        unread.append(f"{folder}: {error.strerror}")
        return
    for entry in listed:
        if entry.is_file(follow_symlinks=False):
            yield folder / entry.name
        elif depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from _below(folder / entry.name, depth - 1, unread)


def _is_log(name: str) -> bool:
    """`gateway.log`, and what rotation made of it: `gateway.log.1`."""
    stem, _, last = name.rpartition(".")
    return name.endswith(".log") or (stem.endswith(".log") and last.isdigit())


def _is_text(name: str) -> bool:
    return not name.endswith(PACKED)


def of_host(since: int, most: int) -> list[Path]:
    """The daily logs of the last days, which all homes of this user share; not what another user put there."""
    import os
    from pathlib import Path

    found = _recent(Path(HOST_LOGS).glob("openclaw-[0-9]*.log"), since)[:most]
    uid = os.geteuid()
    return [path for path in found if uid in (0, path.stat().st_uid)]


def _recent(paths: Iterable[Path], since: int) -> list[Path]:
    """Those that are files, written since then and may be read; the newest first."""
    return [path for _, path in sorted(_dated(paths, since), reverse=True)]


def _dated(paths: Iterable[Path], since: int) -> Iterator[tuple[float, Path]]:
    import stat

    try:
        for path in paths:
            try:
                found = path.stat()
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) and found.st_mtime * 1000 >= since:
                yield found.st_mtime, path
    except OSError:
        return


def mentions(path: Path, text: str) -> bool:
    """Whether a text stands in the end of a file: most logs of the host are of other homes. Raises OSError."""
    import os

    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
        return os.fsencode(text) in file.read(TAIL)


def tail(path: Path) -> tuple[int | None, list[str], int]:
    """(number of the first line, the whole lines at the end of a file, when it was written in epoch milliseconds)."""
    import os

    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        start = max(0, found.st_size - TAIL)
        number: int | None = 1
        if start:
            number = _newlines(file.read(start)) if start <= NUMBERED else None
            file.seek(start)
        data = file.read(TAIL)
    lines = data.decode("utf-8", "replace").split("\n")
    if start and len(lines) > 1:  # the first one is a part of a line
        lines, number = lines[1:], None if number is None else number + 2
    elif start:  # of one that is longer than all that is read, its end is
        number = None if number is None else number + 1
    return number, lines, round(found.st_mtime * 1000)


def _newlines(data: bytes) -> int:
    return data.count(b"\n")
