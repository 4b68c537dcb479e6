"""Text rules taken from OpenClaw, and secrets that do not print themselves."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw import collation
from openclaw.secret import SHORT, Secret, fingerprint, length_and_end, mask
from openclaw.text import JS_WHITESPACE, count, joined, js_trim, one_line, remaining, tilde, with_tilde

KEY = "sk-ant-api03-FAKEFAKEFAKEFAKEFAKE-AbCd"


@pytest.mark.parametrize("char", list(JS_WHITESPACE))
def test_what_javascript_trims(char: str) -> None:
    assert js_trim(f"{char}a{char}b{char}") == f"a{char}b"


@pytest.mark.parametrize("char", ["\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u200b", "\u180e"])
def test_what_javascript_does_not_trim(char: str) -> None:
    assert js_trim(f"{char}a{char}") == f"{char}a{char}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain – ünï ✓", "plain – ünï ✓"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202egnp", "\\u202egnp"),
        ("\udcff", "\\udcff"),
        ("", ""),
    ],
)
def test_one_line_does_not_drive_the_terminal(text: str, wanted: str) -> None:
    assert one_line(text) == wanted


@given(st.text())
def test_one_line_is_printable(text: str) -> None:
    assert one_line(text).isprintable()


@pytest.mark.parametrize(
    ("path", "home", "wanted"),
    [
        ("/h/u/x", "/h/u", "~/x"),
        ("/h/u", "/h/u", "~"),
        ("/h/u/x", "/h/u/", "~/x"),
        ("/h/user/x", "/h/u", "/h/user/x"),
        ("/x", "/", "/x"),
        ("rel", "/h/u", "rel"),
    ],
)
def test_tilde(path: str, home: str, wanted: str) -> None:
    assert tilde(path, home) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/h/u/a.json:3:4: no", "~/a.json:3:4: no"),
        ("cannot read '/h/u/a' or (/h/u)", "cannot read '~/a' or (~)"),
        ("file:///h/u/a", "file:///h/u/a"),
        ("/x/h/u/a /h/user /h/u.bak /h/u-2", "/x/h/u/a /h/user /h/u.bak /h/u-2"),
        ("nothing", "nothing"),
    ],
)
def test_paths_inside_of_a_sentence(text: str, wanted: str) -> None:
    assert with_tilde(text, "/h/u") == wanted
    assert with_tilde(text, "/") == text
    assert with_tilde(text, "") == text


@pytest.mark.parametrize(
    ("milliseconds", "wanted"),
    [
        (-5, "0m"), (0, "0m"), (1, "1m"), (89_999, "1m"), (90_000, "2m"), (59.4 * 60_000, "59m"), (59.5 * 60_000, "1h"),
        (90 * 60_000, "2h"), (47 * 3_600_000, "47h"), (47.5 * 3_600_000, "2d"), (48 * 3_600_000, "2d"),
        (60 * 3_600_000, "3d"), (90 * 86_400_000, "90d"),
    ],
)  # fmt: skip
def test_remaining_time(milliseconds: float, wanted: str) -> None:
    assert remaining(milliseconds) == wanted


def test_counting_and_joining() -> None:
    assert [count(0, "error"), count(1, "error"), count(2, "entry", "entries")] == ["0 errors", "1 error", "2 entries"]
    assert [joined([]), joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"], "or")] == [
        "",
        "a",
        "a and b",
        "a, b or c",
    ]


@dataclass(frozen=True)
class Holder:
    secret: Secret


def test_a_secret_does_not_print_itself() -> None:
    secret = Secret(KEY)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>90}", f"{secret:s}", str([secret]), str(Holder(secret))]
    assert not any(KEY in text or KEY[:20] in text for text in shown)
    assert secret.reveal() == KEY
    assert (len(secret), bool(secret), bool(Secret(""))) == (len(KEY), True, False)


@pytest.mark.parametrize(
    "leak",
    [pickle.dumps, json.dumps, copy.copy, copy.deepcopy, lambda secret: asdict(Holder(secret)), vars],
)
def test_a_secret_is_not_serialisable(leak: object) -> None:
    with pytest.raises(TypeError) as caught:
        leak(Secret(KEY))  # type: ignore[operator]
    assert KEY not in str(caught.value)


def test_secrets_compare_by_value() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert Secret(KEY) != Secret(KEY + "x")
    assert Secret(KEY) != KEY
    assert len({Secret(KEY), Secret(KEY), Secret("\udcff")}) == 2
    assert Secret("\udcff") == Secret("\udcff")


def test_fingerprints() -> None:
    assert fingerprint("") == "empty"
    assert fingerprint("x" * (SHORT - 1)) == "short"
    assert fingerprint(KEY) == "38 characters, ends in AbCd, sha256 " + fingerprint(KEY)[-8:]
    assert fingerprint("x" * 30 + "\x1b[2J").startswith("34 characters, ends in \\x1b[2J, ")
    assert length_and_end("") == "empty"
    assert length_and_end("x" * 23) == "23 characters"
    assert length_and_end(KEY) == "38 characters, ends in AbCd"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("", "missing"),
        (" \t", "missing"),
        ("x" * 16, "short"),
        ("x" * 23, "short"),
        ("12345678" + "-" * 8 + "87654321", "12345678...87654321"),
        (f" {KEY}\n", "sk-ant-a...AKE-AbCd"),
        ("FAKEé😀ü" + "-" * 20 + "87654321", "FAKEé😀ü...87654321"),  # JavaScript counts UTF-16 units
        ("FAKE123😀" + "-" * 20 + "87654321", "FAKE123...87654321"),  # half a character is left out
    ],
)
def test_the_mask_of_the_reference(value: str, wanted: str) -> None:
    assert mask(value) == wanted
    assert Secret(value).masked() == wanted


@given(st.text(max_size=60))
def test_no_way_of_showing_gives_a_secret_away(value: str) -> None:
    for shown in (fingerprint(value), mask(value), length_and_end(value), repr(Secret(value))):
        assert len(value) < 5 or value not in shown


def test_collation_is_that_of_icu() -> None:
    """The examples of auth-spec §13.3."""
    for ordered in (["z-ai", "Z-AI", "z.ai", "Z.AI", "zai"], ["x:a_b", "x:a-b", "x:a.b", "x:a@"], ["a", "A", "b", "é"]):
        mixed = ordered[::-1]
        assert sorted(mixed, key=collation.key) == ordered
    accents = ["a", "ä", "Ä", "b:e", "b:é", "b:f", "e", "É", "e:a", "é:a", "e:b", "elan", "Elan", "élan", "elbow", "f"]
    mixed = accents[::-1]
    assert sorted(mixed, key=collation.key) == accents
    signs = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$09azA"
    assert "".join(sorted(signs, key=collation.key)) == " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$09aAz"
