"""The daemon's view: read with the service's own variables; what counts, what is old, what is not known."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openclaw import installation
from openclaw.finding import Location
from openclaw.invocation import Invocation
from openclaw.secret import Secret
from openclaw.service.base import EnvironmentFile, GatewayService
from openclaw.service.live import Changed, Live
from openclaw.service.variables import everywhere, variable
from openclaw.service.view import View, view_of

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "OPENAI_API_KEY"
OLD, NEW = "sk-FAKE-EXAMPLE-old-0000000000000000", "sk-FAKE-EXAMPLE-new-0000000000000000"


@pytest.fixture
def call(tmp_path: Path) -> Invocation:
    (tmp_path / ".openclaw").mkdir()
    return Invocation({"HOME": str(tmp_path), "PATH": "/nowhere"}, tmp_path, tmp_path, 0)


def service(home: Path, **more: object) -> GatewayService:
    found = GatewayService(
        "openclaw-gateway.service", installed=True, restart="", inherited={"HOME": Secret(str(home))},
        working_directory=Path("/"), definition=home / "unit",
    )  # fmt: skip
    return replace(found, **more)  # type: ignore[arg-type]


@pytest.fixture
def verdict(call: Invocation) -> Callable[..., str]:
    """The verdict on `NAME` for a service and a running process."""

    def judge(view: View, **here: str) -> str:
        found = installation.load(replace(call, env={**call.env, **here}))
        return variable(NAME, found, view).verdict

    return judge


def test_the_service_reads_its_own_state_directory(call: Invocation, tmp_path: Path) -> None:
    for folder, value in ((".openclaw", OLD), ("other", NEW)):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / ".env").write_text(f"{NAME}={value}\n")
    view = view_of(service(tmp_path, environment={"OPENCLAW_STATE_DIR": Secret(str(tmp_path / "other"))}), call)
    item = variable(NAME, installation.load(call), view)
    assert item.there is not None
    assert (item.verdict, item.there.where, item.there.value) == ("differs", "~/other/.env:1", Secret(NEW))


def test_the_service_reads_the_env_file_of_its_own_working_directory(call: Invocation, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{NAME}={OLD}\n")  # this shell's
    (tmp_path / "work").mkdir()
    assert view_of(service(tmp_path), call).environment.get(NAME) == ""
    (tmp_path / "work/.env").write_text(f"{NAME}={NEW}\n")
    assert view_of(service(tmp_path, working_directory=tmp_path / "work"), call).environment.get(NAME) == NEW


def test_what_the_command_of_the_service_gives_counts_while_nothing_changed(
    call: Invocation, tmp_path: Path, verdict: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`bash -lc`, `op run --` and the like: no file shows it, the process does."""
    (tmp_path / "unit").write_text("")
    written = (tmp_path / "unit").stat().st_mtime_ns // 1_000_000
    running = service(tmp_path, active=True, pid=os.getpid())
    for started, expected in ((written + 60_000, "same"), (written - 60_000, "old value runs")):
        live = Live(os.getpid(), "node", {NAME: Secret(NEW), "OTHER": Secret("x")}, started)
        monkeypatch.setattr("openclaw.service.live.look", lambda _, live=live: live)
        view = view_of(running, call)
        assert verdict(view, **{NAME: NEW}) == expected
        assert view.environment.get("OTHER") == ""
    monkeypatch.setattr("openclaw.service.live.look", lambda _: replace(live, started=written + 60_000))
    (tmp_path / ".openclaw/.env").write_text(f"{NAME}={OLD}\n")
    os.utime(tmp_path / ".openclaw/.env", ns=(0, 0))
    assert view_of(running, call).environment.get(NAME) == OLD  # a file says otherwise: that is compared elsewhere


def test_nothing_of_this_shell_reaches_it(call: Invocation, tmp_path: Path, verdict: Callable[..., str]) -> None:
    view = view_of(service(tmp_path), replace(call, env={**call.env, NAME: OLD}))
    assert (verdict(view, **{NAME: OLD}), view.environment.get("PATH")) == ("only here", "")
    assert verdict(view) == "not set"


def test_the_places_of_a_service_in_order(call: Invocation, tmp_path: Path) -> None:
    file = EnvironmentFile(tmp_path / "x.env", optional=False, state="read", variables={NAME: Secret(NEW)})
    found = service(
        tmp_path,
        environment={NAME: Secret(OLD)},
        origins={NAME: Location(str(tmp_path / "unit"), 7)},
        environment_files=(file,),
        inherited={"HOME": Secret(str(tmp_path)), NAME: Secret("manager")},
    )
    (tmp_path / ".openclaw/.env").write_text(f"{NAME}={OLD}\n")
    item = variable(NAME, installation.load(call), view_of(found, call))
    assert [(held.place, held.where, held.state) for held in item.daemon or ()] == [
        ("environment-file", "~/x.env", "used"),
        ("unit", "~/unit:7", "lost"),
        ("manager", "the variables of the service manager", "lost"),
        ("state", "~/.openclaw/.env:1", "lost"),
    ]
    taken = replace(found, unset={NAME: None})
    states = [held.state for held in variable(NAME, installation.load(call), view_of(taken, call)).daemon or ()]
    assert states == ["unset", "unset", "unset", "used"]


def test_what_could_not_be_read_is_unknown_and_not_missing(
    call: Invocation, tmp_path: Path, verdict: Callable[..., str]
) -> None:
    view = view_of(service(tmp_path, unknown=("the variables of the user's manager",)), call)
    assert verdict(view, **{NAME: OLD}) == "unknown"
    (tmp_path / ".openclaw/openclaw.json").write_text("{")
    broken = view_of(service(tmp_path), call)
    assert "openclaw.json" in broken.unknown[0]
    assert verdict(broken, **{NAME: OLD}) == "unknown"


@pytest.mark.parametrize(
    ("live", "unit", "file", "expected"),
    [
        ({NAME: OLD}, NEW, "", "old value runs"),
        ({NAME: NEW}, NEW, "", "same"),
        ({}, NEW, "", "old value runs"),
        ({NAME: OLD}, "", NEW, "old value runs"),  # frozen in a unit that was cleaned since
        ({}, "", NEW, "same"),
        ({NAME: OLD}, "", "", "old value runs"),
        (None, NEW, "", "same"),
    ],
)
def test_the_running_process(
    call: Invocation,
    tmp_path: Path,
    verdict: Callable[..., str],
    live: dict[str, str] | None,
    unit: str,
    file: str,
    expected: str,
) -> None:
    if file:
        (tmp_path / ".openclaw/.env").write_text(f"{NAME}={file}\n")
    view = view_of(service(tmp_path, environment={NAME: Secret(unit)} if unit else {}), call)
    variables = None if live is None else {name: Secret(value) for name, value in live.items()}
    assert verdict(replace(view, live=Live(1, variables=variables)), **{NAME: NEW}) == expected


def test_a_file_that_changed_since_the_start(call: Invocation, tmp_path: Path, verdict: Callable[..., str]) -> None:
    path = tmp_path / ".openclaw/.env"
    path.write_text(f"{NAME}={NEW}\n")
    found = view_of(service(tmp_path, active=True, pid=os.getpid()), call)
    assert found.live is not None
    assert [(item.path, item.kind) for item in found.changed] == [(path, "env file")]
    assert (found.restart_needed, found.restart_why) == (True, "~/.openclaw/.env changed after it was started")
    assert verdict(found, **{NAME: NEW}) == "old value runs"
    os.utime(path, (1, 1))
    assert view_of(service(tmp_path, active=True, pid=os.getpid()), call).restart_needed is False


def test_only_a_config_with_variables_counts(call: Invocation, tmp_path: Path) -> None:
    config = tmp_path / ".openclaw/openclaw.json"
    config.write_text("{}")
    running = service(tmp_path, active=True, pid=os.getpid())
    assert view_of(running, call).restart_needed is False
    config.write_text('{"env": {"X": "y"}}')
    assert [item.kind for item in view_of(running, call).changed] == ["config"]


def test_whether_a_restart_is_needed_may_not_be_known(call: Invocation, tmp_path: Path) -> None:
    view = view_of(service(tmp_path), call)
    assert (view.restart_needed, view.restart_why) == (None, "")
    hung = replace(view, service=service(tmp_path, active=True), live=Live(1, reason="the process table is slow"))
    assert (hung.restart_needed, hung.restart_why) == (None, "the process table is slow")
    unread = replace(view, service=service(tmp_path, active=True, reload_needed=True))
    assert (unread.restart_needed, unread.restart_why) == (True, "the manager has not read its unit yet")
    changed = replace(unread, changed=(Changed(tmp_path / "a", "unit", 1), Changed(tmp_path / "b", "unit", 1)))
    assert changed.restart_why == "~/a and ~/b changed after it was started"


def test_all_known_variables_or_those_asked_for(call: Invocation) -> None:
    found = installation.load(replace(call, env={**call.env, NAME: OLD, "OTHER": "x"}))
    assert [item.name for item in everywhere(found, None)] == [NAME]
    assert [item.name for item in everywhere(found, None, ["OTHER", "NONE", "OTHER"])] == ["OTHER", "NONE"]


def test_an_env_file_that_a_wrapper_script_reads(call: Invocation, tmp_path: Path) -> None:
    path = tmp_path / ".openclaw/service-env/ai.openclaw.gateway.env"
    wrapped = service(tmp_path, argv=("/bin/sh", str(path.with_name("wrapper.sh")), str(path), "node", "gateway"))
    assert view_of(wrapped, call).environment.get(NAME) == ""
    path.parent.mkdir()
    path.write_text(f"export {NAME}='{OLD}'\n")
    (tmp_path / ".openclaw/.env").write_text(f"{NAME}={NEW}\n")
    view = view_of(wrapped, call)
    assert view.environment.get(NAME) == OLD
    assert [file.path for file in view.service.environment_files] == [path]


@pytest.mark.parametrize(
    ("argv", "value"),
    [
        (("/usr/bin/env", f"{NAME}={NEW}", "/x/openclaw", "gateway"), NEW),
        (("/usr/bin/env", "-i", "-u", "B", "A=1", f"{NAME}={NEW}", "/x/openclaw"), NEW),
        (("/bin/sh", "-c", f"{NAME}='{NEW}' exec openclaw gateway"), NEW),
        (("/bin/bash", "-l", "-c", f"export {NAME}={NEW}; exec openclaw gateway"), NEW),
        (("/bin/bash", "-lc", f"A=1 {NAME}={NEW} openclaw"), NEW),
        (("/usr/bin/env", "/x/openclaw", f"{NAME}={NEW}"), OLD),  # an argument of the program
        (("/x/openclaw", f"{NAME}={NEW}"), OLD),
        (("/usr/bin/env", f"{NAME}=${{OTHER}}", "/x"), OLD),
        (("/bin/sh", "-c", f"{NAME}=$(cat /run/key) exec openclaw"), OLD),
        (("/bin/sh", "-c", "exec openclaw 'gateway"), OLD),
        (("/bin/sh", "/x/start.sh"), OLD),
        ((), OLD),
    ],
)
def test_what_the_command_line_sets_beats_all_else(
    call: Invocation, tmp_path: Path, argv: tuple[str, ...], value: str
) -> None:
    file = EnvironmentFile(tmp_path / "e", optional=True, state="read", variables={NAME: Secret(OLD)})
    view = view_of(service(tmp_path, argv=argv, environment_files=(file,)), call)
    assert view.service.effective[NAME] == Secret(value)
    assert view.environment.get(NAME) == value
    assert set(view.service.assigned) <= {NAME, "A"}
