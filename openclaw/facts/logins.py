"""The logins of the Claude Code and Codex CLIs on this host: read, never written, never refreshed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.facts import fact
from openclaw.facts.bounded import read
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from openclaw.credentials.clilogins import CliLogin
    from openclaw.home import Home
    from openclaw.invocation import Invocation

LARGEST = 1 << 20  # bytes


@frozen
class CliLogins:
    """What was found, and the files that are there and could not be read: a login in them is not known."""

    found: tuple[CliLogin, ...] = ()
    unread: tuple[str, ...] = ()


@fact()
def cli_logins(call: Invocation, home: Home) -> CliLogins:
    """`~/.claude/.credentials.json` and `~/.codex/auth.json`, or where CLAUDE_CONFIG_DIR and CODEX_HOME say."""
    user = home.os_home or home.user
    places = (
        ("claude", _folder(call, "CLAUDE_CONFIG_DIR", user / ".claude") / ".credentials.json"),
        ("codex", _folder(call, "CODEX_HOME", user / ".codex") / "auth.json"),
    )
    found, unread = [], []
    for program, path in places:
        try:
            text = read(path, LARGEST)
        except OSError:
            unread.append(str(path))
            continue
        if text is not None and not _is_object(text):
            unread.append(str(path))
        elif text is not None and (login := _parsed(program, path, text)):
            found.append(login)
    return CliLogins(tuple(found), tuple(unread))


def _is_object(text: str) -> bool:
    """Whether a login may be in it: what is cut off or empty says nothing."""
    import json

    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _parsed(program: str, path: Path, text: str) -> CliLogin | None:
    from openclaw.credentials import clilogins

    return clilogins.claude(path, text) if program == "claude" else clilogins.codex(path, text)


def _folder(call: Invocation, name: str, usual: Path) -> Path:
    value = call.env.get(name, "").strip()
    return Path(value) if value else usual
