"""The wizard's other paths: back, resume, signals, keys that are found or refused, what is there already."""

from __future__ import annotations

import json
import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.providers.servers import reply, server
from tests.terminal.hosts import UNIT, serviced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.providers.servers import Server
    from tests.terminal.conftest import Snapshot, Terminal

    Onboard = Callable[..., Terminal]

pytestmark = pytest.mark.terminal

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
GROQ = "gsk_FAKE0123456789abcdef0123456789abcdef"
PROVIDER, METHOD, SECRET = "Which provider?", "How do you pay for it?", "Anthropic API key"
PLACE, CONFIRM, ENDED = "Where should it be kept?", "Write this?", "Nothing was changed."
EXISTING = "What about what is there already?"
REFUSED = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
MODELS = {"data": [{"id": "claude-opus-4-5"}, {"id": "claude-fake-9"}], "has_more": False}


def env_file(home: Path) -> str:
    """The env file that was written."""
    return (home / ".openclaw" / ".env").read_text()


def outside(found: Snapshot) -> Snapshot:
    """What is there besides our own folder."""
    return {name: item for name, item in found.items() if not name.startswith(".local")}


def to_secret(terminal: Terminal) -> Terminal:
    """Up to the key entry."""
    return terminal.until(PROVIDER).press("enter").until(METHOD).press("enter").until(SECRET)


def to_review(terminal: Terminal, key: str = KEY) -> Terminal:
    """Up to the last question."""
    return to_secret(terminal).press(key, "enter").until(PLACE).press("enter").until(CONFIRM)


# --- back -----------------------------------------------------------------------------------------------------------


def test_esc_goes_back_from_every_question_and_never_leaves(onboard: Onboard, home: Path) -> None:
    terminal = to_review(onboard())
    for question in (PLACE, SECRET, METHOD, PROVIDER):
        terminal.press("esc").until(f"? {question}")
    terminal.press("esc").until("This is the first question. Ctrl-C leaves.")
    terminal.press("down", "enter").until("OpenAI API key").press("sk-FAKE0123456789abcdef0123", "enter")
    terminal.until(f"? {PLACE}").press("enter").until("Provider: OpenAI").press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == "OPENAI_API_KEY=sk-FAKE0123456789abcdef0123\n"


def test_every_list_has_an_entry_that_goes_back(onboard: Onboard) -> None:
    terminal = onboard().until(PROVIDER).press("enter").until(METHOD).until("← Back")
    terminal.press("up", "enter").until(f"? {PROVIDER}")
    terminal.press("ctrl-c")
    assert terminal.ends() == 130


@pytest.mark.parametrize("key", ["b\r", "\x1b\r"])
def test_numbered_lines_go_back(key: str, onboard: Onboard) -> None:
    terminal = onboard("--plain").until(f"{PROVIDER} Number").press("enter").until("b. Back").until(f"{METHOD} Number")
    terminal.press("enter").until("hidden").press(key).until(f"{METHOD} Number", 2)
    terminal.press(key).until(f"{PROVIDER} Number", 2).press("ctrl-c")
    assert terminal.ends() == 130


# --- interruption and resume ----------------------------------------------------------------------------------------


def test_an_interrupted_run_goes_on(onboard: Onboard, home: Path) -> None:
    first = to_review(onboard())
    assert first.press("ctrl-c").ends() == 130
    assert "Your answers are kept, without the secret." in first.words
    assert "onboard --resume" in first.words
    (journal,) = home.rglob("onboarding.json")
    assert journal.stat().st_mode & 0o777 == 0o600
    assert {"question": "secret", "given": True} in json.loads(journal.read_text())["answers"]
    assert KEY not in journal.read_text()
    again = onboard("--resume").until(SECRET)
    assert f"? {METHOD}" not in again.words
    again.press(KEY, "enter").until(CONFIRM)
    assert "Provider: Anthropic (your answer in the interrupted run)" in again.words
    assert again.press("enter").ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert "An onboarding was interrupted" not in again.words
    assert not list(home.rglob("onboarding.json"))


def test_a_new_run_tells_of_the_interrupted_one_and_restart_forgets_it(onboard: Onboard, home: Path) -> None:
    assert to_secret(onboard()).press("ctrl-c").ends() == 130
    told = onboard().until("An interrupted onboarding is kept here.").until(PROVIDER)
    assert told.press("ctrl-c").ends() == 130
    assert list(home.rglob("onboarding.json"))
    fresh = onboard("--restart").until(PROVIDER)
    assert "interrupted" not in fresh.words
    assert fresh.press("ctrl-c").ends() == 130
    assert not list(home.rglob("onboarding.json"))


@pytest.mark.parametrize("question", [PROVIDER, SECRET, CONFIRM])
@pytest.mark.parametrize(("number", "plain"), [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGHUP, False)])
def test_a_signal_leaves_the_terminal_as_it_was(
    question: str, number: int, plain: bool, onboard: Onboard, snapshot: Callable[[], Snapshot]
) -> None:
    before = snapshot()
    terminal = onboard(*(["--plain"] if plain else []))
    if question == PROVIDER:
        terminal.until(PROVIDER)
    else:
        (to_secret if question == SECRET else to_review)(terminal)
    assert terminal.signal(number).ends() == 128 + number
    assert ENDED in terminal.words
    assert terminal.echoes
    assert outside(snapshot()) == before


@pytest.mark.parametrize("key", ["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize("plain", [False, True])
def test_the_echo_is_on_after_the_hidden_prompt(key: str, plain: bool, onboard: Onboard) -> None:
    terminal = to_secret(onboard(*(["--plain"] if plain else [])))
    assert terminal.press(key).ends() == 130
    assert terminal.echoes


# --- the key --------------------------------------------------------------------------------------------------------


@pytest.fixture
def anthropic(home: Path) -> Iterator[Callable[..., Server]]:
    """A server on loopback in Anthropic's place, by the base URL in the config."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def start(status: int, body: object) -> Server:
            found = stack.enter_context(server(reply(status, body)))
            config = home / ".openclaw" / "openclaw.json"
            config.parent.mkdir(mode=0o700, exist_ok=True)
            entry = {"baseUrl": found.url, "models": []}
            text = json.dumps({"gateway": {"mode": "local"}, "models": {"providers": {"anthropic": entry}}})
            config.write_text(text)
            config.chmod(0o600)
            return found

        yield start


def test_a_key_that_is_accepted(onboard: Onboard, home: Path, anthropic: Callable[..., Server]) -> None:
    found = anthropic(200, MODELS)
    terminal = onboard("--provider", "anthropic", "--method", "api-key").until(SECRET).press(KEY, "enter")
    terminal.until(PLACE).press("enter").until(CONFIRM)
    assert "Verified: yes, the provider accepts it" in terminal.words
    terminal.press("enter")
    assert terminal.ends() == 0
    assert "Anthropic accepts it." in terminal.words
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert found.received[0].headers["x-api-key"] == KEY


def test_a_key_that_is_refused_is_asked_for_again(
    onboard: Onboard, home: Path, anthropic: Callable[..., Server]
) -> None:
    anthropic(401, REFUSED)
    terminal = onboard("--provider", "anthropic", "--method", "api-key").until(SECRET).press(KEY, "enter")
    terminal.until("Anthropic refuses it:").until("Give the same value again to use it anyway.")
    assert not (home / ".openclaw" / ".env").exists()
    terminal.press(KEY, "enter").until(PLACE).press("enter").until(CONFIRM)
    assert "Verified: no, the provider refuses it" in terminal.words
    assert terminal.press("enter").ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


def test_a_setup_token_that_a_probe_is_refused_for_is_saved(
    onboard: Onboard, home: Path, anthropic: Callable[..., Server]
) -> None:
    said = "This credential is only authorized for use with Claude Code and cannot be used for other API requests."
    anthropic(400, {"type": "error", "error": {"type": "invalid_request_error", "message": said}})
    terminal = onboard("--provider", "anthropic", "--method", "setup-token").until("Anthropic setup-token")
    terminal.press(SETUP, "enter").until(PLACE).press("enter").until(CONFIRM)
    assert "Not verified:" in terminal.words
    assert terminal.press("enter").ends() == 0
    assert env_file(home) == f"ANTHROPIC_OAUTH_TOKEN={SETUP}\n"


def test_a_provider_that_is_not_reached(onboard: Onboard, home: Path) -> None:
    terminal = to_review(onboard())
    assert terminal.press("enter").ends() == 0
    assert "Saved, not verified: the provider was not reached." in terminal.words
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


def test_what_belongs_elsewhere_is_taken_there(onboard: Onboard, home: Path) -> None:
    terminal = to_secret(onboard()).press(GROQ, "enter").until("begins like a key of groq").until("What about it?")
    terminal.until("Set it up as Groq API key").press("enter").until(PLACE).press("enter").until(CONFIRM)
    assert "Provider: Groq" in terminal.words
    assert terminal.press("enter").ends() == 0
    assert env_file(home) == f"GROQ_API_KEY={GROQ}\n"


def test_a_setup_token_among_the_keys_is_taken_for_what_it_is(onboard: Onboard, home: Path) -> None:
    terminal = to_secret(onboard()).press(SETUP, "enter").until("Set it up as Anthropic setup-token").press("enter")
    terminal.until(PLACE).press("enter").until(CONFIRM).press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_OAUTH_TOKEN={SETUP}\n"


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("sk-ant-sid01-FAKE0123456789abcdef0123456789", "the session key of a browser"),
        ("sk-ant-sid02-FAKE0123456789abcdef0123456789", "choose the method setup-token"),
        ("FAKEcode0123456789abcdef#FAKEstate0123456789abcd", "the code of a sign-in page"),
        ("0123456789abcdef" * 3, "the token of an OpenClaw gateway"),
        ("YOUR_API_KEY", "template text"),
        ('{"claudeAiOauth":{"accessToken":"FAKE"}}', "JSON"),
    ],
)
def test_what_is_no_key_is_named(pasted: str, said: str, onboard: Onboard) -> None:
    terminal = to_secret(onboard()).press(pasted, "enter").until(said)
    assert terminal.press("ctrl-c").ends() == 130
    assert pasted not in terminal.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [(f"export ANTHROPIC_API_KEY='{KEY}'", "quotes"), (f"Bearer {KEY}", "`Bearer` in front"), (f'"{KEY}"', "quotes")],
)
def test_what_clings_to_a_key_comes_off(typed: str, said: str, onboard: Onboard, home: Path) -> None:
    terminal = to_secret(onboard()).paste(typed).press("enter").until("Removed").until(said).until(PLACE)
    terminal.press("enter").until(CONFIRM).press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


def test_a_key_that_is_there_need_not_be_typed(onboard: Onboard, home: Path) -> None:
    terminal = onboard(env={"ANTHROPIC_API_KEY": KEY}).until(PROVIDER).press("enter").until(METHOD).press("enter")
    terminal.until("Which key?").until("The one in ANTHROPIC_API_KEY").press("enter").until(PLACE).press("enter")
    terminal.until("ANTHROPIC_API_KEY, set in this shell").until(CONFIRM).press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert KEY[:30].encode() not in terminal.raw


# --- what is there already ------------------------------------------------------------------------------------------


@pytest.fixture
def installed(home: Path) -> Path:
    """A home that was set up before."""
    state = home / ".openclaw"
    store = state / "agents" / "main" / "agent" / "auth-profiles.json"
    store.parent.mkdir(parents=True, mode=0o700)
    profile = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}
    store.write_text(json.dumps({"version": 1, "profiles": {"anthropic:default": profile}}))
    (state / "openclaw.json").write_text('{"gateway": {"mode": "local"}} // mine\n')
    (state / ".env").write_text("OTHER=kept\n")
    for path in (store, state / "openclaw.json", state / ".env"):
        path.chmod(0o600)
    return state


def test_keep_changes_nothing(onboard: Onboard, installed: Path, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    terminal = onboard().until(EXISTING).until("it has a credential for anthropic").press("enter")
    assert terminal.ends() == 0
    assert "there is nothing to change" in terminal.words
    assert snapshot() == before


def test_modify_adds(onboard: Onboard, installed: Path) -> None:
    terminal = onboard().until(EXISTING).press("down", "enter").until(PROVIDER).press("down", "enter")
    terminal.until("OpenAI API key").press("sk-FAKE0123456789abcdef0123", "enter").until(PLACE).press("up", "up")
    terminal.press("ctrl-c")
    assert terminal.ends() == 130


def test_reset_needs_a_second_yes_and_can_be_undone(
    onboard: Onboard, installed: Path, home: Path, snapshot: Callable[[], Snapshot]
) -> None:
    before = snapshot()
    terminal = onboard().until(EXISTING).press("down", "down", "enter").until("Really move 3 files away?")
    terminal.press("enter").until(f"? {EXISTING}").press("down", "down", "enter")  # the default is no
    terminal.until("? Really move 3 files away?").press("y").until(PROVIDER).press("enter").until(METHOD)
    terminal.press("enter").until(SECRET).press(KEY, "enter").until(PLACE).press("up", "enter").until(CONFIRM)
    terminal.press("enter")
    assert terminal.ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert not (installed / "agents/main/agent/auth-profiles.json").exists()
    moved = [path for path in (home / ".local").rglob("auth-profiles.json") if "/reset-" in str(path)]
    assert len(moved) == 1
    assert OTHER_KEY in moved[0].read_text()
    undone = onboard(command="undo")
    assert undone.ends() == 0
    assert outside(snapshot()) == before


# --- more options ---------------------------------------------------------------------------------------------------


def test_more_options(onboard: Onboard, home: Path, anthropic: Callable[..., Server]) -> None:
    anthropic(200, MODELS)
    terminal = onboard("--provider", "anthropic", "--method", "api-key").until(SECRET).press(KEY, "enter")
    terminal.until(PLACE).press("enter").until(CONFIRM).press("down", "enter").until("Which one?")
    terminal.press("down", "enter").until("Which model?").until("claude-fake-9").press("down", "enter")
    terminal.until(f"? {CONFIRM}").press("down", "enter").until("? Which one?").press("up", "up", "enter")
    terminal.until("Show how to be told").press("y").until(f"? {CONFIRM}").press("enter")
    assert terminal.ends() == 0
    assert "models status --check" in terminal.words
    model = json.loads((home / ".openclaw" / "openclaw.json").read_text())["agents"]["defaults"]["model"]
    assert model == {"primary": "anthropic/claude-fake-9"}


def test_answers_that_are_printed_are_taken(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    terminal = onboard("--print-answers", "--no-verify").until(PROVIDER).press("enter").until(METHOD).press("enter")
    terminal.until(PLACE).press("enter")
    assert terminal.ends() == 0
    assert 'key = "env:ANTHROPIC_API_KEY"' in terminal.text
    assert not (home / ".openclaw").exists()


def test_only_what_is_interactive_is_asked(onboard: Onboard, home: Path) -> None:
    (home / "answers.toml").write_text('method = "api-key"\nkey = "env:MINE"\ninteractive = ["provider"]\n')
    terminal = onboard("--answers", "answers.toml", env={"MINE": KEY}).until(PROVIDER).press("enter")
    assert terminal.ends() == 0
    assert "answers.toml:2: key" in terminal.words
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


def test_a_defect_leaves_the_terminal_as_it_was(onboard: Onboard, home: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Late:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'openclaw.probing.run':\n"
        "            raise RuntimeError('a defect')\n"
        "sys.meta_path.insert(0, Late())\n"
    )
    terminal = to_secret(onboard(env={"PYTHONPATH": str(tmp_path)})).press(KEY, "enter")
    assert terminal.ends() == 1
    assert "has a defect" in terminal.words
    assert terminal.echoes
    assert KEY not in terminal.text
    assert not (home / ".openclaw").exists()
    assert list(home.rglob("onboarding.json"))


def test_the_end_of_a_pipe_for_answers_goes_to_a_file(onboard: Onboard, home: Path) -> None:
    """Standard output is a file: the questions are asked on standard error."""
    import sys

    script = f"{sys.executable} -m openclaw onboard --print-answers > answers.toml"
    terminal = onboard(program=("/bin/sh", ["-c", script])).until(f"{PROVIDER} Number").press("enter")
    terminal.until(f"{METHOD} Number").press("enter").until(f"{PLACE} Number").press("enter")
    assert terminal.ends() == 0
    assert 'provider = "anthropic"' in (home / "answers.toml").read_text()


def test_numbered_lines_show_the_others_and_take_the_beginning_of_a_name(onboard: Onboard) -> None:
    terminal = onboard("--plain").until("more; or type the beginning of a name").until(f"{PROVIDER} Number")
    assert "Cerebras" not in terminal.words
    terminal.press("m", "enter").until("Cerebras").until(f"{PROVIDER} Number", 2).press("m", "enter").until("It may be")
    terminal.press("cereb", "enter").until("Cerebras API key").press("ctrl-c")
    assert terminal.ends() == 130


# --- what a tester found --------------------------------------------------------------------------------------------


def test_esc_is_answered_at_once(onboard: Onboard) -> None:
    terminal = onboard().until(PROVIDER).press("enter").until("Setup-token")
    begun = time.monotonic()
    terminal.press("esc").until("type to search")
    assert time.monotonic() - begun < 1.0


def test_a_name_is_not_typed_behind_the_one_that_is_offered(onboard: Onboard) -> None:
    terminal = (
        onboard().until(PROVIDER).press("custom").until("/ custom").press("enter").until("A name for it? [custom]")
    )
    terminal.press("my-proxy", "enter").until("A name for it? my-proxy")


# --- several agents -------------------------------------------------------------------------------------------------


@pytest.fixture
def three_agents(home: Path) -> Path:
    """A home with three agents."""
    config = home / ".openclaw" / "openclaw.json"
    config.parent.mkdir(mode=0o700)
    agents = {"list": [{"id": "main"}, {"id": "work"}, {"id": "night"}]}
    config.write_text(json.dumps({"gateway": {"mode": "local"}, "agents": agents}))
    config.chmod(0o600)
    return home / ".openclaw" / "agents"


def key_of(agents: Path, agent: str) -> str:
    """The key that was stored for an agent."""
    document = json.loads((agents / agent / "agent" / "auth-profiles.json").read_text())
    return str(document["profiles"]["anthropic:default"]["key"])


@pytest.mark.parametrize("env", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_several_agents_are_chosen_from_a_list(env: dict[str, str], onboard: Onboard, three_agents: Path) -> None:
    terminal = onboard("--provider", "anthropic", "--method", "api-key", "--store", "profile", env=env)
    terminal.until(f"? {SECRET}").press(KEY, "enter").until(f"? {CONFIRM}").press("down", "enter")
    terminal.until("? Which one?").press("down", "down", "enter").until("? For which agents?")
    terminal.until("> [x] main recommended").until("[ ] work").until("[ ] night").until("Back")
    terminal.press("up").until("> [ ] ").press(" ").until(f"? {CONFIRM}").press("down", "enter")  # the entry goes back
    terminal.until("? Which one?").press("down", "down", "enter").until("> [x] main recommended")
    terminal.press(" ").until("> [ ] main").press("enter").until("Choose at least one.").press(" ")
    terminal.until("> [x] main").press("down", "down", " ").until("> [x] night").press("enter")
    terminal.until("For which agents? main and night").until("Agents: main and night (your answer)")
    terminal.until(f"? {CONFIRM}").press("enter")
    assert terminal.ends() == 0
    assert [key_of(three_agents, name) for name in ("main", "night")] == [KEY, KEY]
    assert not (three_agents / "work").exists()
    assert not env or terminal.raw.isascii()


def test_numbers_choose_several_agents(onboard: Onboard, three_agents: Path) -> None:
    flags = ("--plain", "--provider", "anthropic", "--method", "api-key", "--store", "profile")
    terminal = onboard(*flags).until("(hidden").press(KEY, "enter").until(f"{CONFIRM} Number").press("2", "enter")
    terminal.until("Which one? Number").press("3", "enter").until("Numbers, such as 1,2 [1]:").press("9", "enter")
    terminal.until("Type numbers from 1 to 3, with commas between them.").press("b", "enter")
    terminal.until(f"{CONFIRM} Number", 2).press("2", "enter").until("Which one? Number", 2).press("3", "enter")
    terminal.until("Numbers, such as 1,2 [1]:", 3).press("1 night", "enter")
    terminal.until("Agents: main and night (your answer)").until(f"{CONFIRM} Number", 3).press("enter")
    assert terminal.ends() == 0
    assert [key_of(three_agents, name) for name in ("main", "night")] == [KEY, KEY]
    assert not (three_agents / "work").exists()


# --- taking back ----------------------------------------------------------------------------------------------------


def test_what_was_done_is_taken_back_by_the_commands_that_are_shown(
    onboard: Onboard, home: Path, tmp_path: Path, snapshot: Callable[[], Snapshot]
) -> None:
    host, before = serviced(tmp_path / "host"), snapshot()
    flags = ("--provider", "anthropic", "--method", "api-key", "--store", "env", "--key-env", "MINE", "--no-verify")
    env = {**host.env, "MINE": KEY}
    terminal = onboard(*flags, "--service", "install", env=env).until(f"? {CONFIRM}").press("enter")
    assert terminal.ends() == 0
    unit = home / ".config" / "systemd" / "user" / UNIT
    assert unit.exists()
    for way in (
        "Written. To take it back: → [^→]* undo 1 ",
        "To stop it and to take it away: → [^→]* gateway uninstall ",
    ):
        assert re.search(way, terminal.words)
    assert onboard("uninstall", command="gateway", env=env).ends() == 0
    assert not unit.exists()
    assert onboard("1", command="undo", env=env).ends() == 0
    kept = {path for path in outside(snapshot()) if not path.startswith(".config")}
    assert kept == set(outside(before))


# --- a variable that comes first ------------------------------------------------------------------------------------


def test_a_variable_of_the_config_that_comes_first_is_settled_before_anything_is_written(
    onboard: Onboard, home: Path
) -> None:
    config = home / ".openclaw" / "openclaw.json"
    config.parent.mkdir(mode=0o700)
    config.write_text(json.dumps({"gateway": {"mode": "local"}, "env": {"vars": {"ANTHROPIC_OAUTH_TOKEN": SETUP}}}))
    config.chmod(0o600)
    terminal = onboard("--provider", "anthropic", "--method", "api-key").until(f"? {SECRET}").press(KEY, "enter")
    terminal.until(f"? {PLACE}").press("enter").until("? What about the variable that comes first?")
    terminal.until("> Remove ANTHROPIC_OAUTH_TOKEN from env.vars of ~/.openclaw/openclaw.json").until("← Back")
    terminal.press("enter").until(f"? {CONFIRM}")
    assert "to another value and comes first: it is removed" in terminal.words
    assert SETUP in config.read_text()
    assert terminal.press("enter").ends() == 0
    assert SETUP not in config.read_text()
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"
    assert SETUP[:30].encode() not in terminal.raw


def test_a_value_of_this_shell_is_told_before_anything_is_written(onboard: Onboard, home: Path) -> None:
    flags = ("--provider", "anthropic", "--method", "api-key", "--store", "env")
    terminal = onboard(*flags, env={"ANTHROPIC_API_KEY": OTHER_KEY}).until("? Which key?").press("down", "enter")
    terminal.until(f"? {SECRET}").press(KEY, "enter").until("? What about the variable that comes first?")
    terminal.until("> Write the env file all the same recommended").press("enter").until(f"? {CONFIRM}")
    assert "a service does not see it: unset ANTHROPIC_API_KEY" in terminal.words
    assert terminal.press("enter").ends() == 0
    assert env_file(home) == f"ANTHROPIC_API_KEY={KEY}\n"


# --- a list that is searched ----------------------------------------------------------------------------------------


def test_a_search_without_a_hit_says_so_and_chooses_nothing(onboard: Onboard) -> None:
    terminal = onboard().until(f"? {PROVIDER}").press("zzz").until("- No match; Backspace takes a letter away. / zzz")
    assert not any("Anthropic" in line for line in terminal.screen)
    terminal.press("enter", "down", "up", "enter").press("q").until("/ zzzq").until("No match")
    terminal.press("\x7f", "\x7f", "\x7f", "\x7f").until("> Anthropic").press("groq").until("/ groq").until("> Groq")
    terminal.press("enter").until("Groq API key").press("esc").until(f"? {PROVIDER}").press("xyz").until("/ xyz")
    assert terminal.press("ctrl-c").ends() == 130


def test_back_is_reached_where_a_search_has_no_hit(onboard: Onboard) -> None:
    terminal = onboard("--resume").until(f"? {PROVIDER}").press("zzz").until("No match").press("esc")
    terminal.until("This is the first question.").press("ctrl-c")
    assert terminal.ends() == 130
