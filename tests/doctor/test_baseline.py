"""`--baseline`, `--new-only`, `--write-baseline`: what is known does not count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from doctor import baseline
from doctor.report import Report, exit_code
from openclaw.errors import UsageFailure
from tests.doctor import homes, reports
from tests.doctor.homes import REPOSITORY, doctor, healthy, state, write

if TYPE_CHECKING:
    from pathlib import Path

OPEN = "security/readable-by-others"
SCHEMA = json.loads((REPOSITORY / "docs" / "schemas" / "doctor-report.schema.json").read_text("utf-8"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    healthy(folder)
    write(state(folder) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o644)
    return folder


def test_what_is_known_does_not_count() -> None:
    report = Report(reports.OUTCOMES[:3])
    known = {("credentials/expired", reports.EXPIRED.fingerprint)}
    found = baseline.apply(report, known)
    assert (exit_code(report), exit_code(found)) == (1, 0)
    assert [item.finding for item in found.aside] == [reports.EXPIRED]
    assert baseline.apply(report, known, new_only=True).aside == ()
    assert baseline.apply(report, {("credentials/expired", "0" * 16)}).findings == report.findings


@pytest.mark.parametrize("how", ["--write-baseline", "--json"])
def test_from_one_run_to_the_next(home: Path, how: str) -> None:
    before = homes.tree(state(home))
    path = home / "baseline.json"
    if how == "--json":
        path.write_text(doctor(home, "--json").out)
    else:
        assert doctor(home, how, "baseline.json").code == 1
    same = doctor(home, "--json", "--baseline", "baseline.json")
    jsonschema.Draft202012Validator(SCHEMA).validate(same.document)
    assert (same.code, same.document["ok"]) == (0, True)
    assert same.document["counts"]["error"] == 0
    assert same.document["counts"]["known"] == sum(item.get("known", False) for item in same.document["findings"])
    assert homes.tree(state(home)) == before

    write(state(home) / "openclaw.json", "{")
    more = doctor(home, "--json", "--baseline", "baseline.json", "--new-only")
    assert more.code == 1
    found = [item["checkId"] for item in more.document["findings"]]
    assert "config/unparsable" in found
    assert OPEN not in found
    text = doctor(home, "--baseline", "baseline.json")
    assert "(known from the baseline)" in " ".join(text.out.split())
    short = doctor(home, "--baseline", "baseline.json", "--new-only")
    assert "(known from the baseline)" not in " ".join(short.out.split())
    assert "known from the baseline." in short.out


def test_a_baseline_that_is_written_with_new_only_is_whole(home: Path) -> None:
    doctor(home, "--write-baseline", "one.json")
    doctor(home, "--baseline", "one.json", "--new-only", "--write-baseline", "two.json")
    assert doctor(home, "-q", "--baseline", "two.json").code == 0


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"ok": false, "findings": [], "error": {"type": "usage"}}'])
def test_a_file_that_is_no_report_is_a_usage_error(home: Path, text: str | None) -> None:
    path = home / "b.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageFailure):
        baseline.read(path)
    run = doctor(home, "--json", "--baseline", "b.json")
    assert (run.code, run.document["error"]["type"]) == (2, "usage")


def test_what_is_not_shown_is_not_called_gone(home: Path) -> None:
    doctor(home, "--write-baseline", "b.json")
    for _ in range(2):
        run = doctor(home, "--json", "--baseline", "b.json", "--new-only", "--record", "--since", "last")
    assert (run.document["since"]["gone"], run.document["since"]["new"]) == ([], [])


def test_new_only_alone_means_nothing(home: Path) -> None:
    run = doctor(home, "--new-only")
    assert run.code == 2
    assert "--baseline" in run.err
