"""The credential stores of OpenClaw 2026.6 and later (openclaw-new §1), read without leaving a trace.

A database is opened `immutable` when it has no write-ahead log, read-only when log and shared memory are there, and not at
all otherwise: any other way could create files beside it or miss what the gateway has just written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from openclaw.credentials.stores import Store, StoreProblem, from_document, merged

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.home import Home

AGENT_DATABASE = "openclaw-agent.sqlite"
SHARED_SCHEMA = 18  # newest `user_version` known, shared and agent (openclaw-new, head)
AGENT_SCHEMA = 23
TIMEOUT = 1.0  # seconds to wait for a lock

SHARED_QUERY = (
    "SELECT state_key, value_json FROM config_machine_state "
    "WHERE state_key IN ('auth.sharedStore', 'authProfiles.store', 'authProfiles.state')"
)
AGENT_QUERY = (
    "SELECT 'store', store_json FROM auth_profile_store WHERE store_key = 'primary' "
    "UNION ALL SELECT 'state', state_json FROM auth_profile_state WHERE state_key = 'primary'"
)


def effective(home: Home, agent_dir: Path, agent: str) -> Store:
    """What an agent uses: the shared store with the agent's own laid over it, profile by profile."""
    shared = shared_store(home)
    own = agent_store(agent_dir / AGENT_DATABASE, agent)
    return merged(shared, own) if own.exists else shared


def shared_store(home: Home) -> Store:
    """The shared store: a cell of the state database, or the main agent's database where that one owns it."""
    path = home.shared_database
    rows = _rows(path, SHARED_QUERY, SHARED_SCHEMA)
    if isinstance(rows, StoreProblem):
        return Store(path, kind="sqlite", exists=True, problem=rows)
    if rows is None:
        return Store(path, kind="sqlite")
    try:
        owner = json.loads(rows.get("auth.sharedStore") or '{"location": "legacy-main"}')
    except ValueError:
        owner = None
    location = owner.get("location") if isinstance(owner, dict) else None
    if location == "legacy-main":
        return agent_store(home.main_agent_dir / AGENT_DATABASE, "main")
    if location != "state-db":
        problem = StoreProblem("corrupt", "has an auth.sharedStore entry of an unknown form")
        return Store(path, kind="sqlite", exists=True, problem=problem)
    return _store(path, "main", rows.get("authProfiles.store"), rows.get("authProfiles.state"))


def agent_store(path: Path, agent: str) -> Store:
    """The store in an agent's own database; it does not exist where the database has no entry."""
    rows = _rows(path, AGENT_QUERY, AGENT_SCHEMA)
    if isinstance(rows, StoreProblem):
        return Store(path, agent, "sqlite", exists=True, problem=rows)
    if not rows:
        return Store(path, agent, "sqlite")
    return _store(path, agent, rows.get("store"), rows.get("state"))


def _store(path: Path, agent: str, store_json: str | None, state_json: str | None) -> Store:
    if store_json is None:
        return Store(path, agent, "sqlite", exists=True)
    try:
        document, state = json.loads(store_json), json.loads(state_json or "{}")
    except ValueError as error:
        problem = StoreProblem("corrupt", f"holds a credential entry that is not valid JSON: {error}")
        return Store(path, agent, "sqlite", exists=True, problem=problem)
    return from_document(document, path, agent, kind="sqlite", state=state)


def _rows(path: Path, query: str, known_schema: int) -> dict[str, str] | StoreProblem | None:
    """Key → JSON text; None where there is no database; a problem where it cannot be looked into."""
    if not path.exists():
        return None
    mode = _open_mode(path)
    if mode is None:
        return StoreProblem(
            "unreadable", "has a write-ahead log but no shared memory: OpenClaw did not close it properly"
        )
    import sqlite3

    try:
        with_uri = f"{path.resolve().as_uri()}?{mode}"
        connection = sqlite3.connect(with_uri, uri=True, timeout=TIMEOUT)
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > known_schema:
                return StoreProblem("unreadable", f"has schema {version}; this program knows up to {known_schema}")
            return {str(key): str(value) for key, value in connection.execute(query)}
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return _problem(error)


def _open_mode(path: Path) -> str | None:
    log = path.with_name(path.name + "-wal")
    if not log.exists() or log.stat().st_size == 0:
        return "immutable=1"
    return "mode=ro" if path.with_name(path.name + "-shm").exists() else None


def _problem(error: Any) -> StoreProblem:
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return StoreProblem("corrupt", f"is not a working database: {text}")
    if "no such table" in text:
        return StoreProblem("corrupt", f"is not an OpenClaw database: {text}")
    return StoreProblem("unreadable", f"cannot be read: {text}")
