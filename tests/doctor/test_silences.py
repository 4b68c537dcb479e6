"""Silences: what does not count, why, until when; and what is said about silences that mean nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from doctor import silences
from doctor.own import Told, silence_expired, silence_unknown
from doctor.registry import all_checks
from doctor.report import Report, exit_code
from doctor.silences import Silence
from openclaw.check import NotApplicable
from openclaw.errors import Unreadable
from tests.doctor import homes, reports
from tests.doctor.homes import REPOSITORY, doctor, healthy, state, write

if TYPE_CHECKING:
    from pathlib import Path

OPEN = "security/readable-by-others"
SCHEMAS = REPOSITORY / "docs" / "schemas"
TODAY = "2026-02-02"  # of homes.NOW


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One error: an env file that others can read."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    healthy(folder)
    write(state(folder) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o644)
    return folder


def kept(home: Path) -> Path:
    [path] = (home / ".local").rglob(silences.NAME)
    return path


def silenced(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in document["findings"] if "silenced" in item]


# ---- which findings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("silence", "meant"),
    [
        (Silence("credentials/expired", "x"), True),
        (Silence("credentials", "x"), True),
        (Silence("*/expir*", "x"), True),
        (Silence("credentials/expire", "x"), False),
        (Silence("cred", "x"), False),
        (Silence("credentials", "x", "anthropic:a"), True),
        (Silence("credentials", "x", "anthropic:b"), False),
        (Silence("credentials", "x", "~/.openclaw/a b.json"), True),
        (Silence("credentials", "x", "/home/eve/.openclaw/a b.json"), True),
    ],
)
def test_which_findings_are_meant(silence: Silence, meant: bool) -> None:
    assert silence.covers(reports.EXPIRED, reports.USER) is meant


def test_what_is_silenced_does_not_count_and_is_not_lost() -> None:
    before = Report(reports.OUTCOMES[:3])
    after = silences.apply(before, [Silence("credentials", "why", until=TODAY)], TODAY, reports.USER)
    assert (exit_code(before), exit_code(after)) == (1, 0)
    assert after.counts()["error"] == 0
    assert after.count_aside(known=False) == 1
    assert [item.finding for item in after.aside] == [reports.EXPIRED]
    assert after.outcomes[1].state == "found"
    assert after.looked == before.looked
    assert silences.apply(before, [Silence("credentials", "why", until="2026-02-01")], TODAY, reports.USER) == before


# ---- files ---------------------------------------------------------------------------------------------------------

GOOD = {
    "a.toml": '[[silences]]\nid = "security"\nreason = "r"\nuntil = 2026-12-31\n',
    "b.toml": '[[silences]]\nid = "security"\nreason = "r"\nuntil = "2026-12-31"\n',
    "c.json": '\ufeff{"silences": [{"id": "security", "reason": "r", "until": "2026-12-31"}]}',
}


@pytest.mark.parametrize("name", GOOD)
def test_forms_of_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(GOOD[name])
    assert silences.read(path) == (Silence("security", "r", "", "2026-12-31"),)


BAD = {
    "a.json": ("{", "parsed"),
    "b.toml": ("[[silences]\n", "parsed"),
    "c.json": ("[]", "no list"),
    "d.json": ('{"silences": [7]}', "silence 1 is not an object"),
    "e.json": ('{"silences": [{"id": "x"}]}', "no `reason`"),
    "f.json": ('{"silences": [{"reason": "x"}]}', "no `id`"),
    "g.json": ('{"silences": [{"id": "x", "reason": "y", "until": "soon"}]}', "not a date"),
    "h.json": ('{"silences": [{"id": "x", "reason": "y", "ubtil": "2026-12-31"}]}', "`ubtil`"),
    "i.json": ('{"silences": [{"id": "x", "reason": 7}]}', "`reason` is not a text"),
    "j.json": ("[" * 100_000, "nested"),
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_are_not_sound(tmp_path: Path, name: str) -> None:
    text, said = BAD[name]
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(Unreadable, match=said):
        silences.read(path)


def test_a_file_that_is_handed_in(home: Path) -> None:
    before = homes.tree(state(home))
    path = write(home / "silences.toml", f'[[silences]]\nid = "{OPEN}"\nreason = "shared on purpose"\n')
    run = doctor(home, "--json", "--silences", str(path))
    validator("doctor-report").validate(run.document)
    [item] = silenced(run.document)
    assert (run.code, item["checkId"], item["silenced"]) == (0, OPEN, {"reason": "shared on purpose"})
    assert run.document["counts"] == {"error": 0, "warning": 0, "info": 6, "silenced": 1}
    assert homes.tree(state(home)) == before


@pytest.mark.parametrize("text", [None, "{", '{"silences": [{}]}'])
def test_a_handed_in_file_that_is_not_there_or_not_sound_is_a_usage_error(home: Path, text: str | None) -> None:
    if text:
        write(home / "s.json", text)
    run = doctor(home, "--json", "--silences", "s.json")
    assert (run.code, run.document["error"]["type"]) == (2, "usage")
    assert "s.json" in run.err


# ---- the command ---------------------------------------------------------------------------------------------------


def test_a_silence_is_kept_shown_used_and_taken_back(home: Path) -> None:
    before = homes.tree(state(home))
    made = doctor(
        home, "silence", OPEN, "--target", "~/.openclaw/.env", "--reason", "on purpose", "--until", "2026-03-01"
    )
    assert (made.code, made.err) == (0, "")
    assert made.out == f"{OPEN} for ~/.openclaw/.env does not count any more, until 2026-03-01.\n"
    assert kept(home).stat().st_mode & 0o777 == 0o600
    run = doctor(home, "--json")
    validator("doctor-report").validate(run.document)
    assert (run.code, run.document["ok"]) == (0, True)
    [item] = silenced(run.document)
    assert item["silenced"] == {"reason": "on purpose", "until": "2026-03-01"}
    text = doctor(home)
    assert "[✓] Security" in text.out
    assert "silenced until 2026-03-01: on purpose" in " ".join(text.out.split())
    assert "; 1 finding silenced." in text.out
    assert (doctor(home, "-q").code, doctor(home, "-q").out) == (0, "")
    listed = doctor(home, "silence", "--list", "--json")
    validator("doctor-silences").validate(listed.document)
    assert [row["id"] for row in listed.document["silences"]] == [OPEN]
    assert "on purpose" in doctor(home, "silence", "--list").out
    removed = doctor(home, "silence", "--remove", OPEN, "--target", "~/.openclaw/.env")
    assert removed.code == 0
    assert doctor(home, "-q").code == 1
    assert doctor(home, "silence", "--list").out == "Nothing is silenced.\n"
    assert homes.tree(state(home)) == before


def test_a_reason_is_kept_without_secrets(home: Path) -> None:
    doctor(home, "silence", OPEN, "--reason", f"it is {homes.OPENAI_KEY}")
    assert homes.OPENAI_KEY not in kept(home).read_text()


def test_the_same_id_and_target_is_one_silence(home: Path) -> None:
    for reason in ("one", "two"):
        assert doctor(home, "silence", OPEN, "--reason", reason).code == 0
    assert [item.reason for item in silences.read(kept(home))] == ["two"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "which check?"),
        (("credentials/expird", "--reason", "x"), "did you mean credentials/expired"),
        ((OPEN,), "needs a reason"),
        ((OPEN, "--reason", " "), "needs a reason"),
        ((OPEN, "--reason", "x", "--until", "31.12.2026"), "not a date"),
        ((OPEN, "--reason", "x", "--until", "2026-02-01"), "is over already"),
        (("--remove", OPEN), "no silence is of"),
        (("--list", OPEN), "cannot be used together"),
        (("--remove", OPEN, "--reason", "x"), "cannot be used together"),
    ],
)
def test_usage_errors_write_nothing(home: Path, args: tuple[str, ...], said: str) -> None:
    before = homes.tree(home)
    run = doctor(home, "silence", "--json", *args)
    assert run.code == 2
    assert said in run.err
    assert run.document["error"]["type"] == "usage"
    assert homes.tree(home) == before


def test_of_several_at_the_same_time_none_is_lost(home: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        runs = pool.map(
            lambda number: doctor(home, "silence", OPEN, "--target", str(number), "--reason", "x"), range(4)
        )
        assert [run.code for run in runs] == [0] * 4
    assert {item["target"] for item in json.loads(kept(home).read_text())["silences"]} == {"0", "1", "2", "3"}


def test_looking_at_the_list_makes_nothing(home: Path) -> None:
    before = homes.tree(home)
    assert doctor(home, "silence", "--list").code == 0
    assert homes.tree(home) == before


def test_our_own_file_that_cannot_be_parsed_silences_nothing_and_is_not_written_over(home: Path) -> None:
    doctor(home, "silence", OPEN, "--reason", "x")
    kept(home).write_text("{")
    run = doctor(home, "--json")
    assert run.code == 1
    assert silenced(run.document) == []
    outcome, reason = run.outcome("doctor/silence-unknown")
    assert outcome == "unknown"
    assert "silences.json" in reason
    again = doctor(home, "silence", OPEN, "--reason", "y")
    assert again.code == 3
    assert "mend the file, or move it away" in again.err
    assert kept(home).read_text() == "{"


# ---- silences that mean nothing ------------------------------------------------------------------------------------


def told(*items: Silence) -> Told:
    return Told(items, tuple(item.id for item in all_checks()), TODAY, "/x/silences.json")


def test_an_unknown_id_is_a_finding() -> None:
    known = [Silence(name, "x") for name in ("credentials/expired", "host", "live/*", "doctor/silence-expired")]
    assert list(silence_unknown.run(told(*known))) == []
    [found] = silence_unknown.run(told(*known, Silence("credentials/expird", "x", "a b")))
    assert found.remedy
    assert found.remedy.text.startswith("did you mean credentials/expired or")
    assert found.remedy.commands[-1] == "openclaw doctor silence --remove credentials/expird --target 'a b'"
    assert found.where
    assert found.where.path == "/x/silences.json"


def test_an_expired_one_is_said() -> None:
    [found] = silence_expired.run(told(Silence("host", "x", until="2026-02-01"), Silence("host", "x", until=TODAY)))
    assert found.message == "The silence of host ended on 2026-02-01"
    for item in (silence_unknown, silence_expired):
        with pytest.raises(NotApplicable):
            list(item.run(told()))


def test_they_are_reported_and_what_was_silenced_counts_again(home: Path) -> None:
    rows = [{"id": OPEN, "reason": "x", "until": "2026-02-01"}, {"id": "acme/gone", "reason": "y"}]
    write(home / "s.json", json.dumps({"silences": rows}))
    run = doctor(home, "--json", "--silences", "s.json")
    validator("doctor-report").validate(run.document)
    assert run.code == 1
    found = {item["checkId"]: item for item in run.document["findings"]}
    assert found["doctor/silence-expired"]["severity"] == "info"
    assert found["doctor/silence-unknown"]["path"] == "~/s.json"
    assert found["doctor/silence-unknown"]["commands"]
    assert "silenced" not in found[OPEN]
    text = doctor(home, "--silences", "s.json").out
    assert "[!] Doctor" in text
    assert doctor(home, "--json", "--skip", "doctor", "--silences", "s.json").outcome("doctor/silence-unknown") == (
        "skipped",
        "not selected",
    )


def test_a_command_that_a_finding_prints_takes_the_silence_away(home: Path) -> None:
    doctor(home, "silence", OPEN, "--reason", "x")
    rows = [{"id": "old/gone", "target": "a b", "reason": "y"}]
    kept(home).write_text(json.dumps({"version": 1, "silences": rows}))
    [found] = [
        item for item in doctor(home, "--json").document["findings"] if item["checkId"] == "doctor/silence-unknown"
    ]
    command = found["commands"][-1]
    assert "doctor silence --remove old/gone --target 'a b'" in command
    assert doctor(home, "silence", "--remove", "old/gone", "--target", "a b").code == 0
    assert silences.read(kept(home)) == ()


def test_fix_leaves_what_is_silenced_alone(home: Path) -> None:
    doctor(home, "silence", OPEN, "--reason", "shared on purpose")
    assert doctor(home, "--fix", "--yes").code == 0
    assert (state(home) / ".env").stat().st_mode & 0o777 == 0o644


def test_silences_of_plugins_are_not_unknown_where_plugins_are_left_out(home: Path) -> None:
    write(home / "s.json", json.dumps({"silences": [{"id": "acme/thing", "reason": "y"}]}))
    assert doctor(home, "--json", "--silences", "s.json").outcome("doctor/silence-unknown")[0] == "found"
    run = doctor(home, "--json", "--no-plugins", "--silences", "s.json")
    assert run.outcome("doctor/silence-unknown")[0] == "skipped"
