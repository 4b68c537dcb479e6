"""docs/ci.md, the action and the hook: every command of ours that they contain is run as it stands there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openclaw_testkit.canaries import check_clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw_testkit.host import FakeHost

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
ACTION = (ROOT / "action.yml").read_text("utf-8")
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")


def commands() -> Iterator[str]:
    """Every command of ours in the fenced blocks of the page."""
    for block in re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL):
        for line in block.splitlines():
            text = line.strip().removeprefix("- ")
            if text.startswith("openclaw "):
                yield text
            elif text.startswith('test: ["CMD"'):
                yield shlex.join(json.loads(text.removeprefix("test: "))[1:])
            elif "python3 -m openclaw" in text:
                yield text[text.index("python3 -m openclaw") :]


@pytest.fixture
def ci(fake_host: FakeHost, canaries: Mapping[str, str]) -> FakeHost:
    """A job: no state directory, a key in its environment, this program on PATH."""
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("the action needs bash")
    fake_host.env.update(ANTHROPIC_API_KEY=canaries["anthropic"], CI="true")
    for name in ("openclaw", "runner/openclaw-onboard/bin/openclaw"):
        path = fake_host.bin / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m openclaw "$@"\n')
        path.chmod(0o755)
    fake_host.program("python3", f'exec {shlex.quote(sys.executable)} "$@"\n')
    (fake_host.bin / "bash").symlink_to(shell)
    return fake_host


def run(host: FakeHost, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(host.bin / "bash"), "-e", "-o", "pipefail", "-c", script],
        env=host.environment(**env), cwd=host.home, capture_output=True, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    check_clean(done.stdout, done.stderr)
    return done


def test_every_command_of_the_page_runs_in_a_job_with_a_key(ci: FakeHost) -> None:
    found = list(commands())
    assert len(found) > 8
    for command in found:
        done = run(ci, command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    for name in ("doctor.sarif", "doctor.xml", "doctor.json", "baseline.json", "openclaw-doctor.zip"):
        assert (ci.home / name).stat().st_size > 100


def test_a_job_without_a_key_fails_and_says_why(ci: FakeHost) -> None:
    done = run(ci, "openclaw doctor --tag smoke", ANTHROPIC_API_KEY="")
    assert done.returncode == 1
    assert "onboard" in done.stdout


def blocks() -> list[str]:
    """The scripts of the action's steps."""
    found = re.findall(r"^( +)run: \|\n((?:\1  .*\n?|\n)+)", ACTION, re.MULTILINE)
    return ["\n".join(line[len(indent) + 2 :] for line in text.splitlines()) for indent, text in found]


@pytest.mark.parametrize("broken", [False, True])
def test_the_action_annotates_and_keeps_a_bundle_of_what_fails(ci: FakeHost, broken: bool) -> None:
    install, script = blocks()
    assert "venv" in install
    summary = ci.write("summary.md", "")
    env = {
        "RUNNER_TEMP": str(ci.bin / "runner"), "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary),
        "ARGS": "--tag smoke --skip terminal", "FAIL_LEVEL": "error", "SARIF": "doctor.sarif",
        "BUNDLE": "openclaw-doctor.zip",
    }  # fmt: skip
    done = run(ci, script, **env, **({"ANTHROPIC_API_KEY": ""} if broken else {}))
    assert done.returncode == (1 if broken else 0), done.stderr
    assert ("::error" in done.stdout) == broken
    assert summary.stat().st_size > 0
    assert (ci.home / "doctor.sarif").is_file()
    assert (ci.home / "openclaw-doctor.zip").is_file() == broken
    check_clean(summary.read_bytes(), (ci.home / "doctor.sarif").read_bytes())


def test_the_action_runs_without_its_optional_inputs_and_passes_on_what_looks_like_shell(ci: FakeHost) -> None:
    _, script = blocks()
    env = {"RUNNER_TEMP": str(ci.bin / "runner"), "FAIL_LEVEL": "error", "SARIF": "", "BUNDLE": ""}
    assert run(ci, script, ARGS="", **env).returncode == 0
    done = run(ci, script, ARGS="--only $(touch/x) ;touch y", **env)
    assert done.returncode == 2
    assert sorted(path.name for path in ci.home.iterdir()) == []


def test_every_input_reaches_its_script_as_a_variable() -> None:
    """An input inside of a script would be run as a part of it."""
    assert not any("${{" in script for script in blocks())
    declared, _, steps = ACTION.partition("\nruns:")
    assert set(re.findall(r"inputs\.([a-z-]+)", steps)) == set(re.findall(r"^  ([a-z-]+):$", declared, re.MULTILINE))


def test_the_hook_is_the_command_of_the_page_and_runs(ci: FakeHost) -> None:
    [entry] = re.findall(r"^  entry: (.*)$", HOOKS, re.MULTILINE)
    assert entry in commands()
    ci.config({"gateway": {"mode": "local"}})
    assert run(ci, entry).returncode == 0
    ci.config("{ broken")
    done = run(ci, entry)
    assert done.returncode == 1
    assert "openclaw.json" in done.stdout
