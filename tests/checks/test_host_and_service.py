"""claude/, host/ and security/"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks import claude, host, security
from openclaw.check import Unknown
from openclaw.facts.claude import Claude
from openclaw.facts.files import SecretFiles, StateDir
from openclaw.finding import Finding, Severity
from tests.checks import facts as f

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR


def commands(finding: Finding) -> tuple[str, ...]:
    assert finding.remedy
    return finding.remedy.commands


TOKEN = f.routes(f.route("anthropic", f.candidate("profile", "anthropic:manual", f.SETUP_TOKEN)))
KEY = f.routes(f.route("anthropic", f.candidate("env", "ANTHROPIC_API_KEY")))
RUNTIME = {"agents": {"defaults": {"agentRuntime": {"id": "claude-cli"}}}}
MODEL_RUNTIME = {"agents": {"defaults": {"models": {"anthropic/x": {"agentRuntime": {"id": "claude-cli"}}}}}}


@pytest.mark.parametrize(
    ("found", "config", "routes", "severity"),
    [
        (Claude(Path("/usr/bin/claude")), {}, TOKEN, None),
        (Claude(None), {}, KEY, INFO),
        (Claude(None), {}, TOKEN, WARNING),
        (Claude(None), RUNTIME, KEY, WARNING),
        (Claude(None), MODEL_RUNTIME, KEY, WARNING),
        (Claude(None), {}, f.routes(f.route("claude-cli")), WARNING),
    ],
)
def test_cli_missing(found: Claude, config: dict[str, Any], routes: Any, severity: Severity | None) -> None:
    findings = f.found(claude.cli_missing, found, f.config(config), routes, f.HOST)
    assert [item.severity for item in findings] == ([severity] if severity else [])


def test_cli_missing_has_the_command_of_the_platform() -> None:
    [finding] = f.found(claude.cli_missing, Claude(None), f.config(), TOKEN, f.HOST)
    assert commands(finding) == ("npm install -g @anthropic-ai/claude-code",)
    [finding] = f.found(claude.cli_missing, Claude(None), f.config(), TOKEN, replace(f.HOST, termux=True))
    assert "@2." in commands(finding)[0]
    elsewhere = Claude(None, (Path("/home/eve/.local/bin/claude"),))
    [finding] = f.found(claude.cli_missing, elsewhere, f.config(), TOKEN, f.HOST)
    assert commands(finding) == ('export PATH=/home/eve/.local/bin:"$PATH"',)


OUTER = 'export OPENCLAW_STATE_DIR="$HOME"/.openclaw'
NOWHERE = StateDir("/", exists=False, owner=0, uid=1000, writable=False)
SUDO = replace(NOWHERE, path="/home/eve", foreign_home="/home/eve")
NESTED = StateDir("/x/.openclaw/.openclaw", exists=True, owner=1000, uid=1000, writable=True, nested=True)


GOOD = StateDir("/home/eve/.openclaw", exists=True, owner=1000, uid=1000, writable=True)


@pytest.mark.parametrize(
    ("found", "targets", "command"),
    [
        (GOOD, [], ""),
        (replace(GOOD, exists=False, path="/home", owner=0), [], ""),
        (replace(GOOD, read_only=True, writable=False), ["read-only"], "findmnt -T /home/eve/.openclaw"),
        (replace(GOOD, owner=0), ["owner"], "sudo chown -R 1000 /home/eve/.openclaw"),
        (replace(GOOD, uid=0, owner_name="eve"), ["owner"], "sudo -H -u eve openclaw doctor"),
        (replace(GOOD, uid=0), ["owner"], "sudo -H -u '#1000' openclaw doctor"),
        (replace(GOOD, writable=False), ["writable"], "chmod u+rwx /home/eve/.openclaw"),
        (NOWHERE, ["writable"], OUTER),
        (replace(SUDO, own_home="/home/bob"), ["writable"], "export HOME=/home/bob"),
        (SUDO, ["writable"], "ls -ld /home/eve"),
        (replace(GOOD, directory=False), ["kind"], "mv /home/eve/.openclaw /home/eve/.openclaw.moved"),
        (NESTED, ["nested"], "export OPENCLAW_STATE_DIR=/x/.openclaw"),
        (replace(GOOD, nested=True, owner=0), ["owner", "nested"], "sudo chown -R 1000 /home/eve/.openclaw"),
    ],
)  # fmt: skip
def test_state_dir(found: StateDir, targets: list[str], command: str) -> None:
    findings = f.found(host.state_dir_usable, found)
    assert [item.target for item in findings] == targets
    assert all(item.severity == ERROR for item in findings)
    assert not findings or commands(findings[0]) == (command,)


def test_a_state_dir_of_another_user_whose_home_this_is() -> None:
    [finding] = f.found(host.state_dir_usable, replace(GOOD, owner=7, foreign_home="/home/eve", own_home="/b b"))
    assert finding.remedy
    assert "HOME is /home/eve, which is another user's" in finding.remedy.text
    assert commands(finding) == ("sudo chown -R 1000 /home/eve/.openclaw", "export HOME='/b b'")


def readable(*entries: Any, uid: int = 1000) -> list[Finding]:
    files = tuple(item for item in entries if not item.directory)
    folders = tuple(item for item in entries if item.directory)
    return f.found(security.readable_by_others, SecretFiles(files, folders, uid))


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_private_files(mode: int) -> None:
    assert readable(f.file("/x", mode)) == []


@pytest.mark.parametrize(
    ("mode", "what"), [(0o644, "read"), (0o640, "read"), (0o604, "read"), (0o622, "change"), (0o666, "read and change")]
)
def test_files_of_which_others_have_something(mode: int, what: str) -> None:
    [finding] = readable(f.file("/x y", mode))
    assert f"other users can {what} it" in finding.message
    assert finding.remedy
    assert (commands(finding), finding.remedy.fix) == (("chmod 600 '/x y'",), "auto")


def test_files_of_another_user_are_that_users() -> None:
    [finding] = readable(f.file("/x", 0o644, uid=0))
    assert finding.remedy
    assert (commands(finding), finding.remedy.fix) == (("sudo chmod 600 /x",), "manual")
    [finding] = readable(f.file("/x", 0o644, uid=1000), uid=0)
    assert finding.remedy
    assert (commands(finding), finding.remedy.fix) == (("chmod 600 /x",), "manual")


def test_many_files_of_one_directory_have_one_command() -> None:
    found = readable(*(f.file(f"/x/{number}", 0o644) for number in range(6)), f.file("/y", 0o644))
    assert len(found) == 7
    assert {commands(item) for item in found} == {
        ("find /x -maxdepth 1 -type f -exec chmod go-rwx {} +",),
        ("chmod 600 /y",),
    }


def test_what_could_not_be_seen_is_not_called_private() -> None:
    with pytest.raises(Unknown, match="/x/agents"):
        f.found(security.readable_by_others, SecretFiles((), (), 1000, "/x/agents"))


@pytest.mark.parametrize(
    ("mode", "own_group", "who"),
    [
        (0o755, False, ""),
        (0o700, False, ""),
        (0o777, False, "any user"),
        (0o1777, False, ""),
        (0o1775, False, ""),
        (0o775, False, "its group"),
        (0o775, True, ""),
        (0o777, True, "any user"),
    ],
)
def test_directories_that_others_can_write(mode: int, own_group: bool, who: str) -> None:
    findings = readable(f.file("/x", mode, directory=True, own_group=own_group))
    assert [who in item.message for item in findings] == ([True] if who else [])
    assert not findings or commands(findings[0]) == ("chmod go-w /x",)
