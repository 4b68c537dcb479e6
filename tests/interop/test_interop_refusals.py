"""What the real OpenClaw logs when a provider refuses a credential is recognised, in both eras."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.providers.servers import reply, server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.conftest import Machine

pytestmark = pytest.mark.interop

TOKEN = "sk-ant-oat01-" + "FAKE" * 23 + "abc"
KEY = "sk-ant-api03-" + "FAKE" * 23 + "abc"
RESTRICTED = {
    "type": "error",
    "error": {
        "type": "invalid_request_error",
        "message": "This credential is only authorized for use with Claude Code and cannot be used for other API "
        "requests.",
    },
}
BAD = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
MODEL = {
    "id": "claude-opus-4-5", "name": "x", "reasoning": False, "input": ["text"], "contextWindow": 200000,
    "maxTokens": 8000, "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
}  # fmt: skip


@pytest.fixture(params=["2026.2.3", "2026.9.6"])
def machine(request: pytest.FixtureRequest) -> Machine:
    found: Machine = request.getfixturevalue(f"machine_{request.param.replace('.', '_')}")
    return found


def write(home: Path, url: str, variable: str, value: str) -> None:
    """An installation that logs into its own state directory."""
    state = home / ".openclaw"
    state.mkdir(mode=0o700)
    anthropic = {"baseUrl": url, "api": "anthropic-messages", "models": [MODEL]}
    config = {
        "gateway": {"mode": "local"},
        "logging": {"file": str(state / "logs" / "openclaw.log")},
        "agents": {"defaults": {"model": {"primary": "anthropic/claude-opus-4-5"}}},
        "models": {"providers": {"anthropic": anthropic}},
    }
    (state / "logs").mkdir()
    (state / "openclaw.json").write_text(json.dumps(config))
    (state / ".env").write_text(f"{variable}={value}\n")
    (state / ".env").chmod(0o600)


def finding(machine: Machine, check_id: str) -> dict[str, Any]:
    done = machine.ours("doctor", "--json", "--only", check_id)
    assert TOKEN not in done.stdout + done.stderr
    [found] = json.loads(done.stdout)["findings"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("variable", "value", "status", "body", "check_id", "severity"),
    [
        ("ANTHROPIC_OAUTH_TOKEN", TOKEN, 400, RESTRICTED, "credentials/claude-code-only", "error"),
        pytest.param("ANTHROPIC_API_KEY", KEY, 401, BAD, "gateway/log-auth-errors", "warning", marks=pytest.mark.long),
    ],
    ids=["restricted", "bad"],
)
def test_a_refusal_that_the_real_one_logged(
    machine: Machine, variable: str, value: str, status: int, body: Any, check_id: str, severity: str
) -> None:
    with server(reply(status, body)) as found:
        write(machine.home, found.url, variable, value)
        machine.real("agent", "--local", "--agent", "main", "-m", "hi", "--timeout", "60")
        assert found.received
    log = machine.home / ".openclaw" / "logs" / "openclaw.log"
    assert log.stat().st_size
    result = finding(machine, check_id)
    assert result["severity"] == severity
    assert result["path"].endswith("openclaw.log")
    assert result["evidence"]["count"] == "1"
