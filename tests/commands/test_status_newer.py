"""`models status --check` on installations of 2026.9.6: the exit code, the cause, the file and the way out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.commands.status import examine
from openclaw.config.reading import read, resolve
from openclaw.credentials.status import status
from openclaw.errors import Failure
from openclaw.invocation import Invocation
from tests.commands import newer_states
from tests.commands.conftest import NOW, Machine
from tests.commands.newer_states import DEFAULT, KEY, STATES, State

if TYPE_CHECKING:
    from pathlib import Path


def judged(state: State, home: Path) -> tuple[int, str]:
    """(exit code, everything that is said) of a home, in this process."""
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", **state.env}
    call = Invocation(env, home, home, NOW)
    try:
        document = status(examine(call, state.args[1] if state.args else None))
    except Failure as failure:
        return 1, f"{failure.location} {failure.message}"
    check = document["auth"]["check"]
    assert bool(check["causes"]) == bool(check["exitCode"])
    return check["exitCode"], json.dumps(check, ensure_ascii=False)


@pytest.mark.parametrize("name", STATES)
def test_code_and_cause(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = STATES[name]
    home = tmp_path / "home"
    home.mkdir()
    newer_states.write(state, home, NOW)
    before = {path: path.lstat().st_mtime_ns for path in home.rglob("*")}
    code, said = judged(state, home)
    said += capsys.readouterr().err
    assert code == state.expected, said
    assert [text for text in state.says if text not in said] == [], said
    assert KEY not in said
    assert {path: path.lstat().st_mtime_ns for path in home.rglob("*")} == before


def written(machine: Machine, name: str) -> State:
    state = STATES[name]
    newer_states.write(state, machine.home, NOW)
    return state


def document(machine: Machine, name: str) -> dict[str, Any]:
    state = written(machine, name)
    result: dict[str, Any] = machine.run("models", "status", "--json", *state.args, env=state.env).json
    return result


def test_an_old_store_beside_the_database_blocks_in_every_form(machine: Machine) -> None:
    written(machine, "old store with another key")
    for form in ((), ("--check",), ("--json",), ("--json", "--check")):
        result = machine.run("models", "status", *form)
        assert result.code == 1, form
        assert "~/.openclaw/agents/main/agent/auth-profiles.json" in result.out
        assert "real doctor --fix" in result.out
        assert "auth" in (result.json if "--json" in form else {"auth": 1})
    assert machine.run("models", "status", "--plain").code == 1


def test_commands_go_by_the_name_of_this_program(machine: Machine) -> None:
    written(machine, "token expired")
    text = machine.run("models", "status").out
    line = next(line for line in text.splitlines() if "paste-token" in line)
    command = line.split("→")[-1].strip()
    assert command.endswith(f"models auth paste-token --provider anthropic --profile-id {DEFAULT}")
    assert not command.startswith("openclaw models")  # nothing of that name is on PATH here
    found = machine.run("models", "status", "--json").json["auth"]
    assert found["check"]["commands"] == found["resolution"][0]["commands"] == [command]


def test_members_of_the_newer_program(machine: Machine) -> None:
    found = document(machine, "cooldown")
    assert found["utilityModel"] == {"ref": "anthropic/claude-haiku-4-5", "source": "provider-default"}
    assert found["aliases"] == {"opus": "anthropic/claude-opus-5", "sonnet": "anthropic/claude-sonnet-5"}
    assert found["allowed"] == []
    assert found["auth"]["missingProvidersInUse"] == ["anthropic"]
    assert found["auth"]["modelRouteIssues"] == []
    held = found["auth"]["unusableProfiles"][0]
    assert held["reason"] == "auth"
    assert "models auth login --provider anthropic" in held["recoveryHint"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("token expired", "expired"),
        ("expires as text", "invalid_expires"),
        ("key is blanks", "missing_credential"),
        ("key is a command", "malformed_api_key"),
        ("refresh fence", "expired"),
        ("healthy", None),
    ],
)
def test_reason_codes(machine: Machine, name: str, code: str | None) -> None:
    assert document(machine, name)["auth"]["oauth"]["profiles"][0].get("reasonCode") == code


def test_what_nothing_is_there_for_is_indeterminate_and_not_missing(machine: Machine) -> None:
    auth = document(machine, "empty variable only")["auth"]
    assert auth["missingProvidersInUse"] == []
    assert [(item["kind"], item["model"]) for item in auth["modelRouteIssues"]] == [
        ("indeterminate", "claude-opus-5"),
        ("indeterminate", "claude-haiku-4-5"),
    ]


def test_a_reference_is_followed_and_its_secret_never_printed(machine: Machine) -> None:
    state = written(machine, "keyRef to a set variable")
    for form in ((), ("--json",)):
        out = machine.run("models", "status", *form, env=state.env).out
        assert KEY not in out
        assert "88 characters" in out  # the fingerprint of what the variable holds


def test_a_named_agent_has_its_own_directory(machine: Machine) -> None:
    moved = machine.home / "moved"
    written(machine, "healthy")
    env = {"OPENCLAW_AGENT_DIR": str(moved)}
    own = machine.state / "agents" / "main" / "agent"
    assert machine.run("models", "status", "--json", env=env).json["agentDir"] == str(moved)
    assert machine.run("models", "status", "--json", "--agent", "main", env=env).json["agentDir"] == str(own)


def test_an_unset_variable_of_an_included_file_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "openclaw.json").write_text('{"gateway": {"$include": "./a.json"}, "list": ["x", "${B}"]}')
    (tmp_path / "a.json").write_text('{\n  "auth": {"$include": "./b.json"}\n}')
    (tmp_path / "b.json").write_text('{\n  "token":\n    "${A}"\n}')
    problems = resolve(read(tmp_path / "openclaw.json"), {}).problems
    assert [(item.path.name, item.line) for item in problems] == [("b.json", 3), ("openclaw.json", 1)]
