"""Every question on every kind of screen: it is there as a whole, what is selected is in sight, Back leads back."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyte
import pytest

from tests.terminal.conftest import PATIENCE
from tests.terminal.hosts import KEY, OTHER_KEY, install, serviced, stored, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.terminal.conftest import Terminal

    Onboard = Callable[..., Terminal]

pytestmark = pytest.mark.terminal

GROQ = "gsk_FAKE0123456789abcdef0123456789abcdef"
ASCII = {"LC_ALL": "C"}
KINDS = {"colour": {}, "no colour": {"NO_COLOR": "1"}, "ascii": ASCII}
COLOURS = (b"\x1b[31m", b"\x1b[32m", b"\x1b[33m")


@dataclass(frozen=True)
class Step:
    """A question, the option that is selected, what answers it, and which step Back leads to (before this one)."""

    id: str
    label: str
    keys: tuple[str, ...] = ("enter",)
    selected: str = ""
    back: int = 1


PROVIDER = Step("provider", "Which provider?", selected="Anthropic", back=0)
METHOD = Step("method", "How do you pay for it?", selected="API key")
PLACE = Step("place", "Where should it be kept?", selected="~/.openclaw/.env")
CONFIRM = Step("confirm", "Write this?", ("down", "enter"), "Yes, write it")
LAST = Step("confirm", "Write this?", ("ctrl-c",), "Yes, write it")
OPTIONS = Step("options", "Which one?", ("down", "enter"), "Back to the review")
FRESH = (
    PROVIDER,
    METHOD,
    Step("secret", "Anthropic API key:", (GROQ, "enter")),
    Step("instead", "What about it?", ("down", "enter"), "Set it up as Groq API key"),
    Step("secret", "Anthropic API key:", (KEY, "enter"), back=3),
    PLACE,
    CONFIRM,
    OPTIONS,
    Step("model", "Which model?", ("enter",), "claude-opus-4-5  usual", back=2),
    CONFIRM,
    Step("options", "Which one?", ("up", "up", "enter"), "Back to the review"),
    Step("monitor", "Show how to be told of it on this host?", ("y",), back=2),
    Step("confirm", "Write this?", ("enter",), "Yes, write it"),
)
CUSTOM = (
    Step("provider", "Which provider?", ("custom", "/ custom", "enter"), "Anthropic", back=0),
    Step("custom_id", "A name for it? [custom]", ("my-proxy", "enter")),
    Step("base_url", "Its base URL?", ("http://127.0.0.1:9/v1", "enter")),
    Step("api", "Which API does it speak?", selected="OpenAI"),
    Step("model", "Which model?", ("big-1", "enter")),
    Step("secret", "my-proxy API key:", ("FAKE0123456789abcdef0123456789", "enter")),
    PLACE,
    LAST,
)
ACCOUNT = (
    Step("account_id", "Which account id?", ("account-1", "enter"), back=0),
    Step("gateway_id", "Which gateway id?", ("gateway-1", "enter")),
    Step("secret", "Cloudflare AI Gateway API key:", ("ctrl-c",)),
)
USED = (
    Step("handling", "What about what is there already?", ("down", "down", "enter"), "Keep it as it is", back=0),
    Step("reset_sure", "Really move 2 files away?", ("n",)),
    Step("handling", "What about what is there already?", ("up", "enter"), "Begin anew", back=0),
    PROVIDER,
    METHOD,
    Step("found", "Which key?", selected="The one in ANTHROPIC_API_KEY"),
    PLACE,
    Step("rival", "What about the profile that comes first?", selected="Store it as anthropic:default"),
    Step("service", "And the gateway itself?", ("down", "enter"), "Restart the gateway"),
    LAST,
)
AGENTS = (
    Step("confirm", "Write this?", ("down", "enter"), "Yes, write it", back=0),
    Step("options", "Which one?", ("down", "down", "enter"), "Back to the review"),
    Step("agent", "For which agents? (Space chooses, Enter goes on)", ("enter",), "[x] main", back=2),
    Step("confirm", "Write this?", ("ctrl-c",), "Yes, write it"),
)
# The id of a profile is asked for only where a flag or a file gave one, and then what is wrong with it ends the run.
EVERY = {
    "handling", "reset_sure", "provider", "custom_id", "base_url", "api", "account_id", "gateway_id", "method", "model",
    "found", "instead", "secret", "place", "rival", "service", "agent", "monitor", "options", "confirm",
}  # fmt: skip


def test_the_paths_have_every_question() -> None:
    assert {step.id for step in (*FRESH, *CUSTOM, *ACCOUNT, *USED, *AGENTS)} == EVERY


def prompt(terminal: Terminal) -> int | None:
    """The line of the question that is open. It begins with a mark, which goes with the answer."""
    lines = [number for number, line in enumerate(terminal.screen) if line.startswith("? ")]
    return lines[-1] if lines else None


def asks(terminal: Terminal, step: Step, label: str = "") -> bool:
    """Whether this question is open: its label is on the screen, or the label is above a prompt of another name."""
    at = prompt(terminal)
    if at is None or (step.selected and not pointed(terminal)):
        return False
    if terminal.screen[at].startswith("? Answer"):
        above = " ".join(" ".join(terminal.screen[:at]).split())
        return re.sub(r" \[[^]]*\]$", "", above).endswith(step.label.partition(" [")[0].rstrip(":"))
    return terminal.screen[at].startswith(f"? {label or step.label}")


def pointed(terminal: Terminal) -> str:
    """The option with the pointer, where one is on the screen."""
    return next((line[3:] for line in reversed(terminal.screen) if line.startswith(" > ")), "")


def broken(terminal: Terminal, columns: int) -> list[str]:
    """The lines of an open list that are the rest of an option, or that the edge of the screen cuts off."""
    below = terminal.screen[(prompt(terminal) or 0) + 1 :] if pointed(terminal) else []
    return [line for line in below if line and (not line.startswith((" > ", "   ")) or len(line) >= columns)]


def wait(terminal: Terminal, step: Step) -> None:
    """Until it is asked."""
    deadline = time.monotonic() + PATIENCE
    begins = step.label.partition(" (")[0]
    while not asks(terminal, step, begins):
        if time.monotonic() > deadline or not terminal._pump():
            pytest.fail(f"{step} is not on the screen:\n" + "\n".join(terminal.screen))


def again(step: Step) -> Step:
    """The question after Back: what was answered is what Enter gives."""
    if step.id in ("confirm", "options", "secret", "instead", "monitor", "reset_sure"):
        return step
    return replace(step, label=step.label.partition(" [")[0], keys=("enter",), selected="")


def go(terminal: Terminal, steps: tuple[Step, ...], columns: int) -> None:
    """Answers every question, after having gone back from each of them once."""
    at, backed, answered = 0, set[int](), set[int]()
    while at < len(steps):
        step = again(steps[at]) if at in answered else steps[at]
        wait(terminal, step)
        assert asks(terminal, step), terminal.screen  # all of it
        shown = pointed(terminal)
        short = shown.rstrip("….")  # an option that is too long for the screen is cut
        assert shown.startswith(step.selected) or (short and step.selected.startswith(short)), (step, terminal.screen)
        assert not broken(terminal, columns), terminal.screen
        if at not in backed:
            backed.add(at)
            if step.back:
                terminal.press("esc")
                at -= step.back
                continue
        for key in step.keys:
            if key.startswith("/ "):
                terminal.until(key)
            else:
                terminal.press(key)
        answered.add(at)
        at += 1


def too_long(terminal: Terminal, columns: int) -> list[str]:
    """The lines that are wider than the terminal. Commands and single words stay whole, so that they can be copied."""
    screen = pyte.Screen(400, 3000)
    pyte.ByteStream(screen).feed(terminal.raw)
    long = [line.rstrip() for line in screen.display if len(line.rstrip()) > columns]
    return [line for line in long if len(line.split()) > 1 and line.split()[0] not in ("→", "->", sys.executable)]


SMALL, USUAL = (40, 12), (80, 24)
ALL = [(size, kind) for size in (USUAL, SMALL) for kind in KINDS]
SOME = [(USUAL, "colour"), (SMALL, "no colour"), (SMALL, "ascii")]
on_all = pytest.mark.parametrize(("size", "kind"), ALL)
on_some = pytest.mark.parametrize(("size", "kind"), SOME)


@pytest.fixture
def through(onboard: Onboard, size: tuple[int, int], kind: str) -> Callable[..., None]:
    """Goes a whole way on such a screen, and looks at everything that was written. `code`: how it ends."""

    def run(steps: tuple[Step, ...], *arguments: str, code: int = 130, **env: str) -> None:
        columns, rows = size
        terminal = onboard(*arguments, columns=columns, rows=rows, env={**KINDS[kind], **env})
        go(terminal, steps, columns)
        assert terminal.ends() == code
        assert terminal.echoes
        assert too_long(terminal, columns) == []
        assert b"\x1b[38;" not in terminal.raw  # a colour of its own may not be seen on light or on dark
        if kind == "no colour":
            assert not [code for code in COLOURS if code in terminal.raw]
        if kind == "ascii":
            assert terminal.raw.isascii()

    return run


@on_all
def test_a_fresh_home(through: Callable[..., None], home: Path) -> None:
    """To the last page, that of the doctor."""
    through(FRESH, code=0)
    assert (home / ".openclaw" / ".env").read_text() == f"ANTHROPIC_API_KEY={KEY}\n"


@on_some
def test_a_service_that_nobody_knows(through: Callable[..., None]) -> None:
    through(CUSTOM)


@on_some
def test_a_service_with_an_account(through: Callable[..., None]) -> None:
    through(ACCOUNT, "--provider", "cloudflare-ai-gateway")


@on_some
def test_a_home_that_is_used(through: Callable[..., None], home: Path, tmp_path: Path) -> None:
    host = serviced(tmp_path / "host")
    install(home, host)
    profile = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}
    write(home, {
        "openclaw.json": {"gateway": {"mode": "local"}},
        "agents/main/agent/auth-profiles.json": stored(anthropic__default=profile),
    })  # fmt: skip
    through(USED, **host.env, ANTHROPIC_API_KEY=KEY)


@pytest.mark.parametrize(("size", "kind"), [
    (USUAL, "colour"),
    (SMALL, "ascii"),
])  # fmt: skip
def test_two_agents(through: Callable[..., None], home: Path) -> None:
    write(home, {"openclaw.json": {"gateway": {"mode": "local"}, "agents": {"list": [{"id": "main"}, {"id": "work"}]}}})
    flags = ("--provider", "openai", "--store", "env", "--key-env", "MINE", "--no-verify", "--service", "later")
    through(AGENTS, *flags, MINE="sk-proj-FAKE0123456789abcdef0123456789abcdef")
