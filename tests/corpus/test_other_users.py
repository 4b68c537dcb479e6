"""Files that this user may not read or write. Root may: another user looks, and root is asked to show the difference.

Each home belongs to the other user; what is in the way there are the mode bits, or files of root's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.checks import installations as i
from tests.corpus.world import A, model
from tests.doctor.homes import LIMIT, NOBODY, REPOSITORY, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
STORE = ".openclaw/agents/main/agent/auth-profiles.json"
Found = dict[str, list[list[str]]]


def healthy(home: Path) -> None:
    """Nothing is wrong with it."""
    i.config(home, model())
    i.store(home, {A: i.key()})
    write(home / ".openclaw/.env", "OTHER=1\n")


def healthy_newer(home: Path) -> None:
    i.config(home, {**model("anthropic/claude-opus-5"), "meta": {"lastTouchedVersion": "2026.9.6"}})
    i.database(home, {A: i.key()})


def read_only(home: Path) -> None:
    healthy(home)
    for folder in (home / ".openclaw/agents/main/agent", home / ".openclaw"):
        folder.chmod(0o500)


def locked(home: Path) -> None:
    healthy(home)
    (home / STORE).chmod(0o000)


# home → its builder, what stays root's in it, what must be found there
HOMES: Mapping[str, tuple[Callable[[Path], None], str, list[list[str]]]] = {
    "healthy": (healthy, "", []),
    "healthy_newer": (healthy_newer, "", []),
    "store_without_rights": (locked, "", [["error", "credentials/store-unreadable"]]),
    "store_of_root": (
        healthy,
        STORE,
        [["error", "credentials/store-unreadable"], ["error", "host/mixed-owner"]],
    ),
    "config_of_root": (
        healthy,
        ".openclaw/openclaw.json",
        [["error", "config/unparsable"], ["error", "host/mixed-owner"]],
    ),
    "env_file_of_root": (healthy, ".openclaw/.env", [["error", "env/dotenv-syntax"], ["error", "host/mixed-owner"]]),
    "database_of_root": (
        healthy_newer,
        ".openclaw/state/openclaw.sqlite",
        [["error", "credentials/sqlite-unreadable"], ["error", "host/mixed-owner"]],
    ),
    "state_directory_read_only": (read_only, "", [["error", "host/state-dir"]]),
    "state_directory_of_root": (healthy, ".openclaw", [["error", "host/state-dir"]]),
}
# As root, a file of root's in a user's directory is still a file of another user: the bits alone make no difference.
KNOWN: dict[str, str] = {}


@pytest.fixture(scope="module")
def seen() -> Iterator[Mapping[str, Found]]:
    """What both users find in all homes; those of pytest stand where only their owner may go."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as top:
        Path(top).chmod(0o755)
        folder = Path(top) / "homes"
        folder.mkdir(mode=0o755)
        for name, (build, _, _) in HOMES.items():
            (folder / name).mkdir(mode=0o700)
            build(folder / name)
        _hand_over(folder)
        done = subprocess.run(
            [sys.executable, "-m", "tests.corpus.other_user", str(folder)],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=LIMIT, check=False, env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


def _hand_over(folder: Path) -> None:
    """Everything is the other user's, but for what stays root's, with what is below it."""
    for name, (_, kept, _) in HOMES.items():
        home = folder / name
        for path in (home, *home.rglob("*")):
            mine = kept and (path == home / kept or home / kept in path.parents)
            if not mine:
                os.chown(path, NOBODY, NOBODY)


@pytest.mark.parametrize("name", HOMES)
def test_what_another_user_finds(name: str, seen: Mapping[str, Found], request: pytest.FixtureRequest) -> None:
    if name in KNOWN:
        request.applymarker(pytest.mark.xfail(reason=KNOWN[name], strict=True))
    assert seen["other"][name] == HOMES[name][2]


# Root may write there, and is told by the same id that the directory is another user's.
BY_ANOTHER_CAUSE = ("state_directory_read_only",)


@pytest.mark.parametrize("name", [name for name, home in HOMES.items() if home[2] and name not in BY_ANOTHER_CAUSE])
def test_it_is_the_other_user_who_makes_the_difference(name: str, seen: Mapping[str, Found]) -> None:
    unreadable = {item for item in map(tuple, HOMES[name][2]) if item[1] not in ("host/mixed-owner", "host/state-dir")}
    assert not unreadable & set(map(tuple, seen["root"][name]))
    assert seen["other"][name] != seen["root"][name]
