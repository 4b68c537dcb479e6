"""A variable taken out of a definition, and nothing else."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.service import unitfile
from openclaw.service.redefine import without

UNIT, PLIST = Path("/x/openclaw-gateway.service"), Path("/x/ai.openclaw.gateway.plist")
HEAD = "[Unit]\nDescription=x\n\n[Service]\nExecStart=/bin/x\n"


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ("Environment=A_KEY=1\n", ""),
        ("Environment=A_KEY=1 B=2\n", "Environment=B=2\n"),
        ('Environment="A_KEY=1 2" "B=2 \\" 3"\n', 'Environment="B=2 \\" 3"\n'),
        ("Environment=B=%h/x A_KEY=%%1\n", "Environment=B=%h/x\n"),
        ("Environment=B=1 \\\n# between\n  A_KEY=2 \\\n  C=3\nRestart=no\n", "Environment=B=1 C=3\nRestart=no\n"),
        ("  Environment = A_KEY=1\r\nRestart=no\r\n", "Restart=no\r\n"),
        ("# Environment=A_KEY=1\nEnvironment=A_KEY=1\n", "# Environment=A_KEY=1\n"),
        ("Environment=A_KEY=1", ""),
        ("Environment=AA_KEY=1\nEnvironment=A_KEY=1\n", "Environment=AA_KEY=1\n"),
    ],
)
def test_it_goes_and_the_rest_stays(lines: str, after: str) -> None:
    assert without(HEAD + lines, UNIT, "A_KEY") == HEAD + after


@pytest.mark.parametrize("lines", ["", "Environment=B=1\n", 'Environment="A_KEY=1 B=2\n', "EnvironmentFile=/A_KEY=1\n"])
def test_what_cannot_be_done_is_not(lines: str) -> None:
    found = without(HEAD + lines, UNIT, "A_KEY")
    assert found is None or "A_KEY" not in found


pieces = st.sampled_from(
    ["A_KEY=1", "B=2", "'A_KEY=x y'", '"B=x y"', "\\\n  ", "\n#c\n", "A_KEY=\\x41", " ", "C='", '"']
)


@given(st.lists(pieces, max_size=6))
def test_every_other_variable_keeps_its_value(found: list[str]) -> None:
    text = f"{HEAD}Environment={' '.join(found)}\nEnvironment=D=4\n"
    edited = without(text, UNIT, "A_KEY")
    if edited is not None:
        values = [unitfile.environment(unitfile.parse(source, UNIT), {}, [])[0] for source in (text, edited)]
        assert values[1] == {name: value for name, value in values[0].items() if name != "A_KEY"}


def test_a_property_list() -> None:
    content = {"Label": "x", "EnvironmentVariables": {"B": "2", "A_KEY": "1"}, "KeepAlive": True}
    edited = without(plistlib.dumps(content).decode(), PLIST, "A_KEY")
    assert edited is not None
    assert plistlib.loads(edited.encode()) == {**content, "EnvironmentVariables": {"B": "2"}}
    assert without(edited, PLIST, "A_KEY") is None
    assert without("no list", PLIST, "A_KEY") is None
