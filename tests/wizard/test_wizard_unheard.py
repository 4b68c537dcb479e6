"""A service manager that is slow or silent, or that there is not: never a failure, and never a wrong command."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from doctor.report import Report
from openclaw.secret import Secret
from openclaw.service.base import GatewayService, Hint, Manager
from wizard import ending, gathering, servicing
from wizard import facts as collecting
from wizard.answers import Answers
from wizard.decision import Decision
from wizard.flow import Ask, Review, next_step
from wizard.front.script import Script
from wizard.gathering import Gathering
from wizard.page import Page
from wizard.session import Session
from wizard.steps import service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/onboard.schema.json").read_text())
SILENT = Manager("systemd", False, collecting.WAITING)
SYSTEMD = Manager("systemd", True, "it answers")
RUNNING = GatewayService("gateway.service", True, "systemctl --user restart gateway", active=True)
GIVEN: dict[str, str | Secret] = {"provider": "anthropic", "method": "api-key", "secret": Secret(KEY), "place": "env"}
ANTHROPIC = Decision("anthropic", variable="ANTHROPIC_API_KEY")


class Host:
    """A manager that answers when it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch, installed: GatewayService = RUNNING) -> None:
        self.answers = threading.Event()
        self.installed = installed
        patch.setattr(collecting, "_silent", lambda _: SILENT)
        patch.setattr("openclaw.service.detect.detect", self._detect)

    def _detect(self, *_: object, **__: object) -> Host:
        self.answers.wait(30)
        return self

    def describe(self) -> Manager:
        return SYSTEMD

    def gateway(self, profile: str | None = None) -> GatewayService:
        return self.installed


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """That manager."""
    host = Host(monkeypatch)
    yield host
    host.answers.set()


def given() -> Answers:
    """Everything up to the service."""
    answers = Answers()
    for name, value in GIVEN.items():
        answers = answers.give(name, value, "flag")
    return answers


def session(front: Script, stream: io.StringIO) -> Session:
    """A conversation about what is left."""
    return Session(front, Page(stream, columns=80), given())


def test_a_slow_manager_is_waited_for_before_the_review(house: House, slow: Host) -> None:
    stream = io.StringIO()
    threading.Timer(1.5, slow.answers.set).start()
    front = Script(["restart", "write"])
    done, facts = session(front, stream).run(Gathering(house.call()))
    assert front.asked == ["service", "confirm"]
    assert (done.decision.service, done.decision.pending, facts.service) == ("restart", "", RUNNING)
    assert "Waiting for an answer of systemd" in stream.getvalue()


def test_one_that_never_answers_is_unknown_with_both_commands(
    house: House, slow: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.session.WHERE_IT_DECIDES", 0.2)
    front = Script(["write"])
    done, facts = session(front, io.StringIO()).run(source := Gathering(house.call()))
    assert not slow.answers.is_set()
    assert front.asked == ["confirm"]
    served = servicing.carry_out(house.call(), done.decision, source.now(0.1), ())
    assert served.state == "unknown"
    stream = io.StringIO()
    ending.what_next(Page(stream, columns=80), facts, Report(()), changed=True, served=served)
    said = " ".join(stream.getvalue().split())
    assert "Whether the gateway is a service here is not known: systemd has not answered." in said
    assert "→ openclaw gateway restart" in said
    assert "→ openclaw gateway run" in said
    assert "install it" not in said


def test_whoever_is_silent_is_waited_for_only_so_long_in_all(
    house: House, slow: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setattr(gathering, "IN_ALL", 0.3)
    source, start = Gathering(house.call()), time.monotonic()
    for _ in range(5):
        source.now(5)
    assert time.monotonic() - start < 3
    assert source.now().unheard == ("systemd",)


def test_the_answer_of_the_manager_does_not_wait_for_the_login_shell(
    house: House, slow: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = house.path / "shell"
    house.write(shell, "#!/bin/sh\nsleep 20\n")
    shell.chmod(0o700)
    house.write(house.config, '{"gateway": {"mode": "local"}, "env": {"shellEnv": {"enabled": true}}}')
    slow.answers.set()
    source = Gathering(house.call({"SHELL": str(shell)}))
    facts = source.now(0.5)
    assert facts.unheard == ("the login shell",)
    assert facts.service == RUNNING


def test_what_the_login_shell_says_arrives(house: House, slow: Host) -> None:
    shell = house.path / "shell"
    house.write(shell, f"#!/bin/sh\nprintf 'ANTHROPIC_API_KEY={KEY}\\0'\n")
    shell.chmod(0o700)
    house.write(house.config, '{"gateway": {"mode": "local"}, "env": {"shellEnv": {"enabled": true}}}')
    source = Gathering(house.call({"SHELL": str(shell)}))
    facts = source.now(1)
    assert facts.unheard == ("systemd",)
    assert facts.found.environment.usable("ANTHROPIC_API_KEY") == KEY


@pytest.mark.parametrize(
    ("manager", "state", "commands"),
    [
        (Manager("none", False, "a pod", hints=(Hint("run it", "openclaw gateway run"),)), "pending", ["gateway run"]),
        (Manager("systemd", False, "no bus", hints=(Hint("wake it", "loginctl x"),)), "pending", ["loginctl x"]),
        (SILENT, "unknown", ["gateway restart", "gateway run"]),
    ],
)  # fmt: skip
def test_without_a_manager_it_is_pending_though_nobody_asked(
    manager: Manager, state: str, commands: list[str], house: House, facts_of: Callable[..., Facts], tmp_path: Path
) -> None:
    program = tmp_path / "openclaw"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    facts = facts_of(house, manager, {"PATH": f"{tmp_path}:/usr/bin:/bin"})
    step = next_step(given(), facts)
    assert isinstance(step, Review)
    served = servicing.carry_out(house.call(), step.decision, facts, ())
    outcome = ending.Outcome(step.decision, None, ending_proof(), Report(()), served)
    document = ending.document(outcome, facts)
    jsonschema.validate(document, SCHEMA)
    assert (document["ok"], document["service"]["state"]) == (True, state)
    assert [item.rpartition("openclaw ")[2] for item in document["service"]["commands"]] == commands


def ending_proof() -> Any:
    """A credential that is found."""
    from wizard.proof import Proof

    return Proof(True)


def test_what_was_put_off_or_kept_is_not_pending(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = facts_of(house)
    assert service.pending(given(), facts)
    assert not service.pending(given().give("service", "later", "flag"), facts)
    assert not service.pending(Answers().give("handling", "keep", "flag"), facts)


def test_without_openclaw_its_install_command_comes_first(house: House, facts_of: Callable[..., Facts]) -> None:
    pod = Manager("none", False, "this is a pod", hints=(Hint("run it", "openclaw gateway run"),))
    facts = facts_of(house, pod)
    step = next_step(given(), facts)
    assert isinstance(step, Review)
    assert not isinstance(step, Ask)
    served = servicing.carry_out(house.call(), step.decision, facts, ())
    assert [hint.command for hint in served.hints] == ["npm install -g openclaw@latest", "openclaw gateway run"]


def test_a_gateway_that_cannot_start_is_told_before_its_commands(house: House, facts_of: Callable[..., Facts]) -> None:
    from tests.wizard.test_wizard_ending import report_of

    stream = io.StringIO()
    served = servicing.Served("pending", "this is a pod", (Hint("run it", "openclaw gateway run"),))
    report = report_of("config/gateway-mode", "", "openclaw config set gateway.mode local")
    ending.what_next(Page(stream, columns=80), facts_of(house), report, changed=True, served=served)
    said = stream.getvalue()
    assert said.index("gateway.mode local") < said.index("gateway run")
