"""What the failures of reading and writing say to do."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openclaw.change import advice, atomic
from openclaw.change.compose import compose
from openclaw.change.journal import Journal
from openclaw.change.plan import SetKey
from openclaw.errors import Failure, Refusal, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")


def as_nobody(act: Callable[[], str]) -> str:
    """What `act` gives for another user."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writer, act().encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as stream:
        return stream.read()


def told(act: Callable[[], object]) -> str:
    try:
        act()
    except Failure as error:
        return "\n".join((error.hint, *error.commands))
    return ""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A directory that everybody may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    if not all(above.stat().st_mode & 0o001 for above in folder.parents):
        pytest.skip("the temporary directory is private")
    yield folder
    shutil.rmtree(folder)


@as_root
def test_the_file_of_another_user(open_folder: Path) -> None:
    path = open_folder / ".env"
    path.write_text("A=1")
    path.chmod(0o600)
    said = as_nobody(lambda: told(lambda: atomic.read(path)))
    assert f"It belongs to user 0, and this is user {NOBODY}" in said
    assert said.endswith(f"sudo chown {NOBODY} {path}")


@as_root
def test_a_directory_without_the_right_to_write(open_folder: Path) -> None:
    folder = open_folder / "state"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    folder.chmod(0o500)
    said = as_nobody(lambda: told(lambda: atomic.write(folder / "x" / ".env", b"")))
    assert said.endswith(f"chmod u+rwx {folder}")
    folder.chmod(0o755)
    os.chown(folder, 0, 0)
    said = as_nobody(lambda: told(lambda: atomic.write(folder / ".env", b"")))
    assert "belongs to user 0" in said
    assert said.endswith(f"ls -ld {folder}")


def test_a_pipe_and_a_loop_of_links(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path in (pipe, loop):
        with pytest.raises(Unreadable) as caught:
            atomic.read(path)
        assert caught.value.hint
        assert caught.value.commands == (f"ls -l {path}",)
        assert advice.for_reading(path)[1] == (f"ls -l {path}",)


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    link = tmp_path / ".env"
    link.symlink_to(tmp_path / "gone" / ".env")
    with pytest.raises(Refusal, match="leads nowhere") as caught:
        atomic.write(link, b"A=1")
    assert caught.value.commands == (f"ls -l {link}", f"mkdir -p {tmp_path / 'gone'}")
    (tmp_path / "gone").mkdir()
    atomic.write(link, b"A=1")
    assert (tmp_path / "gone" / ".env").read_bytes() == b"A=1"


def test_a_journal_that_cannot_be_made_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure) as caught:
        Journal(tmp_path / "file" / "journal").begin("t", 1)
    assert "XDG_STATE_HOME" in caught.value.hint
    assert caught.value.commands == (f"ls -ld {tmp_path / 'file'}",)


def test_a_value_in_the_way_of_a_key_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "openclaw.json"
    path.write_text('{\n  "a": 1,\n  "models": "x"\n}\n')
    with pytest.raises(Refusal, match="models is not an object") as caught:
        compose((SetKey(path, ("models", "providers", "p"), {}),), atomic.read)
    assert (caught.value.line, caught.value.column) == (3, 3)
    assert caught.value.commands == (f"${{EDITOR:-vi}} +3 {path}",)
    assert caught.value.hint
