"""`openclaw doctor --fix` as a process: what it changes, what it leaves, what it says, and that undo takes it back."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.doctor import homes
from tests.doctor.homes import REPOSITORY, Run, doctor, environment, healthy, state, store_path, write
from tests.doctor.test_doctor_command import CANARIES, planted

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((REPOSITORY / "docs" / "schemas" / "doctor-report.schema.json").read_text("utf-8"))
OPEN = "security/readable-by-others"

# Checks and fixes of this test, in the place of the built-in ones: findings are keys of the config.
FAKE = '''
import sys
import checks, checks.fixes
from pathlib import Path
from openclaw.api import *
from openclaw.change.plan import *
from openclaw.cli import run

def made(slug, cls, **more):
    @check(f"fake/{slug}", Severity.ERROR)
    def found(config):
        """A key that should not be there."""
        if slug in config.value:
            yield Finding(f"fake/{slug}", Severity.ERROR, f"{slug} is there", slug, where=Location(str(config.path)),
                          remedy=Remedy("Take it out.", ("true",), cls))
    return found

def mended(slug, *changes):
    @fix(f"fake/{slug}")
    def plan(finding):
        """Take it out."""
        path = Path(finding.where.path)
        if slug == "crash":
            raise ValueError("hunter2")
        if slug == "never":
            raise Unfixable("only you know what belongs there")
        if slug == "useless":
            return (SetKey(path, ("touched",), True),)
        if slug == "worse":
            return (DeleteKey(path, ("worse",)), SetKey(path, ("auto",), 1))
        if slug == "failing":
            return (DeleteKey(path, (slug,)), Run(("false",)))
        if slug == "rival":
            return (SetKey(path, ("confirm",), 2),)
        return (DeleteKey(path, (slug,)),)
    return plan

@check("fake/broken", Severity.ERROR)
def broken(config):
    """It crashes."""
    raise SystemExit("hunter2")

slugs = {"auto": "auto", "confirm": "confirm", "crash": "auto", "never": "auto", "useless": "auto", "worse": "auto",
         "failing": "auto", "rival": "confirm", "nofix": "confirm"}
known = [made(slug, cls) for slug, cls in slugs.items()]
if "--with-crash" in sys.argv:
    sys.argv.remove("--with-crash")
    known.append(broken)
if "--shuffled" in sys.argv:
    sys.argv.remove("--shuffled")
    known.reverse()
fixes = {item.check_id: item for item in map(mended, slugs) if item.check_id != "fake/nofix"}
checks.load = lambda: known
checks.fixes.load = lambda: fixes
checks.fixes.IDS = frozenset(fixes)
sys.exit(run(sys.argv[1:]))
'''


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    return healthy(folder)


def fake(home: Path, *args: str) -> Run:
    done = subprocess.run(
        [sys.executable, "-c", FAKE, "doctor", *args],
        env=environment(home), cwd=home, capture_output=True, text=True, timeout=60, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


def undo(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "openclaw", "undo", *args],
        env=environment(home), cwd=home, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def config_with(home: Path, *slugs: str) -> Path:
    keys = "".join(f"  {slug}: 1, // as it was\n" for slug in slugs)
    return write(state(home) / "openclaw.json", f'{{\n  gateway: {{ mode: "local" }},\n{keys}}}\n')


def document(run: Run) -> dict[str, Any]:
    found = run.document
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert found["ok"] is (run.code == 0)
    return found


def told(found: dict[str, Any], part: str) -> list[str]:
    return [item["checkId"].removeprefix("fake/") for item in found["outcome"][part]]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def ours(home: Path) -> Path:
    return home / ".local"


# ---- the real one --------------------------------------------------------------------------------------------------


def test_open_files_are_closed_without_a_question_and_undo_opens_them_again(home: Path) -> None:
    env_file = write(state(home) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o644)
    store_path(home).chmod(0o640)
    before = {path: (path.read_bytes(), mode(path)) for path in (env_file, store_path(home))}
    run = doctor(home, "--fix")
    assert run.code == 0, run.out + run.err
    assert (mode(env_file), mode(store_path(home))) == (0o600, 0o600)
    assert "mode ~/.openclaw/.env (mode 0644 -> 0600)" in run.out
    assert run.out.count("[✓] fixed: ") == 2
    assert "    openclaw undo 1\n" in run.out
    assert homes.OPENAI_KEY not in run.out

    again = doctor(home, "--fix")
    assert again.code == 0
    assert again.out.startswith("There is nothing to repair here.\n")
    assert "openclaw undo" not in again.out
    assert undo(home, "--list").stdout.count("doctor --fix") == 1

    assert undo(home).returncode == 0
    assert {path: (path.read_bytes(), mode(path)) for path in before} == before
    assert doctor(home, "--json").ids("error") == [OPEN, OPEN]


def test_a_dry_run_changes_nothing(home: Path) -> None:
    write(state(home) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o644)
    before = homes.tree(home)
    text, run = doctor(home, "--fix", "--dry-run", "--yes"), doctor(home, "--fix", "--dry-run", "--json")
    assert homes.tree(home) == before
    assert (text.code, run.code) == (1, 1)
    assert "(mode 0644 -> 0600)" in text.out
    assert "Nothing was changed: this was a dry run." in text.out
    found = document(run)
    assert found["dryRun"] is True
    assert [item["mode"] for item in found["plan"]] == ["0644 -> 0600"]
    assert [item["reason"] for item in found["outcome"]["notApplied"]] == ["dry run"]
    assert "receipt" not in found
    assert [item["checkId"] for item in found["findings"] if item["severity"] == "error"] == [OPEN]


def test_without_fix_the_command_that_fixes_is_named(home: Path) -> None:
    write(state(home) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o644)
    assert (
        "1 finding can be repaired here; every change is shown first:\n        openclaw doctor --fix\n"
        in doctor(home).out
    )
    assert "repaired" not in doctor(home, "--skip", "security").out


def test_nothing_is_left_behind_where_nothing_is_wrong(home: Path) -> None:
    before = homes.tree(home)
    run = doctor(home, "--fix", "--yes", "--json")
    assert homes.tree(home) == before
    found = document(run)
    assert (run.code, found["plan"], found["outcome"]) == (
        0,
        [],
        {"fixed": [], "stillThere": [], "new": [], "notApplied": []},
    )


def test_the_store_of_a_newer_openclaw_is_not_written(home: Path) -> None:
    """A populated store beside a database: whatever its findings claim, nothing is done to its contents."""
    write(state(home) / "openclaw.json", '{ gateway: { mode: "local" }, meta: { lastTouchedVersion: "2026.9.6" } }')
    profiles = {"openai:default": {"type": "api_key", "provider": "openai", "key": f" {homes.OPENAI_KEY}\n"}}
    path = homes.store(home, profiles)
    before = path.read_bytes()
    run = doctor(home, "--fix", "--yes", "--json")
    document(run)
    assert path.read_bytes() == before


@pytest.mark.parametrize("form", [("--dry-run",), ("--dry-run", "--json"), ("--yes",), ("--yes", "--json"), ("-q",)])
def test_no_canary_in_what_is_said_of_a_change(home: Path, form: tuple[str, ...]) -> None:
    planted(home)
    run = doctor(home, "--fix", *form, "--record", "--since", "last")
    # Two stand where no secret belongs and nothing tells that they are one: as a word in a comment, as a date.
    secrets = [canary for index, canary in enumerate(CANARIES) if index not in (4, 10)]
    kept = "".join(path.read_text() for path in ours(home).rglob("*.json"))
    assert not [canary for canary in secrets if canary in run.out + run.err + kept]
    assert run.code == 1


# ---- made-up ones --------------------------------------------------------------------------------------------------


def test_without_a_terminal_what_needs_consent_is_listed(home: Path) -> None:
    path = config_with(home, "auto", "confirm")
    run = fake(home, "--fix")
    assert run.code == 1
    assert "[?] not applied (needs --yes): error fake/confirm: confirm is there" in run.out
    assert "    openclaw doctor --fix --yes\n" in run.out
    assert "[✓] fixed: error fake/auto: auto is there" in run.out
    assert ("auto" in path.read_text(), "confirm" in path.read_text()) == (False, True)
    run = fake(home, "--fix", "--yes")
    assert run.code == 0
    assert "confirm" not in path.read_text()


def test_one_document_with_the_plan_and_the_outcome(home: Path) -> None:
    config_with(home, "confirm", "never", "crash", "useless", "worse")
    run = fake(home, "--fix", "--yes", "--json")
    found = document(run)
    assert run.code == 1
    assert told(found, "fixed") == ["confirm", "worse"]
    assert told(found, "new") == ["auto"]
    assert told(found, "stillThere") == ["useless"]
    reasons = {item["checkId"]: item["reason"] for item in found["outcome"]["notApplied"]}
    assert reasons["fake/never"] == "only you know what belongs there"
    assert reasons["fake/crash"].startswith("its fix crashed: ValueError at plan:")
    assert found["receipt"]["id"] == "1"
    assert [item["action"] for item in found["receipt"]["files"]] == ["changed"]
    assert len(found["plan"]) == 1
    assert any(line.startswith("-  confirm: 1,") for line in found["plan"][0]["diff"])
    assert undo(home, "1").returncode == 0
    assert "as it was" in (state(home) / "openclaw.json").read_text()


def test_what_a_fix_brings_with_it_is_new(home: Path) -> None:
    config_with(home, "worse")
    found = document(fake(home, "--fix", "--json"))
    assert told(found, "fixed") == ["worse"]
    assert told(found, "new") == ["auto"]


def test_two_fixes_of_one_place_do_not_fight(home: Path) -> None:
    config_with(home, "confirm", "rival")
    found = document(fake(home, "--fix", "--yes", "--json"))
    assert told(found, "fixed") == ["confirm"]
    [left] = found["outcome"]["notApplied"]
    assert left["checkId"] == "fake/rival"
    assert "the fix of fake/confirm changes the same place" in left["reason"]


def test_a_claim_without_a_fix_is_manual(home: Path) -> None:
    config_with(home, "nofix")
    found = document(fake(home, "--json"))
    assert [item["fix"] for item in found["findings"]] == ["manual"]
    run = fake(home, "--fix", "--yes")
    assert run.out.startswith("There is nothing to repair here.\n")
    assert not ours(home).exists()


def test_quiet_tells_what_was_changed_and_nothing_else(home: Path) -> None:
    config_with(home, "auto")
    run = fake(home, "--fix", "-q")
    assert (run.code, run.err) == (0, "")
    fixed, undo_with = run.out.splitlines()
    assert fixed.startswith("fixed: error fake/auto: auto is there (~/")
    assert undo_with == "undo with: openclaw undo 1"
    assert fake(home, "--fix", "-q").out == ""


def test_selection_is_that_of_every_run(home: Path) -> None:
    path = config_with(home, "auto", "confirm")
    run = fake(home, "--fix", "--yes", "--only", "fake/conf*")
    assert run.code == 0
    assert ("auto" in path.read_text(), "confirm" in path.read_text()) == (True, False)


def test_a_change_that_fails_is_put_back_and_said(home: Path) -> None:
    path = config_with(home, "auto", "failing")
    before = path.read_bytes()
    run = fake(home, "--fix", "--json")
    assert run.code == 3
    assert path.read_bytes() == before
    assert run.document["error"]["type"] == "failed"
    assert "openclaw doctor --fix --only fake/auto" in run.err
    assert "There is nothing" not in run.out
    assert undo(home, "--list").stdout.startswith("Nothing was changed")
    assert fake(home, "--fix", "--only", "fake/auto").code == 0


def test_a_crash_of_a_check_is_said_and_the_rest_still_runs(home: Path) -> None:
    config_with(home, "auto")
    run = fake(home, "--with-crash", "--json")
    assert run.code == 3
    assert run.outcome("fake/broken")[0] == "crashed"
    assert run.ids("error") == ["fake/auto"]
    mended = fake(home, "--with-crash", "--fix")
    assert mended.code == 3
    assert "[✓] fixed: error fake/auto" in mended.out


def test_the_order_of_the_registry_does_not_show(home: Path) -> None:
    config_with(home, "useless", "confirm", "auto", "never", "nofix")
    for form in (("--json",), ("-v",), ("--fix", "--dry-run", "--json"), ("--fix", "--dry-run")):
        assert fake(home, *form).out == fake(home, "--shuffled", *form).out


# ---- never the real program ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("--fix", "--deep"),
        ("--deep", "--fix", "--yes"),
        ("--repair", "--lint"),
        ("--yes", "--deep"),
        ("--fix", "--force"),
        ("--fix", "--state-sqlite"),
        ("--fix", "--no-such-flag"),
        ("--generate-gateway-token", "--deep"),
    ],
)
def test_what_changes_things_is_never_handed_over(home: Path, args: tuple[str, ...]) -> None:
    marker = home / "called"
    write(home / "bin" / "openclaw", f'#!/bin/sh\necho "$@" > {marker}\n', 0o755)
    path = f"{home / 'bin'}:{os.path.dirname(sys.executable)}:/usr/bin:/bin"  # noqa: PTH120
    run = doctor(home, *args, PATH=path)
    assert run.code == 2, run.out + run.err
    assert not marker.exists()
    assert doctor(home, "--deep", PATH=path).code == 0
    assert marker.read_text() == "doctor --deep\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--yes",), "--yes goes with --fix"),
        (("--dry-run",), "--dry-run goes with --fix"),
        (("--live", "--offline"), "--live and --offline cannot be used together"),
        (("--timeout", "0"), "--timeout"),
        (("--only", "credentials/expird"), "did you mean credentials/expired"),
        (("--tag", "smok"), "did you mean smoke"),
        (("lisst",), "did you mean list"),
        (("--fix", "list"), "do not apply to `doctor list`"),
        (("list", "--tag", "smok"), "did you mean smoke"),
        (("watch", "--count", "0"), "--count"),
    ],
)
def test_usage(home: Path, args: tuple[str, ...], words: str) -> None:
    before = homes.tree(home)
    run = doctor(home, *args)
    assert run.code == 2
    assert words in run.err
    assert homes.tree(home) == before


def test_offline_is_the_default_and_a_flag(home: Path) -> None:
    assert doctor(home, "--json", "--offline").out == doctor(home, "--json").out


def test_changes_that_were_made_are_said_where_the_report_cannot_be_written(home: Path) -> None:
    store = store_path(home)
    store.chmod(0o644)
    write(home / "file", "x")
    run = doctor(home, "--fix", "--json", "--output", f"{home}/file/report.xml")
    assert run.code == 3
    assert run.document["ok"] is False
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert "the changes were made" in run.err
    assert "openclaw undo 1" in run.err
