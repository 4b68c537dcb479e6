"""Every state of tests/commands/newer_states.py, judged by the real OpenClaw 2026.9.6 and by this program."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer_states
from tests.commands.newer_states import STATES
from tests.interop.test_interop_sqlite_era import onboarded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.interop.conftest import Machine

pytestmark = pytest.mark.interop

# Members that differ on purpose, or that cannot be known without running OpenClaw: docs/compat.md says why.
NOT_COMPARED = {
    "auth.runtimeAuthRoutes",
    "auth.providers.profiles.labels",
    "auth.modelRouteIssues",
}
TIMES = ("remainingMs",)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Filled by the first test: a shared and an agent's database as the real program makes them."""
    return [tmp_path_factory.mktemp("templates")]


def made(machine: Machine, folder: Path) -> tuple[Path, Path]:
    """The two databases; the agent's comes with the first order that is set for it."""
    shared, own = folder / "shared.sqlite", folder / "own.sqlite"
    if not own.exists():
        onboarded(machine)
        done = machine.real("models", "auth", "order", "set", "--agent", "main", "--provider", "anthropic",
                            "anthropic:default")  # fmt: skip
        assert done.returncode == 0, done.stderr
        for source, target in (
            (newer_states.database(machine.home), shared), (newer_states.agent_database(machine.home), own),
        ):  # fmt: skip
            with closing(sqlite3.connect(source, isolation_level=None)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(source, target)
        with closing(sqlite3.connect(own, isolation_level=None)) as connection:
            connection.execute("DELETE FROM auth_profile_state")
    return shared, own


# A run takes seconds: every twelfth is asked always, all of them by `make interop-all`.
SAMPLE = frozenset(list(STATES)[::12])
NAMES = [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.long) for name in STATES]


@pytest.mark.parametrize("name", NAMES)
def test_the_real_program_says_what_the_table_says(
    name: str, machine_2026_9_6: Machine, templates: list[Path], tmp_path: Path
) -> None:
    state = STATES[name]
    databases = made(machine_2026_9_6, templates[0])
    machine = replace(machine_2026_9_6, home=tmp_path / "state")
    machine.home.mkdir()
    newer_states.write(state, machine.home, int(time.time() * 1000), databases)
    ours = machine.ours("models", "status", "--json", "--check", *state.args, **state.env)
    real = machine.real("models", "status", "--json", "--check", *state.args, **state.env)
    assert (real.returncode, ours.returncode) == (state.real, state.expected), real.stdout + ours.stdout
    theirs, mine = json.loads(real.stdout), json.loads(ours.stdout)
    if "auth" in theirs and "auth" in mine:
        assert list(differences(theirs, mine)) == state.members


def differences(theirs: Any, mine: Any, path: str = "") -> Iterator[str]:
    """The members of theirs that ours lacks or has another value for."""
    if path in NOT_COMPARED or path.rpartition(".")[2] in TIMES:
        return
    if path == "auth.providers" and isinstance(theirs, list):  # a variable is listed once, under its owner
        theirs = [row for row in theirs if row["provider"] not in ("anthropic-openai", "claude-cli")]
    if isinstance(theirs, dict) and isinstance(mine, dict):
        for key, value in theirs.items():
            yield from differences(value, mine.get(key), f"{path}.{key}" if path else key)
    elif isinstance(theirs, list) and isinstance(mine, list) and len(theirs) == len(mine):
        for one, other in zip(theirs, mine, strict=True):
            yield from differences(one, other, path)
    elif theirs != mine:
        yield path
