"""A home of OpenClaw 2026.9 with a stand-in of the program that writes its database, as the real one would."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Machine

PROGRAM = """\
#!{python}
import json, os, pathlib, sqlite3, sys
args, home = sys.argv[1:], pathlib.Path(os.environ["HOME"])
state = pathlib.Path(os.environ.get("OPENCLAW_STATE_DIR") or home / ".openclaw")
secret = "" if sys.stdin.isatty() else sys.stdin.read()
with (home / "calls").open("a") as file:
    file.write(json.dumps(args) + "\\n")
option = lambda name: args[args.index(name) + 1] if name in args else None
if {broken!r} or args[:2] != ["models", "auth"]:
    sys.exit({code})
config = json.loads((state / "openclaw.json").read_text()).get("agents", {})
known = [item["id"] for item in config.get("list", [])] + list(config.get("entries", {})) or ["main"]
agent = option("--agent") or (known[0] if len(known) == 1 else sys.exit("Multiple agents are configured"))
if agent not in known:
    sys.exit("Unknown agent id")
class Cells:
    def __init__(self, path, table, key, value):
        self.path, self.words = path, (table, key, value)
    def get(self, name):
        table, key, value = self.words
        if not self.path.exists():
            return {}
        row = self.db().execute(f"SELECT {value} FROM {table} WHERE {key} = ?", [name]).fetchone()
        return json.loads(row[0]) if row else {}
    def db(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db, (table, key, value) = sqlite3.connect(self.path, isolation_level=None), self.words
        db.execute(f"CREATE TABLE IF NOT EXISTS {table} ({key} TEXT PRIMARY KEY, {value} TEXT)")
        return db
    def put(self, name, document):
        table, key, value = self.words
        self.db().execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", [name, json.dumps(document)])
shared = Cells(state / "state" / "openclaw.sqlite", "config_machine_state", "state_key", "value_json")
stores = {"shared": (shared, "authProfiles.store", shared, "authProfiles.state")}
own = state / "agents" / agent / "agent" / "openclaw-agent.sqlite"
if agent != "main" or own.exists():
    stores = {"own": (Cells(own, "auth_profile_store", "store_key", "store_json"), "primary",
                      Cells(own, "auth_profile_state", "state_key", "state_json"), "primary"), **stores}
first = "own" if agent != "main" else "shared"
def change(where, edit):
    cells, name, state_cells, state_name = stores[where]
    store, kept = {"version": 1, "profiles": {}, **cells.get(name)}, state_cells.get(state_name)
    edit(store, kept)
    cells.put(name, store)
    state_cells.put(state_name, kept)
def owner(profile_id):
    profiles = lambda where: stores[where][0].get(stores[where][1]).get("profiles", {})
    return next((where for where in stores if profile_id in profiles(where)), None)
verb = args[2]
if verb in ("paste-api-key", "paste-token"):
    kind, field = ("api_key", "key") if verb == "paste-api-key" else ("token", "token")
    profile = {"type": kind, "provider": option("--provider"), field: secret.strip()}
    profile_id = option("--profile-id")
    change(owner(profile_id) or first, lambda store, kept: store["profiles"].update({profile_id: profile}))
elif verb == "logout":
    profile_id = args[3]
    if owner(profile_id) is None or "--yes" not in args:
        sys.exit("Error: no")
    def forget(store, kept):
        del store["profiles"][profile_id]
        kept.get("usageStats", {}).pop(profile_id, None)
    change(owner(profile_id), forget)
elif verb == "order":
    ids = [item for item in args[6:] if item not in ("--agent", agent)]
    def sort(store, kept):
        order = kept.setdefault("order", {})
        order.update({option("--provider"): ids}) if args[3] == "set" else order.pop(option("--provider"), None)
    change(first, sort)
"""


def install(
    machine: Machine, profiles: dict[str, Any], state: Any = None, *, broken: bool = False, code: int = 0
) -> None:
    """A config stamp, the shared database and the program on PATH; a broken one does nothing and exits with `code`."""
    machine.write(machine.config, {"meta": {"lastTouchedVersion": "2026.9.6"}})
    path = database(machine)
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = {"auth.sharedStore": {"location": "state-db"}, "authProfiles.store": {"version": 1, "profiles": profiles}}
    if state is not None:
        cells["authProfiles.state"] = state
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT)")
        rows = [(name, json.dumps(value)) for name, value in cells.items()]
        connection.executemany("INSERT INTO config_machine_state VALUES (?, ?)", rows)
    text = PROGRAM.replace("{python}", sys.executable).replace("{broken!r}", repr(broken)).replace("{code}", str(code))
    machine.write(machine.home / "bin" / "openclaw", text, 0o755)


def override(machine: Machine, agent: str, profiles: dict[str, Any], state: Any = None) -> None:
    """What an agent has of its own."""
    path = machine.state / "agents" / agent / "agent" / "openclaw-agent.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table, key, value, document in (
            ("auth_profile_store", "store_key", "store_json", {"version": 1, "profiles": profiles}),
            ("auth_profile_state", "state_key", "state_json", state or {}),
        ):
            connection.execute(f"CREATE TABLE {table} ({key} TEXT PRIMARY KEY, {value} TEXT)")
            connection.execute(f"INSERT INTO {table} VALUES ('primary', ?)", [json.dumps(document)])


def own(machine: Machine, agent: str) -> dict[str, Any]:
    """The profiles in an agent's own database; empty where it has none."""
    path = machine.state / "agents" / agent / "agent" / "openclaw-agent.sqlite"
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        row = connection.execute("SELECT store_json FROM auth_profile_store").fetchone()
    found: dict[str, Any] = json.loads(row[0])["profiles"] if row else {}
    return found


def database(machine: Machine) -> Path:
    """The shared database."""
    return machine.state / "state" / "openclaw.sqlite"


def stored(machine: Machine) -> dict[str, Any]:
    """The profiles in the database."""
    return _cell(machine, "authProfiles.store")["profiles"]  # type: ignore[no-any-return]


def state_of(machine: Machine) -> dict[str, Any]:
    """Order and statistics in the database."""
    return _cell(machine, "authProfiles.state")


def calls(machine: Machine) -> list[list[str]]:
    """How the program was called."""
    path = machine.home / "calls"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _cell(machine: Machine, name: str) -> dict[str, Any]:
    with closing(sqlite3.connect(database(machine), isolation_level=None)) as connection:
        query = "SELECT value_json FROM config_machine_state WHERE state_key = ?"
        row = connection.execute(query, [name]).fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found
