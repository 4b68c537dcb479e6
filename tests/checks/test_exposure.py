"""security/: command lines, logs, old copies and work trees, on real files and processes."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from openclaw.secret import fingerprint
from tests.checks import mending
from tests.doctor.homes import CONFIG, OPENAI_KEY, healthy, state, store, store_path, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD_KEY = "sk-proj-" + "0LDK" * 20
GOOD = {"type": "api_key", "provider": "openai", "key": OPENAI_KEY}
OLD = {"type": "api_key", "provider": "openai", "key": OLD_KEY}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return healthy(folder)


def places(home: Path, check_id: str) -> list[str]:
    found = mending.findings(home, check_id)
    assert not any(key in repr(found) for key in (OPENAI_KEY, OLD_KEY))
    return [item.where.path if item.where else item.target for item in found]


# ---- argv ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def process(home: Path) -> Iterator[object]:
    """Starts a program of a given name with arguments; all are ended."""
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str, where: Path = home) -> int:
        argv = [name, "-c", "sleep 30; :", *arguments]
        running.append(subprocess.Popen(argv, executable="/bin/sh", env={"HOME": str(where)}))
        return running[-1].pid

    yield start
    for item in running:
        item.kill()
        item.wait()


def test_a_key_on_the_command_line_of_a_gateway(home: Path, process: object) -> None:
    assert callable(process)
    pid = process("openclaw-gateway", f"--api-key={OPENAI_KEY}")
    process("vim", OPENAI_KEY)  # another program's business
    process("claude", OPENAI_KEY, where=home.parent)  # of another home
    process("claude", "--model", "opus")
    [finding] = mending.findings(home, "security/secret-in-argv")
    assert finding.evidence["pid"] == str(pid)
    assert finding.target == f"openclaw-gateway/{fingerprint(OPENAI_KEY)}"
    assert "openai:default" in finding.message
    assert OPENAI_KEY not in repr(finding)


def test_a_key_that_is_stored_nowhere_is_one_too(home: Path, process: object) -> None:
    assert callable(process)
    pid = process("claude", "--key", OLD_KEY)
    found = mending.findings(home, "security/secret-in-argv")
    assert [item.evidence["value"] for item in found if item.evidence["pid"] == str(pid)] == [fingerprint(OLD_KEY)]


# ---- logs ----------------------------------------------------------------------------------------------------------


def test_a_value_in_a_log(home: Path) -> None:
    log = write(state(home) / "logs" / "gateway.log", f'ok\n{{"header": "Bearer {OPENAI_KEY}"}}\nkey={OPENAI_KEY}\n')
    write(state(home) / "logs" / "other.log", f"{OLD_KEY}\n{OPENAI_KEY[:-1]}\n")
    [finding] = mending.findings(home, "security/secret-in-log")
    assert finding.where
    assert (finding.where.path, finding.where.line, finding.target) == (str(log), 2, "openai:default")
    assert OPENAI_KEY not in repr(finding)


# ---- copies --------------------------------------------------------------------------------------------------------


def test_old_values_in_copies_are_found_taken_out_and_put_back(home: Path) -> None:
    document = {"version": 1, "profiles": {"openai:default": OLD, "openai:two": GOOD}}
    copy = write(store_path(home).with_name("auth-profiles.json.bak"), json.dumps(document, indent=2))
    env = write(state(home) / ".env.bak", f"OPENAI_API_KEY={OLD_KEY}\nOTHER=x\n")
    catalog = write(store_path(home).with_name("models.json"), json.dumps({"providers": {"x": {"apiKey": OLD_KEY}}}))
    before = mending.contents(home)
    found = mending.findings(home, "security/leftover-copy")
    assert {item.where.path for item in found if item.where} == {str(copy), str(env), str(catalog)}
    assert OLD_KEY not in repr(found)
    plan = mending.plan_for(home, found)
    assert OLD_KEY not in mending.shown(home, plan)
    journal = mending.applied(home, plan)
    assert not mending.findings(home, "security/leftover-copy")
    assert json.loads(copy.read_text())["profiles"]["openai:two"] == GOOD
    assert env.read_text() == "OTHER=x\n"
    mending.undone(journal)
    assert mending.contents(home) == before


def test_what_is_still_used_or_no_credential_is_no_leftover(home: Path) -> None:
    document = {"version": 1, "profiles": {"openai:default": GOOD, "b": {**OLD, "key": "__OPENCLAW_REDACTED__"}}}
    write(store_path(home).with_name("auth-profiles.json.bak"), json.dumps(document))
    write(state(home) / "openclaw.json.bak", CONFIG.replace("FAKE-gateway-token", "another-gateway-token-0123456789"))
    write(store_path(home).with_name("models.json"), json.dumps({"providers": {"x": {"apiKey": "ANTHROPIC_API_KEY"}}}))
    login = {"type": "oauth", "provider": "openai-codex", "access": "FAKE" * 9, "refresh": "EKAF" * 9}
    write(store_path(home).with_name("auth-profiles.json.bak.1"), json.dumps({"version": 1, "profiles": {"c": login}}))
    assert not places(home, "security/leftover-copy")


# ---- git -----------------------------------------------------------------------------------------------------------

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, timeout=30)


@pytest.fixture
def work_tree(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(home, "init", "-q")
    found = shutil.which("git")
    assert found
    monkeypatch.setattr(
        mending, "call", lambda home, _call=mending.call, **env: _call(home, PATH="/usr/bin:/bin", **env)
    )
    return home


@needs_git
def test_a_state_directory_in_a_work_tree(work_tree: Path) -> None:
    write(state(work_tree) / ".env", f"OPENAI_API_KEY={OPENAI_KEY}\n")
    [finding] = mending.findings(work_tree, "security/repo")
    assert finding.where
    assert finding.where.path == str(state(work_tree))
    assert finding.remedy
    for command in finding.remedy.commands:
        subprocess.run(command, shell=True, check=True, capture_output=True, timeout=30)
    assert not mending.findings(work_tree, "security/repo")


@needs_git
def test_one_that_git_ignores_is_fine_and_none_is_too(work_tree: Path, tmp_path: Path) -> None:
    write(work_tree / ".gitignore", "/.openclaw\n")
    assert not mending.findings(work_tree, "security/repo")
    other = tmp_path / "other"
    other.mkdir()
    assert not mending.findings(healthy(other), "security/repo")


def test_without_git_it_is_unknown(home: Path) -> None:
    from doctor.engine import diagnose

    (home / ".git").mkdir()
    outcome = next(item for item in diagnose(mending.call(home)).outcomes if item.check_id == "security/repo")
    assert (outcome.state, "git" in outcome.reason) == ("unknown", True)


def test_an_env_file_with_keys_in_the_working_directory(work_tree: Path) -> None:
    write(work_tree / ".gitignore", "/.openclaw\n")
    write(work_tree / ".env", "OTHER=1\n")
    assert not mending.findings(work_tree, "security/repo")
    write(work_tree / ".env", f"OPENAI_API_KEY={OPENAI_KEY}\n")
    assert places(work_tree, "security/repo") == [str(work_tree / ".env")]


def test_a_log_is_no_store(home: Path) -> None:
    assert store(home, {"openai:default": GOOD}).is_file()
    for check_id in ("secret-in-log", "leftover-copy", "repo"):
        assert not places(home, f"security/{check_id}")
