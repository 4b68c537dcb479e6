"""The databases of newer OpenClaw: read right, and without a trace."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.credentials import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openclaw.credentials.stores import Store
    from openclaw.home import Home
    from tests.credentials.conftest import Host

KEY = {"type": "api_key", "provider": "anthropic", "key": "sk-ant-FAKE-1"}
CELLS = "TEXT PRIMARY KEY, {} TEXT NOT NULL, {} INTEGER NOT NULL) STRICT"
SHARED = "CREATE TABLE config_machine_state (state_key " + CELLS.format("value_json", "updated_at_ms")
AGENT = (
    "CREATE TABLE auth_profile_store (store_key " + CELLS.format("store_json", "updated_at"),
    "CREATE TABLE auth_profile_state (state_key " + CELLS.format("state_json", "updated_at"),
)
Snapshot = dict[str, tuple[int, int, int, str]]


def document(**profiles: Any) -> dict[str, Any]:
    return {"version": 1, "profiles": profiles}


def create(path: Path, statements: tuple[str, ...], rows: dict[str, list[tuple[str, str]]], version: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA user_version = {version}")
        for statement in statements:
            connection.execute(statement)
        for table, entries in rows.items():
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, 1)", entries)
    return path


def shared(host: Host, version: int = 18, **cells: Any) -> Path:
    """The state database with these cells; text is stored as it is."""
    names = {"owner": "auth.sharedStore", "store": "authProfiles.store", "state": "authProfiles.state"}
    rows = [(names[name], cell if isinstance(cell, str) else json.dumps(cell)) for name, cell in cells.items()]
    rows.append(("plugins.installedIndex", "{}"))
    return create(host.state / "state" / "openclaw.sqlite", (SHARED,), {"config_machine_state": rows}, version)


def agent(host: Host, name: str, store: Any = None, state: Any = None, version: int = 23) -> Path:
    rows = {
        "auth_profile_store": [] if store is None else [("primary", json.dumps(store))],
        "auth_profile_state": [] if state is None else [("primary", json.dumps(state))],
    }
    return create(agent_dir(host, name) / sqlite.AGENT_DATABASE, AGENT, rows, version)


def agent_dir(host: Host, name: str) -> Path:
    return host.state / "agents" / name / "agent"


OWNED: dict[str, Any] = {"owner": {"location": "state-db"}}


@pytest.fixture
def home(host: Host) -> Home:
    return host.load().home


def snapshot(host: Host) -> Snapshot:
    """Every file below the home: inode, size, modification time, contents; directories by their modification time."""
    found: Snapshot = {}
    for path in sorted(host.home.rglob("*")):
        stat = path.stat()
        data = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path)] = (stat.st_ino, stat.st_size if data else 0, stat.st_mtime_ns, data)
    return found


@pytest.fixture
def traceless(host: Host) -> Iterator[list[Snapshot]]:
    """Reading must change nothing: a test takes a snapshot before, and it is compared afterwards."""
    taken: list[Snapshot] = []
    yield taken
    assert taken, "the test took no snapshot"
    assert snapshot(host) == taken[0]


def keys(store: Store) -> dict[str, str]:
    return {name: item.secret.reveal() if item.secret else "" for name, item in store.profiles.items()}


# ---- which store is live -------------------------------------------------------------------------------------------


def test_the_shared_cell(host: Host, home: Home, traceless: list[Snapshot]) -> None:
    path = shared(
        host,
        **OWNED,
        store=document(a=KEY, b={**KEY, "type": "apiKey"}, c={"type": "new"}),
        state={"version": 1, "order": {"anthropic": ["b", "a"]}, "usageStats": {"a": {"blockedUntil": 9}}},
    )
    traceless.append(snapshot(host))
    store = sqlite.effective(home, agent_dir(host, "main"), "main")
    assert store.problem is None
    assert (store.kind, store.path, store.exists) == ("sqlite", path, True)
    assert list(store.profiles) == ["a", "b"]
    assert list(store.rejected) == ["c"]
    assert store.order == {"anthropic": ["b", "a"]}
    assert store.unusable_until("a") == 9


@pytest.mark.parametrize("owner", [{}, {"owner": {"location": "legacy-main"}}])
def test_without_ownership_main_s_own_database_is_the_shared_store(
    host: Host, home: Home, traceless: list[Snapshot], owner: dict[str, Any]
) -> None:
    shared(host, **owner, store=document(stale=KEY))
    path = agent(host, "main", document(a=KEY), {"order": {"anthropic": ["a"]}})
    traceless.append(snapshot(host))
    store = sqlite.effective(home, agent_dir(host, "main"), "main")
    assert list(store.profiles) == ["a"]
    assert store.path == path
    assert store.order == {"anthropic": ["a"]}


@pytest.mark.parametrize("owner", [{"location": "elsewhere"}, [], "not json", "null"])
def test_an_unknown_owner_is_a_problem(host: Host, home: Home, owner: Any) -> None:
    shared(host, owner=owner, store=document(a=KEY))
    problem = sqlite.shared_store(home).problem
    assert problem is not None
    assert problem.kind == "corrupt"
    assert "auth.sharedStore" in problem.message


def test_an_agent_lays_its_own_profiles_over_the_shared_ones(host: Host, home: Home, traceless: list[Snapshot]) -> None:
    shared(host, **OWNED, store=document(a=KEY, b=KEY), state={"order": {"x": ["a"]}})
    path = agent(host, "work", document(b={**KEY, "key": "own-FAKE"}, c=KEY), {"order": {"y": ["c"]}})
    traceless.append(snapshot(host))
    store = sqlite.effective(home, agent_dir(host, "work"), "work")
    assert keys(store) == {"a": KEY["key"], "b": "own-FAKE", "c": KEY["key"]}
    assert store.order == {"x": ["a"], "y": ["c"]}
    assert store.path == path


@pytest.mark.parametrize("own", [None, {"version": 1, "profiles": {}}])
def test_an_agent_without_profiles_of_its_own_uses_the_shared_ones(host: Host, home: Home, own: Any) -> None:
    shared(host, **OWNED, store=document(a=KEY))
    agent(host, "work", own)
    assert list(sqlite.effective(home, agent_dir(host, "work"), "work").profiles) == ["a"]


def test_no_database_is_no_store(host: Host, home: Home, traceless: list[Snapshot]) -> None:
    traceless.append(snapshot(host))
    store = sqlite.effective(home, agent_dir(host, "main"), "main")
    assert (store.exists, store.problem, store.kind) == (False, None, "sqlite")


def test_a_lost_shared_database_does_not_hide_main_s_own(host: Host, home: Home) -> None:
    agent(host, "main", document(a=KEY))
    assert list(sqlite.shared_store(home).profiles) == ["a"]


# ---- write-ahead logs ----------------------------------------------------------------------------------------------

# Writes one more profile into the shared cell and dies, or waits, with the log not checkpointed.
WRITER = """
import json, os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA wal_autocheckpoint = 0")
if sys.argv[2] == "locked":
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
update = "UPDATE config_machine_state SET value_json = ? WHERE state_key = 'authProfiles.store'"
connection.execute(update, (sys.argv[3],))
if sys.argv[2] == "killed":
    os._exit(0)
print("ready", flush=True)
sys.stdin.read()
"""


def writer(path: Path, mode: str, store: Any) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), mode, json.dumps(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def test_a_running_gateway_s_log_is_read(host: Host, home: Home) -> None:
    path = shared(host, **OWNED, store=document(old=KEY))
    process = writer(path, "running", document(new=KEY))
    try:
        assert beside(path, "-wal").stat().st_size > 0
        before = snapshot(host)
        assert list(sqlite.shared_store(home).profiles) == ["new"]
        assert snapshot(host) == before
    finally:
        process.communicate("")


def test_the_log_that_a_killed_gateway_left_is_read_and_not_repaired(
    host: Host, home: Home, traceless: list[Snapshot]
) -> None:
    path = shared(host, **OWNED, store=document(old=KEY))
    writer(path, "killed", document(new=KEY)).wait()
    assert beside(path, "-shm").exists()
    traceless.append(snapshot(host))
    assert list(sqlite.shared_store(home).profiles) == ["new"]


def test_a_log_without_shared_memory_is_unreadable(host: Host, home: Home, traceless: list[Snapshot]) -> None:
    path = shared(host, **OWNED, store=document(old=KEY))
    writer(path, "killed", document(new=KEY)).wait()
    beside(path, "-shm").unlink()
    traceless.append(snapshot(host))
    store = sqlite.shared_store(home)
    assert store.problem is not None
    assert store.problem.kind == "unreadable"
    assert "write-ahead log" in store.problem.message
    assert not store.profiles


def test_an_empty_log_does_not_matter(host: Host, home: Home, traceless: list[Snapshot]) -> None:
    path = shared(host, **OWNED, store=document(a=KEY))
    beside(path, "-wal").touch()
    traceless.append(snapshot(host))
    assert list(sqlite.shared_store(home).profiles) == ["a"]


def test_a_database_that_is_held_is_unreadable_after_a_moment(host: Host, home: Home) -> None:
    path = shared(host, **OWNED, store=document(old=KEY))
    process = writer(path, "locked", document(new=KEY))
    try:
        before = snapshot(host)
        store = sqlite.shared_store(home)
        assert store.problem is not None
        assert store.problem.kind == "unreadable"
        assert not store.profiles
        assert snapshot(host) == before
    finally:
        process.communicate("")


def test_an_unfinished_transaction_is_unreadable(host: Host, home: Home, traceless: list[Snapshot]) -> None:
    path = shared(host, **OWNED, store=document(a=KEY))
    beside(path, "-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
    traceless.append(snapshot(host))
    problem = sqlite.shared_store(home).problem
    assert problem is not None
    assert problem.kind == "unreadable"


# ---- what cannot be read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["shared", "agent"])
def test_a_newer_schema_is_not_guessed_at(host: Host, home: Home, traceless: list[Snapshot], which: str) -> None:
    shared(host, version=19 if which == "shared" else 18, **OWNED, store=document(a=KEY))
    agent(host, "work", document(b=KEY), version=24 if which == "agent" else 23)
    traceless.append(snapshot(host))
    store = sqlite.effective(home, agent_dir(host, "work"), "work")
    assert store.problem is not None
    assert store.problem.kind == "unreadable"
    assert "schema" in store.problem.message
    assert store.path.name == ("openclaw.sqlite" if which == "shared" else sqlite.AGENT_DATABASE)


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b"", "corrupt", "is empty (0 bytes)"),
        (b"not a database, but long enough to have a header of one hundred bytes" * 4, "corrupt", "not a database"),
        (b"SQLite format 3\0" + b"\xff" * 4080, "corrupt", ""),
    ],
)
def test_a_broken_database(
    host: Host, home: Home, traceless: list[Snapshot], content: bytes, kind: str, message: str
) -> None:
    host.write(host.state / "state" / "openclaw.sqlite", content)
    traceless.append(snapshot(host))
    store = sqlite.shared_store(home)
    assert store.exists
    assert store.problem is not None
    assert store.problem.kind == kind
    assert message in store.problem.message
    assert store.failure() is not None


def test_another_program_s_database(host: Host, home: Home) -> None:
    create(host.state / "state" / "openclaw.sqlite", ("CREATE TABLE x (y)",), {}, 1)
    problem = sqlite.shared_store(home).problem
    assert problem is not None
    assert "not an OpenClaw database" in problem.message


def test_a_directory_in_its_place(host: Host, home: Home) -> None:
    (host.state / "state" / "openclaw.sqlite").mkdir(parents=True)
    problem = sqlite.shared_store(home).problem
    assert problem is not None
    assert problem.kind == "unreadable"


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"store": "{broken"}, "authProfiles.store"),
        ({"store": '{"profiles": {"a": NaN}}'}, "authProfiles.store"),
        ({"store": {"version": 1}}, "profiles"),
        ({"store": []}, "authProfiles.store"),
    ],
)
def test_a_broken_cell_is_named(host: Host, home: Home, cells: dict[str, Any], name: str) -> None:
    shared(host, **OWNED, **cells)
    problem = sqlite.shared_store(home).problem
    assert problem is not None
    assert problem.kind == "corrupt"
    assert name in problem.message


def test_no_cell_is_a_store_without_profiles(host: Host, home: Home) -> None:
    shared(host, **OWNED)
    store = sqlite.shared_store(home)
    assert (store.exists, store.problem, store.profiles) == (True, None, {})
