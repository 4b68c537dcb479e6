"""How to be told before a credential expires: every line that is shown does what it says."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from openclaw.frozen import replace
from openclaw.platforms import HostKind
from wizard.monitoring import NAME, Watch, called, watch

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.service.base import Kind
    from tests.wizard.conftest import House

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
PROGRAM = f"{sys.executable} -m openclaw"
LINUX = HostKind("linux", 1000, "me")
MAC = HostKind("macos", 501, "me")


def run(line: str, house: House, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """A line as a shell runs it that knows nothing but the home."""
    env = {"HOME": str(house.path), "PATH": path}
    return subprocess.run(["/bin/sh", "-c", line], env=env, capture_output=True, text=True, timeout=60, check=False)


def healthy(house: House) -> None:
    """An installation with a key."""
    house.write(house.config, '{"gateway": {"mode": "local"}}')
    house.write(house.env_file, f"ANTHROPIC_API_KEY={KEY}\n")


@pytest.mark.parametrize(
    ("host", "manager", "env", "kind"),
    [
        (LINUX, "systemd", {}, "systemd"),
        (MAC, "launchd", {}, "launchd"),
        (LINUX, "none", {}, "cron"),
        (replace(LINUX, container="docker"), "systemd", {}, "container"),
        (replace(LINUX, container="lxc"), "systemd", {}, "systemd"),
        (LINUX, "systemd", {"CI": "true"}, "ci"),
        (LINUX, "systemd", {"CI": "false"}, "systemd"),
    ],
)
def test_the_way_fits_the_host(host: HostKind, manager: Kind, env: dict[str, str], kind: str) -> None:
    assert watch(PROGRAM, host, manager, env).kind == kind


def test_the_line_for_cron_works_as_cron_runs_it(house: House) -> None:
    (line,) = watch(PROGRAM, LINUX, "none", {}).commands
    clock, command = line[:10], line[10:]
    assert clock == "0 9 * * * "
    assert "anthropic" in run(command, house).stdout
    healthy(house)
    done = run(command, house)
    assert (done.stdout, done.stderr) == ("", "")


def test_another_installation_is_looked_at(house: House) -> None:
    """Neither cron nor a timer has the variables of this shell."""
    healthy(house)
    (house.path / ".openclaw").rename(house.path / "my other")
    env = {"OPENCLAW_STATE_DIR": str(house.path / "my other")}
    (line,) = watch(PROGRAM, LINUX, "none", env).commands
    assert run(line[10:], house).stdout == ""
    assert called("openclaw --profile x", env) == ["openclaw", "--profile", "x"]


@pytest.mark.parametrize("ci", [True, False])
def test_the_command_of_a_container_exits_as_is_said(ci: bool, house: House) -> None:
    host = LINUX if ci else replace(LINUX, container="docker")
    found = watch(PROGRAM, host, "none", {"CI": "1"} if ci else {})
    (line,) = found.commands
    assert "exits 1" in found.text
    assert run(line, house).returncode == 1
    healthy(house)
    assert run(line, house).returncode == 0


def systemctl(house: House) -> Path:
    """A systemctl that keeps what it was told."""
    path = house.path / "bin" / "systemctl"
    house.write(path, f'#!/bin/sh\necho "$*" >> {house.path}/told\n')
    path.chmod(0o700)
    return path


def set_up(found: Watch, house: House, path: str) -> None:
    """Runs every line."""
    for line in found.commands:
        done = run(line, house, path)
        assert (done.returncode, done.stderr) == (0, ""), line


def test_the_timer(house: House) -> None:
    env = {"OPENCLAW_STATE_DIR": str(house.path / "100% my $HOME")}
    set_up(watch(PROGRAM, LINUX, "systemd", env), house, f"{systemctl(house).parent}:/usr/bin:/bin")
    told = (house.path / "told").read_text().splitlines()
    assert told == ["--user daemon-reload", f"--user enable --now {NAME}.timer"]
    units = house.path / ".config" / "systemd" / "user"
    assert (units / f"{NAME}.timer").read_text().splitlines()[:2] == ["[Timer]", "OnCalendar=daily"]
    command = next(
        line for line in (units / f"{NAME}.service").read_text().splitlines() if line.startswith("ExecStart=")
    )
    assert '"OPENCLAW_STATE_DIR=' in command
    assert "100%% my $$HOME" in command
    if analyze := shutil.which("systemd-analyze"):
        files = [str(units / f"{NAME}.{kind}") for kind in ("service", "timer")]
        done = subprocess.run(
            [analyze, "verify", "--user", "--man=no", *files], capture_output=True, text=True, timeout=60, check=False
        )
        assert not [line for line in done.stderr.splitlines() if NAME in line], done.stderr


def test_the_agent_of_launchd(house: House) -> None:
    bin_ = house.path / "bin"
    for name in ("launchctl", "osascript"):
        house.write(bin_ / name, f'#!/bin/sh\necho {name} "$*" >> {house.path}/told\n')
        (bin_ / name).chmod(0o700)
    path = f"{bin_}:/usr/bin:/bin"
    set_up(watch(PROGRAM, MAC, "launchd", {}), house, path)
    (file,) = (house.path / "Library" / "LaunchAgents").iterdir()
    agent = plistlib.loads(file.read_bytes())
    assert agent["StartCalendarInterval"] == {"Hour": 9}
    shell, option, script = agent["ProgramArguments"]
    assert (shell, option) == ("/bin/sh", "-c")
    (house.path / "told").unlink()
    run(script, house, path)
    assert "osascript -e display notification" in (house.path / "told").read_text()
    (house.path / "told").unlink()
    healthy(house)
    run(script, house, path)
    assert not (house.path / "told").exists()
