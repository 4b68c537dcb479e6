"""The log files of an installation and of its host: which there are, and their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from openclaw.config.reading import Config
    from openclaw.home import Home

TAIL = 512 * 1024  # bytes read from the end of each log
NUMBERED = 8 * 1024 * 1024  # bytes of a log up to which its lines are counted
FILES = 12  # logs of the state directory, the newest
HOST_LOGS = "/tmp/openclaw"  # noqa: S108 - where OpenClaw writes them


def of_state(home: Home, config: Config, since: int) -> list[Path]:
    """`<state>/logs/*.log`, and the file that `logging.file` of the config names; the newest first."""
    from openclaw.config.views import table
    from openclaw.home import expand

    found = _recent((home.state / "logs").glob("*.log"), since)[:FILES]
    named = table(config.value, "logging").get("file")
    if isinstance(named, str) and named.strip():
        found += [path for path in _recent([expand(named, home.user, home.cwd)], since) if path not in found]
    return [path for path in found if not str(path).startswith(f"{HOST_LOGS}/")]


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
    if start:  # the first one is a part of a line
        lines, number = lines[1:], None if number is None else number + 2
    return number, lines, round(found.st_mtime * 1000)


def _newlines(data: bytes) -> int:
    return data.count(b"\n")
