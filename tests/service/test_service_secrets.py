"""The environment in which a manager is asked holds this shell's keys: no plan, preview, journal or error shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openclaw.change import atomic
from openclaw.change.apply import apply
from openclaw.change.compose import compose
from openclaw.change.journal import open_for
from openclaw.change.plan import Run
from openclaw.change.preview import as_json, preview, text
from openclaw.errors import Failure
from openclaw.proc import Done, NotDone
from openclaw.service.base import GatewayService
from openclaw.service.detect import detect
from openclaw.service.install import Program, Service
from openclaw.service.plans import install_plan, path_plan, restart_plan, stop_plan, uninstall_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from openclaw.change.plan import Plan
    from openclaw.service.base import ServiceManager

CANARY = "canary-FAKE-EXAMPLE-of-no-known-shape"
KEY = "sk-ant-api03-FAKE-EXAMPLE-0000000000000000000"


@pytest.fixture
def manager(tmp_path: Path, put: Callable[..., Path]) -> ServiceManager:
    put("/run/systemd/system/")
    put("/run/user/1000/bus")
    env = {"HOME": str(tmp_path), "USER": "alice", "XDG_RUNTIME_DIR": "/run/user/1000", "ODD": CANARY, "A_KEY": KEY}

    def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        return Done(0, f"HOME={tmp_path}\n", "")

    return detect(env, root=tmp_path, run=run, platform="linux", uid=1000)


def plans(manager: ServiceManager, home: Path) -> list[Plan]:
    place = manager.place()
    assert place is not None
    service = GatewayService(
        place.name, installed=True, restart="", definition=place.path, enabled=True, state="failed (failed)",
        reload_needed=True,
    )  # fmt: skip
    wanted = Service(Program(("/usr/bin/node", "gateway")), {"HOME": str(home)}, home, "OpenClaw Gateway")
    return [
        install_plan(manager, place, wanted, service, home),
        restart_plan(manager, service),
        path_plan(manager, service, "/opt/bin", "/usr/bin"),
        stop_plan(manager, service),
        uninstall_plan(manager, place, service),
    ]


def clean(shown: str) -> bool:
    return CANARY not in shown and KEY not in shown


def test_the_commands_get_it_and_nothing_shows_it(manager: ServiceManager, tmp_path: Path) -> None:
    for plan in plans(manager, tmp_path):
        runs = [change for change in plan if isinstance(change, Run)]
        assert runs
        assert all(change.env and change.env["ODD"] == CANARY for change in runs)
        changes = preview(plan, compose(plan, atomic.read), tmp_path)
        for shown in (repr(plan), repr(changes), text(changes), json.dumps(as_json(changes))):
            assert clean(shown)


def test_neither_journal_nor_error_shows_it(manager: ServiceManager, tmp_path: Path) -> None:
    journal = open_for(tmp_path / "state", {"HOME": str(tmp_path)}, tmp_path)
    asked: list[Mapping[str, str]] = []

    def run(
        argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None, stdin: str | None = None
    ) -> Done | NotDone:
        asked.append(env or {})
        return Done(0, "", "") if len(asked) < 3 else Done(1, "", f"it failed with A_KEY={KEY}")

    install, restart, *_ = plans(manager, tmp_path)
    receipt = apply(install, journal=journal, home=tmp_path, title="install", now=1, run=run)
    with pytest.raises(Failure) as failed:
        apply(restart, journal=journal, home=tmp_path, title="restart", now=2, run=run)
    assert all(env["ODD"] == CANARY for env in asked)
    assert clean(repr(receipt) + str(failed.value) + repr(failed.value) + failed.value.hint)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 2
    assert all(clean(path.read_bytes().decode("utf-8", "replace")) for path in files)
