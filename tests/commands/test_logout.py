"""`openclaw models auth logout`, as a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

NOW = 1_770_000_000_000
KEY = "sk-ant-FAKE-CANARY-0123456789-EXAMPLE"
LOGOUT = ("models", "auth", "logout")
ENTRY = {"provider": "anthropic", "mode": "api_key"}


def api_key(provider: str = "anthropic", value: str = KEY, **more: Any) -> dict[str, Any]:
    return {"type": "api_key", "provider": provider, "key": value, **more}


STORE = """{
  "version": 1,
  "profiles": {
    "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "@KEY@"},
    "anthropic:b": {"type": "api_key", "provider": "anthropic", "key": "FAKE-other-key-0123456789"} ,
    "odd": {"type": "no such type"}
  },
  "order": {"anthropic": [" anthropic:a ", "anthropic:b"], "openai": ["anthropic:a"]},
  "lastGood": {"anthropic": "anthropic:a", "openai": "openai:x"},
  "usageStats": {"anthropic:a": {"errorCount": 1}, "anthropic:b": {"lastUsed": 1.0}},
  "future": [1,   2]
}
""".replace("@KEY@", KEY)
CONFIG = """// mine
{
  auth: {
    profiles: {
      "anthropic:a": { provider: "anthropic", mode: "api_key" }, // first
      "anthropic:b": { provider: "anthropic", mode: "api_key" },
    },
    order: { anthropic: ["anthropic:a"], other: ["anthropic:b", "anthropic:a"] },
  },
  agents: { list: [{ id: "main" }, { id: "work" }] },
}
"""


def document(machine: Machine, agent: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.store(agent).read_text())
    return found


@pytest.fixture
def host(machine: Machine) -> Machine:
    machine.write(machine.store(), STORE)
    machine.write(machine.config, CONFIG)
    return machine


def test_everything_that_names_it_goes_and_nothing_else(host: Machine) -> None:
    result = host.run(*LOGOUT, "anthropic:a")
    assert result.code == 0
    assert result.out == "Removed anthropic:a from ~/.openclaw/agents/main/agent/auth-profiles.json\n"
    assert document(host) == {
        "version": 1,
        "profiles": {
            "anthropic:b": {"type": "api_key", "provider": "anthropic", "key": "FAKE-other-key-0123456789"},
            "odd": {"type": "no such type"},
        },
        "order": {"anthropic": ["anthropic:b"]},
        "lastGood": {"openai": "openai:x"},
        "usageStats": {"anthropic:b": {"lastUsed": 1.0}},
        "future": [1, 2],
    }
    text = host.store().read_text()
    assert '"future": [1,   2]' in text
    assert '"lastUsed": 1.0' in text
    config = host.config.read_text()
    assert config.startswith("// mine\n")
    assert '"anthropic:b": { provider: "anthropic", mode: "api_key" },' in config
    assert "anthropic:a" not in config
    assert "anthropic: [" not in config  # an empty list would switch every profile of the provider off
    assert not list(host.home.rglob("*.lock"))
    assert "revoke it" in result.err


def test_undo_brings_all_of_it_back(host: Machine) -> None:
    host.run(*LOGOUT, "anthropic:a")
    assert host.run("undo").code == 0
    assert host.store().read_text() == STORE
    assert host.config.read_text() == CONFIG


def test_dry_run(host: Machine) -> None:
    before = host.files()
    result = host.run(*LOGOUT, "anthropic:a", "--dry-run")
    assert result.code == 0
    assert "auth-profiles.json" in result.out
    assert "openclaw.json" in result.out
    assert "CANARY" not in result.out + result.err
    assert host.files() == before


def test_the_config_keeps_what_another_agent_still_has(host: Machine) -> None:
    host.write(host.store("work"), {"profiles": {"anthropic:a": api_key()}})
    host.run(*LOGOUT, "anthropic:a")
    assert host.config.read_text() == CONFIG
    assert "anthropic:a" in document(host, "work")["profiles"]


def test_only_the_agents_own_store(host: Machine) -> None:
    host.write(host.store("work"), {"profiles": {"anthropic:a": api_key()}})
    before = host.store().read_bytes()
    result = host.run(*LOGOUT, "anthropic:a", "--agent", "work")
    assert result.code == 0
    assert host.store().read_bytes() == before
    assert document(host, "work")["profiles"] == {}
    assert "agent work still gets anthropic:a, from ~/.openclaw/agents/main/agent/auth-profiles.json" in result.err


def test_all_agents(host: Machine) -> None:
    host.write(host.store("work"), {"profiles": {"anthropic:a": api_key()}})
    host.write(host.store("ghost"), {"profiles": {"anthropic:a": api_key()}})  # not configured any more
    result = host.run(*LOGOUT, "anthropic:a", "--all-agents")
    assert result.code == 0
    assert all("anthropic:a" not in document(host, agent)["profiles"] for agent in ("main", "work", "ghost"))
    assert "anthropic:a" not in host.config.read_text()
    assert len(host.run("undo").out.splitlines()) == 5
    assert host.store().read_text() == STORE


def test_copies_of_the_value_are_named(host: Machine) -> None:
    """User-pain, FM 48: logout leaves copies behind."""
    host.write(host.store("work"), {"profiles": {"x": api_key(value=f"{KEY}\n")}})
    host.write(host.state / ".env", f"OTHER=1\nANTHROPIC_API_KEY={KEY}\n")
    result = host.run(*LOGOUT, "anthropic:a", env={"MINE": KEY})
    assert "the same value still stands in ~/.openclaw/agents/work/agent/auth-profiles.json as x" in result.err
    assert "~/.openclaw/.env as ANTHROPIC_API_KEY" in result.err
    assert "the environment as MINE" in result.err
    assert "CANARY" not in result.out + result.err


def test_an_entry_that_is_no_profile_can_be_removed(host: Machine) -> None:
    assert host.run(*LOGOUT, "odd").code == 0
    assert host.store().read_text() == STORE.replace(',\n    "odd": {"type": "no such type"}', "")


def test_out_of_the_older_files_that_would_be_imported(machine: Machine) -> None:
    older = machine.write(machine.store().with_name("auth.json"), {"anthropic": api_key(), "openai": api_key("openai")})
    result = machine.run(*LOGOUT, "anthropic:default")
    assert result.code == 0
    assert set(json.loads(older.read_text())) == {"openai"}
    assert not machine.store().exists()
    machine.run("undo")
    assert set(json.loads(older.read_text())) == {"anthropic", "openai"}


def test_a_login_of_another_program_is_not_ours_to_remove(machine: Machine) -> None:
    login = {"access_token": "FAKE-CANARY-access-1", "refresh_token": "FAKE-r", "expiry_date": NOW + 10**7}
    path = machine.write(machine.home / ".qwen" / "oauth_creds.json", login)
    before = machine.files()
    result = machine.run(*LOGOUT, "qwen-portal:qwen-cli")
    assert result.code == 1
    assert "the login of Qwen Code" in result.err
    assert "~/.qwen/oauth_creds.json" in result.err
    assert path.exists()
    assert machine.files() == before


BAD: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("anthropic:zz",), ('no profile "anthropic:zz" in the store of agent main', "anthropic:a and anthropic:b")),
    (("anthropic:zz", "--all-agents"), ('"anthropic:zz"', "any agent")),
    (("anthropic:a", "--agent", "work"), ("store of agent work", "it stands in the store of main: --agent main")),
    (("anthropic:a", "--agent", "nobody"), ('unknown agent "nobody"', "main and work")),
    (("anthropic:a", "--agent", "work", "--all-agents"), ("either --agent ID or --all-agents",)),
    ((), ("PROFILE",)),
]


@pytest.mark.parametrize(("args", "said"), BAD)
def test_errors_exit_1_and_name_the_values(host: Machine, args: tuple[str, ...], said: tuple[str, ...]) -> None:
    before = host.files()
    result = host.run(*LOGOUT, *args)
    assert (result.code, result.out) == (1, "")
    assert [part for part in said if part not in result.err] == []
    assert host.files() == before


def test_one_broken_store_stops_it(host: Machine) -> None:
    """Whether that agent has the profile is not known."""
    host.write(host.store("work"), "{")
    before = host.files()
    result = host.run(*LOGOUT, "anthropic:a", "--all-agents")
    assert result.code == 1
    assert "agents/work/agent/auth-profiles.json:1:" in result.err
    assert host.files() == before


# ---- the SQLite era ------------------------------------------------------------------------------------------------


def test_openclaw_itself_removes_it(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": api_key(), "anthropic:b": api_key()})
    result = machine.run(*LOGOUT, "anthropic:a")
    assert result.code == 0, result.err
    assert newer.calls(machine) == [["models", "auth", "logout", "anthropic:a", "--yes", "--agent", "main"]]
    assert set(newer.stored(machine)) == {"anthropic:b"}
    assert "the same value still stands in ~/.openclaw/state/openclaw.sqlite as anthropic:b" in result.err
    assert "CANARY" not in result.out + result.err


@pytest.mark.parametrize("args", [("--agent", "work"), ("--all-agents",)])
def test_what_is_shared_is_every_agents(machine: Machine, args: tuple[str, ...]) -> None:
    newer.install(machine, {"anthropic:a": api_key()})
    machine.write(
        machine.config,
        {"meta": {"lastTouchedVersion": "2026.9.6"}, "agents": {"list": [{"id": "main"}, {"id": "work"}]}},
    )
    assert machine.run(*LOGOUT, "anthropic:a", *args).code == 0
    assert newer.stored(machine) == {}


def test_a_removal_that_did_not_happen_is_an_error(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": api_key()}, broken=True)
    result = machine.run(*LOGOUT, "anthropic:a")
    assert (result.code, result.out) == (1, "")
    assert "it is still stored" in result.err


def test_its_failure_is_ours(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": api_key()}, broken=True, code=3)
    result = machine.run(*LOGOUT, "anthropic:a")
    assert (result.code, result.out) == (1, "")
    assert "exit code 3" in result.err


def test_an_unknown_id_does_not_reach_it(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": api_key()})
    assert machine.run(*LOGOUT, "anthropic:zz").code == 1
    assert newer.calls(machine) == []


AGENTS = {
    "meta": {"lastTouchedVersion": "2026.9.6"},
    "agents": {"ownership": "explicit", "entries": {"main": {}, "work": {}, "ops": {}}},
}
OTHER = "sk-ant-FAKE-OVERRIDE-0123456789-EXAMPLE"


def with_overrides(machine: Machine, *agents: str, config: Any = None) -> None:
    newer.install(machine, {"anthropic:a": api_key()})
    machine.write(machine.config, AGENTS | (config or {}))
    for agent in agents:
        newer.override(machine, agent, {"anthropic:a": api_key(value=OTHER)})


def logouts(machine: Machine) -> list[str]:
    """For which agents the program was called, in order."""
    assert all(call[:5] == ["models", "auth", "logout", "anthropic:a", "--yes"] for call in newer.calls(machine))
    return [call[-1] for call in newer.calls(machine)]


def test_an_agents_own_goes_and_the_shared_one_stays(machine: Machine) -> None:
    with_overrides(machine, "work")
    result = machine.run(*LOGOUT, "anthropic:a", "--agent", "work")
    assert result.code == 0, result.err
    assert logouts(machine) == ["work"]
    assert newer.own(machine, "work") == {}
    assert set(newer.stored(machine)) == {"anthropic:a"}
    assert "agent work still gets anthropic:a, from ~/.openclaw/state/openclaw.sqlite" in result.err


def test_the_shared_one_goes_and_an_agents_own_stays(machine: Machine) -> None:
    declared = {"auth": {"profiles": {"anthropic:b": {"provider": "anthropic", "mode": "api_key"}}}}
    with_overrides(machine, "work", config=declared)
    result = machine.run(*LOGOUT, "anthropic:a")
    assert result.code == 0, result.err
    assert logouts(machine) == ["main"]
    assert newer.stored(machine) == {}
    assert set(newer.own(machine, "work")) == {"anthropic:a"}
    assert "no agent gets it from there any more" in result.err
    assert "agent work still has its own anthropic:a, and it is not used" in result.err


def test_all_of_them_go_those_of_agents_first(machine: Machine) -> None:
    with_overrides(machine, "work", "ops")
    preview = machine.run(*LOGOUT, "anthropic:a", "--all-agents", "--dry-run")
    assert "it is agent work's own" in preview.out
    assert "it is in the store that all agents share" in preview.out
    assert newer.calls(machine) == []
    result = machine.run(*LOGOUT, "anthropic:a", "--all-agents")
    assert result.code == 0, result.err
    assert logouts(machine)[-1] == "main"
    assert sorted(logouts(machine)) == ["main", "ops", "work"]
    assert (newer.stored(machine), newer.own(machine, "work"), newer.own(machine, "ops")) == ({}, {}, {})
    assert not list(machine.home.rglob("auth-profiles.json"))


def test_somebody_without_an_own_one_asks_for_the_shared_one(machine: Machine) -> None:
    """Where `main` is not configured, and the default agent has one of its own."""
    with_overrides(machine, "work", config={"agents": {"entries": {"work": {"default": True}, "ops": {}}}})
    assert machine.run(*LOGOUT, "anthropic:a", "--agent", "ops").code == 0
    assert logouts(machine) == ["ops"]
    assert newer.stored(machine) == {}
    assert set(newer.own(machine, "work")) == {"anthropic:a"}


def test_the_database_of_an_agent_that_is_not_configured(machine: Machine) -> None:
    """OpenClaw does not look there, and nobody else writes there."""
    with_overrides(machine, "ghost")
    before = machine.files()
    result = machine.run(*LOGOUT, "anthropic:a", "--all-agents")
    assert (result.code, result.out) == (1, "")
    assert 'the database of agent "ghost" has anthropic:a' in result.err
    assert machine.files() == before


def test_main_may_have_its_own_beside_the_shared_one(machine: Machine) -> None:
    """As 2026.9.6 does it: its own first, with one more call the shared one."""
    with_overrides(machine, "main")
    result = machine.run(*LOGOUT, "anthropic:a", "--agent", "main")
    assert result.code == 0, result.err
    assert (newer.own(machine, "main"), set(newer.stored(machine))) == ({}, {"anthropic:a"})
    assert "agent main still gets anthropic:a" in result.err
    assert machine.run(*LOGOUT, "anthropic:a", "--agent", "main").code == 0
    assert newer.stored(machine) == {}
