"""A request, its answer, and how far it has come."""

from __future__ import annotations

import time
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

SAYS_NO = "the proxy says no"  # the beginning of the error of a tunnel that was refused
CAP = 64 * 1024  # bytes kept of an answer
LONGEST_WAIT = 366 * 86400  # seconds that a server may ask for; more is no answer

Phase = Literal["queue", "dns", "tcp", "proxy", "tls", "http", "body", "done"]
DOING: dict[str, str] = {
    "queue": "waiting for its turn", "dns": "looking up the host name", "tcp": "connecting",
    "proxy": "asking the proxy", "tls": "agreeing on TLS", "http": "waiting for the answer",
    "body": "reading the answer",
}  # fmt: skip


@frozen
class Request:
    """One request. Secrets are in `headers` only, never in `url`."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""


@frozen
class Answer:
    """What became of a request.

    With a `status` the server answered, even where the body was cut off. Without one, `phase` is where it ended and
    `error` says why; `timed_out`: because its time was over. Times are in milliseconds.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    body: bytes = b""
    phase: Phase = "done"
    error: str = ""
    timed_out: bool = False
    latency: int = 0
    at: int = 0  # local time of the answer, since the epoch
    complete: bool = True


class Progress:
    """How far a request has come; written by its thread, read by the one that waits."""

    __slots__ = ("body", "headers", "phase", "status")

    def __init__(self) -> None:
        self.phase: Phase = "queue"
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.body = b""


def now() -> int:
    """Local time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def skew(answer: Answer) -> int | None:
    """How far this host's clock is ahead of the server's, in milliseconds, by the Date header; None without one."""
    from email.utils import parsedate_to_datetime

    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
        return answer.at - round(theirs.timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return None


def retry_after(answer: Answer) -> int | None:
    """How many seconds the server asks to wait (RFC 9110 §10.2.3: a number, or a date by its own clock)."""
    raw = answer.headers.get("retry-after", "").strip()
    if raw.isascii() and raw.isdigit() and len(raw) < 10:
        return int(raw) if int(raw) <= LONGEST_WAIT else None
    from email.utils import parsedate_to_datetime

    try:
        wait = parsedate_to_datetime(raw).timestamp() - (answer.at - (skew(answer) or 0)) / 1000
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, round(wait)) if wait <= LONGEST_WAIT else None
