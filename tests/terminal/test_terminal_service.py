"""The wizard on a host with a service manager, with a provider that answers, and in homes that are in use."""

from __future__ import annotations

import json
import signal
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.checks.installations import database
from tests.providers.servers import reply, server
from tests.terminal.conftest import PATIENCE
from tests.terminal.hosts import KEY, OPENAI, OTHER_KEY, UNIT, install, serviced, stored, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.providers.servers import Server
    from tests.terminal.conftest import Snapshot, Terminal

    Onboard = Callable[..., Terminal]

pytestmark = pytest.mark.terminal

SECRET, SERVICE, CONFIRM = "Anthropic API key:", "And the gateway itself?", "Write this?"
QUICK = ("Which provider?", "How do you pay for it?", SECRET, "Where should it be kept?", SERVICE, CONFIRM)
GIVEN = ("--provider", "anthropic", "--method", "api-key", "--store", "env", "--key-env", "MINE", "--no-verify")
MODELS = {"data": [{"id": "claude-opus-4-5"}, {"id": "claude-fake-9"}], "has_more": False}
REFUSED = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}


def of_systemd(host_done: list[str]) -> list[str]:
    """The verbs that systemctl was told."""
    return [next(word for word in line.split() if not word.startswith("-")) for line in host_done]


def env_file(home: Path) -> str:
    """The env file that was written."""
    return (home / ".openclaw" / ".env").read_text()


def first_of(terminal: Terminal, *wanted: str) -> str:
    """Whichever of these texts comes first."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and terminal._pump():
        if found := next((text for text in wanted if text in terminal.words), ""):
            return found
    return pytest.fail(f"none of {wanted} came; the screen:\n{terminal.text}")


# --- the service ----------------------------------------------------------------------------------------------------


def test_six_questions_from_a_fresh_home_to_a_gateway_that_runs(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    """One Enter each, and one key. A seventh question would wait for ever."""
    host = serviced(tmp_path / "host")
    terminal = onboard(env=host.env)
    asked = []
    for label in QUICK:
        terminal.until(f"? {label}")
        asked.append(label)
        if label == CONFIRM:
            assert "Service: install (your answer)" in terminal.words
            assert f"create ~/.config/systemd/user/{UNIT}" in terminal.words
            assert f"→ systemctl --user --no-pager start -- {UNIT}" in terminal.words
            assert host.done == []
        terminal.press(*([KEY] if label == SECRET else []), "enter")
    assert terminal.ends() == 0
    assert len(asked) <= 6
    assert "The gateway's service was installed, and it runs." in terminal.words
    assert of_systemd(host.done) == ["daemon-reload", "enable", "reset-failed", "start"]
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    unit = (home / ".config" / "systemd" / "user" / UNIT).read_text()
    assert f"ExecStart={host.path}/bin/openclaw gateway --port 18789" in unit
    assert KEY[:30] not in unit
    assert KEY[:30].encode() not in terminal.raw


def test_a_service_that_is_there_is_restarted(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    host = serviced(tmp_path / "host")
    install(home, host)
    terminal = onboard(*GIVEN, env={**host.env, "MINE": KEY}).until(f"? {SERVICE}").until("> Restart the gateway")
    terminal.press("enter").until(f"? {CONFIRM}")
    assert f"Then this runs: → systemctl --user restart {UNIT}" in terminal.words
    assert terminal.press("enter").ends() == 0
    assert "The gateway's service was restarted, and it runs." in terminal.words
    assert of_systemd(host.done) == ["reset-failed", "restart"]


def test_later_leaves_the_service_alone_and_shows_the_command(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    host = serviced(tmp_path / "host")
    install(home, host)
    terminal = onboard(*GIVEN, env={**host.env, "MINE": KEY}).until(f"? {SERVICE}").press("down", "enter")
    terminal.until(f"? {CONFIRM}")
    assert "Then this runs" not in terminal.words
    assert terminal.press("enter").ends() == 0
    assert f"Restart the gateway, so that it reads this: → systemctl --user restart {UNIT}" in terminal.words
    assert host.done == []
    assert (host.path / "pid").read_text() == "3999999"


def test_a_service_that_does_not_start_is_pending_and_the_key_is_kept(
    onboard: Onboard, home: Path, tmp_path: Path
) -> None:
    host = serviced(tmp_path / "host", refuses=True)
    terminal = onboard(*GIVEN, env={**host.env, "MINE": KEY}).until(f"? {SERVICE}").press("enter")
    assert terminal.until(f"? {CONFIRM}").press("enter").ends() == 0
    assert f"service is pending: {UNIT}: Job for {UNIT} failed: made up." in terminal.words
    assert "Try it again:" in terminal.words
    assert f"systemctl --user restart {UNIT}" in terminal.words
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


def test_a_manager_that_cannot_be_reached_is_pending_and_no_failure(
    onboard: Onboard, home: Path, tmp_path: Path
) -> None:
    host = serviced(tmp_path / "host", unreachable=True)
    flags = (*GIVEN, "--service", "install")
    terminal = onboard(*flags, env={**host.env, "MINE": KEY}).until(f"? {CONFIRM}")
    assert SERVICE not in terminal.words
    assert "Service: install (--service): pending, because" in terminal.words
    assert terminal.press("enter").ends() == 0
    assert "The gateway's service is pending:" in terminal.words
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert host.done == []


def test_a_manager_that_is_slow_is_asked_about_all_the_same(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    """Two answers of 2 seconds each: all that is asked before was answered by flags."""
    host = serviced(tmp_path / "host", slow=2)
    install(home, host)
    terminal = onboard(*GIVEN, env={**host.env, "MINE": KEY}).until("Waiting for an answer of systemd")
    terminal.until(f"? {SERVICE}").until("> Restart the gateway").press("down", "enter").until(f"? {CONFIRM}")
    assert terminal.press("enter").ends() == 0
    assert f"→ systemctl --user restart {UNIT}" in terminal.words
    assert "gateway run" not in terminal.words


def test_a_manager_that_nobody_was_asked_about_is_pending_too(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    host = serviced(tmp_path / "host", unreachable=True)
    terminal = onboard(*GIVEN, env={**host.env, "MINE": KEY}).until(f"? {CONFIRM}")
    assert terminal.press("enter").ends() == 0
    assert "The gateway's service is pending: /run/systemd/system exists, but" in terminal.words
    assert "openclaw gateway run" in terminal.words  # whichever kind of host runs the tests


def test_ctrl_c_while_the_service_is_installed_tells_of_all_of_it(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    host = serviced(tmp_path / "host", slow=1)
    terminal = onboard(*GIVEN, "--service", "install", env={**host.env, "MINE": KEY}).until(f"? {CONFIRM}")
    terminal.press("enter")
    deadline = time.monotonic() + PATIENCE
    while not any(" start " in line for line in host.done) and time.monotonic() < deadline:
        terminal._pump()
    terminal.press("ctrl-c")
    assert terminal.ends() == 130
    for command in ("undo 1", "gateway uninstall", "gateway status"):
        assert f"openclaw {command}" in terminal.words
    assert "Nothing was changed" not in terminal.words
    assert terminal.echoes


# --- the provider ---------------------------------------------------------------------------------------------------


@pytest.fixture
def anthropic(home: Path) -> Iterator[Callable[..., Server]]:
    """A server on loopback in Anthropic's place, by the base URL in the config."""
    with ExitStack() as stack:

        def start(status: int, body: object) -> Server:
            found = stack.enter_context(server(reply(status, body)))
            entry = {"baseUrl": found.url, "models": []}
            write(home, {
                "openclaw.json": {"gateway": {"mode": "local"}, "models": {"providers": {"anthropic": entry}}},
            })  # fmt: skip
            return found

        yield start


def test_live_offers_the_models_of_a_key_that_is_accepted(
    onboard: Onboard, home: Path, anthropic: Callable[..., Server]
) -> None:
    found = anthropic(200, MODELS)
    terminal = onboard("--live", *GIVEN[:-1], env={"MINE": KEY}).until("? Which model?").until("claude-fake-9")
    terminal.press("down", "enter").until(f"? {CONFIRM}")
    assert "Verified: yes, the provider accepts it" in terminal.words
    assert "Model: anthropic/claude-fake-9 (your answer)" in terminal.words
    assert terminal.press("enter").ends() == 0
    config = json.loads((home / ".openclaw" / "openclaw.json").read_text())
    assert config["agents"]["defaults"]["model"] == {"primary": "anthropic/claude-fake-9"}
    assert [request.headers["x-api-key"] for request in found.received[:1]] == [KEY]


def test_live_with_a_key_that_is_refused_asks_for_the_key_first(
    onboard: Onboard, home: Path, anthropic: Callable[..., Server]
) -> None:
    anthropic(401, REFUSED)
    terminal = onboard("--live", *GIVEN[:6]).until(f"? {SECRET}").press(KEY, "enter")
    assert first_of(terminal, "Anthropic refuses it:", "? Which model?") == "Anthropic refuses it:"
    terminal.until(f"? {SECRET}")
    assert "Which model?" not in terminal.words
    assert not (home / ".openclaw" / ".env").exists()
    terminal.press(KEY, "enter").until("? Which model?")
    assert "claude-fake-9" not in terminal.words
    terminal.press("ctrl-c")
    assert terminal.ends() == 130
    assert not (home / ".openclaw" / ".env").exists()


# --- homes that are in use ------------------------------------------------------------------------------------------


def test_a_home_with_a_database(onboard: Onboard, home: Path, snapshot: Callable[[], Snapshot]) -> None:
    """Nobody but OpenClaw writes its database, and a store beside it would block it."""
    config = '{"meta": {"lastTouchedVersion": "2026.9.1"}, "gateway": {"mode": "local"}} // mine\n'
    write(home, {"openclaw.json": config})
    database(home, {"openai:default": {"type": "api_key", "provider": "openai", "key": OPENAI}})
    before = snapshot()
    terminal = onboard("--provider", "anthropic", "--method", "api-key", "--no-verify").until(f"? {SECRET}")
    terminal.press(KEY, "enter").until("? Where should it be kept?").until("auth profile: not here.")
    assert "credentials in a database" in terminal.words
    terminal.press("down", "enter")  # the profile cannot be reached: Enter is on Back
    terminal.until(f"? {SECRET}").press(KEY, "enter").until("? Where should it be kept?").press("enter")
    assert terminal.until(f"? {CONFIRM}").press("enter").ends() == 0
    after = {name: item for name, item in snapshot().items() if not name.startswith(".local")}
    assert after.pop(".openclaw/.env")[1] == f"ANTHROPIC_API_KEY={KEY}\n".encode()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed <= {".openclaw/openclaw.json"}
    assert b"// mine" in (after[".openclaw/openclaw.json"][1] or b"")


def test_modify_writes_one_line_and_nothing_else(
    onboard: Onboard, home: Path, snapshot: Callable[[], Snapshot]
) -> None:
    profile = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}
    config = """// mine
{
  gateway: { mode: 'local', port: 18999, },
  agents: { defaults: { model: { primary: 'anthropic/claude-opus-4-5' } }, list: [{ id: 'main' }, { id: 'work' }] },
  channels: { telegram: { enabled: false, /* not yet */ }, },
}
"""
    write(home, {
        "openclaw.json": config,
        ".env": "# of mine\nOTHER=kept   # so\n\nEMPTY=\n",
        "agents/main/agent/auth-profiles.json": stored(anthropic__default=profile),
        "agents/work/agent/auth-profiles.json": stored(anthropic__work=profile),
        "agents/main/sessions/one.jsonl": "{}\n",
        "credentials/oauth.json": "{}\n",
    })  # fmt: skip
    before = snapshot()
    terminal = onboard("--no-verify").until("? What about what is there already?").press("down", "enter")
    terminal.until("? Which provider?").press("down", "enter").until("? OpenAI API key:").press(OPENAI, "enter")
    terminal.until("? Where should it be kept?")
    terminal.press(*([] if "> ~/.openclaw/.env" in terminal.words else ["up"]), "enter").until(f"? {CONFIRM}")
    assert terminal.press("enter").ends() == 0
    after = {name: item for name, item in snapshot().items() if not name.startswith(".local")}
    mode, old = before.pop(".openclaw/.env")
    assert after.pop(".openclaw/.env") == (mode, (old or b"") + f"OPENAI_API_KEY={OPENAI}\n".encode())
    assert after == before
    assert onboard(command="undo").ends() == 0
    assert (home / ".openclaw" / ".env").read_bytes() == old


# --- leaving --------------------------------------------------------------------------------------------------------

# For each question what leads to it, by flags where they do.
WAYS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "What about what is there already?": ((), ()),
    "Really move 1 file away?": (("--handling", "reset"), ()),
    "Which provider?": (("--handling", "modify"), ()),
    "How do you pay for it?": (("--provider", "anthropic"), ()),
    "Which key?": (("--provider", "openai"), ()),
    "A name for it?": (("--provider", "custom"), ()),
    "Its base URL?": (("--provider", "custom"), (("A name for it?", ("mine", "enter")),)),
    "Which API does it speak?": (("--provider", "my-proxy", "--base-url", "http://127.0.0.1:9"), ()),
    "Which model?": (("--provider", "my-proxy", "--base-url", "http://127.0.0.1:9", "--api", "openai-completions"), ()),
    "Which account id?": (("--provider", "cloudflare-ai-gateway"), ()),
    SECRET: (("--provider", "anthropic", "--method", "api-key"), ()),
    "What about it?": (("--provider", "groq"), (("Groq API key:", (KEY, "enter")),)),
    "Where should it be kept?": (("--provider", "groq", "--key-env", "MINE"), ()),
    CONFIRM: (("--provider", "groq", "--key-env", "MINE", "--store", "env"), ()),
    "Which one?": (("--provider", "groq", "--key-env", "MINE", "--store", "env"), ((CONFIRM, ("down", "enter")),)),
    "Show how to be told of it on this host?": (
        ("--provider", "groq", "--key-env", "MINE", "--store", "env"),
        ((CONFIRM, ("down", "enter")), ("Which one?", ("up", "up", "enter"))),
    ),
}
KINDS = ("How do you pay for it?", "A name for it?", SECRET, "Show how to be told of it on this host?")


@pytest.mark.parametrize(
    ("question", "leaving"),
    [*((question, 0) for question in WAYS), *((name, number) for name in KINDS for number in (15, 1))],
)
def test_the_echo_is_on_wherever_one_leaves(
    question: str, leaving: int, onboard: Onboard, home: Path, snapshot: Callable[[], Snapshot]
) -> None:
    """Ctrl-C at every question; SIGTERM and SIGHUP at one of each kind."""
    flags, steps = WAYS[question]
    write(home, {"openclaw.json": {"gateway": {"mode": "local"}}})
    before = snapshot()
    env = {"MINE": "gsk_FAKE0123456789abcdef0123456789abcdef", "OPENAI_API_KEY": OPENAI}
    terminal = onboard("--no-verify", *flags, env=env)
    for label, keys in steps:
        terminal.until(f"? {label}").press(*keys)
    terminal.until(f"? {question}")
    if leaving:
        assert terminal.signal(signal.Signals(leaving)).ends() == 128 + leaving
    else:
        assert terminal.press("ctrl-c").ends() == 130
    assert terminal.echoes
    assert "Nothing was changed." in terminal.words
    assert {name: item for name, item in snapshot().items() if not name.startswith(".local")} == before
