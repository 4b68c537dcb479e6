"""Verification, the service, settings of the gateway, an installation that is there: without a terminal."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.proc import Done as Ran
from openclaw.service.base import GatewayService, Hint, Manager, Place
from openclaw.service.control import Step
from tests.providers.servers import reply, server, stall
from wizard import servicing
from wizard.decision import Decision
from wizard.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
TOKEN = "FAKE-gateway-token-that-stays-as-it-is-0"
ANTHROPIC = ("--json", "--provider", "anthropic", "--store", "env", "--key-stdin")
SYSTEMD = Manager("systemd", True, "this is a test", expected=True, hints=(Hint("look at it", "true"),))


def behind(house: House, url: str) -> None:
    """A config in which Anthropic is at another address."""
    entry = {"baseUrl": url, "models": []}
    house.write(house.config, json.dumps({"gateway": {"mode": "local"}, "models": {"providers": {"anthropic": entry}}}))


# --- asking the provider --------------------------------------------------------------------------------------------


def test_an_accepted_key_is_remembered_for_the_doctor(house: House) -> None:
    with server(reply(200, {"data": [{"id": "claude-opus-4-5"}]})) as found:
        behind(house, found.url)
        result = house.onboard(*ANTHROPIC, stdin=KEY.encode())
    assert (result.code, result.document["verified"]) == (0, "accepted"), result.err
    (answers,) = house.path.rglob("answers.json")
    assert stat.S_IMODE(answers.stat().st_mode) == 0o600
    (entry,) = json.loads(answers.read_text())["answers"].values()
    assert (entry["accepted"], entry["name"], entry["source"]) == (True, "ANTHROPIC_API_KEY", "onboard")
    assert KEY not in answers.read_text()


def test_a_refused_key_stops_a_script_before_anything_is_written(house: House) -> None:
    said = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
    with server(reply(401, said)) as found:
        behind(house, found.url)
        before = house.snapshot()
        result = house.onboard(*ANTHROPIC, stdin=KEY.encode())
        assert (result.code, result.document["ok"]) == (2, False)
        assert "refuses it" in result.err
        assert "--use-anyway" in result.err
        assert house.snapshot() == before
        anyway = house.onboard(*ANTHROPIC, "--use-anyway", stdin=KEY.encode())
    assert anyway.code == 0
    assert house.env_file.exists()


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_setup_token_that_a_probe_is_refused_for_is_saved_with_a_notice(status: int, house: House) -> None:
    said = {"type": "error", "error": {"type": "rate_limit_error", "message": "This request was rejected."}}
    with server(reply(status, said)) as found:
        behind(house, found.url)
        result = house.onboard(*ANTHROPIC, "--method", "setup-token", stdin=SETUP.encode())
    assert (result.code, result.document["verified"]) == (0, "unsure"), result.err
    assert any("Not verified" in note for note in result.document["notes"])


def test_a_provider_that_does_not_answer_costs_its_own_time_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(stall) as found:
        behind(house, found.url)
        result = house.onboard(*ANTHROPIC, stdin=KEY.encode())
    assert (result.code, result.document["verified"]) == (0, "unreached"), result.err
    assert any("Saved, not verified" in note for note in result.document["notes"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [(stall, "The proxy did not answer."), (reply(403, b""), "The proxy did not let the request through.")],
)
def test_a_proxy_that_is_silent_has_refused_nothing(answer: Any, said: str, house: House) -> None:
    with server(answer) as between:
        result = house.onboard(*ANTHROPIC, stdin=KEY.encode(), env={"HTTPS_PROXY": between.url})
    assert (result.code, result.document["verified"]) == (0, "unreached"), result.err
    assert result.document["notes"] == [f"Saved, not verified: {said}"]


def test_nobody_is_asked_who_is_not_to_be_asked(house: House) -> None:
    with server(reply(500)) as found:
        behind(house, found.url)
        result = house.onboard(*ANTHROPIC, "--no-verify", stdin=KEY.encode())
    assert (result.code, result.document["verified"], found.received) == (0, None, [])


# --- the same again, and settings -----------------------------------------------------------------------------------

SETTINGS = (
    "--non-interactive", "--accept-risk", "--mode", "local", "--flow", "quickstart", "--anthropic-api-key", KEY,
    "--gateway-port", "19002", "--gateway-bind", "lan", "--gateway-auth", "token", "--gateway-token", TOKEN,
    "--tailscale", "off", "--workspace", "~/agents", "--node-manager", "pnpm", "--skip-daemon", "--skip-channels",
    "--skip-skills", "--skip-health", "--skip-ui", "--json",
)  # fmt: skip


def test_the_reference_programs_flags_mean_what_they_mean_there(house: House) -> None:
    result = house.onboard(*SETTINGS)
    assert result.code == 0, result.err
    config = json.loads(house.config.read_text())
    assert config["gateway"] == {
        "mode": "local", "auth": {"mode": "token", "token": TOKEN}, "port": 19002, "bind": "lan",
        "tailscale": {"mode": "off"},
    }  # fmt: skip
    assert config["agents"]["defaults"]["workspace"] == str(house.path / "agents")
    assert config["skills"]["install"]["nodeManager"] == "pnpm"
    assert TOKEN not in result.out
    before = house.snapshot()
    again = house.onboard(*SETTINGS)
    assert (again.code, again.document["changed"]) == (0, False)
    assert house.snapshot() == before


def test_a_re_run_never_touches_the_gateways_token(house: House) -> None:
    house.write(house.config, f'{{"gateway": {{"mode": "local", "port": 1234, "auth": {{"token": "{TOKEN}"}}}}}}')
    for _ in range(2):
        assert house.onboard(*ANTHROPIC, stdin=KEY.encode()).code == 0
        gateway = json.loads(house.config.read_text())["gateway"]
        assert gateway == {"mode": "local", "port": 1234, "auth": {"token": TOKEN}}


def test_a_remote_gateway(house: House) -> None:
    flags = ("--json", "--mode", "remote", "--remote-url", "wss://gateway.example:18789", "--remote-token", TOKEN)
    result = house.onboard(*flags, "--auth-choice", "skip")
    assert result.code == 0, result.err
    gateway = json.loads(house.config.read_text())["gateway"]
    assert gateway["mode"] == "remote"
    assert gateway["remote"] == {"url": "wss://gateway.example:18789", "token": TOKEN}


@pytest.mark.parametrize(
    ("choice", "more", "provider", "url"),
    [
        ("moonshot-api-key-cn", (), "moonshot", "https://api.moonshot.cn/v1"),
        (
            "cloudflare-ai-gateway-api-key",
            ("--cloudflare-ai-gateway-account-id", "acct", "--cloudflare-ai-gateway-gateway-id", "gw"),
            "cloudflare-ai-gateway",
            "https://gateway.ai.cloudflare.com/v1/acct/gw/anthropic",
        ),
    ],
)
def test_choices_that_are_variants(choice: str, more: tuple[str, ...], provider: str, url: str, house: House) -> None:
    result = house.onboard("--json", "--auth-choice", choice, *more, "--key-stdin", stdin=b"FAKE0123456789abcdef0123")
    assert result.code == 0, result.err
    assert json.loads(house.config.read_text())["models"]["providers"][provider]["baseUrl"] == url


# --- an installation that is there ----------------------------------------------------------------------------------


def installed(house: House) -> None:
    """A home that was set up before."""
    house.write(house.config, '{"gateway": {"mode": "local"}} // mine\n')
    house.write(house.env_file, f"OPENAI_API_KEY=sk-FAKE-old-0123456789abcdef\nANTHROPIC_API_KEY={OTHER_KEY}\n")
    house.profiles(anthropic__default={"type": "api_key", "provider": "anthropic", "key": OTHER_KEY})


def test_keep_changes_nothing(house: House) -> None:
    installed(house)
    before = house.snapshot()
    result = house.onboard("--json", "--handling", "keep")
    assert (result.code, result.document["changed"], result.document["provider"]) == (0, False, None), result.err
    assert house.snapshot() == before


def test_keep_is_not_there_for_an_installation_without_a_credential(house: House) -> None:
    house.write(house.config, '{"gateway": {"mode": "local"}}')
    result = house.onboard("--json", "--handling", "keep")
    assert result.code == 2
    assert "There is no credential in it" in result.err


def test_reset_without_a_second_yes_is_refused(house: House) -> None:
    installed(house)
    before = house.snapshot()
    result = house.onboard(*ANTHROPIC, "--reset", stdin=KEY.encode())
    assert result.code == 2
    assert "--reset --yes" in result.err
    assert house.snapshot() == before


@pytest.mark.parametrize("place", ["env", "profile"])
def test_reset_moves_away_and_undo_brings_back(place: str, house: House) -> None:
    installed(house)
    before = house.snapshot()
    flags = ("--json", "--provider", "anthropic", "--store", place, "--key-stdin", "--reset", "--yes")
    result = house.onboard(*flags, stdin=KEY.encode())
    assert (result.code, result.document["proven"]) == (0, True), result.err
    if place == "env":
        assert house.env_file.read_text() == f"ANTHROPIC_API_KEY={KEY}\n"
        assert not house.store.exists()
    else:
        assert not house.env_file.exists()
        assert json.loads(house.store.read_text())["profiles"]["anthropic:default"]["key"] == KEY
    config = json.loads(house.config.read_text())
    assert len(config["gateway"]["auth"]["token"]) == 48
    assert config["agents"]["defaults"]["model"]["primary"].startswith("anthropic/")
    undo(house)
    after = {name: item for name, item in house.snapshot().items() if not name.startswith(".local")}
    assert after == before


def undo(house: House) -> None:
    """`openclaw undo`."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "openclaw", "undo"], env=house.environment(), cwd=house.path, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


# --- the service ----------------------------------------------------------------------------------------------------


class Services:
    """A service manager that does what it is told, or says why not."""

    def __init__(self, service: GatewayService, *, after: GatewayService | None = None) -> None:
        self.service, self.after, self.asked = service, after or service, 0

    def describe(self) -> Manager:
        return SYSTEMD

    def gateway(self, profile: str | None = None) -> GatewayService:
        return self.after

    def place(self, profile: str | None = None) -> Place | None:
        return None

    def steps(self, service: GatewayService, action: str) -> tuple[Step, ...]:
        return (Step(("true", action)),)

    def client_env(self) -> dict[str, str]:
        return {}


def with_service(facts: Facts, services: Services) -> Facts:
    """A host with a manager that answers."""
    return replace(facts, manager=SYSTEMD, service=services.service, services=services)  # type: ignore[arg-type]


RUNNING = GatewayService("gateway.service", True, "systemctl --user restart gateway", active=True, pid=2)


def test_a_restart(house: House, facts_of: Callable[..., Facts], monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []

    def record(argv: Any, **_: Any) -> Ran:
        ran.append(argv)
        return Ran(0, "", "")

    monkeypatch.setattr("openclaw.proc.run", record)
    monkeypatch.setattr("openclaw.service.control.STEADY", 0)
    facts = with_service(facts_of(house), Services(replace(RUNNING, pid=1), after=RUNNING))
    decision = Decision("anthropic", service="restart")
    assert servicing.commands(decision, facts) == ("systemctl --user restart gateway",)
    served = servicing.carry_out(house.call(), decision, facts, ())
    assert (served.state, ran) == ("restarted", [("true", "restart")])


def test_what_the_manager_refuses_is_pending(
    house: House, facts_of: Callable[..., Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openclaw.proc.run", lambda *_, **__: Ran(1, "", "Failed to connect to bus"))
    facts = with_service(facts_of(house), Services(RUNNING))
    served = servicing.carry_out(house.call(), Decision("anthropic", service="restart"), facts, ())
    assert (served.state, "Failed to connect" in served.why) == ("pending", True)
    assert [hint.command for hint in served.hints] == [RUNNING.restart, "openclaw gateway status"]


def test_the_same_again_does_not_restart_what_is_installed(house: House, facts_of: Callable[..., Facts]) -> None:
    from wizard import review
    from wizard.answers import Answers
    from wizard.flow import Done, next_step

    installed(house)
    facts = with_service(facts_of(house), Services(RUNNING))
    answers = Answers().give("handling", "keep", "flag").give("service", "install", "flag")
    step = next_step(answers.give("confirm", "write", "flag"), facts)
    assert isinstance(step, Done)
    assert step.decision.idle
    assert review.prepare(step.decision, facts, house.call()).nothing


def test_without_a_manager_it_is_pending_and_exit_0(house: House) -> None:
    result = house.onboard(*ANTHROPIC, "--install-daemon", stdin=KEY.encode())
    assert result.code == 0
    assert result.document["service"]["state"] == "pending"
    assert result.document["service"]["why"]
    assert "npm install -g openclaw" in result.err


def test_a_slow_helper_keeps_nobody_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    class Slow:
        def describe(self) -> Manager:
            time.sleep(2)
            return SYSTEMD

        def gateway(self, profile: str | None = None) -> None:
            return None

    monkeypatch.setattr("openclaw.service.detect.detect", lambda *_, **__: Slow())
    start = time.monotonic()
    source = Gathering(house.call())
    first = source.now()
    assert time.monotonic() - start < 1
    assert first.unheard
    assert not first.manager.reachable
    assert source.now(5).manager is SYSTEMD
    assert not source.now().unheard


def test_a_helper_that_breaks_leaves_what_was_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("openclaw.service.detect.detect", broken)
    source = Gathering(house.call())
    assert source.now(5).found.home.state == house.state
    assert not source.now().unheard


def test_a_model_from_the_live_list(house: House, facts_of: Callable[..., Facts]) -> None:
    from openclaw.secret import Secret
    from wizard.answers import Answers, Checked
    from wizard.flow import Ask, Verify, next_step

    facts = replace(facts_of(house), verify=True)
    answers = Answers().give("ask_model", True, "flag", "--live").give("provider", "anthropic", "person")
    answers = answers.give("method", "api-key", "person")
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert step.question.id == "secret"
    answers = answers.give("secret", Secret(KEY), "person")
    verify = next_step(answers, facts)
    assert isinstance(verify, Verify)
    answers = answers.learn(Checked(verify.credential, "accepted", "", ("claude-a", "claude-b")))
    chosen = next_step(answers, facts)
    assert isinstance(chosen, Ask)
    assert chosen.question.id == "model"
    assert [option.value for option in chosen.question.options] == ["claude-a", "claude-b", "other"]
    assert chosen.question.default == "claude-a"


class Installing(Services):
    """A manager that takes a unit, by a systemctl of the test."""

    def __init__(self, house: House, code: int) -> None:
        self.path = house.path / ".config" / "systemd" / "user" / "gateway.service"
        folder = house.path / "bin"
        folder.mkdir()
        (folder / "systemctl").write_text(f"#!/bin/sh\necho 'No medium found' >&2\nexit {code}\n")
        (folder / "systemctl").chmod(0o755)
        self.env = {"PATH": f"{folder}:/usr/bin:/bin"}
        super().__init__(replace(RUNNING, installed=False, active=False, pid=None))

    def gateway(self, profile: str | None = None) -> GatewayService:
        return RUNNING if self.path.exists() else self.service

    def place(self, profile: str | None = None) -> Place | None:
        return Place("gateway.service", "OPENCLAW_SYSTEMD_UNIT", self.path)

    def client_env(self) -> dict[str, str]:
        return self.env


@pytest.mark.parametrize(("code", "state"), [(0, "installed"), (1, "pending")])
def test_installing_the_service(
    code: int, state: str, house: House, facts_of: Callable[..., Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    from openclaw.service.install import Program, Service

    service = Service(Program(("/usr/bin/openclaw", "gateway")), {"HOME": "/home/me"}, house.path, "OpenClaw Gateway")
    monkeypatch.setattr("openclaw.service.intended.intended", lambda *_: service)
    monkeypatch.setattr("openclaw.service.control.STEADY", 0)
    monkeypatch.setattr("openclaw.service.control.WATCHING", 0.4)
    manager = Installing(house, code)
    facts = with_service(facts_of(house), manager)
    facts = replace(facts, service=manager.service)
    decision = Decision("anthropic", service="install")
    plan = servicing.planned(house.call(), decision, facts)
    shown = servicing.preview(plan, house.call())
    assert [item.action for item in shown] == ["create", "run", "run"]
    served = servicing.carry_out(house.call(), decision, facts, plan)
    assert served.state == state, served.why
    assert manager.path.exists() == (code == 0)
    if code:
        assert "No medium found" in served.why
        assert served.hints == SYSTEMD.hints


def test_another_agent_is_chosen_from_more_options(house: House, facts_of: Callable[..., Facts]) -> None:
    from openclaw.change.plan import SetKey
    from openclaw.secret import Secret
    from wizard.answers import Answers
    from wizard.decision import plan_of
    from wizard.flow import Ask, Review, next_step, settled, take

    house.write(house.config, '{"gateway": {"mode": "local"}, "agents": {"list": [{"id": "main"}, {"id": "work"}]}}')
    facts = facts_of(house)
    answers = Answers().give("handling", "modify", "flag")
    given: dict[str, str | Secret] = {
        "provider": "anthropic", "method": "api-key", "secret": Secret(KEY), "place": "profile",
    }  # fmt: skip
    for question, value in given.items():
        answers = take(answers, facts, question, value)
    answers = take(take(answers, facts, "confirm", "options"), facts, "options", "agent")
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    assert step.question.values == ("main", "work")
    answers = take(answers, facts, "agent", "work")
    last = next_step(answers, facts)
    assert isinstance(last, Review)
    plan = plan_of(last.decision, settled(answers, facts)[1])
    stores = {change.path for change in plan if isinstance(change, SetKey) and change.locked}
    assert stores == {house.state / "agents" / "work" / "agent" / "auth-profiles.json"}
