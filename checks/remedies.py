"""Remedies that several checks share: the exact commands for a provider, a file that keeps us out, a broken file."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy
from openclaw.change import advice
from openclaw.frozen import replace
from openclaw.providers.advice import LOGINS, NOT_BY_KEY, login, obtain, option

if TYPE_CHECKING:
    from collections.abc import Collection

    from openclaw.facts.files import Broken

__all__ = ["LOGINS", "NOT_BY_KEY", "edit", "for_known_agents", "let_in", "login", "obtain", "option", "restore"]


def edit(path: str, line: int | None = None) -> str:
    """The command that opens a file in the user's own editor, at a line where one is known."""
    return f"${{EDITOR:-vi}} {f'+{line} ' if line else ''}{quote(path)}"


def let_in(broken: Broken) -> Remedy:
    """How a file that cannot be read becomes readable for the user who asks."""
    found = broken.obstacle
    if broken.nowhere:
        text = "Mount what the link leads to, or let it lead to where the file is now."
        return Remedy(text, (f"ls -l {quote(broken.path)}",))
    if found is None:
        return Remedy("Find out what keeps it from being read.", (f"ls -l {quote(broken.path)}",))
    if found.directory and found.path == broken.path:
        aside = f"mv {quote(found.path)} {quote(found.path + '.moved')}"
        return Remedy("A directory stands where the file belongs: move it away.", (aside,))
    return Remedy(*advice.let_in(found.path, owner=found.uid, uid=broken.uid, directory=found.directory))


def restore(broken: Broken, line: int | None) -> Remedy:
    """How a file that cannot be parsed is mended: from its newest whole backup, else by hand; nothing is lost."""
    if not broken.backup:
        return Remedy("Correct that place; there is no whole backup beside the file.", (edit(broken.path, line),))
    path, copy = quote(broken.path), quote(broken.backup)
    name = broken.backup.rpartition("/")[2]
    text = f"Correct that place, or keep the broken file aside and restore {name}, its newest whole backup."
    swap = f"cp -p {path} {quote(broken.path + '.broken')} && cp -p {copy} {path}"
    return Remedy(text, (edit(broken.path, line), swap), "confirm")


def for_known_agents(finding: Finding, agents: Collection[str]) -> Finding:
    """The finding without commands for an agent that has a directory and no place in the config.

    This program, like OpenClaw, refuses `--agent` for those: what is left is the file itself, but for a database.
    """
    remedy = finding.remedy
    if remedy is None or not any(_strange(command, agents) for command in remedy.commands):
        return finding
    kept = tuple(command for command in remedy.commands if not _strange(command, agents))
    where = finding.where
    own = (edit(where.path, where.line),) if where and not where.path.endswith(".sqlite") else ()
    agent = next(found for command in remedy.commands if (found := _strange(command, agents)))
    text = f"{remedy.text} The config does not name agent {agent}, so no command takes it.".strip()
    return replace(finding, remedy=replace(remedy, text=text, commands=(*kept, *own)))


def _strange(command: str, agents: Collection[str]) -> str:
    """The agent that a command names and the config does not; "" where there is none."""
    for flag in (" --agent ", " --to "):
        before, found, rest = command.partition(flag)
        if found and "openclaw " in before and (name := rest.split(" ", 1)[0].strip("'")) not in agents:
            return name
    return ""
