"""`openclaw models auth paste-token` as a program: through a pipe and through a pseudo-terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Machine

NOW = 1_770_000_000_000
DAY = 24 * 3_600_000
TOKEN = "sk-ant-oat01-" + "FAKE-CANARY-" * 7 + "EXAMPLE-END"  # 108 characters, as real ones have
PASTE = ("models", "auth", "paste-token", "--provider", "anthropic")
COMMENTED = """\
// the gateway of the kitchen
{
  gateway: { mode: 'local', port: 18789, }, // keep this port
  "auth": {
    /* two accounts */
    order: { anthropic: ["anthropic:old"] },
  },
}
"""


def profiles(machine: Machine, agent: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.store(agent).read_text())["profiles"]
    return found


def test_a_token_on_an_empty_home(machine: Machine) -> None:
    result = machine.run(*PASTE, stdin=f"{TOKEN}\n".encode())
    assert result.code == 0
    assert profiles(machine) == {"anthropic:manual": {"type": "token", "provider": "anthropic", "token": TOKEN}}
    assert json.loads(machine.config.read_text()) == {
        "auth": {"profiles": {"anthropic:manual": {"provider": "anthropic", "mode": "token"}}}
    }
    assert result.out.splitlines() == [
        "Auth profile: anthropic:manual (anthropic/token; 108 characters, ends in -END)",
        "Updated ~/.openclaw/agents/main/agent/auth-profiles.json",
        "Updated ~/.openclaw/openclaw.json",
    ]
    assert "No OpenClaw was found here" in result.err


def test_only_the_owner_may_look(machine: Machine) -> None:
    machine.run(*PASTE, stdin=TOKEN.encode())
    for path in (machine.store(), machine.config):
        assert path.stat().st_mode & 0o777 == 0o600
    for folder in (machine.state, machine.state / "agents", machine.store().parent):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_store_that_others_may_read_is_closed(machine: Machine) -> None:
    machine.write(machine.store(), {"profiles": {}}, 0o644)
    machine.run(*PASTE, stdin=TOKEN.encode())
    assert machine.store().stat().st_mode & 0o777 == 0o600


# ---- what comes through the pipe -----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_one_line_end_belongs_to_the_pipe(machine: Machine, end: str) -> None:
    result = machine.run(*PASTE, stdin=f"{TOKEN}{end}".encode())
    assert profiles(machine)["anthropic:manual"]["token"] == TOKEN
    assert "Joined" not in result.err


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_token_that_the_terminal_wrapped_is_joined_and_said(machine: Machine, end: str) -> None:
    wrapped = end.join([TOKEN[:80], TOKEN[80:]]) + end
    result = machine.run(*PASTE, stdin=wrapped.encode())
    assert result.code == 0
    assert profiles(machine)["anthropic:manual"]["token"] == TOKEN
    assert "Joined 2 lines" in result.err


REFUSED: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("a line end", b"\n"),
    ("blanks", b"  \r\n"),
    ("two different lines", b"sk-ant-oat01-FAKE-1\nsomething else\n"),
    ("two tokens", f"{TOKEN}\n{TOKEN}\n".encode()),
    ("NUL", b"sk-ant-oat01-\0FAKE"),
    ("UTF-16", TOKEN.encode("utf-16")),
    ("not UTF-8", b"sk-ant-oat01-\xff\xfe"),
    ("a control character", b"sk-ant-oat01-FAKE\x1b[A"),
    ("a sentence", b"this is not a token\n"),
    ("far too much", b"x" * 100_000),
]


@pytest.mark.parametrize("data", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_token_is_refused_and_nothing_changes(machine: Machine, data: bytes) -> None:
    machine.write(machine.store(), {"profiles": {}})
    machine.write(machine.config, COMMENTED)
    before = machine.files()
    result = machine.run(*PASTE, stdin=data)
    assert result.code == 1
    assert result.err.startswith("Error: ")
    assert result.out == ""
    assert machine.files() == before


def test_a_closed_standard_input_is_no_token(machine: Machine) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *machine.argv(*PASTE)],
        env=machine.environment(),
        cwd=machine.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert machine.files() == {}


# ---- what is there already -----------------------------------------------------------------------------------------


def test_comments_order_and_unknown_members_survive(machine: Machine) -> None:
    store = {
        "version": 1,
        "future": [1],
        "profiles": {"anthropic:old": {"type": "api_key", "provider": "anthropic", "key": "k-FAKE", "note": "mine"}},
        "order": {"anthropic": ["anthropic:old"]},
    }
    machine.write(machine.store(), store)
    machine.write(machine.config, COMMENTED)
    result = machine.run(*PASTE, "--profile-id", " anthropic:new ", stdin=TOKEN.encode())
    assert result.code == 0
    after = json.loads(machine.store().read_text())
    assert after["future"] == [1]
    assert after["profiles"].pop("anthropic:new")["token"] == TOKEN
    assert after["profiles"] == store["profiles"]
    assert after["order"] == {"anthropic": ["anthropic:new", "anthropic:old"]}
    text = machine.config.read_text()
    for kept in ("// the gateway of the kitchen\n", "{ mode: 'local', port: 18789, }, // keep this port\n", "/* two "):
        assert kept in text
    found = machine.run("models", "status", "--json").json
    assert found["auth"]["resolution"][0]["winner"] == "profile:anthropic:new"
    assert {item["name"] for item in found["auth"]["resolution"][0]["chain"]} == {"anthropic:new", "anthropic:old"}


def test_siblings_stay_visible(machine: Machine) -> None:
    """One declared profile hides the provider's others (auth-spec §7.1), so the usable ones are declared too."""
    key = {"type": "api_key", "provider": "anthropic", "key": "k-FAKE"}
    machine.write(machine.store(), {"profiles": {"a": key, "blank": {**key, "key": ""}}})
    machine.run(*PASTE, stdin=TOKEN.encode())
    assert json.loads(machine.config.read_text())["auth"]["profiles"] == {
        "anthropic:manual": {"provider": "anthropic", "mode": "token"},
        "a": {"provider": "anthropic", "mode": "api_key"},
    }


def test_the_same_again(machine: Machine) -> None:
    machine.run(*PASTE, stdin=TOKEN.encode())
    before = machine.files()
    result = machine.run(*PASTE, stdin=TOKEN.encode())
    assert result.code == 0
    assert "unchanged" in result.out
    assert machine.files() == before


def test_undo_takes_it_back(machine: Machine) -> None:
    machine.write(machine.config, COMMENTED)
    before = machine.config.read_bytes()
    machine.run(*PASTE, stdin=TOKEN.encode())
    assert machine.run("undo").code == 0
    assert machine.config.read_bytes() == before
    assert not machine.store().exists()


@pytest.mark.parametrize("content", ["{broken", "", "[]", '{"version": 1}', '{"profiles": []}'])
def test_nothing_is_written_over_a_store_that_is_none(machine: Machine, content: str) -> None:
    machine.write(machine.store(), content, 0o640)
    machine.write(machine.config, COMMENTED)
    before = machine.files()
    result = machine.run(*PASTE, stdin=TOKEN.encode())
    assert result.code == 1
    assert "auth-profiles.json" in result.err
    assert {name: entry for name, entry in machine.files().items() if name in before} == before
    assert not [name for name in machine.files() if name not in before and ".openclaw/" in name]


@pytest.mark.parametrize("content", ["{broken", "[]", '{"a": "${NOT_SET}"}', '{"$include": "missing.json"}'])
def test_nothing_is_written_beside_a_config_that_is_none(machine: Machine, content: str) -> None:
    machine.write(machine.config, content)
    before = machine.files()
    result = machine.run(*PASTE, stdin=TOKEN.encode())
    assert result.code == 1
    assert "openclaw.json" in result.err
    assert machine.files() == before


def test_a_profile_that_is_not_used_now_is_said_so(machine: Machine) -> None:
    login = {"type": "oauth", "provider": "anthropic", "access": "a-FAKE", "refresh": "r-FAKE", "expires": NOW + DAY}
    machine.write(machine.store(), {"profiles": {"mine": login}})
    result = machine.run(*PASTE, stdin=TOKEN.encode())
    assert "anthropic:manual is not the credential in use: profile mine comes first." in result.err


# ---- options -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "lasts"),
    [("365d", 365 * DAY), ("1.5", DAY * 3 // 2), ("10M", 600_000), ("90s", 90_000), ("5ms", 5), ("0", 0), (" ", None)],
)
def test_expiry(machine: Machine, given: str, lasts: int | None) -> None:
    machine.run(*PASTE, "--expires-in", given, stdin=TOKEN.encode())
    assert profiles(machine)["anthropic:manual"].get("expires") == (None if lasts is None else NOW + lasts)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((*PASTE, "--expires-in", "1w"), "invalid duration: 1w"),
        ((*PASTE, "--expires-in", "-1"), "-1"),
        ((*PASTE, "--agent", "nope"), "nope"),
        (("models", "auth", "paste-token"), "--provider"),
        (("models", "auth", "paste-token", "--provider", " "), "--provider"),
        ((*PASTE, "--nonsense"), "--nonsense"),
    ],
)
def test_usage_errors(machine: Machine, args: tuple[str, ...], said: str) -> None:
    result = machine.run(*args, stdin=TOKEN.encode())
    assert result.code == 1
    assert said in result.err
    assert TOKEN not in result.err
    assert machine.files() == {}


@pytest.mark.parametrize("place", ["behind", "before"])
def test_an_agent(machine: Machine, place: str) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    args = (*PASTE, "--agent", "Work") if place == "behind" else ("models", "--agent", "Work", *PASTE[1:])
    assert machine.run(*args, stdin=TOKEN.encode()).code == 0
    assert list(profiles(machine, "work")) == ["anthropic:manual"]
    assert not machine.store().exists()


def test_a_provider_is_normalised(machine: Machine) -> None:
    result = machine.run(
        "models", "auth", "paste-token", "--provider", " Z.AI ", stdin=b"zz-FAKE-0123456789-0123456789"
    )
    assert result.code == 0, result.err
    assert profiles(machine)["zai:manual"]["provider"] == "zai"


@pytest.mark.parametrize("value", [f"gsk_FAKE{'0123456789' * 4}", "YOUR_TOKEN_HERE"])
def test_what_cannot_be_a_token_of_the_provider_needs_insisting(machine: Machine, value: str) -> None:
    refused = machine.run(*PASTE, stdin=value.encode())
    assert refused.code == 1
    assert "--anyway" in refused.err
    assert machine.files() == {}
    assert machine.run(*PASTE, "--anyway", stdin=value.encode()).code == 0
    assert profiles(machine)["anthropic:manual"]["token"] == value


# ---- secrets -------------------------------------------------------------------------------------------------------


def test_the_token_is_in_the_store_and_nowhere_else(machine: Machine) -> None:
    results = [
        machine.run(*PASTE, stdin=f"{TOKEN}\n".encode()),
        machine.run(*PASTE, "--expires-in", "1w", stdin=TOKEN.encode()),
        machine.run(*PASTE, stdin=f"{TOKEN}\n{TOKEN}".encode()),
        machine.run("models", "status"),
        machine.run("models", "status", "--json"),
    ]
    assert TOKEN in machine.store().read_text()
    assert all("CANARY" not in result.out + result.err for result in results)
    assert b"CANARY" not in machine.everything()


# ---- the SQLite era ------------------------------------------------------------------------------------------------

# Writes down how it was called, as the real program would be.
FAKE = """\
#!/bin/sh
printf '%s\\n' "$@" > "$HOME/called-with"
printf '%s\\n' "$OPENCLAW_STATE_DIR" > "$HOME/called-for"
cat > "$HOME/came-in"
exit {code}
"""


def newer(machine: Machine, *, program: bool = True, code: int = 0) -> None:
    machine.write(machine.config, {"meta": {"lastTouchedVersion": "2026.9.6"}})
    if program:
        machine.write(machine.home / "bin" / "openclaw", FAKE.replace("{code}", str(code)), 0o755)


def test_the_database_is_written_by_openclaw_itself(machine: Machine) -> None:
    newer(machine)
    result = machine.run(*PASTE, "--expires-in", "12h", stdin=f"{TOKEN}\n".encode())
    assert result.code == 0, result.err
    assert (machine.home / "called-with").read_text().split() == [
        *PASTE, "--profile-id", "anthropic:manual", "--expires-in", f"{12 * 3_600_000}ms", "--agent", "main",
    ]  # fmt: skip
    assert (machine.home / "came-in").read_text().strip() == TOKEN
    assert not machine.store().exists()
    (machine.home / "came-in").unlink()
    assert b"CANARY" not in machine.everything()
    assert "CANARY" not in result.out + result.err


def test_it_works_on_the_same_installation(machine: Machine) -> None:
    newer(machine)
    machine.write(machine.home / ".openclaw-work" / "openclaw.json", {"meta": {"lastTouchedVersion": "2026.9.6"}})
    assert machine.run("--profile", "work", *PASTE, stdin=TOKEN.encode()).code == 0
    assert (machine.home / "called-for").read_text().strip() == str(machine.home / ".openclaw-work")


def test_its_failure_is_ours(machine: Machine) -> None:
    newer(machine, code=3)
    result = machine.run(*PASTE, stdin=TOKEN.encode())
    assert result.code == 1
    assert "exit code 3" in result.err
    assert "CANARY" not in result.out + result.err


def test_without_it_nothing_can_be_stored(machine: Machine) -> None:
    newer(machine, program=False)
    before = machine.files()
    result = machine.run(*PASTE, stdin=TOKEN.encode())
    assert result.code == 1
    assert "SQLite" in result.err
    assert "npm install" in result.err
    assert machine.files() == before


# ---- the hidden prompt ---------------------------------------------------------------------------------------------


class Terminal:
    """The program with a pseudo-terminal as its standard input and error."""

    def __init__(self, machine: Machine, *args: str) -> None:
        self.screen = b""
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            machine.argv(*args),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env=machine.environment(),
            cwd=machine.home,
            preexec_fn=_own_terminal,
        )
        os.close(theirs)

    def wait_for(self, text: bytes) -> None:
        deadline = time.monotonic() + 20
        while text not in self.screen:
            assert time.monotonic() < deadline, self.screen
            self._read(0.2)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self._ours)[3] & termios.ECHO)

    def end(self) -> tuple[int, str]:
        out = self._process.communicate(timeout=30)[0]
        while self._read(0.05):
            pass
        os.close(self._ours)
        return self._process.returncode, out.decode()

    def _read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], seconds)[0]:
            return False
        with suppress(OSError):  # the other side is closed
            if data := os.read(self._ours, 65536):
                self.screen += data
                return True
        return False


def _own_terminal() -> None:
    """Makes standard input the controlling terminal, so that Ctrl-C reaches the program."""
    import fcntl

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.terminal
@pytest.mark.parametrize("text", [f"{TOKEN}\n", f"{TOKEN[:80]}\n{TOKEN[80:]}\n", f"\x1b[200~{TOKEN}\x1b[201~\n"])
def test_the_prompt_shows_nothing_and_takes_a_wrapped_token(machine: Machine, text: str) -> None:
    terminal = Terminal(machine, *PASTE)
    terminal.wait_for(b"Token for anthropic")
    assert not terminal.echoes
    terminal.type(text)
    code, out = terminal.end()
    assert code == 0, terminal.screen
    assert profiles(machine)["anthropic:manual"]["token"] == TOKEN
    assert b"CANARY" not in terminal.screen
    assert "CANARY" not in out


@pytest.mark.terminal
@pytest.mark.parametrize(("keys", "expected"), [("\x03", 130), ("half a tok\x03", 130), ("\x04", 1), ("\n", 1)])
def test_giving_up_changes_nothing(machine: Machine, keys: str, expected: int) -> None:
    machine.write(machine.store(), {"profiles": {}})
    machine.write(machine.config, COMMENTED)
    before = machine.files()
    terminal = Terminal(machine, *PASTE)
    terminal.wait_for(b"Token for anthropic")
    terminal.type(keys)
    code, out = terminal.end()
    assert (code, out) == (expected, "")
    assert machine.files() == before


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_no_lock_or_temporary_file_stays(machine: Machine) -> None:
    machine.run(*PASTE, stdin=TOKEN.encode())
    assert leftovers(machine.store().parent) == ["auth-profiles.json"]
    assert sorted(leftovers(machine.state)) == ["agents", "openclaw.json"]
