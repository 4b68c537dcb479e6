"""`openclaw models status` as a program: what it prints, how it exits, and that it leaves no trace."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

NOW = 1_770_000_000_000
HOUR = 3_600_000
LONG = "sk-ant-FAKE-0123456789-EXAMPLE"
KEY = {"type": "api_key", "provider": "anthropic", "key": LONG}


def token(**members: Any) -> dict[str, Any]:
    return {"type": "token", "provider": "anthropic", "token": LONG, **members}


def store(machine: Machine, agent: str = "main", /, **profiles: Any) -> None:
    machine.write(machine.store(agent), {"version": 1, "profiles": profiles})


def database(machine: Machine, *profiles: str, state: Any = None) -> None:
    path = machine.state / "state" / "openclaw.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"version": 1, "profiles": dict.fromkeys(profiles, KEY)}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT)")
        rows = {"auth.sharedStore": {"location": "state-db"}, "authProfiles.store": document}
        if state is not None:
            rows["authProfiles.state"] = state
        cells = [(name, json.dumps(value)) for name, value in rows.items()]
        connection.executemany("INSERT INTO config_machine_state VALUES (?, ?)", cells)


# ---- forms ---------------------------------------------------------------------------------------------------------


def test_json(machine: Machine) -> None:
    store(machine, a=KEY)
    result = machine.run("models", "status", "--json", "--check")
    assert (result.code, result.err) == (0, "")
    assert result.json["auth"]["storePath"] == str(machine.store())
    assert result.json["auth"]["resolution"][0]["winner"] == "profile:a"


@pytest.mark.parametrize("args", [("models", "--status-json"), ("models", "status", "--json"), ("models", "status")])
def test_models_without_a_command_is_status(machine: Machine, args: tuple[str, ...]) -> None:
    store(machine, a=KEY)
    bare = {"--json": ("models", "--status-json")}.get(args[-1], args)
    assert machine.run(*args).out == machine.run(*bare).out
    assert machine.run("models").out == machine.run("models", "status").out


@pytest.mark.parametrize("args", [("models", "status", "--plain"), ("models", "--status-plain")])
def test_plain_is_the_model_and_nothing_else(machine: Machine, args: tuple[str, ...]) -> None:
    assert machine.run(*args).out == "anthropic/claude-opus-4-5\n"


@pytest.mark.parametrize(
    ("profiles", "code"),
    [({}, 1), ({"a": KEY}, 0), ({"a": token(expires=NOW + HOUR)}, 2), ({"a": token(expires=NOW - HOUR)}, 1)],
)
@pytest.mark.parametrize("form", [(), ("--json",), ("--plain",)])
def test_check_is_the_same_in_every_form(
    machine: Machine, profiles: dict[str, Any], code: int, form: tuple[str, ...]
) -> None:
    store(machine, **profiles)
    assert machine.run("models", "status", "--check", *form).code == code
    assert machine.run("models", "status", *form).code == 0


def test_looking_leaves_no_trace(machine: Machine) -> None:
    store(machine, a=KEY, b=token(expires=1))
    machine.write(machine.config, "{ /* mine */ }", 0o640)
    machine.write(machine.state / ".env", "A=1\n")
    before = machine.files()
    for form in ((), ("--json",), ("--plain",), ("--check",)):
        machine.run("models", "status", *form)
    assert machine.files() == before
    assert [path.name for path in machine.home.iterdir()] == [".openclaw"]


def test_on_an_empty_home_nothing_appears(machine: Machine) -> None:
    result = machine.run("models", "status", "--check")
    assert result.code == 1
    assert machine.files() == {}


# ---- the page ------------------------------------------------------------------------------------------------------

PAGE = """\
Config         ~/.openclaw/openclaw.json
Auth store     ~/.openclaw/agents/main/agent/auth-profiles.json
Default model  anthropic/claude-opus-4-5
Fallbacks      openai/gpt-5.2, google/gemini-3-pro

anthropic (default model)
  ! anthropic:manual   stored token, expires in 14h
                       30 characters, ends in MPLE, sha256 8f0e06a9
  · anthropic:default  stored API key; profile anthropic:manual comes first
  · ANTHROPIC_API_KEY  variable of ~/.openclaw/.env:1; a stored profile comes first

openai (fallback)
  ✗ nothing that can be used
  · openai:o  stored API key, disabled (billing) for 3h; held back by a cooldown

google (fallback)
  ✗ no credential
  → NAME onboard --provider google

Not used by any model
  zai  zai:default  stored API key

Ignored by OpenClaw
  bad  has the unknown type 'x'

✗ google is in use and has no credential
"""


def busy(machine: Machine) -> None:
    models = {"primary": "anthropic/claude-opus-4-5", "fallbacks": ["openai/gpt-5.2", "google/gemini-3-pro"]}
    machine.write(machine.config, {"agents": {"defaults": {"model": models}}})
    profiles = {
        "anthropic:manual": token(expires=NOW + 14 * HOUR),
        "anthropic:default": KEY,
        "zai:default": {**KEY, "provider": "zai"},
        "bad": {"type": "x"},
        "openai:o": {**KEY, "provider": "openai"},
    }
    usage = {"openai:o": {"disabledUntil": NOW + 3 * HOUR, "disabledReason": "billing"}}
    machine.write(machine.store(), {"profiles": profiles, "usageStats": usage})
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={LONG}2\n")


def named(page: str, out: str) -> str:
    """The page with the name that this program goes by here."""
    line = next(line for line in out.splitlines() if " onboard --provider" in line)
    return page.replace("NAME", line.split(None, 1)[1].removesuffix(" onboard --provider google"))


def test_the_whole_page(machine: Machine) -> None:
    busy(machine)
    result = machine.run("models", "status", "--check")
    assert result.out == named(PAGE, result.out)
    assert (result.code, result.err) == (1, "")


def test_the_page_in_plain_ascii(machine: Machine) -> None:
    busy(machine)
    ascii_only = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = machine.run("models", "status", env=ascii_only)
    plain = PAGE.replace("·", "-").replace("✗", "x").replace("→", "->")
    assert result.out == named(plain, result.out)


def test_all_is_well(machine: Machine) -> None:
    store(machine, a=KEY)
    lines = machine.run("models", "status").out.splitlines()
    assert lines[-1] == "✓ Every model has a credential (1 provider in use); no provider was asked."


def test_no_line_is_padded_and_no_secret_is_shown(machine: Machine) -> None:
    busy(machine)
    out = machine.run("models", "status").out
    assert all(line == line.rstrip() for line in out.splitlines())
    assert LONG not in out


def test_thousands_of_profiles_are_not_all_printed(machine: Machine) -> None:
    others = {f"z{number}": {**KEY, "provider": "zai"} for number in range(30)}
    store(machine, **{f"p{number}": KEY for number in range(3000)}, **others)
    lines = machine.run("models", "status").out.splitlines()
    assert len(lines) < 45
    assert any(line.startswith("  and 2988 more: ") for line in lines)


def test_older_files_are_named(machine: Machine) -> None:
    login = {"anthropic": {"access": "acc-FAKE", "refresh": "ref-FAKE", "expires": NOW + 9 * HOUR}}
    machine.write(machine.state / "credentials" / "oauth.json", login)
    result = machine.run("models", "status", "--check")
    assert "Imported       ~/.openclaw/credentials/oauth.json" in result.out
    assert "Auth store     ~/.openclaw/agents/main/agent/auth-profiles.json (not there yet)" in result.out
    assert result.code == 0


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_names_from_a_file_cannot_stop_or_drive_the_terminal(
    machine: Machine, encoding: str, form: tuple[str, ...]
) -> None:
    names = ["日本", "\\u001b[2J", "\\ud800", "a\\nb"]
    entries = ", ".join(f'"{name}": {json.dumps(KEY)}' for name in names)
    machine.write(machine.store(), f'{{"profiles": {{{entries}}}}}')
    result = machine.run("models", "status", *form, env={"PYTHONIOENCODING": encoding})
    assert result.code == 0, result.err
    assert "\x1b" not in result.out
    if form:
        assert len(result.json["auth"]["providers"][0]["profiles"]["labels"]) == 4


# ---- agents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("models", "status", "--agent", "work", "--json"),
        ("models", "--agent", "work", "status", "--json"),
        ("models", "--agent", "work", "--status-json"),
    ],
)
def test_an_agent(machine: Machine, args: tuple[str, ...]) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "Work", "model": "openai/gpt-5.2"}]}})
    store(machine, a=KEY)
    store(machine, "work", b={**KEY, "provider": "openai"})
    found = machine.run(*args).json
    assert found["agentId"] == "work"
    assert found["agentDir"] == str(machine.store("work").parent)
    assert found["modelConfig"] == {"defaultSource": "agent", "fallbacksSource": "defaults"}
    assert [row["provider"] for row in found["auth"]["providers"]] == ["anthropic", "openai"]


def test_the_configured_default_agent(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work", "default": True}]}})
    assert machine.run("models", "status", "--json").json["agentId"] == "work"


# ---- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--json", "--plain"), "cannot be used together"),
        (("--agent", "nope"), "nope"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_usage_errors_exit_1_because_2_is_taken(machine: Machine, args: tuple[str, ...], said: str) -> None:
    result = machine.run("models", "status", *args)
    assert result.code == 1
    assert said in result.err
    if "--json" in args:
        assert result.json["ok"] is False
    else:
        assert result.out == ""


BROKEN: list[tuple[str, Any, str]] = [
    ("store", '{"profiles": {', "auth-profiles.json:1:15"),
    ("store", "", "auth-profiles.json:1:1"),
    ("store", "[]", "is not a JSON object"),
    ("config", "{ a: ", "openclaw.json:1:"),
    ("config", '{"agents": {"defaults": {"model": {"primary": "${NOPE}"}}}}', "NOPE"),
]


@pytest.mark.parametrize(("which", "content", "said"), BROKEN)
@pytest.mark.parametrize("check", [(), ("--check",)])
def test_what_cannot_be_read_is_an_error_and_never_no_credentials(
    machine: Machine, which: str, content: Any, said: str, check: tuple[str, ...]
) -> None:
    paths = {"store": machine.store(), "config": machine.config}
    machine.write(paths[which], content)
    before = machine.files()
    result = machine.run("models", "status", "--json", *check)
    assert result.code == 1
    assert said in result.err
    assert result.json["ok"] is False
    assert "auth" not in result.json
    assert said in result.json["error"]["message"]
    assert machine.files() == before


# ---- the SQLite era ------------------------------------------------------------------------------------------------


def test_a_database(machine: Machine) -> None:
    database(machine, "anthropic:a")
    machine.write(machine.config, {"agents": {"defaults": {"model": {"primary": "anthropic/x"}}}})
    before = machine.files()
    result = machine.run("models", "status", "--json", "--check")
    assert result.code == 0
    assert result.json["auth"]["storePath"] == str(machine.state / "state" / "openclaw.sqlite")
    assert result.json["auth"]["resolution"][0]["winner"] == "profile:anthropic:a"
    assert machine.files() == before


def test_a_cooldown_counts_in_the_sqlite_era_only(machine: Machine) -> None:
    usage = {"usageStats": {"a": {"cooldownUntil": NOW + HOUR}}}
    machine.write(machine.config, {"agents": {"defaults": {"model": {"primary": "anthropic/x"}}}})
    machine.write(machine.store(), {"profiles": {"a": KEY}, **usage})
    assert machine.run("models", "status", "--check").code == 0
    machine.store().unlink()
    database(machine, "a", state=usage)
    result = machine.run("models", "status", "--check")
    assert result.code == 1
    assert "held back by a cooldown" in result.out


def test_a_broken_database(machine: Machine) -> None:
    machine.write(machine.state / "state" / "openclaw.sqlite", b"nonsense" * 100)
    result = machine.run("models", "status", "--check", "--json")
    assert result.code == 1
    assert ".openclaw/state/openclaw.sqlite" in result.json["error"]["message"]


def test_with_variables_alone_the_built_in_model_that_can_be_used_counts(machine: Machine) -> None:
    """Nothing tells the version: 2026.9 starts with OpenAI's model, 2026.2.x with Anthropic's. The doctor agrees."""
    found = {"OPENAI_API_KEY": "sk-FAKE-0123456789-EXAMPLE"}
    document = machine.run("models", "status", "--json", "--check", env=found)
    assert (document.code, document.json["resolvedDefault"].partition("/")[0]) == (0, "openai")
    doctor = machine.run("doctor", "--json", env=found)
    assert [item["checkId"] for item in doctor.json["findings"] if item["severity"] == "error"] == []
    assert "default model openai/" in machine.run("models", "auth", "which", env=found).out
    found = {"GEMINI_API_KEY": "sk-FAKE-0123456789-EXAMPLE"}
    assert machine.run("models", "status", "--json", "--check", env=found).code == 1


def test_with_a_config_the_answer_is_that_of_2026_2_3(machine: Machine) -> None:
    machine.write(machine.config, {"gateway": {"mode": "local"}})
    assert machine.run("models", "status", "--check", env={"OPENAI_API_KEY": LONG}).code == 1
