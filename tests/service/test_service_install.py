"""The definitions that are written: no secret, the right quotes, limits on restarts; and the plans around them."""

from __future__ import annotations

import plistlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.change.plan import RemoveFile, Run, WriteFile
from openclaw.errors import Refusal
from openclaw.home import Home
from openclaw.proc import Done, NotDone
from openclaw.service import unitfile
from openclaw.service.base import GatewayService, Manager, Place
from openclaw.service.install import Program, Service, describe, lingering, plist_bytes, program_of, quoted, unit_text
from openclaw.service.plans import install_plan, uninstall_plan
from tests.service.test_service_control import Fake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOME = Path("/home/al ice")
PLACE = Place(
    "openclaw-gateway.service", "OPENCLAW_SYSTEMD_UNIT", HOME / ".config/systemd/user/openclaw-gateway.service"
)
SERVICE = GatewayService(PLACE.name, installed=True, restart="", definition=PLACE.path, enabled=True)
SPECIFIERS = {"%": "%"}


def made(**env: str) -> Service:
    program = Program(("/usr/bin/node", "/opt/open claw/dist/index.js"), "2026.9.6")
    home = Home(HOME, HOME, HOME / ".openclaw", HOME / ".openclaw/openclaw.json")
    return describe(program, home, env, 18789, (PLACE.variable, PLACE.name))


def read(text: str) -> tuple[unitfile.Directive, ...]:
    return unitfile.parse(text, Path("/u"))


def test_the_unit_is_what_systemd_is_to_read() -> None:
    text = unit_text(made(OPENCLAW_PROFILE="work", OPENCLAW_STATE_DIR="/s/100%"))
    problems: list[str] = []
    values, _ = unitfile.environment(read(text), SPECIFIERS, problems)
    assert problems == []
    assert {name: value.reveal() for name, value in values.items()} == {
        "HOME": "/home/al ice",
        "PATH": "/usr/bin:/home/al ice/.local/bin:/home/al ice/.npm-global/bin:/home/al ice/bin:/usr/local/bin:/bin",
        "OPENCLAW_PROFILE": "work",
        "OPENCLAW_STATE_DIR": "/s/100%",
        "OPENCLAW_GATEWAY_PORT": "18789",
        "OPENCLAW_SYSTEMD_UNIT": PLACE.name,
        "OPENCLAW_SERVICE_MARKER": "openclaw",
        "OPENCLAW_SERVICE_KIND": "gateway",
        "OPENCLAW_SERVICE_VERSION": "2026.9.6",
    }
    assert unitfile.command(read(text), SPECIFIERS, problems) == (
        "/usr/bin/node", "/opt/open claw/dist/index.js", "gateway", "--port", "18789",
    )  # fmt: skip
    settings = {(item.section, item.key): item.value for item in read(text)}
    assert settings["Unit", "Description"] == "OpenClaw Gateway (profile: work, v2026.9.6)"
    assert (settings["Unit", "StartLimitIntervalSec"], settings["Unit", "StartLimitBurst"]) == ("300", "5")
    assert (settings["Service", "RestartSec"], settings["Service", "RestartPreventExitStatus"]) == ("5", "78")
    assert settings["Unit", "After"] == settings["Unit", "Wants"] == "network-online.target"
    assert settings["Install", "WantedBy"] == "default.target"


def test_no_secret_of_the_shell_is_in_it() -> None:
    key = "sk-FAKE-EXAMPLE-0000000000000000"
    env = {"ANTHROPIC_API_KEY": key, "OPENCLAW_GATEWAY_TOKEN": key, "OPENCLAW_GATEWAY_PASSWORD": key}
    assert key not in unit_text(made(**env))
    assert key.encode() not in plist_bytes(made(**env), "ai.openclaw.gateway", HOME)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])) | st.text("\"'\\%$ \n\t;#=ab"))
def test_quoting_round_trips(word: str) -> None:
    found, fault = unitfile.words(quoted(word))
    assert (fault, [unitfile.expand(item, SPECIFIERS) for item in found]) == ("", [word])
    assert "\n" not in quoted(word)


def test_a_dollar_is_doubled_in_a_command_only() -> None:
    assert (quoted("a$b", command=True), quoted("a$b")) == ('"a$$b"', '"a$b"')


def test_the_property_list() -> None:
    content = plistlib.loads(plist_bytes(made(), "ai.openclaw.gateway", HOME / "logs"))
    assert content["ProgramArguments"][-3:] == ["gateway", "--port", "18789"]
    assert (content["KeepAlive"], content["RunAtLoad"], content["ThrottleInterval"]) == (True, True, 30)
    assert content["EnvironmentVariables"]["HOME"] == str(HOME)


def test_a_plan_writes_reads_and_enables() -> None:
    fake = Fake([SERVICE])
    written, *runs = install_plan(fake, PLACE, made(), replace(SERVICE, installed=False), HOME)
    assert isinstance(written, WriteFile)
    assert (written.path, written.mode) == (PLACE.path, 0o644)
    assert [run.argv for run in runs if isinstance(run, Run)] == [
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", PLACE.name),
    ]


def test_a_plan_for_launchd_forgets_the_old_one_first(tmp_path: Path) -> None:
    class Mac(Fake):
        def describe(self) -> Manager:
            return Manager("launchd", reachable=True, why="")

    place = Place("ai.openclaw.gateway", "OPENCLAW_LAUNCHD_LABEL", tmp_path / "x.plist")
    plan = install_plan(Mac([SERVICE]), place, made(), SERVICE, tmp_path)
    words = [change.argv[:2] for change in plan if isinstance(change, Run)]
    assert words == [
        ("mkdir", "-p"), ("launchctl", "bootout"), ("launchctl", "enable"), ("launchctl", "bootstrap"),
    ]  # fmt: skip


def test_removing() -> None:
    first, removed, last = uninstall_plan(Fake([SERVICE]), PLACE, SERVICE)
    assert isinstance(first, Run)
    assert isinstance(last, Run)
    assert (first.argv, last.argv[-1]) == (("systemctl", "--user", "disable", "--now", PLACE.name), "daemon-reload")
    assert removed == RemoveFile(PLACE.path)


def test_the_file_of_a_package_is_not_removed() -> None:
    packaged = replace(SERVICE, definition=Path("/usr/lib/systemd/user/openclaw-gateway.service"))
    with pytest.raises(Refusal, match="not this user's own"):
        uninstall_plan(Fake([SERVICE]), PLACE, packaged)


def node(versions: Mapping[str, str]) -> object:
    def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        return Done(0, versions[argv[0]], "") if argv[0] in versions else NotDone("not found")

    return run


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(("system", "chosen"), [("v24.1.0\n", "/usr/bin/node"), ("v20.0.0\n", "own")])
def test_a_node_of_the_system_is_better_where_it_is_as_new(tmp_path: Path, system: str, chosen: str) -> None:
    own = executable(tmp_path / ".nvm/v24/bin/node")
    entry = executable(tmp_path / "lib/openclaw/openclaw.mjs")
    dist = executable(tmp_path / "lib/openclaw/dist/index.js")
    link = tmp_path / "bin/openclaw"
    link.parent.mkdir()
    link.symlink_to(entry)
    executable(tmp_path / "root/usr/bin/node")
    run = node({str(own): "v24.2.0\n", "/usr/bin/node": system})
    found = program_of(link, {"PATH": str(own.parent)}, run, tmp_path / "root")  # type: ignore[arg-type]
    assert found.argv == (str(own) if chosen == "own" else chosen, str(dist))
    assert bool(found.notes) is (chosen == "own")


def test_a_wrapper_is_started_as_it_is(tmp_path: Path) -> None:
    wrapper = executable(tmp_path / "openclaw")
    assert program_of(wrapper, {}, node({})).argv == (str(wrapper),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(Done(0, "yes\n", ""), True), (Done(0, "no\n", ""), False), (Done(1, "", "x"), None), (NotDone("hung"), None)],
)
def test_lingering(tmp_path: Path, answer: Done | NotDone, expected: bool | None) -> None:
    def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        return answer

    assert lingering("alice", run, tmp_path) is expected
    executable(tmp_path / "var/lib/systemd/linger/alice")
    assert lingering("alice", run, tmp_path) is True
