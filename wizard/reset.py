"""Beginning anew: which files are moved away, where to, and what the installation looks like afterwards. Pure.

Sessions, workspaces, other programs' files and databases stay where they are: only OpenClaw itself
writes its databases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.change.plan import MoveFile, SetKey
from openclaw.config.reading import Config
from openclaw.config.views import agents
from openclaw.credentials.stores import Store
from openclaw.credentials.storing import profile_steps
from openclaw.environment.layers import combine
from openclaw.frozen import replace
from openclaw.home import STORE_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.change.plan import Plan
    from openclaw.credentials.storing import Deposit
    from wizard.facts import Facts


def files(facts: Facts) -> tuple[Path, ...]:
    """The files that are moved: the config, the env file, and every store of profiles that was found."""
    return facts.resettable


def stays(facts: Facts) -> str:
    """What is left where it is, as a sentence."""
    if facts.newer:
        return "Profiles in OpenClaw's database stay, and so do sessions and workspaces."
    return "Sessions and workspaces stay."


def plan(facts: Facts) -> Plan:
    """Moves the files into a dated folder of our own, below which they keep their names."""
    state = facts.found.home.state
    return tuple(
        MoveFile(path, facts.attic / _name(path, state), why="moved away; `openclaw undo` brings it back")
        for path in files(facts)
    )


def profile_plan(deposit: Deposit, facts: Facts) -> Plan:
    """Stores a profile where there is none any more: what stood there before is moved away by the same plan."""
    found = facts.found
    path = found.agent_dir(facts.agent) / STORE_NAME
    declared = {"provider": deposit.provider, "mode": deposit.kind}
    return (
        *profile_steps(path, deposit.id, deposit.document(), Store(path)),
        SetKey(found.config.path, ("auth", "profiles", deposit.id), declared, why="the config names it"),
    )


def emptied(facts: Facts) -> Facts:
    """The facts as they are once the files are moved away."""
    found = facts.found
    left = (layer for layer in found.environment.layers if layer.name not in ("state", "config"))
    fresh = replace(found, config=Config(found.config.path), environment=combine(left), agents=agents({}), problems=())
    store = facts.store if facts.newer else Store(found.home.main_agent_dir / STORE_NAME)
    return replace(
        facts,
        found=fresh,
        agent=fresh.agent(),
        store=store,
        sources=fresh.sources(store),
        stores={},
        broken=(),
        reset=True,
    )


def _name(path: Path, state: Path) -> Path:
    """The path below the folder: as below the state directory, else its last part."""
    return path.relative_to(state) if path.is_relative_to(state) else path.relative_to(path.parent)
