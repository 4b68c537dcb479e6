"""credentials/: stores as files: in the wrong place, of an older kind, behind symlinks, beside a database."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.remedies import edit, login, option
from checks.verdict import ERROR, INFO, WARNING
from openclaw.api import Finding, Location, Remedy, Unknown, check
from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.providers.names import normalise
from openclaw.text import count, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.profiles import Profile
    from openclaw.era import Era
    from openclaw.facts.credentials import Stores
    from openclaw.facts.places import StoreFile, Stray, Strays
    from openclaw.home import Home


IMPORT = "Let OpenClaw import it, with the network up: offline, its doctor can destroy an OAuth login."


@check("credentials/misplaced", WARNING, tags={"auth"})
def misplaced_stores(misplaced: Strays, stores: Stores, era: Era, home: Home) -> Iterator[Finding]:
    """A credential file where OpenClaw does not look."""
    for item in misplaced.found:
        ids = list({**item.missing, **item.differing})
        yield Finding(
            "credentials/misplaced",
            WARNING,
            f"{home.short(item.path)} has {count(len(ids), 'credential')} and stands where nothing reads it",
            item.path,
            evidence={"profiles": joined(ids[:5])},
            where=Location(item.path),
            remedy=_remedy_misplaced(item, stores, newer=era.name == "sqlite"),
        )
    if misplaced.cut and not misplaced.found:
        raise Unknown(misplaced.cut)


def _remedy_misplaced(item: Stray, stores: Stores, *, newer: bool) -> Remedy:
    whose = "" if item.agent == stores.default else item.agent
    if newer:
        return Remedy("Store them again, then remove the file.", _store(item, whose))
    if item.differing:
        ids = joined(list(item.differing))
        text = f"{ids} is stored already, with another value: decide which one counts, then remove the file."
        return Remedy(text, _store(item, whose))
    return Remedy("Merge it into the store that is read.", (edit(item.path),), "confirm")


@check("credentials/legacy-store", WARNING, tags={"auth"})
def legacy_store(not_imported: tuple[Stray, ...], era: Era, home: Home) -> Iterator[Finding]:
    """A credential file of an older OpenClaw that was not imported."""
    newer = era.name == "sqlite"
    for item in (item for item in not_imported if item.missing):
        when = (
            "OpenClaw imports it when it next starts"
            if item.pending and not newer
            else "only its doctor imports it"
            if newer
            else "OpenClaw reads it only as long as there is no store"
        )
        ids = joined(list(item.missing)[:5])
        if newer:
            remedy = Remedy(IMPORT, ("openclaw real doctor --fix",))
        else:
            remedy = Remedy("Take its credentials over into the store.", (edit(item.path),), "confirm")
        yield Finding(
            "credentials/legacy-store",
            WARNING,
            f"{home.short(item.path)} has credentials that are in no store ({ids}); {when}",
            item.path,
            where=Location(item.path),
            remedy=remedy,
        )
    broken = next((item for item in not_imported if item.broken), None)
    if broken and not any(item.missing for item in not_imported):
        raise Unknown(f"{home.short(broken.path)} {broken.broken}")


@check("credentials/store-symlink", WARNING, tags={"auth"})
def store_symlink(store_files: tuple[StoreFile, ...], home: Home) -> Iterator[Finding]:
    """A store that is a symlink, or one file that is the store of two agents."""
    by_file: dict[tuple[int, int], list[StoreFile]] = {}
    for file in store_files:
        by_file.setdefault(file.identity, []).append(file)
    for files in by_file.values():
        linked = [file for file in files if file.link]
        if not linked and len({file.path for file in files}) < 2:
            continue  # of two agents with one directory config/rejected speaks
        agents = joined([file.agent for file in files])
        first = (linked or files)[0]
        what = f"is a symlink to {first.link}" if first.link else "is one file"
        shared = f", and the store of agents {agents}" if len(files) > 1 else ""
        moved = linked or [file for file in files if file.folder] or files[1:]
        paths = {file.path: file for file in moved if linked or file.folder or file.path != files[0].path}
        yield Finding(
            "credentials/store-symlink",
            WARNING,
            f"The store {home.short(first.path)} {what}{shared}",
            first.path,
            where=Location(first.path),
            remedy=_remedy_symlink(list(paths.values())),
        )


def _remedy_symlink(files: list[StoreFile]) -> Remedy:
    """A file of its own for each; `cp` and `mv` in one directory, so that there is always one or the other."""
    if not files:
        text = "Give each agent a directory of its own (agentDir in the config): they overwrite each other's notes."
        return Remedy(text)
    paths = [file.path for file in files]
    if files[0].folder and not files[0].link:
        text = "With the gateway stopped, give the agent a directory of its own; the link is kept beside it."
        folders = dict.fromkeys(path.rpartition("/")[0] for path in paths)
        return Remedy(text, tuple(_own_directory(folder) for folder in folders))
    if paths[0].endswith(".sqlite"):
        text = "With the gateway stopped, move the database here, with its -wal and -shm, in the place of the link."
        return Remedy(text, (f"ls -l {quote(paths[0])}*",))
    text = (
        "With the gateway stopped, make it a file of its own; an OAuth login in it then has two owners: log in again."
    )
    commands = [
        f"cp -pL {quote(path)} {quote(path + '.own')} && mv -f {quote(path + '.own')} {quote(path)}" for path in paths
    ]
    return Remedy(text, tuple(commands))


def _own_directory(path: str) -> str:
    own, link = quote(f"{path}.own"), quote(f"{path}.link")
    return f"cp -RLp {quote(path)} {own} && mv {quote(path)} {link} && mv {own} {quote(path)}"


@check("credentials/sqlite-store", ERROR, tags={"auth", "smoke"})
def sqlite_store(stores: Stores, old_stores: tuple[Stray, ...], era: Era, home: Home) -> Iterator[Finding]:
    """Credentials are kept in SQLite; a JSON store beside it blocks OpenClaw."""
    if era.name != "sqlite":
        return
    for item in old_stores:
        yield Finding(
            "credentials/sqlite-store",
            ERROR,
            f"{home.short(item.path)} {_holds(item)}: this OpenClaw keeps credentials in SQLite and refuses every "
            "model command while that file is there",
            item.path,
            where=Location(item.path),
            remedy=_remedy_beside(item, stores),
        )
    for store in {str(store.path): store for store in stores.own.values()}.values():
        if store.exists and not store.problem:
            kinds = [f"{number} {kind}" for kind in SECRET_FIELD if (number := _number(store.profiles, kind))]
            what = f"{count(len(store.profiles), 'profile')}{f' ({joined(kinds)})' if kinds else ''}"
            yield Finding(
                "credentials/sqlite-store",
                INFO,
                f"Credentials are kept in SQLite: {home.short(store.path)} has {what}",
                str(store.path),
                where=Location(str(store.path)),
            )


def _number(profiles: object, kind: str) -> int:
    return sum(item.type == kind for item in profiles.values()) if isinstance(profiles, dict) else 0


def _holds(item: Stray) -> str:
    if item.broken:
        return f"stands beside the database and {item.broken}"
    lost = len(item.missing) + len(item.differing)
    return f"has {count(lost, 'credential')} that the database does not have" if lost else "stands beside the database"


def _remedy_beside(item: Stray, stores: Stores) -> Remedy:
    aside = f"{item.path}.aside"
    move = f"mv {quote(item.path)} {quote(aside)}"
    if item.differing:
        whose = "" if item.agent == stores.default else item.agent
        ids = joined(list(item.differing))
        text = (
            f"Move it aside, and store from it what counts: of {ids} the database has another value, and "
            "OpenClaw's own doctor would keep that one."
        )
        return Remedy(text, (move, *_store(item, whose, aside)))
    if item.broken and item.broken != "is empty":
        text = "Move it aside, look whether there is a key in it, and store that one; what it holds could not be read."
        return Remedy(text, (move, edit(aside)))
    if item.missing:
        return Remedy(IMPORT, ("openclaw real doctor --fix",))
    return Remedy("Move it aside: there is nothing in it that is needed.", (move,))


def _store(item: Stray, agent: str, path: str = "") -> tuple[str, ...]:
    """The command that stores every profile of a file again, its secrets read from it, and then removes the file.

    One chain: a file is not removed before all that is in it is stored.
    """
    path = path or item.path
    if item.path.endswith("/auth.json"):  # with other names in it: nothing reads those by a command
        return edit(path), f"mv {quote(path)} {quote(path + '.aside')}"
    profiles = {**item.missing, **item.differing}.values()
    stored = dict.fromkeys(command for profile in profiles for command in _store_one(profile, path, agent))
    return (" && ".join([*stored, f"rm {quote(path)}"]),)


def _store_one(profile: Profile, path: str, agent: str) -> tuple[str, ...]:
    provider = normalise(profile.provider)
    if profile.type == "oauth":
        return login(provider, newer=True, agent=agent)
    verb = "paste-api-key" if profile.type == "api_key" else "paste-token"
    read = 'import json,sys;print(json.load(open(sys.argv[1]))["profiles"][sys.argv[2]][sys.argv[3]])'
    value = f"python3 -c {quote(read)} {quote(path)} {quote(profile.id)} {SECRET_FIELD[profile.type]}"
    store = f"openclaw models auth {verb} --provider {quote(provider)} --profile-id {quote(profile.id)}"
    return (f"{value} | {store}{option('--agent', agent)}",)
