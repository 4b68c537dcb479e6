"""An installation as a whole: which files lead where, in which era."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw import installation
from openclaw.errors import Failure, UsageFailure
from openclaw.invocation import Invocation, clock

if TYPE_CHECKING:
    from openclaw.installation import Installation

DATABASE = "state/openclaw.sqlite"


def load(folder: Path, files: dict[str, Any], env: dict[str, str] | None = None, cwd: str = "w") -> Installation:
    (folder / "w").mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text.replace("@", str(folder)))
    full = {name: value.replace("@", str(folder)) for name, value in (env or {}).items()}
    return installation.load(Invocation({"PATH": str(folder / "bin"), **full}, folder / cwd, folder, 1_770_000_000_000))


def stamped(version: str, **more: Any) -> dict[str, Any]:
    return {"meta": {"lastTouchedVersion": version}, **more}


OLD, NEW = stamped("2026.2.3"), stamped("2026.9.6")
CONFIG = ".openclaw/openclaw.json"


def test_nothing_at_all(tmp_path: Path) -> None:
    found = load(tmp_path, {})
    assert (found.era.name, found.home.state, found.config.exists) == ("unknown", tmp_path / ".openclaw", False)
    assert found.require_valid() is found
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w"]


def test_the_files_of_an_older_openclaw(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        {CONFIG: OLD | {"env": {"D": "config"}}, "w/.env": "A=cwd\nB=cwd", ".openclaw/.env": "B=state\nC=state",
         ".config/openclaw/gateway.env": "E=gateway"},
    )  # fmt: skip
    values = {name: found.environment.get(name) for name in "ABCDE"}
    assert values == {"A": "cwd", "B": "cwd", "C": "state", "D": "config", "E": ""}


@pytest.mark.parametrize(
    ("env", "gateway"),
    [
        ({}, "gateway"),
        ({"OPENCLAW_STATE_DIR": "~/.openclaw"}, "gateway"),
        ({"OPENCLAW_STATE_DIR": "@/elsewhere"}, ""),
    ],
)
def test_gateway_env_belongs_to_the_usual_state_directory(tmp_path: Path, env: dict[str, str], gateway: str) -> None:
    files = {CONFIG: NEW, "elsewhere/openclaw.json": NEW, ".config/openclaw/gateway.env": "E=gateway"}
    assert load(tmp_path, files, env).environment.get("E") == gateway


def test_newer_openclaw_ignores_provider_keys_of_the_working_directory(tmp_path: Path) -> None:
    text = "ANTHROPIC_API_KEY=sk-FAKE\nOPENCLAW_STATE_DIR=@/other\nMY_OWN=1\n"
    new = load(tmp_path, {CONFIG: NEW, "w/.env": text})
    assert (new.environment.get("ANTHROPIC_API_KEY"), new.environment.get("MY_OWN")) == ("", "1")
    assert new.home.state == tmp_path / ".openclaw"
    layer = new.environment.layer("cwd")
    assert layer is not None
    assert layer.blocked == {"ANTHROPIC_API_KEY", "OPENCLAW_STATE_DIR"}


@pytest.mark.parametrize(
    ("here", "there", "redirected"),
    [
        (OLD, {}, True),
        (OLD, NEW, True),  # the older program follows, whatever is there
        (None, OLD, True),
        (None, {}, False),
        (None, NEW, False),
        (NEW, OLD, False),
    ],
)
def test_a_working_directory_redirects_older_openclaw_only(
    tmp_path: Path, here: Any, there: Any, redirected: bool
) -> None:
    files = {"w/.env": "OPENCLAW_STATE_DIR=@/st\nXAI=1\n", "st/openclaw.json": there, "st/.env": "S=there"}
    found = load(tmp_path, files | ({CONFIG: here} if here else {}))
    assert found.home.state == tmp_path / ("st" if redirected else ".openclaw")
    assert found.environment.get("S") == ("there" if redirected else "")


@pytest.mark.parametrize("stamp", [OLD, NEW])
def test_the_shared_env_file_may_move_the_rest(tmp_path: Path, stamp: dict[str, Any]) -> None:
    config = stamp | {"agents": {"defaults": {"model": {"primary": "groq/x"}}}}
    found = load(
        tmp_path,
        {CONFIG: stamp, ".openclaw/.env": "OPENCLAW_STATE_DIR=@/st\nA=read", "st/openclaw.json": config,
         "st/.env": "A=not read\nB=not read"},
    )  # fmt: skip
    assert (found.home.state, found.home.config) == (tmp_path / "st", tmp_path / "st/openclaw.json")
    assert found.home.env_file == tmp_path / ".openclaw/.env"
    assert (found.environment.get("A"), found.environment.get("B")) == ("read", "")
    assert found.models().default.key == "groq/x"


def test_the_shared_env_file_may_name_a_config_and_an_agent_directory(tmp_path: Path) -> None:
    text = "OPENCLAW_CONFIG_PATH=@/c.json\nOPENCLAW_AGENT_DIR=@/a\n"
    found = load(tmp_path, {CONFIG: OLD, ".openclaw/.env": text, "c.json": OLD})
    assert found.home.config == tmp_path / "c.json"
    assert found.home.main_agent_dir == tmp_path / "a"
    assert found.home.env_file == tmp_path / ".openclaw/.env"
    assert found.home.read_env is None


def test_the_env_block_may_name_the_agent_directory(tmp_path: Path) -> None:
    found = load(tmp_path, {CONFIG: OLD | {"env": {"OPENCLAW_AGENT_DIR": "~/a"}}})
    assert found.home.main_agent_dir == tmp_path / "a"


@pytest.mark.parametrize(
    ("env", "files", "state", "era"),
    [
        ({"OPENCLAW_HOME": "@/o"}, {"o/.openclaw/openclaw.json": NEW}, "o/.openclaw", "sqlite"),
        ({"OPENCLAW_HOME": "@/o"}, {f"o/.openclaw/{DATABASE}": ""}, "o/.openclaw", "sqlite"),
        ({"OPENCLAW_HOME": "@/o"}, {"o/.openclaw/openclaw.json": OLD}, ".openclaw", "unknown"),
        ({"OPENCLAW_HOME": "@/o"}, {CONFIG: OLD, "o/.openclaw/openclaw.json": NEW}, ".openclaw", "json"),
        ({"CLAWDBOT_STATE_DIR": "@/c"}, {"c/openclaw.json": OLD}, "c", "json"),
        ({"CLAWDBOT_STATE_DIR": "@/c"}, {CONFIG: NEW}, ".openclaw", "sqlite"),
    ],
)
def test_path_rules_follow_the_era(
    tmp_path: Path, env: dict[str, str], files: dict[str, Any], state: str, era: str
) -> None:
    found = load(tmp_path, files, env)
    assert (found.home.state, found.era.name) == (tmp_path / state, era)


def test_variables_in_the_config_come_from_every_layer_but_the_login_shell(tmp_path: Path) -> None:
    script = tmp_path / "sh"
    script.write_text("#!/bin/sh\nprintf 'OPENAI_API_KEY=sk-FAKE\\0'\n")
    script.chmod(0o755)
    config = OLD | {"env": {"shellEnv": {"enabled": True}, "V": "block"}, "x": ["${V}", "${F}", "${OPENAI_API_KEY}"]}
    found = load(tmp_path, {CONFIG: config, ".openclaw/.env": "F=file"}, {"SHELL": str(script)})
    assert found.config.value["x"] == ["block", "file", "${OPENAI_API_KEY}"]
    assert [problem.keys for problem in found.config.problems if problem.kind == "variable"] == [("x", 2)]
    assert found.environment.source("OPENAI_API_KEY") == "shell env: OPENAI_API_KEY"


def test_values_of_the_env_block_are_exported_as_they_stand(tmp_path: Path) -> None:
    found = load(tmp_path, {CONFIG: OLD | {"env": {"A": "${REAL}", "B": "$${X}"}}}, {"REAL": "r"})
    assert (found.environment.get("A"), found.environment.get("B")) == ("${REAL}", "$${X}")
    assert found.config.value["env"] == {"A": "r", "B": "${X}"}


def test_broken_parts_are_values_until_a_command_needs_them(tmp_path: Path) -> None:
    found = load(tmp_path, {CONFIG: "{broken"})
    assert found.config.problems[0].line == 1
    with pytest.raises(Failure, match="not valid JSON5"):
        found.require_valid()


def test_agents_and_their_directories(tmp_path: Path) -> None:
    config = OLD | {"agents": {"list": [{"id": "main"}, {"id": "Work", "default": True, "agentDir": "~/w"}]}}
    found = load(tmp_path, {CONFIG: config}, {"OPENCLAW_AGENT_DIR": "@/a"})
    assert found.agent().id == "work"
    assert found.agent_dir(found.agent()) == tmp_path / "w"
    assert found.agent_dir(found.agent("main")) == tmp_path / ".openclaw" / "agents" / "main" / "agent"
    with pytest.raises(UsageFailure, match='unknown agent "nobody"'):
        found.agent("nobody")


@pytest.mark.parametrize("entry", [{"id": "main"}, {"id": "main", "agentDir": "~/own"}])
def test_the_variable_counts_where_no_agent_was_named(tmp_path: Path, entry: dict[str, str]) -> None:
    found = load(tmp_path, {CONFIG: OLD | {"agents": {"list": [entry]}}}, {"OPENCLAW_AGENT_DIR": "@/a"})
    assert found.agent_dir(found.agent()) == tmp_path / "a"
    own = tmp_path / "own" if "agentDir" in entry else tmp_path / ".openclaw" / "agents" / "main" / "agent"
    assert found.agent_dir(found.agent("main")) == own


@pytest.mark.parametrize(
    ("text", "fixed"),
    [("1770000000000", True), (" 5 ", True), ("", False), ("soon", False), ("-1", False), ("9" * 5000, False)],
)
def test_the_clock(text: str, fixed: bool) -> None:
    now = clock({"OPENCLAW_NOW_MS": text})
    assert (str(now) == text.strip()) == fixed
    assert fixed or now > 1_700_000_000_000


def test_an_invocation_does_not_print_its_environment() -> None:
    assert "FAKE" not in repr(Invocation({"KEY": "sk-FAKE"}, Path("/"), Path("/"), 0))
    assert Invocation.of_process({"HOME": "/h"}).user == Path("/h")
