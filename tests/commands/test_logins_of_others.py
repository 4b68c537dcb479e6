"""The login files of Claude Code, Codex, Qwen Code and MiniMax belong to those programs: nothing ever writes there."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import newer
from tests.commands.conftest import NOW, Machine

if TYPE_CHECKING:
    from pathlib import Path

OLD = "sk-ant-api03-" + "FAKE-CANARY-old-" * 6
NEW = "sk-ant-api03-" + "FAKE-CANARY-new-" * 6
TOKEN = "sk-ant-oat01-" + "FAKE-CANARY-tok-" * 6
AUTH = ("models", "auth")
FOR = ("--provider", "anthropic")
SHARED = {"access_token": OLD, "refresh_token": "FAKE-CANARY-r", "expiry_date": NOW + 10**8, "token_type": "Bearer"}
# The same secret stands in them, so that a rotation could want to replace it there.
LOGINS: dict[str, Any] = {
    ".claude/.credentials.json": {"claudeAiOauth": {"accessToken": OLD, "refreshToken": OLD, "expiresAt": NOW + 10**8}},
    ".codex/auth.json": {"OPENAI_API_KEY": OLD, "tokens": {"access_token": OLD, "refresh_token": OLD}},
    ".qwen/oauth_creds.json": SHARED,
    ".minimax/oauth_creds.json": SHARED,
}
STATS = {"anthropic:a": {"cooldownUntil": NOW + 10**7, "errorCount": 2}}
API = {"type": "api_key", "provider": "anthropic", "key": OLD}

WRITING: list[tuple[tuple[str, ...], str]] = [
    ((*AUTH, "paste-api-key", *FOR), NEW),
    ((*AUTH, "paste-token", *FOR, "--expires-in", "30d"), TOKEN),
    ((*AUTH, "setup-token"), TOKEN),
    ((*AUTH, "add"), NEW),
    ((*AUTH, "order", "set", *FOR, "anthropic:b", "anthropic:a"), ""),
    ((*AUTH, "order", "clear", *FOR), ""),
    ((*AUTH, "clear-cooldown", "anthropic:a"), ""),
    ((*AUTH, "sync", "--all-agents"), ""),
    ((*AUTH, "sync", "--from", "work", "--to", "main"), ""),
    ((*AUTH, "rotate", *FOR, "--profile-id", "anthropic:a"), NEW),
    ((*AUTH, "logout", "anthropic:a", "--all-agents"), ""),
    ((*AUTH, "logout", "qwen-portal:qwen-cli"), ""),
    ((*AUTH, "logout", "minimax-portal:minimax-cli", "--all-agents"), ""),
    (("onboard", "--non-interactive", "--no-verify", *FOR, "--key-stdin"), NEW),
    (("undo",), ""),
]  # fmt: skip


def host(machine: Machine) -> dict[str, Any]:
    """The login files, and agents with an order; returns what is to stay as it is."""
    for name, document in LOGINS.items():
        path = machine.write(machine.home / name, document, 0o600)
        os.utime(path, ns=(10**18, 10**18))
        os.utime(path.parent, ns=(10**18, 10**18))
    return seen(machine.home)


def seen(home: Path) -> dict[str, Any]:
    """Bytes, times, modes and names of everything in those directories."""
    folders = {name.partition("/")[0] for name in LOGINS}
    paths = [path for folder in sorted(folders) for path in (home / folder, *(home / folder).rglob("*"))]
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_mode, path.lstat().st_ino,
                    path.read_bytes() if path.is_file() else b"")
        for path in paths
    }  # fmt: skip


def older(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    document = {"profiles": {"anthropic:a": API, "anthropic:b": API | {"key": NEW[:-1]}}, "usageStats": STATS}
    machine.write(machine.store(), document | {"order": {"anthropic": ["anthropic:a", "anthropic:b"]}})
    machine.write(machine.store("work"), {"profiles": {"anthropic:a": API}})
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={OLD}\n")


def sqlite(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": API, "anthropic:b": API | {"key": NEW[:-1]}}, {"usageStats": STATS})
    agents = {
        "agents": {"ownership": "explicit", "entries": {"main": {}, "work": {}}},
        "meta": {"lastTouchedVersion": "2026.9.6"},
    }
    machine.write(machine.config, agents)
    newer.override(machine, "work", {"anthropic:w": API})


@pytest.mark.parametrize("era", [older, sqlite])
@pytest.mark.parametrize(("args", "stdin"), WRITING, ids=[" ".join(args) for args, _ in WRITING])
def test_they_are_never_written(machine: Machine, era: Any, args: tuple[str, ...], stdin: str) -> None:
    era(machine)
    before = host(machine)
    result = machine.run(*args, stdin=stdin.encode())
    assert "CANARY" not in result.out + result.err
    assert seen(machine.home) == before
    if era is sqlite:
        assert not list(machine.home.rglob("auth-profiles.json"))


def test_the_commands_of_the_table_do_something(machine: Machine) -> None:
    """Or the test above would show nothing: most of them succeed."""
    done = []
    for args, stdin in WRITING:
        if args[-1] not in ("setup-token", "add"):  # these want a terminal
            older(machine)
            host(machine)
            done.append(machine.run(*args, stdin=stdin.encode()).code)
    assert done.count(0) >= len(done) - 2  # the logins of other programs are not ours to log out
    assert json.loads((machine.home / ".qwen" / "oauth_creds.json").read_text()) == SHARED
