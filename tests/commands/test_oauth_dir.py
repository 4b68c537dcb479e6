"""`OPENCLAW_OAUTH_DIR`, custom agent directories, and the older files that are imported where there is no store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

LOGIN = {"access": "FAKE-CANARY-access-1", "refresh": "FAKE-CANARY-refresh-1", "expires": 1_790_000_000_000}
KEY = {"type": "api_key", "provider": "anthropic", "key": "sk-ant-FAKE-CANARY-0123456789-EXAMPLE"}
LIST = ("models", "auth", "list", "--json")


def ids(machine: Machine, *args: str, **env: str) -> list[str]:
    result = machine.run(*LIST, *args, env=env)
    assert result.code == 0, result.err
    return [item["id"] for item in result.json["profiles"]]


@pytest.mark.parametrize("given", ["{home}/logins", " ~/logins ", "logins"])
def test_logins_are_read_from_there_and_not_from_the_state_directory(machine: Machine, given: str) -> None:
    machine.write(machine.home / "logins" / "oauth.json", {"openai-codex": LOGIN})
    machine.write(machine.state / "credentials" / "oauth.json", {"chutes": LOGIN})
    assert ids(machine, OPENCLAW_OAUTH_DIR=given.format(home=machine.home)) == ["openai-codex:default"]
    assert ids(machine, OPENCLAW_OAUTH_DIR=" ") == ["chutes:default"]


def test_in_the_shared_env_file(machine: Machine) -> None:
    machine.write(machine.home / "logins" / "oauth.json", {"openai-codex": LOGIN})
    machine.write(machine.state / ".env", "OPENCLAW_OAUTH_DIR=~/logins\n")
    assert ids(machine) == ["openai-codex:default"]


@pytest.mark.parametrize("moved", ["OPENCLAW_AGENT_DIR", "PI_CODING_AGENT_DIR"])
def test_with_an_agent_directory_elsewhere(machine: Machine, moved: str) -> None:
    """The logins stay those of the state directory; `auth.json` is that of the agent's (auth-spec §3.5)."""
    machine.write(machine.state / "credentials" / "oauth.json", {"openai-codex": LOGIN})
    machine.write(machine.home / "elsewhere" / "auth.json", {"anthropic": KEY})
    machine.write(machine.store().with_name("auth.json"), {"groq": KEY})
    assert ids(machine, **{moved: "~/elsewhere"}) == ["anthropic:default", "openai-codex:default"]


def test_a_configured_agent_directory(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work", "agentDir": "~/work"}]}})
    machine.write(machine.state / "credentials" / "oauth.json", {"openai-codex": LOGIN})
    machine.write(machine.home / "work" / "auth.json", {"anthropic": KEY})
    # main has the login, too, and a store of main with profiles is copied before older files are asked (§3.3)
    assert ids(machine, "--agent", "work") == ["openai-codex:default"]


def test_a_store_ends_the_import(machine: Machine) -> None:
    machine.write(machine.home / "logins" / "oauth.json", {"openai-codex": LOGIN})
    machine.write(machine.store(), {"profiles": {"anthropic:a": KEY}})
    assert ids(machine, OPENCLAW_OAUTH_DIR="~/logins") == ["anthropic:a"]


def test_a_new_store_takes_the_logins_along_and_leaves_the_file(machine: Machine) -> None:
    logins = machine.write(machine.home / "logins" / "oauth.json", {"openai-codex": LOGIN})
    before = logins.read_bytes(), logins.stat().st_mtime_ns
    env = {"OPENCLAW_OAUTH_DIR": "~/logins"}
    paste = ("models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", "anthropic:a")
    assert machine.run(*paste, stdin=KEY["key"].encode(), env=env).code == 0
    document: dict[str, Any] = json.loads(machine.store().read_text())
    assert set(document["profiles"]) == {"openai-codex:default", "anthropic:a"}
    assert (logins.read_bytes(), logins.stat().st_mtime_ns) == before


def test_a_logout_takes_it_out_of_there(machine: Machine) -> None:
    logins = machine.write(machine.home / "logins" / "oauth.json", {"openai-codex": LOGIN, "chutes": LOGIN})
    env = {"OPENCLAW_OAUTH_DIR": "~/logins"}
    assert machine.run("models", "auth", "logout", "openai-codex:default", env=env).code == 0
    assert set(json.loads(logins.read_text())) == {"chutes"}
    assert not machine.store().exists()
