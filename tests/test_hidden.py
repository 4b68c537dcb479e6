"""The hidden prompt, on a real pseudo-terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import openclaw

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.terminal

CHILD = """
import sys, termios
sys.path.insert(0, sys.argv[1])
from openclaw.hidden import read_hidden
try:
    print("GOT", ascii(read_hidden("Token: ")), flush=True)
except (KeyboardInterrupt, EOFError) as error:
    print("GOT", type(error).__name__, flush=True)
print("ECHO", bool(termios.tcgetattr(0)[3] & termios.ECHO), flush=True)
"""


class Terminal:
    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid, self.descriptor, self.seen = pid, descriptor, b""

    def until(self, text: bytes, seconds: float = 10) -> None:
        ends = time.monotonic() + seconds
        while text not in self.seen:
            left = ends - time.monotonic()
            assert left > 0, self.seen
            if select.select([self.descriptor], [], [], left)[0]:
                try:
                    self.seen += os.read(self.descriptor, 4096)
                except OSError:
                    break
        assert text in self.seen

    def type(self, data: bytes) -> None:
        os.write(self.descriptor, data)

    def answer(self) -> str:
        self.until(b"ECHO")
        self.until(b"\n", 2)
        line = next(part for part in self.seen.decode().splitlines() if part.startswith("GOT"))
        return line.removeprefix("GOT ")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    pid, descriptor = pty.fork()
    if pid == 0:
        root = str(Path(openclaw.__file__).parent.parent)
        os.execv(sys.executable, [sys.executable, "-I", "-c", CHILD, root])
    found = Terminal(pid, descriptor)
    yield found
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(descriptor)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (b"secret-FAKE\n", "'secret-FAKE'"),
        (b"secret-FAKE\r", "'secret-FAKE'"),
        (b"\n", "''"),
        (b"sekrx\x7fet\n", "'sekret'"),
        (b"line one\nline two\nline three\n", "'line one\\nline two\\nline three'"),
        (b"wrapped-FAKE\r\nrest\r\n", "'wrapped-FAKE\\n\\nrest\\n'"),
        (b"\x1b[200~pasted-FAKE\x1b[201~\n", "'pasted-FAKE'"),
        ("sch\u00fcssel\n".encode(), "'sch\\xfcssel'"),
        (b"half\xff\n", "'half\\ufffd'"),
    ],
)
def test_what_is_typed_comes_back_and_is_not_shown(terminal: Terminal, typed: bytes, wanted: str) -> None:
    terminal.until(b"Token: ")
    attributes = termios.tcgetattr(terminal.descriptor)
    assert not attributes[3] & termios.ECHO  # the echo is off before the prompt invites to type
    terminal.type(typed)
    assert terminal.answer() == wanted
    before_answer = terminal.seen.split(b"GOT")[0]
    assert b"FAKE" not in before_answer
    assert b"ECHO True" in terminal.seen


def test_ctrl_c_puts_the_echo_back(terminal: Terminal) -> None:
    terminal.until(b"Token: ")
    terminal.type(b"half a sec\x03")
    assert terminal.answer() == "KeyboardInterrupt"
    assert b"ECHO True" in terminal.seen
    assert b"half" not in terminal.seen


def test_ctrl_d_is_the_end(terminal: Terminal) -> None:
    terminal.until(b"Token: ")
    terminal.type(b"\x04")
    assert terminal.answer() == "EOFError"
    assert b"ECHO True" in terminal.seen


def test_a_paste_in_pieces_is_one_paste(terminal: Terminal) -> None:
    terminal.until(b"Token: ")
    for piece in (b"one\n", b"two\n", b"three\n"):
        terminal.type(piece)
        time.sleep(0.03)
    assert terminal.answer() == "'one\\ntwo\\nthree'"


def test_a_line_is_longer_than_the_kernel_keeps_in_line_mode(terminal: Terminal) -> None:
    terminal.until(b"Token:")
    for _ in range(30):
        terminal.type(b"x" * 500)
        time.sleep(0.01)
    terminal.type(b"\r")
    assert terminal.answer() == repr("x" * 15000)


def test_a_last_line_without_an_end_waits_for_enter(terminal: Terminal) -> None:
    """Else that Enter would answer the next question."""
    terminal.until(b"Token:")
    terminal.type(b"first\rsecond")
    time.sleep(0.5)
    assert b"GOT" not in terminal.seen
    terminal.type(b"\r")
    assert terminal.answer() == repr("first\nsecond")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (b"ab\x7fc\r", "ac"),
        ("a\u00fc\x7fb\r".encode(), "ab"),
        (b"wrong\x15right\r", "right"),
        (b"abc\x04", "abc"),
        (b"\x7f\x7fa\r", "a"),
    ],
)
def test_keys_that_edit_a_line_do_so(terminal: Terminal, typed: bytes, wanted: str) -> None:
    terminal.until(b"Token:")
    terminal.type(typed)
    assert terminal.answer() == repr(wanted)
