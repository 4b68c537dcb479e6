"""`openclaw models auth which`: the winner, its place, and why the others are not used."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from tests.commands.conftest import Machine, Result

NOW = 1_770_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
TOKEN = "sk-ant-oat01-" + "FAKE-CANARY-" * 7 + "EXAMPLE-END"
KEY = "sk-ant-api03-" + "FAKE-CANARY-" * 7 + "EXAMPLE-KEY"


def api_key(value: str = KEY, provider: str = "anthropic", **more: Any) -> dict[str, Any]:
    return {"type": "api_key", "provider": provider, "key": value, **more}


def token(**more: Any) -> dict[str, Any]:
    return {"type": "token", "provider": "anthropic", "token": TOKEN, **more}


def store(machine: Machine, profiles: dict[str, Any], agent: str = "main", **more: Any) -> None:
    machine.write(machine.store(agent), json.dumps({"version": 1, "profiles": profiles, **more}, indent=2))


def which(machine: Machine, *args: str, env: dict[str, str] | None = None) -> Result:
    before = machine.files()
    result = machine.run("models", "auth", "which", *args, env=env)
    assert machine.files() == before  # looking changes nothing
    assert "CANARY" not in result.out + result.err
    return result


def candidates(machine: Machine, *args: str, env: dict[str, str] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = which(machine, "--json", *args, env=env).json["providers"][0]["candidates"]
    return found


# ---- text ----------------------------------------------------------------------------------------------------------


def test_the_screen(machine: Machine) -> None:
    store(machine, {"anthropic:manual": token(expires=NOW + 29 * DAY), "anthropic:old": api_key()})
    machine.write(machine.state / ".env", f"# mine\nANTHROPIC_API_KEY={KEY}\n")
    result = which(machine)
    assert result.code == 0
    assert (
        result.out
        == """\
anthropic: agent main, default model anthropic/claude-opus-4-5

  ✓ used      anthropic:manual
       value  108 characters, ends in -END, sha256 1060f4f4
       where  ~/.openclaw/agents/main/agent/auth-profiles.json:4
        what  stored token, expires in 29d

  · not used  anthropic:old
       value  108 characters, ends in -KEY, sha256 c5c0ff6f
       where  ~/.openclaw/agents/main/agent/auth-profiles.json:10
        what  stored API key
     why not  profile anthropic:manual comes first

  · not used  ANTHROPIC_API_KEY
       value  108 characters, ends in -KEY, sha256 c5c0ff6f
       where  ~/.openclaw/.env:2
        what  variable
     why not  a stored profile comes first

No provider was asked whether it accepts them.
"""
    )
    assert all(len(line) <= 80 for line in result.out.splitlines())


def test_short_rows_stand_side_by_side(machine: Machine) -> None:
    result = which(machine, "--provider", "groq", env={"GROQ_API_KEY": "CANARY-short"})
    assert result.out.splitlines()[:5] == [
        "groq: agent main, in no model",
        "",
        "    used  name          value  where       what      why not",
        "    ----  ----          -----  -----       ----      -------",
        "  ✓ yes   GROQ_API_KEY  short  this shell  variable",
    ]


def test_a_terminal_without_unicode_gets_ascii(machine: Machine) -> None:
    store(machine, {"anthropic:a": api_key(), "anthropic:b": api_key()})
    result = which(machine, env={"LANG": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert result.out.isascii()
    assert "  + used      anthropic:a" in result.out.splitlines()
    assert "  - not used  anthropic:b" in result.out.splitlines()


def test_what_only_this_shell_has_is_said(machine: Machine) -> None:
    result = which(machine, env={"ANTHROPIC_API_KEY": KEY})
    assert "! a gateway that runs as a service does not see it; it reads ~/.openclaw/.env" in result.out


def test_what_the_service_reads_too_needs_no_hint(machine: Machine) -> None:
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={KEY}\n")
    assert "service" not in which(machine).out


def test_without_a_credential_the_command_that_helps_is_shown_whole(machine: Machine) -> None:
    result = which(machine, "--provider", "groq")
    assert result.code == 1
    assert result.out.splitlines()[2] == "  ✗ no credential"
    assert result.out.splitlines()[3].endswith(" onboard --provider groq")
    assert "asked" not in result.out


def test_its_command_has_the_name_that_works(machine: Machine) -> None:
    machine.write(machine.home / "bin" / "openclaw", "#!/bin/sh\n# the real one\n", 0o755)
    machine.write(machine.home / "bin" / "openclaw-onboard", "#!/bin/sh\nexec python -m openclaw\n", 0o755)
    assert "→ openclaw-onboard onboard --provider groq" in which(machine, "--provider", "groq").out


def test_a_profile_that_is_held_back_can_be_released(machine: Machine) -> None:
    store(machine, {"openai:x": api_key(provider="openai")}, usageStats={"openai:x": {"cooldownUntil": NOW + HOUR}})
    result = which(machine, "--provider", "openai")
    assert result.code == 1
    assert "stored API key, held back for 1h" in result.out
    assert "✗ nothing that can be used" in result.out
    assert result.out.splitlines()[-1].endswith(" models auth clear-cooldown openai:x")


def test_an_expiry_that_is_near_is_marked(machine: Machine) -> None:
    store(machine, {"anthropic:a": token(expires=NOW + 2 * HOUR)})
    assert "  ! used      anthropic:a" in which(machine).out


def test_of_many_candidates_some_are_shown(machine: Machine) -> None:
    store(machine, {f"anthropic:{number:03}": api_key() for number in range(40)})
    result = which(machine)
    assert result.out.count("not used") == 11
    assert "and 28 more: " in result.out
    assert len(candidates(machine)) == 40


def test_names_do_not_drive_the_terminal(machine: Machine) -> None:
    store(machine, {"anthropic:\x1b[31mred\n": api_key()})
    result = which(machine)
    assert "\x1b" not in result.out
    assert "anthropic:\\x1b[31mred\\n" in result.out


def test_each_model_of_the_agent_has_a_table(machine: Machine) -> None:
    model = {"primary": "anthropic/claude-opus-4-5", "fallbacks": ["openai/gpt-5.2", "z.ai/glm"]}
    machine.write(machine.config, {"agents": {"defaults": {"model": model, "imageModel": {"primary": "openai/gpt-5"}}}})
    result = which(machine, env={"OPENAI_API_KEY": KEY})
    heads = [line for line in result.out.splitlines() if line and not line.startswith(" ")]
    assert heads[:3] == [
        "anthropic: agent main, default model anthropic/claude-opus-4-5",
        "openai: agent main, fallback openai/gpt-5.2 and image model openai/gpt-5",
        "zai: agent main, fallback zai/glm",
    ]
    assert result.code == 1


# ---- the answer ----------------------------------------------------------------------------------------------------


def test_json(machine: Machine) -> None:
    store(machine, {"anthropic:a": api_key()})
    result = which(machine, "--json")
    assert result.code == 0
    assert result.json == {
        "agentId": "main",
        "providers": [
            {
                "provider": "anthropic",
                "winner": "anthropic:a",
                "candidates": [
                    {
                        "source": "profile",
                        "name": "anthropic:a",
                        "where": "~/.openclaw/agents/main/agent/auth-profiles.json:4",
                        "fingerprint": "108 characters, ends in -KEY, sha256 c5c0ff6f",
                        "used": True,
                        "why": "used",
                        "facts": {"present": True, "locallyValid": True, "accepted": None},
                    }
                ],
            }
        ],
    }


def test_an_inherited_profile_stands_in_mains_store(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "work", "default": True}, {"id": "main"}]}})
    store(machine, {"anthropic:a": api_key()})
    store(machine, {"anthropic:b": token()}, "work")
    (mine, inherited) = candidates(machine)
    assert mine["where"] == "~/.openclaw/agents/work/agent/auth-profiles.json:4"
    assert inherited["where"] == "~/.openclaw/agents/main/agent/auth-profiles.json:4"
    assert [item["name"] for item in candidates(machine, "--agent", "main")] == ["anthropic:a"]


@pytest.mark.parametrize("spelling", ["z.ai", "zai", "Z.AI", " z-ai "])
def test_spellings_of_a_provider(machine: Machine, spelling: str) -> None:
    store(machine, {"one": api_key(provider="z.ai"), "two": api_key(provider="zai")}, order={"z-ai": ["two", "one"]})
    result = which(machine, "--json", "--provider", spelling)
    (provider,) = result.json["providers"]
    assert (provider["provider"], provider["winner"]) == ("zai", "two")


def test_the_order_of_the_config_leaves_one_out(machine: Machine) -> None:
    machine.write(machine.config, {"auth": {"order": {"anthropic": ["anthropic:b"]}}})
    store(machine, {"anthropic:a": token(), "anthropic:b": api_key()})
    found = {item["name"]: item for item in candidates(machine)}
    assert found["anthropic:b"]["used"]
    assert found["anthropic:a"]["why"] == "not in the order of the config"


def test_a_declared_profile_hides_the_others(machine: Machine) -> None:
    machine.write(machine.config, {"auth": {"profiles": {"anthropic:b": {"provider": "anthropic", "mode": "api_key"}}}})
    store(machine, {"anthropic:a": token(), "anthropic:b": api_key()})
    found = {item["name"]: item for item in candidates(machine)}
    assert found["anthropic:b"]["used"]
    assert found["anthropic:a"]["why"] == "the config declares other profiles of this provider"


def test_the_line_in_the_config(machine: Machine) -> None:
    entry = f'"z.ai": {{ baseUrl: "u", apiKey: "{KEY}", models: [] }}'
    text = f"{{\n  // mine\n  models: {{ providers: {{\n    {entry} }} }} }}"
    machine.write(machine.config, text)
    (found,) = candidates(machine, "--provider", "zai")
    assert (found["name"], found["where"]) == ("models.providers.z.ai.apiKey", "~/.openclaw/openclaw.json:4")


@pytest.mark.parametrize("inner", [True, False])
def test_a_variable_of_the_config(machine: Machine, inner: bool) -> None:
    entry = f'"ANTHROPIC_API_KEY": "{KEY}"'
    machine.write(
        machine.config,
        f'{{\n "env": {{\n  "vars": {{\n   {entry}\n }} }} }}' if inner else f'{{"env": {{\n{entry}}} }}',
    )
    (found,) = candidates(machine)
    assert found["where"] == f"~/.openclaw/openclaw.json:{4 if inner else 2}"


def test_a_login_of_another_program_stands_in_its_file(machine: Machine) -> None:
    login = {"access_token": "FAKE-CANARY-access-token-1", "refresh_token": "FAKE-r", "expiry_date": NOW + HOUR}
    machine.write(machine.home / ".qwen" / "oauth_creds.json", login)
    (found,) = candidates(machine, "--provider", "qwen")
    assert (found["name"], found["where"]) == ("qwen-portal:qwen-cli", "~/.qwen/oauth_creds.json")


def test_an_older_file_is_the_place_of_what_is_imported(machine: Machine) -> None:
    machine.write(machine.store().with_name("auth.json"), {"anthropic": {"type": "api_key", "key": KEY}})
    (found,) = candidates(machine)
    assert found["where"].startswith("~/.openclaw/agents/main/agent/auth.json")


def test_a_name_that_a_store_does_not_have_has_no_place(machine: Machine) -> None:
    store(machine, {"anthropic:a": api_key()}, order={"anthropic": ["anthropic:gone", "anthropic:a"]})
    gone = next(item for item in candidates(machine) if item["name"] == "anthropic:gone")
    assert (gone["where"], gone["fingerprint"]) == (None, None)
    assert gone["why"] == "in the order of the store, but not stored"


# ---- bad input -----------------------------------------------------------------------------------------------------

BAD: list[tuple[tuple[str, ...], str]] = [
    (("--agent", "nobody"), 'unknown agent "nobody"'),
    (("--provider", " "), "--provider is blank"),
    (("--nonsense",), "--nonsense"),
    (("surplus",), "surplus"),
]


@pytest.mark.parametrize("args", [row[0] for row in BAD])
@pytest.mark.parametrize("json", [True, False])
def test_usage_errors_exit_1_and_name_the_value(machine: Machine, args: tuple[str, ...], json: bool) -> None:
    expected = dict(BAD)[args]
    result = which(machine, *args, *(["--json"] if json else []))
    assert result.code == 1
    assert expected in result.err
    if json:
        assert result.json["error"]["type"] == "usage"
        assert expected in result.json["error"]["message"]


def test_an_unknown_agent_names_the_known_ones(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "work"}, {"id": "play"}]}})
    assert "configured: work and play" in which(machine, "--agent", "main").err


def test_a_store_that_cannot_be_read_is_not_empty(machine: Machine) -> None:
    machine.write(machine.store(), '{"profiles": ')
    result = which(machine, "--json", env={"ANTHROPIC_API_KEY": KEY})
    assert result.code == 1
    assert result.json["details"]["line"] == 1
    assert "winner" not in result.out


@pytest.mark.parametrize("args", [("--agent", ""), ("--agent", "  ")])
@pytest.mark.parametrize("group", [(), ("auth", "which"), ("status",)])
def test_a_blank_agent_is_a_mistake(machine: Machine, group: tuple[str, ...], args: tuple[str, ...]) -> None:
    for words in (("models", *group, *args), ("models", *args, *group)):
        result = machine.run(*words)
        assert (result.code, result.out) == (1, "")
        assert "--agent is blank" in result.err


def test_a_cooldown_of_one_model_holds_back_for_that_model_alone(machine: Machine) -> None:
    """2026.9; the agent's own model is asked for, as an agent run would."""
    held = {"cooldownUntil": NOW + HOUR, "cooldownReason": "rate_limit", "cooldownModel": "claude-haiku-5"}
    newer.install(machine, {"anthropic:a": api_key()}, {"usageStats": {"anthropic:a": held}})
    config = {"meta": {"lastTouchedVersion": "2026.9.6"}}
    defaults = {"model": {"primary": "anthropic/claude-opus-5"}}
    machine.write(machine.config, config | {"agents": {"defaults": defaults}})
    assert which(machine, "--json").json["providers"][0]["winner"] == "anthropic:a"
    assert which(machine, "--json", "--provider", "anthropic").code == 0
    machine.write(machine.config, config | {"agents": {"defaults": {"model": {"primary": "anthropic/claude-haiku-5"}}}})
    assert which(machine, "--json").code == 1


PLUGINS = {"index": {"plugins": [{"pluginId": "groq", "enabled": True, "contributions": {"providers": ["groq"]}}]}}


@pytest.mark.parametrize(("provider", "code"), [("groq", 0), ("zai", 1), ("nvidia", 0), ("github-copilot", 1)])
def test_newer_openclaw_reads_variables_only_with_the_plugin(machine: Machine, provider: str, code: int) -> None:
    newer.install(machine, {})
    with closing(sqlite3.connect(newer.database(machine), isolation_level=None)) as connection:
        row = ("plugins.installedIndex", json.dumps(PLUGINS))
        connection.execute("INSERT INTO config_machine_state VALUES (?, ?)", row)
    names = {"groq": "GROQ_API_KEY", "zai": "ZAI_API_KEY", "nvidia": "NVIDIA_API_KEY", "github-copilot": "GH_TOKEN"}
    config = {"agents": {"defaults": {"model": {"primary": f"{provider}/x"}}}}
    machine.write(machine.config, {"meta": {"lastTouchedVersion": "2026.9.6"}, **config})
    env = {names[provider]: KEY}
    assert which(machine, env=env).code == code
    status = machine.run("models", "status", "--check", "--json", env=env)
    assert status.code == code
    assert [item["provider"] for item in status.json["auth"]["modelRouteIssues"]] == [provider] * code
    if provider == "zai":
        assert "its plugin zai, which is not installed" in status.json["auth"]["check"]["causes"][0]
        assert status.json["auth"]["check"]["commands"][0].endswith("plugins install @openclaw/zai-provider")
