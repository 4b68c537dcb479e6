"""What the files of a systemd service say: variables, environment files, command, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.errors import Failure
from openclaw.frozen import frozen
from openclaw.platforms import under
from openclaw.secret import Secret
from openclaw.service import unitfile
from openclaw.service.base import EnvironmentFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.finding import Location
    from openclaw.platforms import HostKind
    from openclaw.service.base import EnvironmentFileParser, Variables


@frozen
class Definition:
    """The settled content of a unit and its drop-ins. The fields are those of `GatewayService`."""

    environment: Variables
    origins: Mapping[str, Location]
    environment_files: tuple[EnvironmentFile, ...]
    unset: Mapping[str, Secret | None]
    argv: tuple[str, ...]
    argv_at: Location | None
    settings: Mapping[str, str]
    working_directory: Path | None
    problems: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(slots=True)
class Reader:
    """Reads one unit's files; collects what is wrong and what could not be read on the way."""

    root: Path
    specifiers: Mapping[str, str]
    parse: EnvironmentFileParser
    problems: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def read(self, paths: Iterable[Path]) -> Definition:
        """The content of a unit's main file and its drop-ins, in the order in which systemd applies them."""
        directives = [directive for path in paths for directive in self._directives(path)]
        environment, origins = unitfile.environment(directives, self.specifiers, self.problems)
        files = tuple(self._files(directives))
        self._note_unresolved(directives)
        return Definition(
            environment=environment,
            origins=origins,
            environment_files=files,
            unset=dict(self._unset(directives)),
            argv=unitfile.command(directives, self.specifiers, self.problems),
            argv_at=next((found.location for found in unitfile.settled(directives, "ExecStart")), None),
            settings=unitfile.settings(directives),
            working_directory=self._working_directory(directives),
            problems=tuple(self.problems),
            unknown=tuple(self.unknown),
        )

    def _directives(self, path: Path) -> tuple[unitfile.Directive, ...]:
        try:
            return unitfile.parse(read_text(self.root, path), path)
        except OSError as error:
            self.unknown.append(f"{path} could not be read: {error.strerror}")
            return ()

    def _unset(self, directives: Iterable[unitfile.Directive]) -> Iterator[tuple[str, Secret | None]]:
        for word, _ in unitfile.assignments(directives, "UnsetEnvironment", self.specifiers, self.problems):
            name, equals, value = word.partition("=")
            yield name, Secret(value) if equals else None

    def _working_directory(self, directives: Iterable[unitfile.Directive]) -> Path | None:
        lines = unitfile.settled(directives, "WorkingDirectory")
        value = self._expand(lines[-1]).removeprefix("-") if lines else ""
        return Path(
            self.specifiers["h"] if value in ("", "~") else value
        )  # a user service starts in the home directory

    def _files(self, directives: Iterable[unitfile.Directive]) -> Iterator[EnvironmentFile]:
        for directive in unitfile.settled(directives, "EnvironmentFile"):
            value = self._expand(directive)
            optional, path = value.startswith("-"), value.removeprefix("-")
            if path.startswith("/"):
                yield from (self._file(Path(found), directive, optional=optional) for found in self._matches(path))
            elif path:
                self.problems.append(
                    f"{directive.place}: systemd ignores an EnvironmentFile= whose path is not absolute"
                )

    def _expand(self, directive: unitfile.Directive) -> str:
        """The value with its specifiers replaced; "" and a problem where systemd ignores the line."""
        try:
            return unitfile.expand(directive.value, self.specifiers)
        except unitfile.UnitSyntaxError as error:
            self.problems.append(f"{directive.place}: systemd ignores this line, which has {error}")
            return ""

    def _matches(self, path: str) -> list[str]:
        """The files of a pattern, sorted; the pattern itself when there are none."""
        if not any(mark in path for mark in "*?["):
            return [path]
        import glob

        base = str(self.root).rstrip("/")
        return sorted(match[len(base) :] for match in glob.glob(glob.escape(base) + path)) or [path]  # noqa: PTH207

    def _file(self, path: Path, directive: unitfile.Directive, *, optional: bool) -> EnvironmentFile:
        try:
            values = self.parse(read_text(self.root, path))
        except FileNotFoundError:
            if not optional:
                self.problems.append(f"{directive.place}: {path} does not exist, so the service cannot start")
            return EnvironmentFile(path, optional, "missing")
        except OSError as error:
            self.unknown.append(f"{path} could not be read: {error.strerror}")
        except (Failure, ValueError):
            self.unknown.append(f"{path} could not be parsed")
        else:
            return EnvironmentFile(path, optional, "read", {name: Secret(value) for name, value in values.items()})
        return EnvironmentFile(path, optional, "unreadable")

    def _note_unresolved(self, directives: Iterable[unitfile.Directive]) -> None:
        for key in ("Environment", "EnvironmentFile", "UnsetEnvironment"):
            for line in unitfile.settled(directives, key):
                if unitfile.unresolved(line.value, self.specifiers):
                    self.unknown.append(f"{line.place}: {key}= uses a % specifier whose value is not known here")


def specifiers(unit: str, env: Mapping[str, str], host: HostKind, runtime: Path) -> dict[str, str]:
    """The `%` specifiers of systemd.unit(5) that mean the same in every release, for a user's manager.

    `env` is the manager's environment. Left out: %S and %L (moved in systemd 254), the host's names and ids.
    """
    home = env.get("HOME", "")
    name = unit.removesuffix(".service")
    prefix, _, instance = name.partition("@")
    return {
        "%": "%",
        "h": home,
        "u": host.user,
        "U": str(host.uid),
        "t": str(runtime),
        "E": env.get("XDG_CONFIG_HOME") or f"{home}/.config",
        "C": env.get("XDG_CACHE_HOME") or f"{home}/.cache",
        "n": unit,
        "N": name,
        "p": prefix,
        "j": prefix.rpartition("-")[2],
        "i": instance,
    }


def read_text(root: Path, path: Path) -> str:
    """A file's text; bytes that are not UTF-8 survive as surrogates. Raises `OSError`."""
    return under(root, path).read_bytes().decode("utf-8", "surrogateescape")
