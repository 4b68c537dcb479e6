"""The logins of Qwen Code and of the MiniMax CLI, which OpenClaw 2026.2.x copies into every store that it loads.

Here they are laid over a store that was read (auth-spec §4); nothing is written, neither in the store nor in the files
of those programs. Claude Code's and Codex's files are not read by it, so they are not here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from openclaw.credentials.profiles import Profile, read_profile
from openclaw.credentials.storefile import parse, read_text
from openclaw.credentials.stores import Store, js_order, merged
from openclaw.frozen import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MARGIN = 600_000  # milliseconds that a profile must still have, or the file is asked
COMPARED = ("provider", "access", "refresh", "expires", "email", "enterpriseUrl", "projectId", "accountId")


@frozen
class Login:
    """A login of another program, as the profile that OpenClaw makes of it."""

    program: str
    path: Path
    profile: Profile


# (program, provider, profile id, file below the home directory)
PROGRAMS = (
    ("Qwen Code", "qwen-portal", "qwen-portal:qwen-cli", ".qwen/oauth_creds.json"),
    ("the MiniMax CLI", "minimax-portal", "minimax-portal:minimax-cli", ".minimax/oauth_creds.json"),
)


def logins(user: Path) -> tuple[Login, ...]:
    """The logins in the files of the other programs below a user's home; one that is not whole counts for nothing."""
    found = []
    for program, provider, profile_id, name in PROGRAMS:
        path = user / name
        text = read_text(path)
        raw = _login(parse(text), provider) if isinstance(text, str) else None
        profile = read_profile(profile_id, raw) if raw else None
        if isinstance(profile, Profile):
            found.append(Login(program, path, profile))
    return tuple(found)


def effective(main: Store, own: Store | None, found: Iterable[Login], now: int) -> Store:
    """What an agent uses: its own store (None: it is main's) laid over main's, each with the logins. `now` in ms."""
    known = tuple(found)
    main = laid_over(main, known, now)
    if own is None:
        return main
    # Without a store of its own the agent gets a copy of main's, which has the logins already (auth-spec §3.3).
    return merged(main, laid_over(own, known, now) if own.exists else own)


def laid_over(store: Store, found: Iterable[Login], now: int) -> Store:
    """The store as OpenClaw would make it with these logins; itself where they change nothing, or it is broken."""
    taken = [login for login in found if _is_taken(store.profiles.get(login.profile.id), login.profile, now)]
    if not taken or store.problem:
        return store
    # One part for each file, so that the place of a login is that file.
    parts = [Store(login.path, store.agent, profiles={login.profile.id: login.profile}) for login in taken]
    profiles = js_order({**store.profiles, **{login.profile.id: login.profile for login in taken}})
    return replace(store, profiles=profiles, parts=(*parts, replace(store, parts=())))


def owner_of(profile_id: str) -> str:
    """The program whose login a profile of that id is; "" where it is nobody's."""
    return next((program for program, _, name, _ in PROGRAMS if name == profile_id), "")


def _login(document: Any, provider: str) -> dict[str, Any] | None:
    if not isinstance(document, dict):
        return None
    access, refresh, expires = (document.get(name) for name in ("access_token", "refresh_token", "expiry_date"))
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh and _finite(expires)):
        return None
    return {"type": "oauth", "provider": provider, "access": access, "refresh": refresh, "expires": expires}


def _is_taken(present: Profile | None, login: Profile, now: int) -> bool:
    """Whether the file's login replaces what the store has under its id (auth-spec §4, steps 1 and 3)."""
    if present is None:
        return True
    ours = present.provider == login.provider
    expires = present.expires if _finite(present.expires) else None
    if ours and present.type in ("oauth", "token") and (expires is None or expires > now + MARGIN):
        return False
    newer = not (ours and present.type == "oauth") or expires is None or expires <= now or login.expires > expires
    return newer and any(present.raw.get(name) != login.raw.get(name) for name in COMPARED)


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf
