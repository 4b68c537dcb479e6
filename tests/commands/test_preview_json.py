"""`--dry-run --json`: the preview of a change as one document, for every command that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

KEY = "sk-ant-api03-FAKE-CANARY-0123456789-EXAMPLE"
NEW = b"sk-ant-api03-FAKE-other-CANARY-0123456789-EXAMPLE"
COMMANDS = [
    (("order", "set", "--provider", "anthropic", "anthropic:a"), b""),
    (("logout", "anthropic:a"), b""),
    (("clear-cooldown", "anthropic:a"), b""),
    (("sync", "--to", "work"), b""),
    (("rotate", "--provider", "anthropic"), NEW),
]


@pytest.fixture
def host(machine: Machine) -> Machine:
    profile = {"type": "api_key", "provider": "anthropic", "key": KEY}
    stats = {"anthropic:a": {"cooldownUntil": 4_000_000_000_000, "errorCount": 2}}
    machine.write(machine.store(), {"version": 1, "profiles": {"anthropic:a": profile}, "usageStats": stats})
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    return machine


@pytest.mark.parametrize(("words", "stdin"), COMMANDS, ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_the_preview_is_one_document_and_nothing_changes(host: Machine, words: tuple[str, ...], stdin: bytes) -> None:
    before = host.files()
    done = host.run("models", "auth", *words, "--dry-run", "--json", stdin=stdin)
    assert done.code == 0, done.err
    assert done.json["dryRun"] is True
    assert done.json["changes"]
    assert "CANARY" not in done.out + done.err
    assert host.files() == before


@pytest.mark.parametrize(("words", "stdin"), COMMANDS, ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_without_dry_run_it_is_a_usage_error_and_nothing_changes(
    host: Machine, words: tuple[str, ...], stdin: bytes
) -> None:
    before = host.files()
    done = host.run("models", "auth", *words, "--json", stdin=stdin)
    assert done.code == 1
    assert done.json["error"]["type"] == "usage"
    assert host.files() == before
