"""config/: what tools destroyed, keys of other versions, models that mean nothing, a setup that is not whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from checks import setup
from openclaw.check import Unknown
from openclaw.environment.layers import Layer, combine
from openclaw.era import Era
from openclaw.facts.service import Daemon
from openclaw.facts.setup import Copies, interrupted
from openclaw.finding import Severity
from tests.checks import facts as f
from tests.checks import mending
from tests.doctor.homes import LIMIT, OPENAI_KEY, SETUP_TOKEN, environment, state, store, write

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.environment.layers import Environment
    from openclaw.era import EraName
    from openclaw.finding import Finding

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
GOOD = {"type": "api_key", "provider": "openai", "key": OPENAI_KEY}
GATEWAY = {"mode": "local", "auth": {"mode": "token", "token": "FAKE-gateway-token"}}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


def config(home: Path, **members: Any) -> Path:
    document = {"gateway": GATEWAY, "agents": {"defaults": {"model": {"primary": "openai/gpt-5.2"}}}, **members}
    return write(state(home) / "openclaw.json", json.dumps(document, indent=2))


def with_model(home: Path, setting: Any, **members: Any) -> Path:
    return config(home, agents={"defaults": {"model": setting}}, **members)


def outcome(home: Path, check_id: str) -> list[tuple[Severity, str]]:
    return [(item.severity, item.target) for item in mending.findings(home, check_id)]


def mended(home: Path, check_id: str) -> dict[str, Any]:
    """Fixed, found no more, and undone to the byte; returns the config as it was in between."""
    before, found = mending.contents(home), mending.findings(home, check_id)
    journal = mending.applied(home, mending.plan_for(home, found))
    assert not mending.findings(home, check_id)
    between = json.loads((state(home) / "openclaw.json").read_text())
    mending.undone(journal)
    assert mending.contents(home) == before
    assert isinstance(between, dict)
    return between


# ---- default-model -------------------------------------------------------------------------------------------------

NAMES = "agents.defaults.model.primary"


@pytest.mark.parametrize(
    ("setting", "targets"),
    [
        ({"primary": "openai/gpt-5.2"}, []),
        ({"primary": "opus"}, []),  # an alias, or a name that stands verbatim
        ({"primary": "ollama/llama3"}, []),
        ({"primary": "amazon-bedrock/anthropic.claude"}, []),
        ({"primary": "z.ai/glm-5"}, []),
        ({"primary": "acme/big"}, []),  # configured under models.providers
        ({"primary": "home/made"}, []),  # a plugin's, and it has a credential
        ({"primary": "anthropc/claude"}, [NAMES]),
        ({"primary": "openai/"}, [NAMES]),
        ({"primary": "/gpt-5.2"}, [NAMES]),
        ({"primary": "openai/gpt-5.2", "fallbacks": ["nowhere/x"]}, ["agents.defaults.model.fallbacks.0"]),
    ],
)
def test_default_model(home: Path, setting: dict[str, Any], targets: list[str]) -> None:
    acme = {"acme": {"baseUrl": "https://acme.example/v1", "apiKey": "FAKE-odd-key", "models": []}}
    with_model(home, setting, models={"providers": acme})
    store(home, {"home:default": {"type": "api_key", "provider": "home", "key": "FAKE-" + "x" * 30}})
    assert [target for _, target in outcome(home, "config/default-model")] == targets


def test_default_model_of_an_agent_names_its_place_and_the_provider_that_is_meant(home: Path) -> None:
    agents = {"defaults": {"model": {"primary": "openai/gpt-5.2"}}, "list": [{"id": "work", "model": "openia/gpt-5"}]}
    config(home, agents=agents)
    [finding] = mending.findings(home, "config/default-model")
    assert finding.target == "agents.list.0.model"
    assert finding.where
    assert finding.where.line
    assert finding.message.endswith("neither built in nor configured: openai?")


# ---- implicit-default ----------------------------------------------------------------------------------------------


def test_implicit_default_is_found_and_set(home: Path) -> None:
    config(home, agents={})
    store(home, {"openai:default": GOOD})
    [finding] = mending.findings(home, "config/implicit-default")
    assert finding.severity == ERROR
    assert "anthropic/claude-opus-4-5, has no credential, while openai has one" in finding.message
    assert mended(home, "config/implicit-default")["agents"]["defaults"]["model"]["primary"].startswith("openai/")


def test_implicit_default_of_the_newer_version(home: Path) -> None:
    config(home, agents={}, meta={"lastTouchedVersion": "2026.9.6"})
    [finding] = mending.findings(home, "config/implicit-default", ANTHROPIC_API_KEY="sk-ant-api03-" + "FAKE" * 24)
    assert "openai/gpt-6-astra, has no credential, while anthropic has one" in finding.message


@pytest.mark.parametrize("kind", ["explicit", "has one", "nothing at all", "expired but there"])
def test_implicit_default_is_not_found(home: Path, kind: str) -> None:
    config(home, **({} if kind == "explicit" else {"agents": {}}))
    anthropic = {"type": "token", "provider": "anthropic", "token": SETUP_TOKEN}
    profiles: dict[str, Any] = {"openai:default": GOOD}
    if kind == "has one":
        profiles["anthropic:default"] = anthropic
    if kind == "expired but there":
        profiles["anthropic:default"] = {**anthropic, "expires": 1_700_000_000_000}
    if kind != "nothing at all":
        store(home, profiles)
    assert not outcome(home, "config/implicit-default")


# ---- gateway-token -------------------------------------------------------------------------------------------------


def test_gateway_token_is_found_and_made(home: Path) -> None:
    config(home, gateway={"mode": "local", "port": 18789})
    assert outcome(home, "config/gateway-token") == [(WARNING, "gateway.auth")]
    auth = mended(home, "config/gateway-token")["gateway"]["auth"]
    assert auth["mode"] == "token"
    assert len(auth["token"]) == 48


@pytest.mark.parametrize(
    "gateway",
    [
        GATEWAY,
        {"mode": "local", "auth": {"password": "FAKE-pass"}},
        {"mode": "local", "auth": {"token": {"source": "env", "id": "TOKEN"}}},
        {"mode": "local", "auth": {"mode": "none"}},
        {"mode": "remote", "remote": {"url": "wss://gateway.example"}},
        {},
    ],
)
def test_gateway_token_is_not_found(home: Path, gateway: dict[str, Any]) -> None:
    config(home, gateway=gateway)
    assert not outcome(home, "config/gateway-token")


@pytest.mark.parametrize(
    ("auth", "made"),
    [
        ({"token": "undefined"}, True),
        ({"token": " null "}, True),
        ({"token": "YOUR_GATEWAY_TOKEN"}, True),
        ({"token": "<token>"}, True),
        ({"token": "change-me-to-a-long-random-token"}, True),
        ({"mode": "password", "password": "changeme"}, False),
        ({"token": "secret"}, None),  # short, and somebody's choice
        ({"token": "nullable-FAKE-token-of-somebody"}, None),
        ({"token": "change-of-plans-FAKE-1f8a0c5e"}, None),
        ({"token": "undefined", "password": "FAKE-own-password"}, None),
        ({"token": {"source": "env", "provider": "default", "id": "GWT"}}, None),
    ],
)
def test_a_gateway_token_that_is_none(home: Path, auth: dict[str, Any], made: bool | None) -> None:
    config(home, gateway={"mode": "local", "auth": auth}, meta={"lastTouchedVersion": "2026.9.6"})
    store(home, {"openai:default": GOOD})
    found = mending.findings(home, "config/gateway-token")
    assert [(item.target, item.remedy and item.remedy.fix) for item in found] == (
        [] if made is None else [("gateway.auth", "confirm" if made else "manual")]
    )
    if made:
        assert len(mended(home, "config/gateway-token")["gateway"]["auth"]["token"]) >= 40


def test_a_variable_that_is_no_token(home: Path) -> None:
    config(home, gateway={"mode": "local"})
    assert mending.findings(home, "config/gateway-token", OPENCLAW_GATEWAY_TOKEN="undefined")
    config(home)
    assert not mending.findings(home, "config/gateway-token", OPENCLAW_GATEWAY_TOKEN="undefined")


def test_gateway_token_may_come_from_the_environment(home: Path) -> None:
    config(home, gateway={"mode": "local"})
    assert not mending.findings(home, "config/gateway-token", OPENCLAW_GATEWAY_TOKEN="FAKE-gateway")


# ---- setup-incomplete ----------------------------------------------------------------------------------------------

WIZARD = {"lastRunVersion": "2026.2.3", "lastRunCommand": "onboard"}


def test_setup_incomplete(home: Path) -> None:
    config(home, wizard=WIZARD)
    assert outcome(home, "config/setup-incomplete") == [(WARNING, "wizard")]
    store(home, {"openai:default": GOOD})
    assert not outcome(home, "config/setup-incomplete")
    config(home)
    assert not outcome(home, "config/setup-incomplete")


def test_an_interrupted_onboarding_waits(home: Path) -> None:
    from openclaw.change.place import folder_for

    config(home)
    store(home, {"openai:default": GOOD})
    call = mending.call(home)
    write(folder_for(state(home), call.env, call.user) / "onboarding.json", "{}")
    [finding] = mending.findings(home, "config/setup-incomplete")
    assert (finding.severity, finding.target) == (WARNING, "journal")
    assert finding.remedy
    assert finding.remedy.commands[0].endswith(" onboard --resume")
    assert interrupted.needs == ("home", "call")


# ---- shrunk --------------------------------------------------------------------------------------------------------


def backup(home: Path, name: str = "openclaw.json.bak", **members: Any) -> Path:
    document = {"gateway": GATEWAY, "channels": {str(n): {"enabled": True} for n in range(60)}, **members}
    return write(state(home) / name, json.dumps(document, indent=2))


def test_shrunk_is_found_and_restored(home: Path) -> None:
    write(state(home) / "openclaw.json", "{}")
    backup(home)
    [finding] = mending.findings(home, "config/shrunk")
    assert (finding.severity, finding.evidence["backup"]) == (ERROR, "~/.openclaw/openclaw.json.bak")
    assert len(mended(home, "config/shrunk")["channels"]) == 60


def test_a_file_that_a_tool_moved_aside_after_the_live_one_was_written(home: Path) -> None:
    live = config(home)
    aside = backup(home, "openclaw.json.clobbered.2026-11-01")
    os.utime(aside, (live.stat().st_mtime - 60,) * 2)
    assert not outcome(home, "config/shrunk")
    os.utime(aside, (live.stat().st_mtime + 60,) * 2)
    [finding] = mending.findings(home, "config/shrunk")
    assert finding.remedy
    assert finding.remedy.fix == "confirm"  # nothing else has what it has
    assert len(mended(home, "config/shrunk")["channels"]) == 60
    aside.write_text(aside.read_text()[:-3])
    os.utime(aside, (live.stat().st_mtime + 60,) * 2)
    [finding] = mending.findings(home, "config/shrunk")
    assert finding.remedy
    assert finding.remedy.fix == "manual"


def test_a_backup_that_lacks_its_end_shows_what_was_there(home: Path) -> None:
    write(state(home) / "openclaw.json", "{}")
    path = backup(home)
    path.write_text(path.read_text()[:-3])
    [finding] = mending.findings(home, "config/shrunk")
    assert "is itself not whole" in finding.message
    assert finding.remedy
    assert finding.remedy.fix == "manual"
    assert [command.split()[0] for command in finding.remedy.commands] == ["diff", "${EDITOR:-vi}"]


@pytest.mark.parametrize("kind", ["none", "same size", "small", "broken live"])
def test_shrunk_is_not_found(home: Path, kind: str) -> None:
    live = config(home)
    if kind == "same size":
        write(state(home) / "openclaw.json.bak", live.read_bytes())
    if kind == "small":
        write(live, "{}")
        write(state(home) / "openclaw.json.bak", '{"gateway": {"mode": "local"}}')
    if kind == "broken live":
        write(live, '{"a": ')
        backup(home)
    assert not outcome(home, "config/shrunk")


# ---- keys ----------------------------------------------------------------------------------------------------------


def test_unknown_keys_about_credentials_are_told_and_others_are_not(home: Path) -> None:
    auth = {"profiles": {"openai:default": {"provider": "openai", "mode": "api_key", "apikey": "x"}}, "ordre": {}}
    config(home, auth=auth, channels={"anything": 1}, plugins={"what": "ever"})
    found = outcome(home, "config/unknown-auth-key")
    assert found == [(INFO, "auth.ordre"), (INFO, "auth.profiles.openai:default.apikey")]


def test_legacy_keys_where_the_version_is_not_known(home: Path) -> None:
    config(home, agent={"model": "x"}, env={"OPENAI_API_KEY": OPENAI_KEY}, meta={"lastTouchedAt": "2026-02-03"})
    found = [target for _, target in outcome(home, "config/legacy-key")]
    assert sorted(found) == ["agent", "env.OPENAI_API_KEY", "meta.lastTouchedAt"]
    config(home, agent={}, meta={"lastTouchedVersion": "2026.2.3"})
    assert not outcome(home, "config/legacy-key")


# ---- rejected ------------------------------------------------------------------------------------------------------

NEWER, OLDER = {"lastTouchedVersion": "2026.9.6"}, {"lastTouchedVersion": "2026.2.3"}


@pytest.mark.parametrize(
    ("members", "moved"),
    [
        ({"telegram": {"botToken": "x"}, "meta": OLDER}, True),
        ({"agents": {"defaults": {"model": "openai/gpt-5.2"}}, "meta": OLDER}, True),
        ({"auth": {"cooldowns": {}}, "meta": NEWER}, True),
        ({"env": {"ACME_KEY": "x"}, "meta": NEWER}, True),
        ({"meta": {**NEWER, "lastTouchedAt": "x"}}, True),
        ({"auth": {"ordr": {}}, "meta": NEWER}, False),  # OpenClaw's doctor would throw it away
        ({"gateway": {**GATEWAY, "port": "x"}, "meta": OLDER}, False),
    ],
)
def test_what_openclaw_moves_by_itself_it_is_left_to_after_a_copy(
    home: Path, members: dict[str, Any], moved: bool
) -> None:
    path = config(home, **members)
    store(home, {"openai:default": GOOD})
    [finding] = mending.findings(home, "config/rejected")
    assert finding.remedy
    assert finding.remedy.fix == "manual"
    assert [command.split()[0] for command in finding.remedy.commands][:1] == ["cp" if moved else "${EDITOR:-vi}"]
    if moved:
        subprocess.run(["sh", "-c", finding.remedy.commands[0]], check=True)
        assert path.with_name("openclaw.json.before").read_bytes() == path.read_bytes()
        assert finding.remedy.commands[1].endswith("real doctor --fix")


def test_models_status_refuses_it_too(home: Path) -> None:
    config(home, auth={"ordr": {}}, meta=OLDER)
    store(home, {"openai:default": GOOD})
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", "models", "status", "--check"],
        env=environment(home), cwd=home, capture_output=True, text=True, timeout=LIMIT, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "auth.ordr" in done.stdout + done.stderr


def token_of(
    era: EraName = "json",
    *,
    here: dict[str, str] | None = None,
    there: dict[str, str] | None = None,
    complete: bool = True,
    **auth: Any,
) -> list[Finding]:
    def seen(variables: dict[str, str]) -> Environment:
        return combine([Layer("process", variables)])

    config = f.config({"gateway": {"mode": "local", "auth": auth}})
    daemon = Daemon(None, None if there is None else seen(there), complete)
    return f.found(setup.gateway_token, config, seen(here or {}), daemon, Copies(exists=True), Era(era))


@pytest.mark.parametrize("name", ["OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"])
def test_a_token_that_only_this_shell_has_is_none_for_the_service(name: str) -> None:
    token = {name: "FAKE-EXAMPLE-0001"}
    assert token_of(here=token) == []  # without a gateway: one that is started here has it
    assert token_of(there=token) == []
    [finding] = token_of(here=token, there={})
    assert finding.message.startswith("The local gateway has no token")
    assert token_of(here=token, there={}, token="FAKE") == []
    with pytest.raises(Unknown, match="not all"):
        token_of(here=token, there={}, complete=False)
    assert token_of(there=token, complete=False) == []


@pytest.mark.parametrize(("era", "number"), [("json", 0), ("unknown", 0), ("sqlite", 1)])
def test_the_name_of_before_the_rename_counts_for_older_versions(era: EraName, number: int) -> None:
    assert len(token_of(era, here={"CLAWDBOT_GATEWAY_TOKEN": "FAKE"})) == number
    assert len(token_of(era, there={"CLAWDBOT_GATEWAY_PASSWORD": "FAKE"})) == number
    assert len(token_of(era, there={"CLAWDBOT_GATEWAY_TOKEN": " "})) == 1
