"""The other readers and the linter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.environment.dialects import parse_python_dotenv, parse_sh, parse_systemd, readings
from openclaw.environment.lint import Duplicate, duplicates, lint

CORPUS: list[str] = json.loads((Path(__file__).parent / "tricky_env_files.json").read_text())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n B = 2 \n;c\n#d\n", {"A": "1", "B": "2"}),
        ("export A=1\nA.B=2\n1A=3\nA\n", {}),
        ("A=x #y\nB=x#y\nC=#z\n", {"A": "x #y", "B": "x#y", "C": "#z"}),
        ("A='a'\"b\" c 'd'\n", {"A": "abc 'd'"}),
        ("A='open\nB=1\n", {"A": "open\nB=1\n"}),
        ('A="\\"\\$\\n\\\nz"\n', {"A": '"$\\nz'}),
        ("A=a\\ \\n\\\nb\n", {"A": "a nb"}),
        ("A=1\r\nB=2\rC=3", {"A": "1", "B": "2", "C": "3"}),
        ("\ufeffA=1\nB=2\n", {"B": "2"}),
        ("# c \\\nA=1\nB=2\n", {"B": "2"}),
        ("A=%h $X ${X}\n", {"A": "%h $X ${X}"}),
        ("A=1\nA=2\n", {"A": "2"}),
    ],
)
def test_systemd(text: str, expected: dict[str, str]) -> None:
    assert parse_systemd(text).values == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export A=1\n'B'=2\nC = 3 # c\n", {"A": "1", "B": "2", "C": "3"}),
        ("A=a#b\nB= #c\nC=#d\n", {"A": "a#b", "B": "", "C": "#d"}),
        ("A='a\\'b\\\\c\\n'\nB=\"a\\tb\\$\"\n", {"A": "a'b\\c\\n", "B": "a\tb\\$"}),
        ("A='open\nB=1\n", {"B": "1"}),
        ("A='x' y\nB=1\n", {"B": "1"}),
        ("\ufeffA=1\r\nB=2\rC=3", {"A": "1", "B": "2", "C": "3"}),
        ("A=1\nA=2\nB=1\nB\n", {"A": "2"}),
    ],
)
def test_python_dotenv(text: str, expected: dict[str, str]) -> None:
    assert parse_python_dotenv(text).values == expected


def test_python_dotenv_says_what_it_would_expand() -> None:
    reading = parse_python_dotenv("A='${B}'\nB=$C\nC=${D:-e}\nD=${E:f}\n")
    assert reading.expands == {"A", "C"}
    assert reading.values["A"] == "${B}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nexport B='2 3' C=4\nD=5 E=6 # c\nexport F\n", {"A": "1", "B": "2 3", "C": "4", "D": "5", "E": "6"}),
        ("A=a#b\nB='a'\"b\"c\\ d\n", {"A": "a#b", "B": "abc d"}),
        ('A="\\"\\$\\n\\\nz"\n', {"A": '"$\\nz'}),
        ("A=1\r\n", {"A": "1\r"}),
        ("A=1; B=2;\n", {"A": "1", "B": "2"}),
        ("A =1\nB= 2\nC=x y\nD=4\n", {"D": "4"}),
        ("A=1\nA=$X\nB=~\nC=a:~\nD=`x`\nE=$(x)\nF=a$\n", {"F": "a$"}),
        ("A=x&y\nB=x|y\nC=1\n", {"C": "1"}),
        ("A=1\nB='open\nC=2\n", {"A": "1"}),
        ("A=1\nB=(x)\nC=2\n", {"A": "1"}),
        ("A=1\nif x\nthen\nB=2\nfi\n", {"A": "1"}),
        ("\ufeffA=1\nB=2\n", {"B": "2"}),
    ],
)
def test_sh(text: str, expected: dict[str, str]) -> None:
    assert parse_sh(text).values == expected


@pytest.mark.parametrize(
    ("text", "reader", "line"),
    [
        ("A=1\nB\n", "systemd", 2),
        ("A=1\n\nB-C=1\n", "systemd", 3),
        ("A=1\nB='x\n", "python-dotenv", 2),
        ("A='1\n2'\nB =1\n", "sh", 3),
        ("A=1\n\nB=$X\n", "sh", 3),
        ("A=1\nB='x\n", "sh", 2),
    ],
)
def test_rejections_name_the_line(text: str, reader: str, line: int) -> None:
    assert [error.line for error in readings(text)[reader].errors] == [line]


def test_bytes_that_are_not_utf8() -> None:
    seen = readings("A=1\nB=\udcff\n")
    assert seen["Node"].values == {"A": "1", "B": "\ufffd"}
    assert seen["sh"].values == {"A": "1", "B": "\udcff"}
    assert seen["systemd"].undecodable
    assert seen["python-dotenv"].undecodable
    assert not readings("#\udcff\nA=1\n")["systemd"].undecodable


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("A=1\n\n# c\n  # it's\nB='two words'\nC=\"it's\"\nD=\nE=''\nF=a/b+c=\n", []),
        ("A='l1\nl2'\n", []),
        ("A=1\r\n# c\r\n", ["crlf"]),
        ("# c\r\nA='1' #x\r\n", ["comment"]),
        ("A=1\rB=2\r", ["crlf", "crlf"]),
        ("\ufeffA=1\nB=2\n", ["bom"]),
        ("\ufeff# c\nA=1\n", []),
        ("export A=1\n", ["export"]),
        ("A=1 # c\n", ["comment"]),
        ("export A=a#b\n", ["hash"]),
        ("A=a#b\n", ["hash"]),
        ("A=#b\n", ["hash"]),
        ("A = 1\n", ["spaces"]),
        ("A= 1\n", ["spaces"]),
        ("A: 1\n", ["colon"]),
        ("A=${X}\n", ["expansion"]),
        ("A='${X}'\n", ["expansion"]),
        ("A=$(x)\n", ["expansion"]),
        ("A='open\nB=1\n", ["quote"]),
        ("A=`x`\n", ["quote"]),
        ("A='x' y\n", ["quote"]),
        ('A="x\nB=y"\n', ["quote"]),
        ('A="a\\nb"\n', ["backslash"]),
        ("A=two words\n", ["unquoted"]),
        ("A=it's\n", ["unquoted"]),
        ("A=x\\\nB=1\n", ["backslash", "disagree"]),
        ("# c\\\nA=1\n", ["systemd", "systemd"]),
        ("# c\\\\\nA=1\n", []),
        ("my.key=1\n", ["name"]),
        ("what is this\n", ["malformed"]),
        (";c\n", ["malformed"]),
        ("A=\udcff\n", ["encoding"]),
    ],
)
def test_lint(text: str, kinds: list[str]) -> None:
    assert [issue.kind for issue in lint(text)] == kinds


def test_lint_says_who_sees_what() -> None:
    (issue,) = lint("# c\n\nA=abc#defg\n")
    assert (issue.line, issue.name) == (3, "A")
    assert issue.message == (
        "Unquoted #, where Node ends the value: "
        "Node reads 3 characters, python-dotenv, systemd and sh read 8 characters."
    )


def test_lint_shows_no_name_that_may_be_a_secret() -> None:
    for text in ("sk-FAKE-key-alone\n", "sk-FAKE-key=\n\n'x'\n", "'FAKE'=1\n", "sk-FAKE: x\n"):
        assert lint(text)
        assert "FAKE" not in str(lint(text))


@given(st.sampled_from(CORPUS), st.sampled_from(CORPUS))
def test_no_value_gets_into_a_message(first: str, second: str) -> None:
    text = (first + second).replace("x", "QzqFAKE")
    assert "QzqFAKE" not in " ".join(issue.message for issue in lint(text))


@given(st.text("AB='\"\\ #\n\r$x;\ufeff\u2028`", max_size=30))
def test_without_issues_all_readers_agree(text: str) -> None:
    if not lint(text):
        node, *others = (reading.values for reading in readings(text).values())
        for other in others:
            assert {name: other.get(name) for name in node} == node


def test_duplicates() -> None:
    assert duplicates("A=1\nB=1\n\nexport A=2\nA='3\n4'\n") == [Duplicate("A", (1, 4, 5), 5)]
    assert duplicates("A=1\n#A=2\nB=1\n") == []
