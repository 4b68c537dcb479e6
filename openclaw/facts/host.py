"""The host and the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.facts import fact
from openclaw.frozen import frozen
from openclaw.platforms import host_kind

if TYPE_CHECKING:
    from openclaw.invocation import Invocation
    from openclaw.platforms import HostKind


@frozen
class Terminal:
    """Whether a person is there, and what the terminal says it is."""

    stdin: bool
    stdout: bool
    term: str = ""
    columns: int = 0  # 0: not known, or no terminal

    @property
    def interactive(self) -> bool:
        """A wizard could run here."""
        return self.stdin and self.stdout


@fact()
def host(call: Invocation) -> HostKind:
    """Operating system, container, WSL, Termux, root."""
    return host_kind(call.env)


@fact()
def terminal(call: Invocation) -> Terminal:
    """The terminal of this run."""
    columns = 0
    if call.stdout_tty:
        from shutil import get_terminal_size  # 3 ms, with the compressions that it knows

        columns = get_terminal_size((0, 0)).columns
    return Terminal(call.stdin_tty, call.stdout_tty, call.env.get("TERM", ""), columns)
