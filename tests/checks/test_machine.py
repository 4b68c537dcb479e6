"""claude/ and host/: programs and the machine, from hand-made facts and from real files."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checks import claude, host, programs
from doctor.collect import collect
from doctor.engine import diagnose, run
from openclaw.check import NotApplicable, Unknown
from openclaw.era import Era
from openclaw.facts import Unavailable, machine
from openclaw.facts.claude import Claude, ClaudeLogin, ClaudeVersion, claude_version, find, login
from openclaw.facts.files import StateDir
from openclaw.facts.machine import Account, Disk, Node, Owners, Programs, StateDirs
from openclaw.finding import Severity
from openclaw.invocation import Invocation
from openclaw.semver import satisfies
from tests.checks import facts as f

if TYPE_CHECKING:
    from openclaw.finding import Finding

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
BIN = Path("/usr/bin/claude")


def program(path: Path, text: str = "#!/bin/sh\nexit 0\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


def call(home: Path, **env: str) -> Invocation:
    return Invocation({"HOME": str(home), **env}, home, home, f.NOW)


def severities(findings: list[Finding]) -> list[Severity]:
    return [item.severity for item in findings]


# ---- claude --------------------------------------------------------------------------------------------------------


def test_a_claude_that_starts_is_fine_and_one_that_does_not_is_told() -> None:
    assert not f.found(claude.cli_broken, Claude(BIN), ClaudeVersion("2.1.197 (Claude Code)"), f.HOST)
    [finding] = f.found(claude.cli_broken, Claude(BIN), ClaudeVersion(problem="it ended with exit code 1"), f.HOST)
    assert (finding.severity, finding.where and finding.where.path) == (WARNING, str(BIN))
    with pytest.raises(NotApplicable):
        f.found(claude.cli_broken, Claude(None), ClaudeVersion(), f.HOST)


@pytest.mark.parametrize(
    ("text", "version", "problem"),
    [
        ("#!/bin/sh\necho '2.1.0 (Claude Code)'\n", "2.1.0 (Claude Code)", ""),
        ("#!/bin/sh\nexit 3\n", "", "it ended with exit code 3"),
        ("#!/no/such/interpreter\n", "", "it could not be started: the interpreter in its first line was not found"),
    ],
)
def test_claude_is_asked_for_its_version(tmp_path: Path, text: str, version: str, problem: str) -> None:
    path = program(tmp_path / "bin" / "claude", text)
    assert claude_version.collect(call(tmp_path), Claude(path)) == ClaudeVersion(version, problem)


def test_a_claude_that_hangs_costs_its_own_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openclaw.facts.claude.VERSION_LIMIT", 0.3)
    path = program(tmp_path / "claude", "#!/bin/sh\nexec sleep 60\n")
    found = claude_version.collect(call(tmp_path, PATH="/usr/bin:/bin"), Claude(path))
    assert found.timed_out
    assert f.found(claude.cli_broken, Claude(path), found, f.HOST)


def written(folder: Path, document: Any) -> Path:
    path = folder / ".credentials.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def oauth(**members: object) -> dict[str, object]:
    return {"claudeAiOauth": {"accessToken": "FAKE-access", "refreshToken": "FAKE-refresh", **members}}


@pytest.mark.parametrize(
    ("document", "state", "expires", "refreshable"),
    [
        (oauth(expiresAt=5), "present", 5, True),
        (oauth(expiresAt=5, refreshToken=""), "present", 5, False),
        (oauth(expiresAt=0, accessToken="", refreshToken=""), "blank", 0, False),
        (oauth(expiresAt="soon"), "present", 0, True),
        ({"mcpOauth": {}}, "absent", 0, False),
        ({"claudeAiOauth": {}}, "absent", 0, False),
        ({}, "absent", 0, False),
    ],
)
def test_the_login_file(tmp_path: Path, document: Any, state: str, expires: int, refreshable: bool) -> None:
    found = login(written(tmp_path, document))
    assert (found.state, found.expires, found.refreshable) == (state, expires, refreshable)
    assert "FAKE" not in repr(found)


LOGIN = ("claude/login-blank", "claude/login-expired")


@pytest.mark.parametrize(
    "document",
    ["", "not json", [], "null", {"claudeAiOauth": "x"}, {"claudeAiOauth": None}, "[" * 9999,
     '{"claudeAiOauth": {"accessToken": "", "refre'],
)  # fmt: skip
def test_a_login_file_that_is_broken_says_nothing(tmp_path: Path, document: Any) -> None:
    (tmp_path / ".claude").mkdir()
    written(tmp_path / ".claude", document)
    outcomes = {item.check_id: item for item in diagnose(call(tmp_path)).outcomes if item.check_id in LOGIN}
    assert {item.state for item in outcomes.values()} == {"unknown"}
    assert all(".credentials.json" in item.reason for item in outcomes.values())


def test_a_directory_in_the_place_of_the_login_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / ".claude" / ".credentials.json").mkdir(parents=True)
    found = collect(["claude_login", "cli_logins"], {"call": call(tmp_path)})
    assert isinstance(found["claude_login"], Unavailable)
    assert found["claude_login"].reason.endswith(".credentials.json: Is a directory")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tokens": {"access_to'])
def test_a_login_of_another_program_that_is_broken_is_not_known(tmp_path: Path, text: str) -> None:
    for name in (".claude/.credentials.json", ".codex/auth.json"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, "utf-8")
    found = collect(["cli_logins"], {"call": call(tmp_path)})["cli_logins"]
    assert (found.found, len(found.unread)) == ((), 2)


@pytest.mark.parametrize(
    "check", [claude.cli_missing, claude.cli_broken, claude.login_blank, claude.login_expired, claude.several],
    ids=lambda item: item.id,
)  # fmt: skip
def test_checks_of_the_claude_cli_without_their_facts(check: Any) -> None:
    outcome = run(check, dict.fromkeys(check.needs, Unavailable("it could not be collected in time")))
    assert (outcome.state, outcome.reason) == ("unknown", "it could not be collected in time")


def test_no_login_file_is_no_login(tmp_path: Path) -> None:
    assert login(tmp_path / ".claude" / ".credentials.json").state == "absent"


@pytest.mark.parametrize(
    ("found", "blank", "expired"),
    [
        (ClaudeLogin(BIN, "absent"), [], []),
        (ClaudeLogin(BIN, "blank"), [WARNING], []),
        (ClaudeLogin(BIN, "present", f.NOW - f.HOUR), [], [WARNING]),
        (ClaudeLogin(BIN, "present", f.NOW - f.HOUR, refreshable=True), [], []),
        (ClaudeLogin(BIN, "present", f.NOW + f.HOUR), [], []),
        (ClaudeLogin(BIN, "present"), [], []),
    ],
)
def test_login_blank_and_expired(found: ClaudeLogin, blank: list[Severity], expired: list[Severity]) -> None:
    assert severities(f.found(claude.login_blank, found, Claude(BIN), f.config(), f.HOST)) == blank
    assert severities(f.found(claude.login_expired, found, f.CLOCK)) == expired


RUNTIME = {"agents": {"defaults": {"models": {"anthropic/claude-opus-5": {"agentRuntime": {"id": "claude-cli"}}}}}}
OTHER = {"agents": {"defaults": {"models": {"anthropic/claude-opus-5": {"agentRuntime": {"id": "native"}}}}}}
OUT = ClaudeLogin(BIN, "absent")


@pytest.mark.parametrize(
    ("found", "path", "config", "host", "fires"),
    [
        (OUT, BIN, RUNTIME, f.HOST, True),
        (OUT, BIN, {}, f.HOST, False),
        (OUT, BIN, OTHER, f.HOST, False),
        (OUT, None, RUNTIME, f.HOST, False),  # cli-missing says it
        (OUT, BIN, RUNTIME, replace(f.HOST, os="macos"), False),  # its keychain has the login
        (replace(OUT, otherwise=True), BIN, RUNTIME, f.HOST, False),
        (ClaudeLogin(BIN, "present", f.NOW + f.HOUR), BIN, RUNTIME, f.HOST, False),
    ],
)
def test_models_that_go_through_a_claude_cli_without_a_login(
    found: ClaudeLogin, path: Path | None, config: Any, host: Any, fires: bool
) -> None:
    findings = f.found(claude.login_blank, found, Claude(path), f.config(config), host)
    assert severities(findings) == ([WARNING] if fires else [])
    assert not fires or "not logged in" in findings[0].message


@pytest.mark.parametrize(
    ("env", "settings", "otherwise"),
    [
        ({}, None, False),
        ({}, {"model": "opus"}, False),
        ({"CLAUDE_CODE_OAUTH_TOKEN": "FAKE"}, None, True),
        ({"CLAUDE_CODE_USE_BEDROCK": "1"}, None, True),
        ({"ANTHROPIC_API_KEY": " "}, None, False),
        ({}, {"apiKeyHelper": "/bin/key"}, True),
        ({}, {"env": {"ANTHROPIC_AUTH_TOKEN": "FAKE"}}, True),
    ],
)
def test_what_the_claude_cli_may_use_without_a_login(
    tmp_path: Path, env: dict[str, str], settings: Any, otherwise: bool
) -> None:
    (tmp_path / ".claude").mkdir()
    if settings is not None:
        (tmp_path / ".claude" / "settings.json").write_text(json.dumps(settings), "utf-8")
    found = collect(["claude_login"], {"call": call(tmp_path, **env)})["claude_login"]
    assert (found.state, found.otherwise) == ("absent", otherwise)


def test_several_counts_files_and_not_links(tmp_path: Path) -> None:
    one, two, link = (tmp_path / name / "claude" for name in ("one", "two", "link"))
    program(one)
    program(two)
    link.parent.mkdir()
    link.symlink_to(one)
    found = find({"PATH": f"{one.parent}:{link.parent}:{two.parent}:{one.parent}"}, tmp_path)
    assert (found.path, found.others) == (one, (two,))
    [finding] = f.found(claude.several, found, f.HOME)
    assert finding.severity == INFO
    assert not f.found(claude.several, find({"PATH": f"{one.parent}:{link.parent}"}, tmp_path), f.HOME)


# ---- host ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disk", "target"),
    [
        (Disk("/", 16 * 2**20), None),
        (Disk("/", 16 * 2**20 - 1), "space"),
        (Disk("/", 2**30, 0), "inodes"),
        (Disk("/", 2**30, 1), None),
        (Disk("/", 2**30, None), None),  # a file system without a limit of inodes
    ],
)
def test_disk_full(disk: Disk, target: str | None) -> None:
    assert [item.target for item in f.found(host.disk_full, disk)] == ([target] if target else [])


def test_disk_is_that_of_the_first_directory_that_exists(tmp_path: Path) -> None:
    home = replace(f.HOME, state=tmp_path / "a" / "b")
    assert machine.disk.collect(home).path == str(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owners_finds_strangers_and_does_not_follow_links(tmp_path: Path) -> None:
    state, outside = tmp_path / "state", tmp_path / "outside"
    (state / "agents").mkdir(parents=True)
    outside.mkdir()
    (outside / "other").write_text("", "utf-8")
    os.chown(outside / "other", 4321, -1)
    (state / "link").symlink_to(outside)
    home = replace(f.HOME, state=state)
    assert not f.found(host.mixed_owner, machine.owners.collect(home))
    (state / "agents" / "a.json").write_text("", "utf-8")
    os.chown(state / "agents" / "a.json", 4321, -1)
    [finding] = f.found(host.mixed_owner, machine.owners.collect(home))
    assert finding.severity == ERROR
    assert finding.message.startswith("agents/a.json belongs to user 4321, not to root")
    assert finding.remedy
    assert finding.remedy.commands == (f"chown -hR root {state}",)


def test_too_many_files_to_look_at_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "OWNERS_LOOKED_AT", 3)
    for number in range(5):
        (tmp_path / str(number)).write_text("", "utf-8")
    found = machine.owners.collect(replace(f.HOME, state=tmp_path))
    assert (found.looked_at, found.complete) == (3, False)
    with pytest.raises(Unknown):
        f.found(host.mixed_owner, found)


def test_a_stranger_is_found_by_whoever_asks() -> None:
    found = Owners(
        "/home/eve/.openclaw", 1000, 1000, "eve", (("/home/eve/.openclaw/a", 0), ("/home/eve/.openclaw/b", 0))
    )
    [finding] = f.found(host.mixed_owner, found)
    assert finding.remedy
    assert finding.remedy.commands == ("sudo chown -hR eve /home/eve/.openclaw",)
    assert "and 1 more belong to user 0, not to eve" in finding.message


def test_two_state_dirs(tmp_path: Path) -> None:
    home = replace(f.HOME, user=tmp_path, state=tmp_path / ".openclaw")
    (tmp_path / ".clawdbot").mkdir()
    alone = replace(home, state=tmp_path / ".clawdbot")
    assert not f.found(host.two_state_dirs, machine.state_dirs.collect(alone), alone)
    (tmp_path / ".openclaw").mkdir()
    (tmp_path / ".moltbot").symlink_to(tmp_path / ".openclaw")
    found = machine.state_dirs.collect(home)
    assert found == StateDirs((tmp_path / ".openclaw", tmp_path / ".clawdbot"), home.state)
    [finding] = f.found(host.two_state_dirs, found, home)
    assert (finding.severity, finding.target) == (WARNING, ".clawdbot")


EVE = Account("/home/eve", 1000, "/home/eve", home_owner=1000, home_owner_name="eve")
ROOT = Account("/root", 0, "/root", home_owner=0, home_owner_name="root")


@pytest.mark.parametrize(
    ("account", "command"),
    [
        (EVE, None),
        (ROOT, None),
        (replace(ROOT, sudo_user="eve"), None),  # sudo -H
        (Account("/srv/app", 4321, home_owner=4321), None),  # a container's user without an entry
        (Account("/work", 1000, "/home/eve", home_owner=1000), None),  # set on purpose
        (replace(EVE, home_owner=None), None),
        (replace(EVE, uid=0, registered="/root", sudo_user="eve"), "sudo -H -u eve openclaw doctor"),
        (replace(ROOT, home="/", sudo_user="eve"), "sudo -H -u eve openclaw doctor"),
        (Account("/root", 1000, "/home/eve", home_owner=0, home_owner_name="root"), "export HOME=/home/eve"),
        # Whose home it is counts, not who asked for root; a user without an entry has a number.
        (replace(EVE, uid=0, registered="/root", sudo_user="nobody"), "sudo -H -u eve openclaw doctor"),
        (Account("/srv/x", 0, "/root", home_owner=1234), "sudo -H -u '#1234' openclaw doctor"),
        (Account("/srv/x", 4321, home_owner=1234), "ls -ld /srv/x"),  # without an entry: no path is made up
    ],
)
def test_home_mismatch(account: Account, command: str | None) -> None:
    findings = f.found(host.home_mismatch, account, NO_STATE)
    assert [item.remedy and item.remedy.commands[0] for item in findings] == ([command] if command else [])


NO_STATE = StateDir("/home/eve", exists=False, owner=1000, uid=1000, writable=True)


@pytest.mark.parametrize("uid", [0, 1000])
def test_one_cause_is_one_finding_and_one_command(uid: int) -> None:
    account = Account("/srv/x", uid, "/home/eve", "nobody" if uid == 0 else "", home_owner=1234)
    state = replace(NO_STATE, path="/srv/x/.openclaw", exists=True, owner=1234, uid=uid)
    assert f.found(host.home_mismatch, account, state) == []
    [finding] = f.found(host.state_dir_usable, state)
    assert finding.target == "owner"
    if uid == 0:
        [other] = f.found(host.home_mismatch, account, NO_STATE)
        assert other.remedy
        assert finding.remedy
        assert other.remedy.commands == finding.remedy.commands == ("sudo -H -u '#1234' openclaw doctor",)
    elsewhere = replace(state, owner=uid)  # OPENCLAW_STATE_DIR
    assert len(f.found(host.home_mismatch, account, elsewhere)) == 1


def test_a_home_that_may_not_be_looked_at_is_unknown(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    found = machine.account.collect(call(loop))
    assert found.home_owner is None
    with pytest.raises(Unknown, match="Too many levels"):
        f.found(host.home_mismatch, found, NO_STATE)
    assert not machine.account.collect(call(tmp_path / "nowhere")).unseen


def test_the_account_is_read(tmp_path: Path) -> None:
    found = machine.account.collect(call(tmp_path, SUDO_USER="eve"))
    assert (found.uid, found.home_owner, found.sudo_user) == (os.geteuid(), tmp_path.stat().st_uid, "eve")


# ---- programs ------------------------------------------------------------------------------------------------------


def test_which_openclaw(tmp_path: Path) -> None:
    real = program(tmp_path / "npm" / "openclaw", "#!/usr/bin/env node\nrequire('./x')\n")
    ours = program(tmp_path / "pipx" / "openclaw", "#!/usr/bin/python3\nfrom openclaw.cli import main\nmain()\n")
    alone = machine.programs.collect(call(tmp_path, PATH=str(ours.parent)))
    assert not f.found(programs.which_openclaw, alone, f.HOME)
    both = machine.programs.collect(call(tmp_path, PATH=f"{real.parent}:{ours.parent}:{real.parent}"))
    assert both.found == ((str(real), False), (str(ours), True))
    [finding] = f.found(programs.which_openclaw, both, f.HOME)
    assert finding.severity == INFO
    assert f"{real} (OpenClaw itself); behind it on PATH: {ours} (this program)" in finding.message


def test_the_name_that_always_is_this_program(tmp_path: Path) -> None:
    program(tmp_path / "openclaw-onboard")
    assert machine.programs.collect(call(tmp_path, PATH=str(tmp_path))).name == "openclaw-onboard"
    two = Programs((("/a/openclaw", True), ("/b/openclaw", False)), "openclaw-onboard")
    [finding] = f.found(programs.which_openclaw, two, f.HOME)
    assert finding.remedy
    assert finding.remedy.commands[0] == "openclaw-onboard --version"


OPENCLAW = Node("/usr/bin/openclaw", ">=24.16.0 <25 || >=26.1.0", "/usr/bin/node", "v24.19.0")


@pytest.mark.parametrize(
    ("node", "severity"),
    [
        (OPENCLAW, None),
        (replace(OPENCLAW, version="v26.1.0"), None),
        (replace(OPENCLAW, version="v25.0.0"), WARNING),
        (replace(OPENCLAW, version="v18.20.1"), WARNING),
        (replace(OPENCLAW, path="", version=""), WARNING),
        (Node(), INFO),
    ],
)
def test_node(node: Node, severity: Severity | None) -> None:
    assert severities(f.found(programs.node_fits, node)) == ([severity] if severity else [])


def test_what_is_not_known_of_node_is_unknown() -> None:
    for unknown in (replace(OPENCLAW, version="", problem="no answer in 5 s"), replace(OPENCLAW, wanted="lts/*")):
        with pytest.raises(Unknown):
            f.found(programs.node_fits, unknown)
    with pytest.raises(NotApplicable):
        f.found(programs.node_fits, replace(OPENCLAW, wanted=""))


def test_node_is_asked_and_the_package_says_what_it_wants(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "node_modules" / "openclaw"
    program(package / "openclaw.mjs", "#!/usr/bin/env node\n")
    document = {"name": "openclaw", "version": "2026.9.6", "engines": {"node": ">=24"}}
    (package / "package.json").write_text(json.dumps(document), "utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "openclaw").symlink_to(package / "openclaw.mjs")
    era = Era("sqlite", "2026.9.6", "test", tmp_path / "bin" / "openclaw")
    env = {"PATH": str(tmp_path / "bin")}
    assert machine.node.collect(call(tmp_path, **env), era) == Node(str(era.program), ">=24")
    node = program(tmp_path / "bin" / "node", "#!/bin/sh\necho v22.1.0\n")
    found = machine.node.collect(call(tmp_path, **env), era)
    assert found == Node(str(era.program), ">=24", str(node), "v22.1.0")
    assert f.found(programs.node_fits, found)
    assert machine.node.collect(call(tmp_path, **env), Era("unknown")) == Node()


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("v22.12.0", ">=22.12.0", True),
        ("v22.11.9", ">=22.12.0", False),
        ("v24.16.0", ">=24.16.0 <25 || >=26.1.0", True),
        ("v25.3.0", ">=24.16.0 <25 || >=26.1.0", False),
        ("v26.0.9", ">=24.16.0 <25 || >=26.1.0", False),
        ("v20.1.0", "^20", True),
        ("v21.0.0", "^20", False),
        ("v0.3.1", "^0.2.3", False),
        ("v20.2.9", "~20.2", True),
        ("v20.3.0", "~20.2", False),
        ("v20.3.0", "20.x", True),
        ("v20.3.0", "> 20", False),
        ("v21.0.0", "<= 21", True),
        ("v21.0.0", "*", True),
        ("v21.0.0", "lts/*", None),
        ("nonsense", ">=1", None),
    ],
)
def test_ranges_of_versions(version: str, wanted: str, fits: bool | None) -> None:
    assert satisfies(version, wanted) is fits


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (f.HOST, None),
        (replace(f.HOST, container="docker"), "docker"),
        (replace(f.HOST, wsl=True), "wsl"),
        (replace(f.HOST, termux=True), "termux"),
    ],
)
def test_container(kind: Any, target: str | None) -> None:
    assert [item.target for item in f.found(programs.container, kind)] == ([target] if target else [])
