"""security/, where secrets show: command lines, logs, old copies, work trees."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.history import saved
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.text import count, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Routes
    from openclaw.facts.exposure import Leftover, Shown, WorkTree
    from openclaw.facts.setup import Copies
    from openclaw.home import Home

WARNING = Severity.WARNING


@check("security/secret-in-argv", WARNING, tags={"security"})
def secret_in_argv(argv_secrets: tuple[Shown, ...]) -> Iterator[Finding]:
    """A key on the command line of a running process."""
    for item in argv_secrets:
        whose = f" ({item.what})" if item.what else ""
        text = "End it, and give it the key through its environment or standard input: every user of this host sees it."
        yield Finding(
            "security/secret-in-argv",
            WARNING,
            f"The command line of {item.place} (process {item.pid}) shows a key{whose}",
            f"{item.place}/{item.mark}",
            evidence={"value": item.mark, "pid": str(item.pid)},
            remedy=Remedy(text, (f"ps -o pid=,user=,lstart= -p {item.pid}",)),
        )


@check("security/secret-in-log", WARNING, tags={"security"})
def secret_in_log(log_secrets: tuple[Shown, ...], home: Home) -> Iterator[Finding]:
    """A secret stands in a log."""
    for item in log_secrets:
        text = "Make the log private or remove it; if others could read it, put a new key in place of that one."
        yield Finding(
            "security/secret-in-log",
            WARNING,
            f"{home.short(item.place)} holds the value of {item.what}",
            item.what,
            evidence={"value": item.mark},
            where=Location(item.place, item.line),
            remedy=Remedy(text, (f"chmod 600 {quote(item.place)}",)),
        )


@check("security/leftover-copy", WARNING, tags={"security"})
def leftover_copy(
    leftovers: tuple[Leftover, ...], config: Config, copies: Copies, routes: Routes, home: Home
) -> Iterator[Finding]:
    """A value that was removed or rotated stands in a copy."""
    if leftovers and not routes.any_credential:
        raise NotApplicable("credentials/none says it: nothing is left but what the copies have")
    wanted = saved(config, copies)
    for item in leftovers:
        if item.path in wanted:
            continue  # config/shrunk restores it
        number = count(len(item.marks), "credential")
        text = "Take it out of the copy, and revoke the key at its provider: who has the copy has the key."
        yield Finding(
            "security/leftover-copy",
            WARNING,
            f"{home.short(item.path)} still holds {number} that nothing uses any more",
            evidence={"values": joined(list(item.marks[:5])), "places": joined([_dotted(p) for p in item.places[:5]])},
            where=Location(item.path),
            remedy=Remedy(text, ("openclaw doctor --fix --dry-run --only security/leftover-copy",), "confirm"),
        )


def _dotted(place: tuple[str | int, ...]) -> str:
    return ".".join(map(str, place))


@check("security/repo", WARNING, tags={"security"})
def repo(work_trees: tuple[WorkTree, ...], home: Home) -> Iterator[Finding]:
    """Secrets inside of a git work tree that does not ignore them."""
    shown = [item for item in work_trees if item.ignored is False]
    doubtful = [item for item in work_trees if item.ignored is None]
    if doubtful and not shown:
        raise Unknown(f"whether git ignores {home.short(doubtful[0].path)} is not known: {doubtful[0].problem}")
    for item in shown:
        inside = item.path.removeprefix(item.root).lstrip("/")
        what = "." if not inside else f"/{inside}"
        line = f"printf '%s\\n' {quote(what)} >> {quote(f'{item.root}/.gitignore')}"
        cached = f"git -C {quote(item.root)} rm -r --cached --ignore-unmatch -- {quote(inside or '.')}"
        tree, whole = home.short(item.root), "it" if _which(item) == "it" else "all of it"
        text = f"Let git ignore {whole}; what was committed already has to be taken out, and its keys replaced."
        yield Finding(
            "security/repo",
            WARNING,
            f"{home.short(item.path)} is in the git work tree {tree}, which does not ignore {_which(item)}",
            where=Location(item.path),
            remedy=Remedy(text, (line, cached)),
        )


def _which(item: WorkTree) -> str:
    """The directory itself, or the file in it that its work tree does not ignore."""
    inside = item.shown.removeprefix(item.path).lstrip("/")
    return inside if inside not in ("", "openclaw.json") else "it"
