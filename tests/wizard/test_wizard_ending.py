"""After the change: what is said when somebody leaves, when the doctor disagrees, and what is next."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner

from doctor.report import Outcome as Checked
from doctor.report import Report
from openclaw.change.journal import FileRecord, Receipt
from openclaw.cli import root
from openclaw.finding import Finding, Remedy, Severity
from openclaw.frozen import replace
from openclaw.handover import our_name, runnable
from wizard import ending, proof
from wizard.decision import Decision
from wizard.page import Page
from wizard.proof import Proof
from wizard.servicing import Served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/onboard.schema.json").read_text())
WROTE = Receipt("2", "onboard", 0, files=(FileRecord(Path("/x"), None, "0", None, 0o600),))
ANTHROPIC = Decision("anthropic", profile_id="anthropic:default", place="profile")


def report_of(check_id: str, target: str = "", *commands: str) -> Report:
    """A report with one error."""
    finding = Finding(check_id, Severity.ERROR, "something is wrong", target, remedy=Remedy("", commands))
    return Report((Checked(check_id, "found", findings=(finding,)),))


@pytest.mark.parametrize("stage", ["prove", "examine"])
def test_leaving_after_the_change_tells_that_there_was_one(
    stage: str, house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from openclaw.cli import run

    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    for name, value in {**house.environment(), "MINE": KEY}.items():
        monkeypatch.setenv(name, value)
    for name in ("ANTHROPIC_API_KEY", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(proof, stage, leave)
    assert run(["onboard", "--json", "--provider", "anthropic", "--key-env", "MINE"]) == 130
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert (document["ok"], document["error"]["type"], document["changed"]) == (False, "interrupted", True)
    assert (document["receipt"], str(house.env_file) in document["files"]) == ("1", True)
    assert "Written. To take it back:" in err
    assert "undo" in err
    assert "Nothing was changed" not in err
    assert house.env_file.exists()


def test_what_their_command_stored_is_not_taken_back_by_undo(house: House, facts_of: Callable[..., Facts]) -> None:
    receipt = Receipt("1", "onboard", 0, irreversible=("openclaw models auth paste-api-key",))
    ((said, command),) = ending.ways_back(receipt, ANTHROPIC, facts_of(house))
    assert "OpenClaw's own command stored" in said
    assert command == "openclaw models auth logout anthropic:default"


@pytest.mark.parametrize(
    ("served", "wanted"),
    [
        (Served(), ["openclaw undo"]),
        (Served("pending", "why"), ["openclaw undo"]),
        (Served("installed", receipt=WROTE), ["openclaw undo 1", "openclaw gateway uninstall"]),
        (Served("pending", "why", receipt=WROTE), ["openclaw undo 1", "openclaw gateway uninstall"]),
        (Served("restarted"), ["openclaw undo 1", "openclaw gateway restart"]),
        (Served("unknown", "why"), ["openclaw undo"]),
        (Served("interrupted"), ["openclaw undo 1", "openclaw gateway status"]),
        (
            Served("interrupted", receipt=WROTE),
            ["openclaw undo 1", "openclaw gateway uninstall", "openclaw gateway status"],
        ),
    ],
)
def test_each_thing_that_was_done_is_taken_back_by_a_command_of_its_own(
    served: Served, wanted: list[str], house: House, facts_of: Callable[..., Facts]
) -> None:
    ways = list(ending.ways_back(replace(WROTE, id="1"), ANTHROPIC, facts_of(house), served))
    assert [command for _, command in ways] == wanted
    outcome = ending.Outcome(ANTHROPIC, replace(WROTE, id="1"), Proof(True), Report(()), served)
    document = ending.document(outcome, facts_of(house))
    name = our_name(os.environ)
    assert [item["command"] for item in document["undo"]] == [runnable(command, name) for command in wanted]
    if served.state != "interrupted":
        jsonschema.validate(document, SCHEMA)
    for command in wanted:  # what is printed is understood
        words = command.replace("openclaw", "", 1).split()
        help_of = words[:2] if words[0] == "gateway" else words[:1]
        assert CliRunner().invoke(root, [*help_of, "--help"]).exit_code == 0


def test_a_service_without_a_change_of_files_is_taken_back_too(house: House, facts_of: Callable[..., Facts]) -> None:
    ((_, command),) = ending.ways_back(None, ANTHROPIC, facts_of(house), Served("installed", receipt=WROTE))
    assert command == "openclaw gateway uninstall"


@pytest.mark.parametrize(
    ("check_id", "target", "proven"),
    [
        ("credentials/none", "", False),
        ("credentials/missing", "main/anthropic", False),
        ("credentials/missing", "main/openai", True),
        ("config/gateway-mode", "", True),
    ],
)
def test_proven_never_contradicts_the_doctor(check_id: str, target: str, proven: bool) -> None:
    found = proof.agreed(Proof(True), report_of(check_id, target), ANTHROPIC, "main")
    assert (found.proven, bool(found.why)) == (proven, not proven)


def test_a_gateway_that_cannot_start_is_not_advised(
    house: House, facts_of: Callable[..., Facts], tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "openclaw"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    facts = facts_of(house, env={"PATH": str(program.parent)})
    stream = io.StringIO()
    command = "openclaw config set gateway.mode local"
    ending.what_next(Page(stream, columns=80), facts, report_of("config/gateway-mode", "", command), changed=True)
    assert command in stream.getvalue()
    assert "gateway run" not in stream.getvalue()
    ending.what_next(Page(stream, columns=80), facts, Report(()), changed=True)
    assert "gateway run" in stream.getvalue()
