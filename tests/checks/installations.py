"""Throw-away installations of both eras for tests of checks, and the printed commands really run in them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.checks import mending
from tests.doctor.homes import LIMIT, NOW, environment, write

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.finding import Finding

HOUR = 3_600_000
KEY = "sk-ant-api03-" + "FAKE" * 23 + "abc"
OTHER_KEY = "sk-ant-api03-" + "EKAF" * 23 + "abc"
TOKEN = "sk-ant-oat01-" + "FAKE" * 23 + "abc"
OPENAI = "sk-proj-" + "FAKE" * 20
OPENAI_2 = "sk-proj-" + "EKAF" * 20
ANTHROPIC = {"gateway": {"mode": "local"}, "agents": {"defaults": {"model": {"primary": "anthropic/claude-opus-4-5"}}}}


def key(value: str = KEY, provider: str = "anthropic", **more: Any) -> dict[str, Any]:
    """An API key as a store has it."""
    return {"type": "api_key", "provider": provider, "key": value, **more}


def token(value: str = TOKEN, provider: str = "anthropic", **more: Any) -> dict[str, Any]:
    """A static token."""
    return {"type": "token", "provider": provider, "token": value, **more}


def login(
    refresh: str = "r-FAKE-refresh-token-of-a-login", provider: str = "openai-codex", **more: Any
) -> dict[str, Any]:
    """An OAuth login with eight hours to go."""
    access = f"a-FAKE-access-token-of-{provider}"
    entry = {"type": "oauth", "provider": provider, "access": access, "refresh": refresh, "expires": NOW + 8 * HOUR}
    return {name: value for name, value in {**entry, **more}.items() if value is not None}


def folder(home: Path, agent: str = "main") -> Path:
    """An agent's directory."""
    return home / ".openclaw" / "agents" / agent / "agent"


def store(home: Path, profiles: dict[str, Any], agent: str = "main", **members: Any) -> Path:
    """A JSON store."""
    document = {"version": 1, "profiles": profiles, **members}
    return write(folder(home, agent) / "auth-profiles.json", json.dumps(document, indent=2) + "\n")


def config(home: Path, value: dict[str, Any] | None = None, *, agents: tuple[str, ...] = (), **auth: Any) -> Path:
    """The config: Anthropic's model unless said otherwise, these agents beside main, this `auth` section."""
    document: dict[str, Any] = json.loads(json.dumps(ANTHROPIC if value is None else value))
    if agents:
        listed = [{"id": "main", "default": True}, *({"id": name} for name in agents)]
        document.setdefault("agents", {})["list"] = listed
    if auth:
        document["auth"] = auth
    return write(home / ".openclaw" / "openclaw.json", "// made up\n" + json.dumps(document, indent=2) + "\n")


def database(home: Path, profiles: dict[str, Any], **state: Any) -> Path:
    """The SQLite era's shared store."""
    path = home / ".openclaw" / "state" / "openclaw.sqlite"
    write(path, b"")
    cells = {
        "auth.sharedStore": {"location": "state-db"},
        "authProfiles.store": {"version": 1, "profiles": profiles},
        "authProfiles.state": {"version": 1, **state},
    }
    _written(
        path,
        18,
        "CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT, updated_at_ms INTEGER)",
        [("config_machine_state", name, json.dumps(value), NOW) for name, value in cells.items()],
    )
    return path


def agent_database(home: Path, profiles: dict[str, Any], agent: str, **state: Any) -> Path:
    """The SQLite era's store of one agent."""
    path = folder(home, agent) / "openclaw-agent.sqlite"
    write(path, b"")
    _written(
        path,
        23,
        "CREATE TABLE auth_profile_store (store_key TEXT PRIMARY KEY, store_json TEXT, updated_at INTEGER);"
        "CREATE TABLE auth_profile_state (state_key TEXT PRIMARY KEY, state_json TEXT, updated_at INTEGER)",
        [
            ("auth_profile_store", "primary", json.dumps({"version": 1, "profiles": profiles}), NOW),
            ("auth_profile_state", "primary", json.dumps({"version": 1, **state}), NOW),
        ],
    )
    return path


def _written(path: Path, version: int, tables: str, rows: list[tuple[str, str, str, int]]) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA user_version = {version}; {tables};")
    for table, name, value, at in rows:
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (name, value, at))
    connection.commit()
    connection.close()


def ids(home: Path, **env: str) -> set[str]:
    """The ids of all findings."""
    return {item.check_id for item in mending.findings(home, **env)}


def only(home: Path, slug: str, **env: str) -> Finding:
    """The one finding of a check of this area."""
    [finding] = mending.findings(home, f"credentials/{slug}", **env)
    return finding


def word(finding: Finding) -> str:
    """`severity fix`."""
    return f"{finding.severity.word} {finding.remedy.fix if finding.remedy else '-'}"


def printed(finding: Finding) -> tuple[str, ...]:
    """The commands of the remedy, without what makes `openclaw` this program on a host that has none on PATH."""
    commands = finding.remedy.commands if finding.remedy else ()
    return tuple(item.replace(f"{sys.executable} -m openclaw", "openclaw") for item in commands)


def mended(home: Path, slug: str, *, reveals: str = "", **env: str) -> None:
    """The fix of the finding mends it and can be taken back; nothing is complained about then that was not before.

    `reveals`: but for this, which the cause hid.
    """
    before, complaints = mending.contents(home), ids(home, **env)
    found = mending.findings(home, f"credentials/{slug}", **env)
    assert found
    assert all(item.remedy and item.remedy.fix in ("auto", "confirm") for item in found)
    plan = mending.plan_for(home, found, **env)
    for secret in (KEY, OTHER_KEY, TOKEN, OPENAI, OPENAI_2):
        assert secret not in mending.shown(home, plan)
    journal = mending.applied(home, plan)
    after = ids(home, **env)
    assert f"credentials/{slug}" not in after
    assert after - complaints <= {f"credentials/{reveals}"}
    mending.undone(journal)
    assert mending.contents(home) == before


def obeyed(home: Path, finding: Finding, **env: str) -> None:
    """Every command of the remedy is run as it is printed, and takes the finding away."""
    assert finding.remedy
    for command in finding.remedy.commands:
        done = subprocess.run(
            ["sh", "-c", command], env=environment(home, EDITOR="true", **env), cwd=home, capture_output=True,
            text=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert finding not in mending.findings(home, finding.check_id, **env)
