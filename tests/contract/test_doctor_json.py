"""`openclaw doctor --json`: exactly one document of the schema on standard output, in every outcome."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from doctor.registry import all_checks
from tests.doctor import homes
from tests.doctor.homes import REPOSITORY, Run, doctor, environment, healthy, state, store_path, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA = json.loads((REPOSITORY / "docs" / "schemas" / "doctor-report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return healthy(folder)


def valid(run: Run) -> dict[str, Any]:
    """The one document of a run, after everything that the contract says about it."""
    document = run.document
    VALIDATOR.validate(document)
    assert document["ok"] is (run.code == 0)
    assert "Traceback" not in run.err
    findings = document["findings"]
    severities = {"error": 0, "warning": 1, "info": 2}
    order = [(severities[item["severity"]], item["checkId"]) for item in findings]
    assert order == sorted(order)
    for item in findings:
        assert "\n" not in item["message"]
        assert (REPOSITORY / item["docs"]).is_file()
        assert item["severity"] == "info" or item.get("commands"), item
    assert len({item["fingerprint"] for item in findings}) == len(findings)
    if "error" not in document:
        assert {item["checkId"] for item in document["outcomes"]} == {item.id for item in all_checks()}
        counted = sum(document[name] for name in ("checksRun", "checksSkipped", "checksUnknown", "checksCrashed"))
        assert counted == len(document["outcomes"])
        words = [item["severity"] for item in findings]
        assert document["counts"] == {name: words.count(name) for name in severities} | {"silenced": 0}
    return document


def corrupt_config(home: Path) -> None:
    write(state(home) / "openclaw.json", "{ gateway: ")


def corrupt_store(home: Path) -> None:
    write(store_path(home), '{"profiles": ')


def no_home(home: Path) -> None:
    shutil.rmtree(state(home))


def many(home: Path) -> None:
    corrupt_store(home)
    write(state(home) / ".env", "X_KEY = 1\nX_KEY = 2\n\nbroken line\n", 0o666)
    config = '{ models: { providers: { a: { apiKey: "***" }, b: { apiKey: "YOUR_API_KEY" } } }, x: "${Y}", z: "${Y}" }'
    write(state(home) / "openclaw.json", config, 0o640)


@pytest.mark.parametrize("spoil", [None, corrupt_config, corrupt_store, no_home, many])
def test_reports(home: Path, spoil: Callable[[Path], None] | None) -> None:
    if spoil:
        spoil(home)
    run = doctor(home, "--json")
    assert run.code == (1 if spoil else 0)
    valid(run)


@pytest.mark.parametrize(
    "args", [("--nope",), ("--only", "nonsense"), ("--skip", ""), ("--fail-level", "x"), ("surplus",), ("--only",)]
)
def test_usage_errors(home: Path, args: tuple[str, ...]) -> None:
    run = doctor(home, "--json", *args)
    document = valid(run)
    assert run.code == 2
    assert document["error"]["type"] == "usage"
    assert document["findings"] == []
    assert run.err.startswith("Error: ")


@pytest.mark.skipif(os.geteuid() != 0, reason="changing the user needs root")
def test_a_home_of_another_user(home: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
    (tmp_path / "warm").mkdir()
    run = homes.doctor_as_nobody(home, tmp_path / "warm", "--json")
    assert run.code == 1
    assert valid(run)["checksUnknown"] > 0


def hanging_shell(home: Path) -> dict[str, Any]:
    """The config asks the login shell, which never answers."""
    write(state(home) / "openclaw.json", '{ gateway: { mode: "local" }, env: { shellEnv: { enabled: true } } }')
    store_path(home).unlink()
    shell = write(home / "bin" / "slow-shell", "#!/bin/sh\nexec sleep 55\n", 0o700)
    return {"SHELL": str(shell)}


def test_a_login_shell_that_hangs_costs_its_own_deadline(home: Path) -> None:
    env = hanging_shell(home)
    started = time.monotonic()
    run = doctor(home, "--json", **env)
    assert time.monotonic() - started < 12
    valid(run)
    outcome, reason = run.outcome("credentials/none")
    assert outcome == "unknown"
    assert "gave no answer in" in reason


def test_interrupted(home: Path) -> None:
    env = environment(home, **hanging_shell(home))
    process = subprocess.Popen(
        [sys.executable, "-m", "openclaw", "doctor", "--json"],
        env=env, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    run = Run(process.returncode, out, err)
    assert run.code == 130
    assert valid(run)["error"]["type"] == "interrupted"


IN_ANOTHER_RUN = """
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/user/0 && touch /run/user/0/bus && exec "$@"
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="a /run of its own needs root and unshare")
def test_a_systemctl_that_hangs_costs_its_own_deadline(home: Path) -> None:
    write(home / "bin" / "systemctl", "#!/bin/sh\nexec sleep 55\n", 0o700)
    env = environment(home) | {"XDG_RUNTIME_DIR": "/run/user/0"}
    env["PATH"] = f"{home / 'bin'}:{env['PATH']}"
    command = [sys.executable, "-m", "openclaw", "doctor", "--json"]
    started = time.monotonic()
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", IN_ANOTHER_RUN, "sh", *command],
        env=env, cwd=home, capture_output=True, text=True, check=False, timeout=40,
    )  # fmt: skip
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"no mount namespace here: {done.stderr.strip()}")
    assert time.monotonic() - started < 12
    run = Run(done.returncode, done.stdout, done.stderr)
    document = valid(run)
    [finding] = [item for item in document["findings"] if item["checkId"] == "service/manager"]
    assert finding["severity"] in ("warning", "info")  # in a container nobody expects a manager
    assert "gave no answer in" in finding["message"]


def test_a_defect_of_doctor_itself_is_a_document_too(home: Path) -> None:
    broken = "import checks, sys; checks.MODULES = ('gone',)\nfrom openclaw.cli import run; sys.exit(run(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", broken, "doctor", "--json"],
        env=environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    run = Run(done.returncode, done.stdout, done.stderr)
    assert run.code == 3
    assert valid(run)["error"]["type"] == "failed"


@pytest.mark.parametrize("form", [["--format", "json"], ["--format=json"], ["--json"]])
def test_a_usage_error_is_a_document_however_the_document_was_asked_for(form: list[str], tmp_path: Path) -> None:
    found = doctor(tmp_path, *form, "--only", "no/such")
    assert found.code == 2
    assert found.document["error"]["type"] == "usage"
