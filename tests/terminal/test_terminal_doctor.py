"""`openclaw doctor` in a terminal: what is awaited, the questions of `--fix`, and the way out of both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal.conftest import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.terminal

KEY = "sk-proj-" + "FAKE" * 20
CONFIG = """{
  gateway: { mode: "local", auth: { token: "FAKE-gateway-token" } },
  agents: { defaults: { model: { primary: "openai/gpt-5.2" } } },
}
"""
QUESTION = "Apply? [y]es, [N]o, [a]ll, [q]uit:"


@pytest.fixture
def doctor(home: Path) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*arguments: str, **how: Any) -> Terminal:
        started.append(Terminal(home, *arguments, command="doctor", **how))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


def installed(home: Path, key: str = KEY) -> Path:
    """A store with a key to be cleaned (asks first) and an env file to be closed (does not ask)."""
    state = home / ".openclaw"
    store = state / "agents" / "main" / "agent" / "auth-profiles.json"
    store.parent.mkdir(parents=True)
    for folder in (state, *(path for path in state.rglob("*"))):
        folder.chmod(0o700)
    (state / "openclaw.json").write_text(CONFIG)
    store.write_text(json.dumps({"version": 1, "profiles": {"openai:a": profile(key)}}))
    for path in (state / "openclaw.json", store):
        path.chmod(0o600)
    (state / ".env").write_text(f"MISTRAL_API_KEY={'FAKE' * 8}\n")
    (state / ".env").chmod(0o644)
    return store


def profile(key: str) -> dict[str, str]:
    return {"type": "api_key", "provider": "openai", "key": key}


def test_yes(home: Path, doctor: Callable[..., Terminal]) -> None:
    store = installed(home, f"{KEY}\n")
    terminal = doctor("--fix").until(QUESTION)
    assert "mode ~/.openclaw/.env (mode 0644 -> 0600)" in terminal.text
    assert (home / ".openclaw" / ".env").stat().st_mode & 0o777 == 0o644  # nothing before the answer
    terminal.press("y", "enter")
    terminal.ends()
    assert "openclaw undo 1" in terminal.words
    assert json.loads(store.read_text())["profiles"]["openai:a"]["key"] == KEY
    assert (home / ".openclaw" / ".env").stat().st_mode & 0o777 == 0o600
    assert KEY not in terminal.words


@pytest.mark.parametrize("answer", ["n", "", "q"])
def test_no_leaves_what_was_asked_about_and_does_the_rest(
    home: Path, doctor: Callable[..., Terminal], answer: str
) -> None:
    store = installed(home, f"{KEY}\n")
    before = store.read_bytes()
    terminal = doctor("--fix").until(QUESTION).press(answer, "enter")
    terminal.ends()
    assert store.read_bytes() == before
    assert "not applied (declined)" in terminal.words
    assert (home / ".openclaw" / ".env").stat().st_mode & 0o777 == 0o600


def test_what_changed_while_somebody_thinks_is_not_written_over(home: Path, doctor: Callable[..., Terminal]) -> None:
    store = installed(home, f"{KEY}\n")
    terminal = doctor("--fix").until(QUESTION)
    other = json.dumps({"version": 1, "profiles": {"openai:a": profile(f"{KEY[::-1]}\n")}})
    store.write_text(other)
    terminal.press("y", "enter")
    assert terminal.ends() == 3
    assert "something changed while you were asked" in terminal.words
    assert store.read_text() == other
    assert (home / ".openclaw" / ".env").stat().st_mode & 0o777 == 0o644


def test_ctrl_c_at_the_question_changes_nothing(
    home: Path, doctor: Callable[..., Terminal], snapshot: Callable[[], Any]
) -> None:
    installed(home, f"{KEY}\n")
    before = snapshot()
    terminal = doctor("--fix").until(QUESTION).press("ctrl-c")
    assert terminal.ends() == 130
    assert snapshot() == before


@pytest.mark.parametrize("arguments", [("--fix", "--yes"), ("--fix", "--non-interactive"), ("--fix", "--json")])
def test_nothing_is_asked(home: Path, doctor: Callable[..., Terminal], arguments: tuple[str, ...]) -> None:
    store = installed(home, f"{KEY}\n")
    terminal = doctor(*arguments, rows=200)
    terminal.ends()
    assert "Apply?" not in terminal.text
    assert (json.loads(store.read_text())["profiles"]["openai:a"]["key"] == KEY) is ("--yes" in arguments)


def hanging(home: Path) -> dict[str, str]:
    installed(home)
    shell = home / "slow-shell"
    shell.write_text("#!/bin/sh\nexec sleep 55\n")
    shell.chmod(0o700)
    config = '{ gateway: { mode: "local" }, env: { shellEnv: { enabled: true } } }'
    (home / ".openclaw" / "openclaw.json").write_text(config)
    (home / ".openclaw" / ".env").unlink()
    (home / ".openclaw" / "agents" / "main" / "agent" / "auth-profiles.json").unlink()
    return {"SHELL": str(shell)}


def test_what_is_awaited_is_told_and_taken_away(home: Path, doctor: Callable[..., Terminal]) -> None:
    terminal = doctor("--timeout", "2", env=hanging(home)).until("still waiting for")
    assert "installation" in terminal.words
    terminal.ends()
    assert "still waiting" not in terminal.text
    assert b"\x1b[2K" in terminal.raw


@pytest.mark.parametrize("arguments", [("--json",), ("--quiet",)])
def test_programs_are_told_nothing_of_that(
    home: Path, doctor: Callable[..., Terminal], arguments: tuple[str, ...]
) -> None:
    terminal = doctor("--timeout", "2", *arguments, env=hanging(home))
    terminal.ends()
    assert b"still waiting" not in terminal.raw


def test_a_dumb_terminal_gets_one_plain_line(home: Path, doctor: Callable[..., Terminal]) -> None:
    terminal = doctor("--timeout", "2", env={**hanging(home), "TERM": "dumb"})
    terminal.ends()
    assert terminal.raw.count(b"still waiting") == 1
    assert b"\x1b" not in terminal.raw


def test_ctrl_c_while_something_hangs(home: Path, doctor: Callable[..., Terminal]) -> None:
    terminal = doctor(env=hanging(home)).until("still waiting for").press("ctrl-c")
    assert terminal.ends() == 130
    assert "Interrupted" in terminal.text
