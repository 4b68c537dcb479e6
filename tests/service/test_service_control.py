"""Starting, stopping, restarting: which commands, and what counts as done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.platforms import HostKind
from openclaw.proc import Done, NotDone
from openclaw.service.base import GatewayService, Manager
from openclaw.service.bus import Bus
from openclaw.service.control import Step, act
from openclaw.service.launchd import Launchd
from openclaw.service.systemd import Systemd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNIT = "openclaw-gateway.service"
UP = GatewayService(UNIT, installed=True, restart="", active=True, state="active (running)", pid=1)
DOWN = replace(UP, active=False, state="failed (failed)", result="exit-code", exit_status=78, pid=None)
HOST = HostKind(os="linux", uid=1000, user="alice")


@dataclass
class Fake:
    """A manager whose service goes through these states, one a look; the last one stays."""

    states: list[GatewayService]
    ran: list[str] = field(default_factory=list)
    answers: dict[str, Done | NotDone] = field(default_factory=dict)

    def describe(self) -> Manager:
        return Manager("systemd", reachable=True, why="")

    def gateway(self, profile: str | None = None) -> GatewayService:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def named(self, unit: str) -> None:
        return None

    def place(self, profile: str | None = None) -> None:
        return None

    def steps(self, service: GatewayService, action: str) -> tuple[Step, ...]:
        return Step(("reset",), needed=False), Step((action,))

    def client_env(self) -> dict[str, str]:
        return {"LC_ALL": "C"}

    def run(self, argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        self.ran.append(argv[0])
        assert env == {"LC_ALL": "C"}
        return self.answers.get(argv[0], Done(0, "", ""))


def outcome(states: list[GatewayService], action: Any, before: GatewayService = DOWN, **answers: Done | NotDone) -> str:
    fake = Fake(states, answers=answers)
    found = act(fake, before, action, fake.run, sleep=lambda seconds: None)
    assert found.ok is not bool(found.why)
    return found.why


def test_a_start_that_takes_a_moment() -> None:
    assert outcome([DOWN, DOWN, UP], "start") == ""


def test_a_step_that_only_helps_may_fail() -> None:
    assert outcome([UP], "start", reset=Done(1, "", "no such unit")) == ""


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Done(1, "", "Failed to start: unit not found\nmore"), "Failed to start: unit not found"),
        (Done(4, "", ""), "exit code 4"),
        (NotDone("systemctl gave no answer in 60 s", timed_out=True), "systemctl gave no answer in 60 s"),
    ],
)
def test_a_manager_that_refuses_or_hangs(answer: Done | NotDone, why: str) -> None:
    assert outcome([DOWN], "start", start=answer) == why


def test_a_service_that_fails_at_once() -> None:
    assert outcome([DOWN], "start") == "it does not run: failed (failed), exit-code, exit status 78"


def test_a_service_that_is_up_for_a_moment() -> None:
    crashed = replace(DOWN, state="activating (auto-restart)", exit_status=1)
    why = "it does not stay up: activating (auto-restart), exit-code, exit status 1"
    assert outcome([UP, crashed], "start") == why


def test_a_crash_loop_has_another_process_each_time() -> None:
    assert outcome([UP, replace(UP, pid=2)], "start").startswith("it does not stay up")


def test_a_restart_that_changed_nothing() -> None:
    assert outcome([UP], "restart", before=UP) == "the process is still the one from before"
    assert outcome([replace(UP, pid=2)], "restart", before=UP) == ""


def test_a_stop() -> None:
    assert outcome([UP, DOWN], "stop", before=UP) == ""
    assert outcome([UP], "stop", before=UP) == "it still runs"


def test_a_state_that_is_not_known_is_not_done() -> None:
    unknown = replace(UP, active=None)
    for action in ("start", "stop"):
        assert outcome([unknown], action) == "the service manager does not say whether it runs"


def systemd() -> Systemd:
    manager = Manager("systemd", reachable=True, why="")
    bus = Bus(Path("/run/user/1000"), exported=False, failure="", detail="")

    def parse(text: str) -> dict[str, str]:
        return {}

    def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        return NotDone("not run")

    return Systemd(
        env={"HOME": "/home/alice"}, root=Path("/none"), run=run, host=HOST, bus=bus, manager=manager, parse=parse
    )


def launchd() -> Launchd:
    def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        return NotDone("not run")

    host = HostKind(os="macos", uid=501, user="alice")
    manager = Manager("launchd", reachable=True, why="")
    return Launchd(env={"HOME": "/Users/alice"}, root=Path("/none"), run=run, host=host, manager=manager)


def lines(steps: tuple[Step, ...]) -> list[str]:
    return [" ".join(step.argv) for step in steps]


def test_the_commands_of_systemd() -> None:
    user = "systemctl --user --no-pager"
    assert lines(systemd().steps(UP, "stop")) == [f"{user} stop -- {UNIT}"]
    assert lines(systemd().steps(replace(UP, reload_needed=True), "restart")) == [
        f"{user} daemon-reload", f"{user} reset-failed -- {UNIT}", f"{user} restart -- {UNIT}",
    ]  # fmt: skip
    assert systemd().client_env()["XDG_RUNTIME_DIR"] == "/run/user/1000"
    place = systemd().place("work")
    assert (place.name, str(place.path)) == (
        "openclaw-gateway-work.service", "/home/alice/.config/systemd/user/openclaw-gateway-work.service",
    )  # fmt: skip


def test_the_commands_of_launchd() -> None:
    """Written after launchctl(1); not run on macOS."""
    plist = Path("/Users/alice/Library/LaunchAgents/ai.openclaw.gateway.plist")
    loaded = GatewayService("ai.openclaw.gateway", installed=True, restart="", definition=plist, enabled=True)
    target = "gui/501/ai.openclaw.gateway"
    assert lines(launchd().steps(loaded, "start")) == [f"launchctl kickstart {target}"]
    assert lines(launchd().steps(loaded, "restart")) == [f"launchctl kickstart -k {target}"]
    assert lines(launchd().steps(loaded, "stop")) == [f"launchctl bootout {target}"]
    assert lines(launchd().steps(replace(loaded, enabled=False), "stop")) == []
    assert lines(launchd().steps(replace(loaded, enabled=False), "start")) == [
        f"launchctl enable {target}", f"launchctl bootstrap gui/501 {plist}", f"launchctl kickstart {target}",
    ]  # fmt: skip
    assert launchd().place().path == plist
