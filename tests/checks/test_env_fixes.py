"""env/: what is found in a written home, mended with the real apply, looked at again, and undone byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import checks
from checks import fixes
from doctor.collect import collect
from doctor.engine import run
from openclaw.change.apply import apply
from openclaw.change.journal import Journal
from openclaw.change.plan import Run
from openclaw.change.undo import undo
from openclaw.facts import builtin
from openclaw.invocation import Invocation
from openclaw.platforms import HostKind
from openclaw.proc import Done, NotDone
from openclaw.service.base import Manager, default_environment_parser
from openclaw.service.bus import Bus
from openclaw.service.systemd import Systemd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.finding import Finding

NOW = 1_770_000_000_000
OLD, NEW = "sk-ant-api03-FAKE-EXAMPLE-old-00000000", "sk-ant-api03-FAKE-EXAMPLE-new-00000000"
NAME = "ANTHROPIC_API_KEY"
UNIT = "openclaw-gateway.service"
SHOWN = "LoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=enabled\nFragmentPath={path}\n"
BY_ID = {item.id: item for item in checks.load()}


@dataclass
class Host:
    """A throw-away home, with a service manager that answers from files where it has a unit."""

    home: Path
    env: dict[str, str]
    controller: Any

    @property
    def state(self) -> Path:
        return self.home / ".openclaw"

    def write(self, path: str, text: str) -> Path:
        place = self.home / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        place.chmod(0o600)
        return place

    def facts(self, check_id: str) -> dict[str, Any]:
        needs = {*BY_ID[check_id].needs, *(fixes.load()[check_id].needs if check_id in fixes.load() else ())}
        call = Invocation(self.env, self.home / "project", self.home, NOW)
        given = {"call": call, "controller": self.controller, "gateway": self.controller.gateway()}
        return collect(sorted(needs), given, builtin)

    def outcome(self, check_id: str) -> Any:
        return run(BY_ID[check_id], self.facts(check_id))

    def found(self, check_id: str) -> tuple[Finding, ...]:
        outcome = self.outcome(check_id)
        assert outcome.state in ("passed", "found"), outcome
        findings: tuple[Finding, ...] = outcome.findings
        return findings

    def contents(self) -> dict[str, bytes]:
        skipped = (self.home / "journal",)
        files = (path for path in sorted(self.home.rglob("*")) if path.is_file())
        return {str(path): path.read_bytes() for path in files if not set(skipped) & set(path.parents)}

    def mend(self, finding: Finding) -> list[str]:
        """Applies the fix, without its commands, sees the finding gone, undoes it; the commands."""
        check_id = finding.check_id
        facts = self.facts(check_id)
        fix = fixes.load()[check_id]
        plan = fix.plan(finding, *(facts[need] for need in fix.needs))
        commands = [" ".join(change.argv) for change in plan if isinstance(change, Run)]
        files = tuple(change for change in plan if not isinstance(change, Run))
        before = self.contents()
        if files:
            journal = Journal(self.home / "journal")
            receipt = apply(files, journal=journal, home=self.home, title=fix.title, now=NOW)
            self.after = self.contents()
            assert finding.fingerprint not in {item.fingerprint for item in self.found(check_id)}
            undo(journal, receipt.id)
            assert self.contents() == before
            assert finding.fingerprint in {item.fingerprint for item in self.found(check_id)}
        return commands

    def text(self, path: str) -> str:
        return self.after[str(self.home / path)].decode()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    home = tmp_path / "home"
    for folder in (home, home / ".openclaw", home / "project"):
        folder.mkdir(mode=0o700)
    return Host(home, {"HOME": str(home), "PATH": "/nowhere"}, NoManager())


class NoManager:
    """A host without a service manager."""

    def gateway(self) -> None:
        return None


def with_unit(host: Host, lines: Sequence[str]) -> Path:
    """Installs a stopped systemd service whose unit has these lines."""
    text = "\n".join(["[Unit]", "Description=x", "[Service]", "ExecStart=/bin/sleep 9", *lines, "# end", ""])
    path = host.write(f".config/systemd/user/{UNIT}", text)

    def answer(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        return Done(0, SHOWN.format(path=path), "") if "show" in argv else NotDone(f"{argv[0]} {timeout} {bool(env)}")

    bus = Bus(Path("/run/user/0"), exported=True, failure="", detail="", environment={})
    found = Manager("systemd", reachable=True, why="test", expected=True)
    kind = HostKind("linux", 0, "eve")
    host.controller = Systemd(host.env, Path("/"), answer, kind, bus, found, default_environment_parser)
    return path


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("# mine\nA_KEY=abc#def\nB=1\n", "# mine\nA_KEY='abc#def'\nB=1\n"),
        ("A_KEY = abc\n", "A_KEY=abc\n"),
        ("A_KEY=two words # c\n", "# c\nA_KEY='two words'\n"),
        ("A_KEY: abc\n", "A_KEY=abc\n"),
    ],
)
def test_a_line_that_readers_disagree_about(host: Host, text: str, after: str) -> None:
    host.write(".openclaw/.env", text)
    [finding] = host.found("env/dotenv-syntax")
    host.mend(finding)
    assert host.text(".openclaw/.env") == after


@pytest.mark.parametrize("text", ["\ufeffA_KEY=abc\n", "A_KEY=abc\r\nB=1\r\n"])
def test_the_printed_command_mends_what_belongs_to_the_whole_file(host: Host, text: str) -> None:
    path = host.write(".openclaw/.env", "")
    path.write_bytes(text.encode())
    [finding] = host.found("env/dotenv-syntax")
    assert finding.remedy
    [command] = finding.remedy.commands
    subprocess.run(["/bin/sh", "-c", command], check=True, timeout=20)
    assert host.found("env/dotenv-syntax") == ()


def test_of_a_project_only_the_lines_of_openclaw_count(host: Host) -> None:
    host.write("project/.env", "DB = x\nwhat is this\nA=1\nA=2\n")
    assert host.found("env/dotenv-syntax") == ()
    assert host.found("env/dotenv-duplicate") == ()
    host.write("project/.env", "DB = x\nexport OPENAI_API_KEY = x\r\n")  # Node reads it as it is meant
    assert host.found("env/dotenv-syntax") == ()
    host.write("project/.env", "DB = x\nOPENAI_API_KEY=x#y\nOPENAI_API_KEY=y\n")
    [finding] = host.found("env/dotenv-syntax")
    assert finding.where
    assert finding.where.line == 2
    assert len(host.found("env/dotenv-duplicate")) == 1


def test_a_variable_that_is_set_twice(host: Host) -> None:
    host.write(".openclaw/.env", "A_KEY=1\nB=2\nA_KEY='3 4'\n")
    [finding] = host.found("env/dotenv-duplicate")
    host.mend(finding)
    assert host.text(".openclaw/.env") == "B=2\nA_KEY='3 4'\n"


def test_an_empty_variable(host: Host) -> None:
    host.write(".openclaw/.env", f"{NAME}=\nB=2\n")
    [finding] = host.found("env/empty")
    host.mend(finding)
    assert host.text(".openclaw/.env") == "B=2\n"


def test_a_misspelt_variable(host: Host) -> None:
    host.write(".openclaw/.env", "OPEN_ROUTER_API_KEY=x\n")
    [finding] = host.found("env/misspelt")
    host.mend(finding)
    assert host.text(".openclaw/.env") == "OPENROUTER_API_KEY=x\n"


def test_a_key_of_the_working_directory(host: Host) -> None:
    host.write(".openclaw/openclaw.json", '{"meta": {"lastTouchedVersion": "2026.9.6"}}')
    host.write("project/.env", f"OTHER=1\n{NAME}={NEW}\n")
    [finding] = host.found("env/cwd-blocked")
    host.mend(finding)
    assert (host.text("project/.env"), host.text(".openclaw/.env")) == ("OTHER=1\n", f"{NAME}={NEW}\n")


def test_a_key_that_only_this_shell_has(host: Host) -> None:
    with_unit(host, [])
    host.env |= {NAME: NEW}
    [finding] = host.found("env/daemon-blind")
    host.mend(finding)
    assert host.text(".openclaw/.env") == f"{NAME}={NEW}\n"
    assert (host.home / ".openclaw").exists()


def test_a_variable_of_a_custom_provider_that_only_this_shell_has(host: Host) -> None:
    custom = {"baseUrl": "https://a.example/v1", "apiKey": "${CUST_KEY}", "models": []}
    model = {"agents": {"defaults": {"model": {"primary": "cust/m"}}}}
    host.write(".openclaw/openclaw.json", json.dumps({"models": {"providers": {"cust": custom}}, **model}))
    with_unit(host, [])
    host.env |= {"CUST_KEY": "odd FAKE"}
    [finding] = host.found("env/daemon-blind")
    assert (finding.target, finding.remedy and finding.remedy.commands[0]) == (
        "CUST_KEY", "openclaw doctor --fix --only env/daemon-blind",
    )  # fmt: skip
    host.mend(finding)
    assert host.text(".openclaw/.env") == "CUST_KEY='odd FAKE'\n"
    host.write(".openclaw/.env", "CUST_KEY=x\n")
    assert host.found("env/daemon-blind") == ()


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ([f"Environment={NAME}={OLD}"], []),
        ([f'Environment=LANG=C "{NAME}={OLD}" PLAIN=1'], ["Environment=LANG=C PLAIN=1"]),
        (["Environment=A=1 \\", f"  '{NAME}={OLD}' \\", "  B=2"], ["Environment=A=1 B=2"]),
        ([f"Environment={NAME}=x", f"Environment={NAME}={OLD} Q='a b'"], ["Environment=Q='a b'"]),
    ],
)
@pytest.mark.parametrize("below", ["", NEW])
def test_a_key_in_the_unit(host: Host, lines: list[str], after: list[str], below: str) -> None:
    unit = with_unit(host, lines)
    if below:
        host.write(".openclaw/.env", f"{NAME}={below}\n")
    [finding] = host.found("env/frozen-in-unit")
    assert OLD not in str(finding)
    before = unit.read_text()
    assert host.mend(finding) == ["systemctl --user --no-pager daemon-reload"]
    assert host.text(str(unit.relative_to(host.home))) == before.replace("\n".join(lines) + "\n", joined_lines(after))
    assert host.text(".openclaw/.env") == f"{NAME}={below or OLD}\n"


def test_a_key_on_the_command_line_of_the_unit(host: Host) -> None:
    unit = with_unit(host, ["ExecStart=", f"ExecStart=/usr/bin/env LANG=C {NAME}={OLD} /bin/sleep 9"])
    assert host.found("env/daemon-blind") == ()
    [finding] = host.found("env/frozen-in-unit")
    assert finding.remedy
    assert (finding.target, finding.remedy.fix) == (NAME, "manual")
    assert finding.where
    assert NAME in unit.read_text().splitlines()[(finding.where.line or 0) - 1]
    unit.write_text(unit.read_text().replace(f"{NAME}={OLD} ", ""))
    assert host.found("env/frozen-in-unit") == ()


def joined_lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_a_key_in_an_env_file_that_openclaw_made_for_the_service(host: Host) -> None:
    host.write(".openclaw/gateway.systemd.env", f"OTHER=1\n{NAME}={OLD}\n")
    with_unit(host, ["EnvironmentFile=%h/.openclaw/gateway.systemd.env"])
    [finding] = host.found("env/frozen-in-unit")

    host.mend(finding)
    assert host.text(".openclaw/gateway.systemd.env") == "OTHER=1\n"
    assert host.text(".openclaw/.env") == f"{NAME}={OLD}\n"


HEALTHY = {
    "nothing": {},
    "an env file": {".openclaw/.env": f"# keys\n{NAME}={NEW}\nOPENAI_API_KEY='x y'\n"},
    "a config with comments": {".openclaw/openclaw.json": "{ // made up\n gateway: { mode: 'local' } }\n"},
    "a custom provider": {
        ".openclaw/openclaw.json": '{"models": {"providers": {"x": {"apiKey": "${X_API_KEY}"}}}}',
        ".openclaw/.env": "X_API_KEY=odd\n",
    },
    "the newer kind": {
        ".openclaw/openclaw.json": '{"meta": {"lastTouchedVersion": "2026.9.6"}}',
        ".openclaw/.env": f"{NAME}={NEW}\n",
        "project/.env": "DB_URL = postgres://x # mine\nPORT: 80\n",
    },
}


@pytest.mark.parametrize("kind", HEALTHY)
def test_healthy_homes_have_no_finding(host: Host, kind: str) -> None:
    for path, text in HEALTHY[kind].items():
        host.write(path, text)
    for check_id in BY_ID:
        if check_id.startswith("env/"):
            outcome = host.outcome(check_id)
            assert outcome.state in ("passed", "skipped"), outcome


def test_keys_from_the_environment_only_are_fine(host: Host) -> None:
    host.env |= {NAME: NEW, "GITHUB_TOKEN": "x", "CI": "true", "GITLAB_TOKEN": "y"}
    assert [i for i in BY_ID if i.startswith("env/") and host.outcome(i).findings] == []


def test_the_printed_command_writes_a_key_of_this_shell_down(host: Host) -> None:
    with_unit(host, [])
    host.env |= {NAME: NEW}
    [finding] = host.found("env/daemon-blind")
    assert finding.remedy
    argv = finding.remedy.commands[0].split()
    assert argv[0] == "openclaw"
    env = {**host.env, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2]), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", *argv[1:]],
        env=env, cwd=host.home, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (host.state / ".env").read_text() == f"{NAME}={NEW}\n", done.stderr
    assert host.found("env/daemon-blind") == ()


@pytest.mark.parametrize("value", ["FAKE", "it's $two\nlines"])
def test_the_printed_export_gives_the_right_name(host: Host, value: str) -> None:
    host.env |= {"OPEN_ROUTER_API_KEY": value}
    [finding] = host.found("env/misspelt")
    assert finding.remedy
    script = f"{finding.remedy.commands[0]}; printenv OPENROUTER_API_KEY"
    env = {**host.env, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-c", script], env=env, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == value + "\n"


def test_the_printed_command_shows_a_login_shell_that_fails(host: Host) -> None:
    shell = host.write("bin/my shell", "#!/bin/sh\nexit 7\n")
    shell.chmod(0o700)
    host.write(".openclaw/openclaw.json", '{"env": {"shellEnv": {"enabled": true}}}')
    host.env |= {"SHELL": str(shell)}
    [finding] = host.found("env/shell-import-failed")
    assert "exit code 7" in finding.message
    assert finding.remedy
    done = subprocess.run(["/bin/sh", "-c", finding.remedy.commands[0]], timeout=20, check=False)
    assert done.returncode == 7


@pytest.mark.parametrize("of_file", [False, True])
def test_a_login_shell_that_a_variable_asks_for(host: Host, of_file: bool) -> None:
    shell = host.write("bin/shell", "#!/bin/sh\nexit 7\n")
    shell.chmod(0o700)
    host.env |= {"SHELL": str(shell)}
    if of_file:
        host.write(".openclaw/.env", "A=1\nOPENCLAW_LOAD_SHELL_ENV=1\n")
    else:
        host.env |= {"OPENCLAW_LOAD_SHELL_ENV": "yes"}
    host.write(".openclaw/openclaw.json", '{"env": {"shellEnv": {"timeoutMs": 3000}}}')
    [finding] = host.found("env/shell-import-failed")
    assert finding.message.startswith("`OPENCLAW_LOAD_SHELL_ENV` is on, and the login shell gave nothing")
    assert finding.remedy
    path = host.state / ".env"
    assert finding.remedy.commands[1] == (f"${{EDITOR:-vi}} +2 {path}" if of_file else "unset OPENCLAW_LOAD_SHELL_ENV")
    assert (finding.where and finding.where.path) == (str(path) if of_file else None)


UNREADABLE = ("daemon-blind", "misspelt", "empty", "not-read", "cwd-blocked", "cwd-redirects", "legacy-name")


@pytest.mark.parametrize("slug", [*UNREADABLE, "layer-conflict", "shell-import-failed", "dotenv-duplicate"])
def test_with_an_env_file_that_cannot_be_read_nothing_is_known(host: Host, slug: str) -> None:
    os.mkfifo(host.state / ".env")
    outcome = host.outcome(f"env/{slug}")
    assert outcome.state == "unknown", outcome
    assert "not a regular file" in outcome.reason or "could not be read" in outcome.reason
