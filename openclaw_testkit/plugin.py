"""The pytest plugin: fixtures for tests of checks. pytest finds it by its entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openclaw_testkit.canaries import CANARIES, check_clean
from openclaw_testkit.host import FakeHost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@pytest.fixture
def fake_host(tmp_path: Path) -> FakeHost:
    """A throw-away host with an empty home directory, nothing on PATH, and a clock that stands still."""
    return FakeHost(tmp_path / "fake-host")


@pytest.fixture
def canaries(capfd: pytest.CaptureFixture[str]) -> Iterator[Mapping[str, str]]:
    """Secrets to plant, by name. After the test, all that it printed is searched for them."""
    yield CANARIES
    check_clean(*capfd.readouterr())
