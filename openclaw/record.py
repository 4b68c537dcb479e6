"""What providers said when they were last asked: kept in our own state directory, without secrets.

Written by `models status --probe` and `doctor --live` only. A credential is found again by provider and fingerprint
(of secrets under 24 characters, which have none, by the place where it stands); what was said about another value is
forgotten with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openclaw.probing.run import Run
    from openclaw.secret import Secret

NAME = "answers.json"
VERSION = 1
KEPT = 200


@frozen
class Last:
    """The last answer about a credential.

    `accepted` is None where it did not tell; `at` in milliseconds since the epoch; `source`: the command that asked.
    """

    accepted: bool | None
    cls: str
    at: int
    source: str
    meaning: str = ""
    remedy: str = ""
    host: str = ""


def path_for(state: Path, env: Mapping[str, str], user: Path) -> Path:
    """The file for the installation in `state`. Makes nothing."""
    from openclaw.change.place import folder_for

    return folder_for(state, env, user) / NAME


def key_of(provider: str, name: str, secret: Secret) -> str:
    """What a credential is filed under: nothing from which a secret could be guessed."""
    from openclaw.digest import sha256

    shown = secret.fingerprint()
    place = name if shown in ("short", "empty") else ""
    return sha256("\0".join((normalise(provider), place, shown)).encode("utf-8", "surrogatepass"))[:24]


def recall(state: Path, env: Mapping[str, str], user: Path) -> dict[str, Last]:
    """All last answers about the installation in `state`; nothing is loaded where this program keeps nothing yet."""
    base = env.get("XDG_STATE_HOME") or user / ".local" / "state"
    return read(path_for(state, env, user)) if (user / base / "openclaw-onboard").is_dir() else {}


def read(path: Path) -> dict[str, Last]:
    """All last answers. A file that is not there, or not ours to understand, holds none: it is only a memory."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    entries = document.get("answers") if isinstance(document, dict) else None
    found = entries.items() if isinstance(entries, dict) else ()
    return {key: last for key, entry in found if (last := _last(entry))}


def last(found: Mapping[str, Last], provider: str, name: str, secret: Secret | None) -> Last | None:
    """The last answer about a credential, where it was ever asked about."""
    return found.get(key_of(provider, name, secret)) if secret else None


def remember(path: Path, run: Run, source: str, now: int) -> None:
    """Adds the answers of a run. What could not be asked changes nothing; a network that fails says nothing."""
    fresh = {
        key_of(item.target.provider, item.target.name, item.target.secret): {
            "provider": item.target.provider,
            "name": item.target.name,
            "accepted": _accepted(item.verdict.cls, rejected=item.verdict.rejected, sure=item.verdict.sure),
            "class": item.verdict.cls,
            "at": now,
            "source": source,
            "meaning": item.verdict.meaning,
            "remedy": item.verdict.remedy,
            "host": item.host,
        }
        for item in run.results
        if item.answer is not None and item.target.secret and item.verdict.cls != "network"
    }
    if fresh:
        _write(path, _raw(path) | fresh)


def _accepted(cls: str, *, rejected: bool, sure: bool) -> bool | None:
    if rejected:
        return False
    return True if cls == "ok" and sure else None


def _raw(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())["answers"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return {}
    return {key: item for key, item in found.items() if _last(item)} if isinstance(found, dict) else {}


def _write(path: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    from openclaw.change import atomic, directories

    newest = sorted(entries.items(), key=lambda item: -item[1]["at"])[:KEPT]
    document = {"version": VERSION, "answers": dict(newest)}
    directories.make(directories.missing([path]))
    atomic.write(path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(), mode=0o600)


def _last(entry: Any) -> Last | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("at"), int) or not isinstance(entry.get("class"), str):
        return None
    accepted = entry.get("accepted")
    texts = [entry.get(name) for name in ("source", "meaning", "remedy", "host")]
    source, meaning, remedy, host = (text if isinstance(text, str) else "" for text in texts)
    known = accepted if isinstance(accepted, bool) else None
    return Last(known, entry["class"], entry["at"], source, meaning, remedy, host)
