"""Flags that cannot be meant together, values that are none: exit 2 before anything is written. What fits, works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.frozen import replace
from openclaw.service.base import GatewayService
from tests.wizard.inside import Inside
from wizard import facts as collecting
from wizard.answers import Answers
from wizard.steps import service as steps

if TYPE_CHECKING:
    from tests.wizard.conftest import House

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
PLAIN = "FAKE0123456789abcdef0123456789abcdef"
PASSWORD = "FAKE-pass-0123456789"
CONFIG: dict[str, Any] = {"gateway": {"mode": "local", "auth": {"mode": "token", "token": "FAKE-t"}}}
KEYED = ("--anthropic-api-key", KEY)
TOKENS = ("--auth-choice", "token", "--token-provider", "anthropic", "--token", SETUP)
REMOTE = ("--mode", "remote", "--remote-url", "ws://h:1")
SKIP = ("--auth-choice", "skip")


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """The program on an installation without a credential."""
    house.write(house.config, json.dumps(CONFIG))
    return Inside(house, monkeypatch, capsys)


REFUSED: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("--service", "install", "--no-install-daemon", *SKIP), ("--service install and --no-install-daemon contradict",)),
    (("--service", "restart", "--skip-daemon", *SKIP), ("--service restart and --skip-daemon contradict",)),
    ((*REMOTE, "--gateway-port", "18790"), ("--gateway-port and --mode remote contradict",)),
    ((*REMOTE, "--tailscale", "serve"), ("--tailscale and --mode remote contradict",)),
    ((*REMOTE, "--install-daemon"), ("--install-daemon and --mode remote contradict",)),
    ((*REMOTE, "--service", "restart"), ("--service restart and --mode remote contradict",)),
    (("--auth-choice", "minimax-api-lightning", "--minimax-api-key", PLAIN, "--model", "X"),
     ("--model and --auth-choice minimax-api-lightning contradict",)),
    (("--auth-choice", "moonshot-api-key-cn", "--moonshot-api-key", PLAIN, "--region", "eu"), ("--region eu",)),
    ((*KEYED, "--cloudflare-ai-gateway-account-id", "a"), ("--cloudflare-ai-gateway-account-id", "anthropic")),
    ((*KEYED, "--cloudflare-ai-gateway-gateway-id", "g"), ("--cloudflare-ai-gateway-gateway-id", "anthropic")),
    ((*KEYED, "--token-expires-in", "30d"), ("--token-expires-in goes with a setup-token",)),
    (("--openai-api-key", "sk-proj-FAKE0123456789abcdefghij0123456789", "--token-expires-in", "30d"),
     ("--token-expires-in goes with a setup-token",)),
    ((*TOKENS, "--store", "env", "--token-expires-in", "30d"), ("--store env and --token-expires-in contradict",)),
    ((*SKIP, "--store", "profile", "--model", "m"),
     ("--auth-choice skip and --store contradict", "--auth-choice skip and --model contradict")),
    (("--provider", "skip", "--token-profile-id", "anthropic:x"),
     ("--provider skip and --token-profile-id contradict",)),
    (("--handling", "keep", "--model", "m"), ("--handling keep and --model contradict",)),
    ((*KEYED, "--profile-id", "bad id:"), ("--profile-id: a profile id is written PROVIDER:NAME",)),
    ((*KEYED, "--profile-id", "anthropic:"), ("--profile-id: a profile id is written PROVIDER:NAME",)),
    ((*KEYED, "--profile-id", "openai:foo"), ("--profile-id: it is of openai, and the credential is of anthropic",)),
    ((*TOKENS, "--token-profile-id", "openai:work"), ("--token-profile-id: it is of openai",)),
    ((*SKIP, "--gateway-token", "FAKE-t", "--gateway-password", PASSWORD),
     ("--gateway-token and --gateway-password contradict",)),
    ((*SKIP, "--gateway-auth", "password", "--gateway-token", "FAKE-t"),
     ("--gateway-auth password and --gateway-token contradict",)),
    ((*KEYED, "--live", "--model", "m"), ("--live and --model contradict",)),
    ((*SKIP, "--gateway-bind", "custom"), ("--gateway-bind custom needs an address", "gateway.customBindHost")),
    (("--mode", "remote", "--remote-url", "ws://me:FAKE-pw@h"), ("--remote-url: ", "--remote-token")),
    (("--token", KEY), ("--token: ", "API key", "--use-anyway")),
    (("--provider", "anthropic", "--method", "setup-token", "--key-env", "MINE"), ("--key-env MINE: ", "API key")),
]  # fmt: skip


def name_of(arguments: tuple[str, ...]) -> str:
    """Without made-up secrets."""
    return " ".join(word for word in arguments if "FAKE" not in word)


@pytest.mark.parametrize(("arguments", "told"), REFUSED, ids=[name_of(item[0]) for item in REFUSED])
def test_what_cannot_be_meant(arguments: tuple[str, ...], told: tuple[str, ...], inside: Inside) -> None:
    before = inside.house.snapshot()
    result = inside.onboard("--json", "--no-verify", *arguments, env={"MINE": KEY})
    assert result.code == 2, result.out
    message = result.document["error"]["message"]
    assert [text for text in told if text not in message] == []
    assert [secret for secret in (KEY, SETUP, PLAIN, PASSWORD, "FAKE-pw") if secret in result.out + result.err] == []
    assert inside.house.snapshot() == before


FITTING: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("--service", "later", "--no-install-daemon", *SKIP), {}),
    ((*REMOTE, "--skip-daemon"), {}),
    ((*KEYED, "--use-anyway"), {"variable": "ANTHROPIC_API_KEY"}),
    (("--anthropic-api-key", SETUP), {"variable": "ANTHROPIC_API_KEY"}),  # works, and a note says what it is
    (("--token", KEY, "--use-anyway"), {"variable": "ANTHROPIC_OAUTH_TOKEN"}),
    ((*TOKENS, "--token-expires-in", "30d"), {"store": "profile", "profileId": "anthropic:manual"}),
    ((*KEYED, "--profile-id", "Anthropic:me@example.com"), {"profileId": "Anthropic:me@example.com"}),
    (("--auth-choice", "minimax-api-lightning", "--minimax-api-key", PLAIN, "--model", "MiniMax-M2.1-lightning"),
     {"provider": "minimax"}),
    (("--provider", "mine", "--base-url", "https://x.example/v1", "--model", "m", "--key-env", "PLAIN", "--profile-id",
      "mine:ci"), {"profileId": "mine:ci"}),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), FITTING, ids=[name_of(item[0]) for item in FITTING])
def test_what_fits(arguments: tuple[str, ...], expected: dict[str, Any], inside: Inside) -> None:
    result = inside.onboard("--json", "--no-verify", *arguments, env={"PLAIN": PLAIN})
    assert result.code == 0, result.err
    assert {name: result.document[name] for name in expected} == expected


def test_an_expiry_is_recorded_where_no_place_is_named(inside: Inside) -> None:
    """The reference program writes the profile with it; an env file would lose it (wizard-doctor-spec §2.12)."""
    result = inside.onboard("--json", "--no-verify", *TOKENS, "--token-expires-in", "30d")
    assert result.code == 0, result.err
    (profile,) = json.loads(inside.house.store.read_text())["profiles"].values()
    assert profile["expires"] == 1_770_000_000_000 + 30 * 86_400_000
    assert not inside.house.env_file.exists()


def test_the_same_token_later_changes_nothing(inside: Inside) -> None:
    """However much time has passed: a duration begins when the token is made."""
    arguments = ("--json", "--no-verify", *TOKENS, "--token-expires-in", "30d")
    assert inside.onboard(*arguments).code == 0
    before = inside.house.snapshot()
    again = inside.onboard(*arguments, env={"OPENCLAW_NOW_MS": str(1_770_000_000_000 + 100_000)})
    assert (again.code, again.document["changed"]) == (0, False), again.err
    assert inside.house.snapshot() == before


def test_an_address_that_the_config_has_is_enough(inside: Inside) -> None:
    house = inside.house
    gateway = {**CONFIG["gateway"], "customBindHost": "192.0.2.1"}
    house.write(house.config, json.dumps({"gateway": gateway}))
    assert inside.onboard("--json", *SKIP, "--gateway-bind", "custom").code == 0
    assert json.loads(house.config.read_text())["gateway"] == {**gateway, "bind": "custom"}


def test_a_local_gateway_on_what_was_a_remote_one(inside: Inside) -> None:
    house = inside.house
    house.write(house.config, json.dumps({"gateway": {**CONFIG["gateway"], "mode": "remote"}}))
    result = inside.onboard("--json", *SKIP, "--mode", "local")
    assert (result.code, json.loads(house.config.read_text())["gateway"]["mode"]) == (0, "local")
    assert "gateway.mode: local (--mode)" in result.err


@pytest.mark.parametrize("words", [("--accept-risk",), ()])
def test_nothing_named_where_there_is_a_credential(words: tuple[str, ...], inside: Inside) -> None:
    """The reference program's plain call: its choice is `skip` (wizard-doctor-spec §2.12)."""
    house = inside.house
    house.write(house.env_file, f"ANTHROPIC_API_KEY={KEY}\n")
    before = house.snapshot()
    result = inside.onboard("--json", "--non-interactive", *words)
    assert (result.code, result.document["changed"], result.document["provider"]) == (0, False, None), result.err
    assert house.snapshot() == before


def test_the_default_model_is_one_that_has_a_credential(inside: Inside) -> None:
    """W-25: there the default stays a model of Anthropic. Here one that is named stays, and the doctor tells of it."""
    house = inside.house
    arguments = ("--json", "--no-verify", "--openai-api-key", "sk-proj-FAKE0123456789abcdefghij0123456789")
    first = inside.onboard(*arguments)
    assert (first.code, first.document["doctor"]["errors"]) == (0, 0), first.err
    assert json.loads(house.config.read_text())["agents"]["defaults"]["model"]["primary"].startswith("openai/")
    named = {"agents": {"defaults": {"model": "anthropic/claude-opus-4-5"}}}
    house.write(house.config, json.dumps({**CONFIG, **named}))
    again = inside.onboard(*arguments)
    assert json.loads(house.config.read_text())["agents"] == named["agents"]
    assert again.document["doctor"]["errors"] > 0
    assert "anthropic" in again.err.partition("Doctor")[2]


@pytest.mark.parametrize(
    ("source", "active", "idle"),
    [("flag", True, True), ("flag", False, False), ("flag", None, False), ("answers", True, True),
     ("person", True, False)],
)  # fmt: skip
def test_a_script_restarts_only_what_something_changed_for(
    source: Any, active: bool | None, idle: bool, house: House
) -> None:
    """The same run again changes nothing; a gateway that is down is started, and a person who says so gets it."""
    command = "systemctl --user restart gateway"
    service = GatewayService("gateway.service", True, command, active=active)
    facts = replace(collecting.look(house.call()), service=service)
    answers = Answers().give("service", "restart", source)
    assert steps.idle(answers, facts) is idle
