"""host/ and service/: what could not be found out is unknown, with the reason, and never passed."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import checks
from checks import gateway as gateways
from checks import host, programs, service
from doctor.engine import diagnose, run
from openclaw.check import Unknown
from openclaw.facts import Unavailable, machine
from openclaw.finding import Severity
from openclaw.gateway.listener import Listener, Listeners
from openclaw.service.command import ServiceCommand, inspect
from openclaw.service.live import Live
from tests.checks import facts as f
from tests.checks import installations as i
from tests.checks import mending
from tests.checks.test_service import DOWN, FINE, LOCAL, OURS, SILENT, SYSTEMD, UP, probe, view
from tests.doctor import homes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.service.base import GatewayService
    from openclaw.service.view import View

IDS = (
    "host/disk-full", "host/two-state-dirs", "host/home-mismatch", "host/which-openclaw", "host/state-dir",
    "service/crash-loop", "service/port-in-use", "service/version-manager-path", "service/legacy-unit",
    "env/dotenv-duplicate", "env/empty", "env/misspelt", "env/cwd-blocked", "env/cwd-redirects", "env/legacy-name",
    "env/layer-conflict", "security/readable-by-others", "security/repo",
)  # fmt: skip
BY_ID = {item.id: item for item in checks.load()}


@pytest.mark.parametrize("check_id", IDS)
def test_without_its_facts_a_check_says_so(check_id: str) -> None:
    for lacking in BY_ID[check_id].needs:
        facts = dict.fromkeys(BY_ID[check_id].needs) | {lacking: Unavailable(f"no {lacking} in time")}
        outcome = run(BY_ID[check_id], facts)
        assert (outcome.state, outcome.reason, outcome.findings) == ("unknown", f"no {lacking} in time", ())


def outcome(home: Path, check_id: str) -> Any:
    return next(item for item in diagnose(mending.call(home)).outcomes if item.check_id == check_id)


@pytest.mark.parametrize("check_id", ["host/disk-full", "host/state-dir"])
def test_a_file_system_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check_id: str) -> None:
    i.config(tmp_path, {})
    assert outcome(tmp_path, check_id).state == "passed"

    def broken(path: Any) -> Any:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr(os, "statvfs", broken)
    found = outcome(tmp_path, check_id)
    assert (found.state, "Input/output error" in found.reason) == ("unknown", True)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user may enter: that of pytest is for its owner only."""
    with tempfile.TemporaryDirectory(prefix="unknown-") as top:
        Path(top).chmod(0o755)
        for name in ("home", "warm"):
            (Path(top) / name).mkdir(mode=0o755)
            i.config(Path(top) / name, {"gateway": {"mode": "local", "auth": {"token": "FAKE-gateway-token"}}})
        yield Path(top)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")
def test_a_home_that_may_not_be_entered(place: Path) -> None:
    (place / "home").chmod(0o700)
    found = homes.doctor_as_nobody(place / "home", place / "warm", "--json")
    for check_id in ("host/disk-full", "host/two-state-dirs"):
        assert found.outcome(check_id)[0] == "unknown", check_id
        assert "ermission denied" in found.outcome(check_id)[1]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")
def test_the_disk_of_a_state_directory_that_is_not_there_is_that_of_its_place(tmp_path: Path) -> None:
    home = replace(f.HOME, state=tmp_path / "a")
    assert machine.disk.collect(home).free > 0


def test_a_program_that_cannot_be_read_is_nobodys(tmp_path: Path) -> None:
    found = machine.Programs((("/a/openclaw", None), ("/b/openclaw", False)), "openclaw-onboard")
    [finding] = f.found(programs.which_openclaw, found, f.HOME)
    assert finding.message == (
        "`openclaw` is /a/openclaw (whose it is, is not known); behind it on PATH: /b/openclaw (OpenClaw itself)"
    )


def loop(found: GatewayService, running: View | None) -> list[Any]:
    return f.found(service.crash_loop, found, running, FINE, SILENT, (), SYSTEMD, f.CLOCK)


def test_a_service_of_which_nobody_knows_whether_it_stays_up() -> None:
    with pytest.raises(Unknown, match="does not say whether it runs"):
        loop(replace(UP, active=None), None)
    often = replace(UP, restarts=7)
    for running in (None, replace(view(UP), live=None), replace(view(UP), live=Live(42, reason="gone"))):
        with pytest.raises(Unknown, match="started again 7 times"):
            loop(often, running)
    assert loop(often, view(often)) == []  # it is up for an hour
    assert len(loop(often, view(often, 5))) == 1
    assert loop(replace(UP, restarts=0), None) == []
    assert len(loop(replace(DOWN, active=None, result="start-limit-hit"), None)) == 1


@pytest.mark.parametrize(
    ("listening", "reason"),
    [
        (Listeners(unknown="the process table gave no answer in 3 s"), "gave no answer in 3 s"),
        (Listeners((Listener("127.0.0.1", 18789),)), "another user has it"),
    ],
)
def test_a_mute_program_whose_name_is_not_known(listening: Listeners, reason: str) -> None:
    mute = replace(probe("timeout", OURS), listening=listening)
    for found in (None, DOWN, UP):
        with pytest.raises(Unknown, match=reason):
            f.found(service.port_in_use, found, mute, LOCAL, f.HOST, ())
    assert f.found(service.port_in_use, DOWN, replace(mute, outcome="nothing"), LOCAL, f.HOST, ()) == []
    [finding] = f.found(service.port_in_use, DOWN, replace(mute, outcome="foreign"), LOCAL, f.HOST, ())
    assert finding.severity == Severity.ERROR
    # What does not answer is told in any case.
    [finding] = f.found(gateways.unreachable, UP, view(UP), mute, LOCAL, SYSTEMD, f.CLOCK)
    assert finding.check_id == "gateway/unreachable"


def test_a_command_of_which_not_all_may_be_looked_at(tmp_path: Path) -> None:
    hidden = ServiceCommand(unknown="/home/eve/x may not be looked at")
    with pytest.raises(Unknown, match="/home/eve/x"):
        f.found(service.version_manager_path, UP, hidden)
    managed = replace(hidden, managed="/home/eve/.nvm/versions/node/v22/bin/node")
    assert len(f.found(service.version_manager_path, UP, managed)) == 1
    with pytest.raises(Unknown, match="the unit"):
        f.found(service.version_manager_path, replace(UP, argv=(), unknown=("the unit",)), FINE)
    assert f.found(service.version_manager_path, UP, FINE) == []
    script = tmp_path / "openclaw"
    script.write_text("#!/usr/bin/env node\n", "utf-8")
    script.chmod(0o755)
    assert "which node" in inspect((str(script), "gateway"), None).unknown
    assert not inspect((str(script), "gateway"), "/nowhere").unknown
    script.write_text("#!/bin/sh\n", "utf-8")
    assert not inspect((str(script), "gateway"), None).unknown


def test_an_older_unit_of_which_the_manager_says_nothing_is_told_to_exist() -> None:
    old = replace(UP, unit="clawdbot-gateway.service", active=None, enabled=None)
    [finding] = f.found(service.legacy_unit, UP, (old,), f.HOST)
    assert "exists beside" in finding.message


def test_the_checks_of_this_page_pass_where_all_is_known() -> None:
    assert f.found(host.disk_full, machine.Disk("/", 2**30)) == []
    assert f.found(service.port_in_use, UP, probe("healthy", OURS), LOCAL, f.HOST, ()) == []
