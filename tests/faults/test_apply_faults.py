"""Applying and undoing when things go wrong: every step fails, every step is killed, disks fill up."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import signal
import stat
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.change import atomic, directories, transaction
from openclaw.change.apply import apply
from openclaw.change.journal import Journal
from openclaw.change.plan import Chmod, Plan, RemoveFile, Run, SetKey, SetVariable, WriteFile
from openclaw.change.undo import undo
from openclaw.errors import Failure
from openclaw.proc import Done
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openclaw.change.journal import Receipt

KEY = Secret("sk-ant-FAKE-" + "k" * 60)
NOBODY = 65534
AGAIN = 7  # the way there and back is tried again after every so many faults: it costs time
Tree = dict[str, tuple[int, bytes | None]]


class Faulty:
    """The module `os`; `at(n, name)` is called before the n-th call, and may raise."""

    def __init__(self, at: Callable[[int], None]) -> None:
        self.at = at
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if not callable(real):
            return real

        def call(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            try:
                self.at(len(self.calls) - 1)
            except OSError:
                if name == "close":  # a failing close closes, as the kernel does
                    real(*args, **options)
                raise
            return real(*args, **options)

        return call


class World:
    """A home with files of every kind, a plan that changes all of them, and a journal."""

    def __init__(self, base: Path) -> None:
        self.state = base / "home" / ".openclaw"
        self.journal = Journal(base / "journal")
        self.state.mkdir(parents=True)
        self.state.chmod(0o755)
        self.put("openclaw.json", '{\n  // mine\n  "a": 1\n}\n', 0o644)
        self.put("auth-profiles.json", '{"profiles": {"mine": {"key": "sk-FAKE-old"}}}', 0o600)
        self.put("old.service", "[Unit]\n", 0o640)
        self.before = self.tree()

    def put(self, name: str, content: str, mode: int) -> None:
        (self.state / name).write_text(content)
        (self.state / name).chmod(mode)

    def plan(self) -> Plan:
        return (
            SetKey(self.state / "openclaw.json", ("token",), KEY),
            SetKey(self.state / "auth-profiles.json", ("profiles", "new"), {"key": KEY}, locked=True),
            SetKey(self.state / "agents" / "a" / "auth-profiles.json", ("profiles", "new"), {"key": KEY}, locked=True),
            SetVariable(self.state / ".env", "A_KEY", KEY),
            Chmod(self.state, 0o700),
            Run(("systemctl", "--user", "disable", "old")),
            RemoveFile(self.state / "old.service"),
        )

    def apply(self) -> Receipt:
        home = self.state.parent
        return apply(
            self.plan(), journal=self.journal, home=home, title="t", now=1, run=lambda *_, **__: Done(0, "", "")
        )

    def tree(self) -> Tree:
        return {
            str(path.relative_to(self.state.parent)): (
                stat.S_IMODE(path.lstat().st_mode),
                path.read_bytes() if path.is_file() else None,
            )
            for path in sorted(self.state.parent.rglob("*"))
        }

    def leftovers(self) -> list[str]:
        return [name for name in self.tree() if atomic.LEFTOVER in name or name.endswith(".lock")]

    def check_every_file_is_old_or_new(self, after: Tree) -> None:
        now = self.tree()
        for name, (_, content) in now.items():
            if atomic.LEFTOVER not in name and not name.endswith(".lock"):
                assert content in [known[name][1] for known in (self.before, after) if name in known], name
        assert [name for name in self.before if name not in now and name in after] == []


@pytest.fixture
def fast(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory, where there is one: thousands of fsyncs take long on a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    directory = Path(tempfile.mkdtemp(prefix="apply-", dir=memory))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tree, int, int]:
    """What an undisturbed apply makes of the world, and how many calls it and its undo take."""
    world = World(tmp_path_factory.mktemp("reference"))
    recorder = Faulty(lambda _: None)
    with disturbed(recorder):
        world.apply()
    after, count = world.tree(), len(recorder.calls)
    assert after != world.before
    assert {"open", "write", "fsync", "replace", "mkdir", "chmod", "unlink"} <= set(recorder.calls)
    with disturbed(recorder):
        undo(world.journal)
    assert world.tree() == world.before
    return after, count, len(recorder.calls) - count


def disturbed(faulty: Faulty) -> Any:
    patch = pytest.MonkeyPatch()
    for module in (atomic, directories, transaction):
        patch.setattr(module, "_os", faulty)

    class Patched:
        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None:
            patch.undo()

    return Patched()


def failing(step: int, number: int, *, for_ever: bool = False) -> Faulty:
    def at(now: int) -> None:
        if now == step or (for_ever and now > step):
            raise OSError(number, os.strerror(number))

    return Faulty(at)


def attempt(faulty: Faulty, action: Callable[[], object]) -> Failure | None:
    with disturbed(faulty):
        try:
            action()
        except Failure as failure:
            return failure
    return None


def test_every_call_of_apply_fails_once(fast: Path, reference: tuple[Tree, int, int]) -> None:
    after, count, _ = reference
    numbers = (errno.ENOSPC, errno.EIO, errno.EACCES)
    failures = 0
    for step in range(count):
        world = World(fast / str(step))
        failure = attempt(failing(step, numbers[step % 3]), world.apply)
        assert world.leftovers() == []
        if failure is None:
            assert world.tree() == after
            assert world.journal.receipts()[0].state == "done"
        else:
            failures += 1
            assert KEY.reveal() not in f"{failure} {failure.hint}"
            assert world.tree() == world.before, (step, failure)
            assert world.journal.receipts() == ()
        if step % AGAIN == 0:
            if failure is not None:
                world.apply()  # nothing of it is in anybody's way
            assert world.tree() == after
            undo(world.journal)
            assert world.tree() == world.before
    assert failures > count // 2


def test_every_call_of_apply_and_all_that_follow_fail(fast: Path, reference: tuple[Tree, int, int]) -> None:
    """Nothing can be put back then; when the disk is well again, undo does it."""
    after, count, _ = reference
    half_done = 0
    for step in range(0, count, 2):
        world = World(fast / str(step))
        assert attempt(failing(step, errno.EIO, for_ever=True), world.apply) or world.tree() == after
        world.check_every_file_is_old_or_new(after)
        assert not any(name.endswith(".lock") for name in world.tree())
        if world.journal.receipts():
            half_done += 1
            undo(world.journal)
        assert without_leftovers(world) == without_modes_of_state(world.before)
    assert half_done > count // 16


def files(tree: Tree) -> Tree:
    return {name: entry for name, entry in tree.items() if entry[1] is not None}


def without_leftovers(world: World) -> Tree:
    return without_modes_of_state({name: entry for name, entry in world.tree().items() if atomic.LEFTOVER not in name})


def without_modes_of_state(tree: Tree) -> Tree:
    return {name: entry for name, entry in tree.items() if entry[1] is not None or name != ".openclaw"}


def test_every_call_of_undo_fails_once(fast: Path, reference: tuple[Tree, int, int]) -> None:
    after, _, count = reference
    for step in range(count):
        world = World(fast / str(step))
        world.apply()
        failure = attempt(failing(step, errno.EIO), partial(undo, world.journal))
        assert world.leftovers() == []
        if failure is not None:
            assert files(world.tree()) in (files(after), files(world.before)), (step, failure)
            if world.journal.receipts()[0].state != "undone":
                undo(world.journal)
        assert world.tree() == world.before


def killed_at(step: int, action: Callable[[], object]) -> None:
    def at(now: int) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            disturbed(Faulty(at))
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


def abandon_locks(world: World) -> None:
    """As if the time after which a lock counts as abandoned had passed."""
    for path in world.state.rglob("*.lock"):
        os.utime(path, (1, 1))


def test_apply_is_killed_at_every_call(fast: Path, reference: tuple[Tree, int, int]) -> None:
    after, count, _ = reference
    undone = 0
    for step in range(count):
        world = World(fast / str(step))
        killed_at(step, world.apply)
        world.check_every_file_is_old_or_new(after)
        abandon_locks(world)
        receipts = world.journal.receipts()
        assert len(receipts) <= 1
        if receipts:
            undone += 1
            undo(world.journal)
            assert world.journal.receipts()[0].state == "undone"
        assert world.tree() == world.before, step
        if step % AGAIN == 0:
            world.apply()
            assert world.tree() == after
    assert undone > count // 2


def test_undo_is_killed_at_every_call(fast: Path, reference: tuple[Tree, int, int]) -> None:
    after, _, count = reference
    for step in range(count):
        world = World(fast / str(step))
        world.apply()
        killed_at(step, partial(undo, world.journal))
        world.check_every_file_is_old_or_new(after)
        abandon_locks(world)
        if world.journal.receipts()[0].state == "done":
            undo(world.journal)
        assert without_leftovers(world) == without_modes_of_state(world.before), step


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


def test_a_full_disk_under_the_installation(small_disk: Path, tmp_path: Path) -> None:
    world = World(small_disk)
    world.journal = Journal(tmp_path / "journal")
    plan = (*world.plan()[:4], WriteFile(world.state / "big", b"x" * 100_000))
    with pytest.raises(Failure, match="no space left"):
        apply(plan, journal=world.journal, home=world.state.parent, title="t", now=1)
    assert world.tree() == world.before
    assert world.journal.receipts() == ()


def test_a_full_disk_under_the_journal(small_disk: Path, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.journal = Journal(small_disk / "journal")
    world.put("big", "x" * 100_000, 0o600)
    before = world.tree()
    plan = (*world.plan()[:4], RemoveFile(world.state / "big"))
    with pytest.raises(Failure, match="no space left"):
        apply(plan, journal=world.journal, home=world.state.parent, title="t", now=1)
    assert world.tree() == before
    assert world.journal.receipts() == ()
    world.apply()  # what was half written is gone again
    assert len(world.journal.receipts()) == 1


def test_a_read_only_directory_in_the_middle_of_a_plan() -> None:
    """In a child of another user, because modes do not stop root."""
    base = Path(tempfile.mkdtemp(prefix="apply-")).resolve()
    try:
        world = World(base)
        locked_up = world.state / "locked-up"
        locked_up.mkdir()
        (locked_up / "s.json").write_text("{}")
        for path in (base, *base.rglob("*")):
            if os.geteuid() == 0:
                os.chown(path, NOBODY, NOBODY)
        locked_up.chmod(0o500)
        before = world.tree()
        plan = (*world.plan()[:4], SetVariable(locked_up / "new.env", "A", KEY))
        message, after, receipts = in_a_child_of_nobody(world, plan)
        assert message == "The file was not written: permission denied."
        assert after == before
        assert receipts == 0
        plan = (*world.plan()[:4], SetKey(locked_up / "s.json", ("a",), 1, locked=True))
        message, after, receipts = in_a_child_of_nobody(world, plan)
        assert message == "The store could not be locked: Permission denied."
        assert after == before
        assert receipts == 0
    finally:
        shutil.rmtree(base)


def in_a_child_of_nobody(world: World, plan: Plan) -> tuple[str, Tree, int]:
    undone = World.tree(world)  # imports and reads what that user may be unable to
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        answer: object = ("nothing failed", undone, -1)
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            apply(plan, journal=world.journal, home=world.state.parent, title="t", now=1)
        except Failure as failure:
            answer = (failure.message, world.tree(), len(world.journal.receipts()))
        finally:
            os.write(writing, pickle.dumps(answer))
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        result: tuple[str, Tree, int] = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    return result
