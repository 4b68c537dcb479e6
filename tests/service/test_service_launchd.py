"""launchd: property lists made by plistlib, answers of launchctl written after published ones. Not run on macOS."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.proc import Done, NotDone
from openclaw.service.detect import detect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openclaw.service.base import GatewayService, Run, ServiceManager

HOME = "/Users/alice"
AGENTS = f"{HOME}/Library/LaunchAgents"
KEY = "sk-ant-FAKE-EXAMPLE-0000000000000000"
PLIST = {
    "Label": "ai.openclaw.gateway",
    "ProgramArguments": ["/opt/homebrew/bin/node", "/opt/homebrew/lib/openclaw/dist/index.js", "gateway"],
    "EnvironmentVariables": {"HOME": HOME, "ANTHROPIC_API_KEY": KEY},
    "RunAtLoad": True,
    "KeepAlive": True,
}
RUNNING = """\
gui/501/ai.openclaw.gateway = {
\tactive count = 1
\tpath = /Users/alice/Library/LaunchAgents/ai.openclaw.gateway.plist
\ttype = LaunchAgent
\tstate = running

\tprogram = /opt/homebrew/bin/node
\targuments = {
\t\t/opt/homebrew/bin/node
\t}

\tinherited environment = {
\t\tSSH_AUTH_SOCK => /private/tmp/com.apple.launchd.X/Listeners
\t\tOPENAI_API_KEY => sk-FAKE-SETENV
\t}

\tdefault environment = {
\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin
\t}

\tenvironment = {
\t\tHOME => /Users/alice
\t}

\tdomain = gui/501 [100005]
\truns = 3
\tpid = 4242
\tlast exit code = (never exited)

\tresource coalition = {
\t\tID = 1062
\t\tstate = active
\t}
}
"""
WAITING = "gui/501/x = {\n\tstate = not running\n\truns = 9\n\tlast exit code = 78: EX_CONFIG\n}\n"
GUI = {"print gui/501/": Done(0, RUNNING, ""), "print gui/501": Done(0, "gui/501 = {\n}\n", "")}
NOT_LOADED = {**GUI, "print gui/501/": Done(113, "", 'Could not find service "x" in domain for login\n')}


@pytest.fixture
def mac(tmp_path: Path, put: Callable[..., Path], answering: Callable[..., Run]) -> Callable[..., ServiceManager]:
    put("/bin/launchctl")

    def make(answers: Mapping[str, Done | NotDone] = GUI, **env: str) -> ServiceManager:
        uid = int(env.pop("uid", "501"))
        return detect(
            {"HOME": HOME, "USER": "alice", **env}, root=tmp_path, run=answering(answers), platform="darwin", uid=uid
        )

    return make


@pytest.fixture
def install(put: Callable[..., Path]) -> Callable[..., None]:
    def write(
        content: Any = PLIST, label: str = "ai.openclaw.gateway", form: plistlib.PlistFormat = plistlib.FMT_XML
    ) -> None:
        put(f"{AGENTS}/{label}.plist").write_bytes(plistlib.dumps(content, fmt=form))

    return write


def found(manager: ServiceManager, profile: str | None = None) -> GatewayService:
    service = manager.gateway(profile)
    assert service is not None
    return service


def test_launchd_that_answers(mac: Callable[..., ServiceManager]) -> None:
    manager = mac().describe()
    assert (manager.kind, manager.reachable, manager.expected, manager.hints) == ("launchd", True, True, ())
    assert manager.why == "this is macOS and launchd answers for gui/501"


def test_no_desktop_session(mac: Callable[..., ServiceManager]) -> None:
    manager = mac({"print gui/501": Done(125, "", "Domain does not support specified action")}).describe()
    assert (manager.reachable, manager.expected) == (False, True)
    assert manager.why == "this is macOS, but launchd has no session gui/501"
    assert "log in to the desktop as alice" in manager.hints[0].text


def test_sudo_on_a_mac(mac: Callable[..., ServiceManager]) -> None:
    manager = mac({}, uid="0", SUDO_USER="alice").describe()
    assert "without sudo" in manager.hints[0].text


def test_a_hung_launchctl(mac: Callable[..., ServiceManager], install: Callable[..., None]) -> None:
    install()
    manager = mac({"launchctl": NotDone("launchctl gave no answer in 3 s", timed_out=True)})
    assert "no answer in 3 s" in manager.describe().why
    service = found(manager)
    assert (service.installed, service.active, service.inherited, service.complete) == (True, None, None, False)


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_a_running_agent(
    mac: Callable[..., ServiceManager], install: Callable[..., None], form: plistlib.PlistFormat
) -> None:
    install(form=form)
    service = found(mac())
    assert (service.unit, service.installed, service.active, service.pid) == ("ai.openclaw.gateway", True, True, 4242)
    assert (service.state, service.restarts, service.exit_status) == ("running", 2, None)
    assert service.restart == "launchctl kickstart -k gui/501/ai.openclaw.gateway"
    assert service.definition == Path(f"{AGENTS}/ai.openclaw.gateway.plist")
    assert service.argv[-1] == "gateway"
    assert service.environment["ANTHROPIC_API_KEY"].reveal() == KEY
    assert service.origins["ANTHROPIC_API_KEY"].path == f"{AGENTS}/ai.openclaw.gateway.plist"
    assert service.inherited is not None
    assert set(service.inherited) == {"SSH_AUTH_SOCK", "OPENAI_API_KEY"}
    assert set(service.effective) == {"SSH_AUTH_SOCK", "OPENAI_API_KEY", "HOME", "ANTHROPIC_API_KEY"}
    assert (service.problems, service.complete) == ((), True)
    assert KEY not in repr(service)


def test_an_agent_that_ended(mac: Callable[..., ServiceManager], install: Callable[..., None]) -> None:
    install()
    service = found(mac({**GUI, "print gui/501/": Done(0, WAITING, "")}))
    assert (service.active, service.exit_status, service.restarts, service.state) == (False, 78, 8, "not running")
    assert not service.complete  # this launchctl did not say what is inherited


def test_an_agent_that_is_not_loaded(mac: Callable[..., ServiceManager], install: Callable[..., None]) -> None:
    install()
    service = found(mac(NOT_LOADED))
    assert (service.installed, service.active, service.enabled, service.state) == (True, False, False, "not loaded")


def test_not_installed(mac: Callable[..., ServiceManager]) -> None:
    assert not found(mac()).installed


def test_profiles_and_the_override(mac: Callable[..., ServiceManager]) -> None:
    assert found(mac(), "work").unit == "ai.openclaw.work"
    assert found(mac(), "default").unit == "ai.openclaw.gateway"
    assert found(mac(OPENCLAW_LAUNCHD_LABEL="my.label"), "work").unit == "my.label"


def test_legacy_labels(mac: Callable[..., ServiceManager], install: Callable[..., None]) -> None:
    install(label="bot.molt.gateway")
    assert (found(mac()).unit, found(mac()).legacy) == ("bot.molt.gateway", ())
    install()
    assert (found(mac()).unit, found(mac()).legacy) == ("ai.openclaw.gateway", ("bot.molt.gateway",))


@pytest.mark.parametrize(
    "text", ["", "not a plist", "<?xml version='1.0'?><plist><dict>", "bplist00garbage", "<plist><array/></plist>"]
)
def test_a_broken_property_list_is_unknown_not_empty(
    mac: Callable[..., ServiceManager], put: Callable[..., Path], text: str
) -> None:
    put(f"{AGENTS}/ai.openclaw.gateway.plist", text)
    service = found(mac())
    assert service.installed
    assert len(service.problems) == 1
    assert not service.complete


def test_values_that_are_not_strings(mac: Callable[..., ServiceManager], install: Callable[..., None]) -> None:
    install(
        {
            **PLIST,
            "EnvironmentVariables": {"PORT": 18789, "A": "1"},
            "Program": "/bin/other",
            "WorkingDirectory": "/tmp",
        }
    )
    service = found(mac())
    assert set(service.environment) == {"A"}
    assert "PORT is not a string" in service.problems[0]
    assert (service.argv[0], service.working_directory) == ("/bin/other", Path("/tmp"))
    install({"EnvironmentVariables": ["A"], "ProgramArguments": "x"})
    assert found(mac()).problems
