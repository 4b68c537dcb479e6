"""The gateway's service under `systemd --user`: its state from `systemctl show`, its variables from the unit's files.

Names: `openclaw-gateway[-<profile>].service`, or `OPENCLAW_SYSTEMD_UNIT` (wizard-doctor-spec §4.1). Where the bus
does not answer, the files still tell what would be started; the state is then unknown.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.frozen import frozen, replace
from openclaw.platforms import exists, under
from openclaw.proc import NotDone
from openclaw.service import unitfile
from openclaw.service.base import TIMEOUT, GatewayService, Place, profile_name
from openclaw.service.definition import Reader, read_text, specifiers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.platforms import HostKind
    from openclaw.service.base import EnvironmentFileParser, Manager, Run
    from openclaw.service.bus import Bus
    from openclaw.service.control import Action, Step

STEM = "openclaw-gateway"
LEGACY_STEMS = ("clawdbot-gateway", "moltbot-gateway")
PROPERTIES = (
    "LoadState", "ActiveState", "SubState", "Result", "FragmentPath", "DropInPaths", "MainPID", "UnitFileState",
    "NRestarts", "ExecMainStatus", "NeedDaemonReload",
)  # fmt: skip
RUNNING = ("active", "reloading", "refreshing")


@frozen
class Systemd:
    """The systemd manager of the user who runs this program."""

    env: Mapping[str, str] = field(repr=False)
    root: Path
    run: Run
    host: HostKind
    bus: Bus
    manager: Manager
    parse: EnvironmentFileParser

    def describe(self) -> Manager:
        """What detection found."""
        return self.manager

    def gateway(self, profile: str | None = None) -> GatewayService:
        """The gateway's service; a clawdbot or moltbot one where that is all there is."""
        own, *names = unit_names(profile_name(profile, self.env), self.env)
        legacy = tuple(unit for unit in names if self._find(unit))
        shown = self._show(own)
        if shown.get("LoadState") == "masked" or self._fragment(own, shown):
            return replace(self._service(own, shown), legacy=legacy)
        if legacy:
            return replace(self._service(legacy[0], self._show(legacy[0])), legacy=legacy[1:])
        return GatewayService(own, installed=False, restart=self._command("restart", own))

    def named(self, unit: str) -> GatewayService:
        """Another unit, with its state."""
        return self._service(unit, self._show(unit))

    def place(self, profile: str | None = None) -> Place:
        """The user's own unit file."""
        unit = unit_names(profile_name(profile, self.env), self.env)[0]
        folder = unit_folders(self._manager_env(), self.bus.runtime)[1]
        return Place(unit, "OPENCLAW_SYSTEMD_UNIT", folder / unit)

    def steps(self, service: GatewayService, action: Action) -> tuple[Step, ...]:
        """A unit that has changed is read again first; one that failed too often may be started again."""
        from openclaw.service.control import Step

        user = ("systemctl", "--user", "--no-pager")
        first = [Step((*user, "daemon-reload"))] if service.reload_needed else []
        if action != "stop":
            first.append(Step((*user, "reset-failed", "--", service.unit), needed=False))
        return (*first, Step((*user, action, "--", service.unit)))

    def client_env(self) -> dict[str, str]:
        """With this user's runtime directory, which a shell of `su` has not."""
        return self.bus.client_env(self.env)

    def _service(self, unit: str, shown: Mapping[str, str]) -> GatewayService:
        definition = self._fragment(unit, shown)
        drop_ins = self._drop_ins(unit, shown)
        table = specifiers(unit, self._manager_env(), self.host, self.bus.runtime)
        found = Reader(self.root, table, self.parse).read(path for path in (definition, *drop_ins) if path)
        masked = shown.get("LoadState") == "masked" or (definition is not None and self._masked(definition))
        unknown = (
            () if self.bus.environment is not None else ("the variables of the user's manager: it does not answer",)
        )
        service = GatewayService(
            unit=unit,
            installed=True,
            restart=self._command("restart", unit),
            unmask=self._command("unmask", unit) if masked else "",
            definition=definition,
            drop_ins=drop_ins,
            environment=found.environment,
            origins=found.origins,
            environment_files=found.environment_files,
            inherited=self.bus.environment,
            unset=found.unset,
            argv=found.argv,
            argv_at=found.argv_at,
            settings=found.settings,
            working_directory=found.working_directory,
            problems=(*_complaints(shown, masked=masked), *found.problems),
            unknown=(*unknown, *found.unknown),
        )
        known = with_state(service, shown)
        # systemd itself does not notice a new directory of drop-ins before it reads its units again.
        late = bool(shown) and bool(_unread(_named_drop_ins(shown), drop_ins))
        return replace(known, reload_needed=known.reload_needed or late)

    def _manager_env(self) -> Mapping[str, str]:
        """The variables that the manager sees: its own where they are known, else the best guess, ours."""
        if self.bus.environment is None:
            return self.env
        own = {name: value.reveal() for name, value in self.bus.environment.items()}
        return {"HOME": self.env.get("HOME", "/"), **own}

    def _show(self, unit: str) -> Mapping[str, str]:
        """`systemctl show` of the unit; empty where there is no answer, and then the files are asked."""
        if self.bus.failure:
            return {}
        argv = ["systemctl", "--user", "--no-pager", "show", "-p", ",".join(PROPERTIES), "--", unit]
        answer = self.run(argv, timeout=TIMEOUT, env=self.bus.client_env(self.env))
        if isinstance(answer, NotDone) or answer.code != 0:
            return {}
        pairs = (line.partition("=") for line in answer.out.split("\n"))
        return {key: value for key, equals, value in pairs if equals}

    def _fragment(self, unit: str, shown: Mapping[str, str]) -> Path | None:
        path = shown.get("FragmentPath")
        return Path(path) if path else self._find(unit)

    def _find(self, unit: str) -> Path | None:
        places = (folder / unit for folder in unit_folders(self._manager_env(), self.bus.runtime))
        return next((place for place in places if exists(self.root, place) or self._linked(place)), None)

    def _linked(self, place: Path) -> bool:
        """A link is an installed unit also where its target is gone or lies outside a test's root."""
        return under(self.root, place).is_symlink()

    def _drop_ins(self, unit: str, shown: Mapping[str, str]) -> tuple[Path, ...]:
        """What the manager names; those on disk where it has not read them all, or does not answer."""
        named, there = _named_drop_ins(shown), self._drop_ins_there(unit)
        if shown and all(exists(self.root, path) for path in named):
            return there if _unread(named, there) else named
        return there

    def _drop_ins_there(self, unit: str) -> tuple[Path, ...]:
        folders = unit_folders(self._manager_env(), self.bus.runtime)
        places = [folder / name for folder in folders for name in drop_in_names(unit)]
        places += [folder / "service.d" for folder in folders]
        by_name: dict[str, Path] = {}
        for place in places:  # in order of precedence: the first file of a name hides the others
            for path in sorted(under(self.root, place).glob("*.conf")):
                by_name.setdefault(path.name, place / path.name)
        by_name = {name: path for name, path in by_name.items() if not self._masked(path)}
        return tuple(by_name[name] for name in sorted(by_name))

    def _masked(self, definition: Path) -> bool:
        """An empty unit file, or a link to /dev/null, masks a unit (systemd.unit(5))."""
        try:
            return not read_text(self.root, definition).strip()
        except OSError:
            return False

    def _command(self, verb: str, unit: str) -> str:
        import shlex

        return f"{self.bus.prefix}systemctl --user {verb} {shlex.quote(unit)}"


def unit_names(profile: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """The gateway's unit of a profile ("" is the default one), then its names from before the renames."""
    override = env.get("OPENCLAW_SYSTEMD_UNIT", "").strip()
    suffix = f"-{profile}" if profile else ""
    own = override.removesuffix(".service") or STEM + suffix
    return tuple(f"{name}.service" for name in (own, *(stem + suffix for stem in LEGACY_STEMS)))


def unit_folders(env: Mapping[str, str], runtime: Path) -> tuple[Path, ...]:
    """Where a user's manager looks for units, first wins (systemd.unit(5), without generators and attached images)."""
    home = env.get("HOME", "/")
    config = env.get("XDG_CONFIG_HOME") or f"{home}/.config"
    data = env.get("XDG_DATA_HOME") or f"{home}/.local/share"
    shared = ("/usr/local/share", "/usr/share", "/usr/local/lib", "/usr/lib", "/lib")
    bases = (config, "/etc/xdg", "/etc", runtime, "/run", data, *shared)
    return (Path(config, "systemd/user.control"), *(Path(base, "systemd/user") for base in bases))


def drop_in_names(unit: str) -> Iterator[str]:
    """The drop-in directories of a unit, the most particular first: `a-b.service.d`, `a-.service.d`."""
    name = unit.removesuffix(".service")
    yield f"{name}.service.d"
    while "-" in name.rstrip("-"):
        name = name.rstrip("-").rpartition("-")[0] + "-"
        yield f"{name}.service.d"


def with_state(service: GatewayService, shown: Mapping[str, str]) -> GatewayService:
    """The service with what `systemctl show` said of its state; unchanged, so unknown, when it said nothing."""
    if "ActiveState" not in shown:
        return service
    return replace(
        service,
        active=shown["ActiveState"] in RUNNING,
        enabled=shown.get("UnitFileState", "").startswith("enabled"),
        state=f"{shown['ActiveState']} ({shown.get('SubState', '')})",
        result=shown.get("Result", ""),
        pid=_number(shown, "MainPID") or None,
        restarts=_number(shown, "NRestarts"),
        exit_status=_number(shown, "ExecMainStatus"),
        reload_needed=shown.get("NeedDaemonReload") == "yes",
    )


def _named_drop_ins(shown: Mapping[str, str]) -> tuple[Path, ...]:
    return tuple(Path(word) for word in unitfile.words(shown.get("DropInPaths", ""))[0])


def _unread(named: tuple[Path, ...], there: tuple[Path, ...]) -> set[str]:
    """The names of drop-ins that the manager has not read yet. By name: one directory may have several paths."""
    return {path.name for path in there} - {path.name for path in named}


def _complaints(shown: Mapping[str, str], *, masked: bool) -> Iterator[str]:
    load = shown.get("LoadState", "loaded")
    if masked:
        yield "the unit is masked, so it cannot be started"
    elif load != "loaded":
        yield f"systemd could not load the unit: {load}"
    if shown.get("NeedDaemonReload") == "yes":
        yield "the unit's files changed after systemd read them: `systemctl --user daemon-reload` is needed"


def _number(shown: Mapping[str, str], key: str) -> int | None:
    value = shown.get(key, "")
    return int(value) if value.isdigit() else None
