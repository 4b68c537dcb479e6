"""`openclaw models auth list`, as a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from tests.commands.conftest import Machine, Result

NOW = 1_770_000_000_000
HOUR = 3_600_000
KEY = "sk-ant-FAKE-CANARY-0123456789-EXAMPLE"
API = {"type": "api_key", "provider": "anthropic", "key": KEY}
TOKEN = {"type": "token", "provider": "z.ai", "token": "short", "expires": NOW - 2 * HOUR, "email": "me@example.org"}
AGENTS = {"agents": {"list": [{"id": "main"}, {"id": "work"}]}}


def listed(machine: Machine, *args: str) -> Result:
    before = machine.files()
    result = machine.run("models", "auth", "list", *args)
    assert machine.files() == before
    assert "CANARY" not in result.out + result.err
    return result


@pytest.fixture
def host(machine: Machine) -> Machine:
    machine.write(machine.config, AGENTS)
    usage = {"anthropic:a": {"cooldownUntil": NOW + HOUR}}
    machine.write(machine.store(), {"profiles": {"anthropic:a": API, "odd": {"type": 1}}, "usageStats": usage})
    machine.write(machine.store("work"), {"profiles": {"zai:t": TOKEN}})
    return machine


def test_grouped_by_the_file_that_they_stand_in(host: Machine) -> None:
    assert listed(host, "--agent", "work").out.splitlines() == [
        "~/.openclaw/agents/main/agent/auth-profiles.json",
        "  anthropic:a  api_key  37 characters, ends in MPLE, sha256 863a8be3, held back for 1h",
        "~/.openclaw/agents/work/agent/auth-profiles.json",
        "  zai:t        token    me@example.org, short, expired 2h ago",
        "Ignored by OpenClaw",
        "  odd                   has no type",
    ]


def test_json(host: Machine) -> None:
    assert listed(host, "--agent", "work", "--json").json == {
        "agentId": "work",
        "agentDir": "~/.openclaw/agents/work/agent",
        "authStatePath": "~/.openclaw/agents/work/agent/auth-profiles.json",
        "provider": None,
        "profiles": [
            {
                "id": "anthropic:a",
                "provider": "anthropic",
                "type": "api_key",
                "label": "anthropic:a",
                "cooldownUntil": "2026-02-02T03:40:00.000Z",
                "recoveryHint": "Wait for cooldown or switch provider.",
                "status": "static",
                "fingerprint": "37 characters, ends in MPLE, sha256 863a8be3",
                "where": "~/.openclaw/agents/main/agent/auth-profiles.json",
                "unusableUntil": NOW + HOUR,
                "facts": {"present": True, "locallyValid": True, "accepted": None},
            },
            {
                "id": "zai:t",
                "provider": "z.ai",
                "type": "token",
                "label": "zai:t (me@example.org)",
                "email": "me@example.org",
                "expiresAt": "2026-02-02T00:40:00.000Z",
                "status": "expired",
                "fingerprint": "short",
                "where": "~/.openclaw/agents/work/agent/auth-profiles.json",
                "facts": {"present": True, "locallyValid": False, "accepted": None},
            },
        ],
        "ignored": [{"id": "odd", "why": "has no type"}],
    }


@pytest.mark.parametrize("spelling", ["zai", "Z.AI", "z-ai"])
def test_one_provider(host: Machine, spelling: str) -> None:
    found: dict[str, Any] = listed(host, "--agent", "work", "--provider", spelling, "--json").json
    assert [item["id"] for item in found["profiles"]] == ["zai:t"]
    assert found["provider"] == "zai"


def test_nothing(machine: Machine) -> None:
    assert listed(machine).out == "No profiles for agent main in ~/.openclaw/agents/main/agent/auth-profiles.json\n"
    assert listed(machine, "--json").json["profiles"] == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--agent", "nobody"), 'unknown agent "nobody"'),
        (("--provider", " "), "--provider is blank"),
        (("x",), "x"),
        (("--plain",), "--plain"),
    ],
)
def test_usage_errors_exit_1(host: Machine, args: tuple[str, ...], said: str) -> None:
    result = listed(host, *args)
    assert (result.code, result.out) == (1, "")
    assert said in result.err


def test_a_store_that_cannot_be_read(host: Machine) -> None:
    host.write(host.store(), "{")
    result = listed(host, "--json")
    assert result.code == 1
    assert (result.json["ok"], result.json["details"]["path"]) == (False, str(host.store()))


def test_the_database(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": API})
    found = listed(machine, "--json").json
    assert found["authStatePath"] == "~/.openclaw/state/openclaw.sqlite"
    assert [item["id"] for item in found["profiles"]] == ["anthropic:a"]


def test_members_are_those_of_openclaw(machine: Machine) -> None:
    """Sorted by provider and id, times as texts, the name before the address: seen with 2026.9.6."""
    held = {"disabledUntil": NOW + HOUR, "disabledReason": "billing", "cooldownUntil": None}
    profiles = {
        "z": {**API, "email": "me@example.org", "displayName": "My key"},
        "anthropic:é": {**API, "provider": "Anthropic"},
        "a": {**API, "provider": "zai"},
        "t": {"type": "token", "provider": "anthropic", "token": KEY, "expires": 0},
    }
    newer.install(machine, profiles, {"usageStats": {"z": held, "a": {"cooldownUntil": 5, "cooldownReason": "auth"}}})
    listed_ = listed(machine, "--json").json["profiles"]
    found = {item["id"]: item for item in listed_}
    assert list(found) == ["anthropic:é", "t", "z", "a"]
    assert (found["anthropic:é"]["provider"], found["z"]["label"]) == ("anthropic", "z (My key)")
    assert found["t"]["expiresAt"] == "1970-01-01T00:00:00.000Z"
    assert (found["z"]["disabledUntil"], found["z"]["disabledReason"]) == ("2026-02-02T03:40:00.000Z", "billing")
    assert found["z"]["recoveryHint"].startswith("Top up")
    assert found["a"]["cooldownUntil"] == "1970-01-01T00:00:00.005Z"
    assert "auth login --provider zai --profile-id 'a'" in found["a"]["recoveryHint"]
