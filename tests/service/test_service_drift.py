"""What OpenClaw itself writes, and what this program writes in its place, lacks nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks import service as checks
from openclaw.home import Home
from openclaw.proc import Done, NotDone
from openclaw.service.detect import detect
from openclaw.service.install import Program, describe, unit_text
from tests.checks import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openclaw.era import Era
    from openclaw.finding import Finding
    from openclaw.service.base import GatewayService

RECORDED = Path(__file__).parent / "recorded/systemd"
UNIT = "openclaw-gateway.service"
USER = Path("/home/alice")


def service_of(text: str, root: Path, put: Callable[..., Path]) -> GatewayService:
    """The service as this unit defines it; the manager only tells that it is there."""
    put("/run/systemd/system/")
    put("/run/user/1000/bus")
    put(f"{USER}/.config/systemd/user/{UNIT}", text)

    def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        return Done(0, f"HOME={USER}\n" if "show-environment" in argv else "", "")

    env = {"HOME": str(USER), "USER": "alice", "XDG_RUNTIME_DIR": "/run/user/1000"}
    found = detect(env, root=root, run=run, platform="linux", uid=1000).gateway()
    assert found is not None
    assert found.installed
    return found


def drift(service: GatewayService, era: Era) -> list[Finding]:
    return f.found(checks.unit_drift, service, checks_manager(), era)


def checks_manager() -> object:
    from tests.checks.test_service import SYSTEMD

    return SYSTEMD


def ours(version: str) -> str:
    home = Home(USER, USER, USER / ".openclaw", USER / ".openclaw/openclaw.json")
    program = Program(("/usr/bin/node", "/usr/lib/node_modules/openclaw/dist/index.js"), version)
    return unit_text(describe(program, home, {}, 18789, ("OPENCLAW_SYSTEMD_UNIT", UNIT)))


ERAS = {"2026.2.3": f.JSON_ERA, "2026.9.6": f.SQLITE_ERA}


@pytest.mark.parametrize("version", ERAS)
def test_nothing_is_lacking_in_what_openclaw_writes(version: str, tmp_path: Path, put: Callable[..., Path]) -> None:
    service = service_of((RECORDED / f"{version}.service").read_text(), tmp_path, put)
    assert service.argv_at
    assert (service.problems, service.argv[-3:-1]) == ((), ("gateway", "--port"))
    assert drift(service, ERAS[version]) == []


@pytest.mark.parametrize("version", ERAS)
def test_nothing_is_lacking_in_what_this_program_writes(version: str, tmp_path: Path, put: Callable[..., Path]) -> None:
    assert drift(service_of(ours(version), tmp_path, put), ERAS[version]) == []


def test_an_older_unit_lacks_what_a_newer_openclaw_writes(tmp_path: Path, put: Callable[..., Path]) -> None:
    service = service_of((RECORDED / "2026.2.3.service").read_text(), tmp_path, put)
    [finding] = drift(service, f.SQLITE_ERA)
    for name in ("StartLimitBurst", "StartLimitIntervalSec", "RestartPreventExitStatus=78", "KillMode=mixed"):
        assert name in finding.message
    [finding] = drift(service_of(ours("2026.2.3"), tmp_path, put), f.SQLITE_ERA)
    assert "StartLimitBurst" not in finding.message


def test_our_unit_differs_from_that_of_openclaw_in_limits_only(tmp_path: Path, put: Callable[..., Path]) -> None:
    theirs = service_of((RECORDED / "2026.9.6.service").read_text(), tmp_path, put).settings
    own = service_of(ours("2026.9.6"), tmp_path, put).settings
    assert {name: own.get(name) for name, value in theirs.items() if own.get(name) != value} == {
        "Unit.StartLimitBurst": "5"
    }


def test_a_setting_that_is_taken_back_is_lacking(tmp_path: Path, put: Callable[..., Path]) -> None:
    text = (RECORDED / "2026.2.3.service").read_text().replace("[Service]", "After=\n[Service]")
    service = service_of(text, tmp_path, put)
    [finding] = drift(service, f.JSON_ERA)
    assert "After=network-online.target" in finding.message
    assert (
        drift(replace(service, settings={**service.settings, "Unit.After": "network-online.target"}), f.JSON_ERA) == []
    )
