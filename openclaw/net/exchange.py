"""One request and its answer, by urllib3, which is loaded only here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from openclaw.net.connecting import manager_for
from openclaw.net.trouble import explained
from openclaw.net.values import CAP, Answer, Progress, now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import BaseHTTPResponse, PoolManager

    from openclaw.net.values import Request

CHUNK = 8 * 1024


def user_agent() -> str:
    """Ours, whatever is asked: no other program's name."""
    from openclaw import __version__

    return f"openclaw-onboard/{__version__}"


def exchange(request: Request, seconds: float, env: Mapping[str, str], progress: Progress | None = None) -> Answer:
    """One request in this thread. `seconds` bounds each step of it; `ask` bounds the whole."""
    from urllib3.exceptions import HTTPError, LocationValueError

    progress = progress or Progress()
    started = time.monotonic()

    def failed(error: Exception) -> Answer:
        timed_out, text = explained(error, progress, seconds)
        latency = round((time.monotonic() - started) * 1000)
        return Answer(phase=progress.phase, error=text, timed_out=timed_out, latency=latency, at=now())

    try:
        manager = manager_for(request.url, seconds, env, progress)
        response = _sent(manager, request, seconds)
        progress.status, progress.headers = response.status, {k.lower(): v for k, v in response.headers.items()}
        latency, at = round((time.monotonic() - started) * 1000), now()
        complete = _read(response, progress, started + seconds)
    except (HTTPError, LocationValueError, OSError, ValueError) as error:
        return failed(error)
    return Answer(progress.status, progress.headers, progress.body, latency=latency, at=at, complete=complete)


def _sent(manager: PoolManager, request: Request, seconds: float) -> BaseHTTPResponse:
    from urllib3 import Timeout

    headers = {"User-Agent": user_agent(), "Accept": "application/json", "Accept-Encoding": "identity"}
    return manager.urlopen(
        request.method,
        request.url,
        headers=headers | dict(request.headers),
        body=request.body or None,
        redirect=False,
        retries=False,
        preload_content=False,
        timeout=Timeout(connect=seconds, read=seconds),
    )


def _read(response: BaseHTTPResponse, progress: Progress, ends: float) -> bool:
    """Reads up to the cap. What was read before a stall or a reset still counts: the status is an answer."""
    from urllib3.exceptions import HTTPError

    progress.phase = "body"
    try:
        while len(progress.body) < CAP and time.monotonic() < ends:
            chunk = response.read1(CHUNK)
            if not chunk:
                progress.phase = "done"
                return True
            progress.body = (progress.body + chunk)[:CAP]
    except (HTTPError, OSError):
        return False
    finally:
        response.close()
    return False
