"""Entries of a store with other member names than OpenClaw's: what they would be with its own (user-pain, FM 19).

Only names move. A value is never touched, and where two of them could be meant, nothing is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.credentials.profiles import SECRET_FIELD, Profile, read_profile
from openclaw.credentials.storefile import parse
from openclaw.providers.names import issuer, known, normalise
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "api_key": "api_key", "apikey": "api_key", "api-key": "api_key", "key": "api_key",
    "token": "token", "setup-token": "token", "setup_token": "token", "bearer": "token",
    "oauth": "oauth", "oauth2": "oauth",
}  # fmt: skip
_KEYS = ("apiKey", "apikey", "api_key", "api-key", "API_KEY", "secret", "value")
_ACCESS = ("accessToken", "access_token")
# What may be written for each member that OpenClaw reads; the first line is for a secret under another kind's name.
ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "api_key": {"key": ("token", *_KEYS)},
    "token": {"token": ("key", "access", *_KEYS, *_ACCESS), "expires": ("expiresAt", "expires_at")},
    "oauth": {
        "access": ("token", *_ACCESS),
        "refresh": ("refreshToken", "refresh_token"),
        "expires": ("expiresAt", "expires_at"),
    },
}


def mended(profile_id: str, entry: Any) -> dict[str, Any] | None:
    """An entry that OpenClaw does not take, or finds no secret in, with its member names; None where that is a guess.

    A bare text (`"openai": "sk-…"`) is the secret itself. What OpenClaw does not know of an entry stays.
    """
    raw: Any = {"key": entry} if isinstance(entry, str) and js_trim(entry) else entry
    if not isinstance(raw, dict):
        return None
    kind, provider = _kind(raw), _provider(profile_id, raw)
    if not kind or not provider:
        return None
    names = _renaming(raw, kind)
    if names is None:
        return None
    taken: set[str] = {"type", "provider", *names.values(), *(() if "type" in raw else ("mode",))}
    moved: dict[str, Any] = {str(names.get(name, name)): value for name, value in raw.items() if name not in taken}
    found = {"type": kind, "provider": provider, **moved}
    read = read_profile(profile_id, found)
    return found if isinstance(read, Profile) and read.secret and not read.blank else None


def entry_of(text: str, profile_id: str) -> Any:
    """The entry of that id as it stands in the text of a store, also beside `profiles`; None where there is none."""
    document = parse(text) if text else None
    if isinstance(document, dict) and _is_outside(document, profile_id):
        return document[profile_id]
    entries = document.get("profiles") if isinstance(document, dict) else None
    if isinstance(entries, list):
        return entries[int(profile_id)] if profile_id.isdigit() and int(profile_id) < len(entries) else None
    return entries.get(profile_id) if isinstance(entries, dict) else None


def _is_outside(document: Mapping[str, Any], profile_id: str) -> bool:
    entries = document.get("profiles")
    inside = isinstance(entries, list) or (isinstance(entries, dict) and profile_id in entries)
    return not inside and isinstance(document.get(profile_id), dict | str)


def is_misnamed(profile: Profile) -> bool:
    """Whether OpenClaw takes the entry and does not find its secret, or what else it has, under the names there."""
    return bool(misnamed(profile))


def misnamed(profile: Profile) -> str:
    """The member of a profile that stands there under another name only; "" where none does."""
    for wanted, aliases in ALIASES[profile.type].items():
        if wanted == SECRET_FIELD[profile.type]:
            absent = profile.secret is None and profile.blank
            aliases = (*aliases, *ALIASES["api_key"]["key"], "key")
        else:
            absent = profile.raw.get(wanted) is None
        if absent and any(_means_something(profile.raw.get(name)) for name in aliases if name != wanted):
            return wanted
    return ""


def _means_something(value: Any) -> bool:
    return bool(js_trim(value)) if isinstance(value, str) else isinstance(value, int | float) and value is not True


def is_mistyped(profile: Profile) -> bool:
    """Whether what stands under the name of the secret is no text and no reference: OpenClaw finds no secret in it."""
    value = profile.raw.get(SECRET_FIELD[profile.type])
    return profile.secret is None and profile.blank and value is not None and not isinstance(value, str)


def _kind(raw: Mapping[str, Any]) -> str:
    """The type that an entry states, in OpenClaw's spelling; without one, what its members tell. "": not known."""
    stated = next((raw[name] for name in ("type", "mode") if name in raw), None)
    members = raw.keys()
    login = bool(members & {"refresh", "refreshToken", "refresh_token"})
    if stated is not None:
        kind = KINDS.get(stated.lower(), "") if isinstance(stated, str) else ""
        if kind != "oauth" or login or members & {"access", *_ACCESS}:
            return kind
        # What stands alone under `oauth` is a static token or a key: a login has what refreshes it.
        return "token" if "token" in members else "api_key" if members & {"key", *_KEYS} else kind
    if login and members & {"access", *_ACCESS}:
        return "oauth"
    found = {"api_key": members & {"key", *_KEYS}, "token": members & {"token"}}
    kinds = [kind for kind, names in found.items() if names]
    return kinds[0] if len(kinds) == 1 and not login else ""


def _provider(profile_id: str, raw: Mapping[str, Any]) -> str:
    """The provider that an entry names, else that of its id (`openai:default`), else whose key it is."""
    stated = raw.get("provider")
    if stated is not None:
        return stated if isinstance(stated, str) and js_trim(stated) else ""
    prefix = profile_id.partition(":")[0]
    if known(prefix):
        return normalise(prefix)
    issuers = {issuer(js_trim(value)) for value in raw.values() if isinstance(value, str)} - {""}
    return issuers.pop() if len(issuers) == 1 else ""


def _renaming(raw: Mapping[str, Any], kind: str) -> dict[str, str] | None:
    """Old member name → new; None where more than one could be meant."""
    names: dict[str, str] = {}
    for wanted, aliases in ALIASES[kind].items():
        if raw.get(wanted) is not None:
            continue
        there = [name for name in aliases if isinstance(raw.get(name), str | int | float)]
        if len(there) > 1 or (wanted == "expires" and any(isinstance(raw[name], str) for name in there)):
            return None
        names |= dict.fromkeys(there, wanted)
    return names
