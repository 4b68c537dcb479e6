"""One change at a time: no lost writes between processes, and receipts in the order of what was written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openclaw.change.apply import apply
from openclaw.change.journal import Journal
from openclaw.change.plan import Run, SetVariable
from openclaw.change.serial import NAME, alone
from openclaw.change.undo import undo
from openclaw.errors import Failure, Refusal
from openclaw.proc import Done
from openclaw.secret import Secret

WRITER = """
import sys
from pathlib import Path
from openclaw.change.apply import apply
from openclaw.change.journal import Journal
from openclaw.change.plan import SetKey, SetVariable
from openclaw.secret import Secret

home, number = Path(sys.argv[1]), sys.argv[2]
key = Secret("FAKE-" + number * 20)
plan = (
    SetVariable(home / ".env", "KEY_" + number, key),
    SetKey(home / "auth-profiles.json", ("profiles", "p" + number), {"key": key}, locked=True),
)
while not (home / "go").exists():
    pass
apply(plan, journal=Journal(home / "journal"), home=home, title="t", now=1)
"""
HOLDER = """
import sys, time
from pathlib import Path
from openclaw.change.serial import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def started(code: str, *arguments: str) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_writers_of_many_processes_lose_nothing_and_can_all_be_undone(tmp_path: Path) -> None:
    env, store = tmp_path / ".env", tmp_path / "auth-profiles.json"
    before = {env: b"# kept\nOTHER=1\n", store: b'{"version": 1, "profiles": {}}\n'}
    for path, data in before.items():
        path.write_bytes(data)
    writers = [started(WRITER, str(tmp_path), str(number)) for number in range(6)]
    (tmp_path / "go").touch()
    said = [writer.communicate(timeout=60)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 6, said
    for number in range(6):
        assert f"KEY_{number}=" in env.read_text()
        assert f'"p{number}"' in store.read_text()
    journal = Journal(tmp_path / "journal")
    assert [receipt.id for receipt in journal.receipts()] == list("654321")
    for _ in range(6):
        undo(journal)
    assert {path: path.read_bytes() for path in before} == before


def test_who_comes_too_late_is_told_and_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    holder = started(HOLDER, str(tmp_path))
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    begun = time.monotonic()
    with pytest.raises(Failure, match="Another change of this installation") as caught, alone(tmp_path, patience=0.1):
        pass
    assert time.monotonic() - begun < 5
    assert caught.value.hint
    holder.send_signal(signal.SIGKILL)
    holder.communicate(timeout=10)
    with alone(tmp_path, patience=5):
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


@pytest.fixture
def commands_last(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "journal")
    changes = SetVariable(tmp_path / ".env", "A", Secret("FAKE")), Run(("systemctl", "--user", "restart", "x"))
    for change in changes:
        apply((change,), journal=journal, home=tmp_path, title="t", now=1, run=lambda *_, **__: Done(0, "", ""))
    return journal


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_receipt_of_commands_only_is_refused(commands_last: Journal, tmp_path: Path, dry_run: bool) -> None:
    with pytest.raises(Refusal, match="systemctl --user restart x") as caught:
        undo(commands_last, dry_run=dry_run)
    assert caught.value.commands == ("openclaw undo 1",)
    assert (tmp_path / ".env").exists()
    undo(commands_last, "1")
    assert not (tmp_path / ".env").exists()
    with pytest.raises(Refusal) as caught:
        undo(commands_last)
    assert caught.value.commands == ()
