"""Small screens and small alphabets: hints that have no room, labels that are long, the locale C."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from openclaw.text import ascii_locale
from wizard.front.explaining import cut, left_out, lines_of, title
from wizard.front.plain import Plain
from wizard.page import Page
from wizard.questions import Option

if TYPE_CHECKING:
    from pathlib import Path

LONG = Option("a", "Store it as the new profile anthropic:onboard, in front", "recommended")
SHORT = Option("b", "Later", "the command is shown at the end")


def test_what_does_not_fit_beside_an_option_is_left_for_below() -> None:
    assert title(SHORT, 60) == "Later  the command is shown at the end"
    assert left_out([SHORT], 60) == {}
    assert title(SHORT, 34) == "Later"
    assert left_out([LONG, SHORT], 34) == {"a": f"{LONG.label}: recommended", "b": SHORT.hint}


@pytest.mark.parametrize("room", range(5, 60))
def test_no_word_is_broken(room: int) -> None:
    shown = cut(LONG.label, room)
    assert len(shown) <= room
    if room > 20:
        assert shown.rstrip("…").split() == LONG.label.split()[: len(shown.split())]


def test_the_lines_below_are_wrapped_on_words() -> None:
    page = Page(io.StringIO(), columns=40)
    lines = lines_of(f"{LONG.label}: recommended", page)
    assert len(lines) > 1
    assert max(map(len, lines)) < 40
    assert " ".join(" ".join(lines).split()) == f"{LONG.label}: recommended"


def test_a_long_label_among_numbered_lines_is_wrapped() -> None:
    stream = io.StringIO()
    Plain(Page(stream, columns=40))._prompt("What about the profile that comes first for agent work? Number [1]")
    lines = stream.getvalue().split("\n")
    assert max(map(len, lines)) <= 40
    assert lines[-1].endswith("[1]: ")


@pytest.mark.parametrize(
    ("env", "ascii_only"),
    [
        ({"LC_ALL": "C"}, True),
        ({"LC_ALL": "POSIX"}, True),
        ({"LC_ALL": "C.UTF-8"}, False),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # Python's own doing
        ({"LC_CTYPE": "C.UTF-8"}, False),  # nobody said anything
        ({"LC_CTYPE": "de_DE.UTF-8", "LANG": "C"}, False),
        ({}, False),
        ({"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}, False),
        ({"LC_ALL": "C", "PYTHONUTF8": "1"}, False),
    ],
)
def test_the_locale_says_what_a_terminal_can_show(env: dict[str, str], ascii_only: bool) -> None:
    assert ascii_locale(env) is ascii_only


@pytest.mark.parametrize(
    "arguments", [["onboard", "--non-interactive"], ["doctor"], ["models", "status"], ["undo", "no-such"]]
)
@pytest.mark.parametrize("env", [{"LC_ALL": "C"}, {"LANG": "C"}, {"LC_ALL": "POSIX"}])
def test_the_locale_c_gets_ascii(arguments: list[str], env: dict[str, str], tmp_path: Path) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "openclaw", *arguments],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **env}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout + done.stderr
    assert (done.stdout + done.stderr).isascii(), (done.stdout + done.stderr).decode()
