from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.service import unitfile
from openclaw.service.unitfile import UnitSyntaxError, command, environment, expand, parse, settled, words

UNIT = Path("/home/alice/.config/systemd/user/openclaw-gateway.service")
KEY = "sk-ant-FAKE-EXAMPLE-0000000000000000"


def variables(text: str, **specifiers: str) -> tuple[dict[str, str], list[str]]:
    problems: list[str] = []
    values, _ = environment(parse("[Service]\n" + text, UNIT), {"%": "%", **specifiers}, problems)
    return {name: value.reveal() for name, value in values.items()}, problems


def test_sections_comments_blank_lines_and_the_lines_of_keys() -> None:
    found = parse("# note\n[Unit]\nA = 1 \n\n[Service]\n; note\nB=2=3\nnonsense\n[Broken\nC=3\n", UNIT)
    assert [(item.section, item.key, item.value, item.line) for item in found] == [
        ("Unit", "A", "1", 3),
        ("Service", "B", "2=3", 7),
    ]


def test_continued_lines_join_with_a_space_and_skip_comments_between() -> None:
    found = parse("[Service]\nEnvironment=A=1 \\\n# not this\n   B=2\\\n;nor this\nC=3\nX=y", UNIT)
    assert [(item.key, words(item.value)[0], item.line) for item in found] == [
        ("Environment", ["A=1", "B=2", "C=3"], 2),
        ("X", ["y"], 7),
    ]


def test_blanks_before_a_continued_line_stay_inside_quotes() -> None:
    assert variables('Environment="A=two \\\n   lines"\n')[0] == {"A": "two     lines"}  # seen with systemd 252


def test_two_backslashes_at_the_end_do_not_continue() -> None:
    assert [item.value for item in parse("[S]\nA=x\\\\\nB=y", UNIT)] == ["x\\\\", "y"]


def test_a_continuation_at_the_end_of_the_file_still_counts() -> None:
    assert [item.value for item in parse("[S]\nA=x\\", UNIT)] == ["x"]


def test_line_ends_and_byte_order_mark() -> None:
    assert [item.value for item in parse("\ufeff[S]\r\nA=1\r\nB=2\rC=3", UNIT)] == ["1", "2", "3"]


def test_a_directive_does_not_show_its_value() -> None:
    assert KEY not in repr(parse(f"[Service]\nEnvironment=ANTHROPIC_API_KEY={KEY}", UNIT))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A=1 B=2", ["A=1", "B=2"]),
        ('"A=one two" B=3', ["A=one two", "B=3"]),
        ("'A=one \"two\"'", ['A=one "two"']),
        ('A="one two"', ["A=one two"]),  # quotes may also stand inside a word
        (r"A=tab\there", ["A=tab\there"]),
        (r"'A=it\'s'", ["A=it's"]),
        (r"A=a\sb", ["A=a b"]),
        (r"A=\x41\101\u00e9\U0001F600", ["A=AA\u00e9\U0001f600"]),
        (r"A=\xc3\xa9", ["A=\u00e9"]),  # \x is a byte, not a character
        ('A=""', ["A="]),
        ('""', [""]),
        ("", []),
        (" \t ", []),
    ],
)
def test_words(value: str, expected: list[str]) -> None:
    assert words(value) == (expected, "")


@pytest.mark.parametrize(
    "value", ['A=1 "B', "A=1 'B", "A=1 \\", r"A=1 \q", r"A=1 \x4", r"A=1 \x00", r"A=1 \400", r"A=1 \ud800", r"A=1 \x+4"]
)
def test_a_fault_ends_the_line_but_keeps_the_words_before(value: str) -> None:
    found, fault = words(value)
    assert found == ["A=1"]
    assert fault


def test_an_empty_assignment_takes_back_those_before() -> None:
    lines = parse("[Service]\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2\n[Other]\nEnvironment=", UNIT)
    assert [line.value for line in settled(lines, "Environment")] == ["B=2"]


def test_the_last_assignment_of_a_name_wins_and_keeps_its_line() -> None:
    problems: list[str] = []
    values, origins = environment(parse("[Service]\nEnvironment=A=1 B=2\nEnvironment=A=3", UNIT), {}, problems)
    assert {name: value.reveal() for name, value in values.items()} == {"A": "3", "B": "2"}
    assert (origins["A"].path, origins["A"].line, origins["B"].line) == (str(UNIT), 3, 2)
    assert problems == []


def test_what_systemd_ignores_is_a_problem_that_does_not_quote_the_value() -> None:
    values, problems = variables(f"Environment=OK=1 {KEY} 1X={KEY} X-Y={KEY} =x\nEnvironment='Z={KEY}")
    assert values == {"OK": "1"}
    assert len(problems) == 5
    assert all(f"{UNIT}:" in problem and KEY not in problem for problem in problems)


def test_specifiers_are_replaced_after_splitting() -> None:
    assert variables('Environment=A=%h/x B=100%% C=%q D=% "E=% x" F=%-%é', h="/home/a b")[0] == {
        "A": "/home/a b/x", "B": "100%", "C": "%q", "D": "%", "E": "% x", "F": "%-%é",
    }  # fmt: skip


def test_only_specifiers_that_systemd_knows_are_unresolved() -> None:
    assert unitfile.unresolved("%S/x", {"h": ""})
    assert not unitfile.unresolved("%h %% %z %", {"h": "", "%": "%"})


def test_an_assignment_with_a_percent_sign_that_systemd_does_not_know_never_arrives() -> None:
    values, problems = variables(f"Environment=OK=1 KEY={KEY}%5 ALSO=2\nEnvironment=LAST=3")
    assert values == {"OK": "1", "ALSO": "2", "LAST": "3"}
    assert len(problems) == 1
    assert "%%" in problems[0]
    assert KEY not in problems[0]
    with pytest.raises(UnitSyntaxError):
        expand("%z", {})


@pytest.mark.parametrize(
    ("line", "argv"),
    [
        (
            "/usr/bin/node /x/index.js gateway --port 18789",
            ("/usr/bin/node", "/x/index.js", "gateway", "--port", "18789"),
        ),
        ("-/bin/a b", ("/bin/a", "b")),
        ("@/bin/a name b", ("/bin/a", "b")),
        ("!!/bin/a", ("/bin/a",)),
        ('"/opt/my node" "%h/x y" ${PORT}', ("/opt/my node", "/home/alice/x y", "${PORT}")),
        ("", ()),
    ],
)
def test_commands(line: str, argv: tuple[str, ...]) -> None:
    assert command(parse(f"[Service]\nExecStart={line}", UNIT), {"h": "/home/alice"}, []) == argv


def test_a_drop_in_replaces_the_command() -> None:
    lines = parse("[Service]\nExecStart=/bin/old\nExecStart=\nExecStart=/bin/new x", UNIT)
    assert command(lines, {}, []) == ("/bin/new", "x")


def test_the_answer_of_show_environment() -> None:
    shown = unitfile.shown_environment("HOME=/home/alice\nA=$'two\\nlines \\'quoted\\''\nB=\nC=$'\\q'\nD=x=y\n")
    assert {name: value.reveal() for name, value in shown.items()} == {
        "HOME": "/home/alice", "A": "two\nlines 'quoted'", "B": "", "C": r"$'\q'", "D": "x=y",
    }  # fmt: skip


def test_unescape_says_what_it_cannot_do() -> None:
    with pytest.raises(UnitSyntaxError):
        unitfile.unescape("\\")


@given(st.text())
def test_any_text_is_parsed_without_an_exception(text: str) -> None:
    for directive in parse("[Service]\n" + text, UNIT):
        words(directive.value)
        command([directive], {}, [])


@given(st.text(st.characters(exclude_characters="\0", categories=("L", "N", "P", "S", "Z"))))
def test_a_quoted_value_comes_back(value: str) -> None:
    escaped = "".join(f"\\U{ord(char):08x}" if char in '\\"\r\n%' else char for char in value)
    assert variables(f'Environment="NAME={escaped}"', **{"%": "%"})[0] == {"NAME": value} or "%" in value
