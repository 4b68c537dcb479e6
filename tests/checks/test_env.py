"""env/"""

from __future__ import annotations

from typing import Any

import pytest

from checks import env as area
from openclaw.check import NotApplicable, Unknown
from openclaw.environment.layers import Layer, combine
from openclaw.environment.lint import lint
from openclaw.facts.files import ReadEnvFile
from openclaw.finding import Finding, Severity
from tests.checks import facts as f

SHELL = f.route("anthropic", f.candidate("env", "ANTHROPIC_API_KEY"))
RESTART = "systemctl --user restart openclaw-gateway.service"


def blind(
    seen: dict[str, str] | None, *found: Any, config: Any = None, era: Any = f.JSON_ERA, **members: Any
) -> list[Finding]:
    environment = members.pop("environment", f.environment(process={"ANTHROPIC_API_KEY": "x"}))
    daemon = f.daemon(seen, **members)
    return f.found(area.daemon_blind, daemon, environment, f.routes(*found), config or f.config(), era, f.HOME)


def test_a_key_of_this_shell_only() -> None:
    [finding] = blind({}, SHELL)
    assert finding.severity == Severity.ERROR
    assert finding.target == "ANTHROPIC_API_KEY"
    assert finding.remedy
    assert finding.remedy.commands == (
        "openclaw onboard --non-interactive --provider anthropic --store env --key-env ANTHROPIC_API_KEY",
        RESTART,
    )


def test_a_key_of_the_working_directory_only() -> None:
    layer = Layer("cwd", {"ANTHROPIC_API_KEY": "x"}, f.HOME.cwd / ".env")
    [finding] = blind({}, SHELL, environment=combine([layer]))
    assert "the .env of ~/project" in finding.message
    assert finding.remedy
    assert finding.remedy.commands == ("openclaw onboard --provider anthropic --store env", RESTART)


@pytest.mark.parametrize(
    "seen",
    [
        {"ANTHROPIC_API_KEY": "x"},
        {"ANTHROPIC_OAUTH_TOKEN": "x"},  # another variable of the same provider will do
    ],
)
def test_the_daemon_has_a_key(seen: dict[str, str]) -> None:
    assert blind(seen, SHELL) == []


def test_an_empty_variable_in_the_unit_is_no_key() -> None:
    assert len(blind({"ANTHROPIC_API_KEY": " "}, SHELL)) == 1


def test_profiles_and_literal_keys_are_for_both() -> None:
    assert blind({}, f.route("anthropic", f.candidate("profile", "anthropic:default"))) == []
    literal = f.config({"models": {"providers": {"anthropic": {"apiKey": "FAKE"}}}})
    assert blind({}, SHELL, config=literal) == []


def test_a_reference_in_the_config_needs_its_variable_in_the_daemon() -> None:
    config = f.config({"models": {"providers": {"deepseek": {"apiKey": "${DEEPSEEK_API_KEY}"}}}})
    custom = f.route("deepseek", f.candidate("config", "models.providers.deepseek.apiKey"))
    here = f.environment(process={"DEEPSEEK_API_KEY": "x"})
    [finding] = blind({}, custom, config=config, environment=here)
    assert finding.target == "DEEPSEEK_API_KEY"
    assert blind({"DEEPSEEK_API_KEY": "x"}, custom, config=config, environment=here) == []


def test_daemon_blind_where_it_cannot_be_said() -> None:
    with pytest.raises(NotApplicable):
        blind(None, SHELL)
    with pytest.raises(Unknown, match=r"gateway\.env"):
        blind({}, SHELL, unknown=("/x/gateway.env could not be read",))
    assert blind({"ANTHROPIC_API_KEY": "x"}, SHELL, unknown=("/x/gateway.env could not be read",)) == []


def env_file(text: str, *, systemd: bool = False) -> ReadEnvFile:
    return ReadEnvFile("/home/eve/.openclaw/.env", "ok", "", tuple(lint(text)), systemd)


@pytest.mark.parametrize(
    "text",
    ["A_KEY=abc#def\n", "A_KEY = abc\n", "A_KEY=a b\n", "A_KEY=${B}\n", "this is no assignment\n", "A_KEY='abc\n"],
)
def test_lines_that_readers_disagree_about(text: str) -> None:
    [finding] = f.found(area.dotenv_syntax, [env_file(text)])
    assert finding.severity == Severity.ERROR
    assert finding.where
    assert finding.where.line == 1
    assert finding.remedy
    assert finding.remedy.commands == ("${EDITOR:-vi} +1 /home/eve/.openclaw/.env",)


def test_good_lines() -> None:
    assert f.found(area.dotenv_syntax, [env_file("# x\nA_KEY=abc\nB='d e#f'\n")]) == []
    assert f.found(area.dotenv_syntax, [ReadEnvFile("/x/.env", "absent")]) == []


def test_what_only_systemd_reads_differently_counts_where_a_unit_names_the_file() -> None:
    text = "# a comment that ends in a backslash \\\nA_KEY=abc\n"
    assert f.found(area.dotenv_syntax, [env_file(text)]) == []
    assert len(f.found(area.dotenv_syntax, [env_file(text, systemd=True)])) >= 1


def test_a_file_that_openclaw_ignores() -> None:
    [finding] = f.found(area.dotenv_syntax, [ReadEnvFile("/x/.env", "ignored", "it is a directory")])
    assert finding.severity == Severity.WARNING
    assert "it is a directory" in finding.message


def test_an_unreadable_env_file_is_a_finding_with_its_way_out() -> None:
    unreadable = ReadEnvFile("/x/.env", "unreadable", "cannot be read", advice="Let it in.", commands=("chmod x",))
    [finding] = f.found(area.dotenv_syntax, [unreadable])
    assert "cannot be read" in finding.message
    assert finding.remedy
    assert (finding.remedy.text, finding.remedy.commands) == ("Let it in.", ("chmod x",))
    assert len(f.found(area.dotenv_syntax, [unreadable, env_file("A_KEY = x\n")])) == 2
