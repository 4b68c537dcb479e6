"""What another user's rights hide is not absent, and is one finding: as a user who owns nothing of it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.checks import installations as i
from tests.doctor import homes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")
MODEL = {"gateway": {"mode": "local", "auth": {"token": "FAKE-gateway-token"}}, **i.ANTHROPIC}


def json_era(home: Path) -> Path:
    i.config(home, MODEL)
    i.store(home, {"anthropic:default": i.key()})
    return home / ".openclaw"


def sqlite_era(home: Path) -> Path:
    i.config(home, MODEL)
    return i.database(home, {"anthropic:default": i.key()}).parent


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user may enter: that of pytest is for its owner only."""
    with tempfile.TemporaryDirectory(prefix="one-cause-") as top:
        Path(top).chmod(0o755)
        for name in ("home", "warm"):
            (Path(top) / name).mkdir(mode=0o755)
        yield Path(top)


@pytest.mark.parametrize(("build", "expected"), [
    (json_era, {"host/state-dir"}),
    (sqlite_era, {"credentials/sqlite-unreadable", "host/mixed-owner"}),
])  # fmt: skip
def test_a_directory_of_root(place: Path, build: Callable[[Path], Path], expected: set[str]) -> None:
    home, warm = place / "home", place / "warm"
    closed = build(home)
    build(warm)
    for folder, _, files in os.walk(home):
        for path in (folder, *(os.path.join(folder, name) for name in files)):  # noqa: PTH118
            os.chown(path, homes.NOBODY, homes.NOBODY)
    os.chown(closed, 0, 0)
    closed.chmod(0o700)
    run = homes.doctor_as_nobody(home, warm, "--json")
    assert set(run.ids("error")) == expected, json.dumps(run.document["findings"])
    assert run.outcome("credentials/none")[0] == "unknown"
