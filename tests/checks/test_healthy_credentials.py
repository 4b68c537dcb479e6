"""Healthy installations of many kinds: nothing of credentials/ is an error or a warning there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from doctor.engine import diagnose
from openclaw.finding import Severity
from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import NOW, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A = "anthropic:default"
USED = {A: {"lastUsed": NOW - 1000, "errorCount": 0, "lastFailureAt": NOW - 9_000_000}}
DECLARED = {A: {"provider": "anthropic", "mode": "api_key"}}
CUSTOM = {"baseUrl": "https://llm.example.org/v1", "apiKey": "odd-Key_of.an-own-server-0123456789", "models": []}
OLLAMA = {"baseUrl": "http://127.0.0.1:11434/v1", "apiKey": "ollama-local", "models": []}
CLAUDE = {"claudeAiOauth": {"accessToken": "sk-ant-oat01-" + "CLAU" * 24, "refreshToken": "r-C", "expiresAt": NOW + 1}}


def model(name: str, **more: Any) -> dict[str, Any]:
    return {"gateway": {"mode": "local"}, "agents": {"defaults": {"model": {"primary": name}}}, **more}


def profile_only(home: Path) -> None:
    i.config(home, profiles=DECLARED)
    i.store(home, {A: i.key()}, lastGood={"anthropic": A}, usageStats=USED)


def env_file_only(home: Path) -> None:
    i.config(home)
    write(home / ".openclaw" / ".env", f"ANTHROPIC_API_KEY={i.KEY}\n")


def same_key_twice(home: Path) -> None:
    profile_only(home)
    write(home / ".openclaw" / ".env", f"ANTHROPIC_API_KEY={i.KEY}\n")


def nothing_but_the_environment(home: Path) -> None:
    home.mkdir()


def custom_provider(home: Path) -> None:
    i.config(home, model("acme/large", models={"providers": {"acme": CUSTOM}}))


def local_ollama(home: Path) -> None:
    i.config(home, model("ollama/llama3", models={"providers": {"ollama": OLLAMA}}))


def unfamiliar_prefix(home: Path) -> None:
    i.config(home, model("openai/gpt-5.2"))
    i.store(home, {"openai:default": i.key("new-style-key-" + "0f1e2d3c" * 5, "openai")})


def with_comments(home: Path) -> None:
    text = '{ // JSON5\n  gateway: { mode: "local" },\n  auth: { profiles: { "anthropic:default": { provider: '
    text += '"anthropic", mode: "api_key", }, }, }, /* made up */\n}\n'
    write(home / ".openclaw" / "openclaw.json", text)
    i.store(home, {A: i.key()})


def agents_that_inherit(home: Path) -> None:
    i.config(home, agents=("work", "play"), profiles=DECLARED)
    i.store(home, {A: i.key()}, usageStats=USED)
    i.store(home, {}, "work")
    # what 2026.2.x leaves there after a run: main's, copied
    i.store(home, {A: i.key()}, "play", usageStats=USED, lastGood={"anthropic": A})


def agents_of_their_own(home: Path) -> None:
    i.config(home, agents=("work",))
    i.store(home, {A: i.key(), "openai-codex:default": i.login("r-one")})
    i.store(home, {"anthropic:work": i.key(i.OTHER_KEY), "openai-codex:work": i.login("r-two")}, "work")


def two_keys_in_rotation(home: Path) -> None:
    order = ["anthropic:b", A]
    declared = {**DECLARED, "anthropic:b": DECLARED[A]}
    i.config(home, profiles=declared, order={"anthropic": order})
    i.store(home, {A: i.key(), "anthropic:b": i.key(i.OTHER_KEY)}, order={"anthropic": order}, usageStats=USED)


def setup_token(home: Path) -> None:
    i.config(home, profiles={"anthropic:manual": {"provider": "anthropic", "mode": "token"}})
    i.store(home, {"anthropic:manual": i.token(expires=NOW + 300 * 24 * i.HOUR)})
    write(home / ".claude" / ".credentials.json", json.dumps(CLAUDE))  # Claude Code's own login, another one


def refreshable_login(home: Path) -> None:
    i.config(home, model("openai-codex/gpt-5.2"))
    i.store(home, {"openai-codex:default": i.login(expires=NOW - 3 * i.HOUR)})


def qwen_login_of_its_own_program(home: Path) -> None:
    i.config(home, model("qwen-portal/coder-model"))
    oauth = {"access_token": "a-FAKE", "refresh_token": "r-FAKE", "expiry_date": NOW + i.HOUR}
    write(home / ".qwen" / "oauth_creds.json", json.dumps(oauth))
    i.store(
        home, {}, usageStats={"qwen-portal:qwen-cli": {"lastUsed": 1}}, lastGood={"qwen-portal": "qwen-portal:qwen-cli"}
    )


def sqlite_era(home: Path) -> None:
    i.config(home, model("anthropic/claude-opus-5"), profiles=DECLARED)
    i.database(home, {A: i.key()}, usageStats=USED, lastGood={"anthropic": A})


def sqlite_era_with_agents(home: Path) -> None:
    sqlite_era(home)
    i.agent_database(home, {}, "work", order={"anthropic": [A]}, usageStats={A: {"lastUsed": NOW - 1}})
    archive = json.dumps({"profiles": {"anthropic:old": i.key(i.OTHER_KEY)}})
    write(i.folder(home) / "auth-profiles.json.migrated-2026-11-22T02-19-34.151Z-4a37fbe4", archive)
    write(home / ".openclaw" / "migration" / "auth-profiles.json", archive)


def sqlite_era_login(home: Path) -> None:
    i.config(home, model("openai/gpt-6-astra"), profiles={"openai:eve": {"provider": "openai", "mode": "oauth"}})
    i.database(home, {"openai:eve": i.login(provider="openai", expires=NOW - i.HOUR)})


def claude_cli_route(home: Path) -> None:
    i.config(
        home,
        model("anthropic/claude-opus-5"),
        profiles={"anthropic:claude-cli": {"provider": "claude-cli", "mode": "oauth"}, **DECLARED},
    )
    i.database(home, {A: i.key()})


def keys_in_variables_by_reference(home: Path) -> None:
    i.config(home, model("anthropic/claude-opus-5"))
    ref = {"source": "env", "provider": "default", "id": "ANTHROPIC_API_KEY"}
    i.database(home, {A: {"type": "api_key", "provider": "anthropic", "keyRef": ref}})


HEALTHY = (
    profile_only, env_file_only, same_key_twice, custom_provider, local_ollama, unfamiliar_prefix, with_comments,
    agents_that_inherit, agents_of_their_own, two_keys_in_rotation, setup_token, refreshable_login,
    qwen_login_of_its_own_program, sqlite_era, sqlite_era_with_agents, sqlite_era_login, claude_cli_route,
)  # fmt: skip


def complaints(home: Path, **env: str) -> list[str]:
    found = diagnose(mending.call(home, **env)).outcomes
    assert [item.check_id for item in found if item.state == "crashed"] == []
    mine = [item for outcome in found for item in outcome.findings if item.check_id.startswith("credentials/")]
    return [f"{item.check_id}: {item.message}" for item in mine if item.severity > Severity.INFO]


@pytest.mark.parametrize("made", HEALTHY, ids=lambda made: made.__name__)
def test_nothing_is_complained_about(made: Callable[[Path], None], tmp_path: Path) -> None:
    made(tmp_path / "home")
    assert complaints(tmp_path / "home") == []


@pytest.mark.parametrize(
    "made", [nothing_but_the_environment, profile_only, keys_in_variables_by_reference], ids=lambda made: made.__name__
)
def test_nothing_is_complained_about_where_the_key_is_in_the_environment(
    made: Callable[[Path], None], tmp_path: Path
) -> None:
    made(tmp_path / "home")
    assert complaints(tmp_path / "home", ANTHROPIC_API_KEY=i.KEY, GITHUB_TOKEN="ghp_" + "FAKE" * 9) == []
