"""Leaving at any moment: a Ctrl-C that goes lost where Python is in a destructor, a program that is killed."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.terminal.conftest import Snapshot, Terminal

    Onboard = Callable[..., Terminal]

pytestmark = pytest.mark.terminal

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
PROVIDER, METHOD, SECRET = "Which provider?", "How do you pay for it?", "Anthropic API key"
PLACE, CONFIRM, ENDED = "Where should it be kept?", "Write this?", "Nothing was changed."

# A signal that comes while an object is destroyed: what its handler raises there is lost.
LOST = """
import os, signal, sys
import wizard.front.plain, wizard.front.tty, wizard.session, wizard.terminal, prompt_toolkit
from openclaw.cli import main

class Doomed:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        sum(range(1000))

def doom(*_, **__):
    Doomed()

def before(owner, name, when):
    real = getattr(owner, name)
    def do(*args, **how):
        if when(*args):
            doom()
        return real(*args, **how)
    setattr(owner, name, do)

def after(owner, name, when):
    real = getattr(owner, name)
    def do(*args, **how):
        found = real(*args, **how)
        if when(*args):
            doom()
        return found
    setattr(owner, name, do)

application = prompt_toolkit.Application
{where}
main(["onboard", *sys.argv[1:]])
"""
MOMENTS = {
    "before a question": 'before(wizard.front.tty.Tty, "answer", lambda _, asked: asked.id == "method")',
    "after a question": 'after(wizard.front.tty.Tty, "answer", lambda _, asked: asked.id == "provider")',
    "while a prompt is built": 'after(wizard.front.tty, "_leaving", lambda *_: True)',
    "while it starts": 'before(application, "reset", lambda *_: True)',
    "while it is drawn": 'after(application, "_redraw", lambda *_: True)',
    "while it ends": 'after(application, "cancel_and_wait_for_background_tasks", lambda *_: True)',
    "while the screen is written": 'after(wizard.session, "shown", lambda *_: True)',
}


def lossy(where: str, name: str = "SIGINT") -> tuple[str, list[str]]:
    """The program, with a signal that goes lost somewhere."""
    return sys.executable, ["-c", LOST.format(where=where, name=name)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_ctrl_c_in_a_destructor_is_not_lost(moment: str, onboard: Onboard, home: Path) -> None:
    terminal = onboard(program=lossy(MOMENTS[moment]))
    if moment not in ("while a prompt is built", "while it starts", "while it is drawn"):
        terminal.until(PROVIDER).press("enter")
    assert terminal.ends() == 130
    assert ENDED in terminal.words
    assert terminal.echoes
    for word in ("Traceback", "Exception ignored", "KeyboardInterrupt", "never retrieved"):
        assert word not in terminal.words
    assert not (home / ".openclaw").exists()


def test_a_ctrl_c_in_a_destructor_is_not_lost_among_numbered_lines(onboard: Onboard) -> None:
    where = 'before(wizard.front.plain.Plain, "_prompt", lambda *_: True)'
    executable, arguments = lossy(where)
    terminal = onboard(program=(executable, [*arguments, "--plain"]))
    assert terminal.ends() == 130
    assert ENDED in terminal.words
    assert "Exception ignored" not in terminal.words


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_signals_are_not_lost_either(name: str, onboard: Onboard) -> None:
    terminal = onboard(program=lossy(MOMENTS["while a prompt is built"], name))
    assert terminal.ends() == 128 + getattr(signal, name)
    assert ENDED in terminal.words
    assert "Exception ignored" not in terminal.words


@pytest.mark.parametrize("question", [PROVIDER, SECRET, CONFIRM])
def test_sigint_from_elsewhere_ends_every_prompt(question: str, onboard: Onboard) -> None:
    """Not the key: `kill -INT`, while the prompt has the keyboard to itself."""
    terminal = onboard().until(f"? {PROVIDER}")
    if question != PROVIDER:
        terminal.press("enter").until(f"? {METHOD}").press("enter").until(f"? {SECRET}")
    if question == CONFIRM:
        terminal.press(KEY, "enter").until(f"? {PLACE}").press("enter").until(f"? {CONFIRM}")
    assert terminal.signal(signal.SIGINT).ends() == 130
    assert ENDED in terminal.words
    assert terminal.echoes


# --- what is left of a program that is killed -----------------------------------------------------------------------


def test_what_was_answered_outlives_a_kill(onboard: Onboard, home: Path) -> None:
    killed = onboard().until(f"? {PROVIDER}").press("enter").until(f"? {METHOD}").press("enter").until(f"? {SECRET}")
    killed.press(KEY, "enter").until(f"? {PLACE}").signal(signal.SIGKILL)
    assert killed.ends() == -signal.SIGKILL
    (journal,) = home.rglob("onboarding.json")
    assert journal.stat().st_mode & 0o777 == 0o600
    given = {entry["question"]: entry.get("value") for entry in json.loads(journal.read_text())["answers"]}
    assert given == {"provider": "anthropic", "method": "api-key", "secret": None}
    assert KEY[20:40] not in "".join(path.read_text() for path in home.rglob("*") if path.is_file())
    again = onboard("--resume").until(f"? {SECRET}")
    assert f"? {METHOD}" not in again.words
    again.press(KEY, "enter").until(f"? {PLACE}").press("enter").until(f"? {CONFIRM}").press("enter")
    assert again.ends() == 0
    assert (home / ".openclaw" / ".env").read_text() == f"ANTHROPIC_API_KEY={KEY}\n"
    assert not list(home.rglob("onboarding.json"))


def test_looking_writes_nothing_and_back_to_the_beginning_leaves_nothing(
    onboard: Onboard, snapshot: Callable[[], Snapshot]
) -> None:
    looked = onboard().until(f"? {PROVIDER}").signal(signal.SIGKILL)
    assert looked.ends() == -signal.SIGKILL
    assert snapshot() == {}
    went = onboard().until(f"? {PROVIDER}").press("enter").until(f"? {METHOD}").press("esc")
    went.until(f"? {PROVIDER}")
    went.press("esc").until("This is the first question.").signal(signal.SIGKILL)
    assert went.ends() == -signal.SIGKILL
    assert snapshot() == {}


def test_a_window_that_is_closed_keeps_the_answers(onboard: Onboard, home: Path) -> None:
    terminal = onboard().until(f"? {PROVIDER}").press("enter").until(f"? {METHOD}")
    terminal.close()
    assert len(list(home.rglob("onboarding.json"))) == 1


# --- Ctrl-\, long pastes, what is typed ahead ------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [True, False])
def test_sigquit_restores_the_echo_and_keeps_the_answers(plain: bool, onboard: Onboard, home: Path) -> None:
    mark = "" if plain else "? "
    terminal = onboard(*(["--plain"] if plain else [])).until(f"{mark}{PROVIDER}").press("enter")
    terminal.until(f"{mark}{METHOD}").press("enter").until(f"{mark}{SECRET}")
    if plain:
        terminal.press("\x1c")  # Ctrl-\
    else:
        terminal.signal(signal.SIGQUIT)  # the key is no signal while a list has the keyboard
    assert terminal.ends() == 128 + signal.SIGQUIT
    assert terminal.echoes
    assert ENDED in terminal.words
    assert len(list(home.rglob("onboarding.json"))) == 1


def test_a_long_paste_arrives_whole_among_numbered_lines(onboard: Onboard, home: Path) -> None:
    """In line mode the kernel drops what a line has beyond 4095 bytes."""
    long = "sk-proj-" + "aB3_" * 1500
    terminal = onboard("--plain", "--provider", "openai", "--no-verify").until("OpenAI API key").press(long)
    terminal.press("enter").until(PLACE)
    terminal.press("enter").until(CONFIRM).press("enter")
    assert terminal.ends() == 0
    assert (home / ".openclaw" / ".env").read_text() == f"OPENAI_API_KEY={long}\n"


def test_what_is_typed_ahead_is_not_for_the_shell(onboard: Onboard) -> None:
    """It was meant for us, and may be a secret that came too late."""
    left = "import select; print('LEFT', bool(select.select([0], [], [], 0.3)[0]))"
    flags = "--plain --provider openai --no-verify --store env --key-env MINE"
    line = f'{sys.executable} -m openclaw onboard {flags}; {sys.executable} -c "{left}"'
    terminal = onboard(program=("/bin/sh", ["-c", line]), env={"MINE": KEY.replace("sk-ant-api03", "sk-proj")})
    terminal.until(CONFIRM).press("enter").press("touch owned\n").until("LEFT")
    terminal.until("LEFT False")
    assert terminal.ends() == 0
