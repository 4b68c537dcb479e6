"""The logins of the Claude Code and Codex CLIs, as their own files have them (auth-spec §4). Pure; never written back.

OpenClaw does not read these files, but a token that stands there and in a store has two owners, and dies of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from openclaw.credentials.profiles import positive
from openclaw.frozen import frozen
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from pathlib import Path


@frozen
class CliLogin:
    """A login of another program. `expires` is epoch milliseconds; None where the file does not say."""

    program: str
    path: Path
    access: Secret | None
    refresh: Secret | None
    expires: float | None = None


def claude(path: Path, text: str) -> CliLogin | None:
    """`{"claudeAiOauth": {accessToken, refreshToken, expiresAt}}`; None where nothing of that is there."""
    part = _table(_parsed(text), "claudeAiOauth")
    return _login(
        "Claude Code", path, part.get("accessToken"), part.get("refreshToken"), positive(part.get("expiresAt"))
    )


def codex(path: Path, text: str) -> CliLogin | None:
    """`{"tokens": {access_token, refresh_token}}`; None where nothing of that is there."""
    part = _table(_parsed(text), "tokens")
    return _login("the Codex CLI", path, part.get("access_token"), part.get("refresh_token"), None)


def codex_key(text: str) -> Secret | None:
    """The API key that `codex login --with-api-key` keeps: `{"OPENAI_API_KEY": …}`.

    None where there is a login beside it: its key comes from the login, and goes with it.
    """
    document = _parsed(text)
    if not isinstance(document, dict) or document.get("tokens") or document.get("auth_mode") not in (None, "apikey"):
        return None
    return _secret(document.get("OPENAI_API_KEY"))


def _login(program: str, path: Path, access: Any, refresh: Any, expires: float | None) -> CliLogin | None:
    found = CliLogin(program, path, _secret(access), _secret(refresh), expires)
    return found if found.access or found.refresh else None


def _secret(value: Any) -> Secret | None:
    return Secret(js_trim(value)) if isinstance(value, str) and js_trim(value) else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _table(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
