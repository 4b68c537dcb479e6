"""config/, the history of the file: what a tool destroyed, and keys of other versions."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.remedies import edit
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.known import old_keys, older_keys, unknown_keys
from openclaw.config.reading import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.known import AnyPath
    from openclaw.config.reading import Config
    from openclaw.era import Era
    from openclaw.facts.setup import Copies
    from openclaw.home import Home

MUCH = 2  # a whole backup at least this many times as large …
CUT = "config/shrunk says it: a backup has what the config lacks"
BYTES = 512  # … and larger by at least this: a config that was never more than a few lines did not shrink
MIGRATE = "openclaw real doctor --fix"  # of OpenClaw, which moves its own keys


@check("config/shrunk", Severity.ERROR, tags={"config"})
def shrunk(config: Config, copies: Copies, home: Home) -> Iterator[Finding]:
    """A tool destroyed the config: a backup holds much more."""
    if any(problem.kind in ("unparsable", "unreadable", "shape") for problem in config.problems):
        raise NotApplicable("config/unparsable says it")
    if not copies.exists:
        raise NotApplicable("there is no config")
    if largest := _larger(copies):
        broken = ", and is itself not whole" if largest in copies.cut else ""
        message = (
            f"The config has {copies.size} bytes, and its backup {home.short(largest[0])} has {largest[1]}{broken}"
        )
    elif copies.clobbered:
        message = f"A tool moved a config aside as {home.short(copies.clobbered)} after the live one was written"
    else:
        return
    path = str(config.path)
    backup = to_restore(copies)
    text = "See what is missing in it; the backup, where it is the better one, takes its place."
    named = largest[0] if largest else copies.clobbered
    by_hand = (f"diff {quote(path)} {quote(named)}", edit(path))
    commands = ("openclaw doctor --fix --dry-run --only config/shrunk",) if backup else by_hand
    yield Finding(
        "config/shrunk",
        Severity.ERROR,
        message,
        evidence={"backup": home.short(backup)} if backup else {},
        where=Location(path),
        remedy=Remedy(text, commands, "confirm" if backup else "manual"),
    )


def to_restore(copies: Copies) -> str:
    """The copy that takes the place of the config: a whole one that is larger; "" where there is none."""
    larger = _larger(copies)
    if larger and larger in copies.whole:
        return larger[0]
    if copies.clobbered and not larger:
        return copies.newest or (copies.clobbered if copies.aside > copies.size else "")
    return next((path for path, size in copies.whole if size > copies.size), "")


def saved(config: Config, copies: Copies) -> tuple[str, ...]:
    """The copies that have what the live config has lost: what is in them is not left over, it is wanted back."""
    largest = _larger(copies) if copies.exists else None
    named = ((largest[0],) if largest else ()) + ((copies.clobbered,) if copies.clobbered else ())
    return named if config.exists else ()


def is_cut(copies: Copies) -> bool:
    """Whether a whole backup has much more than the live config: what this one lacks, config/shrunk brings back."""
    larger = _larger(copies) if copies.exists else None
    return larger is not None and larger in copies.whole


def _larger(copies: Copies) -> tuple[str, int] | None:
    """The newest backup that is much larger than the live file, a whole one before others: (path, bytes)."""
    each = (*copies.whole, *copies.cut)
    much = (one for one in each if one[1] >= MUCH * copies.size and one[1] - copies.size >= BYTES)
    return next(much, None)


@check("config/unknown-auth-key", Severity.INFO, tags={"config"})
def unknown_auth_key(config: Config, era: Era) -> Iterator[Finding]:
    """Keys that no OpenClaw has, among those about credentials."""
    _readable(config)
    refused = _refused(config) if era.version else ()
    for keys in unknown_keys(config.merged):
        if keys in refused:
            continue  # config/rejected says it
        message = f"{dotted(keys)} is no key of any OpenClaw that is known here: it is kept, and may be refused"
        yield _about(
            config, "config/unknown-auth-key", Severity.INFO, keys, message, Remedy("Correct it, or leave it.")
        )


@check("config/legacy-key", Severity.WARNING, tags={"config"})
def legacy_key(config: Config, era: Era) -> Iterator[Finding]:
    """Keys of an older layout, where the version is not known."""
    _readable(config)
    if era.version:
        raise NotApplicable(f"the version is known ({era.version}): config/rejected says what it refuses")
    older = [(keys, "2026.2 and later move or refuse it") for keys in older_keys(config.merged)]
    old = [(keys, "2026.9 refuses it") for keys in old_keys(config.merged)]
    for keys, who in older + old:
        message = f"{'.'.join(keys)} is of an older layout: {who}"
        remedy = Remedy("OpenClaw moves its own keys, after a copy of the config was made.", (MIGRATE,))
        yield _about(config, "config/legacy-key", Severity.WARNING, keys, message, remedy)


def _refused(config: Config) -> set[tuple[str | int, ...]]:
    return {problem.keys for problem in config.problems if problem.kind == "rejected"}


def _readable(config: Config) -> None:
    if not config.exists:
        raise NotApplicable("there is no config")
    if any(problem.kind not in ("variable", "rejected") for problem in config.problems):
        raise Unknown("the config could not be read")


def _about(config: Config, check_id: str, severity: Severity, keys: AnyPath, text: str, remedy: Remedy) -> Finding:
    path, line, column = config.spot(*keys)
    where = Location(str(path), line, column)
    return Finding(check_id, severity, text, ".".join(map(str, keys)), where=where, remedy=remedy)
