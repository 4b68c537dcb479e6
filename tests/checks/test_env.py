"""env/: what the gateway sees."""

from __future__ import annotations

from typing import Any

import pytest

from checks import env as area
from openclaw.check import NotApplicable, Unknown
from openclaw.environment.layers import Layer, combine
from openclaw.finding import Finding, Location, Severity
from openclaw.secret import Secret
from openclaw.service.base import EnvironmentFile
from openclaw.service.live import Changed, Live
from tests.checks import facts as f
from tests.checks.views import RESTART, a_view

SHELL = f.route("anthropic", f.candidate("env", "ANTHROPIC_API_KEY"))


def blind(
    seen: dict[str, str] | None, *found: Any, config: Any = None, era: Any = f.JSON_ERA, **members: Any
) -> list[Finding]:
    environment = members.pop("environment", f.environment(process={"ANTHROPIC_API_KEY": "x"}))
    view = None if seen is None else a_view(seen, **members)
    return f.found(area.daemon_blind, view, environment, f.routes(*found), config or f.config(), era, f.HOME)


def test_a_key_of_this_shell_only() -> None:
    [finding] = blind({}, SHELL)
    assert finding.severity == Severity.ERROR
    assert finding.target == "ANTHROPIC_API_KEY"
    assert finding.remedy
    onboard = "openclaw onboard --non-interactive --provider anthropic --store env --key-env ANTHROPIC_API_KEY"
    assert finding.remedy.commands == (f"{onboard} --existing keep", RESTART)


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


def live(**variables: str) -> Live:
    return Live(42, "node", {name: Secret(value) for name, value in variables.items()}, f.NOW)


OLD, NEW = "sk-ant-api03-FAKE-EXAMPLE-old-00000000", "sk-ant-api03-FAKE-EXAMPLE-new-00000000"
UNIT = "/home/eve/.config/systemd/user/openclaw-gateway.service"
NAME = "ANTHROPIC_API_KEY"
IN_UNIT = {"environment": {NAME: Secret(OLD)}, "origins": {NAME: Location(UNIT, 9)}}
STATE_FILE = Layer("state", {NAME: NEW}, f.HOME.env_file, {NAME: 3})


def test_a_gateway_without_a_service_is_blind_too() -> None:
    service = {"installed": False, "restart": "kill 42", "active": True, "pid": 42}
    [finding] = blind({}, SHELL, service=service, live=live())
    assert "the running gateway does not get it" in finding.message
    assert finding.remedy
    assert finding.remedy.commands[-1] == "kill 42"


def test_a_gateway_that_is_older_than_its_files() -> None:
    changed = (Changed(f.HOME.env_file, "env file", f.NOW + 5000),)
    [finding] = f.found(area.daemon_stale, a_view({}, live=live(), changed=changed))
    assert (finding.severity, finding.target) == (Severity.WARNING, "openclaw-gateway.service")
    assert "~/.openclaw/.env changed after it was started" in finding.message
    assert finding.remedy
    assert (finding.remedy.commands, finding.remedy.fix) == ((RESTART,), "confirm")
    [finding] = f.found(area.daemon_stale, a_view({}, live=live(), service={"reload_needed": True}))
    assert finding.remedy
    assert finding.remedy.commands == ("openclaw gateway restart",)
    assert f.found(area.daemon_stale, a_view({}, live=live())) == []


ENV_FILE = EnvironmentFile(f.HOME.env_file, optional=True, state="read", variables={NAME: Secret(NEW)})


@pytest.mark.parametrize(
    ("files", "reload", "process", "ids"),
    [
        ([".env"], False, OLD, ["daemon-differs"]),  # one cause, one remedy
        ([".env"], False, NEW, ["daemon-stale"]),  # something else in it changed
        ([".env", "openclaw.json"], False, OLD, ["daemon-stale", "daemon-differs"]),
        ([".env"], True, OLD, ["daemon-stale", "daemon-differs"]),
    ],
)
def test_a_changed_file_of_which_a_value_tells_is_one_finding(
    files: list[str], reload: bool, process: str, ids: list[str]
) -> None:
    changed = tuple(Changed(f.HOME.state / name, "env file", 2) for name in files)
    service = {"environment_files": (ENV_FILE,), "reload_needed": reload}
    view = a_view({}, live=live(**{NAME: process}), changed=changed, service=service, layers=[STATE_FILE])
    found = [*f.found(area.daemon_stale, view), *f.found(area.daemon_differs, view)]
    assert [item.check_id for item in found] == [f"env/{name}" for name in ids]


def test_an_older_copy_in_the_unit_does_not_explain_a_changed_file() -> None:
    changed = (Changed(f.HOME.env_file, "env file", 2),)
    view = a_view({}, live=live(**{NAME: OLD}), changed=changed, service=IN_UNIT, layers=[STATE_FILE])
    assert len(f.found(area.daemon_stale, view)) == len(f.found(area.daemon_differs, view)) == 1


def test_a_key_on_the_command_line_of_the_service() -> None:
    service = {"assigned": {NAME: Secret(OLD), "LANG": Secret("C")}, "argv_at": Location(UNIT, 4), "inherited": {}}
    view = a_view({}, service=service, layers=[STATE_FILE])
    [finding] = f.found(area.frozen_in_unit, view)
    assert (finding.target, finding.where) == (NAME, Location(UNIT, 4))
    assert finding.message.startswith(
        f"{NAME} is baked into the command line in {f.HOME.short(UNIT)} and so beats ~/.openclaw/.env"
    )
    assert "another value" in finding.message
    assert finding.remedy
    assert finding.remedy.fix == "manual"  # it stands among the words of its author
    assert OLD not in str(finding)
    assert f.found(area.frozen_in_unit, a_view({}, service=service | {"assigned": {NAME: Secret(" ")}})) == []


def test_daemon_stale_where_it_cannot_be_said() -> None:
    with pytest.raises(NotApplicable):
        f.found(area.daemon_stale, None)
    with pytest.raises(NotApplicable):
        f.found(area.daemon_stale, a_view({}))
    with pytest.raises(Unknown, match="may not be read"):
        f.found(area.daemon_stale, a_view({}, live=Live(42, reason="process 42 may not be read")))
    with pytest.raises(Unknown):
        f.found(area.daemon_stale, a_view({}, service={"active": None}))


def test_a_process_with_an_older_value_than_its_definition_gives_now() -> None:
    file = EnvironmentFile(f.HOME.env_file, optional=True, state="read", variables={NAME: Secret(NEW)})
    view = a_view({}, live=live(**{NAME: OLD}), service={"environment_files": (file,)}, layers=[STATE_FILE])
    [finding] = f.found(area.daemon_differs, view)
    assert (finding.severity, finding.target) == (Severity.ERROR, NAME)
    assert finding.remedy
    assert (finding.remedy.commands, finding.remedy.fix) == ((RESTART,), "confirm")
    assert OLD not in str(finding)
    assert NEW not in str(finding)


def test_a_copy_in_the_unit_that_beats_another_value_in_the_env_file() -> None:
    view = a_view({}, live=live(**{NAME: OLD}), service=IN_UNIT, layers=[STATE_FILE])
    [finding] = f.found(area.daemon_differs, view)
    assert finding.where == Location(str(f.HOME.env_file), 3)
    assert finding.remedy
    assert finding.remedy.commands == (f"${{EDITOR:-vi}} +9 {UNIT}", "openclaw gateway restart")
    [frozen] = f.found(area.frozen_in_unit, view)
    assert (frozen.severity, frozen.where, frozen.target) == (Severity.WARNING, Location(UNIT, 9), NAME)
    assert "another value" in frozen.message
    assert frozen.remedy
    assert frozen.remedy.fix == "confirm"


def test_a_variable_of_the_manager_itself_is_unset_there() -> None:
    [finding] = f.found(area.daemon_differs, a_view({NAME: OLD}, live=live(**{NAME: OLD}), layers=[STATE_FILE]))
    assert finding.remedy
    assert finding.remedy.commands == (f"systemctl --user unset-environment {NAME}", RESTART)
    assert finding.remedy.fix == "manual"


@pytest.mark.parametrize("value", [NEW, f" {NEW} "])
def test_a_process_with_the_same_value(value: str) -> None:
    assert f.found(area.daemon_differs, a_view({}, live=live(**{NAME: value}), layers=[STATE_FILE])) == []


def test_daemon_differs_where_it_cannot_be_said() -> None:
    with pytest.raises(NotApplicable):
        f.found(area.daemon_differs, a_view({}))
    with pytest.raises(Unknown, match="hidden"):
        f.found(area.daemon_differs, a_view({}, live=Live(42, reason="hidden")))


def test_keys_that_are_meant_to_be_where_they_are_are_not_frozen() -> None:
    own = EnvironmentFile(f.USER / "keys.env", optional=False, state="read", variables={NAME: Secret(OLD)})
    assert f.found(area.frozen_in_unit, a_view({}, service={"environment_files": (own,)})) == []
    assert f.found(area.frozen_in_unit, a_view({NAME: OLD})) == []
    unset = {**IN_UNIT, "unset": {NAME: None}}
    assert f.found(area.frozen_in_unit, a_view({}, service=unset)) == []
    other = {"environment": {"HOME": Secret("/x")}, "origins": {"HOME": Location(UNIT, 2)}}
    assert f.found(area.frozen_in_unit, a_view({}, service=other)) == []


def test_an_env_file_that_openclaw_made_for_the_service_is_frozen() -> None:
    path = f.HOME.state / "service-env" / "ai.openclaw.gateway.env"
    made = EnvironmentFile(path, optional=True, state="read", variables={NAME: Secret(OLD)})
    [finding] = f.found(area.frozen_in_unit, a_view({}, service={"environment_files": (made,)}))
    assert finding.where == Location(str(path))


def test_a_unit_of_the_system_is_edited_by_hand() -> None:
    system = {"environment": {NAME: Secret(OLD)}, "origins": {NAME: Location("/etc/systemd/user/x.service", 9)}}
    [finding] = f.found(area.frozen_in_unit, a_view({}, service=system))
    assert finding.remedy
    assert finding.remedy.fix == "manual"


def test_a_file_that_could_not_be_read_may_hold_what_was_not_found() -> None:
    unread = ("~/.openclaw/.env: The environment file could not be read",)
    manager = ("the variables of the user's manager: it does not answer",)
    with pytest.raises(Unknown, match="could not be read"):
        f.found(area.frozen_in_unit, a_view({}, unknown=unread))
    with pytest.raises(Unknown, match="could not be read"):
        f.found(area.daemon_differs, a_view({}, live=live(), unknown=unread))
    assert len(f.found(area.frozen_in_unit, a_view({}, unknown=unread, service=IN_UNIT))) == 1
    assert f.found(area.frozen_in_unit, a_view({}, unknown=manager)) == []
