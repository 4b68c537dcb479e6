"""`--record`, `--since last`, `--quiet`, `doctor list` and `doctor watch`: what a cron job and a dashboard see."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from doctor import memory
from doctor.registry import all_checks
from tests.doctor import homes
from tests.doctor.homes import NOW, REPOSITORY, doctor, environment, healthy, state, write

if TYPE_CHECKING:
    from pathlib import Path

SCHEMAS = REPOSITORY / "docs" / "schemas"
OPEN = "security/readable-by-others"


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    return healthy(folder)


def opened(home: Path) -> Path:
    return write(state(home) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o644)


# ---- the last report -----------------------------------------------------------------------------------------------


def test_what_changed_since_the_last_report(home: Path) -> None:
    first = doctor(home, "--record", "--since", "last", "--json")
    validator("doctor-report").validate(first.document)
    assert "since" not in first.document
    assert first.err == ""
    opened(home)
    second = doctor(home, "--record", "--since", "last", "--json")
    validator("doctor-report").validate(second.document)
    since = second.document["since"]
    [finding] = [item for item in second.document["findings"] if item["checkId"] == OPEN]
    assert since["new"] == [finding["fingerprint"]]
    assert (since["at"], since["gone"], since["unseen"]) == (NOW, [], [])
    (state(home) / ".env").chmod(0o600)
    third = doctor(home, "--since", "last")
    assert "Since 2026-02-02 02:40 UTC: 0 new, 1 gone, " in third.out
    assert f"  gone: error {OPEN}: " in third.out
    [kept] = (home / ".local").rglob(memory.NAME)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert homes.OPENAI_KEY not in kept.read_text()


def test_a_check_that_was_left_out_last_time_makes_nothing_new(home: Path) -> None:
    opened(home)
    doctor(home, "--record", "--only", "credentials")
    assert doctor(home, "--since", "last", "--json").document["since"]["new"] == []


def test_a_check_that_is_left_out_now_makes_nothing_gone(home: Path) -> None:
    opened(home)
    doctor(home, "--record")
    since = doctor(home, "--since", "last", "--json", "--only", "credentials").document["since"]
    assert since["gone"] == []
    assert OPEN in [item["checkId"] for item in since["unseen"]]


def test_without_a_last_report_it_is_said_and_nothing_is_written(home: Path) -> None:
    before = homes.tree(home)
    run = doctor(home, "--since", "last")
    assert run.code == 0
    assert "--record" in run.err
    assert homes.tree(home) == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', '{"at": "x", "report": {"findings": []}}'])
def test_a_last_report_that_is_not_ours_counts_as_none(home: Path, content: str) -> None:
    doctor(home, "--record")
    [kept] = (home / ".local").rglob(memory.NAME)
    kept.write_text(content)
    assert memory.recall(kept) is None
    assert doctor(home, "--since", "last").code == 0


def test_a_report_that_cannot_be_kept_is_printed_nevertheless(home: Path) -> None:
    write(home / "state", "not a directory")
    run = doctor(home, "--record", "--json", XDG_STATE_HOME=str(home / "state"))
    assert run.code == 0
    assert run.document["ok"] is True
    assert "the report could not be kept: " in run.err


# ---- cron ----------------------------------------------------------------------------------------------------------


def test_quiet_is_silent_where_all_is_fine(home: Path) -> None:
    run = doctor(home, "--quiet")
    assert (run.code, run.out, run.err) == (0, "", "")


def test_quiet_prints_a_line_per_finding_and_exits_as_always(home: Path) -> None:
    opened(home)
    run = doctor(home, "-q")
    assert run.code == 1
    assert run.out.splitlines() == [
        f"error {OPEN}: A file that holds secrets has mode 0644: other users can read it (~/.openclaw/.env)"
    ]
    quiet = doctor(home, "-q", "--skip", OPEN)
    assert (quiet.code, quiet.out) == (0, "")
    lines = doctor(home, "-q", "--fail-level", "info").out.splitlines()
    assert len(lines) > 1
    assert all(line.split()[0] in ("error", "warning", "info") for line in lines)


def test_quiet_with_since_prints_what_changed(home: Path) -> None:
    doctor(home, "--record")
    opened(home)
    run = doctor(home, "-q", "--record", "--since", "last")
    assert run.code == 1
    assert run.out.startswith(f"  new:  error {OPEN}: ")
    assert doctor(home, "-q", "--since", "last").out == ""


# ---- the list ------------------------------------------------------------------------------------------------------


def test_the_list_names_every_check(home: Path) -> None:
    before = homes.tree(home)
    run, text = doctor(home, "list", "--json"), doctor(home, "list")
    assert homes.tree(home) == before
    validator("doctor-list").validate(run.document)
    listed = run.document["checks"]
    assert [item["checkId"] for item in listed] == [item.id for item in all_checks()]
    assert all(item["docs"] == f"checks/explain/{item['checkId']}.md" for item in listed)
    assert all(item["checkId"] in text.out and item["title"] in text.out for item in listed)
    classes = {item["checkId"]: item["fix"] for item in listed}
    assert classes[OPEN] == "auto"
    assert classes["credentials/none"] == "manual"


def test_the_list_by_tag(home: Path) -> None:
    listed = doctor(home, "list", "--json", "--tag", "smoke").document["checks"]
    assert 0 < len(listed) < len(all_checks())
    assert all("smoke" in item["tags"] for item in listed)


# ---- watching ------------------------------------------------------------------------------------------------------


def watching(home: Path, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "openclaw", "doctor", "watch", "--only", "security", *args],
        env=environment(home), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def event(process: subprocess.Popen[str]) -> dict[str, Any]:
    found = json.loads(line(process))
    validator("doctor-watch").validate(found)
    assert isinstance(found, dict)
    return found


def test_watch_tells_the_state_and_then_only_what_changes(home: Path) -> None:
    process = watching(home, "--interval", "0.2", "--json")
    try:
        first = event(process)
        assert (first["event"], first["counts"]["error"]) == ("state", 0)
        path = opened(home)
        appeared = event(process)
        assert (appeared["event"], appeared["finding"]["checkId"]) == ("appeared", OPEN)
        path.chmod(0o600)
        assert event(process)["event"] == "gone"
        process.send_signal(signal.SIGINT)
        end = event(process)
        assert (end["event"], end["error"]["type"]) == ("end", "interrupted")
        assert process.wait(10) == 130
    finally:
        process.kill()


def test_watch_ends_with_a_signal(home: Path) -> None:
    process = watching(home, "--interval", "30")
    try:
        assert "no problems" in line(process)
        started = time.monotonic()
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM
        assert time.monotonic() - started < 3
    finally:
        process.kill()


def test_watch_for_a_number_of_looks(home: Path) -> None:
    opened(home)
    before = homes.tree(home)
    run = doctor(home, "watch", "--interval", "0.1", "--count", "2", "--only", "security")
    assert homes.tree(home) == before
    assert run.code == 1
    assert len(run.out.splitlines()) == 1
    assert "1 error" in run.out
    assert run.err == ""


# ---- time ----------------------------------------------------------------------------------------------------------


def slow(home: Path) -> dict[str, Any]:
    write(state(home) / "openclaw.json", '{ gateway: { mode: "local" }, env: { shellEnv: { enabled: true } } }')
    homes.store_path(home).unlink()
    return {"SHELL": str(write(home / "bin" / "slow-shell", "#!/bin/sh\nexec sleep 55\n", 0o700))}


def test_the_time_of_the_whole_run(home: Path) -> None:
    env = slow(home)
    started = time.monotonic()
    run = doctor(home, "--json", "--timeout", "1", **env)
    assert time.monotonic() - started < 4
    outcome, reason = run.outcome("credentials/none")
    assert (outcome, reason) == ("unknown", "installation was not collected within the run's time (--timeout)")
    assert run.code in (0, 1)
    assert run.err == ""


def test_an_interrupt_ends_it_at_once(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "openclaw", "doctor", "--json"],
        env=environment(home, **slow(home)), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(1.2)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=10)
    assert time.monotonic() - started < 1
    assert process.returncode == 130
    assert json.loads(out)["error"]["type"] == "interrupted"
