"""env/: single variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checks import variables as area
from checks.names import near, right_name
from openclaw.check import Unknown
from openclaw.environment.layers import Environment, Layer, combine, with_shell
from openclaw.facts.service import Daemon
from openclaw.finding import Location, Severity
from openclaw.secret import Secret
from tests.checks import facts as f
from tests.checks.views import a_view

if TYPE_CHECKING:
    from openclaw.finding import Finding

KEY = "ANTHROPIC_API_KEY"
NOTHING = Daemon(None)


def state(**values: str) -> Layer:
    return Layer("state", values, f.HOME.env_file, dict.fromkeys(values, 1))


def test_an_empty_variable_that_hides_a_good_one() -> None:
    environment = combine([Layer("process", {KEY: " "}), state(**{KEY: "x"})])
    [finding] = f.found(area.empty, environment, None, f.HOME)
    assert (finding.severity, finding.target) == (Severity.WARNING, KEY)
    assert finding.message == f"{KEY} is set but empty in this shell, and hides the value in ~/.openclaw/.env"
    assert finding.remedy
    assert (finding.remedy.commands, finding.remedy.fix) == ((f"unset {KEY}",), "manual")


def test_an_empty_variable_in_a_file() -> None:
    [finding] = f.found(area.empty, combine([state(**{KEY: ""})]), None, f.HOME)
    assert finding.where == Location(str(f.HOME.env_file), 1)
    assert finding.remedy
    assert finding.remedy.fix == "confirm"


def test_an_empty_variable_in_the_unit() -> None:
    where = Location("/home/eve/.config/systemd/user/x.service", 7)
    view = a_view({}, service={"environment": {KEY: Secret("")}, "origins": {KEY: where}})
    [finding] = f.found(area.empty, combine([]), view, f.HOME)
    assert finding.where == where


def test_what_is_not_empty_or_not_known() -> None:
    environment = combine([Layer("process", {KEY: "x", "EDITOR": ""}), Layer("config", {"OPENAI_API_KEY": ""})])
    assert f.found(area.empty, environment, a_view({KEY: "x"}), f.HOME) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OPEN_ROUTER_API_KEY", "OPENROUTER_API_KEY"),
        ("X_API_KEY", "XAI_API_KEY"),
        ("ANTROPIC_API_KEY", "ANTHROPIC_API_KEY"),
        ("OPENAPI_API_KEY", "OPENAI_API_KEY"),
        ("GEMNI_API_KEY", "GEMINI_API_KEY"),
        ("openai_api_key", "OPENAI_API_KEY"),
        ("Groq_Api_Key", "GROQ_API_KEY"),
    ],
)
def test_a_misspelt_variable(name: str, meant: str) -> None:
    environment = combine([Layer("process", {name: "x"})])
    [finding] = f.found(area.misspelt, environment, f.config(), f.JSON_ERA, f.HOME)
    assert (finding.severity, finding.target) == (Severity.WARNING, name)
    assert finding.remedy
    assert (finding.remedy.commands, finding.remedy.fix) == ((f'export {meant}="${name}"',), "manual")
    [finding] = f.found(area.misspelt, combine([state(**{name: "x"})]), f.config(), f.JSON_ERA, f.HOME)
    assert finding.remedy
    assert finding.remedy.fix == "confirm"


def test_a_misspelt_variable_whose_right_one_is_set() -> None:
    environment = combine([Layer("process", {"X_API_KEY": "x", "XAI_API_KEY": "y"})])
    assert f.found(area.misspelt, environment, f.config(), f.JSON_ERA, f.HOME) == []


def test_a_name_that_the_config_refers_to_is_meant() -> None:
    environment = combine([Layer("process", {"X_API_KEY": "x"})])
    config = f.config({"models": {"providers": {"twitter": {"apiKey": "${X_API_KEY}"}}}})
    assert f.found(area.misspelt, environment, config, f.JSON_ERA, f.HOME) == []


@pytest.mark.parametrize(
    "name",
    [
        "GITLAB_TOKEN", "EXA_API_KEY", "CI_TOKEN", "NPM_TOKEN", "DO_TOKEN", "TAVILY_API_KEY", "BRAVE_API_KEY",
        "COHERE_API_KEY", "SERPER_API_KEY", "XATA_API_KEY", "FAL_KEY", "HF_HOME", "ANTHROPIC_API_KEYS", "GH_TOKEN",
        "MINIMAX_API_KEY", "AI_API_KEY", "PATH", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "JINA_API_KEY",
        "DEEPL_API_KEY", "VOYAGE_API_KEY", "ELEVENLABS_API_KEY", "PERPLEXITY_API_KEY", "TOGETHER_API_KEY",
        "NVIDIA_API_KEY", "FIREWORKS_API_KEY", "REPLICATE_API_TOKEN", "SLACK_BOT_TOKEN", "AWS_SESSION_TOKEN",
        "http_proxy", "no_proxy", "npm_config_token", "exa_api_key",
    ],
)  # fmt: skip
@pytest.mark.parametrize("newer", [False, True])
def test_names_of_other_things_are_not_misspelt(name: str, newer: bool) -> None:
    assert near(name, newer=newer) == ""


def unread(routes: Any, *, era: Any = f.JSON_ERA, daemon: Daemon = NOTHING, **values: str) -> list[Finding]:
    environment = combine([Layer("process", values)])
    return f.found(area.not_read, environment, routes, daemon, f.config(), era, f.HOME)


def wanting(provider: str, **members: Any) -> Any:
    return f.routes(f.route(provider, f.candidate("env", "X", "", usable=False)), **members)


@pytest.mark.parametrize(
    ("provider", "name", "right"),
    [
        ("anthropic", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_OAUTH_TOKEN"),
        ("anthropic", "ANTHROPIC_API_KEYS", "ANTHROPIC_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY_2", "ANTHROPIC_API_KEY"),
        ("google", "GOOGLE_API_KEY", "GEMINI_API_KEY"),
    ],
)
def test_a_variable_that_openclaw_does_not_read(provider: str, name: str, right: str) -> None:
    values: Any = {name: "x"}
    [finding] = unread(wanting(provider, credentials=False), **values)
    assert (finding.severity, finding.target) == (Severity.WARNING, name)
    assert finding.remedy
    assert finding.remedy.commands == (f'export {right}="${name}"',)


def test_a_variable_that_is_not_read_and_not_needed() -> None:
    served = f.routes(f.route("anthropic", f.candidate("profile", "anthropic:default")))
    assert unread(served, CLAUDE_CODE_OAUTH_TOKEN="x") == []
    assert unread(served, GOOGLE_API_KEY="x", HF_TOKEN="y") == []
    assert unread(wanting("google"), era=f.SQLITE_ERA, GOOGLE_API_KEY="x") == []  # newer OpenClaw reads it
    assert unread(wanting("anthropic"), CLAUDE_CODE_OAUTH_TOKEN=" ") == []
    daemon = Daemon(None, combine([Layer("process", {"ANTHROPIC_OAUTH_TOKEN": "x"})]))
    assert unread(wanting("anthropic"), daemon=daemon, CLAUDE_CODE_OAUTH_TOKEN="x") == []


def test_nothing_is_said_while_a_store_cannot_be_read() -> None:
    with pytest.raises(Unknown, match="the store is locked"):
        unread(wanting("anthropic", unread=("the store is locked",)), CLAUDE_CODE_OAUTH_TOKEN="x")


def test_right_names() -> None:
    assert right_name("OPENAI_API_KEY", newer=False) is None
    assert right_name("HF_TOKEN", newer=False) is None  # that version has no such provider
    assert right_name("SOMETHING_ELSE", newer=False) is None


@pytest.mark.parametrize("name", ["CLAWDBOT_STATE_DIR", "MOLTBOT_GATEWAY_TOKEN"])
def test_former_names(name: str) -> None:
    [finding] = f.found(area.legacy_name, combine([Layer("process", {name: "x"})]), f.SQLITE_ERA, f.HOME)
    assert (finding.severity, finding.target) == (Severity.INFO, name)
    assert finding.remedy
    own = f"OPENCLAW_{name.partition('_')[2]}"
    assert finding.remedy.commands == (f'export {own}="${name}" && unset {name}',)
    assert f.found(area.legacy_name, combine([Layer("process", {own: "x"})]), f.SQLITE_ERA, f.HOME) == []


def failing(problem: str) -> Environment:
    return with_shell(combine([Layer("process", {"SHELL": "/bin/zsh"})]), None, enabled=True, problem=problem)


def test_a_login_shell_that_failed() -> None:
    config = f.config({"env": {"shellEnv": {"enabled": True}}})
    [finding] = f.found(area.shell_import_failed, failing("/bin/zsh ended with exit code 1"), config, f.HOME)
    assert finding.severity == Severity.WARNING
    assert finding.remedy
    assert finding.remedy.commands[0] == "/bin/zsh -l -c 'env -0' >/dev/null"
    assert f.found(area.shell_import_failed, failing(""), config, f.HOME) == []


def test_a_login_shell_that_took_longer_than_we_wait_is_unknown() -> None:
    problem = "/bin/zsh gave no answer in 4 s"
    with pytest.raises(Unknown, match="OpenClaw itself waits 15 s"):
        f.found(area.shell_import_failed, failing(problem), f.config(), f.HOME)
    config = f.config({"env": {"shellEnv": {"enabled": True, "timeoutMs": 4000}}})
    assert len(f.found(area.shell_import_failed, failing(problem), config, f.HOME)) == 1


def test_two_places_with_different_values() -> None:
    environment = combine([Layer("process", {KEY: "x"}), state(**{KEY: "y", "OPENAI_API_KEY": "z"})])
    [finding] = f.found(area.layer_conflict, environment, f.HOME)
    assert finding.message == f"{KEY} has different values: this shell wins over ~/.openclaw/.env"
    assert finding.severity == Severity.INFO
    assert finding.remedy
    assert finding.remedy.commands == (f"openclaw models env {KEY}",)
    same = combine([Layer("process", {KEY: "x "}), state(**{KEY: "x"})])
    assert f.found(area.layer_conflict, same, f.HOME) == []
    ignored = combine([Layer("cwd", {KEY: "x"}, f.HOME.cwd / ".env", {}, frozenset({KEY})), state(**{KEY: "y"})])
    assert f.found(area.layer_conflict, ignored, f.HOME) == []
