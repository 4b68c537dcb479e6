"""The Node reader, reading from disk, and edits that every reader takes alike."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.environment.dialects import readings
from openclaw.environment.dotenv import (
    MAX_BYTES,
    Entry,
    delete_variable,
    lines_of,
    node_values,
    parse_node,
    read_env_file,
    set_variable,
)
from openclaw.errors import Refusal, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

NASTY = "'\"`#$\\ %é日=!{}()~;&|<>*?:aB1\t"
values = st.text(NASTY, max_size=12)
names = st.sampled_from(["A", "B", "OPENAI_API_KEY", "_x9"])
ordinary_lines = st.sampled_from(
    [
        "",
        "# a comment",
        "  # it's indented",
        "A=1",
        "B='two words'",
        'C="it\'s"',
        "OPENAI_API_KEY=sk-FAKE-1",
        "_x9=",
        "A=2",
    ]
)
ordinary_files = st.builds(
    lambda lines, newline, final: newline.join(lines) + newline * final,
    st.lists(ordinary_lines, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n# B=2\n\nC = 3 \n", {"A": "1", "C": "3"}),
        ("export A=1\n  export\tB=2\n", {"A": "1", "B": "2"}),
        ("A: 1\nB:2\n", {"A": "1"}),
        ("my.key-1=x\n", {"my.key-1": "x"}),
        ("A=a#b\nB=a # b\nC='a#b' # c\n", {"A": "a", "B": "a", "C": "a#b"}),
        ("A=' x '\nB=\" y \"\nC=` z `\n", {"A": " x ", "B": " y ", "C": " z "}),
        ("A='l1\nl2'\nB=1\n", {"A": "l1\nl2", "B": "1"}),
        ("A=\"a\\nb\\rc\\td\"\nB='a\\nb'\nC=a\\nb\n", {"A": "a\nb\rc\\td", "B": "a\\nb", "C": "a\\nb"}),
        ("A='open\nB=1\n", {"A": "'open", "B": "1"}),
        ("A='x' y\n", {"A": "'x' y"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("A=${B}\n", {"A": "${B}"}),
        ("\ufeffA=1\r\nB='x\r\ny'\rC=3", {"A": "1", "B": "x\ny", "C": "3"}),
        ("A=\n'next line'\n", {"A": "next line"}),
        ("A=a\udcffb\n", {"A": "a\ufffdb"}),
        ("A\n", {}),
    ],
)
def test_node_reads(text: str, expected: dict[str, str]) -> None:
    assert node_values(text) == expected


def test_entries_know_their_lines() -> None:
    text = "# c\r\n\r\nexport A='x\r\ny' # d\r\nB=1\r\n"
    assert parse_node(text) == [
        Entry("A", "x\ny", line=3, end_line=4, raw="export A='x\r\ny' # d"),
        Entry("B", "1", line=5, end_line=5, raw="B=1"),
    ]


def test_reprs_hold_no_value(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=sk-FAKE-1234\n")
    file = read_env_file(path)
    assert "FAKE" not in repr(file) + repr(readings(file.text))


@given(st.text("A=\n\r\u2028\x0b'x", max_size=40))
def test_lines_join_to_the_text(text: str) -> None:
    assert "".join(lines_of(text)) == text


def test_reading_states(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert read_env_file(path).state == "absent"
    assert read_env_file(path / "below-nothing").state == "absent"
    path.write_bytes(b"A=1\r\nB=\xff\n")
    file = read_env_file(path)
    assert (file.state, file.is_utf8) == ("ok", False)
    assert file.text.encode("utf-8", "surrogateescape") == b"A=1\r\nB=\xff\n"
    assert [entry.name for entry in file.entries] == ["A", "B"]
    assert read_env_file(path / "below-a-file").state == "absent"


def test_what_openclaw_ignores(tmp_path: Path) -> None:
    assert read_env_file(tmp_path).state == "ignored"
    path = tmp_path / ".env"
    path.write_bytes(b"#" * MAX_BYTES)
    assert read_env_file(path).state == "ok"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert (read_env_file(path).state, read_env_file(path).reason) == ("ignored", "it is larger than 1 MiB")


def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")
    with pytest.raises(Unreadable):
        read_env_file(tmp_path / ".env")


def test_an_unreadable_file_is_not_absent(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    path.chmod(0)
    if os.geteuid() != 0:
        with pytest.raises(Unreadable):
            read_env_file(path)
        return
    for folder in (tmp_path, *tmp_path.parents[:3]):  # pytest's own folders are 0700
        folder.chmod(folder.stat().st_mode | 0o011)
    probe = (
        "import os, sys, pathlib\n"
        "from openclaw.environment.dotenv import read_env_file\n"
        "from openclaw.errors import Unreadable\nimport openclaw.change.advice\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try: read_env_file(pathlib.Path(sys.argv[1]))\n"
        "except Unreadable as error: print(error.message)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, str(path)], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "The environment file could not be read: Permission denied."


@pytest.mark.parametrize(
    ("text", "name", "value", "expected"),
    [
        ("", "A", "1", "A=1\n"),
        ("# c\n\nA=1\nB=2", "A", "x", "# c\n\nA=x\nB=2"),
        ("B=2", "A", "x", "B=2\nA=x\n"),
        ("B=2\r\n", "A", "x", "B=2\r\nA=x\r\n"),
        ("A=1\r\nB=2\n", "A", "x y", "A='x y'\r\nB=2\n"),
        ("A=1\n", "A", "it's", 'A="it\'s"\n'),
        ("A=1\n", "A", "", "A=\n"),
        ("A=1\n'x'\n", "A", "", "A=''\n'x'\n"),
        ("  export A=1\n", "A", "x", "  export A=x\n"),
        ("A=1\nA=2\nB=3\n", "A", "x", "A=1\nA=x\nB=3\n"),
        ("A='1\n2'\nB=3\n", "A", "x", "A=x\nB=3\n"),
        ("A: 1\n", "A", "x", "A=x\n"),
        ("A = 1\n", "A", "x", "A=x\n"),
        ("A=1 # keep me\n", "A", "x", "# keep me\nA=x\n"),
        ("  A='1' #keep\r\nB=2\r\n", "A", "x", "  #keep\r\n  A=x\r\nB=2\r\n"),
        ("A=secret#rest\n", "A", "x", "A=x\n"),
        ("A='x'\n", "A", "x", "A='x'\n"),
        ("#\udce9\nA=1\n", "A", "x", "#\udce9\nA=x\n"),
        ("\ufeffA=1\nB=2\n", "B", "x", "\ufeffA=1\nB=x\n"),
        ('A="open\nB=1\n', "A", '"open', "A='\"open'\nB=1\n"),
    ],
)
def test_set(text: str, name: str, value: str, expected: str) -> None:
    assert set_variable(text, name, value) == expected


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b", "a'b\"c", "${HOME}", "a\\\\b", "a\\", "a\udcff"])
def test_unwritable_values_are_refused_without_showing_them(value: str) -> None:
    with pytest.raises(Refusal) as caught:
        set_variable("", "TOKEN", value)
    assert "TOKEN" in caught.value.message
    assert value not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A.B", "A B", "A=B", "A\n", "É", "__proto__"])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(Refusal):
        set_variable("", name, "x")


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("X=1\nA='open\nB=1\n", "C", 2),
        ("X=1\nA=(x)\n", "C", 2),
        ("X=1\n# c \\\n", "C", 2),
        ("\ufeffA=1\n", "A", 1),
        ("A=1\nexport A=2\n", "A", 2),
        ("X=1\nA=1 B=2\n", "A", 2),
    ],
)
def test_a_line_in_the_way_is_named(text: str, name: str, line: int) -> None:
    with pytest.raises(Refusal) as caught:
        set_variable(text, name, "sk-FAKE-new")
    assert caught.value.line == line
    assert f"Line {line}:" in caught.value.message
    assert "FAKE" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n# c\nB=2\nexport A='x\ny'\n", "# c\nB=2\n"),
        ("B=2\r\nA=1", "B=2\r\n"),
        ("B=2\n", "B=2\n"),
        ("\ufeffA=1\nB=2\n", "\ufeff\nB=2\n"),
        ("#\udce9\nA=1\n", "#\udce9\n"),
    ],
)
def test_delete(text: str, expected: str) -> None:
    assert delete_variable(text, "A") == expected


def test_delete_refuses_what_another_reader_would_keep() -> None:
    with pytest.raises(Refusal):
        delete_variable("'A'=1\n", "A")


def _seen(text: str) -> dict[str, dict[str, str]]:
    """Every reader's variables, with sh reading LF: with CRLF it keeps a CR on every line."""
    return {reader: reading.values for reader, reading in readings(text.replace("\r\n", "\n")).items()}


@given(ordinary_files, names, values)
def test_what_is_set_is_read_alike_and_nothing_else_changes(text: str, name: str, value: str) -> None:
    if re.search(r"\\|\$\{|'.*[\"$`]|[\"$`].*'", value):  # only such values cannot always be written
        try:
            edited = set_variable(text, name, value)
        except Refusal:
            return
    else:
        edited = set_variable(text, name, value)
    before, after = _seen(text), _seen(edited)
    for reader, seen in after.items():
        assert seen == {**before[reader], name: value}
    assert set_variable(edited, name, value) == edited
    old, new = lines_of(text), lines_of(edited)
    kept = [line for line in old if line in new or line + new[-1][len(new[-1].rstrip("\r\n")) :] in new]
    assert len(kept) >= len(old) - 1


@given(ordinary_files, names)
def test_what_is_deleted_is_gone_and_nothing_else_changes(text: str, name: str) -> None:
    edited = delete_variable(text, name)
    for reader, seen in _seen(text).items():
        assert _seen(edited)[reader] == {other: value for other, value in seen.items() if other != name}


@given(st.text(NASTY + "\n\rAB=", max_size=40), names, st.text("abc'# $", max_size=5))
def test_any_file_is_edited_well_or_refused(text: str, name: str, value: str) -> None:
    try:
        edited = set_variable(text, name, value)
    except Refusal:
        return
    assert node_values(edited) == {**node_values(text), name: value}
