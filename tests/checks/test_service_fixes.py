"""The fixes of service/ as plans; with a real manager: test_service_fixes_interop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks import service as checks
from checks.fixes import service as fixes
from openclaw.change.apply import apply
from openclaw.change.journal import open_for
from openclaw.change.plan import Run
from openclaw.facts.claude import Claude
from openclaw.facts.service import Linger
from openclaw.finding import Finding, Severity
from openclaw.fix import Unfixable
from openclaw.platforms import HostKind
from openclaw.service.base import Manager
from openclaw.service.command import ServiceCommand
from openclaw.service.install import lingering
from openclaw.service.none import NoManager
from tests.checks import facts as f
from tests.checks.test_service import SYSTEMD, UP

FINDING = Finding("service/x", Severity.ERROR, "x")
ROOT = HostKind("linux", 0, "root")
NOWHERE = NoManager(HostKind("linux", 1000, "eve", container="docker"))


class Mac:
    """As much of a manager as these fixes ask."""

    def describe(self) -> Manager:
        return Manager("launchd", reachable=True, why="it answers")


@pytest.mark.parametrize(
    ("fix", "facts"),
    [
        (fixes.install, (NOWHERE, None, None, f.HOME)),
        (fixes.reinstall, (NOWHERE, UP, None, f.HOME)),
        (fixes.start, (NOWHERE, UP)),
        (fixes.stop_legacy, (NOWHERE, ())),
        (fixes.put_on_path, (NOWHERE, UP, ServiceCommand(), Claude(None))),
        (fixes.put_on_path, (Mac(), UP, ServiceCommand(path="/bin"), Claude(Path("/x/claude")))),
        (fixes.linger, (f.HOST,)),
    ],
)  # fmt: skip
def test_what_cannot_be_mended_here_says_why(fix: Any, facts: tuple[Any, ...]) -> None:
    with pytest.raises(Unfixable) as why:
        fix.plan(FINDING, *facts)
    assert str(why.value)


def test_every_row_that_says_confirm_has_a_fix() -> None:
    assert {item.check_id for item in vars(fixes).values() if hasattr(item, "check_id")} == {
        "service/not-installed", "service/broken-exec", "service/not-running", "service/linger", "service/legacy-unit",
        "service/claude-not-on-path",
    }  # fmt: skip


def test_lingering_is_switched_on_by_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a loginctl that keeps it in a file."""
    program = tmp_path / "loginctl"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = enable-linger ]; then echo yes >"{tmp_path}/linger-$2"; exit; fi\n'
        f'cat "{tmp_path}/linger-$2" 2>/dev/null || echo no\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    from openclaw import proc

    def found() -> list[Finding]:
        on = lingering("somebody-FAKE", proc.run, root=tmp_path)
        return f.found(checks.lingering, UP, SYSTEMD, Linger(on), replace(ROOT, user="somebody-FAKE"))

    [finding] = found()
    assert finding.remedy
    plan = fixes.linger.plan(finding, replace(ROOT, user="somebody-FAKE"))
    [step] = plan
    assert isinstance(step, Run)
    assert (" ".join(step.argv),) == finding.remedy.commands
    journal = open_for(tmp_path / "state", {"HOME": str(tmp_path)}, tmp_path)
    apply(plan, journal=journal, home=tmp_path, title="linger", now=f.NOW)
    assert found() == []


def test_the_commands_that_are_printed_are_ones_that_this_program_takes() -> None:
    """Every `openclaw gateway …` in the two modules, with --help behind it."""
    import re

    from click.testing import CliRunner

    from checks import gateway
    from openclaw.commands.gateway import gateway as group

    source = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (checks, gateway))
    printed = set(re.findall(r'"openclaw (gateway [a-z]+[a-z -]*)"', source)) - {
        "gateway run"
    }  # that is OpenClaw's own
    assert len(printed) >= 5
    for command in printed:
        done = CliRunner().invoke(group, [*command.split()[1:], "--help"], obj={})
        assert (done.exit_code, "Usage:" in done.output) == (0, True), command
