"""Leaving a run that nobody is asked in: one document whatever ends it, and what was done is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from openclaw.frozen import replace
from openclaw.service.base import GatewayService, Manager
from tests.providers.servers import server, stall
from wizard import finish, proof, servicing
from wizard.answers import Answers
from wizard.decision import Decision
from wizard.page import Page
from wizard.review import Prepared
from wizard.servicing import Served
from wizard.terminal import Ended
from wizard.verifying import Asker

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.change.plan import Plan
    from openclaw.invocation import Invocation
    from openclaw.service.base import ServiceManager
    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/failure.schema.json").read_text())
ARGUMENTS = ("--provider", "anthropic", "--key-env", "MINE")


def one_document(text: str) -> Any:
    """Standard output as the failure that it must be."""
    document = json.loads(text)
    jsonschema.validate(document, SCHEMA)
    return document


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
@pytest.mark.parametrize("as_json", [True, False])
def test_a_signal_while_the_provider_is_asked(number: signal.Signals, as_json: bool, house: House) -> None:
    with server(stall) as found:
        entry = {"baseUrl": found.url, "models": []}
        config = {"gateway": {"mode": "local"}, "models": {"providers": {"anthropic": entry}}}
        house.write(house.config, json.dumps(config))
        before = house.snapshot()
        process = subprocess.Popen(
            [sys.executable, "-m", "openclaw", "onboard", "--json" if as_json else "--non-interactive", *ARGUMENTS],
            env=house.environment({"MINE": KEY}), cwd=house.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + 40
        while not found.received and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 128 + number, err
    if as_json:
        assert one_document(out)["error"]["type"] == "interrupted"
    assert "Traceback" not in err
    assert house.snapshot() == before


class Host:
    """A host with a gateway's service, and an onboarding that has come to its last yes."""

    def __init__(self, house: House, facts: Facts) -> None:
        self.house = house
        self.manager: ServiceManager = object()  # type: ignore[assignment]
        service = GatewayService("gateway.service", True, "systemctl --user restart gateway")
        known = Manager("systemd", True, "it answers")
        self.facts = replace(facts, manager=known, service=service, services=self.manager)

    def ending(self, service: str, plan: tuple[Any, ...] = ()) -> finish.Ending:
        """What is left to be done."""
        call = self.house.call()
        page = Page(sys.stderr, columns=80)
        asker = Asker(call, self.facts.found, page)
        return finish.Ending(call, page, Decision("", service=service), Prepared(plan), self.facts, asker, Answers())


@pytest.fixture
def host(house: House, facts_of: Callable[..., Facts]) -> Host:
    """That host."""
    return Host(house, facts_of(house))


def test_who_leaves_while_the_service_is_restarted_is_told_of_both(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from openclaw.change.plan import SetVariable
    from openclaw.secret import Secret

    def leave(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("openclaw.service.control.act", leave)
    plan = (SetVariable(host.house.env_file, "ANTHROPIC_API_KEY", Secret(KEY)),)
    assert host.ending("restart", plan).carry_out(as_json=True) == 130
    out, err = capsys.readouterr()
    document = one_document(out)
    assert (document["changed"], document["files"]) == (True, [str(host.house.env_file)])
    commands = [item["command"].partition("openclaw ")[2] for item in document["undo"]]
    assert commands == ["undo 1", "gateway status"]
    assert "openclaw undo 1" in err
    assert "openclaw gateway status" in err


def test_a_unit_that_was_written_when_the_signal_came_is_told(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from openclaw.change.plan import WriteFile

    unit = host.house.path / ".config" / "gateway.service"
    unit.parent.mkdir()
    written = servicing._written

    def leave(call: Invocation, _: Decision, facts: Facts, plan: Plan) -> Served:
        written(call, facts, plan)
        raise Ended(signal.SIGTERM)

    monkeypatch.setattr(servicing, "_done", leave)
    ending = replace(host.ending("install"), prepared=Prepared((), service=(WriteFile(unit, b"[Service]\n"),)))
    with pytest.raises(SystemExit) as error:
        ending.carry_out(as_json=True)
    assert error.value.code == 143
    document = one_document(capsys.readouterr().out)
    assert (document["changed"], document["files"]) == (True, [str(unit)])
    commands = [item["command"].partition("openclaw ")[2] for item in document["undo"]]
    assert commands == ["gateway uninstall", "gateway status"]


def test_who_leaves_after_the_service_is_told_of_it(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(servicing, "carry_out", lambda *_: Served("restarted"))
    monkeypatch.setattr(proof, "examine", leave)
    assert host.ending("restart").carry_out(as_json=True) == 130
    assert one_document(capsys.readouterr().out)["changed"] is False


def test_nothing_done_is_nothing_told(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(proof, "examine", leave)
    with pytest.raises(KeyboardInterrupt):
        host.ending("").carry_out(as_json=True)
