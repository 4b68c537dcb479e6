"""`openclaw models auth paste-api-key | setup-token | add`: through a pipe and through a pseudo-terminal."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.commands import newer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands.conftest import Machine

NOW = 1_770_000_000_000
DAY = 86_400_000
KEY = "sk-ant-api03-" + "FAKE-CANARY-" * 7 + "EXAMPLE-KEY"
TOKEN = "sk-ant-oat01-" + "FAKE-CANARY-" * 7 + "EXAMPLE-END"
AUTH = ("models", "auth")
PASTE = (*AUTH, "paste-api-key", "--provider", "anthropic")


def profiles(machine: Machine, agent: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.store(agent).read_text())["profiles"]
    return found


@contextmanager
def terminal(machine: Machine, *args: str) -> Iterator[pexpect.spawn[str]]:
    """The program on a terminal; what it shows is in `.log`."""
    command, *rest = machine.argv(*AUTH, *args)
    env, cwd = machine.environment(), str(machine.home)
    child = pexpect.spawn(command, rest, env=env, cwd=cwd, encoding="utf-8", timeout=20, dimensions=(24, 200))
    try:
        yield child
    finally:
        child.close(force=True)


def finished(child: pexpect.spawn[str]) -> tuple[int | None, str]:
    child.expect(pexpect.EOF)
    shown = str(child.before)
    child.close()
    return child.exitstatus, shown


# ---- paste-api-key -------------------------------------------------------------------------------------------------


def test_a_key(machine: Machine) -> None:
    result = machine.run(*PASTE, stdin=f"export ANTHROPIC_API_KEY='{KEY}'\n".encode())
    assert result.code == 0
    assert profiles(machine) == {"anthropic:manual": {"type": "api_key", "provider": "anthropic", "key": KEY}}
    declared = json.loads(machine.config.read_text())["auth"]["profiles"]
    assert declared == {"anthropic:manual": {"provider": "anthropic", "mode": "api_key"}}
    assert "CANARY" not in result.out + result.err
    assert b"CANARY" not in machine.everything()
    assert machine.run("undo").code == 0
    assert not machine.state.exists()


def test_for_an_agent(machine: Machine) -> None:
    """User-pain, FM 57: tokens land in the default agent."""
    machine.write(machine.config, {"agents": {"list": [{"id": "work", "default": True}, {"id": "play"}]}})
    assert machine.run(*PASTE, stdin=KEY.encode()).code == 0
    assert machine.run(*AUTH, "--agent", "play", *PASTE[2:], "--profile-id", "p", stdin=KEY.encode()).code == 0
    assert (set(profiles(machine, "work")), set(profiles(machine, "play"))) == ({"anthropic:manual"}, {"p"})
    assert not machine.store().exists()


def test_a_key_under_the_id_of_a_login_is_refused(machine: Machine) -> None:
    """User-pain, FM 59."""
    login = {"type": "oauth", "provider": "anthropic", "access": "FAKE", "refresh": "FAKE", "expires": NOW + DAY}
    machine.write(machine.store(), {"profiles": {"anthropic:manual": login}})
    before = machine.files()
    result = machine.run(*PASTE, stdin=KEY.encode())
    assert result.code == 1
    assert "OAuth login" in result.err
    assert machine.files() == before
    assert machine.run(*PASTE, "--anyway", stdin=KEY.encode()).code == 0
    assert profiles(machine)["anthropic:manual"]["type"] == "api_key"


def test_a_profile_that_is_held_back_is_told_with_the_command(machine: Machine) -> None:
    profile = {"type": "api_key", "provider": "anthropic", "key": "FAKE-old"}
    usage = {"anthropic:manual": {"cooldownUntil": NOW + DAY}}
    machine.write(machine.store(), {"profiles": {"anthropic:manual": profile}, "usageStats": usage})
    result = machine.run(*PASTE, stdin=KEY.encode())
    assert "held back by a cooldown" in result.err
    assert "models auth clear-cooldown anthropic:manual" in result.err


def test_an_order_that_would_leave_it_out_is_extended(machine: Machine) -> None:
    store = {"profiles": {"a": {"type": "api_key", "provider": "z.ai", "key": "FAKE"}}, "order": {"z.ai": ["a"]}}
    machine.write(machine.store(), store)
    key = "0123456789abcdef0123456789abcdef.FAKEexampleFAKE"
    assert machine.run(*AUTH, "paste-api-key", "--provider", "Z.AI", stdin=key.encode()).code == 0
    assert json.loads(machine.store().read_text())["order"] == {"z.ai": ["zai:manual", "a"]}
    assert machine.run(*AUTH, "which", "--provider", "zai", "--json").json["providers"][0]["winner"] == "zai:manual"


def test_a_setup_token_as_a_key_is_told(machine: Machine) -> None:
    """It works, because its prefix decides; but nobody would watch its expiry (openclaw-new §6)."""
    result = machine.run(*PASTE, stdin=TOKEN.encode())
    assert result.code == 0
    assert "setup-token" in result.err


BAD: list[tuple[tuple[str, ...], bytes, str]] = [
    (("--provider", "anthropic"), b"YOUR_API_KEY", "this is not an API key for anthropic"),
    (("--provider", ""), KEY.encode(), "--provider is blank"),
    ((), KEY.encode(), "--provider"),
    (("--provider", "anthropic", "--agent", "x"), KEY.encode(), 'unknown agent "x"'),
    (("--provider", "anthropic", "--expires-in", "1d"), KEY.encode(), "--expires-in"),
    (("--provider", "anthropic"), b"", "gave nothing"),
]


@pytest.mark.parametrize(("args", "stdin", "said"), BAD)
def test_errors_exit_1_and_change_nothing(machine: Machine, args: tuple[str, ...], stdin: bytes, said: str) -> None:
    machine.write(machine.store(), {"profiles": {}})
    before = machine.files()
    result = machine.run(*AUTH, "paste-api-key", *args, stdin=stdin)
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert "CANARY" not in result.err
    assert machine.files() == before


def test_openclaw_itself_writes_its_database(machine: Machine) -> None:
    newer.install(machine, {})
    result = machine.run(*PASTE, stdin=KEY.encode())
    assert result.code == 0, result.err
    assert newer.stored(machine)["anthropic:manual"]["key"] == KEY
    assert newer.calls(machine) == [[*PASTE, "--profile-id", "anthropic:manual", "--agent", "main"]]
    assert "CANARY" not in (machine.home / "calls").read_text()
    assert not machine.store().exists()


def test_what_it_did_not_store_is_an_error(machine: Machine) -> None:
    newer.install(machine, {}, broken=True)
    result = machine.run(*PASTE, stdin=KEY.encode())
    assert (result.code, result.out) == (1, "")
    assert "is not in the store of agent main" in result.err


# ---- setup-token ---------------------------------------------------------------------------------------------------


def test_setup_token_without_a_terminal_says_what_to_do(machine: Machine) -> None:
    result = machine.run(*AUTH, "setup-token", stdin=TOKEN.encode())
    assert (result.code, result.out) == (1, "")
    assert "models auth paste-token --provider anthropic" in result.err
    assert machine.files() == {}


def test_setup_token_for_another_provider(machine: Machine) -> None:
    result = machine.run(*AUTH, "setup-token", "--provider", "openai")
    assert result.code == 1
    assert '"openai" has none' in result.err
    assert "paste-token --provider openai" in result.err


@pytest.mark.terminal
def test_setup_token_on_a_terminal(machine: Machine) -> None:
    with terminal(machine, "setup-token") as child:
        child.expect(r"not shown\): ")
        child.send(f"{TOKEN[:80]}\r{TOKEN[80:]}\r")  # as a terminal of 80 columns wraps it
        code, shown = finished(child)
    assert code == 0
    assert "CANARY" not in shown
    assert "Joined 2 lines" in shown
    assert profiles(machine)["anthropic:manual"] == {"type": "token", "provider": "anthropic", "token": TOKEN}


# ---- add -----------------------------------------------------------------------------------------------------------


def test_add_without_a_terminal_names_the_commands_for_it(machine: Machine) -> None:
    result = machine.run(*AUTH, "add", stdin=KEY.encode())
    assert (result.code, result.out) == (1, "")
    assert "models auth paste-api-key --provider ID" in result.err
    assert "models auth paste-token --provider ID" in result.err
    assert machine.files() == {}


@pytest.mark.terminal
def test_add_a_key_with_every_default(machine: Machine) -> None:
    with terminal(machine, "add") as child:
        child.expect(r"Provider \[anthropic\]: ")
        child.send("\r")
        child.expect(r"1\. an API key\r\n  2\. the token that `claude setup-token` printed\r\n  3\. a token")
        child.expect(r"Kind \[1\]: ")
        child.send("\r")
        child.expect(r"Profile id \[anthropic:manual\]: ")
        child.send("\r")
        child.expect(r"not shown\): ")
        child.send(f"{KEY}\r")
        code, shown = finished(child)
    assert code == 0
    assert "CANARY" not in shown
    assert profiles(machine) == {"anthropic:manual": {"type": "api_key", "provider": "anthropic", "key": KEY}}


@pytest.mark.terminal
def test_add_a_token_after_wrong_answers(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    with terminal(machine, "add", "--agent", "work") as child:
        child.expect("Provider")
        child.send("  \r")
        child.expect("is blank")
        child.expect("Provider")
        child.send("Z.AI\r")
        child.expect("Kind")
        child.send("3\r")
        child.expect("a number from 1 to 2 is wanted")
        child.send("2\r")
        child.expect(r"Profile id \[zai:manual\]: ")
        child.send("zai:me\r")
        child.expect("Expires in")
        child.send("1w\r")
        child.expect("invalid duration")
        child.send("30d\r")
        child.expect(r"not shown\): ")
        child.send("FAKE-CANARY-zai-token-0123456789\r")
        code, _ = finished(child)
    assert code == 0
    found = profiles(machine, "work")["zai:me"]
    assert (found["type"], found["provider"], found["expires"]) == ("token", "zai", NOW + 30 * DAY)
    assert not machine.store().exists()


@pytest.mark.terminal
@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_a_cancelled_add_stores_nothing(machine: Machine, key: str) -> None:
    """The reference stores the text `Symbol(clack:cancel)` (auth-spec §10.2)."""
    with terminal(machine, "add") as child:
        child.expect("Provider")
        child.send("\r")
        child.expect("Kind")
        child.send(key)
        code, _ = finished(child)
    assert code == 130
    assert not machine.state.exists()


@pytest.mark.terminal
def test_an_unknown_agent_is_told_before_anything_is_asked(machine: Machine) -> None:
    with terminal(machine, "add", "--agent", "nobody") as child:
        code, shown = finished(child)
    assert code == 1
    assert 'unknown agent "nobody"' in shown
    assert "Provider" not in shown
