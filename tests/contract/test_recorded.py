"""The recorded installations of the real OpenClaw 2026.2.3, replayed against this program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.recorded.compat import DOCS, listed

RECORDED = Path(__file__).parents[1] / "recorded"


def test_the_list_of_differences_is_made_from_the_page() -> None:
    assert (DOCS / "compat.txt").read_text("utf-8") == listed()


def test_this_program_answers_as_the_real_one_did() -> None:
    """A case that is listed as different and is not is an error too."""
    program = f"{sys.executable} -m openclaw"
    done = subprocess.run(
        [sys.executable, str(RECORDED / "replay"), "--cmd", program, "--differs", str(DOCS / "compat.txt")],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert ", 0 wrong" in done.stdout
