"""The credential stores of OpenClaw 2026.6 and later (openclaw-new §1), read without leaving a trace.

A database is opened `immutable` when it has no write-ahead log, read-only when log and shared memory are there, and not
at all otherwise: any other way could create files beside it or miss what the gateway has just written. `mode=ro` alone
rebuilds the shared memory that a killed gateway left; with `readonly_shm` nothing is written.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from openclaw.credentials.storefile import StoreProblem, parse
from openclaw.credentials.stores import Store, from_document, merged
from openclaw.frozen import replace
from openclaw.home import STORE_NAME, leads_nowhere, there
from openclaw.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.home import Home

AGENT_DATABASE = "openclaw-agent.sqlite"
SHARED_SCHEMA = 18  # newest `user_version` known, shared and agent (openclaw-new, head)
AGENT_SCHEMA = 23
TIMEOUT = 1.0  # seconds to wait for a lock
NO_CELL: dict[str, Any] = {"profiles": {}}  # what a database without the cell has

SHARED_QUERY = (
    "SELECT state_key, value_json FROM config_machine_state "
    "WHERE state_key IN ('auth.sharedStore', 'authProfiles.store', 'authProfiles.state')"
)
PLUGINS_QUERY = "SELECT state_key, value_json FROM config_machine_state WHERE state_key = 'plugins.installedIndex'"
ENTRY_QUERY = (
    "SELECT name, value FROM secret_store_entries "
    "WHERE scope_kind = 'team' AND scope_id = '' AND deleted_at_ms IS NULL AND name = ?"
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
        return _broken(path, "main", rows)
    if rows is None:  # lost, or not made yet: the older place, which is then the one that OpenClaw asks
        return agent_store(home.main_agent_dir / AGENT_DATABASE, "main")
    owner = parse(rows.get("auth.sharedStore") or '{"location": "legacy-main"}')
    location = owner.get("location") if isinstance(owner, dict) else None
    if location == "legacy-main":
        return agent_store(home.main_agent_dir / AGENT_DATABASE, "main")
    if location != "state-db":
        return _broken(path, "main", StoreProblem("corrupt", "has an auth.sharedStore entry of an unknown form"))
    cells = {"authProfiles.store": rows.get("authProfiles.store"), "authProfiles.state": rows.get("authProfiles.state")}
    return _store(path, "main", cells)


def agent_store(path: Path, agent: str) -> Store:
    """The store in an agent's own database; it does not exist where the database has no entry."""
    rows = _rows(path, AGENT_QUERY, AGENT_SCHEMA)
    if isinstance(rows, StoreProblem):
        return _broken(path, agent, rows)
    if not rows:
        return Store(path, agent, "sqlite")
    return _store(path, agent, {"store_json": rows.get("store"), "state_json": rows.get("state")})


def secret_entry(path: Path, name: str) -> Secret | str:
    """An entry of OpenClaw's own secret store; "" where there is none, else why it cannot be looked up."""
    rows = _rows(path, ENTRY_QUERY, SHARED_SCHEMA, (name,))
    if isinstance(rows, StoreProblem):
        missing = "no such table" in rows.message
        return "" if missing else f"the secret store {rows.message}"
    value = (rows or {}).get(name, "")
    return Secret(value) if value else ""


def plugin_providers(path: Path) -> frozenset[str] | None:
    """The enabled plugins and the providers that they bring, by OpenClaw's own index; None where it has none."""
    rows = _rows(path, PLUGINS_QUERY, SHARED_SCHEMA)
    document = parse(rows.get("plugins.installedIndex", "")) if isinstance(rows, dict) else None
    index = document.get("index") if isinstance(document, dict) else None
    plugins = index.get("plugins") if isinstance(index, dict) else None
    if not isinstance(plugins, list):
        return None
    enabled = [item for item in plugins if isinstance(item, dict) and item.get("enabled")]
    lists = [item["contributions"].get("providers") for item in enabled if isinstance(item.get("contributions"), dict)]
    found = [item.get("pluginId") for item in enabled] + [name for names in lists for name in names or ()]
    return frozenset(name for name in found if isinstance(name, str))


def blockers(home: Home, agent_dir: Path, agent: str) -> tuple[Path, ...]:
    """Older stores beside the databases that an agent uses: 2026.9 refuses to run because of them (openclaw-new §1.7).

    Those in the agent's directory count where its own database has no profiles, whatever the shared store has; those
    in main's where the shared store has none. A state file alone does not count. (Seen with 2026.9.6.)
    """
    main = home.main_agent_dir
    imported = home.oauth_file
    beside = {folder: [folder / STORE_NAME, folder / "auth.json"] for folder in (agent_dir, main)}
    beside[main].append(imported)
    found = list(filter(there, dict.fromkeys((*beside[agent_dir], *beside[main]))))
    if not found:
        return ()
    own = agent_store(agent_dir / AGENT_DATABASE, agent).profiles
    shared = shared_store(home).profiles
    return tuple(
        path for path in found if (path in beside[agent_dir] and not own) or (path in beside[main] and not shared)
    )


def _store(path: Path, agent: str, cells: dict[str, str | None]) -> Store:
    """A store from its two cells, profiles first. Broken profiles are a problem that names the cell.

    A broken state is none, as for OpenClaw: order and statistics are lost with it, credentials are not.
    """
    names = list(cells)
    document, state = (parse(text) if text is not None else NO_CELL for text in cells.values())
    if isinstance(document, StoreProblem):
        return _broken(path, agent, StoreProblem("corrupt", f"has a broken entry: {names[0]} {document.message}"))
    broken = isinstance(state, StoreProblem)
    store = from_document(document, path, agent, kind="sqlite", state=state if isinstance(state, dict) else {})
    if store.problem:  # its place is one in the cell, not in the file
        message = f"has a broken entry: {names[0]} {store.problem.message}"
        return _broken(path, agent, StoreProblem("corrupt", message))
    return (
        replace(store, rejected={**store.rejected, names[1]: "is broken: order and statistics are lost"})
        if broken
        else store
    )


def _rows(
    path: Path, query: str, known_schema: int, given: tuple[str, ...] = ()
) -> dict[str, str] | StoreProblem | None:
    """Key → JSON text; None where there is no database; a problem where it cannot be looked into."""
    try:
        options = _options(path)
        import sqlite3
    except (FileNotFoundError, NotADirectoryError):
        return _lost(path)
    except OSError as error:
        return StoreProblem("unreadable", f"cannot be read: {error.strerror}")
    except ImportError:
        return StoreProblem("unreadable", "is a SQLite database, and this Python was built without SQLite")
    if isinstance(options, StoreProblem):
        return options
    try:
        address = f"{path.resolve().as_uri()}?{options}"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=TIMEOUT)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > known_schema:
                return StoreProblem("unreadable", f"has schema {version}; this program knows up to {known_schema}")
            return {str(key): str(value) for key, value in connection.execute(query, given)}
    except sqlite3.Error as error:
        return _problem(error)


def _lost(path: Path) -> StoreProblem | None:
    """What shows that there was a database, or is one elsewhere; None where there simply is none."""
    if nowhere := leads_nowhere(path):
        return StoreProblem("unreadable", f"cannot be read: {nowhere}")
    try:
        left = _size(path, "-wal")
    except OSError:
        return None
    return StoreProblem("corrupt", "is gone, and its write-ahead log is still there") if left else None


def _options(path: Path) -> str | StoreProblem:
    """How to open a database without leaving a trace (openclaw-new §1.6). Raises OSError."""
    import stat

    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        return StoreProblem("unreadable", "cannot be read: it is not a regular file")
    if found.st_size == 0:
        return StoreProblem("corrupt", "is empty (0 bytes): what it held is lost")
    if _size(path, "-journal"):
        return StoreProblem("unreadable", "has a rollback journal: a transaction was not finished")
    if not _size(path, "-wal"):
        return "immutable=1"
    if _size(path, "-shm") is None:
        return StoreProblem(
            "unreadable", "has a write-ahead log but no shared memory: OpenClaw did not close it properly"
        )
    return "mode=ro&readonly_shm=1"


def _size(path: Path, suffix: str) -> int | None:
    try:
        return path.with_name(path.name + suffix).stat().st_size
    except FileNotFoundError:
        return None


def _problem(error: Exception) -> StoreProblem:
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return StoreProblem("corrupt", f"is not a working database: {text}")
    if "no such table" in text:
        return StoreProblem("corrupt", f"is not an OpenClaw database: {text}")
    return StoreProblem("unreadable", f"cannot be read: {text}")


def _broken(path: Path, agent: str, problem: StoreProblem) -> Store:
    return Store(path, agent, "sqlite", exists=True, problem=problem)
