"""`openclaw models auth sync`, as a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

KEY = "sk-ant-FAKE-CANARY-0123456789-EXAMPLE"
SYNC = ("models", "auth", "sync")
AGENTS = {"agents": {"list": [{"id": "main"}, {"id": "work"}, {"id": "play"}]}}
API = {"type": "api_key", "provider": "anthropic", "key": KEY, "email": "me@example.org", "future": [1]}
TOKEN = {"type": "token", "provider": "openai", "token": "FAKE-CANARY-token-0123456789", "expires": 1_790_000_000_000}
LOGIN = {"type": "oauth", "provider": "chutes", "access": "FAKE-CANARY-a", "refresh": "FAKE-CANARY-r", "expires": 1}


@pytest.fixture
def host(machine: Machine) -> Machine:
    machine.write(machine.config, AGENTS)
    profiles = {"anthropic:a": API, "openai:t": TOKEN, "chutes:me": LOGIN, "blank": {**API, "key": " "}}
    machine.write(
        machine.store(), {"profiles": profiles, "order": {"anthropic": ["anthropic:a"]}, "usageStats": {"a": {}}}
    )
    return machine


def document(machine: Machine, agent: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.store(agent).read_text())
    return found


def test_static_credentials_are_copied_and_logins_are_not(host: Machine) -> None:
    before = host.store().read_bytes()
    result = host.run(*SYNC, "--to", "work")
    assert result.code == 0
    assert result.out == "Updated ~/.openclaw/agents/work/agent/auth-profiles.json\n"
    assert document(host, "work") == {"version": 1, "profiles": {"anthropic:a": API, "openai:t": TOKEN}}
    assert host.store("work").stat().st_mode & 0o777 == 0o600
    assert "not copied: chutes:me: an OAuth login has one owner" in result.err
    assert host.store().read_bytes() == before
    assert not host.store("play").exists()
    assert "CANARY" not in result.out + result.err
    assert not list(host.home.rglob("*.lock"))


def test_all_agents_and_undo(host: Machine) -> None:
    before = host.files()
    assert host.run(*SYNC, "--all-agents").code == 0
    assert document(host, "work") == document(host, "play")
    assert host.run("undo").code == 0
    assert {name: host.files()[name] for name in before} == before
    assert not host.store("work").exists()


def test_a_second_time_there_is_nothing_to_do(host: Machine) -> None:
    host.run(*SYNC, "--all-agents")
    before = host.files()
    result = host.run(*SYNC, "--all-agents")
    assert (result.code, result.out) == (0, "Nothing to copy: the agents have them already\n")
    assert host.files() == before


def test_what_the_agent_has_besides_stays(host: Machine) -> None:
    text = (
        '{"profiles": {\n  "mine": 1,\n'
        '  "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "FAKE-old", "note":  "x"}},\n "x": [ 1 ]}'
    )
    host.write(host.store("work"), text)
    assert host.run(*SYNC, "--to", "work").code == 0
    changed = host.store("work").read_text()
    assert changed.startswith('{"profiles": {\n  "mine": 1,\n')
    assert changed.endswith('"x": [ 1 ]}')
    assert document(host, "work")["profiles"]["anthropic:a"] == {**API, "note": "x"}
    assert '"note":  "x"' in changed
    host.run("undo")
    assert host.store("work").read_text() == text


def test_a_login_under_the_same_id_is_not_destroyed(host: Machine) -> None:
    """User-pain, FM 59."""
    login = {**LOGIN, "provider": "anthropic"}
    host.write(host.store("work"), {"profiles": {"anthropic:a": login}})
    result = host.run(*SYNC, "--to", "work")
    assert "not copied: anthropic:a: agent work has an OAuth login of that id" in result.err
    assert document(host, "work")["profiles"] == {"anthropic:a": login, "openai:t": TOKEN}


def test_what_the_agent_would_import_is_taken_along(machine: Machine) -> None:
    """Where main has no profile, an agent imports its own older files as long as it has no store (auth-spec §3.5)."""
    machine.write(machine.config, AGENTS)
    machine.write(machine.store("play"), {"profiles": {"anthropic:a": API}})
    machine.write(machine.store("work").with_name("auth.json"), {"groq": {"type": "api_key", "key": "FAKE-groq-key"}})
    assert machine.run(*SYNC, "--from", "play", "--to", "work").code == 0
    assert set(document(machine, "work")["profiles"]) == {"groq:default", "anthropic:a"}


def test_dry_run(host: Machine) -> None:
    before = host.files()
    result = host.run(*SYNC, "--all-agents", "--dry-run")
    assert result.code == 0
    assert "agents/work" in result.out
    assert "agents/play" in result.out
    assert "CANARY" not in result.out + result.err
    assert host.files() == before


BAD: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    ((), ("either --to AGENT or --all-agents",)),
    (("--to", "work", "--all-agents"), ("either --to AGENT or --all-agents",)),
    (("--to", "nobody"), ('unknown agent "nobody"', "main, work and play")),
    (("--from", "nobody", "--to", "work"), ('unknown agent "nobody"',)),
    (("--to", "main"), ("main is the agent to copy from",)),
    (("work",), ("work",)),
]


@pytest.mark.parametrize(("args", "said"), BAD)
def test_errors_exit_1_and_name_the_values(host: Machine, args: tuple[str, ...], said: tuple[str, ...]) -> None:
    before = host.files()
    result = host.run(*SYNC, *args)
    assert (result.code, result.out) == (1, "")
    assert [part for part in said if part not in result.err] == []
    assert host.files() == before


def test_a_lone_agent_has_nobody_to_copy_to(machine: Machine) -> None:
    machine.write(machine.store(), {"profiles": {"anthropic:a": API}})
    result = machine.run(*SYNC, "--all-agents")
    assert result.code == 1
    assert "no other agent is configured" in result.err


@pytest.mark.parametrize("broken", ["main", "work"])
def test_a_broken_store_stops_all_of_it(host: Machine, broken: str) -> None:
    host.write(host.store(broken), "[")
    before = host.files()
    assert host.run(*SYNC, "--all-agents").code == 1
    assert host.files() == before


def test_in_the_database_every_agent_shares(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": API})
    machine.write(machine.config, AGENTS | {"meta": {"lastTouchedVersion": "2026.9.6"}})
    result = machine.run(*SYNC, "--to", "work")
    assert result.out == "Nothing to copy: what is in the shared store every agent has already\n"
    assert result.code == 0
    assert newer.calls(machine) == []


NEWER = AGENTS | {"meta": {"lastTouchedVersion": "2026.9.6"}}
LOGIN = {"type": "oauth", "provider": "openai", "access": "FAKE-CANARY-a", "refresh": "FAKE-CANARY-r", "expires": 1}


def test_what_an_agent_has_of_its_own_openclaw_itself_copies(machine: Machine) -> None:
    newer.install(machine, {"anthropic:shared": API})
    machine.write(machine.config, NEWER)
    newer.override(machine, "work", {"anthropic:w": API, "anthropic:shared": API | {"key": "FAKE-other"}, "o": LOGIN})
    args = (*SYNC, "--from", "work", "--to", "main")
    assert "models auth paste-api-key" in machine.run(*args, "--dry-run").out
    assert newer.calls(machine) == []
    result = machine.run(*args)
    assert (result.code, result.out) == (0, "Copied to main\n"), result.err
    paste = ["models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id"]
    assert newer.calls(machine) == [[*paste, "anthropic:w", "--agent", "main"]]
    assert set(newer.stored(machine)) == {"anthropic:shared", "anthropic:w"}
    assert "anthropic:shared: it is in the store that all agents share, which would change for all" in result.err
    assert "o: an OAuth login has one owner" in result.err
    assert "CANARY" not in result.out + result.err + (machine.home / "calls").read_text()
    assert not list(machine.home.rglob("auth-profiles.json"))
