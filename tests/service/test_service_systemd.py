from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openclaw.proc import Done, NotDone
from openclaw.service.detect import detect
from openclaw.service.systemd import drop_in_names, unit_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openclaw.secret import Secret
    from openclaw.service.base import GatewayService, Run

HOME = "/home/alice"
USER_UNITS = f"{HOME}/.config/systemd/user"
NAME = "openclaw-gateway.service"
KEY = "sk-ant-FAKE-EXAMPLE-0000000000000000"
UNIT = f"""\
[Unit]
Description=OpenClaw Gateway

[Service]
ExecStart=/usr/bin/node "%h/my app/index.js" gateway --port 18789
Environment=HOME=%h
Environment="ANTHROPIC_API_KEY={KEY}" GONE=1
EnvironmentFile=%h/.openclaw/gateway.env
EnvironmentFile=-%h/.openclaw/absent.env
UnsetEnvironment=GONE OTHER=not-this-value
"""
SHOWN = """\
LoadState=loaded
ActiveState=active
SubState=running
Result=success
FragmentPath=/home/alice/.config/systemd/user/openclaw-gateway.service
DropInPaths=
MainPID=4242
UnitFileState=enabled
NRestarts=3
ExecMainStatus=0
NeedDaemonReload=no
"""


def parse(text: str) -> dict[str, str]:
    if "broken" in text:
        raise ValueError("broken")
    return dict(line.split("=", 1) for line in text.splitlines())


def plain(variables: Mapping[str, Secret]) -> dict[str, str]:
    return {name: value.reveal() for name, value in variables.items()}


@pytest.fixture
def gateway(tmp_path: Path, put: Callable[..., Path], answering: Callable[..., Run]) -> Callable[..., GatewayService]:
    """The gateway of alice's host, with `systemctl show` answering with `shown`, or with no bus when it is None."""

    def find(
        shown: str | None = None, *, profile: str | None = None, environment: str = "FROM_MANAGER=1\n", **env: str
    ) -> GatewayService:
        put("/run/systemd/system/")
        answers: dict[str, Done | NotDone] = {}
        if shown is not None:
            put("/run/user/1000/bus")
            answers = {"show-environment": Done(0, f"HOME={HOME}\n{environment}", ""), "show -p": Done(0, shown, "")}
        given = {"HOME": HOME, "XDG_RUNTIME_DIR": "/run/user/1000", **env}
        run = answering(answers)
        manager = detect(given, root=tmp_path, run=run, platform="linux", uid=1000, parse_environment_file=parse)
        found = manager.gateway(profile)
        assert found is not None
        return found

    return find


def test_a_running_service(put: Callable[..., Path], gateway: Callable[..., GatewayService]) -> None:
    put(f"{USER_UNITS}/{NAME}", UNIT)
    put(f"{HOME}/.openclaw/gateway.env", "FROM_FILE=file\nHOME=/file\n")
    found = gateway(SHOWN)
    assert (found.unit, found.installed, found.active, found.enabled) == (NAME, True, True, True)
    assert (found.state, found.pid, found.restarts, found.exit_status) == ("active (running)", 4242, 3, 0)
    assert found.definition == Path(f"{USER_UNITS}/{NAME}")
    assert found.argv == ("/usr/bin/node", "/home/alice/my app/index.js", "gateway", "--port", "18789")
    assert found.restart == "systemctl --user restart openclaw-gateway.service"
    assert found.working_directory == Path(HOME)
    assert plain(found.environment) == {"HOME": HOME, "ANTHROPIC_API_KEY": KEY, "GONE": "1"}
    assert found.origins["ANTHROPIC_API_KEY"].line == 7
    assert [(str(file.path), file.optional, file.state) for file in found.environment_files] == [
        (f"{HOME}/.openclaw/gateway.env", False, "read"),
        (f"{HOME}/.openclaw/absent.env", True, "missing"),
    ]
    assert (found.problems, found.unknown, found.complete) == ((), (), True)
    assert plain(found.effective) == {
        "HOME": "/file", "FROM_MANAGER": "1", "ANTHROPIC_API_KEY": KEY, "FROM_FILE": "file",
    }  # fmt: skip


def test_no_secret_in_the_repr(put: Callable[..., Path], gateway: Callable[..., GatewayService]) -> None:
    put(f"{USER_UNITS}/{NAME}", UNIT)
    put(f"{HOME}/.openclaw/gateway.env", f"X={KEY}-FILE\n")
    shown = repr(gateway(SHOWN, environment=f"Y={KEY}-MANAGER\n"))
    assert KEY not in shown
    assert "-MANAGER" not in shown


def test_unset_with_a_value_takes_only_that_value(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nEnvironment=A=1 B=2\nUnsetEnvironment=A=1 B=other")
    assert "A" not in gateway(SHOWN).effective
    assert gateway(SHOWN).effective["B"].reveal() == "2"


def test_without_a_bus_the_files_speak_and_the_state_is_unknown(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\nEnvironment=A=1\n")
    found = gateway(None)
    assert found.installed
    assert (found.active, found.enabled, found.pid, found.state, found.inherited) == (None, None, None, "", None)
    assert plain(found.environment) == {"A": "1"}
    assert not found.complete


def test_a_bus_that_stops_answering_leaves_the_state_unknown(
    tmp_path: Path, put: Callable[..., Path], answering: Callable[..., Run]
) -> None:
    put("/run/systemd/system/")
    put("/run/user/1000/bus")
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\n")
    run = answering(
        {"show-environment": Done(0, "", ""), "show -p": NotDone("systemctl gave no answer in 3 s", timed_out=True)}
    )
    found = detect({"HOME": HOME}, root=tmp_path, run=run, platform="linux", uid=1000).gateway()
    assert found is not None
    assert found.installed
    assert found.active is None


def test_not_installed(gateway: Callable[..., GatewayService]) -> None:
    found = gateway("LoadState=not-found\nActiveState=inactive\nFragmentPath=\n")
    assert (found.installed, found.unit, found.legacy) == (False, NAME, ())


def test_drop_ins_are_merged_by_name_and_the_nearer_folder_hides_the_other(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\nEnvironment=A=unit B=unit\n")
    put(f"{USER_UNITS}/{NAME}.d/20-b.conf", "[Service]\nEnvironment=B=20\n")
    put(f"{USER_UNITS}/openclaw-.service.d/10-a.conf", "[Service]\nEnvironment=A=10 C=10\n")
    put(f"/etc/systemd/user/{NAME}.d/20-b.conf", "[Service]\nEnvironment=B=hidden\n")
    put("/etc/systemd/user/service.d/90-all.conf", "[Service]\nEnvironment=C=90\n")
    put(f"{USER_UNITS}/{NAME}.d/note.txt", "[Service]\nEnvironment=A=no\n")
    found = gateway(None)
    assert [path.name for path in found.drop_ins] == ["10-a.conf", "20-b.conf", "90-all.conf"]
    assert plain(found.environment) == {"A": "10", "B": "20", "C": "90"}
    assert found.origins["B"].path == f"{USER_UNITS}/{NAME}.d/20-b.conf"


def test_the_drop_ins_that_systemd_names_are_believed(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\n")
    put("/run/elsewhere/one.conf", "[Service]\nEnvironment=A=1\n")
    found = gateway(SHOWN.replace("DropInPaths=", "DropInPaths=/run/elsewhere/one.conf"))
    assert plain(found.environment) == {"A": "1"}


def test_a_new_directory_of_drop_ins_that_systemd_has_not_noticed(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\n")
    assert not gateway(SHOWN).reload_needed
    put(f"{USER_UNITS}/{NAME}.d/empty.conf", "")  # masks others, and says nothing
    assert not gateway(SHOWN).reload_needed
    put(f"{USER_UNITS}/{NAME}.d/keys.conf", "[Service]\nEnvironment=A=1\n")
    found = gateway(SHOWN)
    assert (found.reload_needed, plain(found.environment)) == (True, {"A": "1"})
    read = gateway(SHOWN.replace("DropInPaths=", f"DropInPaths=/elsewhere/{NAME}.d/keys.conf"))
    assert not read.reload_needed  # the same directory under another name


def test_a_resetting_drop_in(put: Callable[..., Path], gateway: Callable[..., GatewayService]) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\nEnvironment=A=1\nEnvironmentFile=/no/such\n")
    put(f"{USER_UNITS}/{NAME}.d/o.conf", "[Service]\nEnvironment=\nEnvironment=B=2\nEnvironmentFile=\n")
    found = gateway(SHOWN.replace("DropInPaths=", f"DropInPaths={USER_UNITS}/{NAME}.d/o.conf"))
    assert plain(found.environment) == {"B": "2"}
    assert (found.environment_files, found.problems) == ((), ())


def test_faults_of_environment_files(put: Callable[..., Path], gateway: Callable[..., GatewayService]) -> None:
    put(f"{HOME}/dir/")
    put(f"{HOME}/bad.env", "broken")
    lines = ["/no/such.env", "relative.env", "%h/dir", "%h/bad.env", "%S/x.env"]
    put(
        f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\n" + "".join(f"EnvironmentFile={line}\n" for line in lines)
    )
    found = gateway(SHOWN)
    assert [file.state for file in found.environment_files] == ["missing", "unreadable", "unreadable"]
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "/no/such.env does not exist, so the service cannot start",
        "systemd ignores an EnvironmentFile= whose path is not absolute",
        "systemd ignores an EnvironmentFile= whose path is not absolute",
    ]
    assert len(found.unknown) == 3
    assert not found.complete


def test_environment_files_may_be_a_pattern(put: Callable[..., Path], gateway: Callable[..., GatewayService]) -> None:
    put(f"{HOME}/env/b.env", "A=b\n")
    put(f"{HOME}/env/a.env", "A=a\nB=a\n")
    put(f"{USER_UNITS}/{NAME}", "[Service]\nEnvironmentFile=%h/env/*.env\nEnvironmentFile=-%h/none/*.env\n")
    found = gateway(SHOWN)
    assert [file.path.name for file in found.environment_files] == ["a.env", "b.env", "*.env"]
    assert found.effective["A"].reveal() == "b"


def test_an_unreadable_unit_is_unknown_not_empty(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"{USER_UNITS}/{NAME}/")
    found = gateway(SHOWN)
    assert found.installed
    assert len(found.unknown) == 1
    assert "could not be read" in found.unknown[0]


def test_a_masked_unit(tmp_path: Path, put: Callable[..., Path], gateway: Callable[..., GatewayService]) -> None:
    put(f"{USER_UNITS}/")
    (tmp_path / USER_UNITS.strip("/") / NAME).symlink_to("/dev/null")
    for shown in (None, "LoadState=masked\nActiveState=inactive\nFragmentPath=\n"):
        found = gateway(shown)
        assert found.installed
        assert found.problems == ("the unit is masked, so it cannot be started",)
        assert found.masked
        assert found.unmask == f"systemctl --user unmask {NAME}"


def test_systemd_that_has_not_reread_the_files(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\n")
    found = gateway(SHOWN.replace("NeedDaemonReload=no", "NeedDaemonReload=yes"))
    assert "daemon-reload" in found.problems[0]


@pytest.mark.parametrize(
    ("state", "active"),
    [("active", True), ("reloading", True), ("activating", False), ("failed", False), ("inactive", False)],
)
def test_a_service_that_restarts_for_ever_is_not_active(
    put: Callable[..., Path], gateway: Callable[..., GatewayService], state: str, active: bool
) -> None:
    put(f"{USER_UNITS}/{NAME}", "[Service]\nExecStart=/bin/x\n")
    shown = SHOWN.replace("ActiveState=active", f"ActiveState={state}").replace("MainPID=4242", "MainPID=0")
    assert gateway(shown).active is active
    assert gateway(shown).pid is None


def test_legacy_units_are_named_beside_the_current_one(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    for stem in ("openclaw", "clawdbot", "moltbot"):
        put(f"{USER_UNITS}/{stem}-gateway.service", "[Service]\nExecStart=/bin/x\n")
    assert gateway(SHOWN).legacy == ("clawdbot-gateway.service", "moltbot-gateway.service")


def test_a_legacy_unit_alone_is_the_gateway(put: Callable[..., Path], gateway: Callable[..., GatewayService]) -> None:
    put(f"{USER_UNITS}/moltbot-gateway.service", "[Service]\nExecStart=/bin/x\nEnvironment=A=1\n")
    found = gateway("LoadState=not-found\nFragmentPath=\n")
    assert (found.unit, found.installed, found.legacy) == ("moltbot-gateway.service", True, ())
    assert plain(found.environment) == {"A": "1"}


def test_unit_names() -> None:
    assert unit_names("", {})[0] == "openclaw-gateway.service"
    assert unit_names("work", {}) == (
        "openclaw-gateway-work.service", "clawdbot-gateway-work.service", "moltbot-gateway-work.service",
    )  # fmt: skip
    assert unit_names("", {"OPENCLAW_SYSTEMD_UNIT": " mine "})[0] == "mine.service"
    assert unit_names("work", {"OPENCLAW_SYSTEMD_UNIT": "mine.service"})[0] == "mine.service"


@pytest.mark.parametrize(
    ("profile", "variable", "unit"),
    [
        (None, "", "openclaw-gateway.service"),
        (None, "work", "openclaw-gateway-work.service"),
        ("Default", "work", "openclaw-gateway.service"),
        ("dev", "", "openclaw-gateway-dev.service"),
    ],
)
def test_profiles(gateway: Callable[..., GatewayService], profile: str | None, variable: str, unit: str) -> None:
    assert gateway(None, profile=profile, OPENCLAW_PROFILE=variable).unit == unit


def test_a_strange_unit_name_is_quoted_in_the_command(gateway: Callable[..., GatewayService]) -> None:
    assert gateway(None, OPENCLAW_SYSTEMD_UNIT="a b").restart == "systemctl --user restart 'a b.service'"


def test_drop_in_names() -> None:
    assert list(drop_in_names("openclaw-gateway-work.service")) == [
        "openclaw-gateway-work.service.d", "openclaw-gateway-.service.d", "openclaw-.service.d",
    ]  # fmt: skip


def test_xdg_config_home_of_the_manager_decides_not_ours(
    put: Callable[..., Path], gateway: Callable[..., GatewayService]
) -> None:
    put(f"/conf/systemd/user/{NAME}", "[Service]\nExecStart=/bin/x\nEnvironment=A=%E\n")
    found = gateway("LoadState=loaded\nFragmentPath=\n", environment="XDG_CONFIG_HOME=/conf\n")
    assert found.definition == Path(f"/conf/systemd/user/{NAME}")
    assert plain(found.environment) == {"A": "/conf"}
    assert gateway(None, XDG_CONFIG_HOME="/conf").installed
