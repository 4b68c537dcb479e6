"""Which generation of OpenClaw an installation belongs to, because it decides which credential store is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from openclaw.config.views import DEFAULT_MODEL, table
from openclaw.frozen import frozen
from openclaw.home import STORE_NAME, leads_nowhere, matches, there

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.home import Home

EraName = Literal["json", "sqlite", "unknown"]
SQLITE_SINCE = (2026, 6)
NEWER_DEFAULT_MODEL = "openai/gpt-6-astra"  # the built-in default of 2026.9 (openclaw-new §0.9)


@frozen
class Era:
    """`name` decides how credentials are stored; `version` is the installed program's, else the config's stamp."""

    name: EraName
    version: str = ""
    why: str = ""
    program: Path | None = None  # the real `openclaw` on PATH

    @property
    def default_model(self) -> str:
        """The model that this OpenClaw uses when none is configured."""
        return NEWER_DEFAULT_MODEL if self.name == "sqlite" else DEFAULT_MODEL


def determine(home: Home, config: Mapping[str, Any], program: Path | None) -> Era:
    """The era of an installation: any trace of 2026.6 or later makes it `sqlite`, older traces `json`."""
    installed = program_version(program) if program else ""
    stamp = table(config, "meta").get("lastTouchedVersion")
    stamped = stamp if isinstance(stamp, str) else ""
    version = installed or stamped
    if there(home.shared_database):
        return Era("sqlite", version, f"{home.short(home.shared_database)} exists", program)
    if why := _lost(home):
        return Era("sqlite", version, why, program)
    if _hidden(home.shared_database):
        return Era("sqlite", version, f"{home.short(home.shared_database.parent)} may not be looked into", program)
    traces = [(installed, "the installed OpenClaw is"), (stamped, "the config was last written by OpenClaw")]
    dated = [(parsed, f"{where} {text}") for text, where in traces if (parsed := parse_version(text))]
    # An older program in front of a newer installation: its store would block the newer one, so newer wins.
    if recent := next((why for parsed, why in dated if parsed >= SQLITE_SINCE), None):
        return Era("sqlite", version, recent, program)
    if dated:
        return Era("json", version, dated[0][1], program)
    if any(_stores(home)):
        return Era("json", version, f"{STORE_NAME} exists and no database does", program)
    return Era("unknown", version, "no OpenClaw is installed and nothing of one is there", program)


def _lost(home: Home) -> str:
    """What tells of a database that is not there: a link that leads nowhere, a log; "" where nothing does."""
    database = home.shared_database
    log = database.with_name(f"{database.name}-wal")
    if there(log):
        return f"{home.short(log)} exists"
    linked = there(home.state) and leads_nowhere(database)
    return f"{home.short(database)} cannot be reached: {linked}" if linked else ""


def _hidden(database: Path) -> bool:
    """Whether the database's own directory is there and closed to this user: only 2026.6 and later make it."""
    try:
        database.stat()
    except PermissionError:
        return there(database.parent)
    except OSError:
        return False
    return False


def parse_version(text: str) -> tuple[int, int] | None:
    """(year, month) of an OpenClaw version such as `2026.2.3`."""
    match = re.match(r"(\d{4})\.(\d{1,2})\b", text)
    return (int(match[1]), int(match[2])) if match else None


def program_version(program: Path) -> str:
    """The version of an installed OpenClaw, read from the package it belongs to; the program itself is not run."""
    version = package_of(program).get("version")
    return version if isinstance(version, str) else ""


def package_of(program: Path) -> dict[str, Any]:
    """The `package.json` that an installed OpenClaw belongs to; empty where the program is not from a package."""
    import json

    for folder in _package_folders(program):
        try:
            package = json.loads((folder / "package.json").read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(package, dict) and package.get("name") == "openclaw" and isinstance(package.get("version"), str):
            return package
    return {}


def _package_folders(program: Path) -> Iterator[Path]:
    real = Path(program).resolve()
    yield from real.parents[:3]
    try:
        with real.open("rb") as file:
            head = file.read(8192).decode("utf-8", "replace")
    except OSError:
        return
    # Package managers other than npm put a small script on PATH that names the real entry point, pnpm from its place.
    for match in re.finditer(r"[\"'\s](?:(\$basedir)/|(?=/))([^\"'\s]*node_modules/openclaw)/[^\"'\s]+", head):
        yield (real.parent if match[1] else Path("/")) / match[2]


def _stores(home: Home) -> Iterator[Path]:
    if there(home.main_agent_dir / STORE_NAME):
        yield home.main_agent_dir / STORE_NAME
    yield from matches(home.state / "agents", f"*/agent/{STORE_NAME}")
