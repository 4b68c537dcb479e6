"""Lines of env files that are written anew: only those whose meaning is clear, and then all readers agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.environment.dialects import readings
from openclaw.environment.dotenv import delete_variable, set_variable
from openclaw.environment.lint import lint
from openclaw.environment.mending import mended


def rewritten(text: str) -> str:
    for found in mended(text, tuple(lint(text))).values():
        text = delete_variable(text, found.name) if found.anew else text
        text = set_variable(text, found.name, found.value.reveal())
    return text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("A=a#b\n", "A='a#b'\n"),
        ("A = 1\n", "A=1\n"),
        ("A: 1\n", "A=1\n"),
        ("A=two words\n", "A='two words'\n"),
        ("A=a$1\n", "A='a$1'\n"),
        ("B=1\nexport A=1\nC=2\n", "B=1\nC=2\nA=1\n"),
        ("A=1 # c\n", "# c\nA=1\n"),
    ],
)
def test_what_is_clear(text: str, after: str) -> None:
    assert rewritten(text) == after
    assert lint(after) == []


@pytest.mark.parametrize(
    "text",
    [
        "A=#b\n", "A=a#b c\n", "A=a#b # c\n", "A=${B}\n", "A=$(cat key)\n", "A=$B\n", "A='open\n", "A=`x`\n",
        "nonsense\n", "my.key=1\n", "A=1\r\n", "\ufeffA=1\n", "A=\udcff\n", "A = 1\nA=2\n",
    ],
)  # fmt: skip
def test_what_is_not(text: str) -> None:
    assert mended(text, tuple(lint(text))) == {}


@given(
    st.lists(st.sampled_from(["A=a#b", "B = 1", "export C=2", "D=x y", "E='q'", "F=1 # c", "A=3", "# k"]), max_size=5)
)
def test_a_mended_line_is_read_alike(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    names = {found.name for found in mended(text, tuple(lint(text))).values()}
    seen = [reading.values for reading in readings(rewritten(text)).values()]
    assert all(len({values.get(name) for values in seen}) == 1 for name in names)


def test_no_value_is_shown() -> None:
    text = "A_KEY=sk-FAKE-EXAMPLE#hidden-0123456789\n"
    assert "hidden" not in repr(mended(text, tuple(lint(text))))
