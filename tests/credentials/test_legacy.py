"""The older files that OpenClaw imports where there is no store (auth-spec §3.5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openclaw.credentials.legacy import importable

if TYPE_CHECKING:
    from pathlib import Path

LOGIN = {"access": "FAKE-a", "refresh": "FAKE-r", "expires": 1}
KEY = {"type": "api_key", "key": "FAKE-k", "surplus": 1}


def put(path: Path, document: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


@pytest.mark.parametrize("agent", ["state/agents/main/agent", "anywhere"])
def test_the_logins_are_where_they_are_said_to_be(tmp_path: Path, agent: str) -> None:
    """Whatever the agent's directory is; its `auth.json` comes first."""
    oauth = put(tmp_path / "logins" / "oauth.json", {"anthropic": LOGIN, "chutes": LOGIN})
    put(tmp_path / "state" / "credentials" / "oauth.json", {"not": LOGIN})
    own = put(tmp_path / agent / "auth.json", {"anthropic": KEY})
    entries, used, broken = importable(tmp_path / agent / "auth-profiles.json", oauth)
    assert entries == {
        "anthropic:default": {"type": "api_key", "provider": "anthropic", "key": "FAKE-k"},
        "chutes:default": {"type": "oauth", "provider": "chutes", **LOGIN},
    }
    assert (used, broken) == ([own, oauth], {})


def test_a_broken_one_is_named_and_the_other_counts(tmp_path: Path) -> None:
    oauth = put(tmp_path / "oauth.json", "{")
    put(tmp_path / "agent" / "auth.json", {"anthropic": KEY})
    entries, _, broken = importable(tmp_path / "agent" / "auth-profiles.json", oauth)
    assert set(entries) == {"anthropic:default"}
    assert set(broken) == {str(oauth)}


def test_without_being_told_it_is_beside_the_agents(tmp_path: Path) -> None:
    put(tmp_path / "credentials" / "oauth.json", {"chutes": LOGIN})
    assert set(importable(tmp_path / "agents" / "x" / "agent" / "auth-profiles.json")[0]) == {"chutes:default"}
    assert importable(tmp_path / "elsewhere" / "auth-profiles.json")[0] == {}
