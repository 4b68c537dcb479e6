"""Variables from the login shell: when it is asked, how, for how long, and what of it is taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.environment import shell
from openclaw.environment.layers import SHELL_KEYS

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-FAKE-from-shell"


def fake(folder: Path, text: str) -> dict[str, str]:
    """The environment with a login shell that does this."""
    path = folder / "fakeshell"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return {"SHELL": f" {path} ", "PATH": "/usr/bin:/bin"}


def block(**values: Any) -> dict[str, Any]:
    return {"env": {"shellEnv": values}}


@pytest.mark.parametrize(
    ("env", "config", "wanted"),
    [
        ({}, {}, False),
        ({}, block(enabled=True), True),
        ({}, block(enabled="true"), False),
        ({}, block(enabled=1), False),
        ({}, {"env": None}, False),
        ({"OPENCLAW_LOAD_SHELL_ENV": "1"}, {}, True),
        ({"OPENCLAW_LOAD_SHELL_ENV": " Yes "}, {}, True),
        ({"OPENCLAW_LOAD_SHELL_ENV": "ON"}, {}, True),
        ({"OPENCLAW_LOAD_SHELL_ENV": "true"}, {}, True),
        ({"OPENCLAW_LOAD_SHELL_ENV": "y"}, {}, False),
        ({"OPENCLAW_LOAD_SHELL_ENV": "0"}, block(enabled=True), True),
        ({"CLAWDBOT_LOAD_SHELL_ENV": "1"}, {}, False),
        ({"OPENCLAW_DEFER_SHELL_ENV_FALLBACK": "1"}, block(enabled=True), False),
        ({"OPENCLAW_DEFER_SHELL_ENV_FALLBACK": "yes", "OPENCLAW_LOAD_SHELL_ENV": "1"}, {}, False),
        ({"OPENCLAW_DEFER_SHELL_ENV_FALLBACK": "no"}, block(enabled=True), True),
    ],
)
def test_when_it_is_enabled(env: dict[str, str], config: dict[str, Any], wanted: bool) -> None:
    assert shell.enabled(env, config) == wanted


@pytest.mark.parametrize("name", SHELL_KEYS)
def test_nothing_is_run_once_an_expected_variable_has_a_value(name: str) -> None:
    assert not shell.wanted({name: "x"})
    assert shell.wanted({name: " \t", "XAI_API_KEY": "not expected"})


@pytest.mark.parametrize(
    ("env", "config", "seconds"),
    [
        ({}, {}, 15),
        ({}, block(timeoutMs=500), 0.5),
        ({"OPENCLAW_SHELL_ENV_TIMEOUT_MS": "2000"}, {}, 2),
        ({"OPENCLAW_SHELL_ENV_TIMEOUT_MS": "2000"}, block(timeoutMs=500), 0.5),
        # "no limit" of the reference is its default here: everything has a deadline
        ({}, block(timeoutMs=0), 15),
        ({}, block(timeoutMs=-1), 15),
        ({}, block(timeoutMs=float("nan")), 15),
        ({}, block(timeoutMs=True), 15),
        ({}, block(timeoutMs="500"), 15),
        ({"OPENCLAW_SHELL_ENV_TIMEOUT_MS": "0"}, {}, 15),
        ({"OPENCLAW_SHELL_ENV_TIMEOUT_MS": "-5"}, {}, 15),
        ({"OPENCLAW_SHELL_ENV_TIMEOUT_MS": "soon"}, {}, 15),
        ({"OPENCLAW_SHELL_ENV_TIMEOUT_MS": "²"}, {}, 15),
        ({"OPENCLAW_SHELL_ENV_TIMEOUT_MS": "9" * 5000}, {}, 15),
    ],
)
def test_its_time(env: dict[str, str], config: dict[str, Any], seconds: float) -> None:
    assert shell.timeout(env, config) == seconds


def test_it_is_called_as_the_reference_does(tmp_path: Path) -> None:
    env = fake(tmp_path, f'echo "$#|$1|$2|$3|$A" > {tmp_path}/args; cat > {tmp_path}/stdin; env -0') | {
        "A": "passed on"
    }
    layer, problem = shell.ask(env, 5)
    assert layer is not None
    assert (layer.name, layer.values, problem) == ("shell", {}, "")
    assert (tmp_path / "args").read_text() == "3|-l|-c|env -0|passed on\n"
    assert (tmp_path / "stdin").read_text() == ""


def test_only_expected_variables_with_a_value_are_taken(tmp_path: Path) -> None:
    text = (
        f"echo noise of a profile; printf 'X=1\\0SLACK_APP_TOKEN=a=b\\0OPENAI_API_KEY={KEY}\\0GEMINI_API_KEY= \\0"
        "XAI_API_KEY=no\\0=odd\\0nothing\\0OPENROUTER_API_KEY=two\\nlines\\0'"
    )
    layer, _ = shell.ask(fake(tmp_path, text), 5)
    assert layer is not None
    assert list(layer.values.items()) == [
        ("OPENAI_API_KEY", KEY), ("OPENROUTER_API_KEY", "two\nlines"), ("SLACK_APP_TOKEN", "a=b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"echo {KEY}; exit 3", "ended with exit code 3"),
        ("kill -9 $$", "ended with exit code -9"),
        (f"echo {KEY}; sleep 30", "gave no answer in 0.3 s"),
        ("head -c 3000000 /dev/zero", "printed more than 2 MiB"),
    ],
)
def test_a_shell_that_is_of_no_use(tmp_path: Path, text: str, says: str) -> None:
    started = time.monotonic()
    layer, problem = shell.ask(fake(tmp_path, text), 0.3)
    assert layer is None
    assert problem.endswith(says)
    assert KEY not in problem
    assert time.monotonic() - started < 3


def test_a_shell_that_is_not_there(tmp_path: Path) -> None:
    layer, problem = shell.ask({"SHELL": str(tmp_path / "none")}, 1)
    assert (layer, problem) == (None, f"{tmp_path}/none was not found")


def test_without_a_shell_it_is_sh(tmp_path: Path) -> None:
    layer, problem = shell.ask(
        {"SHELL": "  ", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "OPENAI_API_KEY": KEY}, 10
    )
    assert problem == ""
    assert layer is not None
    assert layer.values == {"OPENAI_API_KEY": KEY}


def test_a_profile_that_leaves_a_daemon_behind_does_not_cost_the_time_out(tmp_path: Path) -> None:
    started = time.monotonic()
    layer, _ = shell.ask(fake(tmp_path, f"sleep 5 & printf 'OPENAI_API_KEY={KEY}\\0'"), 10)
    assert layer is not None
    assert layer.values == {"OPENAI_API_KEY": KEY}
    assert time.monotonic() - started < 3
