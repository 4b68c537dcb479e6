"""The env files of an installation, and how their readers read them."""

from __future__ import annotations

import os
import re
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.config.reading import references
from openclaw.errors import Unreadable
from openclaw.facts import fact
from openclaw.frozen import frozen, replace
from openclaw.home import leads_nowhere
from openclaw.providers.names import all_env_names
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from openclaw.environment.lint import Duplicate, Issue
    from openclaw.environment.mending import Mended
    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService

OWN_NAME = re.compile(r"(?:OPENCLAW|CLAWDBOT|MOLTBOT)_")
FILE_S_OWN = ("bom", "crlf")  # issues that are not of one line: how a project writes its files is its own affair
FOR_NODE = frozenset(("malformed", "quote", "hash"))  # issues for which Node, too, reads something else than is meant


@frozen
class ReadEnvFile:
    """One env file with what its linter says. `systemd`: a unit names it, so systemd's rules count too.

    `strict`: no unit names it, but a service of systemd is installed, and the next one may.
    `mended` are the lines that can be written anew, `values` what a name that is set twice should have:
    the last value that is not blank.
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
    strict: bool = False


@fact()
def env_files(installation: Installation, gateway: GatewayService | None) -> list[ReadEnvFile]:
    """The env files that are read: by commands here, by the daemon, and by its unit."""
    home = installation.home
    units = [file.path for file in gateway.environment_files] if gateway else []
    paths = [home.env_file, *units]
    if installation.era.name == "sqlite":
        paths.append(home.user / ".config" / "openclaw" / "gateway.env")
    strict = gateway is not None and gateway.installed and gateway.unit.endswith(".service")
    found = {path: _read_env_file(path, systemd=path in units) for path in dict.fromkeys(paths)}
    found = {path: replace(file, strict=strict) for path, file in found.items()}
    project = home.cwd / ".env"
    if project not in found and not leads_nowhere(project):
        found = {project: _of_project(_read_env_file(project, systemd=False), project, installation), **found}
    barred = not os.access(home.state, os.X_OK)
    return [replace(file, barred=barred and home.state in path.parents) for path, file in found.items()]


def taken_from_project(installation: Installation) -> frozenset[str]:
    """The variables that OpenClaw takes from the `.env` of the working directory, which is a project's own.

    Not those that are blank, that it ignores there, that this shell has, or that mean nothing to it.
    """
    environment, config = installation.environment, installation.config
    layer = environment.layer("cwd")
    if layer is None:
        return frozenset()
    used = {name for text in (config.text, *(file.text for file in config.included)) for name in references(text)}
    used |= all_env_names()
    return frozenset(
        name
        for name, value in layer.values.items()
        if environment.origin.get(name) is layer and js_trim(value) and (name in used or OWN_NAME.match(name))
    )


def _of_project(file: ReadEnvFile, path: Path, installation: Installation) -> ReadEnvFile:
    """Of a project's file only what keeps OpenClaw from what it takes, or would take, from there."""
    if file.state != "ok":
        return file if file.state == "unreadable" else replace(file, state="absent", reason="")
    if not file.issues and not file.duplicates:
        return file
    taken = taken_from_project(installation)
    newer, environment = installation.era.name == "sqlite", installation.environment
    lacking = set() if newer else {name for name in all_env_names() if not environment.usable(name)}
    issues = [item for item in file.issues if item.kind in FOR_NODE and item.name in taken]
    issues += _mentioning(lacking, (item for item in file.issues if item.kind == "malformed"), path)
    lines = {item.line for item in issues}
    return replace(
        file,
        issues=tuple(item for item in file.issues if item.line in lines and item.kind not in FILE_S_OWN),
        duplicates=tuple(item for item in file.duplicates if item.name in taken),
        mended={line: mended for line, mended in file.mended.items() if line in lines},
    )


def _read_env_file(path: Path, *, systemd: bool) -> ReadEnvFile:
    from openclaw.environment.dotenv import read_env_file

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
    names = {item.name for item in twice}
    entries = sorted((item for item in found.entries if item.name in names), key=lambda item: bool(js_trim(item.value)))
    values = {item.name: Secret(item.value) for item in entries}  # blank ones come first, so others replace them
    return ReadEnvFile(
        str(path), found.state, found.reason, tuple(issues), systemd,
        mended=_mended(text, issues), duplicates=tuple(twice), values=values,
    )  # fmt: skip


def _mended(text: str, issues: list[Issue]) -> Mapping[int, Mended]:
    if not issues:
        return {}
    from openclaw.environment.mending import mended

    return mended(text, tuple(issues))


def _mentioning(names: set[str], issues: Iterable[Issue], path: Path) -> Iterator[Issue]:
    """The issues of lines in which one of these names stands."""
    from openclaw.environment.dotenv import lines_of, read_env_file

    found = list(issues) if names else []
    lines = lines_of(read_env_file(path).text) if found else []
    for issue in found:
        if names & set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", lines[issue.line - 1])):
            yield issue
