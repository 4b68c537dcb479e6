"""Reading: what JSON5 is, where things stand, and what is said about a text that is not JSON5."""

from __future__ import annotations

import math
import subprocess
import sys
import traceback
from pathlib import Path

import pyjson5
import pytest

from openclaw.config.json5 import MAX_DEPTH, loads, locate
from openclaw.config.spans import find, parse, position
from openclaw.errors import Unreadable

ACCEPTED = {
    "{}": {},
    "\ufeff{}": {},
    "{}\ufeff": {},
    "// c\n{/* d */}// e": {},
    "{a:1,}": {"a": 1},
    "{a: 1, a: 2}": {"a": 2},
    "{a: 1, 'b': 2, \"a\": 3}": {"a": 3, "b": 2},
    "{null: 1, true: 2, Infinity: 3, NaN: 4}": {"null": 1, "true": 2, "Infinity": 3, "NaN": 4},
    "{$_a\u200c9: 1}": {"$_a\u200c9": 1},
    "{\u00e9a\u0301: 1}": {"\u00e9a\u0301": 1},
    "{\\u0061b: 1}": {"ab": 1},
    "{\U00010400: 1}": {"\U00010400": 1},
    "{a\u00a0:1}": {"a": 1},
    "{__proto__: 1}": {"__proto__": 1},
    "[1,]": [1],
    "[]": [],
    "[0x1F, -0xa, 0X1f, +1, -0]": [31, -10, 31, 1, 0],
    "[.5, 5., -.5e-3, 5.e3, 0e5, 0.e1, 1E+2]": [0.5, 5.0, -0.0005, 5000.0, 0.0, 0.0, 100.0],
    "[Infinity, -Infinity, +Infinity]": [math.inf, -math.inf, math.inf],
    "[1e400]": [math.inf],
    "[true, false, null]": [True, False, None],
    "'it\\'s'": "it's",
    '"\'"': "'",
    "'a\\\nb\\\r\nc\\\rd\\\u2028e'": "abcde",
    "'a\u2028b'": "a\u2028b",
    "'\\b\\f\\n\\r\\t\\v\\0\\x41\\u0042\\q\\/\\\\'": "\b\f\n\r\t\v\0AB" + "q/\\",
    "'\\ud83d\\ude00'": "\U0001f600",
    "'\\ud83d'": "\ud83d",
    '"\t\x00\x7f"': "\t\x00\x7f",
    "\t\v\f \u00a0\ufeff\u2028\u2029\u1680\u2003\u3000\r\n1": 1,
    "//x\u20281": 1,
    "//x\r1": 1,
    "/* * / ** */1": 1,
}
REJECTED = {  # text: where, and a word of the reason
    "": (1, 1, "no value"),
    " \n// c": (2, 5, "no value"),
    "\ufeff": (1, 1, "no value"),
    "{": (1, 2, "object that starts on line 1"),
    "{a: [\n1,": (2, 3, "list that starts on line 1"),
    "{a:": (1, 4, "text ends"),
    "{a 1}": (1, 4, "':'"),
    "{a}": (1, 3, "':'"),
    "{1: 2}": (1, 2, "key"),
    "{,}": (1, 2, "key"),
    "{a: 1,, b: 2}": (1, 7, "key"),
    "{a-b: 1}": (1, 3, "':'"),
    "{\u0301a: 1}": (1, 2, "key"),
    "{\\u0031: 1}": (1, 2, "key"),
    "{a\\u0020: 1}": (1, 2, "key"),
    "{a: 1 b: 2}": (1, 7, "','"),
    "[1 2]": (1, 4, "','"),
    "[,]": (1, 2, "value"),
    "[1}": (1, 3, "','"),
    "{} {}": (1, 4, "follows"),
    "{}}": (1, 3, "follows"),
    "{\r\n  a: 'x\r\n}": (2, 6, "quotes"),
    '{\n\n  "a: 1\n}': (3, 3, "quotes"),
    "{a: 1} /* x": (1, 8, "comment"),
    "{a: 1, /* x }": (1, 8, "comment"),
    "\ufeff# c\n{}": (1, 1, "//"),
    "{a: \u201cx\u201d}": (1, 5, "straight quotes"),
    "{a: sk-FAKE}": (1, 5, "needs quotes"),
    "{a: True}": (1, 5, "needs quotes"),
    "'\\x4'": (1, 2, "escape"),
    "'ab\\u12'": (1, 4, "escape"),
    "'\\01'": (1, 2, "escape"),
    "'\\1'": (1, 2, "escape"),
    "\u0085 1": (1, 1, "value"),
    "\u200b1": (1, 1, "value"),
    "1\x00": (1, 2, "follows"),
    "\x00\x00\x00": (1, 1, "value"),
    **dict.fromkeys(("01", "1_0", "0x", "1e", ".", "+-1", "--1", "+ 1", "1.5.", "0e", "+_1", "0x1_", "1n"), (1, 1, "")),
}


@pytest.mark.parametrize(("text", "value"), ACCEPTED.items(), ids=map(ascii, ACCEPTED))
def test_accepts_what_json5_is(text: str, value: object) -> None:
    assert loads(text) == value
    assert parse(text).value == value


@pytest.mark.parametrize(("text", "expected"), REJECTED.items(), ids=map(ascii, REJECTED))
def test_rejects_what_json5_is_not_with_its_place(text: str, expected: tuple[int, int, str]) -> None:
    line, column, word = expected
    for read in (loads, parse):
        with pytest.raises(Unreadable) as caught:
            read(text, Path("openclaw.json"))
        assert (caught.value.line, caught.value.column) == (line, column)
        assert caught.value.location == f"openclaw.json:{line}:{column}"
        assert word in caught.value.message
        assert "\n" not in caught.value.message


def test_nan_and_long_integers() -> None:
    assert math.isnan(loads("NaN"))
    assert math.isnan(parse("-NaN").value)
    assert loads("9007199254740993") == 9007199254740993
    assert loads("1" * 5000) == math.inf  # a double, as in JavaScript; Python refuses to read it as an integer


def test_the_laxness_of_pyjson5_is_still_there() -> None:
    """When this fails, `_PYJSON5_IS_LAX` can go."""
    assert pyjson5.loads("[1_0, 0x1_, +-1, 1.5.]") == [10, 1, -1, 1.5]


@pytest.mark.parametrize("brackets", ["[]", ("{a:", "}"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 990, 5000, 200_000])
def test_too_deep_is_unreadable_not_a_crash(brackets: tuple[str, str], depth: int) -> None:
    opening, closing = brackets
    for text in (opening * depth + "1" + closing * depth, opening * depth):
        with pytest.raises(Unreadable, match="within each other"):
            loads(text)


def test_the_deepest_text_that_is_read() -> None:
    for opening, closing in ("[]", ("{a:", "}")):
        text = opening * MAX_DEPTH + "1" + closing * MAX_DEPTH
        assert loads(text) == parse(text).value


SECRET = "FAKEsecretEXAMPLE0123456789"


@pytest.mark.parametrize(
    "text",
    [
        f"{{key: {SECRET}}}",
        f'{{"key": "{SECRET}}}',
        f"{{'key': '{SECRET}\n'}}",
        f'{{"key": "{SECRET}" "other": 1}}',
        f'{{"key": "{SECRET}\\x"}}',
        f'{{"key": "{SECRET}"}} {SECRET}',
        f'{{"a": ["{SECRET}", "{SECRET}" }}',
        f"{{{SECRET} 1}}",
        f"{{key: '{SECRET}', n: 1_0}}",
        f"{SECRET}",
    ],
)
def test_an_error_never_repeats_the_text(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        loads(text, Path("openclaw.json"))
    error: BaseException | None = caught.value
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    while error is not None:
        assert SECRET not in repr(error)
        assert SECRET not in repr(vars(error))
        error = error.__cause__ or error.__context__


def test_nodes_do_not_show_their_values() -> None:
    root = parse(f"{{key: '{SECRET}'}}")
    assert SECRET not in f"{root!r} {root.members!r} {root.members[0].node!r}"


def test_nodes_know_their_place() -> None:
    text = "{ 'a' : [1, {b: \"x\"}], // c\n}"
    root = parse(text)
    member = find(root, ("a", 1, "b"))
    assert member is not None
    assert text[member.start : member.key_end] == "b"
    assert text[member.node.start : member.node.end] == '"x"'
    outer = root.members[0]
    assert text[outer.start : outer.key_end] == "'a'"
    assert text[outer.node.start : outer.node.end] == '[1, {b: "x"}]'
    assert (root.start, root.end) == (0, len(text))
    assert find(root, ("a", "1")) is None
    assert find(root, ("a", 2)) is None
    assert find(root, (0,)) is None


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_positions_are_those_of_an_editor(newline: str) -> None:
    text = newline.join(["\ufeff{a: 1,", "  b: {", "\tc: [1,", "2]}}", ""])
    assert locate(text, ()) == (1, 1)
    assert locate(text, ("a",)) == (1, 2)
    assert locate(text, ("b",)) == (2, 3)
    assert locate(text, ("b", "c")) == (3, 2)
    assert locate(text, ("b", "c", 1)) == (4, 1)
    assert locate(text, ("b", "d")) is None
    assert position(text, len(text)) == (5, 1)


def test_the_place_of_a_duplicate_key_is_that_of_the_one_that_counts() -> None:
    assert locate("{\n a: 1,\n a: 2\n}", ("a",)) == (3, 2)


def test_plain_json_is_read_without_the_slow_modules() -> None:
    code = (
        "import sys; from openclaw.config.json5 import loads; loads('{\"a\": [1]}');"
        "assert not {'re', 'pyjson5', 'openclaw.config.spans', 'dataclasses'} & (set(sys.modules) - before), 'loaded'"
    )
    code = "import sys, json; before = set(sys.modules);" + code
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
