"""The time between an answer and the next question, and from the start to the first one, in a real terminal.

.venv/bin/python benchmarks/wizard.py          medians of 5 runs; nothing is asserted
.venv/bin/python benchmarks/wizard.py 3        the same, where systemctl takes 3 seconds (on a host that runs systemd)

On two busy cores: 0.3 s to the first question, then 0.02 to 0.2 s; the 0.2 s is the wait for the rest of a paste.
No provider is asked (`--no-verify`): what that takes is up to the network.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect

if TYPE_CHECKING:
    from typing import Any

ROUNDS = 5
KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 6  # made up
# The end of a question on the screen, and what answers it.
PATH = (
    ("Which provider?", "\r"),
    ("How do you pay for it?", "\r"),
    ("Anthropic API key:", f"{KEY}\r"),
    ("Where should it be kept?", "\r"),
    ("Write this?", "\x03"),
)


def main(slow: float = 0.0) -> None:
    """Measures every gap on the quick path and prints a table."""
    gaps: dict[str, list[float]] = {label: [] for label, _ in PATH}
    for _ in range(ROUNDS):
        for label, seconds in run(slow):
            gaps[label].append(seconds)
    print(f"{'until this question is asked':32} {'median ms':>10} {'worst ms':>10}")
    for label, times in gaps.items():
        print(f"{label:32} {statistics.median(times) * 1000:10.0f} {max(times) * 1000:10.0f}")


def run(slow: float) -> list[tuple[str, float]]:
    """(question, seconds since the answer before it) of one run on a fresh home."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"HOME": folder, "PATH": path_with(Path(folder), slow), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        before = time.perf_counter()
        child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable, ["-m", "openclaw", "onboard", "--no-verify"], env=env, timeout=30, dimensions=(24, 80)
        )
        child.delaybeforesend = None
        found: list[tuple[str, float]] = []
        for label, answer in PATH:
            asked(child, label)
            found.append((label, time.perf_counter() - before))
            child.send(answer)
            before = time.perf_counter()
        child.expect(pexpect.EOF)
        child.close()
        return found


def asked(child: pexpect.spawn[bytes], label: str) -> None:
    """Waits until the question is on the screen; a terminal says where its cursor is when it is asked."""
    wanted: list[Any] = [label.encode().replace(b"?", rb"\?"), rb"\x1b\[6n"]
    while child.expect(wanted) == 1:
        child.send("\x1b[1;1R")


def path_with(folder: Path, slow: float) -> str:
    """A PATH whose systemctl takes that long; the usual one for 0."""
    usual = os.environ.get("PATH", "/usr/bin:/bin")
    if not slow:
        return usual
    (folder / "bin").mkdir()
    (folder / "bin" / "systemctl").write_text(f"#!/bin/sh\nsleep {slow}\nexit 1\n")
    (folder / "bin" / "systemctl").chmod(0o755)
    return f"{folder}/bin:{usual}"


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
