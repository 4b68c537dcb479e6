"""The env files of an installation, and how their readers read them."""

from __future__ import annotations

import os
import re
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.errors import Unreadable
from openclaw.facts import fact
from openclaw.frozen import frozen, replace
from openclaw.providers.names import all_env_names
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from openclaw.environment.lint import Duplicate, Issue
    from openclaw.environment.mending import Mended
    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService

OWN_NAME = re.compile(r"(?:OPENCLAW|CLAWDBOT|MOLTBOT)_")


@frozen
class ReadEnvFile:
    """One env file with what its linter says. `systemd`: a unit names it, so systemd's rules count too.

    `mended` are the lines that can be written anew, `values` what Node reads for the names that are set twice.
    """

    path: str
    state: Literal["absent", "ok", "ignored", "unreadable"]
    reason: str = ""
    issues: tuple[Issue, ...] = ()
    systemd: bool = False
    advice: str = ""  # what to do about a file that cannot be read, in words
    commands: tuple[str, ...] = ()  # and exactly
    mended: Mapping[int, Mended] = field(default_factory=dict)
    duplicates: tuple[Duplicate, ...] = ()
    values: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    barred: bool = False  # the state directory itself cannot be entered


@fact()
def env_files(installation: Installation, gateway: GatewayService | None) -> list[ReadEnvFile]:
    """The env files that are read: by commands here, by the daemon, and by its unit."""
    home = installation.home
    units = [file.path for file in gateway.environment_files] if gateway else []
    paths = [home.cwd / ".env", home.env_file, *units]
    if installation.era.name == "sqlite":
        paths.append(home.user / ".config" / "openclaw" / "gateway.env")
    shared = {*units, *paths[1:]}
    found = {path: _read_env_file(path, systemd=path in units, ours=path in shared) for path in dict.fromkeys(paths)}
    barred = not os.access(home.state, os.X_OK)
    return [replace(file, barred=barred and home.state in path.parents) for path, file in found.items()]


def _read_env_file(path: Path, *, systemd: bool, ours: bool = True) -> ReadEnvFile:
    """`ours`: all of the file counts. Else it is the working directory's, which may well be another program's: of that
    only the lines with OpenClaw's variables count."""
    from openclaw.environment.dotenv import node_values, read_env_file

    try:
        found = read_env_file(path)
    except Unreadable as error:
        reason = error.message.rstrip(".")
        return ReadEnvFile(str(path), "unreadable", reason, (), systemd, error.hint, error.commands)
    if found.state != "ok":
        return ReadEnvFile(str(path), found.state, found.reason, systemd=systemd)
    from openclaw.environment.lint import duplicates, lint

    text = found.text
    issues, twice = lint(text), duplicates(text)
    if not ours:
        issues = list(_of_openclaw(issues, text))
        twice = [item for item in twice if item.name in all_env_names() or OWN_NAME.match(item.name)]
    names = {item.name for item in twice}
    values = {name: Secret(value) for name, value in node_values(text).items() if name in names}
    return ReadEnvFile(
        str(path), found.state, found.reason, tuple(issues), systemd,
        mended=_mended(text, issues), duplicates=tuple(twice), values=values,
    )  # fmt: skip


def _mended(text: str, issues: list[Issue]) -> Mapping[int, Mended]:
    if not issues:
        return {}
    from openclaw.environment.mending import mended

    return mended(text, tuple(issues))


def _of_openclaw(issues: Iterable[Issue], text: str) -> Iterator[Issue]:
    from openclaw.environment.dotenv import lines_of

    lines, names = lines_of(text), all_env_names()
    for issue in issues:
        line = lines[issue.line - 1] if issue.line <= len(lines) else ""
        words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", line))
        if words & names or any(map(OWN_NAME.match, words)):
            yield issue
