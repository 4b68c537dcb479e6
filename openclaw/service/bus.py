"""Whether the user's own systemd manager answers, and with which variables it starts its services.

The last word is an answer of `systemctl --user`, with a deadline: sockets outlive managers. `show-environment` is asked
because it fails only when nothing answers (`is-system-running` also fails on a host that is merely degraded), and
because its answer is needed anyway: every service inherits those variables.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from openclaw.frozen import frozen
from openclaw.platforms import exists
from openclaw.proc import NotDone
from openclaw.service.base import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.platforms import HostKind
    from openclaw.service.base import Run, Variables

ASK = ("systemctl", "--user", "--no-pager", "show-environment")
SHOWN = 200  # characters of another program's error message

Failure = Literal["", "no socket", "no systemctl", "hung", "refused"]


@frozen
class Bus:
    """The way to the user's manager. `exported`: this shell's own `systemctl --user` finds it without help."""

    runtime: Path  # the XDG_RUNTIME_DIR to use
    exported: bool
    failure: Failure  # "" when it answers
    detail: str  # a clause for people
    environment: Variables | None = field(default=None, repr=False)  # the manager's own variables; None: not known

    @property
    def prefix(self) -> str:
        """What a command line with `systemctl --user` needs in front of it here."""
        return "" if self.exported else f"XDG_RUNTIME_DIR={self.runtime} "

    def client_env(self, env: Mapping[str, str]) -> dict[str, str]:
        """The environment for `systemctl --user`: English, and the runtime directory of this user."""
        # A bus address that came with somebody else's runtime directory (`su`, `sudo -E`) is somebody else's too.
        kept = {name: value for name, value in env.items() if self.exported or name != "DBUS_SESSION_BUS_ADDRESS"}
        return {**kept, "XDG_RUNTIME_DIR": str(self.runtime), "LC_ALL": "C"}


def reach(env: Mapping[str, str], host: HostKind, root: Path, run: Run) -> Bus:
    """Asks the user's systemd manager for its variables; at most `TIMEOUT` seconds."""
    given = env.get("XDG_RUNTIME_DIR", "")
    runtime = _runtime_dir(given, host, root)
    exported = str(runtime) == given.rstrip("/")
    socket = _socket(root, runtime)
    if not (socket or (exported and env.get("DBUS_SESSION_BUS_ADDRESS"))):
        return Bus(runtime, exported, "no socket", f"there is no user bus at {runtime}/bus")
    answer = run(ASK, timeout=TIMEOUT, env=Bus(runtime, exported, "", "").client_env(env))
    if isinstance(answer, NotDone):
        return Bus(runtime, exported, "hung" if answer.timed_out else "no systemctl", answer.reason)
    if answer.code != 0:
        return Bus(runtime, exported, "refused", f"systemctl --user cannot use the user bus: {_said(answer.err)}")

    from openclaw.service.unitfile import shown_environment

    return Bus(runtime, exported, "", f"the user bus at {socket or runtime} answers", shown_environment(answer.out))


def _runtime_dir(given: str, host: HostKind, root: Path) -> Path:
    """`XDG_RUNTIME_DIR`, unless it is another user's, or has no manager where the usual place has one."""
    usual = Path("/run/user") / str(host.uid)
    path = Path(given)
    if not path.is_absolute() or (path.parent == usual.parent and path != usual):
        return usual
    return usual if not _socket(root, path) and _socket(root, usual) else path


def _socket(root: Path, runtime: Path) -> str:
    """The socket by which systemctl reaches the manager: on the user bus, or the manager's private one."""
    places = (f"{runtime}/bus", f"{runtime}/systemd/private")
    return next((place for place in places if exists(root, place)), "")


def _said(error: str) -> str:
    from openclaw.text import one_line

    return one_line(error.strip().partition("\n")[0])[:SHOWN] or "it gave no reason"
