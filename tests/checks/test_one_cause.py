"""One cause, one finding; and no finding where there is no cause: homes that were told more than is so."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.finding import Severity
from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import NOW, write

if TYPE_CHECKING:
    from pathlib import Path

GROQ = "gsk_" + "FAKE" * 13
XAI = "xai-" + "FAKE" * 20
LOGIN = {"claudeAiOauth": {"accessToken": i.TOKEN, "refreshToken": "sk-ant-ort01-FAKE", "expiresAt": NOW + 6 * i.HOUR}}
MODEL = {"agents": {"defaults": {"model": {"primary": "groq/some-model"}}}}
LOCAL = {"gateway": {"mode": "local", "auth": {"token": "FAKE-gateway-token"}}}


def bad(home: Path, **env: str) -> set[str]:
    """The ids of errors and warnings; what this machine lacks (the `claude` program, a terminal) does not count."""
    found = (item for item in mending.findings(home, **env) if item.severity > Severity.INFO)
    return {item.check_id for item in found} - {"claude/cli-missing", "terminal/no-tty"}


# ---- models that run through a program with a login of its own -----------------------------------------------------


@pytest.mark.parametrize("defaults", [
    {"model": {"primary": "claude-cli/opus"}},
    {"model": {"primary": "anthropic/opus-x"}, "models": {"anthropic/opus-x": {"agentRuntime": {"id": "claude-cli"}}}},
])  # fmt: skip
def test_a_claude_cli_that_is_logged_in_needs_no_credential(tmp_path: Path, defaults: dict[str, Any]) -> None:
    i.config(tmp_path, {**LOCAL, "meta": {"lastTouchedVersion": "2026.9.6"}, "agents": {"defaults": defaults}})
    write(tmp_path / ".claude" / ".credentials.json", json.dumps(LOGIN))
    assert bad(tmp_path) == set()


@pytest.mark.skipif(sys.platform == "darwin", reason="its keychain may hold the login")
def test_a_claude_cli_that_is_logged_out_is_logged_in_with_its_own_command(tmp_path: Path) -> None:
    i.config(tmp_path, {**LOCAL, "agents": {"defaults": {"model": {"primary": "claude-cli/opus"}}}})
    assert bad(tmp_path) == {"credentials/none"}
    i.store(tmp_path, {"groq:a": i.key(GROQ, "groq")})
    missing = i.only(tmp_path, "missing")
    assert missing.remedy
    assert missing.remedy.commands == ("claude /login",)
    assert bad(tmp_path, CLAUDE_CODE_OAUTH_TOKEN=i.TOKEN) == set()


# ---- nothing here, on purpose --------------------------------------------------------------------------------------


def test_a_client_of_a_gateway_elsewhere_needs_no_credential(tmp_path: Path) -> None:
    remote = {"mode": "remote", "remote": {"url": "wss://gateway.example.org", "token": "FAKE-gateway-token"}}
    i.config(tmp_path, {"gateway": remote, "wizard": {"lastRunAt": "2026-01-01T00:00:00Z"}})
    assert bad(tmp_path) == set()


def test_the_key_of_either_built_in_default_model_is_enough_where_no_version_is_known(tmp_path: Path) -> None:
    assert bad(tmp_path, OPENAI_API_KEY=i.OPENAI) == set()
    assert bad(tmp_path, ANTHROPIC_API_KEY=i.KEY) == set()
    assert "config/implicit-default" in bad(tmp_path, GROQ_API_KEY=GROQ)


@pytest.mark.parametrize("given", [{}, {"apiKey": ""}])
def test_a_local_server_without_a_key_is_one_warning_which_a_word_mends(tmp_path: Path, given: dict[str, str]) -> None:
    entry = {"baseUrl": "http://127.0.0.1:8000/v1", "models": [{"id": "m", "name": "M"}], **given}
    value = {**LOCAL, "agents": {"defaults": {"model": {"primary": "box/m"}}}, "models": {"providers": {"box": entry}}}
    i.config(tmp_path, value)
    assert bad(tmp_path) == {"credentials/local-blank"}
    before = mending.contents(tmp_path)
    journal = mending.applied(tmp_path, mending.plan_for(tmp_path, [i.only(tmp_path, "local-blank")]))
    assert bad(tmp_path) == set()
    mending.undone(journal)
    assert mending.contents(tmp_path) == before


def test_a_local_server_that_asks_for_no_key_or_has_it_elsewhere(tmp_path: Path) -> None:
    entry = {"baseUrl": "http://127.0.0.1:8000/v1", "models": [{"id": "m", "name": "M"}]}
    value = {**LOCAL, **MODEL, "models": {"providers": {"box": entry}}}
    i.config(tmp_path, value)
    i.store(tmp_path, {"groq:a": i.key(GROQ, "groq")})
    assert bad(tmp_path) == set()  # nobody uses it
    i.config(tmp_path, {**value, "agents": {"defaults": {"model": {"primary": "box/m"}}}})
    i.store(tmp_path, {"box:default": i.key("FAKE-key-of-a-box", "box")})
    assert bad(tmp_path) == set()


# ---- the cause, not what follows from it ---------------------------------------------------------------------------


def test_a_default_model_that_means_nothing_is_not_also_missing_a_credential(tmp_path: Path) -> None:
    i.config(tmp_path, {**LOCAL, "agents": {"defaults": {"model": {"primary": "groq/"}}}})
    i.store(tmp_path, {"groq:a": i.key(GROQ, "groq")})
    assert bad(tmp_path) == {"config/default-model"}


def test_a_model_where_older_versions_had_it_is_not_also_unset(tmp_path: Path) -> None:
    i.config(tmp_path, {**LOCAL, "agent": {"model": {"primary": "groq/some-model"}}})
    assert bad(tmp_path, GROQ_API_KEY=GROQ) == {"config/legacy-key"}


def test_what_a_config_that_was_cut_down_lacks_comes_back_with_it(tmp_path: Path) -> None:
    path = i.config(tmp_path, {**LOCAL, **MODEL, "channels": {"x": {"allowFrom": ["FAKE"] * 300}}})
    path.with_name("openclaw.json.bak").write_bytes(path.read_bytes())
    path.with_name("openclaw.json.bak").chmod(0o600)
    write(path, '{"meta": {"lastTouchedVersion": "2026.2.3"}}')
    i.store(tmp_path, {"groq:a": i.key(GROQ, "groq")})
    assert bad(tmp_path) == {"config/shrunk"}


def test_a_gateway_token_of_a_wrong_type_is_not_also_absent(tmp_path: Path) -> None:
    gateway = {"mode": "local", "auth": {"token": 123456}}
    i.config(tmp_path, {"gateway": gateway, **MODEL, "meta": {"lastTouchedVersion": "2026.2.3"}})
    i.store(tmp_path, {"groq:a": i.key(GROQ, "groq")})
    assert bad(tmp_path) == {"config/rejected"}


# ---- fields --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", [
    {"type": "api_key", "provider": "groq", "key": 12345},
    {"type": "token", "provider": "groq", "token": True},
    {"type": "token", "provider": "groq", "key": GROQ, "expires": NOW - i.HOUR},
])  # fmt: skip
def test_an_entry_without_a_secret_that_openclaw_finds_has_bad_fields_and_nothing_else(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    i.config(tmp_path, {**LOCAL, **MODEL})
    i.store(tmp_path, {"groq:a": entry})
    assert bad(tmp_path) == {"credentials/bad-fields"}


@pytest.mark.parametrize("document", [
    {"groq": {"apiKey": GROQ}},
    {"version": 1, "groq": {"apiKey": GROQ}, "xai": {"type": "api_key", "key": XAI}},
    {"version": 1, "profiles": {}, "groq:default": i.key(GROQ, "groq")},
])  # fmt: skip
def test_entries_beside_profiles_go_into_them_with_their_values(tmp_path: Path, document: dict[str, Any]) -> None:
    i.config(tmp_path, {**LOCAL, **MODEL})
    path = write(i.folder(tmp_path) / "auth-profiles.json", json.dumps(document, indent=2))
    assert bad(tmp_path) == {"credentials/bad-fields"}
    before = mending.contents(tmp_path)
    plan = mending.plan_for(tmp_path, mending.findings(tmp_path, "credentials/bad-fields"))
    assert GROQ not in mending.shown(tmp_path, plan)
    journal = mending.applied(tmp_path, plan)
    assert bad(tmp_path) == set()
    profiles = json.loads(path.read_text())["profiles"]
    assert profiles["groq:default"] == {"type": "api_key", "provider": "groq", "key": GROQ}
    assert set(json.loads(path.read_text())) <= {"version", "profiles"}
    mending.undone(journal)
    assert mending.contents(tmp_path) == before


@pytest.mark.parametrize("text", ["{}", '{"version": 1}', '{"version": 1, "note": {"by": "me"}}'])
def test_a_store_with_nothing_that_could_be_a_profile_stays_corrupt(tmp_path: Path, text: str) -> None:
    i.config(tmp_path, {**LOCAL, **MODEL})
    write(i.folder(tmp_path) / "auth-profiles.json", text)
    assert bad(tmp_path) == {"credentials/store-corrupt"}


# ---- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "found"), [
    (f"[Service]\nEnvironment=GROQ_API_KEY={GROQ}\n", True),
    (f'[Service]\nEnvironment="A=b" "GROQ_API_KEY={GROQ}"\n', True),
    ("[Service]\nEnvironment=PATH=/usr/bin\nExecStart=/usr/bin/node\n", False),
])  # fmt: skip
def test_a_unit_with_a_key_counts_where_no_manager_runs_it(tmp_path: Path, text: str, found: bool) -> None:
    i.config(tmp_path, {**LOCAL, **MODEL})
    i.store(tmp_path, {"groq:a": i.key(GROQ, "groq")})
    write(tmp_path / ".config" / "systemd" / "user" / "openclaw-gateway.service", text, 0o644)
    assert ("security/readable-by-others" in bad(tmp_path)) is found
