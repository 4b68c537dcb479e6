"""security/: command lines, logs, old copies and work trees, on real files and processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from doctor.engine import diagnose, run
from doctor.registry import known_checks
from openclaw.facts import Unavailable, exposure
from openclaw.facts.needles import Needles, on_command_line
from openclaw.secret import fingerprint
from tests.checks import mending
from tests.doctor.homes import CONFIG, NOW, OPENAI_KEY, healthy, state, store, store_path, write

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


def test_what_units_start_and_words_around_a_key(home: Path, process: object) -> None:
    assert callable(process)
    script = write(home / "node_modules" / "openclaw" / "dist" / "entry.js", "sleep 30; :\n")
    argv = ["node", str(script), "gateway", "--params", f'{{"apiKey":"{OPENAI_KEY}"}}', "--token", "FAKE-odd-token-1"]
    with subprocess.Popen(argv, executable="/bin/sh", env={"HOME": str(home)}) as running:
        found = mending.findings(home, "security/secret-in-argv")
        running.kill()
    assert [(item.target.partition("/")[0], item.evidence["value"]) for item in found] == [
        ("openclaw", fingerprint(OPENAI_KEY)), ("openclaw", fingerprint("FAKE-odd-token-1")),
    ]  # fmt: skip
    assert "FAKE-odd" not in repr(found)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("openclaw gateway", "openclaw"),
        ("/usr/bin/openclaw-gateway", "openclaw-gateway"),
        ("node /usr/lib/node_modules/openclaw/dist/entry.js gateway", "openclaw"),
        ("/usr/bin/node22 /usr/lib/node_modules/openclaw/dist/index.js gateway", "openclaw"),
        ("node --max-old-space-size=512 /usr/bin/openclaw gateway", "openclaw"),
        ("node -r ./early.js --import x.mjs /usr/bin/openclaw.mjs gateway", "openclaw.mjs"),
        ("node /x/@anthropic-ai/claude-code/cli.js -p", "claude-code"),
        ("python3 /venv/bin/openclaw doctor", "openclaw"),
        ("node -e x /usr/bin/openclaw", ""),
        ("node /home/eve/openclaw/tools/report.js", ""),
        ("node /home/openclaw/app/dist/index.js", ""),
        ("node", ""),
        ("", ""),
        ("sh -c openclaw", ""),
        ("vim openclaw.json", ""),
        ("grep -r openclaw .", ""),
        ("tail -f /x/.openclaw/logs/gateway.log", ""),
    ],
)
def test_which_programs_count(line: str, name: str) -> None:
    assert exposure._program(line.split()) == name


@pytest.mark.parametrize(
    ("line", "secrets"),
    [
        (["--message", f"use key {OPENAI_KEY} please"], [OPENAI_KEY]),
        ([f"--header=Authorization: Bearer {OPENAI_KEY}."], [OPENAI_KEY]),
        ([f"OPENAI_API_KEY={OLD_KEY}"], [OLD_KEY]),
        (["--message", f"try {OLD_KEY}"], [OLD_KEY]),
        (["--token=short-odd"], ["short-odd"]),
        (["--openai-api-key", "odd-key-of-mine"], ["odd-key-of-mine"]),
        (["--token", OPENAI_KEY], [OPENAI_KEY]),
        (["--token-file", "/run/secrets/token"], []),
        (["--token", "--force"], []),
        (["--token", "$OPENCLAW_GATEWAY_TOKEN"], []),
        (["--auth-choice", "token", "gateway-with-a-token"], []),
        (["--message", "sk-learn-is-a-library"], []),
        (["--token", "YOUR_API_KEY"], []),
        (["--message", "my key is in OPENAI_API_KEY"], []),
    ],
)
def test_what_on_a_command_line_is_a_secret(line: list[str], secrets: list[str]) -> None:
    assert list(on_command_line(["openclaw", *line], Needles([OPENAI_KEY]))) == secrets


# ---- logs ----------------------------------------------------------------------------------------------------------


def test_a_value_in_a_log(home: Path) -> None:
    log = write(state(home) / "logs" / "gateway.log", f'ok\n{{"header": "Bearer {OPENAI_KEY}"}}\nkey={OPENAI_KEY}\n')
    write(state(home) / "logs" / "other.log", f"{OLD_KEY}\n{OPENAI_KEY[:-1]}\n")
    [finding] = mending.findings(home, "security/secret-in-log")
    assert finding.where
    assert (finding.where.path, finding.where.line, finding.target) == (str(log), 2, "openai:default")
    assert OPENAI_KEY not in repr(finding)


ODD = "Zm9vYmFyQEZBS0U6RVhBTVBMRQ=="


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: {}. You can find it", "{}", "'{}'", "key={}&more", "https://eve:{}@host/", "({}),",
        '{{"error": "the key\\n{} is wrong"}}', "sha {}|", "[{}]", "x" * 9 + "{}" + "y" * 9,
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [OPENAI_KEY, ODD, "a:b@c=d/e+f~FAKE0123"])
def test_a_value_is_found_whatever_stands_around_it(text: str, value: str) -> None:
    for before in range(12):
        found = Needles([value, "another-value-0123456"]).found("." * before + text.format(value))
        assert list(found) == [value]


def test_what_is_no_secret_is_found_nowhere() -> None:
    names = ["OPENCLAW_GATEWAY_TOKEN", "__OPENCLAW_REDACTED__", "YOUR_API_KEY_HERE", "short-value-01", ""]
    assert Needles(names).found(" ".join(names)) == {}
    words = Needles(["correct-horse-battery"])
    assert words.found("correct-horse-batterys in_correct-horse-battery") == {}
    assert list(words.found("the correct-horse-battery!")) == ["correct-horse-battery"]
    assert Needles([OPENAI_KEY]).found(OPENAI_KEY[:-1] + "x" + OPENAI_KEY[1:]) == {}


def test_many_values_cost_no_more_than_a_few() -> None:
    values = [f"sk-ant-api03-{number:05}" + "FAKE" * 20 for number in range(3000)]
    needles = Needles(values)
    text = "FAKE" * 120_000
    started = time.monotonic()
    assert needles.found(text) == {}
    assert list(needles.found(f"{text} {values[7]} {text}")) == [values[7]]
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("name", ["gateway.log.1", "config-audit.jsonl", "sub/x.log", "a/b/y.txt"])
def test_every_file_of_the_logs_is_looked_at(home: Path, name: str) -> None:
    log = write(state(home) / "logs" / name, f"x\nIncorrect API key provided: {OPENAI_KEY}. You can\n")
    [finding] = mending.findings(home, "security/secret-in-log")
    assert finding.where
    assert (finding.where.path, finding.where.line) == (str(log), 2)


@pytest.mark.parametrize(("before", "line"), [("", 1), ("first\n", 2)])
def test_a_line_that_is_longer_than_what_is_read(home: Path, before: str, line: int) -> None:
    write(state(home) / "logs" / "gateway.log", f"{before}{'x' * 600_000}{OPENAI_KEY}")
    [finding] = mending.findings(home, "security/secret-in-log")
    assert finding.where
    assert finding.where.line == line


def test_packed_logs_and_links_to_elsewhere_are_not_read(home: Path) -> None:
    write(state(home) / "logs" / "old.log.gz", OPENAI_KEY)
    write(home / "notes.txt", OPENAI_KEY)
    (state(home) / "logs" / "notes.log").symlink_to(home / "notes.txt")
    assert not mending.findings(home, "security/secret-in-log")


def test_a_refresh_token_in_a_log(home: Path) -> None:
    login = {"type": "oauth", "provider": "openai-codex", "access": "FAKE-access" * 3, "refresh": "FAKE-refresh" * 3}
    store(home, {"openai:default": GOOD, "openai-codex:me": {**login, "expires": NOW + 9_999_999}})
    write(state(home) / "logs" / "gateway.log", f"refreshing with {login['refresh']}\n")
    assert [item.target for item in mending.findings(home, "security/secret-in-log")] == ["openai-codex:me"]


# ---- what is not known ---------------------------------------------------------------------------------------------


def outcome(home: Path, check_id: str) -> tuple[str, str]:
    found = next(item for item in diagnose(mending.call(home)).outcomes if item.check_id == check_id)
    return found.state, found.reason


def test_a_log_that_cannot_be_read_is_not_a_clean_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(state(home) / "logs" / "gateway.log", "nothing\n")
    assert outcome(home, "security/secret-in-log") == ("passed", "")

    def refuse(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("openclaw.facts.logfiles.tail", refuse)
    state_, reason = outcome(home, "security/secret-in-log")
    assert (state_, reason.endswith("gateway.log: Permission denied")) == ("unknown", True)


def test_a_locked_directory_of_logs_is_not_an_empty_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = state(home) / "logs"
    write(folder / "gateway.log", OPENAI_KEY)
    real = os.scandir

    def refuse(path: Any = ".") -> Any:
        if str(path) == str(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("os.scandir", refuse)
    assert outcome(home, "security/secret-in-log") == ("unknown", f"{folder}: Permission denied")
    assert outcome(home, "gateway/log-auth-errors")[0] == "unknown"


def test_logs_for_which_there_is_no_time_are_not_clean(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(state(home) / "logs" / "gateway.log", "nothing\n")
    monkeypatch.setattr(exposure, "SECONDS", -1.0)
    state_, reason = outcome(home, "security/secret-in-log")
    assert (state_, "no time" in reason) == ("unknown", True)
    assert outcome(home, "security/secret-in-argv")[0] == "unknown"


@pytest.mark.parametrize("check_id", ["security/secret-in-argv", "security/secret-in-log"])
def test_without_the_values_that_are_stored_nothing_is_known(check_id: str) -> None:
    item = next(item for item in known_checks() if item.id == check_id)
    assert run(item, dict.fromkeys(item.needs, Unavailable("the stores"))).state == "unknown"


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


@needs_git
@pytest.mark.parametrize(
    ("ignored", "shown"),
    [
        ("/.openclaw/openclaw.json\n/.openclaw/.env\n", "agents/main/agent/auth-profiles.json"),
        ("/.openclaw/openclaw.json\n/.openclaw/agents\n", ".env"),
        ("/.openclaw/agents\n/.openclaw/.env\n", "it"),
        ("*.json\n.env\n", ""),
        ("/.openclaw/*\n", ""),
        ("*\n!/.openclaw/.env\n", ""),  # what is in an ignored directory is ignored
        ("/.openclaw/*\n!/.openclaw/.env\n", ".env"),
    ],
)
def test_one_of_which_git_ignores_a_part(work_tree: Path, ignored: str, shown: str) -> None:
    write(state(work_tree) / ".env", f"OPENAI_API_KEY={OPENAI_KEY}\n")
    write(work_tree / ".gitignore", ignored)
    listed = subprocess.run(
        ["git", "-C", str(work_tree), "add", "-An", "."], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    found = mending.findings(work_tree, "security/repo")
    assert [item.message.partition("does not ignore ")[2] for item in found] == ([shown] if shown else [])
    assert (".env'" in listed or "auth-profiles" in listed or "openclaw.json" in listed) == bool(shown)
    for item in found:
        assert item.remedy
        for command in item.remedy.commands:
            subprocess.run(command, shell=True, check=True, capture_output=True, timeout=30)
    assert not mending.findings(work_tree, "security/repo")


@needs_git
def test_what_was_committed_already_is_not_ignored(work_tree: Path) -> None:
    write(state(work_tree) / ".env", f"OPENAI_API_KEY={OPENAI_KEY}\n")
    git(work_tree, "add", ".openclaw/.env")
    write(work_tree / ".gitignore", "/.openclaw\n")
    [finding] = mending.findings(work_tree, "security/repo")
    assert finding.message.endswith("does not ignore .env")
    assert finding.remedy
    for command in finding.remedy.commands:
        subprocess.run(command, shell=True, check=True, capture_output=True, timeout=30)
    assert not mending.findings(work_tree, "security/repo")


@needs_git
def test_a_store_behind_a_link_is_nothing_that_git_is_asked_about(work_tree: Path, tmp_path: Path) -> None:
    write(work_tree / ".gitignore", "*.json\n.env\n")
    moved = tmp_path / "agents"
    (state(work_tree) / "agents").rename(moved)
    (state(work_tree) / "agents").symlink_to(moved)
    assert not mending.findings(work_tree, "security/repo")


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
