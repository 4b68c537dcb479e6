"""Workflow commands of GitHub Actions: what the runner reads back out of them is what was said."""

from __future__ import annotations

import re

import pytest

from doctor.render import github
from tests.doctor.reports import EVIL, FRAME, KEY, REPORT, evil

COMMAND = re.compile(r"^::(error|warning|notice) (.*?)::(.*)$")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A line as the runner reads it: command, properties, message."""
    match = COMMAND.match(line)
    assert match, line
    properties = dict(part.split("=", 1) for part in match[2].split(","))
    codes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}
    for code, char in codes.items():
        properties = {key: value.replace(code, char) for key, value in properties.items()}
    message = match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return match[1], {key: value.replace("%25", "%") for key, value in properties.items()}, message


def test_the_report() -> None:
    *lines, last = github.render(REPORT, FRAME).splitlines()
    found = [read(line) for line in lines]
    assert [(name, properties["title"]) for name, properties, _ in found] == [
        ("error", "credentials/expired"),
        ("warning", "config/missing"),
        ("notice", "host/node"),
        ("error", "host/clock"),
        ("notice", "host/disk-full"),
    ]
    assert found[0][1] == {"file": "~/.openclaw/a b.json", "line": "4", "col": "7", "title": "credentials/expired"}
    assert found[0][2].splitlines() == [
        "anthropic:a expired 3d ago (~/.openclaw/a b.json:4:7)",
        "Mend anthropic:a expired 3d ago",
        "openclaw undo # anthropic:a expired 3d ago",
    ]
    assert last == (
        "1 error and 1 warning in 6 checks; 1 check could not be made; 1 check crashed; 1 finding silenced; "
        "1 finding known from the baseline."
    )


def test_properties_are_escaped() -> None:
    assert github.command("error", "a%\r\nb: c, d", {"file": "a,b:c%\r\n", "line": 3, "col": None}) == (
        "::error file=a%2Cb%3Ac%25%0D%0A,line=3::a%25%0D%0Ab: c, d"
    )


@pytest.mark.parametrize("text", EVIL)
def test_no_text_begins_a_command_of_its_own(text: str) -> None:
    rendered = github.render(evil(text), FRAME)
    *lines, last = rendered.splitlines()
    assert len(lines) == 3
    assert all(read(line)[1]["title"].startswith("credentials/") for line in lines)
    assert not last.startswith("::")
    assert KEY not in rendered
