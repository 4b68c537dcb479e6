"""`openclaw models auth order get|set|clear`, as a program."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

KEY = "sk-ant-FAKE-CANARY-0123456789-EXAMPLE"
ORDER = ("models", "auth", "order")
MINE = ("--provider", "anthropic")
AGENTS = {"agents": {"list": [{"id": "main"}, {"id": "work"}]}}


def api_key(provider: str = "anthropic", **more: Any) -> dict[str, Any]:
    return {"type": "api_key", "provider": provider, "key": KEY, **more}


PROFILES = {"anthropic:a": api_key(), "anthropic:b": api_key(), "openai:x": api_key("openai")}
# As a person and older programs may have left it: unknown members, entries that are no profiles, odd white space.
TEXT = """{
    "version": 1, "future": {"kept": [1, 2.50, "ü"]},
  "profiles": {
      "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "@KEY@", "mine": null},
    "anthropic:b": {"type": "api_key", "provider": "anthropic", "key": "@KEY@"},
    "broken": 17
  },
  "order": {"z-ai": ["zai:1"], "openai": [], "anthropic": ["anthropic:a"]},
  "lastGood": {"anthropic": "anthropic:a"}
}
""".replace("@KEY@", KEY)


def store(machine: Machine, agent: str = "main", **more: Any) -> None:
    machine.write(machine.store(agent), {"version": 1, "profiles": PROFILES, **more})


def document(machine: Machine, agent: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.store(agent).read_text())
    return found


def no_lock(machine: Machine) -> bool:
    return not list(machine.home.rglob("*.lock"))


# ---- set -----------------------------------------------------------------------------------------------------------


def test_set(machine: Machine) -> None:
    store(machine)
    result = machine.run(*ORDER, "set", *MINE, "anthropic:b", " anthropic:a ", "anthropic:b")
    assert result.code == 0
    assert result.out == "Agent: main\nProvider: anthropic\nOrder override: anthropic:b, anthropic:a\n"
    assert document(machine)["order"] == {"anthropic": ["anthropic:b", "anthropic:a"]}
    assert machine.store().stat().st_mode & 0o777 == 0o600
    assert no_lock(machine)
    assert "CANARY" not in result.out + result.err


def test_set_changes_nothing_but_the_order(machine: Machine) -> None:
    machine.write(machine.store(), TEXT)
    assert machine.run(*ORDER, "set", *MINE, "anthropic:b").code == 0
    assert machine.store().read_text() == TEXT.replace('"anthropic": ["anthropic:a"]', '"anthropic": ["anthropic:b"]')


def test_set_twice_writes_once(machine: Machine) -> None:
    store(machine)
    machine.run(*ORDER, "set", *MINE, "anthropic:b")
    before = machine.files()
    result = machine.run(*ORDER, "set", *MINE, "anthropic:b")
    assert (result.code, result.err) == (0, "")
    assert machine.files() == before


def test_set_replaces_the_order_of_another_spelling(machine: Machine) -> None:
    profiles = {"one": api_key("z.ai"), "two": api_key("zai")}
    machine.write(machine.store(), {"profiles": profiles, "order": {"z.ai": ["one"], "openai": ["x"]}})
    assert machine.run(*ORDER, "set", "--provider", "Z-AI", "two").code == 0
    assert document(machine)["order"] == {"openai": ["x"], "zai": ["two"]}
    which = machine.run("models", "auth", "which", "--provider", "zai", "--json")
    assert which.json["providers"][0]["winner"] == "two"


def test_set_for_an_agent_writes_that_agents_file_only(machine: Machine) -> None:
    """The reference copies main's secrets, order and statistics into the file (auth-spec §3.3)."""
    machine.write(machine.config, AGENTS)
    store(machine, order={"anthropic": ["anthropic:a"]}, usageStats={"anthropic:a": {"lastUsed": 1}})
    before = machine.store().read_bytes()
    assert machine.run("models", "auth", "--agent", "work", "order", "set", *MINE, "anthropic:b").code == 0
    assert machine.store().read_bytes() == before
    assert document(machine, "work") == {"version": 1, "profiles": {}, "order": {"anthropic": ["anthropic:b"]}}
    assert b"CANARY" not in machine.store("work").read_bytes()


def test_set_takes_along_what_openclaw_would_import(machine: Machine) -> None:
    older = {"anthropic": {"type": "api_key", "key": KEY}, "openai": {"type": "token", "token": "FAKE-token"}}
    machine.write(machine.store().with_name("auth.json"), older)
    preview = machine.run(*ORDER, "set", *MINE, "anthropic:default", "--dry-run")
    assert "CANARY" not in preview.out
    assert machine.run(*ORDER, "set", *MINE, "anthropic:default").code == 0
    assert set(document(machine)["profiles"]) == {"anthropic:default", "openai:default"}
    assert machine.run("models", "auth", "list", "--json").json["profiles"][0]["fingerprint"].startswith("37 char")


def test_what_main_imports_is_not_copied_to_an_agent(machine: Machine) -> None:
    """Two copies of one refresh token end each other (user-pain, FM 6)."""
    machine.write(machine.config, AGENTS)
    login = {"access": "FAKE-CANARY-a", "refresh": "FAKE-CANARY-r", "expires": 1}
    machine.write(machine.state / "credentials" / "oauth.json", {"anthropic": login})
    assert machine.run(*ORDER, "set", *MINE, "anthropic:default", "--agent", "work").code == 0
    assert document(machine, "work") == {"version": 1, "profiles": {}, "order": {"anthropic": ["anthropic:default"]}}


def test_dry_run_shows_and_writes_nothing(machine: Machine) -> None:
    store(machine, order={"anthropic": ["anthropic:a"]})
    before = machine.files()
    result = machine.run(*ORDER, "set", *MINE, "anthropic:b", "--dry-run")
    assert result.code == 0
    assert "auth-profiles.json" in result.out
    assert '"anthropic:b"' in result.out
    assert "CANARY" not in result.out
    assert machine.files() == before


@pytest.mark.parametrize("verb", [("set", *MINE, "anthropic:b"), ("clear", *MINE)])
def test_undo(machine: Machine, verb: tuple[str, ...]) -> None:
    machine.write(machine.store(), TEXT, 0o644)
    before = machine.store().read_bytes()
    result = machine.run(*ORDER, *verb)
    assert "undo with: " in result.err
    assert machine.store().read_bytes() != before
    assert machine.run("undo").code == 0
    assert machine.store().read_bytes() == before
    assert machine.store().stat().st_mode & 0o777 == 0o644


REFUSED: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("set", *MINE, "anthropic:c"), ('"anthropic:c"', "anthropic:a and anthropic:b")),
    (("set", *MINE, "openai:x"), ('"openai:x" is for openai, not for anthropic', "anthropic:a and anthropic:b")),
    (("set", "--provider", "groq", "x"), ('"x"', "no profile of groq is stored")),
    (("set", *MINE, " "), ("no profile id was given", "anthropic:a and anthropic:b")),
    (("set", *MINE), ("PROFILES",)),
    (("set", "anthropic:a"), ("--provider",)),
    (("set", "--provider", "", "anthropic:a"), ("--provider is blank",)),
    (("set", *MINE, "anthropic:a", "--agent", "nobody"), ('unknown agent "nobody"', "configured: main")),
    (("get", *MINE, "--agent", "nobody"), ('unknown agent "nobody"',)),
    (("get",), ("--provider",)),
    (("clear", "--provider", " "), ("--provider is blank",)),
    (("turn", *MINE), ("turn",)),
]


@pytest.mark.parametrize(("args", "said"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED])
def test_errors_exit_1_and_name_the_values(machine: Machine, args: tuple[str, ...], said: tuple[str, ...]) -> None:
    store(machine)
    before = machine.files()
    result = machine.run(*ORDER, *args)
    assert result.code == 1
    assert result.out == ""
    assert [part for part in said if part not in result.err] == []
    assert machine.files() == before


@pytest.mark.parametrize("verb", [("set", *MINE, "anthropic:a"), ("clear", *MINE), ("get", *MINE)])
def test_a_broken_store_is_left_alone(machine: Machine, verb: tuple[str, ...]) -> None:
    machine.write(machine.store(), '{"profiles": {')
    before = machine.files()
    result = machine.run(*ORDER, *verb)
    assert result.code == 1
    assert "auth-profiles.json:1:" in result.err
    assert machine.files() == before


def test_a_lock_that_nobody_can_take_ends_in_an_error(machine: Machine) -> None:
    """A regular file there is a lock of another kind (auth-spec §3.6); an old one is nobody's any more."""
    store(machine)
    lock = machine.write(machine.store().with_name("auth-profiles.json.lock"), "")
    os.utime(lock, (1, 1))
    result = machine.run(*ORDER, "set", *MINE, "anthropic:b")
    assert result.code == 1
    assert "auth-profiles.json.lock" in result.err
    assert "order" not in document(machine)
    assert lock.exists()


# ---- clear ---------------------------------------------------------------------------------------------------------


def test_clear(machine: Machine) -> None:
    machine.write(machine.store(), TEXT)
    result = machine.run(*ORDER, "clear", *MINE)
    assert result.out == "Agent: main\nProvider: anthropic\nCleared per-agent order override.\n"
    assert machine.store().read_text() == TEXT.replace(', "anthropic": ["anthropic:a"]', "")


def test_clearing_the_last_order_removes_the_member(machine: Machine) -> None:
    store(machine, order={"anthropic": ["anthropic:a"]})
    machine.run(*ORDER, "clear", *MINE)
    assert "order" not in document(machine)


def test_clear_knows_the_spellings(machine: Machine) -> None:
    machine.write(machine.store(), {"profiles": {}, "order": {"z.ai": ["one"], "Z-AI": ["two"], "x": ["y"]}})
    assert machine.run(*ORDER, "clear", "--provider", "zai").code == 0
    assert document(machine)["order"] == {"x": ["y"]}


def test_clear_without_an_order_writes_nothing(machine: Machine) -> None:
    before = machine.files()
    result = machine.run(*ORDER, "clear", *MINE)
    assert (result.code, result.err) == (0, "")
    assert "Cleared" in result.out
    assert machine.files() == before


def test_the_order_that_counts_then_is_told(machine: Machine) -> None:
    machine.write(machine.config, AGENTS | {"auth": {"order": {"Anthropic": ["anthropic:b"]}}})
    store(machine, order={"anthropic": ["anthropic:a"]})
    result = machine.run(*ORDER, "clear", *MINE)
    assert "the order in ~/.openclaw/openclaw.json counts: anthropic:b" in result.err


def test_mains_order_comes_to_light_again(machine: Machine) -> None:
    """A store is laid over main's, so nothing hides that then (auth-spec §3.3)."""
    machine.write(machine.config, AGENTS)
    store(machine, order={"anthropic": ["anthropic:a"]})
    machine.write(machine.store("work"), {"profiles": {}, "order": {"anthropic": ["anthropic:b"]}})
    before = machine.store().read_bytes()
    result = machine.run(*ORDER, "clear", *MINE, "--agent", "work")
    assert "main's order still counts: anthropic:a" in result.err
    assert document(machine, "work") == {"profiles": {}}
    assert machine.store().read_bytes() == before


# ---- get -----------------------------------------------------------------------------------------------------------


def test_get(machine: Machine) -> None:
    machine.write(machine.config, AGENTS)
    store(machine, order={"anthropic": ["anthropic:b", "anthropic:a"]})
    text = machine.run(*ORDER, "get", *MINE, "--agent", "work")
    assert text.out == (
        "Agent: work\nProvider: anthropic\nAuth file: ~/.openclaw/agents/work/agent/auth-profiles.json\n"
        "Order override: anthropic:b, anthropic:a\n"
    )
    result = machine.run(*ORDER, "get", *MINE, "--json")
    assert result.json == {
        "agentId": "main",
        "agentDir": str(machine.store().parent),
        "provider": "anthropic",
        "authStorePath": "~/.openclaw/agents/main/agent/auth-profiles.json",
        "order": ["anthropic:b", "anthropic:a"],
        "configOrder": None,
    }


def test_get_shows_the_stores_own_order_and_tells_of_the_others(machine: Machine) -> None:
    """As the reference, which does not look for other spellings or into the config (auth-spec §10.7)."""
    machine.write(machine.config, {"auth": {"order": {"anthropic": []}}})
    machine.write(machine.store(), {"profiles": {}, "order": {"z.ai": ["one"]}})
    result = machine.run(*ORDER, "get", "--provider", "zai")
    assert "Order override: (none)" in result.out
    assert "the store, as z.ai counts: one" in result.err
    result = machine.run(*ORDER, "get", *MINE)
    assert "Order override: (none)" in result.out
    assert "counts: empty, so that no profile is tried" in result.err
    assert machine.run(*ORDER, "get", *MINE, "--json").json["configOrder"] == []


def test_get_leaves_no_trace(machine: Machine) -> None:
    store(machine)
    before = machine.files()
    machine.run(*ORDER, "get", *MINE)
    assert machine.files() == before


# ---- the SQLite era ------------------------------------------------------------------------------------------------


def test_openclaw_itself_writes_its_database(machine: Machine) -> None:
    newer.install(machine, PROFILES)
    result = machine.run(*ORDER, "set", *MINE, "anthropic:b", "anthropic:a")
    assert result.code == 0, result.err
    assert newer.calls(machine) == [
        ["models", "auth", "order", "set", *MINE, "anthropic:b", "anthropic:a", "--agent", "main"]
    ]
    assert newer.state_of(machine)["order"] == {"anthropic": ["anthropic:b", "anthropic:a"]}
    shown = machine.run(*ORDER, "get", *MINE, "--json").json
    assert shown["order"] == ["anthropic:b", "anthropic:a"]
    assert shown["authStatePath"] == "~/.openclaw/state/openclaw.sqlite"
    assert machine.run(*ORDER, "clear", *MINE).code == 0
    assert newer.state_of(machine)["order"] == {}
    assert not machine.store().exists()


def test_it_works_on_the_installation_of_the_profile(machine: Machine) -> None:
    newer.install(machine, {})
    machine.state.rename(machine.home / ".openclaw-work")
    other = machine.home / ".openclaw-work"
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    result = machine.run("--profile", "work", *ORDER, "clear", *MINE)
    assert result.code == 0, result.err
    assert not machine.state.exists()
    assert before.keys() <= {path for path in other.rglob("*") if path.is_file()}


def test_ids_are_looked_at_before_it_is_called(machine: Machine) -> None:
    newer.install(machine, PROFILES)
    assert machine.run(*ORDER, "set", *MINE, "anthropic:zz").code == 1
    assert newer.calls(machine) == []


def test_dry_run_does_not_call_it(machine: Machine) -> None:
    newer.install(machine, PROFILES)
    result = machine.run(*ORDER, "set", *MINE, "anthropic:b", "--dry-run")
    assert "models auth order set --provider anthropic anthropic:b" in result.out
    assert newer.calls(machine) == []


def test_without_it_there_is_a_refusal(machine: Machine) -> None:
    newer.install(machine, PROFILES)
    (machine.home / "bin" / "openclaw").unlink()
    result = machine.run(*ORDER, "set", *MINE, "anthropic:b")
    assert result.code == 1
    assert "npm install -g openclaw" in result.err


def test_the_order_is_that_of_the_agents_own_directory(machine: Machine) -> None:
    """OPENCLAW_AGENT_DIR moves main's store alone; 2026.2.3 shows and writes the order where it was."""
    store(machine, order={"anthropic": ["anthropic:b"]})
    env = {"OPENCLAW_AGENT_DIR": str(machine.home / "moved")}
    shown = machine.run(*ORDER, "get", *MINE, "--json", env=env).json
    assert shown["agentDir"] == str(machine.store().parent)
    assert (shown["authStorePath"], shown["order"]) == (
        "~/.openclaw/agents/main/agent/auth-profiles.json", ["anthropic:b"],
    )  # fmt: skip
