"""Present, locally valid, accepted: three facts about each credential, wherever credentials are shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.commands.conftest import NOW, REPOSITORY
from tests.commands.test_status_probe import LIST, OPENAI, REFUSAL, TOKEN, config, profiles
from tests.providers.servers import reply, server

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

LATER = {"OPENCLAW_NOW_MS": str(NOW + 5 * 60_000)}
DAY = 86_400_000


def which(machine: Machine, **env: str) -> list[dict[str, Any]]:
    found = machine.run("models", "auth", "which", "--json", env=env).json
    check("auth-which", found)
    return [item for provider in found["providers"] for item in provider["candidates"]]


def listed(machine: Machine) -> dict[str, Any]:
    found = machine.run("models", "auth", "list", "--json", env=LATER).json
    check("auth-list", found)
    return {item["id"]: item["facts"] for item in found["profiles"]}


def check(name: str, document: Any) -> None:
    schema = json.loads((REPOSITORY / "docs" / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)


def test_before_anybody_was_asked(machine: Machine) -> None:
    profiles(
        machine,
        openai_a={"type": "api_key", "provider": "openai", "key": OPENAI},
        openai_old={"type": "token", "provider": "openai", "token": "FAKE-token", "expires": NOW - DAY},
        openai_none={"type": "token", "provider": "openai"},
    )
    config(machine, "openai/gpt-5.2", "openai", url="http://127.0.0.1:1/v1")
    assert listed(machine) == {
        "openai:a": {"present": True, "locallyValid": True, "accepted": None},
        "openai:old": {"present": True, "locallyValid": False, "accepted": None},
        "openai:none": {"present": False, "locallyValid": False, "accepted": None},
    }
    assert {item["name"]: item["facts"]["present"] for item in which(machine)}["openai:a"] is True
    assert "No provider was asked" in machine.run("models", "auth", "which").out


def test_a_key_that_was_accepted(machine: Machine) -> None:
    profiles(machine, openai_a={"type": "api_key", "provider": "openai", "key": OPENAI})
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url + "/v1")
        machine.run("models", "status", "--probe")
    facts = listed(machine)["openai:a"]
    assert facts["accepted"] is True
    assert facts["lastAnswer"]["at"] == NOW
    assert facts["lastAnswer"]["source"] == "models status --probe"
    assert which(machine)[0]["facts"] == facts
    words = "accepted by the provider, 5m ago (models status --probe)"
    for command in (("which",), ("list",)):
        text = machine.run("models", "auth", *command, env=LATER).out
        assert words in text
    text = machine.run("models", "auth", "which", env=LATER).out
    assert "No provider was asked" not in text
    assert "To ask again: " in text


@pytest.mark.parametrize("status", [400, 403])
def test_claude_code_only_is_marked_everywhere(machine: Machine, status: int) -> None:
    profiles(machine, anthropic_manual={"type": "token", "provider": "anthropic", "token": TOKEN})
    with server(reply(status, REFUSAL)) as found:
        config(machine, "anthropic/claude-opus-4-5", "anthropic", url=found.url, api="anthropic-messages")
        probed = machine.run("models", "status", "--probe", "--json", "--check", env=LATER)
        text = machine.run("models", "status", "--probe", env=LATER).out
    assert probed.code == 1
    [result] = probed.json["auth"]["probes"]["results"]
    assert result["mark"] == "Claude Code only"
    assert len(result["commands"]) == 2
    assert "Claude Code only: restricted" in text
    assert listed(machine)["anthropic:manual"]["mark"] == "Claude Code only"
    assert which(machine)[0]["facts"]["mark"] == "Claude Code only"
    for command in (("models", "status"), ("models", "auth", "which"), ("models", "auth", "list")):
        assert "Claude Code only: refused by the provider" in machine.run(*command, env=LATER).out
    assert "✗" in machine.run("models", "auth", "which", env=LATER).out
    doctor = machine.run("doctor", "--json", "--only", "credentials/claude-code-only", env=LATER)
    [finding] = doctor.json["findings"]
    assert finding["severity"] == "error"
    assert doctor.code == 1
    for shown in (probed.out, text, doctor.out):
        assert TOKEN not in shown


def test_what_a_limit_asks_for_is_shown(machine: Machine) -> None:
    profiles(machine, openai_a={"type": "api_key", "provider": "openai", "key": OPENAI})
    body = {"error": {"code": "rate_limit_exceeded", "message": "x"}}
    with server(reply(429, body, Retry_After="3600")) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url + "/v1")
        result = machine.run("models", "status", "--probe", "--json", "--probe-timeout", "3000").json
        text = machine.run("models", "status", "--probe").out
        doctor = machine.run("doctor", "--live", "--json", "--only", "live/rate-limited").json
    probes = result["auth"]["probes"]
    assert probes["results"][0]["retryAfter"] == 3600
    assert probes["durationMs"] < 2000
    assert "it asks to wait 1h" in text
    assert "it asks to wait 1h" in doctor["findings"][0]["message"]
    assert len(found.received) == 3  # each asked once
