"""The same flags, given to the real program and to this one, come to the same keys and profiles (spec §2.12)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.interop.conftest import Machine

pytestmark = pytest.mark.interop

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
OPENAI = "sk-proj-FAKE0123456789abcdefghij0123456789"
PLAIN = "FAKE0123456789abcdef0123456789"
QUIET = ("--skip-health", "--skip-daemon", "--skip-channels", "--skip-ui")
GATEWAY = (
    "--auth-choice", "skip", "--gateway-port", "18799", "--gateway-bind", "lan",
    "--gateway-token", "FAKE-tok-0123456789", "--node-manager", "pnpm", "--workspace", "w", "--tailscale", "off",
)  # fmt: skip
GATEWAY_KEYS = ("gateway.mode", "gateway.port", "gateway.bind", "gateway.auth", "gateway.tailscale.mode",
                "skills.install.nodeManager", "agents.defaults.workspace")  # fmt: skip
PASSWORD = ("--auth-choice", "skip", "--gateway-auth", "password", "--gateway-password", "FAKE-pw-0123456789",
            "--tailscale", "funnel")  # fmt: skip
REMOTE = ("--mode", "remote", "--remote-url", "ws://127.0.0.1:1", "--remote-token", "FAKE-remote-0123")
TOKEN = (
    "--auth-choice",
    "token",
    "--token-provider",
    "anthropic",
    "--token",
    SETUP,
    "--token-profile-id",
    "anthropic:ci",
)

# flags, what is only ours (theirs keeps all keys but OpenAI's in profiles), the config keys that must be the same
OLDER: list[tuple[Sequence[str], Sequence[str], Sequence[str]]] = [
    (GATEWAY, (), GATEWAY_KEYS),
    (PASSWORD, (), ("gateway.auth.mode", "gateway.auth.password", "gateway.tailscale.mode")),
    (REMOTE, (), ("gateway.mode", "gateway.remote")),
    (("--auth-choice", "apiKey", "--anthropic-api-key", KEY), ("--store", "profile"), ("auth.profiles",)),
    (TOKEN, (), ("auth.profiles",)),
    (("--auth-choice", "openrouter-api-key", "--openrouter-api-key", f"sk-or-v1-{PLAIN}"), ("--store", "profile"),
     ("auth.profiles", "agents.defaults.model.primary")),
    (("--auth-choice", "moonshot-api-key-cn", "--moonshot-api-key", PLAIN), ("--store", "profile"),
     ("auth.profiles", "agents.defaults.model.primary", "models.providers.moonshot.baseUrl",
      "models.providers.moonshot.api")),
    (("--auth-choice", "openai-api-key", "--openai-api-key", OPENAI), ("--store", "env"), ()),
]  # fmt: skip
NEWER = [(GATEWAY, (), GATEWAY_KEYS), (REMOTE, (), ("gateway.mode", "gateway.remote"))]


def both(machine: Machine, flags: Sequence[str], ours: Sequence[str]) -> tuple[Machine, Machine]:
    """The home after the real program, and another after this one."""
    mine = replace(machine, home=machine.home.parent / "mine")
    mine.home.mkdir()
    theirs = machine.real("onboard", "--non-interactive", "--accept-risk", *QUIET, *flags)
    assert theirs.returncode == 0, theirs.stderr
    done = mine.ours("onboard", "--non-interactive", "--accept-risk", *QUIET, *flags, *ours, "--no-verify", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    return machine, mine


def config(machine: Machine) -> dict[str, Any]:
    """The config, with the home left out of paths."""
    text = (machine.home / ".openclaw/openclaw.json").read_text()
    found: dict[str, Any] = json.loads(text.replace(str(machine.home), "HOME"))
    return found


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path; None without it."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def profiles(machine: Machine) -> dict[str, Any]:
    """The stored profiles of the older program."""
    path = machine.home / ".openclaw/agents/main/agent/auth-profiles.json"
    return dict(json.loads(path.read_text())["profiles"]) if path.exists() else {}


def env_file(machine: Machine) -> str:
    """The env file's text."""
    path = machine.home / ".openclaw/.env"
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize("row", OLDER, ids=[" ".join(row[0][:2]) for row in OLDER])
def test_2026_2_3(row: tuple[Sequence[str], Sequence[str], Sequence[str]], machine_2026_2_3: Machine) -> None:
    flags, only_ours, keys = row
    real, mine = both(machine_2026_2_3, flags, only_ours)
    assert {key: at(config(mine), key) for key in keys} == {key: at(config(real), key) for key in keys}
    assert profiles(mine) == profiles(real)
    assert env_file(mine) == env_file(real)


@pytest.mark.parametrize("row", NEWER, ids=[" ".join(row[0][:2]) for row in NEWER])
def test_2026_9_6(row: tuple[Sequence[str], Sequence[str], Sequence[str]], machine_2026_9_6: Machine) -> None:
    flags, only_ours, keys = row
    real, mine = both(machine_2026_9_6, flags, only_ours)
    assert {key: at(config(mine), key) for key in keys} == {key: at(config(real), key) for key in keys}


def test_theirs_then_ours_changes_only_what_is_named(machine_2026_2_3: Machine) -> None:
    """On an installation that the real program made: the same flags again are nothing to do, and no token is made."""
    machine = machine_2026_2_3
    flags = ("--auth-choice", "apiKey", "--anthropic-api-key", KEY, "--gateway-port", "18799", "--gateway-bind", "lan")
    assert machine.real("onboard", "--non-interactive", "--accept-risk", *QUIET, *flags).returncode == 0
    before = (machine.home / ".openclaw/openclaw.json").read_bytes(), profiles(machine)
    done = machine.ours("onboard", "--non-interactive", "--accept-risk", *QUIET, *flags, "--no-verify", "--json")
    assert (done.returncode, json.loads(done.stdout)["changed"]) == (0, False), done.stderr
    assert ((machine.home / ".openclaw/openclaw.json").read_bytes(), profiles(machine)) == before
    port = machine.ours("onboard", "--json", "--gateway-port", "18800")
    assert (port.returncode, json.loads(port.stdout)["changed"]) == (0, True), port.stderr
    changed = (machine.home / ".openclaw/openclaw.json").read_text()
    assert changed == before[0].decode().replace("18799", "18800")


def test_theirs_then_ours_in_a_database(machine_2026_9_6: Machine) -> None:
    """Their key is found in their database: the same flags are nothing to do; and ours again after another key, too."""
    machine = machine_2026_9_6
    flags = ("--auth-choice", "apiKey", "--anthropic-api-key", KEY)
    assert machine.real("onboard", "--non-interactive", "--accept-risk", *QUIET, *flags).returncode == 0
    ours = ("onboard", "--non-interactive", "--accept-risk", *QUIET, "--no-verify", "--json")
    before = (machine.home / ".openclaw/openclaw.json").read_bytes()
    same = machine.ours(*ours, *flags)
    assert (same.returncode, json.loads(same.stdout)["changed"]) == (0, False), same.stderr
    other = ("--provider", "anthropic", "--key-env", "OTHER", "--store", "profile", "--existing", "replace")
    changed = [json.loads(machine.ours(*ours, *other, OTHER=KEY[:-4] + "zZ9_").stdout)["changed"] for _ in range(2)]
    assert changed == [True, False]
    token = json.loads(before)["gateway"]["auth"]
    assert json.loads((machine.home / ".openclaw/openclaw.json").read_text())["gateway"]["auth"] == token
