"""A terminal for tests: pexpect runs the program, pyte draws what it writes and answers it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import pexpect
import pyte
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PATIENCE = 20.0  # seconds; the machine may be busy
KEYS = {"enter": "\r", "down": "\x1b[B", "up": "\x1b[A", "ctrl-c": "\x03", "ctrl-d": "\x04", "esc": "\x1b"}

Snapshot = dict[str, tuple[int, bytes | None]]


class Terminal:
    """One run of `openclaw onboard`, or of another command, in a pseudo-terminal of `columns` × `rows`."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        command: str = "onboard",
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        program: tuple[str, list[str]] | None = None,
    ) -> None:
        self.home = home
        self.raw = b""
        self._echo = True
        self._screen = pyte.HistoryScreen(columns, rows, history=2000, ratio=0.1)
        self._stream = pyte.ByteStream(self._screen)
        variables = {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "HTTPS_PROXY": "http://127.0.0.1:9",  # where nobody listens: no provider is reached
            **(env or {}),
        }
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            *(program or (sys.executable, ["-m", "openclaw", command, *arguments])),
            env={**variables, "COLUMNS": str(columns), "LINES": str(rows)} | {"PYTHONDONTWRITEBYTECODE": "1"},
            cwd=str(home),
            dimensions=(rows, columns),
            timeout=PATIENCE,
        )
        self._child.delaybeforesend = None
        setattr(self._screen, "write_process_input", self._reply)  # noqa: B010 - pyte's hook: a method to be replaced

    @property
    def text(self) -> str:
        """Everything that is or was on the screen, lines that the terminal folded not put together."""
        past = ["".join(line[x].data for x in range(self._screen.columns)) for line in self._screen.history.top]
        return "\n".join(line.rstrip() for line in (*past, *self._screen.display))

    @property
    def words(self) -> str:
        """The same with single blanks instead of line ends and indentation."""
        return " ".join(self.text.split())

    @property
    def screen(self) -> list[str]:
        """The lines that are on the screen now."""
        return [line.rstrip() for line in self._screen.display]

    def until(self, wanted: str, count: int = 1) -> Terminal:
        """Waits until `wanted` was written (`count` times)."""
        deadline = time.monotonic() + PATIENCE
        while self.words.count(wanted) < count:
            if time.monotonic() > deadline or not self._pump():
                pytest.fail(f"{wanted!r} never came; the screen:\n{self.text}")
        return self

    def press(self, *keys: str) -> Terminal:
        """Sends keys by name, other text as it is."""
        for key in keys:
            self._child.send(KEYS.get(key, key))
        return self

    def paste(self, text: str) -> Terminal:
        """A paste as terminals with bracketed paste send it."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")
        return self

    def ends(self) -> int:
        """Waits for the end and returns the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._pump():
            if time.monotonic() > deadline:
                pytest.fail(f"it does not end; the screen:\n{self.text}")
        self._echo = self._settings_kept()
        self._child.close()
        if self._child.signalstatus is not None:
            return -self._child.signalstatus
        return int(self._child.exitstatus or 0)

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        return self._echo if self._child.closed else bool(self._child.getecho())

    def signal(self, number: int) -> Terminal:
        """Sends a signal to the program."""
        self._child.kill(number)
        return self

    def close(self) -> None:
        """Ends the program, where it still runs."""
        self._child.close(force=True)

    def _settings_kept(self) -> bool:
        """Echo and line mode, as the program left them. The other side of the pair tells it, as long as it is open."""
        import termios

        try:
            flags = termios.tcgetattr(self._child.child_fd)[3]
        except termios.error:
            return False
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def _pump(self) -> bool:
        try:
            data = self._child.read_nonblocking(65536, timeout=0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True

    def _reply(self, data: str) -> None:
        self._child.send(data)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home directory."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def onboard(home: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts `openclaw onboard` on that home."""
    started: list[Terminal] = []

    def start(*arguments: str, **how: Any) -> Terminal:
        started.append(Terminal(home, *arguments, **how))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


@pytest.fixture
def snapshot(home: Path) -> Callable[[], Snapshot]:
    """Everything below the home directory: modes and contents."""

    def take() -> Snapshot:
        found: Snapshot = {}
        for folder, names, files in os.walk(home):
            for name in (*names, *files):
                path = os.path.join(folder, name)  # noqa: PTH118
                status = os.lstat(path)
                content = None if name in names else open(path, "rb").read()  # noqa: SIM115, PTH123
                found[os.path.relpath(path, home)] = (status.st_mode, content)
        return found

    return take
