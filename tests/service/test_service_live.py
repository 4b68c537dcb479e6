"""The running process: its variables and its age, and what hangs or hides."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from openclaw.service.live import Live, changed_since, look
from openclaw.service.within import within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "sk-FAKE-EXAMPLE-live-0000000000000000"


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    env = {"OPENAI_API_KEY": KEY, "PATH": os.environ["PATH"]}
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=env) as running:
        time.sleep(0.05)
        yield running
        running.kill()


def test_its_variables_are_secrets_and_its_start_is_exact(process: subprocess.Popen[bytes]) -> None:
    found = look(process.pid)
    assert found.variables is not None
    assert found.variables["OPENAI_API_KEY"].reveal() == KEY
    assert KEY not in repr(found)
    assert found.started is not None
    assert 30 < time.time() * 1000 - found.started < 5000


def test_a_file_written_just_before_the_start_is_not_younger(tmp_path: Path) -> None:
    before = tmp_path / "before"
    for _ in range(5):
        before.write_text("x")
        with subprocess.Popen(["sleep", "5"]) as running:
            found = look(running.pid)
            time.sleep(0.05)
            after = tmp_path / "after"
            after.write_text("x")
            running.kill()
        assert found.started
        sources = (("env file", before), ("unit", after), ("config", tmp_path / "absent"))
        assert [(item.path, item.kind) for item in changed_since(found.started, sources)] == [(after, "unit")]  # type: ignore[arg-type]


def test_a_process_that_is_gone(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    assert look(process.pid) == Live(process.pid, reason=f"process {process.pid} is gone")


def test_a_process_of_another_user() -> None:
    class Theirs:
        def __init__(self, pid: int) -> None:
            self.pid = pid

        def name(self) -> str:
            return "node"

        def create_time(self) -> float:
            return 1.5

        def environ(self) -> dict[str, str]:
            raise psutil.AccessDenied(self.pid)

    found = look(4, process=Theirs)
    assert (found.name, found.started, found.variables) == ("node", 1500, None)
    assert found.reason == "the variables of process 4 may not be read by this user"


def test_a_process_table_that_hangs_costs_its_deadline() -> None:
    def hanging(pid: int) -> None:
        time.sleep(30)

    started = time.monotonic()
    assert look(4, seconds=0.1, process=hanging).reason == "the process table gave no answer in 0.1 s"
    assert time.monotonic() - started < 2


def test_within_hands_on_results_and_errors() -> None:
    assert within(1, lambda: 5, "it") == 5
    with pytest.raises(ZeroDivisionError):
        within(1, lambda: 1 / 0, "it")
