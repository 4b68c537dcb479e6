"""Atomic files: contents, modes, owners, links, and what is refused."""

from __future__ import annotations

import errno
import importlib
import os
import pickle
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.change import atomic
from openclaw.errors import Failure, Refusal, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD, NEW = b'{"old": true}\n', b'{"new": true}\n'
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to make files of another user")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def leftovers(directory: Path) -> list[str]:
    return [path.name for path in directory.rglob("*") if atomic.LEFTOVER in path.name]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A directory that every user may enter: pytest's own is root's alone."""
    directory = Path(tempfile.mkdtemp(prefix="atomic-")).resolve()
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def as_user(uid: int, action: Callable[[], object]) -> Any:
    """Runs `action` in a child process of that user; its result, or the exception that it raised."""
    importlib.import_module("shlex")  # what is imported late may be out of that user's reach
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            result: object = action()
        except Failure as failure:
            result = (type(failure).__name__, failure.message, failure.commands)
        except BaseException as error:
            result = repr(error)
        os.write(writing, pickle.dumps(result))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    return answer


def test_a_new_file_is_private_and_so_are_its_directories(tmp_path: Path) -> None:
    path = tmp_path / "agents" / "main" / "agent" / "auth-profiles.json"
    atomic.write(path, NEW)
    assert path.read_bytes() == NEW
    assert mode_of(path) == 0o600
    assert [mode_of(parent) for parent in list(path.parents)[:3]] == [0o700] * 3
    assert leftovers(tmp_path) == []


def test_an_existing_directory_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    atomic.write(tmp_path / "open" / "new" / "file", NEW, parents_mode=0o750)
    assert mode_of(tmp_path / "open") == 0o755
    assert mode_of(tmp_path / "open" / "new") == 0o750


@pytest.mark.parametrize(
    ("existing", "wanted", "final"),
    [
        (0o644, 0o600, 0o600),
        (0o600, 0o644, 0o600),
        (0o400, 0o600, 0o600),  # the owner's rights are those asked for: a store has to be writable for the gateway
        (0o400, 0o400, 0o400),
        (0o640, 0o644, 0o640),
        (0o777, 0o600, 0o600),
    ],
)
def test_group_and_others_only_lose_rights(tmp_path: Path, existing: int, wanted: int, final: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    path.chmod(existing)
    atomic.write(path, NEW, mode=wanted)
    assert path.read_bytes() == NEW
    assert mode_of(path) == final


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_mode_does_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        atomic.write(tmp_path / "private", NEW)
        atomic.write(tmp_path / "public", NEW, mode=0o644)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "private") == 0o600
    assert mode_of(tmp_path / "public") == 0o644


@given(data=st.binary(max_size=300))
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("round") / "file"
    atomic.write(path, data)
    assert atomic.read(path) == data


def test_the_temporary_file_is_beside_the_real_one_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int]] = []

    def replace(source: Path, target: Path) -> None:
        seen.append((source.name, mode_of(source), os.lstat(source).st_size))
        assert source.parent == target.parent
        source.replace(target)

    monkeypatch.setattr(atomic, "_os", Instead(replace=replace))
    atomic.write(tmp_path / "file", NEW)
    atomic.write(tmp_path / "file", NEW)
    (first, mode, size), (second, _, _) = seen
    assert first.startswith(".file.openclaw-onboard-")
    assert first != second
    assert (mode, size) == (0o600, len(NEW))


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "_os", Instead(write=lambda handle, data: os.write(handle, data[:3])))
    atomic.write(tmp_path / "file", NEW)
    assert (tmp_path / "file").read_bytes() == NEW


class TestLinks:
    def test_a_link_stays_and_its_file_is_replaced(self, tmp_path: Path) -> None:
        real = tmp_path / "dotfiles" / "store.json"
        atomic.write(real, OLD)
        (tmp_path / "middle").symlink_to("dotfiles/store.json")
        (tmp_path / "link").symlink_to(tmp_path / "middle")
        atomic.write(tmp_path / "link", NEW)
        assert real.read_bytes() == NEW
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "middle").is_symlink()
        assert leftovers(tmp_path) == []

    def test_a_dangling_link_gets_its_file(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to("real")
        atomic.write(tmp_path / "link", NEW)
        assert (tmp_path / "real").read_bytes() == NEW
        atomic.remove(tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert not (tmp_path / "real").exists()

    def test_a_loop_is_explained(self, tmp_path: Path) -> None:
        (tmp_path / "a").symlink_to("b")
        (tmp_path / "b").symlink_to("a")
        with pytest.raises(Failure, match="too many symbolic links"):
            atomic.write(tmp_path / "a", NEW)

    @as_root
    def test_root_is_not_led_into_a_file_of_its_own_by_somebodys_link(self, tmp_path: Path) -> None:
        victim, link = tmp_path / "shadow", tmp_path / "link"
        victim.write_bytes(OLD)
        link.symlink_to(victim)
        os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
        with pytest.raises(Refusal, match="belongs to uid 0"):
            atomic.write(link, NEW)
        with pytest.raises(Refusal):
            atomic.remove(link)
        assert victim.read_bytes() == OLD

    @as_root
    def test_roots_link_to_a_file_of_another_user_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_bytes(OLD)
        os.chown(tmp_path / "real", NOBODY, NOBODY)
        (tmp_path / "link").symlink_to("real")
        with pytest.raises(Refusal, match=f"uid {NOBODY}"):
            atomic.write(tmp_path / "link", NEW)
        assert (tmp_path / "real").read_bytes() == OLD

    @as_root
    def test_a_users_link_to_the_users_own_file_is_followed_by_root(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_bytes(OLD)
        (tmp_path / "link").symlink_to("real")
        for name in ("real", "link"):
            os.chown(tmp_path / name, NOBODY, NOBODY, follow_symlinks=False)
        atomic.write(tmp_path / "link", NEW)
        assert (tmp_path / "real").read_bytes() == NEW
        assert (tmp_path / "real").stat().st_uid == NOBODY

    @as_root
    def test_a_user_does_not_write_through_a_link_to_a_file_of_root(self, shared: Path) -> None:
        (shared / "real").write_bytes(OLD)
        (shared / "home").mkdir()
        (shared / "home" / "link").symlink_to(shared / "real")
        for name in ("home", "home/link"):
            os.chown(shared / name, NOBODY, NOBODY, follow_symlinks=False)
        kind, message, _ = as_user(NOBODY, lambda: atomic.write(shared / "home" / "link", NEW))
        assert (kind, "uid 0" in message) == ("Refusal", True)
        assert (shared / "real").read_bytes() == OLD


class TestOwners:
    @as_root
    def test_root_keeps_the_owner_of_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "store.json"
        path.write_bytes(OLD)
        os.chown(path, NOBODY, 12345)
        atomic.write(path, NEW)
        assert (path.stat().st_uid, path.stat().st_gid, mode_of(path)) == (NOBODY, 12345, 0o600)

    @as_root
    def test_what_root_makes_belongs_to_the_owner_of_the_directory(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        home.mkdir()
        os.chown(home, NOBODY, 12345)
        atomic.write(home / "state" / "agents" / "store.json", NEW)
        for path in (home / "state", home / "state" / "agents", home / "state" / "agents" / "store.json"):
            assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY, 12345)

    @as_root
    def test_a_file_of_another_user_is_not_made_ours(self, shared: Path) -> None:
        path = shared / "home" / "store file.json"
        path.parent.mkdir()
        path.write_bytes(OLD)
        os.chown(path.parent, NOBODY, NOBODY)
        kind, message, commands = as_user(NOBODY, lambda: atomic.write(path, NEW))
        assert (kind, message) == ("Refusal", "This file belongs to another user (uid 0).")
        assert commands == (f"sudo chown {NOBODY} '{path}'",)
        assert (path.read_bytes(), path.stat().st_uid) == (OLD, 0)
        # what the command does
        subprocess.run(["sh", "-c", commands[0].removeprefix("sudo ")], check=True)
        assert as_user(NOBODY, lambda: atomic.write(path, NEW)) is None
        assert (path.read_bytes(), path.stat().st_uid) == (NEW, NOBODY)

    @as_root
    def test_rights_of_a_group_that_cannot_be_kept_do_not_go_to_ours(self, shared: Path) -> None:
        path = shared / "home" / "file"
        path.parent.mkdir()
        path.write_bytes(OLD)
        path.chmod(0o640)
        os.chown(path.parent, NOBODY, NOBODY)
        os.chown(path, NOBODY, 0)
        assert as_user(NOBODY, lambda: atomic.write(path, NEW, mode=0o640)) is None
        assert (path.read_bytes(), mode_of(path), path.stat().st_gid) == (NEW, 0o600, NOBODY)


class TestRefusals:
    @pytest.mark.parametrize("action", [lambda path: atomic.write(path, NEW), atomic.remove])
    def test_what_is_not_a_file(self, tmp_path: Path, action: Callable[[Path], None]) -> None:
        (tmp_path / "directory").mkdir()
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to("directory")
        for name, what in (("directory", "a directory"), ("pipe", "not a regular file"), ("link", "a directory")):
            with pytest.raises(Refusal, match=what):
                action(tmp_path / name)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["directory", "link", "pipe"]

    def test_a_file_where_a_directory_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(OLD)
        with pytest.raises(Failure, match="a part of its path is a file") as caught:
            atomic.write(tmp_path / "file" / "store.json", NEW)
        assert caught.value.path == tmp_path / "file" / "store.json"
        assert (tmp_path / "file").read_bytes() == OLD


class TestReadAndRemove:
    def test_what_is_absent(self, tmp_path: Path) -> None:
        assert atomic.read(tmp_path / "none") is None
        assert atomic.read(tmp_path / "no" / "where") is None
        atomic.remove(tmp_path / "none")
        atomic.remove(tmp_path / "no" / "where")
        assert list(tmp_path.iterdir()) == []

    def test_removing(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(OLD)
        atomic.remove(tmp_path / "file")
        assert list(tmp_path.iterdir()) == []

    def test_a_large_file(self, tmp_path: Path) -> None:
        data = os.urandom(3_000_000)
        atomic.write(tmp_path / "file", data)
        assert atomic.read(tmp_path / "file") == data

    def test_what_exists_and_is_no_file_is_not_absent(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "file").write_bytes(OLD)
        for path in (tmp_path, tmp_path / "pipe", tmp_path / "file" / "store.json"):
            with pytest.raises(Unreadable) as caught:
                atomic.read(path)
            assert caught.value.path == path

    @as_root
    def test_an_unreadable_file_is_not_absent(self, shared: Path) -> None:
        (shared / "store.json").write_bytes(OLD)
        (shared / "store.json").chmod(0o600)
        kind, message, _ = as_user(NOBODY, lambda: atomic.read(shared / "store.json"))
        assert (kind, message) == ("Unreadable", "The file could not be read: permission denied.")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.ENOSPC, "no space left on the device"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EBUSY, "mount point"),
        (errno.EMLINK, "Too many links"),
    ],
)
def test_failures_say_why_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, text: str
) -> None:
    def replace(source: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic, "_os", Instead(replace=replace))
    path = tmp_path / "file"
    with pytest.raises(Failure, match=f"^The file was not written: .*{text}") as caught:
        atomic.write(path, NEW)
    assert caught.value.path == path
    assert bool(caught.value.hint) == (number != errno.EMLINK)
    for command in caught.value.commands:
        subprocess.run(["sh", "-c", command], check=True, stdout=subprocess.DEVNULL)


class Instead:
    """The module `os` with some functions replaced."""

    def __init__(self, **functions: Callable[..., object]) -> None:
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)
