"""Reading the credential stores (auth-spec §3.2-§3.5). Nothing is ever written, locked or created here.

A store that exists and cannot be understood is a problem with a place, never an empty store: the reference program
takes it for empty and overwrites it with the next save.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.credentials.profiles import Profile, positive, read_profile
from openclaw.credentials.storefile import Places, StoreProblem, parse, read_text
from openclaw.errors import Unreadable
from openclaw.frozen import frozen, replace
from openclaw.home import DEFAULT_AGENT, STORE_NAME
from openclaw.providers.names import normalise
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openclaw.config.views import Agents
    from openclaw.home import Home

StoreKind = Literal["json", "sqlite"]
HOLDS = {"json": ("cooldownUntil", "disabledUntil"), "sqlite": ("cooldownUntil", "disabledUntil", "blockedUntil")}
OF_A_MODEL = ("rate_limit", "timeout", "model_not_found")  # reasons of a cooldown that may be of one model alone
MEMBERS = frozenset(("version", "profiles", "order", "lastGood", "usageStats"))  # of a store (auth-spec §3.1)
OUTSIDE = 'stands beside "profiles", not in it'
LARGEST_INDEX = 2**32 - 2  # JavaScript lists keys up to this number before all others


@frozen
class Store:
    """One credential store as it stands in its file, or the effective one of an agent.

    `legacy`: there is no store; these are the older files that OpenClaw would import the profiles from.
    """

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
    legacy: tuple[Path, ...] = ()
    parts: tuple[Store, ...] = field(default=(), repr=False, compare=False)  # what it was merged of, uppermost first
    _by_provider: Mapping[str, list[Profile]] = field(init=False, repr=False, compare=False)
    _places: Places = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[str, list[Profile]] = {}
        for profile in self.profiles.values():
            groups.setdefault(self._named(profile.provider), []).append(profile)
        object.__setattr__(self, "_by_provider", groups)
        object.__setattr__(self, "_places", Places(self.text))

    def of(self, provider: str) -> list[Profile]:
        """The profiles of a provider, however they spell it, in file order."""
        return self._by_provider.get(self._named(provider), [])

    def _named(self, provider: str) -> str:
        return normalise(provider, newer=self.kind == "sqlite")

    def owner(self, profile_id: str) -> Store:
        """The store in which a profile stands: the uppermost of those that were merged into this one."""
        return next((part.owner(profile_id) for part in self.parts if profile_id in part.profiles), self)

    def place(self, *keys: str | int) -> tuple[int | None, int | None]:
        """Line and column of a key path in the file, where it has lines."""
        return self._places.find(*keys)

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

    def unusable_until(self, profile_id: str, model: str = "") -> int | float:
        """Epoch milliseconds until which OpenClaw holds a profile back; 0 where it does not (auth-spec §7.1).

        `model`: for this one; 2026.9 holds a profile back for one model alone where the reason is one of that model.
        """
        stats = self.usage.get(profile_id)
        if not isinstance(stats, dict):
            return 0
        names = HOLDS[self.kind]
        if self.kind == "sqlite" and model and stats.get("cooldownReason") in OF_A_MODEL:
            names = names[1:] if stats.get("cooldownModel") not in (None, "", model) else names
        return max(positive(stats.get(name)) or 0 for name in names)

    def held_model(self, profile_id: str, now: int) -> str:
        """The one model for which a profile is held back; "" where it is held back for all, or not at all."""
        stats = self.usage.get(profile_id)
        model = stats.get("cooldownModel") if isinstance(stats, dict) and self.kind == "sqlite" else None
        if not isinstance(model, str) or self.unusable_until(profile_id, model) <= now:
            return ""
        return "" if self.unusable_until(profile_id, f"{model}?") > now else model  # a model that is none


def read_json(path: Path, agent: str = DEFAULT_AGENT, oauth: Path | None = None) -> Store:
    """The store of an agent's `auth-profiles.json`; where there is none, what OpenClaw would import instead.

    Every profile that OpenClaw would drop is listed in `rejected` with the reason. `oauth` is `Home.oauth_file`.
    """
    text = read_text(path)
    if text is None:
        return _importable(path, agent, oauth)
    if isinstance(text, StoreProblem):
        return _broken(path, agent, text)
    document = parse(text)
    if isinstance(document, StoreProblem):
        return _broken(path, agent, document, text)
    return from_document(document, path, agent, text=text)


def from_document(
    document: Any, path: Path, agent: str, *, kind: StoreKind = "json", state: Any = None, text: str = ""
) -> Store:
    """A store from its parsed document. `state` is the SQLite era's second document: order, lastGood, usageStats."""
    if not isinstance(document, dict):
        return _broken(path, agent, StoreProblem("corrupt", "is not a JSON object", 1, 1), text, kind)
    entries = document.get("profiles")
    beside = _beside(document) if kind == "json" else {}
    if entries is None and beside:
        entries = {}
    if not isinstance(entries, dict) and not (kind == "json" and isinstance(entries, list)):
        return _broken(path, agent, StoreProblem("corrupt", 'has no "profiles" object', 1, 1), text, kind)
    named = entries if isinstance(entries, dict) else {str(index): item for index, item in enumerate(entries)}
    profiles, rejected = _profiles(named, newer=kind == "sqlite")
    rejected = {**beside, **rejected}
    rest = state if isinstance(state, dict) else document
    return Store(
        path=path,
        agent=agent,
        kind=kind,
        exists=True,
        profiles=profiles,
        rejected=rejected,
        order=_order(rest.get("order")),
        last_good=_object(rest.get("lastGood")),
        usage=_object(rest.get("usageStats")),
        text=text,
    )


def merged(main: Store, own: Store) -> Store:
    """What an agent uses: its own store laid over main's, member by member (auth-spec §3.3)."""
    if main.path == own.path and not own.legacy:  # both may be imported from the same file
        return own
    if own.legacy and main.profiles:  # main's store is copied before older files are asked
        own = Store(own.path, own.agent, own.kind)
    broken = main if main.problem and not own.problem else own
    return Store(
        path=broken.path,
        agent=broken.agent,
        kind=own.kind,
        exists=main.exists or own.exists,
        profiles=js_order({**(own.profiles if own.kind == "sqlite" else {}), **main.profiles, **own.profiles}),
        rejected={**main.rejected, **own.rejected},
        order={**main.order, **own.order},
        last_good={**main.last_good, **own.last_good},
        usage={**main.usage, **own.usage},
        problem=broken.problem,
        legacy=own.legacy or main.legacy,
        parts=(own, main),
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
    oauth = home.oauth_file
    found = {agent: read_json(folder / STORE_NAME, agent, oauth) for agent, folder in agent_dirs(home, agents).items()}
    if found[DEFAULT_AGENT].profiles:  # then OpenClaw asks no other agent's older files
        return {agent: replace(store, profiles={}, legacy=()) if store.legacy and agent != DEFAULT_AGENT else store
                for agent, store in found.items()}  # fmt: skip
    return found


def js_order(entries: Mapping[str, Any]) -> dict[str, Any]:
    """The entries in the order in which JavaScript lists an object's members: keys that are array indices first."""
    first = sorted(filter(_is_index, entries), key=int)
    return {**{key: entries[key] for key in first}, **entries} if first else dict(entries)


def _importable(path: Path, agent: str, oauth: Path | None) -> Store:
    from openclaw.credentials.legacy import importable

    entries, used, broken = importable(path, oauth)
    profiles, rejected = _profiles(entries)
    where = used[0] if used else path
    return Store(where, agent, profiles=profiles, rejected={**rejected, **broken}, legacy=tuple(used))


def _profiles(named: Mapping[str, Any], *, newer: bool = False) -> tuple[dict[str, Profile], dict[str, str]]:
    read = {name: read_profile(name, raw, newer=newer) for name, raw in js_order(named).items()}
    return (
        {name: item for name, item in read.items() if isinstance(item, Profile)},
        {name: item for name, item in read.items() if isinstance(item, str)},
    )


def _beside(document: Mapping[str, Any]) -> dict[str, str]:
    """Entries that stand beside `profiles`, or instead of it, as in a flat map of providers (user-pain, FM 19)."""
    strays = [name for name, value in document.items() if name not in MEMBERS and isinstance(value, dict | str)]
    if not strays:
        return {}
    from openclaw.credentials.mending import mended

    return {name: OUTSIDE for name in strays if mended(name, document[name]) is not None}


def _existing(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.glob("*/agent"))
    except OSError:
        return


def _broken(path: Path, agent: str, problem: StoreProblem, text: str = "", kind: StoreKind = "json") -> Store:
    return Store(path, agent, kind, exists=True, problem=problem, text=text)


def _order(value: Any) -> dict[str, list[str]]:
    """Lists of non-empty trimmed strings; a list without any is no order at all (auth-spec §3.2)."""
    lists = {key: _ids(item) for key, item in _object(value).items() if isinstance(item, list)}
    return {key: ids for key, ids in lists.items() if ids}


def _ids(items: list[Any]) -> list[str]:
    return [js_trim(item) for item in items if isinstance(item, str) and js_trim(item)]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= 10 and str(int(key)) == key and int(key) <= LARGEST_INDEX
