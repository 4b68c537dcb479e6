"""`--format`, `--output`, `--plain` and GitHub Actions: what goes where."""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import pytest

from doctor.forms import FORMS, placed
from openclaw.errors import UsageFailure
from tests.doctor import homes
from tests.doctor.homes import doctor, healthy, state, write

if TYPE_CHECKING:
    from pathlib import Path

OPEN = "security/readable-by-others"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    healthy(folder)
    write(state(folder) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o644)
    return folder


@pytest.mark.parametrize(
    ("form", "as_json", "values", "expected"),
    [
        ("", False, [], ("", ())),
        ("", True, [], ("json", ())),
        ("json", True, [], ("json", ())),
        ("sarif", False, [], ("sarif", ())),
        ("", False, ["a.sarif", "b.xml"], ("", (("sarif", "a.sarif"), ("junit", "b.xml")))),
        ("sarif", False, ["a.json"], ("human", (("sarif", "a.json"),))),
        ("github", False, ["sarif:a", "junit:b:c"], ("github", (("sarif", "a"), ("junit", "b:c")))),
        ("", True, ["x.md"], ("json", (("markdown", "x.md"),))),
        ("", False, ["C:x.md"], ("", (("markdown", "C:x.md"),))),
    ],
)
def test_which_form_goes_where(form: str, as_json: bool, values: list[str], expected: object) -> None:
    assert placed(form, as_json, values) == expected


@pytest.mark.parametrize(
    ("form", "as_json", "values"),
    [
        ("junit", True, []), ("sarfi", False, []), ("", False, ["report"]), ("", False, ["-"]), ("", False, ["sarif:"]),
        ("", False, ["sarif:a", "json:a"]), ("", False, [""]),
    ],
)  # fmt: skip
def test_what_means_nothing_is_an_error(form: str, as_json: bool, values: list[str]) -> None:
    with pytest.raises(UsageFailure):
        placed(form, as_json, values)


def test_formats_on_standard_output(home: Path) -> None:
    before = homes.tree(home)
    runs = {form: doctor(home, "--format", form) for form in FORMS}
    assert homes.tree(home) == before
    assert {(run.code, run.err) for run in runs.values()} == {(1, "")}
    assert json.loads(runs["json"].out) == doctor(home, "--json").document
    assert runs["human"].out == doctor(home).out
    assert Xml.fromstring(runs["junit"].out).get("failures") == "1"
    assert json.loads(runs["sarif"].out)["runs"][0]["results"][0]["ruleId"] == OPEN
    assert runs["github"].out.startswith("::error file=~/.openclaw/.env,title=security/readable-by-others::")
    assert 'openclaw_doctor_findings{severity="error"} 1\n' in runs["prometheus"].out
    assert runs["markdown"].out.startswith("## openclaw doctor\n")
    assert all(homes.OPENAI_KEY not in run.out for run in runs.values())


def test_files_beside_the_text_for_people(home: Path) -> None:
    out = home / "out"
    out.mkdir()
    files = ["--output", "out/a.xml", "--output", "sarif:out/b", "--output", "out/c.json", "--output", "out/d.prom"]
    run = doctor(home, *files, "--output", "out/deep/e.md", "--output", "out/f.txt")
    assert (run.code, run.err) == (1, "")
    assert run.out == doctor(home).out
    assert Xml.parse(out / "a.xml").getroot().tag == "testsuites"
    assert json.loads((out / "b").read_text())["version"] == "2.1.0"
    assert json.loads((out / "c.json").read_text())["ok"] is False
    assert (out / "d.prom").read_text().endswith("\n")
    assert "## openclaw doctor" in (out / "deep" / "e.md").read_text()
    assert (out / "f.txt").read_text() == run.out
    mask = os.umask(0)
    os.umask(mask)
    assert (out / "d.prom").stat().st_mode & 0o777 == 0o666 & ~mask  # another program reads it
    assert sorted(path.name for path in out.iterdir()) == ["a.xml", "b", "c.json", "d.prom", "deep", "f.txt"]


def test_the_format_is_that_of_the_file(home: Path) -> None:
    run = doctor(home, "--format", "junit", "--output", "report")
    assert run.out == doctor(home).out
    assert Xml.parse(home / "report").getroot().tag == "testsuites"


def test_a_file_that_cannot_be_written_is_a_failure_of_the_run(home: Path) -> None:
    write(home / "file", "x")
    run = doctor(home, "--json", "--output", "junit:file/report.xml")
    assert run.code == 3
    assert run.document["error"]["type"] == "failed"
    assert (home / "file").read_text() == "x"


def test_in_github_actions_annotations_and_a_summary_by_themselves(home: Path) -> None:
    summary = write(home / "summary.md", "before\n")
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    run = doctor(home, cwd=None, **actions)
    assert run.code == 1
    assert run.out.startswith("::error file=~/.openclaw/.env,")
    text = summary.read_text()
    assert text.startswith("before\n## openclaw doctor\n")
    assert f"`{OPEN}`" in text
    doctor(home, cwd=None, **actions)
    assert summary.read_text().count("## openclaw doctor") == 2


def test_a_path_in_the_work_tree_is_told_from_its_root(home: Path) -> None:
    run = doctor(home, "--format", "github", GITHUB_WORKSPACE=str(home / ".openclaw"))
    assert run.out.startswith("::error file=.env,")


@pytest.mark.parametrize(
    "args", [("--json",), ("--format", "human"), ("-q",), ("--format", "markdown"), ("--fix", "--dry-run")]
)
def test_what_was_asked_for_stays_in_github_actions(home: Path, args: tuple[str, ...]) -> None:
    summary = home / "summary.md"
    run = doctor(home, *args, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert not any(line.startswith("::") for line in run.out.splitlines())
    assert not summary.exists()


def test_a_summary_that_cannot_be_written_is_said_and_stops_nothing(home: Path) -> None:
    run = doctor(home, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(home / "gone" / "x.md"))
    assert run.code == 1
    assert "job summary could not be written" in run.err


def test_the_diff_of_fix_is_not_mixed_with_a_document(home: Path) -> None:
    run = doctor(home, "--fix", "--yes", "--format", "junit")
    assert run.code == 0
    assert Xml.fromstring(run.out).get("failures") == "0"


def test_json_file_has_what_fix_did(home: Path) -> None:
    doctor(home, "--fix", "--yes", "--output", "r.json")
    assert json.loads((home / "r.json").read_text())["outcome"]["fixed"]


def test_plain_has_words_instead_of_signs(home: Path) -> None:
    run = doctor(home, "--plain", FORCE_COLOR="1", TERM="xterm")
    assert run.out.isascii()
    assert "[" not in run.out
    assert "\x1b" not in run.out
    assert "Error: Security\n  Error: A file that holds secrets" in run.out
    fixed = doctor(home, "--plain", "--fix", "--yes")
    assert "OK: fixed: error security/readable-by-others" in fixed.out


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_colour(home: Path, env: dict[str, str], coloured: bool) -> None:
    assert ("\x1b[31m" in doctor(home, cwd=None, **env).out) is coloured


def documented() -> list[str]:
    """The commands of docs/doctor.md that change nothing of an installation, without their remarks."""
    blocks = (homes.REPOSITORY / "docs" / "doctor.md").read_text("utf-8").split("```sh\n")[1:]
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.split("```")[0].splitlines()]
    return [
        line for line in lines if line.startswith("openclaw doctor ") and "--fix" not in line and "bundle" not in line
    ]


def test_the_commands_of_the_page_work(home: Path) -> None:
    found = documented()
    assert len(found) > 6
    for line in found:
        words = shlex.split(line.replace("/var/lib/node_exporter", str(home)))[2:]
        run = doctor(home, *words)
        assert run.code in (0, 1), (line, run.err)
        assert run.err == "", line


def test_the_text_is_not_lost_with_a_file_that_cannot_be_written(home: Path) -> None:
    write(home / "file", "x")
    run = doctor(home, "--output", f"{home}/file/report.json")
    assert run.code == 3
    assert "other users can read it" in run.out
    assert "report.json" in run.err
    document = doctor(home, "--json", "--output", f"{home}/file/report.json").document
    assert (document["ok"], document["error"]["type"]) == (False, "failed")


@pytest.mark.parametrize("name", ["-", "json:/dev/stdout", "json:/dev/stderr"])
def test_a_stream_is_no_file(name: str) -> None:
    with pytest.raises(UsageFailure, match="a file is needed"):
        placed("", False, [name])
