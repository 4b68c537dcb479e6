"""The same input again changes nothing: no byte of any file, no receipt, and never the gateway's token."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.wizard.conftest import NOW
from tests.wizard.inside import Inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.wizard.conftest import House

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
PLAIN = "FAKE0123456789abcdef0123456789abcdef"
ENV = {"MINE": KEY, "OTHER": OTHER, "SETUP": SETUP, "PLAIN": PLAIN, "LOCAL": "ollama-local"}
DAY = 86_400_000
GATEWAY = '"gateway": {"mode": "local", "auth": {"mode": "token", "token": "FAKE-t"}}'
OLDER = f'{{"meta": {{"lastTouchedVersion": "2026.2.3"}}, {GATEWAY}}}'
MODEL = '"agents": {"defaults": {"model": "ollama/llama3"}}'
OLLAMA = (
    '{"baseUrl": "http://127.0.0.1:11434", "apiKey": "ollama-local", "api": "ollama", "models": [{"id": "llama3"}]}'
)
STORED = {"type": "api_key", "provider": "anthropic", "key": OTHER}


@dataclass(frozen=True)
class Case:
    """A command line, on a fresh home or on one with these files."""

    arguments: tuple[str, ...]
    config: str = ""
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    answers: str = ""


CASES = {
    "env": Case(("--provider", "anthropic", "--key-env", "MINE")),
    "env by their flag": Case(("--accept-risk", "--skip-health", "--anthropic-api-key", KEY)),
    "env with a model": Case(
        ("--provider", "openrouter", "--key-env", "PLAIN", "--model", "openai/gpt-x", "--use-anyway"),
    ),
    "env of an older one": Case(("--provider", "anthropic", "--key-env", "MINE", "--store", "env"), OLDER),
    "profile": Case(("--provider", "anthropic", "--key-env", "MINE", "--store", "profile")),
    "profile by name": Case(("--provider", "anthropic", "--key-env", "MINE", "--profile-id", "anthropic:ci"), OLDER),
    "profile replaced": Case(
        ("--provider", "anthropic", "--key-env", "MINE", "--store", "profile", "--existing", "replace"), OLDER,
        {"anthropic:default": STORED},
    ),
    "profile in front": Case(
        ("--provider", "anthropic", "--key-env", "MINE", "--profile-id", "anthropic:new", "--existing", "new-first"),
        OLDER, {"anthropic:default": STORED},
    ),
    "env beside a profile that is replaced": Case(
        ("--provider", "anthropic", "--key-env", "MINE", "--store", "env", "--existing", "replace"), OLDER,
        {"anthropic:default": STORED},
    ),
    "setup-token in the env file": Case(("--provider", "anthropic", "--key-env", "SETUP")),
    "setup-token as a profile": Case(("--auth-choice", "token", "--token", SETUP, "--store", "profile")),
    "setup-token that expires": Case(
        ("--auth-choice", "token", "--token", SETUP, "--token-profile-id", "anthropic:ci", "--token-expires-in", "90d"),
    ),
    "custom provider": Case(
        ("--provider", "my-proxy", "--base-url", "https://llm.example.com/v1", "--model", "big", "--key-env", "PLAIN"),
    ),
    "custom provider as a profile": Case(
        ("--provider", "my-proxy", "--base-url", "https://llm.example.com/v1", "--model", "big", "--api",
         "anthropic-messages", "--key-env", "PLAIN", "--store", "profile"), OLDER,
    ),
    "a local service": Case(
        ("--provider", "mine", "--base-url", "http://127.0.0.1:11434/v1", "--model", "llama3", "--key-env", "LOCAL"),
    ),
    "settings on a keyless local one": Case(
        ("--gateway-port", "18790", "--gateway-bind", "lan"),
        f'{{{GATEWAY}, "models": {{"providers": {{"ollama": {OLLAMA}}}}}, {MODEL}}}',
    ),
    "a region": Case(("--auth-choice", "moonshot-api-key-cn", "--moonshot-api-key", PLAIN)),
    "an account": Case(
        ("--cloudflare-ai-gateway-api-key", PLAIN, "--cloudflare-ai-gateway-account-id", "a",
         "--cloudflare-ai-gateway-gateway-id", "g"),
    ),
    "settings": Case(
        ("--auth-choice", "skip", "--gateway-port", "18790", "--gateway-password", "FAKE-pass-0123", "--workspace", "w",
         "--node-manager", "pnpm", "--tailscale", "off"),
    ),
    "a token of the gateway": Case(("--auth-choice", "skip", "--gateway-token", "FAKE-gateway-0123456789")),
    "remote": Case(("--mode", "remote", "--remote-url", "wss://h:18789", "--remote-token", "FAKE-remote-0123")),
    "nothing": Case(("--auth-choice", "skip")),
    "a file": Case(
        ("--answers", "a.toml"), answers='provider = "anthropic"\nkey = "env:MINE"\n[gateway]\nport = 1234\n',
    ),
}  # fmt: skip


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """The program on a home."""
    return Inside(house, monkeypatch, capsys)


@pytest.mark.parametrize("name", CASES)
def test_the_same_again_changes_nothing(name: str, inside: Inside) -> None:
    case, house = CASES[name], inside.house
    if case.config:
        house.write(house.config, case.config)
    if case.profiles:
        house.write(house.store, json.dumps({"version": 1, "profiles": dict(case.profiles)}))
    house.write(house.path / "a.toml", case.answers)
    arguments = ("--non-interactive", "--json", *case.arguments)
    first = inside.onboard(*arguments, env=ENV)
    assert (first.code, first.document["changed"]) == (0, True), first.err
    before = house.snapshot()
    later = {**ENV, "OPENCLAW_NOW_MS": str(NOW + 30 * DAY)}
    again = inside.onboard(*arguments, env=later)
    assert (again.code, again.document["changed"]) == (0, False), again.err
    assert (again.document["receipt"], again.document["files"]) == (None, [])
    assert {path: kept for path, kept in house.snapshot().items() if before.get(path) != kept} == {}
    assert house.snapshot() == before


def test_whatever_is_set_up_next_the_gateways_token_stays(inside: Inside) -> None:
    """The reference program makes a new one on every run (wizard-doctor-spec §3.2)."""
    house = inside.house

    def token() -> str:
        return str(json.loads(house.config.read_text())["gateway"]["auth"]["token"])

    assert inside.onboard("--json", *CASES["env"].arguments, env=ENV).code == 0
    first = token()
    for name in ("profile", "custom provider", "settings", "a region", "nothing", "remote", "setup-token as a profile"):
        result = inside.onboard("--json", *CASES[name].arguments, "--existing", "keep", env=ENV)
        assert result.code in (0, 1), result.err
        assert token() == first, name


def test_a_shorter_life_of_the_same_token_is_taken(inside: Inside) -> None:
    arguments = ("--json", *CASES["setup-token that expires"].arguments[:-1])
    assert inside.onboard(*arguments, "90d").code == 0
    longer = inside.onboard(*arguments, "120d")
    assert (longer.document["changed"], "is stored already" in longer.err) == (False, True)
    assert inside.onboard(*arguments, "30d").document["changed"] is True
    (stored,) = json.loads(inside.house.store.read_text())["profiles"].values()
    assert stored["expires"] == NOW + 30 * DAY
