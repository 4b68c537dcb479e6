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
db = sqlite3.connect(state / "state" / "openclaw.sqlite", isolation_level=None)
def cell(name):
    row = db.execute("SELECT value_json FROM config_machine_state WHERE state_key = ?", [name]).fetchone()
    return json.loads(row[0]) if row else {}
def put(name, value):
    db.execute("INSERT OR REPLACE INTO config_machine_state VALUES (?, ?)", [name, json.dumps(value)])
store, state_cell = cell("authProfiles.store"), cell("authProfiles.state")
option = lambda name: args[args.index(name) + 1] if name in args else None
if {broken!r} or args[:2] != ["models", "auth"]:
    sys.exit({code})
verb = args[2]
if verb in ("paste-api-key", "paste-token"):
    kind, field = ("api_key", "key") if verb == "paste-api-key" else ("token", "token")
    profile = {"type": kind, "provider": option("--provider"), field: secret.strip()}
    store["profiles"][option("--profile-id")] = profile
elif verb == "logout":
    if args[3] not in store["profiles"] or "--yes" not in args:
        sys.exit("Error: no")
    del store["profiles"][args[3]]
elif verb == "order":
    order = state_cell.setdefault("order", {})
    ids = [item for item in args[6:] if not item.startswith("--")]
    order.update({option("--provider"): ids}) if args[3] == "set" else order.pop(option("--provider"), None)
put("authProfiles.store", store)
put("authProfiles.state", state_cell)
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
