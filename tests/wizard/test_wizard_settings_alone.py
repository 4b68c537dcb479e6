"""Settings without a credential, and the commands in what programs read."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.wizard.inside import Inside

if TYPE_CHECKING:
    from tests.wizard.conftest import House

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
CONFIG = '// mine\n{ gateway: { mode: "local", port: 18789, auth: { mode: "token", token: "FAKE-t" } } }\n'
PROFILE = {"version": 1, "profiles": {"anthropic:default": {"type": "api_key", "provider": "anthropic", "key": KEY}}}
OLLAMA = """{
  "gateway": {"mode": "local", "auth": {"mode": "token", "token": "FAKE-t"}},
  "models": {"providers": {"ollama": {"baseUrl": "http://127.0.0.1:11434", "apiKey": "ollama-local", "api": "ollama",
    "models": [{"id": "llama3"}]}}},
  "agents": {"defaults": {"model": "ollama/llama3"}}
}
"""
SETTINGS = ("--json", "--gateway-port", "18790")


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """The program on a home."""
    return Inside(house, monkeypatch, capsys)


@pytest.mark.parametrize("kind", ["env", "profile", "shell", "local"])
def test_settings_alone_on_an_installation_that_has_a_credential(kind: str, inside: Inside) -> None:
    house = inside.house
    house.write(house.config, OLLAMA if kind == "local" else CONFIG)
    if kind == "env":
        house.write(house.env_file, f"OPENAI_API_KEY=FAKE0123456789abcdef0123\nANTHROPIC_API_KEY={KEY}\n")
    elif kind == "profile":
        house.write(house.store, json.dumps(PROFILE))
    env = {"ANTHROPIC_API_KEY": KEY} if kind == "shell" else {}
    before = house.snapshot()
    result = inside.onboard(*SETTINGS, env=env)
    assert (result.code, result.document["provider"], result.document["files"]) == (0, None, [str(house.config)])
    assert "only settings are given" in result.err
    assert '"port": 18790' in house.config.read_text() or "port: 18790" in house.config.read_text()
    after = house.snapshot()
    assert {path for path in before if after[path] != before[path]} == {".openclaw/openclaw.json"}
    assert inside.onboard(*SETTINGS, env=env).document["changed"] is False
    assert house.snapshot() == after


@pytest.mark.parametrize("config", ["", CONFIG])
def test_without_any_credential_the_way_on_is_told(config: str, inside: Inside) -> None:
    house = inside.house
    if config:
        house.write(house.config, config)
    before = house.snapshot()
    result = inside.onboard(*SETTINGS)
    message = result.document["error"]["message"]
    assert (result.code, "--auth-choice skip" in message, "--key-env NAME" in message) == (2, True, True)
    assert house.snapshot() == before
    assert inside.onboard(*SETTINGS, "--auth-choice", "skip").code == 0
    assert json.loads(inside.onboard("--json", "--auth-choice", "skip").out)["changed"] is False


@pytest.mark.parametrize(
    "more", [("--store", "env"), ("--model", "x"), ("--provider", "openai"), ("--token-expires-in", "2d")]
)
def test_whoever_names_a_part_of_a_credential_wants_one(more: tuple[str, ...], inside: Inside) -> None:
    inside.house.write(inside.house.config, CONFIG)
    inside.house.write(inside.house.env_file, f"ANTHROPIC_API_KEY={KEY}\n")
    before = inside.house.snapshot()
    result = inside.onboard(*SETTINGS, *more)
    assert (result.code, "missing" in result.document["error"]["message"]) == (2, True)
    assert inside.house.snapshot() == before


def test_an_answers_file_with_settings_alone(inside: Inside) -> None:
    house = inside.house
    house.write(house.config, CONFIG)
    house.write(house.store, json.dumps(PROFILE))
    house.write(house.path / "a.toml", "[gateway]\nport = 18790\n")
    assert inside.onboard("--json", "--answers", "a.toml").document["changed"] is True
    assert inside.onboard("--answers", "a.toml").code == 0  # nobody is asked, so no terminal is needed


def test_the_service_alone(inside: Inside) -> None:
    inside.house.write(inside.house.config, CONFIG)
    inside.house.write(inside.house.store, json.dumps(PROFILE))
    result = inside.onboard("--json", "--service", "install")
    assert (result.code, result.document["service"]["state"], result.document["changed"]) == (0, "pending", False)


def test_commands_in_documents_lead_to_this_program(inside: Inside) -> None:
    """Another `openclaw` comes first on PATH here, so a bare `openclaw` would be the wrong program."""
    house = inside.house
    house.write(house.config, CONFIG)
    house.write(house.store, json.dumps(PROFILE))
    other = house.path / "bin" / "openclaw"
    house.write(other, "#!/bin/sh\nexit 9\n")
    other.chmod(0o755)
    env = {"PATH": f"{other.parent}:/usr/bin:/bin"}
    pending = inside.onboard("--json", "--service", "install", env=env)
    wrong = inside.onboard("--json", "--auth-choice", "chutes", "--provider", "google-vertex", env=env)
    commands = [*pending.document["service"].get("commands", []), *wrong.document["details"]["commands"]]
    assert len(commands) > 1
    assert [item for item in commands if shlex.split(item)[0] == "openclaw"] == []
    assert "`openclaw real" not in wrong.document["error"]["message"]
    assert "openclaw real onboard" in wrong.document["error"]["message"]
