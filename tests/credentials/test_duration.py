"""The duration grammar of `--expires-in`."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.credentials.duration import LONGEST, parse_duration
from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.text import DAY, HOUR, MINUTE


@pytest.mark.parametrize(
    ("raw", "milliseconds"),
    [
        ("365d", 365 * DAY),
        ("1", DAY),
        ("1.5", 36 * HOUR),
        ("8h", 8 * HOUR),
        ("10M", 10 * MINUTE),
        ("10m", 10 * MINUTE),
        ("90s", 90_000),
        ("250ms", 250),
        ("0", 0),
        ("0.5ms", 1),  # JavaScript rounds a half up
        ("0.4ms", 0),
        (" 7D\t", 7 * DAY),
        ("007", 7 * DAY),
        ("0.1s", 100),
    ],
)
def test_forms(raw: str, milliseconds: int) -> None:
    assert parse_duration(raw) == milliseconds


@pytest.mark.parametrize(
    "raw", ["1w", "-1", "1 d", "1e3", "", "  ", "d", ".5", "5.", "1d1h", "１d", "+1", "1y", "9" * 400]
)
def test_everything_else_is_a_usage_error(raw: str) -> None:
    with pytest.raises(UsageFailure) as caught:
        parse_duration(raw)
    assert caught.value.exit_code == Exit.USAGE
    assert caught.value.message.startswith("invalid duration: ")
    assert "365d" in caught.value.hint


def test_the_message_does_not_drive_the_terminal() -> None:
    with pytest.raises(UsageFailure, match=r"invalid duration: \\x1b\[2J"):
        parse_duration("\x1b[2J")


@given(st.integers(0, 100_000), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_whole_numbers_are_exact(number: int, unit: str) -> None:
    factor = {"ms": 1, "s": 1000, "m": MINUTE, "h": HOUR, "d": DAY}[unit]
    assert parse_duration(f"{number}{unit}") == number * factor


@given(st.text(max_size=20))
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(UsageFailure):
        assert 0 <= parse_duration(text) <= LONGEST
