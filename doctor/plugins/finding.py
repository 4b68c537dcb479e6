"""Which plugins there are: entry points of installed distributions, and programs on PATH. Nothing is loaded here.

importlib.metadata would cost 30 ms of every run to find that there is none. Read here is only what it would read:
the `entry_points.txt` that some distributions have. That takes a millisecond or two, so there is no cache, and no file.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

GROUPS = ("openclaw.checks", "openclaw.facts", "openclaw.fixes", "openclaw.reporters")
LARGEST = 1 << 20  # bytes of an `entry_points.txt`
PROGRAM = "openclaw-check-"


class EntryPoint(NamedTuple):
    """`name` is the namespace of its ids, `value` a module; `distribution` and `path` say whose it is."""

    group: str
    name: str
    value: str
    distribution: str
    path: str


class Program(NamedTuple):
    """An executable `openclaw-check-NAME`."""

    name: str
    path: str


def entry_points(places: Iterable[str]) -> list[EntryPoint]:
    """Those of our groups, of every distribution on `sys.path`; of two of one name the first counts, as for imports."""
    found: list[EntryPoint] = []
    seen: set[str] = set()
    for place in dict.fromkeys(places):
        for folder, distribution in _distributions(place):
            name = re.sub(r"[-_.]+", "-", distribution).lower()
            if name not in seen:
                seen.add(name)
                found += _read(os.path.join(folder, "entry_points.txt"), distribution)  # noqa: PTH118 - hundreds of them
    return sorted(found)


def programs(env: Mapping[str, str]) -> list[Program]:
    """The first program of each name on PATH, by name."""
    found: dict[str, Program] = {}
    for folder in dict.fromkeys(env.get("PATH", os.defpath).split(os.pathsep)):
        try:
            names = [name for name in os.listdir(folder or ".") if name.startswith(PROGRAM)]  # noqa: PTH208 - names only
        except OSError:
            continue
        for file in names:
            path = os.path.join(folder or ".", file)  # noqa: PTH118
            if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113 - Path.is_file raises
                found.setdefault(file[len(PROGRAM) :], Program(file[len(PROGRAM) :], path))
    return sorted(found.values())


def _distributions(place: str) -> Iterator[tuple[str, str]]:
    """(metadata directory, name) of what is installed in a directory."""
    try:
        with os.scandir(place or ".") as entries:
            names = [(entry.path, entry.name) for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    for path, name in sorted(names):
        yield path, name.rpartition(".")[0].partition("-")[0]


def _read(path: str, distribution: str) -> Iterator[EntryPoint]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - hundreds of them
            data = file.read(LARGEST)
    except OSError:
        return
    if b"openclaw." not in data:
        return
    group = ""
    for line in data.decode("utf-8", "replace").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("[") and text.endswith("]"):
            group = text[1:-1].strip()
        elif group in GROUPS and "=" in text:
            name, _, value = text.partition("=")
            yield EntryPoint(group, name.strip(), value.strip(), distribution, path)
