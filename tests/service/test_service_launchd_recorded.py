"""The property lists that OpenClaw writes, answers of launchctl, and a stand-in for it: status, checks, and changes.

Nothing of this was run on macOS (tests/service/recorded/launchd/README.md).
"""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checks import service as checks
from checks.fixes import service as fixes
from openclaw.change.apply import apply
from openclaw.change.journal import open_for
from openclaw.change.undo import undo
from openclaw.finding import Finding
from openclaw.gateway.address import Address
from openclaw.gateway.probe import Probe
from openclaw.proc import Done, NotDone
from openclaw.service.command import ServiceCommand
from openclaw.service.control import act
from openclaw.service.detect import detect
from openclaw.service.install import Program, Service
from openclaw.service.plans import install_plan, uninstall_plan
from tests.checks import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openclaw.change.plan import Plan
    from openclaw.service.base import GatewayService, ServiceManager

RECORDED = Path(__file__).parent / "recorded/launchd"
LABEL = "ai.openclaw.gateway"
DOMAIN = "gui/501"
GONE = Done(113, "", f'Could not find service "{LABEL}" in domain for user gui: 501\n')
VERSIONS = ("2026.2.3", "2026.9.6")
SILENT = Probe("nothing", Address("127.0.0.1", 18789), "nothing listens")


class Launchd:
    """A launchd with one service: loaded or not, running or not. `starts`: whether what is loaded stays up."""

    def __init__(self, *, loaded: bool, starts: bool = True) -> None:
        self.loaded = loaded
        self.up = loaded and starts
        self.starts = starts
        self.disabled: set[str] = set()
        self.runs = 1
        self.ran: list[tuple[str, ...]] = []

    def run(
        self, argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None, stdin: str | None = None
    ) -> Done | NotDone:
        """`launchctl` of launchctl(1); the form `print gui/501` is about the session."""
        assert timeout > 0
        assert argv[0] in ("launchctl", "mkdir"), argv
        if argv[0] == "mkdir":
            Path(argv[-1]).mkdir(parents=True)
            return Done(0, "", "")
        self.ran.append(tuple(argv[1:]))
        verb, *rest = argv[1:]
        if verb == "print":
            return Done(0, f"{DOMAIN} = {{\n}}\n", "") if rest == [DOMAIN] else self.printed()
        return {"bootstrap": self.bootstrap, "bootout": self.bootout, "kickstart": self.kick}.get(verb, self.switch)(
            verb, rest
        )

    def printed(self) -> Done:
        if not self.loaded:
            return GONE
        name = "running" if self.up else "looping" if not self.starts else "stopped"
        text = (RECORDED / f"print-{name}.txt").read_text()
        return Done(0, text.replace("pid = 4242", f"pid = {4241 + self.runs}"), "")

    def bootstrap(self, verb: str, rest: list[str]) -> Done:
        assert rest[0] == DOMAIN
        if self.loaded:
            return Done(5, "", "Bootstrap failed: 5: Input/output error\n")
        assert plistlib.loads(Path(rest[1]).read_bytes())["Label"] == LABEL
        self.loaded, self.up = True, self.starts
        return Done(0, "", "")

    def bootout(self, verb: str, rest: list[str]) -> Done:
        if not self.loaded:
            return Done(3, "", "Boot-out failed: 3: No such process\n")
        self.loaded = self.up = False
        return Done(0, "", "")

    def kick(self, verb: str, rest: list[str]) -> Done:
        if not self.loaded:
            return GONE
        self.runs += "-k" in rest or not self.up
        self.up = self.starts
        return Done(0, "", "")

    def switch(self, verb: str, rest: list[str]) -> Done:
        assert verb in ("enable", "disable"), verb
        (self.disabled.add if verb == "disable" else self.disabled.discard)(rest[0])
        return Done(0, "", "")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/launchctl").touch()
    return tmp_path / "Users/alice"


@pytest.fixture
def mac(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Launchd], ServiceManager]:
    """The manager of a Mac whose files lie below `tmp_path`, which is its root as well as its place."""
    monkeypatch.setattr("os.getuid", lambda: 501)
    (tmp_path / "bin/launchctl").touch()

    def make(launchd: Launchd, root: Path = tmp_path, user: str = "/Users/alice") -> ServiceManager:
        env = {"HOME": user, "USER": "alice"}
        return detect(env, root=root, run=launchd.run, platform="darwin", uid=501)

    return make


def recorded(root: Path, version: str) -> None:
    """A Mac with the service that this OpenClaw installed."""
    agents = root / "Users/alice/Library/LaunchAgents"
    agents.mkdir(parents=True)
    (agents / f"{LABEL}.plist").write_bytes((RECORDED / f"{version}.plist").read_bytes())
    if version == "2026.9.6":
        folder = root / "Users/alice/.openclaw/service-env"
        folder.mkdir(parents=True)
        (folder / f"{LABEL}.env").write_bytes((RECORDED / f"{version}.env").read_bytes())


def found(manager: ServiceManager) -> GatewayService:
    service = manager.gateway()
    assert service is not None
    return service


@pytest.mark.parametrize("version", VERSIONS)
def test_what_openclaw_wrote_is_read(version: str, tmp_path: Path, mac: Callable[..., ServiceManager]) -> None:
    recorded(tmp_path, version)
    service = found(mac(Launchd(loaded=True)))
    assert (service.active, service.enabled, service.pid, service.restarts) == (True, True, 4242, 0)
    assert service.argv[-3:] == ("gateway", "--port", "18789")
    assert service.effective["PATH"].reveal() == "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin"
    assert service.effective["OPENCLAW_SERVICE_MARKER"].reveal() == "openclaw"
    assert (service.complete, service.problems) == (True, ())
    assert service.settings == {"RunAtLoad": "true", "KeepAlive": "true"}
    newer = version == "2026.9.6"
    assert str(service.log).endswith("Library/Logs/openclaw/gateway.log" if newer else "logs/gateway.err.log")
    if newer:
        assert service.effective["ODD"].reveal() == "it's\ntwo lines"
    era = f.SQLITE_ERA if newer else f.JSON_ERA
    assert f.found(checks.unit_drift, service, mac(Launchd(loaded=True)).describe(), era) == []


def test_variables_that_nobody_could_read_are_not_called_missing(
    tmp_path: Path, mac: Callable[..., ServiceManager]
) -> None:
    recorded(tmp_path, "2026.9.6")
    file = tmp_path / f"Users/alice/.openclaw/service-env/{LABEL}.env"
    file.write_text("export A='not closed\n")
    assert any(".env could not be read" in item for item in found(mac(Launchd(loaded=True))).unknown)
    file.unlink()
    assert [item.state for item in found(mac(Launchd(loaded=True))).environment_files] == ["missing"]


def diagnosed(manager: ServiceManager) -> list[Finding]:
    service = found(manager)
    why = (service, None, ServiceCommand(), SILENT, (), manager.describe(), f.CLOCK)
    return [*f.found(checks.crash_loop, *why), *f.found(checks.not_running, *why)]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_checks_tell_the_states_apart(version: str, tmp_path: Path, mac: Callable[..., ServiceManager]) -> None:
    recorded(tmp_path, version)
    assert diagnosed(mac(Launchd(loaded=True))) == []
    looping = Launchd(loaded=True, starts=False)
    [finding] = diagnosed(mac(looping))
    assert finding.check_id == "service/crash-loop"
    assert "started again 8 times" in finding.message
    assert "exit status 78" in finding.message
    stopped = Launchd(loaded=True)
    stopped.up = False
    [finding] = diagnosed(mac(stopped))
    assert (finding.check_id, finding.severity.word) == ("service/not-running", "error")
    assert finding.remedy
    assert finding.remedy.commands[-1].startswith("tail -n 30 /Users/alice/")
    assert diagnosed(mac(Launchd(loaded=False))) == []  # not loaded is not enabled


@pytest.mark.parametrize("action", ["start", "stop", "restart"])
@pytest.mark.parametrize("loaded", [True, False])
def test_start_stop_and_restart(
    action: Any, loaded: bool, tmp_path: Path, home: Path, mac: Callable[..., ServiceManager]
) -> None:
    launchd, manager = whole(tmp_path, home, mac, loaded=loaded)
    outcome = act(manager, found(manager), action, launchd.run, sleep=lambda seconds: None)
    assert (outcome.ok, outcome.why) == (True, "")
    assert launchd.up is (action != "stop")


def test_a_service_that_does_not_come_up_is_no_success(
    tmp_path: Path, home: Path, mac: Callable[..., ServiceManager]
) -> None:
    launchd, manager = whole(tmp_path, home, mac, loaded=False, starts=False)
    outcome = act(manager, found(manager), "start", launchd.run, sleep=lambda seconds: None)
    assert "does not run: spawn scheduled, exit status 78" in outcome.why


def whole(
    root: Path, home: Path, mac: Callable[..., ServiceManager], *, loaded: bool, starts: bool = True
) -> tuple[Launchd, ServiceManager]:
    """A Mac whose paths are real ones, so that files can be written: its home lies below `root`, its root is /."""
    agents = home / "Library/LaunchAgents"
    agents.mkdir(parents=True)
    (agents / f"{LABEL}.plist").write_bytes((RECORDED / "2026.2.3.plist").read_bytes())
    return bare(root, home, mac, loaded=loaded, starts=starts)


def bare(
    root: Path, home: Path, mac: Callable[..., ServiceManager], *, loaded: bool = False, starts: bool = True
) -> tuple[Launchd, ServiceManager]:
    from dataclasses import replace

    launchd = Launchd(loaded=loaded, starts=starts)
    home.mkdir(parents=True, exist_ok=True)
    manager: Any = mac(launchd, root, str(home))
    return launchd, replace(manager, root=Path("/"))


def applied(plan: Plan, launchd: Launchd, home: Path) -> Callable[[], object]:
    """Applies it, and gives what takes it back."""
    journal = open_for(home / ".openclaw", {"HOME": str(home)}, home)
    receipt = apply(plan, journal=journal, home=home, title="test", now=f.NOW, run=launchd.run)
    return lambda: undo(journal, receipt.id)


def wanted(home: Path) -> Service:
    program = Program(("/opt/homebrew/bin/node", "/opt/homebrew/lib/openclaw/dist/index.js", "gateway"), "2026.9.6")
    return Service(program, {"HOME": str(home), "PATH": "/usr/bin:/bin"}, home, "OpenClaw Gateway")


def test_install_then_uninstall(tmp_path: Path, home: Path, mac: Callable[..., ServiceManager]) -> None:
    launchd, manager = bare(tmp_path, home, mac)
    place = manager.place()
    assert place is not None
    assert not found(manager).installed
    applied(install_plan(manager, place, wanted(home), found(manager), home / ".openclaw"), launchd, home)
    assert (found(manager).installed, found(manager).active) == (True, True)
    assert (home / ".openclaw/logs").is_dir()
    applied(uninstall_plan(manager, place, found(manager)), launchd, home)
    assert (found(manager).installed, launchd.loaded) == (False, False)


def test_a_service_is_written_anew_and_taken_back(
    tmp_path: Path, home: Path, mac: Callable[..., ServiceManager]
) -> None:
    launchd, manager = whole(tmp_path, home, mac, loaded=True)
    path = home / f"Library/LaunchAgents/{LABEL}.plist"
    before = path.read_bytes()
    finding = Finding("service/broken-exec", checks.ERROR, "gone")
    plan = fixes.reinstall.plan(finding, manager, found(manager), wanted(home), Homely(home))
    back = applied(plan, launchd, home)
    assert plistlib.loads(path.read_bytes())["ThrottleInterval"] == 30
    assert found(manager).active
    back()
    assert path.read_bytes() == before


class Homely:
    """As much of a `Home` as that fix needs."""

    def __init__(self, home: Path) -> None:
        self.state = home / ".openclaw"


def test_a_stopped_service_is_started_by_the_fix(
    tmp_path: Path, home: Path, mac: Callable[..., ServiceManager]
) -> None:
    launchd, manager = whole(tmp_path, home, mac, loaded=True)
    launchd.up = False
    [finding] = diagnosed(manager)
    applied(fixes.start.plan(finding, manager, found(manager)), launchd, home)
    assert diagnosed(manager) == []


def test_an_older_service_is_stopped_for_good(tmp_path: Path, home: Path, mac: Callable[..., ServiceManager]) -> None:
    launchd, manager = whole(tmp_path, home, mac, loaded=True)
    old = "bot.molt.gateway"
    agents = home / "Library/LaunchAgents"
    (agents / f"{old}.plist").write_bytes((agents / f"{LABEL}.plist").read_bytes())
    service = manager.named(old)
    assert service is not None
    finding = Finding("service/legacy-unit", checks.WARNING, "both", old)
    applied(fixes.stop_legacy.plan(finding, manager, (service,)), launchd, home)
    assert launchd.disabled == {f"{DOMAIN}/{old}"}
    assert ("bootout", f"{DOMAIN}/{old}") in launchd.ran
