"""The Claude Code CLI: where it is, whether it starts, and what its own login file holds. Nothing of it is changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from openclaw.facts import fact
from openclaw.frozen import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.invocation import Invocation

NAME = "claude"
# Variables by which the CLI works without a login.
WITHOUT_LOGIN = (
    "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY",
)  # fmt: skip
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
    user-pain FM 35), present. `otherwise`: a variable or its settings may give it a credential without a login.
    """

    path: Path
    state: Literal["absent", "blank", "present"]
    expires: int = 0
    refreshable: bool = False
    otherwise: bool = False


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
    folder = Path(call.env.get("CLAUDE_CONFIG_DIR") or call.user / ".claude")
    found = login(folder / ".credentials.json")
    return replace(found, otherwise=found.state == "absent" and _otherwise(call.env, folder))


def login(path: Path) -> ClaudeLogin:
    """Reads the login file. Raises where it is there and cannot be read or understood: unknown is not absent."""
    import json

    try:
        with path.open("rb") as file:
            data = file.read(LOGIN_LIMIT)
    except (FileNotFoundError, NotADirectoryError):
        return ClaudeLogin(path, "absent")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    found = document.get("claudeAiOauth", {}) if isinstance(document, dict) else None
    if not isinstance(found, dict):
        from openclaw.errors import Failure

        raise Failure(f"{path} is no login of the Claude CLI that can be read: its JSON is broken")
    if not found.keys() & {"accessToken", "refreshToken"}:
        return ClaudeLogin(path, "absent")
    access, refresh = _given(found, "accessToken"), _given(found, "refreshToken")
    expires = found.get("expiresAt")
    dated = int(expires) if isinstance(expires, int | float) and 0 < expires < 1e18 else 0
    return ClaudeLogin(path, "present" if access or refresh else "blank", dated, refresh)


def _otherwise(env: Mapping[str, str], folder: Path) -> bool:
    """Whether the CLI may work without a login of its own: by a variable, or by what its settings say."""
    if any(env.get(name, "").strip() for name in WITHOUT_LOGIN):
        return True
    from openclaw.facts.bounded import read

    try:
        text = read(folder / "settings.json", LOGIN_LIMIT)
    except OSError:
        return True  # not known
    return text is not None and any(f'"{name}"' in text for name in ("apiKeyHelper", *WITHOUT_LOGIN))


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
