"""Atomic files when things go wrong: every step fails once, every step is killed once, disks fill up."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.change import atomic
from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD, NEW = b"old " * 1000, b"new " * 2000
NOBODY = 65534
REPOSITORY = Path(atomic.__file__).parents[2]


class Faulty:
    """The module `os`, whose n-th call fails. A failing `close` closes, as the kernel does."""

    def __init__(self, fail_at: int, number: int) -> None:
        self.fail_at = fail_at
        self.number = number
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if not callable(real):
            return real

        def call(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            if len(self.calls) - 1 != self.fail_at:
                return real(*args, **options)
            if name == "close":
                real(*args, **options)
            raise OSError(self.number, os.strerror(self.number))

        return call


def steps(path: Path) -> list[str]:
    """The calls that one undisturbed write makes."""
    recorder = Faulty(-1, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic, "_os", recorder)
        atomic.write(path, NEW)
    return recorder.calls


def leftovers(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if atomic.LEFTOVER in path.name]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("exists", [True, False])
def test_every_call_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, exists: bool) -> None:
    def place(name: str) -> Path:
        path = tmp_path / name / "agents" / "store.json"
        if exists:
            path.parent.mkdir(parents=True)
            path.write_bytes(OLD)
            path.chmod(0o640)
        return path

    calls = steps(place("dry"))
    assert {"open", "write", "fsync", "fchmod", "replace"} <= set(calls)
    failures: list[Failure] = []
    for step, name in enumerate(calls):
        path = place(f"{step}-{name}")
        with monkeypatch.context() as patch:
            patch.setattr(atomic, "_os", Faulty(step, number))
            failure = failure_of_writing(path)
        replaced = failure is None or "was written" in failure.message
        failures += [failure] if failure else []
        now = path.read_bytes() if path.exists() else None
        assert now == (NEW if replaced else OLD if exists else None), name
        if now is not None:
            assert stat.S_IMODE(path.stat().st_mode) == (0o600 if now == NEW else 0o640)
        assert leftovers(tmp_path) == []
    assert len(failures) > len(calls) // 2
    assert all(failure.path and failure.path.name == "store.json" for failure in failures)


def failure_of_writing(path: Path) -> Failure | None:
    try:
        atomic.write(path, NEW)
    except Failure as failure:
        return failure
    return None


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    path = tmp_path / "store.json"
    path.write_bytes(OLD)

    class Interrupting(Faulty):
        def __getattr__(self, name: str) -> Any:
            if name == "fsync":
                raise error
            return super().__getattr__(name)

    monkeypatch.setattr(atomic, "_os", Interrupting(-1, 0))
    with pytest.raises(error):
        atomic.write(path, NEW)
    assert path.read_bytes() == OLD
    assert leftovers(tmp_path) == []


KILLED = """
import os, pathlib, signal, sys
from openclaw.change import atomic

class Deadly:
    left = int(os.environ["DIE_AT"])
    def __getattr__(self, name):
        real = getattr(os, name)
        def call(*args, **options):
            Deadly.left -= 1
            if Deadly.left == -1 and os.environ["WHEN"] == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*args, **options)
            if Deadly.left == -1:
                os.kill(os.getpid(), signal.SIGKILL)
            return result
        return call if callable(real) else real

atomic._os = Deadly()
atomic.write(pathlib.Path(sys.argv[1]), sys.stdin.buffer.read())
"""


def test_killed_at_every_step(tmp_path: Path) -> None:
    dry = tmp_path / "dry" / "store.json"
    dry.parent.mkdir()
    dry.write_bytes(OLD)
    calls = steps(dry)
    results = set()
    for step, name in enumerate(calls):
        path = tmp_path / f"{step}-{name}" / "store.json"
        path.parent.mkdir()
        path.write_bytes(OLD)
        path.chmod(0o600)
        when = "before" if step % 2 else "after"
        env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "DIE_AT": str(step), "WHEN": when}
        child = subprocess.run([sys.executable, "-c", KILLED, path], input=NEW, env=env, timeout=20)
        assert child.returncode == -signal.SIGKILL, name
        assert path.read_bytes() in (OLD, NEW)
        results.add(path.read_bytes())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        others = [other for other in path.parent.iterdir() if other != path]
        assert others == leftovers(path.parent)
        assert all(stat.S_IMODE(other.stat().st_mode) == 0o600 for other in others)
        atomic.write(path, NEW)  # what a crash leaves behind is in nobody's way
        assert path.read_bytes() == NEW
    assert results == {OLD, NEW}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("needs root and mount, for a small file system")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_keeps_the_old_file(small_disk: Path) -> None:
    path = small_disk / "store.json"
    atomic.write(path, OLD)
    with pytest.raises(Failure, match="no space left on the device") as caught:
        atomic.write(path, b"x" * 100_000)
    assert caught.value.commands == (f"df -h {small_disk}",)
    subprocess.run(["sh", "-c", caught.value.commands[0]], check=True, stdout=subprocess.DEVNULL)
    assert path.read_bytes() == OLD
    assert list(small_disk.iterdir()) == [path]
    atomic.write(path, NEW)
    assert path.read_bytes() == NEW


def test_a_read_only_file_system_keeps_the_old_file(small_disk: Path) -> None:
    path = small_disk / "store.json"
    atomic.write(path, OLD)
    if subprocess.run(["mount", "-o", "remount,ro", small_disk], capture_output=True).returncode:
        pytest.skip("remounting is not allowed here")
    with pytest.raises(Failure, match="the file system is read-only"):
        atomic.write(path, NEW)
    with pytest.raises(Failure, match="not removed: the file system is read-only"):
        atomic.remove(path)
    assert path.read_bytes() == OLD


def test_a_single_file_mounted_by_a_container_is_explained(small_disk: Path, tmp_path: Path) -> None:
    (small_disk / "source").write_bytes(OLD)
    path = tmp_path / "openclaw.json"
    path.touch()
    if subprocess.run(["mount", "--bind", small_disk / "source", path], capture_output=True).returncode:
        pytest.skip("bind mounts are not allowed here")
    try:
        with pytest.raises(Failure, match="mount point") as caught:
            atomic.write(path, NEW)
        assert "Mount its directory" in caught.value.hint
        assert path.read_bytes() == OLD
        assert leftovers(tmp_path) == []
    finally:
        subprocess.run(["umount", path], check=True)


def test_a_read_only_directory_keeps_the_old_file() -> None:
    """In a child of another user, because modes do not stop root."""
    directory = Path(tempfile.mkdtemp(prefix="atomic-")).resolve()
    try:
        path = directory / "store.json"
        path.write_bytes(OLD)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
            os.chown(directory, NOBODY, NOBODY)
        directory.chmod(0o500)
        message, commands = in_a_child_of_nobody(path)
        assert message == "The file was not written: permission denied."
        assert commands == (f"chmod u+rwx {directory}",)
        directory.chmod(0o700)
        assert path.read_bytes() == OLD
        assert list(directory.iterdir()) == [path]
    finally:
        shutil.rmtree(directory)


def in_a_child_of_nobody(path: Path) -> tuple[str, tuple[str, ...]]:
    import shlex  # noqa: F401 - imported late by the product, and perhaps out of reach for that user

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        answer: object = None
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            atomic.write(path, NEW)
        except Failure as failure:
            answer = (failure.message, failure.commands)
        finally:
            os.write(writing, pickle.dumps(answer))
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        message, commands = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    return message, commands
