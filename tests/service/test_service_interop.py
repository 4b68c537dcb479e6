"""A real `systemd --user`: what this program reads from files against what systemd and the kernel say."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openclaw.service import unitfile

pytestmark = pytest.mark.interop

REPOSITORY = Path(__file__).parents[2]
TOOL = REPOSITORY / "tests/tools/user-systemd"
DRIVER = Path(__file__).with_name("service_driver.py")
IMPOSSIBLE = 3  # the tool's exit code where a user manager cannot be had

# What systemd adds for every service (systemd.exec(5), environment variables in spawned processes).
ADDED = {
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "SYSTEMD_EXEC_PID",
    "MANAGERPID",
    "MANAGERPIDFDID",
    "LISTEN_PID",
    "NOTIFY_SOCKET",
}
ADDED |= {"MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE", "DEBUG_INVOCATION", "SYSTEMD_NSS_DYNAMIC_BYPASS"}

UNIT = r"""# the gateway
[Unit]
Description=a test gateway

[Service]
ExecStart=/bin/sleep "60"
WorkingDirectory=%h/work
Environment="ANTHROPIC_API_KEY=sk-ant-FAKE-EXAMPLE with spaces" PLAIN=one 'SINGLE=two "three"'
Environment=INSIDE="one two"x CONTINUED=1 \
# a comment between
    AFTER=2
Environment=HOME_IS=%h RUNTIME=%t UNIT=%n:%N:%p:%j USER_IS=%u:%U CONFIG=%E CACHE=%C PERCENT=100%%
Environment=DROPPED=%z PERCENT_ALONE=% "PERCENT_BLANK=% x"
Environment=ESCAPES=\x41\101\u00e9\U0001F600\sx\tx "NEWLINE=a\nb"
Environment=EMPTY= "" =nothing 1BAD=x BAD-NAME=x
Environment=KEPT=1 "UNCLOSED=2
Environment=GONE=1 STAYS=1
UnsetEnvironment=GONE STAYS=2
EnvironmentFile=%h/.openclaw/gateway.env
EnvironmentFile=-%h/.openclaw/absent.env

[Install]
WantedBy=default.target
"""


def lines_of_chance(count: int) -> list[str]:
    """Assignments with quotes, escapes and specifiers in every order; always the same."""
    source = random.Random(20260203)
    pieces = [
        "z",
        "h",
        "9",
        " ",
        "  ",
        '"',
        "'",
        "\\",
        "\\n",
        "\\s",
        "\\x7a",
        "\\071",
        "\\\\",
        '\\"',
        "%%",
        "%h",
        "%",
        "=",
        "#",
        ";",
        "$X",
        "é",
    ]
    return [
        f"Environment=V{number}={''.join(source.choices(pieces, k=source.randint(1, 9)))}" for number in range(count)
    ]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    units = home / ".config/systemd/user"
    (home / "work").mkdir()
    write(home / ".openclaw/gateway.env", "# keys\nFROM_FILE='file value'\nPLAIN=from-file\n")
    write(units / "openclaw-gateway.service", UNIT)
    write(units / "openclaw-gateway.service.d/20-own.conf", "[Service]\nEnvironment=OWN=own BOTH=own\n")
    write(units / "openclaw-.service.d/10-family.conf", "[Service]\nEnvironment=FAMILY=1 BOTH=family\n")
    write(units / "service.d/30-all.conf", "[Service]\nEnvironment=ALL=1\n")
    write(
        home / ".local/share/systemd/user/openclaw-gateway.service.d/20-own.conf", "[Service]\nEnvironment=OWN=hidden\n"
    )
    chance = "[Service]\n" + "\n".join(lines_of_chance(300)) + "\n"
    write(units / "openclaw-gateway.service.d/40-chance.conf", chance)
    env = {
        "HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "LANG": "C.UTF-8",
        "INHERITED": "two\nlines 'quoted'",
    }  # fmt: skip
    done = subprocess.run(
        [str(TOOL), sys.executable, str(DRIVER)], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode == IMPOSSIBLE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    result["home"] = str(home)
    return result


def test_the_manager_is_found(report: dict[str, Any]) -> None:
    ours = report["ours"]
    assert ours["reachable"]
    assert ours["why"] == "/run/systemd/system exists and the user bus at /run/user/0/bus answers"
    assert (ours["installed"], ours["active"], ours["enabled"], ours["state"]) == (True, True, True, "active (running)")
    assert str(ours["pid"]) == report["shown"]["MainPID"]
    assert ours["definition"] == report["shown"]["FragmentPath"]


def test_the_drop_ins_are_those_of_systemd_by_either_way(report: dict[str, Any]) -> None:
    shown = report["shown"]["DropInPaths"].split()
    assert len(shown) == 4
    assert report["ours"]["drop_ins"] == shown
    assert report["files"]["drop_ins"] == shown
    assert report["files"]["environment"] == report["ours"]["environment"]


def test_the_live_process_has_the_variables_that_we_say(report: dict[str, Any]) -> None:
    ours, live = report["ours"]["effective"], report["process"]["environ"]
    assert {name: value for name, value in ours.items() if live.get(name) != value} == {}
    assert set(live) - set(ours) <= ADDED
    assert live["ANTHROPIC_API_KEY"] == "sk-ant-FAKE-EXAMPLE with spaces"
    assert (live["PLAIN"], live["BOTH"], live["OWN"], live["INHERITED"]) == (
        "from-file",
        "own",
        "own",
        "two\nlines 'quoted'",
    )
    assert (live["KEPT"], live["STAYS"]) == ("1", "1")
    assert not {"GONE", "UNCLOSED", "1BAD", "DROPPED"} & set(live)
    assert sum(name.startswith("V") for name in live) > 100


def test_show_says_the_same(report: dict[str, Any]) -> None:
    """systemd 252 quotes for a shell, with C escapes; not every release does."""
    shown = re.sub(r"(\\\\)|\\([$`])", lambda match: match[1] or match[2], report["shown"]["Environment"])
    pairs = (word.partition("=") for word in unitfile.words(shown)[0])
    assert {name: value for name, _, value in pairs} == report["ours"]["environment"]


def test_command_and_directory(report: dict[str, Any]) -> None:
    assert report["ours"]["argv"] == report["process"]["argv"] == ["/bin/sleep", "60"]
    assert report["ours"]["working_directory"] == report["process"]["cwd"] == report["home"] + "/work"


def test_environment_files(report: dict[str, Any]) -> None:
    state = f"{report['home']}/.openclaw"
    assert report["ours"]["files"] == [
        [f"{state}/gateway.env", False, "read"],
        [f"{state}/absent.env", True, "missing"],
    ]
    assert report["shown"]["EnvironmentFiles"].splitlines() == [
        f"{state}/gateway.env (ignore_errors=no)", f"{state}/absent.env (ignore_errors=yes)",
    ]  # fmt: skip
    assert report["ours"]["unknown"] == []


def test_the_printed_commands_work_in_a_shell_without_the_runtime_directory(report: dict[str, Any]) -> None:
    lost = report["lost"]
    assert lost["reachable"]
    assert lost["hints"] == ["export XDG_RUNTIME_DIR=/run/user/0"]
    assert (report["export"], report["restart"]) == (0, 0)
    assert report["restarted"] not in ("0", report["shown"]["MainPID"])


def test_a_stopped_service(report: dict[str, Any]) -> None:
    assert (report["stopped"]["active"], report["stopped"]["pid"]) == (False, None)
    assert report["stopped"]["environment"] == report["ours"]["environment"]


def test_a_manager_that_ended(report: dict[str, Any]) -> None:
    gone = report["gone"]
    assert (gone["reachable"], gone["installed"], gone["active"]) == (False, True, None)
    assert gone["why"].startswith("/run/systemd/system exists, but ")
    assert gone["environment"] == report["ours"]["environment"]
    assert any("does not answer" in reason for reason in gone["unknown"])
