"""The Claude Code CLI: where it is, whether it starts, and what its own login file holds. Nothing of it is changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from openclaw.facts import fact
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.invocation import Invocation

NAME = "claude"
LOGIN_LIMIT = 1024 * 1024  # bytes of the login file; more is none
VERSION_LIMIT = 5.0  # seconds that `claude --version` has; it needs 0.2


@frozen
class Claude:
    """`path` is the first `claude` on PATH; `elsewhere` are usual places that PATH leaves out.

    `others` come after the first on PATH and are other files, not links to the same one.
    """

    path: Path | None
    elsewhere: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()


@frozen
class ClaudeVersion:
    """What `claude --version` said. `problem` is a clause where that failed; both are empty where none is on PATH."""

    version: str = ""
    problem: str = ""
    timed_out: bool = False


@frozen
class ClaudeLogin:
    """The login file of the Claude CLI, without its tokens. `expires` in ms since the epoch, 0 where none is given.

    `state`: absent (no file, or no login in it), blank (a login with empty tokens: another process wiped it,
    user-pain FM 35), present.
    """

    path: Path
    state: Literal["absent", "blank", "present"]
    expires: int = 0
    refreshable: bool = False


@fact()
def claude(call: Invocation) -> Claude:
    """The Claude CLI on this PATH."""
    return find(call.env, call.user)


@fact(deadline=VERSION_LIMIT + 2)
def claude_version(call: Invocation, claude: Claude) -> ClaudeVersion:
    """Whether the Claude CLI starts."""
    if claude.path is None:
        return ClaudeVersion()
    from openclaw import proc

    done = proc.run([str(claude.path), "--version"], timeout=VERSION_LIMIT, env=call.env)
    if isinstance(done, proc.NotDone):
        return ClaudeVersion(problem=done.reason.replace(str(claude.path), "it"), timed_out=done.timed_out)
    version = done.out.strip().partition("\n")[0][:80]
    return ClaudeVersion(version) if done.code == 0 else ClaudeVersion(problem=f"it ended with exit code {done.code}")


@fact()
def claude_login(call: Invocation) -> ClaudeLogin:
    """The login of the Claude CLI itself: its file, not macOS's keychain."""
    folder = call.env.get("CLAUDE_CONFIG_DIR") or call.user / ".claude"
    return login(Path(folder) / ".credentials.json")


def login(path: Path) -> ClaudeLogin:
    """Reads the login file. Raises OSError where it is there and cannot be read: unknown is not absent."""
    import json

    try:
        with path.open("rb") as file:
            data = file.read(LOGIN_LIMIT)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ClaudeLogin(path, "absent")
    try:
        document = json.loads(data)
    except ValueError:
        return ClaudeLogin(path, "absent")
    found = document.get("claudeAiOauth") if isinstance(document, dict) else None
    if not isinstance(found, dict) or not found.keys() & {"accessToken", "refreshToken"}:
        return ClaudeLogin(path, "absent")
    access, refresh = _given(found, "accessToken"), _given(found, "refreshToken")
    expires = found.get("expiresAt")
    dated = int(expires) if isinstance(expires, int | float) and 0 < expires < 1e18 else 0
    return ClaudeLogin(path, "present" if access or refresh else "blank", dated, refresh)


def find(env: Mapping[str, str], user: Path) -> Claude:
    """Looks for `claude` on PATH, then where its installers put it."""
    folders = [Path(folder or ".") for folder in env.get("PATH", os.defpath).split(os.pathsep)]
    usual = [user / ".local" / "bin", user / ".claude" / "local", Path("/opt/homebrew/bin"), Path("/usr/local/bin")]
    on_path = [folder / NAME for folder in dict.fromkeys(folders) if _executable(folder / NAME)]
    beside = tuple(folder / NAME for folder in usual if folder not in folders and _executable(folder / NAME))
    first = next(iter(on_path), None)
    different = {path.resolve(): path for path in reversed(on_path)}  # of links to one file the first counts
    others = tuple(path for path in on_path if path in different.values() and path != first)
    return Claude(first, beside, others)


def _given(found: Mapping[str, object], name: str) -> bool:
    value = found.get(name)
    return isinstance(value, str) and bool(value.strip())


def _executable(path: Path) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)  # noqa: PTH113 - Path.is_file raises on locked folders
