"""What OpenClaw imports from where there is no store (auth-spec §3.5): files read here, never written or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.credentials.storefile import StoreProblem, parse, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Entries = dict[str, Any]

# What is copied from `auth.json`; anything else is dropped.
COPIED = {
    "api_key": ("key", "email"),
    "token": ("token", "expires", "email"),
    "oauth": ("access", "refresh", "expires", "enterpriseUrl", "projectId", "accountId", "email"),
}


def importable(store: Path, oauth: Path | None = None) -> tuple[Entries, list[Path], dict[str, str]]:
    """(profiles as a store has them, the files they come from, file → why it is none) for a store that is not there.

    `oauth` is `Home.oauth_file`; without it, the one beside `<state>/agents`, where the store stands there. OpenClaw
    ignores a broken file of these and leaves it alone.
    """
    entries: Entries = {}
    used: list[Path] = []
    broken: dict[str, str] = {}
    for path, read in _sources(store, oauth):
        text = read_text(path)
        document = parse(text) if isinstance(text, str) else text
        if isinstance(document, StoreProblem):
            broken[str(path)] = document.message
        elif isinstance(document, dict) and (found := read(document)):
            used.append(path)
            entries = {**entries, **{name: raw for name, raw in found.items() if name not in entries}}
    return entries, used, broken


def of_file(path: Path) -> Entries:
    """The profiles that OpenClaw would import from one file of these, by its name; {} where it is none."""
    text = read_text(path)
    document = parse(text) if isinstance(text, str) else None
    if not isinstance(document, dict):
        return {}
    return _from_auth_json(document) if path.name == "auth.json" else _from_oauth_json(document)


def _sources(store: Path, oauth: Path | None) -> Iterator[tuple[Path, Callable[[Entries], Entries]]]:
    folder = store.parent
    yield folder / "auth.json", _from_auth_json
    if oauth is None and folder.name == "agent" and folder.parent.parent.name == "agents":  # <state>/agents/<id>/agent
        oauth = folder.parents[2] / "credentials" / "oauth.json"
    if oauth is not None:
        yield oauth, _from_oauth_json


def _from_auth_json(document: Entries) -> Entries:
    if "profiles" in document:
        return {}
    return {
        f"{name}:default": {"type": raw["type"], "provider": _provider(raw, name), **_copied(raw)}
        for name, raw in document.items()
        if isinstance(raw, dict) and isinstance(raw.get("type"), str) and raw["type"] in COPIED
    }


def _provider(raw: Mapping[str, Any], name: str) -> str:
    given = raw.get("provider")
    return name if given is None else str(given)


def _copied(raw: Mapping[str, Any]) -> Entries:
    return {name: raw[name] for name in COPIED[raw["type"]] if name in raw}


def _from_oauth_json(document: Entries) -> Entries:
    return {
        f"{name}:default": {"type": "oauth", "provider": name, **raw}
        for name, raw in document.items()
        if isinstance(raw, dict)
    }
