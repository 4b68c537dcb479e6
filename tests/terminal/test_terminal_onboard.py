"""The wizard as a person sees it: whole screens, keys, pastes, and every way to leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.terminal.conftest import Snapshot, Terminal

    Onboard = Callable[..., Terminal]

pytestmark = pytest.mark.terminal

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
PROVIDER, METHOD, SECRET = "Which provider?", "How do you pay for it?", "Anthropic API key"
PLACE, CONFIRM, ENDED = "Where should it be kept?", "Write this?", "Nothing was changed."


def env_file(home: Path) -> str:
    """The env file that was written."""
    return (home / ".openclaw" / ".env").read_text()


def to(terminal: Terminal, question: str, key: str = KEY) -> Terminal:
    """Answers the questions of the quick path up to `question` and waits for it."""
    terminal.until(PROVIDER)
    path = [(METHOD, ("enter",)), (SECRET, ("enter",)), (PLACE, (key, "enter")), (CONFIRM, ("enter",))]
    for label, keys in path if question != PROVIDER else ():
        terminal.press(*keys).until(label)
        if label == question:
            break
    return terminal


def left(found: Snapshot) -> Snapshot:
    """What is there besides our own folder."""
    return {name: item for name, item in found.items() if not name.startswith(".local")}


def test_the_happy_path(onboard: Onboard, home: Path) -> None:
    terminal = onboard()
    to(terminal, PLACE).until("of agent main ← Back")  # the last line that is drawn
    screen = [line for line in terminal.screen if line]
    assert screen[0] == "OpenClaw: model credentials"
    assert screen[-9:] == [
        "Paste it here; it is not shown. Keys are made at",
        "https://console.anthropic.com/settings/keys",
        "Anthropic API key: 105 characters, ends in aB3_",
        "Asking the provider…",
        "Recommended: ~/.openclaw/.env, because every version of OpenClaw reads it.",
        "? Where should it be kept?",
        " > ~/.openclaw/.env  as ANTHROPIC_API_KEY, which a daemon reads",
        "   auth profile  in OpenClaw's own store, of agent main",
        "   ← Back",
    ]
    terminal.press("enter").until(CONFIRM)
    review = terminal.words
    assert "Provider: Anthropic (your answer)" in review
    assert "create ~/.openclaw/.env (mode 0600)" in review
    assert "+ANTHROPIC_API_KEY=<secret: 105 characters, ends in aB3_" in review
    terminal.press("enter")
    assert terminal.ends() == 0
    assert "the credential is found in ~/.openclaw/.env as ANTHROPIC_API_KEY" in terminal.words
    assert "Doctor" in terminal.words
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert KEY[:30].encode() not in terminal.raw
    assert not any(len(line) > 80 for line in terminal.text.splitlines())


@pytest.mark.parametrize("question", [PROVIDER, METHOD, SECRET, PLACE, CONFIRM])
@pytest.mark.parametrize("plain", [False, True])
def test_ctrl_c_changes_nothing(question: str, plain: bool, onboard: Onboard, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    terminal = to(onboard(*(["--plain"] if plain else [])), question)
    assert terminal.press("ctrl-c").ends() == 130
    assert ENDED in terminal.words
    assert left(snapshot()) == before
    assert terminal.echoes
    journals = [content for name, (_, content) in snapshot().items() if name.endswith("onboarding.json")]
    assert len(journals) == (question != PROVIDER)
    assert not any(KEY[20:40].encode() in (content or b"") for content in journals)


@pytest.mark.parametrize("question", [PROVIDER, SECRET, CONFIRM])
def test_the_end_of_input_leaves(question: str, onboard: Onboard, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    terminal = to(onboard(), question)
    assert terminal.press("ctrl-d").ends() == 130
    assert ENDED in terminal.words
    assert left(snapshot()) == before


def test_no_is_no(onboard: Onboard, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    terminal = to(onboard(), CONFIRM)
    assert terminal.press("down", "down", "enter").ends() == 1
    assert terminal.words.endswith(ENDED)
    assert snapshot() == before


def test_a_wrong_key_is_asked_for_again(onboard: Onboard, home: Path) -> None:
    terminal = to(onboard(), SECRET)
    terminal.press("sk-ant-sid01-FAKE0123456789abcdef0123456789", "enter").until("the session key of a browser")
    terminal.until("Use a setup-token").press("down", "enter").until(SECRET, 2)
    terminal.press(KEY, "enter").until(PLACE).press("enter").until(CONFIRM).press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


def test_the_same_key_twice_is_used_anyway(onboard: Onboard, home: Path) -> None:
    odd = "FAKE-of-a-shape-that-nobody-knows-0123456789"
    terminal = to(onboard(), SECRET)
    terminal.press(odd, "enter").until("Give the same value again")
    terminal.press(odd, "enter").until(PLACE).press("enter").until(CONFIRM)
    assert terminal.press("enter").ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={odd}\n"


@pytest.mark.parametrize("how", ["bracketed", "typed", "plain"])
def test_a_token_over_several_lines_arrives_whole(how: str, onboard: Onboard, home: Path) -> None:
    terminal = onboard(*(["--plain"] if how == "plain" else []), "--method", "setup-token")
    terminal.until(PROVIDER).press("enter").until("Anthropic setup-token", 1)
    lines = f"{SETUP[:79]}\r{SETUP[79:]}"
    if how == "bracketed":
        terminal.paste(lines).press("enter")
    else:
        terminal.press(f"{lines}\r")
    terminal.until("Joined 2 lines into one secret").until(PLACE).press("enter").until(CONFIRM).press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_OAUTH_TOKEN={SETUP}\n"
    assert SETUP[:30].encode() not in terminal.raw


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"ACCESSIBLE": "1"}])
def test_numbered_lines(env: dict[str, str], onboard: Onboard, home: Path) -> None:
    terminal = onboard(env=env).until("Number [1]:")
    terminal.press("99", "enter").until("Type a number from 1 to 9.")
    terminal.press("1", "enter").until(METHOD, 1).press("enter").until("(hidden, b goes back):").press(KEY, "enter")
    terminal.until(f"{PLACE} Number [1]:").press("enter").until(f"{CONFIRM} Number [1]:").press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert b"\x1b[" not in terminal.raw if env.get("TERM") == "dumb" else True
    assert KEY[:30].encode() not in terminal.raw


def test_a_small_screen(onboard: Onboard, home: Path) -> None:
    terminal = onboard(columns=40, rows=12).until(PROVIDER)
    assert len(terminal.screen) == 12
    terminal.press("enter").until(METHOD).press("enter").until(SECRET).press(KEY, "enter").until(PLACE)
    terminal.press("enter").until(CONFIRM).press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


def test_no_colour(onboard: Onboard) -> None:
    terminal = to(onboard(env={"NO_COLOR": "1"}), CONFIRM)
    terminal.press("enter")
    assert terminal.ends() == 0
    for code in (b"\x1b[31m", b"\x1b[32m", b"\x1b[33m", b"\x1b[38;"):
        assert code not in terminal.raw


def test_a_custom_service(onboard: Onboard, home: Path) -> None:
    terminal = onboard().until(PROVIDER)
    terminal.press("custom").until("/ custom").press("enter").until("A name for it?")
    terminal.press("\x15", "my-proxy", "enter").until("Its base URL?")
    terminal.press("llm.example.com", "enter").until("It starts with https://")
    terminal.press("\x15", "https://llm.example.com/v1", "enter").until("Which API does it speak?")
    terminal.press("enter").until("Which model?").press("big-1", "enter").until("my-proxy API key")
    terminal.press("FAKE0123456789abcdef0123456789", "enter").until(PLACE).press("enter").until(CONFIRM)
    assert terminal.press("enter").ends() == 0
    entry = json.loads((home / ".openclaw" / "openclaw.json").read_text())["models"]["providers"]["my-proxy"]
    assert entry["baseUrl"] == "https://llm.example.com/v1"


def test_a_profile_in_the_way_is_settled(onboard: Onboard, home: Path) -> None:
    store = home / ".openclaw" / "agents" / "main" / "agent" / "auth-profiles.json"
    store.parent.mkdir(parents=True)
    profile = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}
    store.write_text(json.dumps({"version": 1, "profiles": {"anthropic:default": profile}}))
    terminal = onboard("--provider", "anthropic", "--method", "api-key", "--store", "env").until(SECRET)
    terminal.press(KEY, "enter").until("What about the profile that comes first?").press("enter").until(CONFIRM)
    assert "anthropic:default has another value" in terminal.words
    assert terminal.press("enter").ends() == 0
    assert json.loads(store.read_text())["profiles"]["anthropic:default"]["key"] == KEY
    assert OTHER_KEY[:30].encode() not in terminal.raw


def test_flags_answer_questions_beforehand(onboard: Onboard, home: Path) -> None:
    terminal = onboard(
        "--provider", "openai", "--store", "env", "--yes", "--key-env", "K", env={"K": "sk-FAKE0123456789abcdef"}
    )
    assert terminal.ends() == 0
    assert env_file(home) == "OPENAI_API_KEY=sk-FAKE0123456789abcdef\n"


@pytest.fixture
def broken(home: Path) -> Path:
    """A config that nobody can parse."""
    config = home / ".openclaw" / "openclaw.json"
    config.parent.mkdir()
    config.write_bytes(b'{\n  "gateway": oops, // \xc3\xa9\r\n\t}\n\n')
    return config


def test_a_broken_config_is_kept_or_begun_anew(
    broken: Path, onboard: Onboard, home: Path, snapshot: Callable[[], Snapshot]
) -> None:
    before = snapshot()
    kept = onboard().until("~/.openclaw/openclaw.json:2:14: ").until("Add or change a credential: not here.")
    kept.until("> Keep it as it is").press("enter")
    assert kept.ends() == 0
    assert snapshot() == before
    terminal = onboard().until("> Keep it as it is").press("down", "enter").until("Really move 1 file away?").press("y")
    terminal.until(f"? {PROVIDER}").press("enter").until(f"? {METHOD}").press("enter").until(f"? {SECRET}")
    terminal.press(KEY, "enter").until(f"? {PLACE}").press("enter").until(f"? {CONFIRM}").press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert json.loads(broken.read_text())["gateway"]["mode"] == "local"
    assert onboard(command="undo").ends() == 0
    assert left(snapshot()) == before


def test_a_broken_config_is_not_added_to(broken: Path, onboard: Onboard, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    asked = onboard("--provider", "anthropic").until("> Keep it as it is")
    assert asked.press("ctrl-c").ends() == 130
    refused = onboard("--handling", "modify")
    assert refused.ends() == 2
    assert "--handling: ~/.openclaw/openclaw.json:2:14: " in refused.words
    assert left(snapshot()) == before
