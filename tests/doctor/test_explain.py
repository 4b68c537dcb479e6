"""`openclaw doctor explain`: pages of checks, and pasted errors."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from doctor import pages, reference
from doctor.registry import all_checks
from openclaw.providers.advice import THREE_WAYS
from tests.doctor import homes
from tests.doctor.homes import REPOSITORY, Run, doctor, environment

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((REPOSITORY / "docs" / "schemas" / "doctor-explain.schema.json").read_text("utf-8"))
RESTRICTED = "This credential is only authorized for use with Claude Code and cannot be used for other API requests."
KEY = "sk-ant-api03-" + "FAKE" * 20
LOG = [
    "2026-02-01T10:00:00Z starting",
    f"2026-02-01T10:00:01Z FailoverError: LLM request rejected: {RESTRICTED}",
    "2026-02-01T10:00:02Z all is well",
    '2026-02-01T10:00:03Z 401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}',
    f"2026-02-01T10:00:04Z FailoverError: LLM request rejected: {RESTRICTED}",
    "2026-02-01T10:00:05Z nothing",
    "2026-02-01T10:00:06Z nothing",
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def piped(home: Path, text: bytes, *args: str) -> Run:
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", "doctor", "explain", "-", *args],
        env=environment(home), cwd=home, input=text, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def valid(run: Run) -> dict[str, Any]:
    jsonschema.Draft202012Validator(SCHEMA).validate(run.document)
    assert run.document["ok"] is (run.code == 0)
    return run.document


def test_the_page_of_a_check(home: Path) -> None:
    run = doctor(home, "explain", "credentials/claude-code-only")
    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    assert lines[0] == "credentials/claude-code-only"
    for heading in (pages.MEANS, pages.FIXED, pages.LEFT_OUT):
        assert heading in lines
    assert "doctor explain" not in run.out
    assert any(line.strip().endswith("onboard --provider anthropic --method api-key") for line in lines)


def test_every_check_is_explained_as_text_and_as_data(home: Path) -> None:
    from doctor.explaining import check_document
    from doctor.render import explained
    from doctor.render.human import Style

    for item in all_checks():
        document = check_document(item, "manual")
        assert document["means"]
        assert document["fixed"]
        assert document["leftOut"]
        jsonschema.Draft202012Validator(SCHEMA).validate({"schemaVersion": 1, "ok": True, "checks": [document]})
        for width in (40, 80, 200):
            text = explained.check(
                item, pages.page(item.id), "manual", typed=tuple, user=home, style=Style(width=width)
            )
            prose = [line for line in text.splitlines() if not line.strip().startswith("openclaw ")]
            assert max(map(len, prose)) <= width, (item.id, width)
            assert "```" not in text


def test_as_json(home: Path) -> None:
    document = valid(doctor(home, "explain", "credentials/expired", "--json"))
    assert [item["checkId"] for item in document["checks"]] == ["credentials/expired"]
    area = valid(doctor(home, "explain", "security", "--json"))
    assert len(area["checks"]) > 3
    assert "security/repo: " in doctor(home, "explain", "security").out


@pytest.mark.parametrize("name", ["credentials/expird", "credentials/nonsense-entirely", "credentals"])
def test_an_unknown_id_is_an_error_with_the_nearest(home: Path, name: str) -> None:
    run = doctor(home, "explain", name, "--json")
    assert run.code == 2
    assert run.document["error"]["type"] == "usage"
    if name == "credentials/expird":
        assert "did you mean credentials/expired" in run.err


def test_the_refusal_outside_of_claude_code_gets_the_three_ways_out(home: Path) -> None:
    run = doctor(home, "explain", RESTRICTED)
    assert (run.code, run.err) == (0, "")
    assert THREE_WAYS in " ".join(run.out.split())
    commands = [line.strip() for line in run.out.splitlines() if line.startswith("        ")]
    assert any(item.endswith("onboard --provider anthropic --method api-key") for item in commands)
    assert any(item.endswith("real models set claude-cli/opus") for item in commands)
    assert any(item.endswith("doctor explain credentials/claude-code-only") for item in commands)
    [error] = valid(doctor(home, "explain", RESTRICTED, "--json"))["errors"]
    assert error["class"] == "auth_restricted"
    assert error["mark"] == "Claude Code only"
    assert len(error["commands"]) == 2


def test_the_commands_are_those_of_the_installed_generation(home: Path) -> None:
    homes.write(homes.state(home) / "openclaw.json", '{"meta": {"lastTouchedVersion": "2026.9.6"}}')
    assert "real onboard --auth-choice anthropic-cli" in doctor(home, "explain", RESTRICTED).out


def test_a_log_on_standard_input(home: Path) -> None:
    document = valid(piped(home, "\n".join(LOG).encode(), "--json"))
    found = [(item["class"], item["lines"]) for item in document["errors"]]
    assert found == [("auth_bad", [4]), ("auth_restricted", [2, 5])]
    text = piped(home, "\n".join(LOG).encode()).out
    assert "2 lines, the last: 2, 5" in text


def test_a_pretty_printed_answer_is_one_error(home: Path) -> None:
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": RESTRICTED}, "request_id": "req_1"}
    document = valid(piped(home, json.dumps(body, indent=2).encode(), "--json"))
    assert [item["class"] for item in document["errors"]] == ["auth_restricted"]


@pytest.mark.parametrize("text", ["the cat sat on the mat", "x", "%s", "--", "a/b/c", KEY])
def test_an_unknown_text(home: Path, text: str) -> None:
    run = doctor(home, "explain", "--json", "--", text)
    assert run.code == 1
    assert valid(run)["errors"] == []
    plain = doctor(home, "explain", "--", text)
    assert plain.out.startswith("Nothing in this text is known")
    assert KEY not in plain.out + plain.err + run.out + run.err


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"\n" * 1000, b"{" * 5000, b"x" * 300_000])
def test_odd_input(home: Path, data: bytes) -> None:
    run = piped(home, data, "--json")
    assert (run.code, run.err) == (1, "")
    assert valid(run)["errors"] == []


def test_a_key_in_a_text_is_not_repeated(home: Path) -> None:
    text = f"401 invalid x-api-key: {KEY} authentication_error"
    for run in (doctor(home, "explain", text), doctor(home, "explain", text, "--json"), piped(home, text.encode())):
        assert run.code == 0
        assert KEY not in run.out + run.err


def test_lines_of_a_long_log_have_their_real_numbers(home: Path) -> None:
    log = "an ordinary line of a log\n" * 200_000 + LOG[1] + "\n"
    [error] = valid(piped(home, log.encode(), "--json"))["errors"]
    assert error["lines"] == [200_001]


def test_nothing_to_explain(home: Path) -> None:
    assert doctor(home, "explain").code == 2
    assert doctor(home, "explain", " ").code == 2


def test_it_writes_nothing(home: Path) -> None:
    before = homes.tree(home)
    for what in ("host/clock", RESTRICTED, "unknown words"):
        doctor(home, "explain", what)
    assert homes.tree(home) == before


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_blocks_of_a_page() -> None:
    text = "One\ntwo.\n\n- a\n  b\n- c\n\n```sh\nx  y\n\nz\n```\n\n1. d\n"
    assert [*pages.blocks_of(text)] == [
        ("text", "One\ntwo."),
        ("item", "a\nb"),
        ("item", "c"),
        ("code", "x  y\n\nz"),
        ("item", "d"),
    ]


def test_commands_of_a_page() -> None:
    text = "Run `openclaw doctor\nlist`, `openclaw undo ID`, `chmod 600 x` or `openclaw doctor list`."
    assert pages.commands_in(text) == ["openclaw doctor list"]
    assert pages.commands_in(text, whole=False) == ["openclaw doctor list", "openclaw undo ID"]


def test_the_reference_page_is_current() -> None:
    """`python -m doctor.reference > docs/checks.md` makes it anew."""
    assert (REPOSITORY / "docs" / "checks.md").read_text("utf-8") == reference.text()


def test_a_check_of_a_plugin_has_no_page_here() -> None:
    from doctor.render.json import page

    assert page("acme/disk") == ""
    assert page("credentials/expired") == "checks/explain/credentials/expired.md"
