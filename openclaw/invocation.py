"""What a run is given from outside: environment, working directory, clock, terminals. Tests hand in their own."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.home import user_home

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Invocation:
    """`now` is in milliseconds since the epoch. `stdin_tty` and `stdout_tty` say whether a person is there."""

    env: Mapping[str, str] = field(repr=False)
    cwd: Path
    user: Path
    now: int
    stdin_tty: bool = False
    stdout_tty: bool = False

    @classmethod
    def of_process(cls, env: Mapping[str, str] | None = None) -> Invocation:
        """The invocation of this process; `env` stands in for the process environment (`--profile`)."""
        env = dict(os.environ) if env is None else env
        return cls(env, _cwd(), user_home(env), clock(env), _is_tty(sys.stdin), _is_tty(sys.stdout))


def clock(env: Mapping[str, str]) -> int:
    """Milliseconds since the epoch. `OPENCLAW_NOW_MS` sets the clock for tests."""
    raw = env.get("OPENCLAW_NOW_MS", "").strip()
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 20 else time.time_ns() // 1_000_000


def _cwd() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:  # the directory was removed under the shell
        return Path("/")


def _is_tty(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):  # no stream, or a closed one
        return False
