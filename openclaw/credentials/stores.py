"""Reading the credential stores (auth-spec §3.2-§3.3). Nothing is ever written, locked or created here.

A store that exists and cannot be understood is a problem with a place, never an empty store: the reference program
takes it for empty and overwrites it with the next save.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from openclaw.credentials.profiles import Profile, read_profile
from openclaw.errors import Unreadable
from openclaw.home import DEFAULT_AGENT, STORE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.views import Agents
    from openclaw.home import Home

StoreKind = Literal["json", "sqlite"]


@dataclass(frozen=True, slots=True)
class StoreProblem:
    """Why a store that exists cannot be used."""

    kind: Literal["corrupt", "unreadable"]
    message: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """One credential store as it stands in its file, or the effective one of an agent."""

    path: Path
    agent: str = DEFAULT_AGENT
    kind: StoreKind = "json"
    exists: bool = False
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)  # entries that are no profile, and why
    order: Mapping[str, list[str]] = field(default_factory=dict)
    last_good: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, Any] = field(default_factory=dict)
    problem: StoreProblem | None = None
    text: str = field(default="", repr=False, compare=False)

    def place(self, *keys: str | int) -> tuple[int | None, int | None]:
        """Line and column of a key path in the file, where it has lines."""
        if not self.text:
            return None, None
        from openclaw.config.json5 import locate

        return locate(self.text, keys) or (None, None)

    def failure(self) -> Unreadable | None:
        """The problem as an error of a command that needs this store."""
        if self.problem is None:
            return None
        return Unreadable(
            f"the credential store {self.problem.message}",
            path=self.path,
            line=self.problem.line,
            column=self.problem.column,
            hint="nothing was written; it is not treated as empty",
            commands=("openclaw doctor",),
        )

    def unusable_until(self, profile_id: str) -> float:
        """Epoch milliseconds until which cooldown or disable holds a profile back; 0 where nothing does (auth-spec §7.1)."""
        stats = self.usage.get(profile_id)
        if not isinstance(stats, dict):
            return 0
        return max(_time(stats.get("cooldownUntil")), _time(stats.get("disabledUntil")))


def read_json(path: Path, agent: str = DEFAULT_AGENT) -> Store:
    """An `auth-profiles.json`. Every profile that OpenClaw would drop is listed in `rejected` with the reason."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Store(path, agent)
    except UnicodeDecodeError as error:
        return _broken(path, agent, StoreProblem("corrupt", f"is not UTF-8 (byte {error.start})"))
    except OSError as error:
        return _broken(path, agent, StoreProblem("unreadable", f"cannot be read: {error.strerror}"))
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        what = "is empty" if not text.strip() else f"is not valid JSON: {error.msg}"
        return _broken(path, agent, StoreProblem("corrupt", what, error.lineno, error.colno), text)
    except RecursionError:
        return _broken(path, agent, StoreProblem("corrupt", "is not a credential store: nested too deeply"), text)
    return from_document(document, path, agent, text=text)


def from_document(
    document: Any, path: Path, agent: str, *, kind: StoreKind = "json", state: Any = None, text: str = ""
) -> Store:
    """A store from its parsed document; `state` is the second document of the SQLite era (order, lastGood, usageStats)."""
    if not isinstance(document, dict):
        return _broken(path, agent, StoreProblem("corrupt", "is not a JSON object", 1, 1), text, kind)
    entries = document.get("profiles")
    if not isinstance(entries, dict | list):
        return _broken(path, agent, StoreProblem("corrupt", 'has no "profiles" object', 1, 1), text, kind)
    named = dict(entries) if isinstance(entries, dict) else {str(index): item for index, item in enumerate(entries)}
    read = {name: read_profile(name, raw) for name, raw in named.items()}
    rest = state if isinstance(state, dict) else document
    return Store(
        path=path,
        agent=agent,
        kind=kind,
        exists=True,
        profiles={name: item for name, item in read.items() if isinstance(item, Profile)},
        rejected={name: item for name, item in read.items() if isinstance(item, str)},
        order=_order(rest.get("order")),
        last_good=_object(rest.get("lastGood")),
        usage=_object(rest.get("usageStats")),
        text=text,
    )


def merged(main: Store, own: Store) -> Store:
    """What an agent uses: its own store laid over main's, member by member (auth-spec §3.3)."""
    if main.path == own.path:
        return own
    return Store(
        path=own.path,
        agent=own.agent,
        kind=own.kind,
        exists=main.exists or own.exists,
        profiles={**main.profiles, **own.profiles},
        rejected={**main.rejected, **own.rejected},
        order={**main.order, **own.order},
        last_good={**main.last_good, **own.last_good},
        usage={**main.usage, **own.usage},
        problem=own.problem or main.problem,
    )


def agent_dirs(home: Home, agents: Agents) -> dict[str, Path]:
    """Every agent's directory: the configured ones, `main`, and what else stands below `<state>/agents`."""
    found = {DEFAULT_AGENT: home.main_agent_dir}
    for agent in agents.listed:
        if agent.id != DEFAULT_AGENT or agent.agent_dir:
            found[agent.id] = home.agent_dir(agent.id, agent.agent_dir)
    for path in _existing(home.state / "agents"):
        found.setdefault(path.parent.name, path)
    return found


def read_all(home: Home, agents: Agents) -> dict[str, Store]:
    """Every agent's own JSON store, by agent id; those that do not exist included."""
    return {agent: read_json(folder / STORE_NAME, agent) for agent, folder in agent_dirs(home, agents).items()}


def _existing(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.glob("*/agent"))
    except OSError:
        return


def _broken(path: Path, agent: str, problem: StoreProblem, text: str = "", kind: StoreKind = "json") -> Store:
    return Store(path, agent, kind, exists=True, problem=problem, text=text)


def _order(value: Any) -> dict[str, list[str]]:
    """Lists of non-empty trimmed strings; a list without any is no order at all (auth-spec §3.2)."""
    lists = (
        {key: _ids(item) for key, item in value.items() if isinstance(item, list)} if isinstance(value, dict) else {}
    )
    return {key: ids for key, ids in lists.items() if ids}


def _ids(items: list[Any]) -> list[str]:
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _time(value: Any) -> float:
    """A finite positive number as it stands, anything else 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        return 0
    return value
