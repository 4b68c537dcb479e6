"""How long a token lives, as people write it: `365d`, `8h`, `1.5` (auth-spec §10.3)."""

from __future__ import annotations

import math
import re

from openclaw.errors import UsageFailure
from openclaw.text import DAY, HOUR, MINUTE, js_trim, one_line

UNITS = {"ms": 1, "s": 1000, "m": MINUTE, "h": HOUR, "d": DAY, "": DAY}
LONGEST = 8_640_000_000_000_000  # milliseconds: the end of JavaScript's calendar, past which OpenClaw rejects an expiry


def parse_duration(raw: str) -> int:
    """Milliseconds of a duration: a number with `ms`, `s`, `m`, `h` or `d`; days without a unit, fractions allowed.

    As in the reference, case does not matter (`10M` is ten minutes) and `0` is allowed. Raises UsageFailure; where a
    usage error has another exit code than 2 (`models …`: 1), the caller sees to that.
    """
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)?", js_trim(raw).lower())
    milliseconds = float(match[1]) * UNITS[match[2] or ""] if match else math.inf
    if milliseconds > LONGEST:
        raise UsageFailure(
            f"invalid duration: {one_line(raw)}",
            hint="Write a number with ms, s, m, h or d, such as 8h or 365d; without a unit it counts days.",
        )
    return math.floor(milliseconds + 0.5)
