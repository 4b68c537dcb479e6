"""service/: each row found, passed and unknown; and one finding for one cause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checks import gateway as gateways
from checks import service
from openclaw.check import NotApplicable, Unknown
from openclaw.facts.claude import Claude
from openclaw.facts.service import Linger
from openclaw.finding import Finding, Location, Severity
from openclaw.gateway.address import Address
from openclaw.gateway.listener import Listener, Listeners
from openclaw.gateway.probe import Probe
from openclaw.service.base import GatewayService, Hint, Manager
from openclaw.service.command import ServiceCommand
from openclaw.service.live import Live
from openclaw.service.view import View
from tests.checks import facts as f

if TYPE_CHECKING:
    from openclaw.service.base import Kind

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
UNIT = "openclaw-gateway.service"
FILE = Path("/home/eve/.config/systemd/user") / UNIT
SYSTEMD = Manager("systemd", True, "it answers", expected=True)
LAUNCHD = Manager("launchd", True, "it answers", expected=True)
NONE = Manager("none", False, "this is a container", hints=(Hint("do it", "openclaw gateway run"),))
UP = GatewayService(
    UNIT, installed=True, restart=f"systemctl --user restart {UNIT}", definition=FILE, argv=("/usr/bin/node",),
    argv_at=Location(str(FILE), 9), active=True, enabled=True, state="active (running)", pid=42, restarts=0,
    exit_status=0,
)  # fmt: skip
DOWN = replace(UP, active=False, state="failed (failed)", result="exit-code", pid=None, exit_status=1)
LOOPING = replace(DOWN, state="activating (auto-restart)", restarts=7)
ABSENT = GatewayService(UNIT, installed=False, restart="")
LOCAL = f.config({"gateway": {"mode": "local"}})
FINE = ServiceCommand(claude="")
ADDRESS = Address("127.0.0.1", 18789)
SILENT = Probe("nothing", ADDRESS, "nothing listens on 127.0.0.1 port 18789")


def probe(outcome: Any, *owners: Listener) -> Probe:
    return Probe(outcome, ADDRESS, f"it is {outcome}", listening=Listeners(owners))


NGINX = Listener("127.0.0.1", 18789, 812, "nginx", "www-data")
OURS = Listener("127.0.0.1", 18789, 42, "openclaw-gateway", "eve")
STRANGER = Listener("127.0.0.1", 18789, 77, "openclaw-gateway", "eve")


def view(service: GatewayService, age: float = 3600) -> View:
    """Its process was started so many seconds ago."""
    return View(service, None, None, Live(42, started=int(f.NOW - age * 1000)))  # type: ignore[arg-type]


def commands(finding: Finding) -> tuple[str, ...]:
    assert finding.remedy
    return finding.remedy.commands


def diagnosed(
    found: GatewayService, answer: Probe = SILENT, command: ServiceCommand = FINE, age: float = 3600, words: Any = ()
) -> dict[str, Severity]:
    """What the checks about a service that does not work say of one state, by id."""
    running = view(found, age)
    why = (found, running, command, answer, words, SYSTEMD, f.CLOCK)
    findings = [
        *f.found(service.broken_exec, found, command, f.JSON_ERA),
        *f.found(service.port_in_use, found, answer, LOCAL, f.HOST, ()),
        *f.found(service.crash_loop, *why),
        *f.found(service.not_running, *why),
        *f.found(gateways.unreachable, found, running, answer, LOCAL, SYSTEMD, f.CLOCK),
        *f.found(gateways.unauthorized, found, running, answer, LOCAL, f.environment(process={}), f.JSON_ERA, f.HOME),
    ]
    assert len({item.check_id for item in findings}) == len(findings)
    return {item.check_id: item.severity for item in findings}


BROKEN = ServiceCommand(broken=(("/gone/node", "does not exist"),))
UNREACHABLE = {"gateway/unreachable": WARNING}


@pytest.mark.parametrize(
    ("found", "answer", "command", "expected"),
    [
        (UP, probe("healthy", OURS), FINE, {}),
        (UP, probe("starting", OURS), FINE, {}),
        (UP, SILENT, FINE, {"gateway/unreachable": ERROR}),
        (UP, probe("timeout", OURS), FINE, {"gateway/unreachable": ERROR}),
        (UP, probe("foreign", OURS), FINE, {"gateway/unreachable": ERROR}),
        (UP, probe("unauthorized", OURS), FINE, {"gateway/unauthorized": ERROR}),
        (UP, probe("foreign", NGINX), FINE, {"service/port-in-use": ERROR}),
        (UP, probe("timeout", NGINX), FINE, {"service/port-in-use": ERROR}),
        (UP, probe("foreign"), FINE, {"service/port-in-use": ERROR}),
        (replace(UP, active=None, state=""), SILENT, FINE, None),
        (DOWN, SILENT, FINE, {"service/not-running": ERROR, **UNREACHABLE}),
        (replace(DOWN, enabled=False), SILENT, FINE, UNREACHABLE),
        (DOWN, probe("healthy", STRANGER), FINE, {"service/port-in-use": ERROR}),
        (DOWN, probe("unauthorized", STRANGER), FINE, {"service/port-in-use": ERROR}),
        (replace(DOWN, enabled=False), probe("healthy", STRANGER), FINE, {}),
        (DOWN, SILENT, BROKEN, {"service/broken-exec": ERROR, **UNREACHABLE}),
        (LOOPING, SILENT, FINE, {"service/crash-loop": ERROR, **UNREACHABLE}),
        (LOOPING, SILENT, BROKEN, {"service/broken-exec": ERROR, **UNREACHABLE}),
        (LOOPING, probe("foreign", NGINX), FINE, {"service/port-in-use": ERROR}),
        (LOOPING, probe("healthy", STRANGER), FINE, {"service/port-in-use": ERROR}),
        (replace(LOOPING, restarts=1), SILENT, FINE, {"service/not-running": ERROR, **UNREACHABLE}),
        (replace(DOWN, result="start-limit-hit"), SILENT, FINE, {"service/crash-loop": ERROR, **UNREACHABLE}),
        (replace(DOWN, state="inactive (dead)", restarts=9), SILENT, FINE,
         {"service/not-running": ERROR, **UNREACHABLE}),
        (replace(DOWN, state="deactivating (stop-sigterm)"), probe("healthy", OURS), FINE, {}),
    ],
)  # fmt: skip
def test_one_cause_has_one_finding(
    found: GatewayService, answer: Probe, command: ServiceCommand, expected: dict[str, Severity] | None
) -> None:
    if expected is None:
        with pytest.raises(Unknown):
            diagnosed(found, answer, command)
    else:
        assert diagnosed(found, answer, command) == expected


def test_a_service_that_comes_up_again_and_again_for_a_moment() -> None:
    found = replace(UP, restarts=4)
    assert diagnosed(found, age=2) == {"service/crash-loop": ERROR, "gateway/unreachable": INFO}
    assert diagnosed(found, probe("healthy", OURS), age=3600) == {}


def test_a_gateway_may_take_a_moment_to_listen() -> None:
    assert diagnosed(UP, age=5) == {"gateway/unreachable": INFO}
    assert diagnosed(UP, age=-20) == {"gateway/unreachable": INFO}  # a repair started it
    assert diagnosed(UP, age=-86400) == {"gateway/unreachable": ERROR}


def test_nothing_is_said_of_a_service_that_is_not_there() -> None:
    for found in (None, ABSENT):
        for run, facts in (
            (service.broken_exec, (found, FINE, f.JSON_ERA)),
            (service.crash_loop, (found, None, FINE, SILENT, (), NONE, f.CLOCK)),
            (service.not_running, (found, None, FINE, SILENT, (), NONE, f.CLOCK)),
            (service.version_manager_path, (found, FINE)),
            (service.lingering, (found, NONE, Linger(None), f.HOST)),
            (service.legacy_unit, (found, (), f.HOST)),
            (service.unit_drift, (found, NONE, f.JSON_ERA)),
        ):
            with pytest.raises(NotApplicable):
                f.found(run, *facts)
        [finding] = f.found(gateways.unreachable, found, None, SILENT, LOCAL, NONE, f.CLOCK)
        assert (finding.severity, commands(finding)) == (INFO, ("openclaw gateway run",))


def test_manager() -> None:
    hints = (Hint("start it", "sudo loginctl enable-linger eve"), Hint("or log in"))
    [finding] = f.found(service.manager, Manager("systemd", True, "it answers", expected=True))
    assert (finding.severity, finding.message) == (INFO, "systemd (user): it answers")
    [finding] = f.found(service.manager, Manager("none", False, "this is a container"))
    assert finding.severity == INFO
    [finding] = f.found(service.manager, Manager("systemd", False, "there is no bus", expected=True, hints=hints))
    assert finding.severity == WARNING
    assert finding.remedy
    assert finding.remedy.text == "Start it; or log in"
    assert commands(finding) == ("sudo loginctl enable-linger eve",)


def test_not_installed() -> None:
    def found(
        manager: Manager = SYSTEMD, gateway: GatewayService | None = ABSENT, config: Any = LOCAL, era: Any = f.JSON_ERA
    ) -> list[Finding]:
        return f.found(service.not_installed, manager, gateway, config, era)

    [finding] = found()
    assert finding.remedy
    assert (finding.severity, finding.remedy.fix, commands(finding)) == (INFO, "confirm", ("openclaw gateway install",))
    [finding] = found(config=f.config({}))
    assert finding.remedy
    assert (finding.remedy.fix, commands(finding)[0]) == ("manual", "openclaw onboard")
    [finding] = found(era=f.NO_ERA)
    assert commands(finding)[0] == "npm install -g openclaw@latest"
    assert found(gateway=UP) == []
    for facts in ({"manager": NONE}, {"gateway": None}, {"config": f.config({"gateway": {"mode": "remote"}})}):
        with pytest.raises(NotApplicable):
            found(**facts)


def test_broken_exec_names_the_line_and_what_mends_it() -> None:
    def found(command: ServiceCommand, era: Any = f.JSON_ERA) -> Finding:
        [finding] = f.found(service.broken_exec, DOWN, command, era)
        return finding

    finding = found(replace(BROKEN, replaceable=True))
    assert finding.remedy
    assert (finding.where, finding.target) == (Location(str(FILE), 9), "/gone/node")
    assert (finding.remedy.fix, commands(finding)) == ("confirm", ("openclaw gateway install --force",))
    assert "exit status" in finding.evidence
    assert commands(found(BROKEN, f.NO_ERA))[0] == "npm install -g openclaw@latest"
    elsewhere = commands(found(BROKEN))
    assert elsewhere == (f"${{EDITOR:-vi}} {FILE}", UP.restart)
    assert f.found(service.broken_exec, UP, FINE, f.JSON_ERA) == []
    with pytest.raises(Unknown, match="/x"):
        f.found(service.broken_exec, UP, ServiceCommand(unknown="/x may not be looked at"), f.JSON_ERA)


def in_use(answer: Probe, gateway: GatewayService | None = None, legacy: Any = (), host: Any = f.HOST) -> Finding:
    [finding] = f.found(service.port_in_use, gateway, answer, LOCAL, host, legacy)
    return finding


def test_port_in_use_names_the_program() -> None:
    finding = in_use(probe("foreign", NGINX))
    assert finding.message == "Nginx (process 812 of user www-data) is on the gateway's port 18789"
    assert commands(finding) == ("ps -o pid,user,comm -p 812", "kill 812")
    assert commands(in_use(probe("foreign", NGINX), DOWN))[-1] == "openclaw gateway start"
    hidden = in_use(probe("foreign"))
    assert "a program that this user may not see" in hidden.message.lower()
    assert commands(hidden) == ("sudo ss -ltnp 'sport = :18789'",)
    assert commands(in_use(probe("foreign"), host=replace(f.HOST, uid=0)))[0].startswith("ss ")
    assert commands(in_use(probe("foreign"), host=replace(f.HOST, os="macos")))[0].startswith("sudo lsof")
    old = replace(UP, unit="clawdbot-gateway.service", pid=77, restart="systemctl --user restart clawdbot-gateway")
    finding = in_use(probe("healthy", STRANGER), DOWN, (old,))
    assert commands(finding)[0] == "systemctl --user disable --now clawdbot-gateway.service"


def test_port_in_use_needs_a_gateway_that_is_meant_to_run() -> None:
    with pytest.raises(NotApplicable):
        f.found(service.port_in_use, None, probe("foreign", NGINX), f.config(), f.HOST, ())
    assert f.found(service.port_in_use, None, probe("healthy", STRANGER), LOCAL, f.HOST, ()) == []
    assert f.found(service.port_in_use, None, probe("timeout", STRANGER), LOCAL, f.HOST, ()) == []
    far = replace(probe("foreign", NGINX), address=replace(ADDRESS, remote=True))
    assert f.found(service.port_in_use, None, far, LOCAL, f.HOST, ()) == []


def test_a_service_that_is_down_tells_its_last_words() -> None:
    words = ("first", "listen EADDRINUSE")
    [finding] = f.found(service.not_running, DOWN, None, FINE, SILENT, words, SYSTEMD, f.CLOCK)
    assert finding.message.endswith("failed (failed), exit status 1; its last words: listen EADDRINUSE")
    assert finding.evidence["last lines"] == "first | listen EADDRINUSE"
    assert finding.remedy
    assert finding.remedy.fix == "confirm"
    assert commands(finding) == ("openclaw gateway restart", f"journalctl --user --no-pager -n 30 -u {UNIT}")
    config = replace(DOWN, exit_status=78)
    [finding] = f.found(service.not_running, config, None, FINE, SILENT, (), SYSTEMD, f.CLOCK)
    assert finding.remedy
    assert finding.remedy.fix == "manual"
    [finding] = f.found(service.crash_loop, LOOPING, None, FINE, SILENT, words, SYSTEMD, f.CLOCK)
    assert "was started again 7 times" in finding.message
    assert commands(finding)[0].startswith("journalctl")


@pytest.mark.parametrize("state", ["spawn scheduled", "not running", "waiting"])
def test_launchd_starts_it_again_and_again(state: str) -> None:
    found = replace(DOWN, state=state, restarts=8, exit_status=78, result="", log=Path("/Users/eve/a b.log"))
    [finding] = f.found(service.crash_loop, found, None, FINE, SILENT, (), LAUNCHD, f.CLOCK)
    assert commands(finding)[0] == "tail -n 30 '/Users/eve/a b.log'"
    assert f.found(service.not_running, found, None, FINE, SILENT, (), LAUNCHD, f.CLOCK) == []


def test_version_manager_path() -> None:
    nvm = ServiceCommand(managed="/home/eve/.nvm/versions/node/v22/bin/node")
    [finding] = f.found(service.version_manager_path, UP, nvm)
    assert (finding.severity, finding.where) == (WARNING, UP.argv_at)
    assert finding.remedy
    assert "nodejs.org" in finding.remedy.text
    [finding] = f.found(service.version_manager_path, UP, replace(nvm, system_node="/usr/bin/node"))
    assert finding.remedy
    assert "it takes /usr/bin/node" in finding.remedy.text
    assert f.found(service.version_manager_path, UP, replace(nvm, broken=(("/x", "is gone"),))) == []
    assert f.found(service.version_manager_path, UP, FINE) == []


def test_linger() -> None:
    def found(on: bool | None, gateway: GatewayService = UP, **host: Any) -> list[Finding]:
        return f.found(service.lingering, gateway, SYSTEMD, Linger(on), replace(f.HOST, **host))

    assert found(True) == []
    [finding] = found(False)
    assert finding.remedy
    assert (finding.severity, finding.remedy.fix) == (WARNING, "manual")
    assert commands(finding) == ("sudo loginctl enable-linger eve",)
    [finding] = found(False, uid=0, user="root")
    assert finding.remedy
    assert (commands(finding), finding.remedy.fix) == (("loginctl enable-linger root",), "confirm")
    with pytest.raises(Unknown):
        found(None)
    for facts in ({"container": "docker"}, {"gateway": replace(DOWN, enabled=False)}):
        with pytest.raises(NotApplicable):
            found(False, **facts)
    assert found(False, container="lxc") != []
    with pytest.raises(NotApplicable):
        f.found(service.lingering, UP, LAUNCHD, Linger(None), f.HOST)


def test_legacy_unit() -> None:
    old = replace(UP, unit="clawdbot-gateway.service")

    def found(*legacy: GatewayService, host: Any = f.HOST) -> list[Finding]:
        return f.found(service.legacy_unit, UP, legacy, host)

    [finding] = found(old)
    assert finding.remedy
    assert (finding.severity, finding.remedy.fix, finding.target) == (WARNING, "confirm", old.unit)
    assert commands(finding) == (f"systemctl --user disable --now {old.unit}",)
    assert "runs beside" in finding.message
    assert "is enabled" in found(replace(old, active=False))[0].message
    assert found(replace(old, active=False, enabled=False)) == []
    assert len(found(replace(old, active=None, enabled=None))) == 1
    [finding] = found(replace(old, unit="bot.molt.gateway"), host=replace(f.HOST, os="macos", uid=501))
    assert commands(finding) == (
        "launchctl bootout gui/501/bot.molt.gateway", "launchctl disable gui/501/bot.molt.gateway",
    )  # fmt: skip
    far = replace(old, restart="XDG_RUNTIME_DIR=/run/user/1000 systemctl --user restart x")
    assert commands(found(far)[0])[0].startswith("XDG_RUNTIME_DIR=/run/user/1000 systemctl --user disable")


CLI = f.config({"agents": {"defaults": {"agentRuntime": {"id": "claude-cli"}}}})
CLAUDE = Claude(Path("/home/eve/.local/bin/claude"))
PATHED = ServiceCommand(claude="", path="/usr/bin:/bin")


def test_claude_not_on_path() -> None:
    def found(
        command: ServiceCommand = PATHED, claude: Claude = CLAUDE, config: Any = CLI, manager: Manager = SYSTEMD
    ) -> list[Finding]:
        return f.found(service.claude_not_on_path, UP, command, claude, config, f.routes(), manager)

    [finding] = found()
    assert finding.remedy
    assert (finding.severity, finding.remedy.fix) == (WARNING, "confirm")
    assert "/home/eve/.local/bin" in finding.message
    assert found(replace(PATHED, claude="/usr/bin/claude")) == []
    assert found(claude=Claude(None)) == []
    assert [item.remedy.fix for item in found(manager=LAUNCHD) if item.remedy] == ["manual"]
    backend = {"cliBackends": {"claude-cli": {"command": "/opt/claude"}}, "agentRuntime": {"id": "claude-cli"}}
    assert found(config=f.config({"agents": {"defaults": backend}})) == []
    with pytest.raises(Unknown):
        found(replace(PATHED, claude=None))
    with pytest.raises(NotApplicable):  # a setup-token needs the program only once, and not in the service
        found(config=f.config({}))


OLDER = {"Unit.After": "network-online.target", "Unit.Wants": "network-online.target", "Service.Restart": "always",
         "Service.RestartSec": "5", "Service.KillMode": "process"}  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "kind", "era", "lacking"),
    [
        (OLDER, "systemd", f.JSON_ERA, ()),
        (OLDER, "systemd", f.SQLITE_ERA, ("StartLimitBurst", "KillMode=mixed", "SuccessExitStatus=143")),
        ({}, "systemd", f.JSON_ERA, ("After=network-online.target", "Restart and RestartSec")),
        ({**OLDER, "Unit.After": "time-sync.target network-online.target"}, "systemd", f.JSON_ERA, ()),
        ({"RunAtLoad": "true", "KeepAlive": "true"}, "launchd", f.SQLITE_ERA, ()),
        ({"RunAtLoad": "true", "KeepAlive": "false"}, "launchd", f.SQLITE_ERA, ("KeepAlive=true",)),
    ],
)
def test_unit_drift(settings: dict[str, str], kind: Kind, era: Any, lacking: tuple[str, ...]) -> None:
    found = replace(UP, settings=settings, environment={"PATH": f.candidate("env", "PATH", "/bin").secret or None})  # type: ignore[dict-item]
    findings = f.found(service.unit_drift, found, replace(SYSTEMD, kind=kind), era)
    assert len(findings) == bool(lacking)
    assert all(word in findings[0].message for word in lacking)
    assert [item.severity for item in findings] == [INFO] * len(findings)


def test_a_masked_unit_lacks_nothing() -> None:
    masked = replace(DOWN, argv=(), unmask=f"systemctl --user unmask {UNIT}")
    assert f.found(service.unit_drift, masked, SYSTEMD, f.JSON_ERA) == []


def test_unit_drift_of_a_unit_without_a_path_and_of_one_that_nobody_could_read() -> None:
    [finding] = f.found(service.unit_drift, replace(UP, settings=OLDER), SYSTEMD, f.JSON_ERA)
    assert f"{UNIT} lacks PATH," in finding.message
    with pytest.raises(Unknown):
        f.found(service.unit_drift, replace(UP, argv=(), unknown=("the unit",)), SYSTEMD, f.JSON_ERA)


@pytest.mark.parametrize(
    ("name", "gateway", "stranger"),
    [
        ("node", True, False),
        ("node", None, False),  # its command line is not known
        ("bun", True, False),
        ("openclaw-gatewa", False, False),
        ("clawdbot", None, False),
        ("node", False, True),
        ("node-red", True, True),
        ("nodemon", None, True),
        ("bundle", None, True),
        ("my-openclaw-proxy", None, True),
        ("python3", None, True),
    ],
)
def test_whose_a_port_is_that_takes_connections_and_says_nothing(
    name: str, gateway: bool | None, stranger: bool
) -> None:
    mute = probe("timeout", Listener("127.0.0.1", 18789, 812, name, "eve", gateway))
    expected = {"service/port-in-use": ERROR} if stranger else {"service/not-running": ERROR} | UNREACHABLE
    assert diagnosed(DOWN, mute) == expected
