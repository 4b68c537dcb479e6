"""credentials/: misplaced, legacy-store, store-symlink, sqlite-store, secret-ref-unresolved."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from doctor.engine import diagnose
from openclaw.facts import places
from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import write

if TYPE_CHECKING:
    from pathlib import Path

A = "anthropic:default"
LEGACY = {"anthropic": {"type": "api_key", "provider": "anthropic", "key": i.KEY}}
FILE = json.dumps({"version": 1, "profiles": {"openai:default": i.key(i.OPENAI, "openai")}})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    i.config(home)
    i.store(home, {A: i.key()})
    return home


def state(home: Path, check_id: str, **env: str) -> str:
    found = diagnose(mending.call(home, **env)).outcomes
    return next(item.state for item in found if item.check_id == f"credentials/{check_id}")


@pytest.mark.parametrize(
    "place",
    [
        "credentials/auth-profiles.json",
        "agents/main/auth-profiles.json",
        ".openclaw/agents/main/agent/auth-profiles.json",
        "auth-profiles.json",
    ],
)
def test_a_store_where_nothing_reads_it(home: Path, place: str) -> None:
    path = write(home / ".openclaw" / place, FILE)
    finding = i.only(home, "misplaced")
    assert i.word(finding) == "warning confirm"
    assert finding.target == str(path)
    i.mended(home, "misplaced")
    (i.folder(home) / "auth-profiles.json").unlink()  # without a store, the fix makes one
    i.mended(home, "misplaced", reveals="missing")


def test_an_agents_misplaced_store_goes_to_that_agent(home: Path) -> None:
    i.config(home, agents=("work",))
    i.store(home, {}, "work")
    write(home / ".openclaw" / "agents" / "work" / "auth-profiles.json", FILE)
    plan = mending.plan_for(home, [i.only(home, "misplaced")])
    assert {str(change.path) for change in plan if hasattr(change, "keys")} == {  # type: ignore[union-attr]
        str(i.folder(home, "work") / "auth-profiles.json")
    }
    i.mended(home, "misplaced")


def test_a_misplaced_store_with_another_value_is_for_people(home: Path) -> None:
    path = write(
        home / ".openclaw" / "credentials" / "auth-profiles.json", json.dumps({"profiles": {A: i.key(i.OTHER_KEY)}})
    )
    finding = i.only(home, "misplaced")
    assert i.word(finding) == "warning manual"
    i.obeyed(home, finding)
    assert not path.exists()
    assert i.OTHER_KEY in (i.folder(home) / "auth-profiles.json").read_text()


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("workspace/auth-profiles.json", FILE),
        ("backups/2026/auth-profiles.json", FILE),
        ("a/b/c/d/auth-profiles.json", FILE),  # deeper than looked
        ("agents/main/agent/codex-home/auth.json", '{"OPENAI_API_KEY": null, "tokens": {"access_token": "x"}}'),
        ("credentials/auth-profiles.json", '{"version": 1, "profiles": {}}'),
        ("credentials/auth-profiles.json", json.dumps({"profiles": {A: i.key()}})),  # the same as is stored
        ("credentials/auth-profiles.json.bak", FILE),
        ("agents/main/agent/auth-profiles.json.bak.1", FILE),
    ],
)
def test_what_is_not_misplaced(home: Path, place: str, text: str) -> None:
    write(home / ".openclaw" / place, text)
    assert mending.findings(home, "credentials/misplaced") == []
    assert state(home, "misplaced") == "passed"


def test_the_search_follows_no_link_and_has_an_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = write(home / "outside" / "auth-profiles.json", FILE).parent
    (home / ".openclaw" / "credentials").symlink_to(outside)
    (home / ".openclaw" / "auth-profiles.json").symlink_to(outside / "auth-profiles.json")
    assert state(home, "misplaced") == "passed"
    monkeypatch.setattr(places, "MOST", 3)
    assert state(home, "misplaced") == "unknown"


def test_older_files_that_openclaw_will_import(home: Path) -> None:
    (i.folder(home) / "auth-profiles.json").unlink()
    write(i.folder(home) / "auth.json", json.dumps(LEGACY))
    finding = i.only(home, "legacy-store")
    assert i.word(finding) == "warning confirm"
    assert "when it next starts" in finding.message
    i.mended(home, "legacy-store")
    (i.folder(home) / "auth.json").unlink()
    write(home / ".openclaw" / "credentials" / "oauth.json", json.dumps({"anthropic": i.login(provider="anthropic")}))
    assert "when it next starts" in i.only(home, "legacy-store").message
    i.mended(home, "legacy-store")


def test_older_files_that_openclaw_will_never_import(home: Path) -> None:
    path = write(i.folder(home) / "auth.json", json.dumps({"openai": {"type": "api_key", "key": i.OPENAI}}))
    assert "only as long as there is no store" in i.only(home, "legacy-store").message
    i.mended(home, "legacy-store")
    path.write_text(json.dumps(LEGACY))  # in the store already
    assert mending.findings(home, "credentials/legacy-store") == []
    path.write_text("{broken")
    assert mending.findings(home, "credentials/legacy-store") == []
    assert state(home, "legacy-store") == "unknown"  # what it holds nobody knows


@pytest.mark.parametrize("text", ["{broken", "[]"])
def test_a_stray_that_cannot_be_read_is_not_said_to_be_none(home: Path, text: str) -> None:
    assert state(home, "misplaced") == "passed"
    write(home / ".openclaw" / "credentials" / "auth-profiles.json", text)
    assert state(home, "misplaced") == "unknown"


@pytest.mark.parametrize(
    "check_id",
    [
        "config-mismatch",
        "bad-fields",
        "bill-shock",
        "missing",
        "none",
        "claude-code-only",
        "order-unknown",
        "all-unusable",
    ],
)
def test_a_store_that_cannot_be_read_leaves_it_open(home: Path, check_id: str) -> None:
    write(i.folder(home) / "auth-profiles.json", "{broken")
    assert state(home, check_id) == "unknown"


@pytest.mark.parametrize("check_id", ["order-unknown", "all-unusable", "claude-code-only", "config-mismatch"])
def test_a_config_that_cannot_be_read_leaves_it_open(home: Path, check_id: str) -> None:
    write(home / ".openclaw" / "openclaw.json", "{broken")
    assert state(home, check_id) == "unknown"


def test_older_files_of_the_sqlite_era_are_imported_by_openclaws_doctor(home: Path) -> None:
    (i.folder(home) / "auth-profiles.json").unlink()
    i.database(home, {A: i.key()})
    write(i.folder(home) / "auth.json", json.dumps({"openai": {"type": "api_key", "key": i.OPENAI}}))
    finding = i.only(home, "legacy-store")
    assert i.word(finding) == "warning manual"
    assert i.printed(finding) == ("openclaw real doctor --fix",)


def test_a_store_behind_a_symlink(home: Path) -> None:
    path = i.folder(home) / "auth-profiles.json"
    path.rename(home / "elsewhere.json")
    path.symlink_to(home / "elsewhere.json")
    finding = i.only(home, "store-symlink")
    assert i.word(finding) == "warning manual"
    i.obeyed(home, finding)
    assert (home / "elsewhere.json").exists()
    assert not path.is_symlink()


def test_a_database_behind_a_symlink(home: Path) -> None:
    (i.folder(home) / "auth-profiles.json").unlink()
    path = i.database(home, {A: i.key()})
    path.rename(home / "elsewhere.sqlite")
    path.symlink_to(home / "elsewhere.sqlite")
    [command] = i.printed(i.only(home, "store-symlink"))
    assert command.startswith("ls -l ")


def test_two_agents_with_one_store(home: Path) -> None:
    i.config(home, agents=("work",))
    path = i.folder(home, "work") / "auth-profiles.json"
    path.parent.mkdir(parents=True)
    path.symlink_to(i.folder(home) / "auth-profiles.json")
    finding = i.only(home, "store-symlink")
    assert "main and work" in finding.message
    i.obeyed(home, finding)
    path.unlink()
    os.link(i.folder(home) / "auth-profiles.json", path)
    i.obeyed(home, i.only(home, "store-symlink"))


def test_a_state_directory_behind_a_symlink_is_fine(home: Path) -> None:
    (home / ".openclaw").rename(home / "data")
    (home / ".openclaw").symlink_to(home / "data")
    assert state(home, "store-symlink") == "passed"
    assert state(home, "misplaced") == "passed"


def test_what_the_database_holds_is_told(home: Path) -> None:
    assert mending.findings(home, "credentials/sqlite-store") == []
    (i.folder(home) / "auth-profiles.json").unlink()
    path = i.database(home, {A: i.key(), "anthropic:manual": i.token()})
    finding = i.only(home, "sqlite-store")
    assert finding.severity.word == "info"
    assert finding.target == str(path)
    assert "2 profiles (1 api_key and 1 token)" in finding.message


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ('{"version": 1, "profiles": {}}', ["mv"]),
        ("", ["mv"]),
        ("{broken", ["mv", "${EDITOR:-vi}"]),
        (json.dumps({"profiles": {A: i.key()}}), ["mv"]),
        (FILE, ["openclaw real doctor --fix"]),
        (json.dumps({"profiles": {A: i.key(i.OTHER_KEY)}}), ["mv", "python3"]),
    ],
)
def test_a_json_store_beside_the_database(home: Path, text: str, commands: list[str]) -> None:
    i.database(home, {A: i.key()})
    path = write(i.folder(home) / "auth-profiles.json", text)
    [finding] = [item for item in mending.findings(home, "credentials/sqlite-store") if item.target == str(path)]
    assert i.word(finding) == "error manual"
    printed = i.printed(finding)
    assert len(printed) == len(commands)
    assert all(item.startswith(start) for item, start in zip(printed, commands, strict=True))
    assert i.OTHER_KEY not in repr(finding)
    if commands == ["mv"]:
        i.obeyed(home, finding)


def test_an_old_store_without_a_database_yet_blocks_a_newer_openclaw(home: Path) -> None:
    i.config(home, {**i.ANTHROPIC, "meta": {"lastTouchedVersion": "2026.9.6"}})
    finding = i.only(home, "sqlite-store")
    assert i.word(finding) == "error manual"


def referring(home: Path, ref: dict[str, Any], **secrets: Any) -> None:
    (i.folder(home) / "auth-profiles.json").unlink(missing_ok=True)
    i.config(home, {**i.ANTHROPIC, "secrets": {"providers": secrets}})
    i.database(home, {A: {"type": "api_key", "provider": "anthropic", "keyRef": ref}})


def test_references_to_variables(home: Path) -> None:
    assert state(home, "secret-ref-unresolved") == "skipped"
    referring(home, {"source": "env", "provider": "default", "id": "ANTHROPIC_API_KEY"})
    finding = i.only(home, "secret-ref-unresolved")
    assert i.word(finding) == "error manual"
    assert finding.target == A
    assert state(home, "secret-ref-unresolved", ANTHROPIC_API_KEY=i.KEY) == "passed"
    assert "empty" in i.only(home, "secret-ref-unresolved", ANTHROPIC_API_KEY=" ").message


def test_references_to_files(home: Path) -> None:
    path = home / "secrets.json"
    provider = {"source": "file", "path": str(path), "mode": "json"}
    ref = {"source": "file", "provider": "disk", "id": "/anthropic/key"}
    referring(home, ref, disk=provider)
    assert "does not exist" in i.only(home, "secret-ref-unresolved").message
    write(path, json.dumps({"anthropic": {"key": i.KEY}}))
    assert state(home, "secret-ref-unresolved") == "passed"
    path.chmod(0o644)
    assert i.only(home, "secret-ref-unresolved")
    write(path, json.dumps({"anthropic": {}}))
    assert i.only(home, "secret-ref-unresolved")
    referring(home, ref)
    assert "secrets.providers.disk" in i.only(home, "secret-ref-unresolved").message


def test_a_program_is_not_run_and_so_it_is_unknown(home: Path) -> None:
    program = write(home / "program", f"#!/bin/sh\ntouch {home}/was-run\n", 0o700)
    provider = {"source": "exec", "command": str(program)}
    referring(home, {"source": "exec", "provider": "vault", "id": "anthropic"}, vault=provider)
    assert state(home, "secret-ref-unresolved") == "unknown"
    assert not (home / "was-run").exists()


def test_a_reference_of_the_config(home: Path) -> None:
    entry = {"baseUrl": "https://example.org", "apiKey": {"source": "env", "provider": "default", "id": "ACME_KEY"}}
    i.config(home, {**i.ANTHROPIC, "models": {"providers": {"acme": entry}}})
    finding = i.only(home, "secret-ref-unresolved")
    assert finding.target == "models.providers.acme.apiKey"
    assert finding.where
    assert finding.where.line
