"""`openclaw doctor` on terminals of all sizes, with `--plain`, without colour, and on a dumb one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from wcwidth import wcswidth

from tests.terminal.conftest import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.terminal

SIZES = [(40, 12), (80, 24), (200, 50)]
LONG = "a-very-long-directory-name-" * 5
WIDE = "日本語の長いプロファイル名" * 3
KEY = "sk-proj-" + "FAKE" * 20


@pytest.fixture
def doctor(home: Path) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*arguments: str, **how: object) -> Terminal:
        started.append(Terminal(home, *arguments, command="doctor", **how))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


@pytest.fixture
def installed(home: Path) -> Path:
    """Findings with wide characters, a long path and long commands."""
    state = home / LONG / ".openclaw"
    store = state / "agents" / "main" / "agent" / "auth-profiles.json"
    store.parent.mkdir(parents=True)
    (state / "openclaw.json").write_text('{ gateway: { mode: "local", auth: { token: "FAKE-gateway-token" } } }')
    profile = {"type": "api_key", "provider": "openai", "key": f"{KEY}\n"}
    store.write_text(json.dumps({"version": 1, "profiles": {f"openai:{WIDE}": profile}}))
    return state


def lines(terminal: Terminal) -> list[str]:
    """What was written, in whole lines and without colours: lines that the terminal folds are whole here."""
    import re

    return re.sub("\x1b\\[[0-9;?]*[a-zA-Z]", "", terminal.raw.decode()).replace("\r", "").splitlines()


def is_whole(line: str) -> bool:
    """Commands and paths, which are never folded by us."""
    return line.startswith("        ") or line.strip().startswith(("~/", "/"))


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_nothing_is_wider_than_the_terminal(
    doctor: Callable[..., Terminal], installed: Path, columns: int, rows: int, plain: bool
) -> None:
    options = ("--plain",) if plain else ()
    terminal = doctor(*options, columns=columns, rows=rows, env={"OPENCLAW_STATE_DIR": str(installed)})
    assert terminal.ends() == 1
    found = lines(terminal)
    assert all(wcswidth(line) <= columns for line in found if not is_whole(line)), found
    assert any(LONG in line for line in found)
    assert "日本語" in terminal.text
    shown = "".join("".join(terminal.screen).split())
    assert "error" in shown  # the verdict is on the last screen
    assert KEY not in terminal.text
    if plain:
        assert b"\x1b" not in terminal.raw
        assert not any(sign in terminal.text for sign in "✓✗[]")
        assert any(line.startswith("Error: ") for line in found)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_no_escape_sequences(doctor: Callable[..., Terminal], installed: Path, env: dict[str, str]) -> None:
    terminal = doctor(env={"OPENCLAW_STATE_DIR": str(installed), **env})
    terminal.ends()
    assert b"\x1b" not in terminal.raw
    if env.get("TERM") == "dumb":
        assert not any(sign in terminal.text for sign in "✓✗")
        assert "[X]" in terminal.text


def test_colour_where_it_is_wanted(doctor: Callable[..., Terminal], installed: Path) -> None:
    terminal = doctor(env={"OPENCLAW_STATE_DIR": str(installed)})
    terminal.ends()
    assert b"\x1b[31m" in terminal.raw


def test_plain_says_what_is_awaited_once_and_draws_nothing_anew(doctor: Callable[..., Terminal], home: Path) -> None:
    shell = home / "slow-shell"
    shell.write_text("#!/bin/sh\nexec sleep 55\n")
    shell.chmod(0o700)
    (home / ".openclaw").mkdir()
    config = '{ gateway: { mode: "local" }, env: { shellEnv: { enabled: true } } }'
    (home / ".openclaw" / "openclaw.json").write_text(config)
    terminal = doctor("--plain", "--timeout", "2", env={"SHELL": str(shell)})
    terminal.ends()
    assert terminal.raw.count(b"still waiting") == 1
    assert b"\x1b" not in terminal.raw


def test_github_actions_with_a_terminal_is_a_terminal(doctor: Callable[..., Terminal], installed: Path) -> None:
    terminal = doctor(env={"OPENCLAW_STATE_DIR": str(installed), "GITHUB_ACTIONS": "true"})
    terminal.ends()
    assert "::error" not in terminal.text


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_page_fits_the_terminal(doctor: Callable[..., Terminal], columns: int, rows: int) -> None:
    terminal = doctor("explain", "credentials/claude-code-only", columns=columns, rows=rows)
    assert terminal.ends() == 0
    assert all(wcswidth(line) <= columns for line in lines(terminal) if not is_whole(line) and "openclaw " not in line)


def test_an_error_is_pasted(doctor: Callable[..., Terminal]) -> None:
    terminal = doctor("explain", "-").until("Ctrl-D")
    terminal.press("This credential is only authorized for use with Claude Code\n", "ctrl-d")
    assert terminal.ends() == 0
    assert "Three ways out" in terminal.words
