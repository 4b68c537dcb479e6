"""How this installation came to be: copies of the config beside it, and an onboarding that was interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.views import provider_entries
from openclaw.credentials.resolve import resolve
from openclaw.facts import fact
from openclaw.frozen import frozen
from openclaw.home import matches
from openclaw.providers.names import normalise, readers

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.facts.credentials import Stores
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation

COPIES_READ = 8  # of the newest: OpenClaw keeps five
SIZE_READ = 4 * 1024 * 1024  # bytes; a larger copy is not looked into
ONBOARDING = "onboarding.json"  # the wizard's journal, in our own folder of the installation


@frozen
class Copies:
    """The live config and what programs left beside it.

    `whole` are backups that can be parsed, newest first: (path, bytes); `cut` those that cannot. `clobbered` is a file
    that a tool moved aside after the live one was last written, "" where there is none; `aside` its bytes, where it
    can be parsed.
    """

    exists: bool
    size: int = 0
    whole: tuple[tuple[str, int], ...] = ()
    clobbered: str = ""
    cut: tuple[tuple[str, int], ...] = ()
    aside: int = 0

    @property
    def newest(self) -> str:
        """The newest whole backup; "" where there is none."""
        return self.whole[0][0] if self.whole else ""


@frozen
class Interrupted:
    """The journal of an onboarding that did not come to its end; "" where there is none."""

    journal: str = ""


@frozen
class Usable:
    """The providers for which the default agent has a usable credential, by name."""

    providers: tuple[str, ...]


@fact()
def usable(installation: Installation, stores: Stores) -> Usable:
    """Whom the default agent could ask, whatever its models are."""
    newer = installation.era.name == "sqlite"
    store = stores.effective.get(stores.default) or stores.own["main"]
    names = {*readers(newer=newer), *map(normalise, provider_entries(installation.config.value))}
    names |= {normalise(profile.provider) for profile in store.profiles.values()}
    sources = installation.sources(store)
    return Usable(tuple(sorted(name for name in names if resolve(name, sources, stores.default).winner)))


@fact()
def copies(home: Home) -> Copies:
    """Backups of the config, and files of a tool that destroyed it."""
    try:
        live = home.config.stat()
    except FileNotFoundError:
        return Copies(exists=False)
    beside = [path for path in matches(home.config.parent, f"{home.config.name}.*") if path.is_file()]
    clobbered = [path for path in beside if ".clobbered." in path.name and path.stat().st_mtime > live.st_mtime]
    backups = [path for path in beside if path.name.startswith(f"{home.config.name}.bak")]
    newest = sorted(backups, key=lambda path: -path.stat().st_mtime)[:COPIES_READ]
    sizes = {path: path.stat().st_size for path in newest}
    whole = tuple((str(path), size) for path, size in sizes.items() if _whole(path))
    cut = tuple((str(path), size) for path, size in sizes.items() if (str(path), size) not in whole)
    moved = next(iter(clobbered), None)
    aside = moved.stat().st_size if moved and _whole(moved) else 0
    return Copies(True, live.st_size, whole, str(moved or ""), cut, aside)


@fact()
def interrupted(home: Home, call: Invocation) -> Interrupted:
    """An onboarding of this installation that waits to be resumed."""
    from openclaw.change.place import folder_for

    path = folder_for(home.state, call.env, call.user) / ONBOARDING
    return Interrupted(str(path) if path.is_file() else "")


def _whole(path: Path) -> bool:
    if path.stat().st_size > SIZE_READ:
        return False
    from openclaw.config.reading import read

    found = read(path)
    return bool(found.merged) and not found.problems
