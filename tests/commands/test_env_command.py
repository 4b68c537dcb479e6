"""`openclaw models env` on hosts without a service manager, and with unit files that no manager answers for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Machine, Result

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/models-env.schema.json").read_text())
SHELL = "sk-ant-api03-FAKE-EXAMPLE-shell-00000000000000"
FILE = "sk-ant-api03-FAKE-EXAMPLE-file-000000000000000"
CONFIG = "sk-FAKE-EXAMPLE-config-0000000000000000"
CONTAINER = {"container": "docker"}  # no manager is looked for


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = result.json
    jsonschema.validate(found, SCHEMA)
    return found


def named(result: Result, name: str) -> dict[str, Any]:
    return next(item for item in document(result)["variables"] if item["name"] == name)


def test_nothing_is_set_anywhere(machine: Machine) -> None:
    before = machine.files()
    result = machine.run("models", "env", env=CONTAINER)
    assert (result.code, "No variable of a known provider is set anywhere." in result.out) == (0, True)
    assert document(machine.run("models", "env", "--json", env=CONTAINER))["variables"] == []
    assert machine.files() == before


def test_every_layer_with_the_winner(machine: Machine) -> None:
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={FILE}\n")
    machine.write(machine.config, {"env": {"ANTHROPIC_API_KEY": CONFIG, "vars": {"XAI_API_KEY": CONFIG}}})
    machine.write(machine.home / ".env", f"# x\nANTHROPIC_API_KEY={FILE}\n")
    result = machine.run("models", "env", "--json", env=CONTAINER | {"ANTHROPIC_API_KEY": SHELL})
    found = named(result, "ANTHROPIC_API_KEY")
    assert [(place["place"], place["where"], place["state"]) for place in found["places"]] == [
        ("process", "this shell", "used"),
        ("cwd", "~/.env:2", "lost"),
        ("state", "~/.openclaw/.env:1", "lost"),
        ("config", "~/.openclaw/openclaw.json:1", "lost"),
    ]
    assert found["here"]["where"] == "this shell"
    assert found["providers"] == ["anthropic"]
    assert (found["verdict"], found["service"]) == ("no service", None)
    assert named(result, "XAI_API_KEY")["here"]["where"] == "~/.openclaw/openclaw.json:1"
    for secret in (SHELL, FILE, CONFIG):
        assert secret not in result.out + result.err


def test_the_text_fits_80_columns_and_says_equal_values_by_letter(machine: Machine) -> None:
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={FILE}\n")
    machine.write(machine.home / ".env", f"ANTHROPIC_API_KEY={FILE}\n")
    result = machine.run(
        "models", "env", env=CONTAINER | {"ANTHROPIC_API_KEY": SHELL, "PYTHONUTF8": "0", "LC_ALL": "C"}
    )
    assert result.out.isascii()
    lines = result.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "  A = 46 characters, ends in 0000, sha256 " in result.out
    assert [line.split() for line in lines if "this shell" in line or ".env:" in line] == [
        ["A", "used", "-", "this", "shell"],
        ["B", "lost", "-", "~/.env:1"],
        ["B", "lost", "-", "~/.openclaw/.env:1"],
    ]


def test_newer_openclaw_ignores_a_key_in_the_working_directory(machine: Machine) -> None:
    machine.write(machine.config, {"meta": {"lastTouchedVersion": "2026.9.6"}})
    machine.write(machine.home / ".env", f"ANTHROPIC_API_KEY={FILE}\n")
    machine.write(machine.home / ".config/openclaw/gateway.env", f"OPENAI_API_KEY={CONFIG}\n")
    result = machine.run("models", "env", "--json", env=CONTAINER)
    blocked = named(result, "ANTHROPIC_API_KEY")
    assert (blocked["here"], blocked["places"][0]["state"], blocked["verdict"]) == (None, "blocked", "not set")
    assert named(result, "OPENAI_API_KEY")["here"]["where"] == "~/.config/openclaw/gateway.env:1"


def test_the_login_shell(machine: Machine) -> None:
    shell = machine.write(machine.home / "sh", f"#!/bin/sh\nprintf 'OPENAI_API_KEY={CONFIG}\\0'\n", 0o755)
    machine.write(machine.config, {"env": {"shellEnv": {"enabled": True}}})
    result = machine.run("models", "env", "--json", env=CONTAINER | {"SHELL": str(shell)})
    assert named(result, "OPENAI_API_KEY")["here"]["where"] == "the login shell"


def test_a_login_shell_that_hangs_costs_its_deadline(machine: Machine) -> None:
    shell = machine.write(machine.home / "sh", "#!/bin/sh\nsleep 60\n", 0o755)
    machine.write(machine.config, {"env": {"shellEnv": {"enabled": True}}})
    result = machine.run("models", "env", "--json", env=CONTAINER | {"SHELL": str(shell)})
    assert result.code == 1
    assert "gave no answer in 4 s" in document(result)["problems"][0]


def test_what_a_broken_login_shell_might_have_is_not_called_absent(machine: Machine) -> None:
    machine.write(machine.config, {"env": {"shellEnv": {"enabled": True}}})
    result = machine.run("models", "env", "OPENAI_API_KEY", env=CONTAINER | {"SHELL": str(machine.home / "none")})
    assert "not set in any place that could be read" in result.out
    assert "the login shell: ~/none" in result.out


def test_named_variables_and_one_that_is_not_set(machine: Machine) -> None:
    result = machine.run("models", "env", "--json", "MINE", "OPENAI_API_KEY", env=CONTAINER | {"MINE": "x"})
    assert [(item["name"], item["verdict"]) for item in document(result)["variables"]] == [
        ("MINE", "no service"), ("OPENAI_API_KEY", "not set"),
    ]  # fmt: skip
    assert named(result, "MINE")["here"]["fingerprint"] == "short"


@pytest.mark.parametrize("name", [SHELL, "a b", "", "X" * 200, "--"])
def test_a_pasted_key_is_no_name_and_not_repeated(machine: Machine, name: str) -> None:
    result = machine.run("models", "env", "--json", "--", name, env=CONTAINER)
    assert result.code == 1
    assert SHELL not in result.out + result.err
    assert result.json["ok"] is False


def test_a_file_that_cannot_be_read_is_said_and_is_not_empty(machine: Machine) -> None:
    machine.write(machine.config, "{ env: ")
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={FILE}\n")
    result = machine.run("models", "env", "--json", env=CONTAINER)
    assert (result.code, document(result)["ok"]) == (1, False)
    assert document(result)["problems"][0].startswith("~/.openclaw/openclaw.json: ")
    assert named(result, "ANTHROPIC_API_KEY")["here"]["where"] == "~/.openclaw/.env:1"
    assert "could not be read" in machine.run("models", "env", env=CONTAINER).out


def test_the_alias_of_zai(machine: Machine) -> None:
    result = machine.run("models", "env", "--json", env=CONTAINER | {"Z_AI_API_KEY": CONFIG})
    assert named(result, "ZAI_API_KEY")["here"]["where"] == "a copy of Z_AI_API_KEY"
