"""`--dry-run --json`: the preview of a change as one document, for every command that has one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from tests.commands.conftest import Machine

KEY = "sk-ant-api03-FAKE-CANARY-0123456789-EXAMPLE"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/change-preview.schema.json").read_text("utf-8"))
FAILURE = json.loads((Path(__file__).parents[2] / "docs/schemas/failure.schema.json").read_text("utf-8"))
NEW = b"sk-ant-api03-FAKE-other-CANARY-0123456789-EXAMPLE"
COMMANDS = [
    (("order", "set", "--provider", "anthropic", "anthropic:a"), b""),
    (("order", "clear", "--provider", "openai"), b""),
    (("logout", "anthropic:a"), b""),
    (("clear-cooldown", "anthropic:a"), b""),
    (("sync", "--to", "work"), b""),
    (("rotate", "--provider", "anthropic"), NEW),
]


def valid(schema: Any, document: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.fixture
def host(machine: Machine) -> Machine:
    profile = {"type": "api_key", "provider": "anthropic", "key": KEY}
    stats = {"anthropic:a": {"cooldownUntil": 4_000_000_000_000, "errorCount": 2}}
    machine.write(machine.store(), {"version": 1, "profiles": {"anthropic:a": profile}, "usageStats": stats,
                                    "order": {"openai": ["openai:x"]}})  # fmt: skip
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    return machine


@pytest.mark.parametrize(("words", "stdin"), COMMANDS, ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_the_preview_is_one_document_and_nothing_changes(host: Machine, words: tuple[str, ...], stdin: bytes) -> None:
    before = host.files()
    done = host.run("models", "auth", *words, "--dry-run", "--json", stdin=stdin)
    assert done.code == 0, done.err
    valid(SCHEMA, done.json)
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
    valid(FAILURE, done.json)
    assert done.json["error"]["type"] == "usage"
    assert host.files() == before


def test_where_nothing_would_change(host: Machine) -> None:
    done = host.run("models", "auth", "order", "clear", "--provider", "groq", "--dry-run", "--json")
    assert (done.code, done.json) == (0, {"ok": True, "dryRun": True, "changes": []})
    valid(SCHEMA, done.json)


@pytest.mark.parametrize(("words", "stdin"), COMMANDS, ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_what_openclaw_itself_would_be_told(machine: Machine, words: tuple[str, ...], stdin: bytes) -> None:
    """In the SQLite era; a failure is one document, too."""
    profile = {"type": "api_key", "provider": "anthropic", "key": KEY}
    newer.install(machine, {"anthropic:a": profile})
    agents = {"agents": {"list": [{"id": "main"}, {"id": "work"}]}, "meta": {"lastTouchedVersion": "2026.9.6"}}
    machine.write(machine.config, agents)
    done = machine.run("models", "auth", *words, "--dry-run", "--json", stdin=stdin)
    valid(SCHEMA if done.code == 0 else FAILURE, done.json)
    assert (done.code == 0) is (words[0] != "clear-cooldown")
    if done.code == 0 and words[0] != "sync":
        assert [change["action"] for change in done.json["changes"]] == ["run"]
    assert newer.calls(machine) == []
    assert "CANARY" not in done.out + done.err
