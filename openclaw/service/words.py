"""The last words of a service that does not stay up, without secrets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from openclaw.proc import NotDone
from openclaw.service.base import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from openclaw.secret import Secret
    from openclaw.service.base import GatewayService, Run

LINES = 5
ASKED = 30  # lines of the journal; most of a stack trace is of no use
TAIL = 16 * 1024  # bytes read from the end of a log
WIDTH = 300  # characters of a line


def last_words(
    service: GatewayService, kind: str, run: Run, env: Mapping[str, str], known: Iterable[Secret] = ()
) -> tuple[str, ...]:
    """The last lines that it wrote: to the user's journal, or to its log. Nothing where nobody kept them."""
    from openclaw.redact import scrub

    lines = _journal(service.unit, run, env) if kind == "systemd" else _tail(service.log)
    secrets = tuple(known)
    said = [scrub(line, secrets)[:WIDTH] for line in lines if line.strip()]
    return tuple(said[-LINES:])


def _journal(unit: str, run: Run, env: Mapping[str, str]) -> list[str]:
    argv = ["journalctl", "--user", "--no-pager", "-q", "-o", "cat", "-n", str(ASKED), "-u", unit]
    answer = run(argv, timeout=TIMEOUT, env=env)
    return [] if isinstance(answer, NotDone) or answer.code != 0 else answer.out.splitlines()


def _tail(log: Path | None) -> list[str]:
    """The end of a regular file; a cut first line is left out."""
    if log is None or not log.is_file():
        return []
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            lines = file.read(TAIL).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines[1:] if size > TAIL else lines
