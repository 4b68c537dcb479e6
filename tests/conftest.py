"""What holds for all tests: those against real programs stop where the time for them is over, and that is counted."""

from __future__ import annotations

import os
import time

import pytest

UNTIL = "OPENCLAW_INTEROP_UNTIL"  # seconds since the epoch; CI sets it, nobody else


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what runs real programs once the time of CI is nearly over."""
    until = os.environ.get(UNTIL)
    if until and item.get_closest_marker("interop") and time.time() > float(until):
        pytest.skip("the time of CI is nearly over; `make interop` runs it")
