"""The lock: taking, waiting, taking over, losing and giving back, in both formats."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.change import lock as module
from openclaw.change import lockformats
from openclaw.change.lock import lock
from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.change.lock import Era

ERAS: tuple[Era, ...] = ("directory", "file")
REPOSITORY = Path(module.__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "auth-profiles.json"
    path.write_text("{}")
    return path


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    found: Era = request.param
    return found


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    yield
    assert [thread.name for thread in threading.enumerate() if thread.name == "lock-heartbeat"] == []
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == handlers


def beside(store: Path) -> Path:
    return store.with_name(store.name + ".lock")


def aged(path: Path, seconds: float) -> Path:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))
    return path


def directory_lock(store: Path, age: float = 0) -> Path:
    beside(store).mkdir()
    return aged(beside(store), age)


def file_lock(store: Path, pid: int, age: float = 0, **more: object) -> Path:
    created = (datetime.now(UTC) - timedelta(seconds=age)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    beside(store).write_text(json.dumps({"pid": pid, "createdAt": created, **more}))
    return beside(store)


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def run(command: str) -> None:
    """A command that the program tells people to use."""
    subprocess.run(["sh", "-c", command], check=True)


class TestTaking:
    def test_a_directory_while_held_and_nothing_after(self, store: Path) -> None:
        with lock(store) as held:
            assert held.path == beside(store)
            assert held.path.is_dir()
            assert list(held.path.iterdir()) == []
            assert abs(held.path.stat().st_mtime - time.time()) < 1
            assert (held.held, held.compromised) == (True, False)
            held.check()
        assert not beside(store).exists()
        assert (held.held, held.compromised) == (False, False)
        with pytest.raises(Failure):
            held.check()

    def test_a_file_with_the_members_that_openclaw_reads(self, store: Path) -> None:
        with lock(store, era="file") as held:
            content = json.loads(held.path.read_text())
            assert content["pid"] == os.getpid()
            assert content["createdAt"].endswith("Z")
            age = datetime.now(UTC) - datetime.fromisoformat(content["createdAt"])
            assert timedelta(seconds=-1) < age < timedelta(seconds=5)
            if sys.platform == "linux":
                assert content["starttime"] == content["startTime"] == lockformats.start_time(os.getpid())
            assert not held.compromised
        assert not beside(store).exists()

    def test_nothing_happens_before_it_is_entered(self, store: Path, era: Era) -> None:
        lock(store, era=era)
        assert [path.name for path in store.parent.iterdir()] == [store.name]

    def test_it_can_be_taken_again(self, store: Path, era: Era) -> None:
        taken = lock(store, era=era)
        for _ in range(3):
            with taken:
                taken.check()
            assert not beside(store).exists()

    def test_it_is_given_back_after_an_exception(self, store: Path, era: Era) -> None:
        with pytest.raises(ZeroDivisionError), lock(store, era=era):
            _ = 1 / 0
        assert not beside(store).exists()

    def test_a_store_that_does_not_exist_yet(self, tmp_path: Path, era: Era) -> None:
        with lock(tmp_path / "new.json", era=era) as held:
            assert held.path == tmp_path / "new.json.lock"

    def test_a_linked_store(self, store: Path, tmp_path: Path) -> None:
        """Old: beside the real file. New: beside the name, in the real directory."""
        (tmp_path / "real").mkdir()
        (tmp_path / "way").symlink_to("real")
        (tmp_path / "real" / "link.json").symlink_to(store)
        with lock(tmp_path / "way" / "link.json") as held:
            assert held.path == beside(store)
            assert beside(store).is_dir()
        with lock(tmp_path / "way" / "link.json", era="file") as held:
            assert held.path == tmp_path / "real" / "link.json.lock"

    def test_links_in_a_loop(self, tmp_path: Path) -> None:
        (tmp_path / "a").symlink_to("b")
        (tmp_path / "b").symlink_to("a")
        with pytest.raises(Failure):
            lock(tmp_path / "a")

    def test_without_a_directory_it_fails_at_once(self, tmp_path: Path, era: Era) -> None:
        with (
            pytest.raises(Failure, match="could not be locked: No such file or directory"),
            lock(tmp_path / "x" / "y", era=era),
        ):
            pytest.fail("entered")

    def test_two_threads_exclude_each_other(self, store: Path, era: Era, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "FIRST_WAIT", 0.001)
        inside, most = 0, 0

        def work() -> None:
            nonlocal inside, most
            for _ in range(10):
                with lock(store, era=era):
                    inside += 1
                    most = max(most, inside)
                    time.sleep(0.001)
                    inside -= 1

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most == 1


class TestWaiting:
    def test_a_live_lock_is_waited_for(self, store: Path, era: Era) -> None:
        path = directory_lock(store) if era == "directory" else file_lock(store, os.getpid())
        timer = threading.Timer(0.25, path.rmdir if era == "directory" else path.unlink)
        timer.start()
        started = time.monotonic()
        with lock(store, era=era, timeout=5):
            assert time.monotonic() - started >= 0.25
        timer.join()

    @pytest.mark.parametrize("theirs", ERAS)
    def test_the_time_out_says_who_and_what_to_do(self, store: Path, era: Era, theirs: Era) -> None:
        path = directory_lock(store) if theirs == "directory" else file_lock(store, os.getpid())
        with pytest.raises(Failure, match=r"not released within 0\.2 s") as caught, lock(store, era=era, timeout=0.2):
            pytest.fail("entered")
        assert caught.value.path == path
        assert (f"by process {os.getpid()}" in caught.value.message) == (theirs == "file")
        assert "OpenClaw holds it while refreshing a token" in caught.value.hint
        assert caught.value.commands == ()
        assert path.exists()

    def test_a_time_out_of_zero_tries_once(self, store: Path) -> None:
        with lock(store, timeout=0):
            pass
        directory_lock(store)
        with pytest.raises(Failure), lock(store, timeout=0):
            pytest.fail("entered")

    def test_waits_grow_to_a_limit_and_end_with_the_time_out(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now, slept = 0.0, []

        def sleep(seconds: float) -> None:
            nonlocal now
            now += seconds
            slept.append(seconds)
            os.utime(beside(store))

        directory_lock(store)
        monkeypatch.setattr(time, "sleep", sleep)
        monkeypatch.setattr(time, "monotonic", lambda: now)
        with pytest.raises(Failure), lock(store):
            pytest.fail("entered")
        assert sum(slept) == pytest.approx(50)
        assert max(slept) == 10
        assert 0.1 <= slept[0] <= 0.2
        assert all(0.1 * 2**i <= wait <= 0.2 * 2**i for i, wait in enumerate(slept[:6]))

    def test_a_lock_from_the_future_is_explained(self, store: Path) -> None:
        directory_lock(store, age=-3600)
        with pytest.raises(Failure) as caught, lock(store, timeout=0):
            pytest.fail("entered")
        assert "dated in the future" in caught.value.hint
        run(caught.value.commands[0])
        with lock(store, timeout=0):
            pass


class TestTakingOver:
    def test_an_abandoned_directory(self, store: Path) -> None:
        directory_lock(store, age=31)
        with lock(store, timeout=0) as held:
            assert held.path.stat().st_mtime > time.time() - 5
        assert not beside(store).exists()

    def test_not_before_its_time(self, store: Path) -> None:
        directory_lock(store, age=29)
        with pytest.raises(Failure), lock(store, timeout=0):
            pytest.fail("entered")
        assert beside(store).is_dir()

    def test_it_becomes_stale_while_we_wait(self, store: Path) -> None:
        directory_lock(store, age=29.7)
        with lock(store, timeout=5) as held:
            held.check()

    def test_what_is_in_the_directory_is_not_destroyed(self, store: Path) -> None:
        (directory_lock(store) / "theirs").touch()
        aged(beside(store), 100)
        with pytest.raises(Failure, match="not empty") as caught, lock(store, timeout=0):
            pytest.fail("entered")
        assert "has files in it" in caught.value.hint
        assert (beside(store) / "theirs").exists()

    def test_a_file_of_a_dead_process(self, store: Path) -> None:
        file_lock(store, dead_pid())
        with lock(store, era="file", timeout=0) as held:
            assert json.loads(held.path.read_text())["pid"] == os.getpid()

    def test_a_faster_waiter_keeps_its_lock(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is looked at again right before it is removed: here somebody was faster than that second look."""
        directory_lock(store, age=100)

        def is_there(path: Path, expected: lockformats.Stamp) -> bool:
            path.rmdir()
            directory_lock(store)
            monkeypatch.undo()
            return lockformats.is_there(path, expected)

        monkeypatch.setattr(lockformats, "is_there", is_there)
        with pytest.raises(Failure, match="not released"), lock(store, timeout=0):
            pytest.fail("entered")
        assert beside(store).is_dir()

    def test_files_are_taken_over_under_openclaws_guard(self, store: Path) -> None:
        path = file_lock(store, dead_pid())
        lockformats.guard(path).mkdir()
        with pytest.raises(Failure, match="not released"), lock(store, era="file", timeout=0):
            pytest.fail("entered")
        path.unlink()
        with pytest.raises(Failure) as caught, lock(store, era="file", timeout=0):
            pytest.fail("entered")
        assert "clearing an abandoned lock" in caught.value.hint
        run(caught.value.commands[0])
        with lock(store, era="file", timeout=0):
            assert not lockformats.guard(path).exists()

    def test_it_vanishes_while_we_look(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        directory_lock(store)

        def look(path: Path) -> os.stat_result | None:
            path.rmdir()
            monkeypatch.undo()
            return None

        monkeypatch.setattr(module, "look", look)
        with lock(store, timeout=0) as held:
            held.check()


class TestTheOtherFormat:
    def test_an_abandoned_file_is_named_and_not_removed(self, store: Path) -> None:
        path = file_lock(store, dead_pid())
        with pytest.raises(Failure, match=r"2026\.6 or later") as caught, lock(store, timeout=0):
            pytest.fail("entered")
        assert caught.value.commands == (f"rm {path}",)
        assert path.is_file()
        run(caught.value.commands[0])
        with lock(store, timeout=0):
            pass

    def test_an_abandoned_directory_is_named_and_not_removed(self, tmp_path: Path) -> None:
        store = tmp_path / "it's a store.json"
        path = directory_lock(store, age=31)
        with pytest.raises(Failure, match=r"older than 2026\.6") as caught, lock(store, era="file", timeout=0):
            pytest.fail("entered")
        assert caught.value.commands[0].startswith("rmdir '")
        assert path.is_dir()
        run(caught.value.commands[0])
        with lock(store, era="file", timeout=0):
            pass

    @pytest.mark.parametrize(
        ("content", "age", "stale"),
        [
            ("", 0, False),  # a live writer between creating and writing
            ("", 31, True),
            ("{", 31, True),
            ('{"pid": 0}', 0, False),
            ('{"pid": 0}', 31, True),
            ('{"pid": "1"}', 31, True),
            ("[" * 100_000, 0, False),
            ('{"pid": 1}', 31, False),  # it lives: a token may be refreshed for longer than this
            ('{"pid": 1, "starttime": -5}', 0, sys.platform == "linux"),
            ('{"pid": 1, "startTime": -5}', 0, sys.platform == "linux"),
            ('{"pid": 99999999999999999999}', 0, True),
        ],
    )
    def test_staleness_as_openclaw_decides_it(self, store: Path, content: str, age: float, stale: bool) -> None:
        beside(store).write_text(content)
        aged(beside(store), age)
        with pytest.raises(Failure) as caught, lock(store, timeout=0):
            pytest.fail("entered")
        assert ("abandoned" in caught.value.message) == stale

    def test_an_ended_process_that_nobody_reaped_is_dead(self) -> None:
        child = subprocess.Popen([sys.executable, "-c", ""])
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert lockformats.alive(child.pid) == (sys.platform != "linux")
        child.wait()
        assert not lockformats.alive(child.pid)
        assert lockformats.alive(os.getpid())

    def test_something_else_in_its_place(self, store: Path, era: Era) -> None:
        beside(store).symlink_to("elsewhere")
        with pytest.raises(Failure, match="not a lock") as caught, lock(store, era=era, timeout=0):
            pytest.fail("entered")
        run(f"{caught.value.commands[0]} >/dev/null")
        assert beside(store).is_symlink()


class TestLosing:
    def test_a_lock_that_somebody_took_over_is_left_alone(self, store: Path) -> None:
        with lock(store) as held:
            beside(store).rmdir()
            directory_lock(store, age=1)
            assert held.compromised
            with pytest.raises(Failure, match="nothing was written"):
                held.check()
        assert beside(store).is_dir()
        assert held.compromised

    def test_a_file_that_somebody_took_over_is_left_alone(self, store: Path) -> None:
        with lock(store, era="file") as held:
            beside(store).unlink()
            file_lock(store, os.getppid())
            assert held.compromised
        assert json.loads(beside(store).read_text())["pid"] == os.getppid()

    def test_a_lock_that_is_gone(self, store: Path, era: Era) -> None:
        with lock(store, era=era) as held:
            beside(store).rmdir() if era == "directory" else beside(store).unlink()
            assert held.compromised
        assert not beside(store).exists()

    def test_once_lost_it_stays_lost(self, store: Path) -> None:
        with lock(store) as held:
            before = beside(store).stat()
            aged(beside(store), 5)
            first = held.compromised
            os.utime(beside(store), ns=(before.st_mtime_ns, before.st_mtime_ns))
            assert (first, held.compromised) == (True, True)
        with held:
            third = held.compromised
        assert not third

    def test_the_heart_keeps_it_fresh(self, store: Path) -> None:
        with lock(store, stale=0.6) as held:
            first = beside(store).stat().st_mtime_ns
            for _ in range(10):
                time.sleep(0.1)
                assert not held.compromised
            assert beside(store).stat().st_mtime_ns > first
        assert not beside(store).exists()

    def test_the_heart_notices_without_being_asked_and_stops(self, store: Path) -> None:
        with lock(store, stale=0.3) as held:
            aged(beside(store), 1)
            wait_until(lambda: held._lost)
            stamp = beside(store).stat().st_mtime_ns
            time.sleep(0.3)
            assert beside(store).stat().st_mtime_ns == stamp
        assert beside(store).is_dir()

    def test_after_a_sleep_of_the_computer_it_is_not_ours(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with lock(store) as held:
            real = time.time
            monkeypatch.setattr(time, "time", lambda: real() + 31)
            assert held.compromised

    def test_a_disk_that_does_not_answer_is_no_reason_to_write(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def look(path: Path) -> None:
            raise OSError(5, "Input/output error")

        with lock(store) as held:
            with monkeypatch.context() as patch:
                patch.setattr(lockformats, "look", look)
                first = held.compromised
            assert (first, held.compromised) == (True, False)
        assert not beside(store).exists()

    def test_a_forked_child_does_not_give_back_the_parents_lock(self, store: Path, era: Era) -> None:
        with lock(store, era=era) as held:
            child = os.fork()
            if child == 0:
                try:
                    held.release()
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
            assert not held.compromised


HOLDER = """
import os, pathlib, signal, sys, time
from openclaw.change import atomic
from openclaw.change.lock import lock

store, era, how = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def hold():
    class Slow:
        def __getattr__(self, name):
            if name == "replace":
                print("held", flush=True)
                time.sleep(30)
            return getattr(os, name)
    if how == "atexit":
        lock(store, era=era).__enter__()
        print("held", flush=True)
        return
    with lock(store, era=era):
        if how == "exit":
            print("held", flush=True)
            sys.exit(3)
        atomic._os = Slow()
        atomic.write(store, b"never seen")

if how == "ignore":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
if how == "handler":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(7))
if how == "swallow":
    try:
        hold()
    except BaseException:
        sys.exit(9)
hold()
"""


class TestSignals:
    @pytest.mark.parametrize(
        ("number", "how", "code"),
        [
            (signal.SIGTERM, "default", -signal.SIGTERM),
            (signal.SIGHUP, "default", -signal.SIGHUP),
            (signal.SIGINT, "default", -signal.SIGINT),
            (signal.SIGTERM, "handler", 7),
            (signal.SIGTERM, "swallow", -signal.SIGTERM),
            (signal.SIGINT, "swallow", 9),
            (None, "exit", 3),
            (None, "atexit", 0),
        ],
    )
    def test_nothing_is_left_behind(
        self, store: Path, era: Era, number: signal.Signals | None, how: str, code: int
    ) -> None:
        child = holder(store, era, how)
        if number is not None:
            assert beside(store).exists()
            child.send_signal(number)
        assert child.wait(10) == code
        assert [path.name for path in store.parent.iterdir()] == [store.name]
        assert store.read_text() == "{}"

    def test_an_ignored_signal_stays_ignored(self, store: Path) -> None:
        child = holder(store, "directory", "ignore")
        child.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.3)
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == -signal.SIGTERM
        assert not beside(store).exists()

    def test_while_waiting_for_somebody_else(self, store: Path) -> None:
        directory_lock(store)
        with subprocess.Popen(child_argv(store, "directory", "default"), env=child_env()) as child:
            time.sleep(0.4)
            child.send_signal(signal.SIGTERM)
            assert child.wait(10) == -signal.SIGTERM
        assert beside(store).is_dir()

    def test_one_that_arrives_while_the_lock_is_made(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It counts only once the lock is known to be ours, and so is given back."""
        real = Path.mkdir

        def mkdir(path: Path, *args: Any) -> None:
            real(path, *args)
            signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(Path, "mkdir", mkdir)
        with pytest.raises(KeyboardInterrupt), lock(store):
            pytest.fail("entered")
        assert not beside(store).exists()

    def test_nested_locks(self, tmp_path: Path) -> None:
        with pytest.raises(KeyboardInterrupt), lock(tmp_path / "a"), lock(tmp_path / "b"):
            signal.raise_signal(signal.SIGINT)
        assert list(tmp_path.iterdir()) == []


def child_argv(store: Path, era: Era, how: str) -> list[str]:
    return [sys.executable, "-c", HOLDER, str(store), era, how]


def child_env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def holder(store: Path, era: Era, how: str) -> subprocess.Popen[bytes]:
    """A process that holds the lock, in the middle of a write (but for the ways that end by themselves)."""
    child = subprocess.Popen(
        child_argv(store, era, how), env=child_env(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    child.stdout.close()
    return child


def wait_until(condition: Any) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
