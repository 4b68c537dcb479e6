"""Several requests at once, in the time that was given for all of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from openclaw.net.values import DOING, Answer, Progress, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.net.values import Request


def ask(requests: Sequence[Request], *, seconds: float, env: Mapping[str, str], concurrency: int = 2) -> list[Answer]:
    """The answers, in order. All of it takes no longer than `seconds`, whatever the servers do.

    While requests wait for their turn, one that has had its share of the time makes room. Requests run in daemon
    threads: one that hangs keeps neither the others nor the process.
    """
    return _Run(requests, seconds, env, max(1, concurrency)).answers()


class _Run:
    def __init__(self, requests: Sequence[Request], seconds: float, env: Mapping[str, str], width: int) -> None:
        import queue

        self.requests, self.seconds, self.env, self.width = requests, seconds, env, width
        self.progress = [Progress() for _ in requests]
        self.found: dict[int, Answer] = {}
        self.started: dict[int, float] = {}  # what is running → since when
        self.done: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()
        self.share = seconds * min(1.0, width / max(1, len(requests)))

    def answers(self) -> list[Answer]:
        ends = time.monotonic() + self.seconds
        waiting = list(range(len(self.requests)))
        while waiting or self.started:
            while waiting and len(self.started) < self.width and time.monotonic() < ends:
                self.start(waiting.pop(0))
            if not self.started:
                break
            self.wait(ends, crowded=bool(waiting))
        for index in waiting:
            self.found[index] = self.given_up(index)
        return [self.found[index] for index in range(len(self.requests))]

    def start(self, index: int) -> None:
        import threading

        self.started[index] = time.monotonic()
        work = threading.Thread(target=self.work, args=(index,), name=f"request {index}", daemon=True)
        work.start()

    def work(self, index: int) -> None:
        from openclaw.net.exchange import exchange

        try:
            answer = exchange(self.requests[index], self.seconds, self.env, self.progress[index])
        except BaseException as error:  # a thread that ends without an answer would be waited for
            answer = Answer(phase=self.progress[index].phase, error=type(error).__name__, at=now())
        self.done.put((index, answer))

    def wait(self, ends: float, *, crowded: bool) -> None:
        """Until the next answer, or until the time of one is over."""
        import queue

        index = min(self.started, key=lambda item: self.started[item])
        over = min(ends, self.started[index] + self.share) if crowded else ends
        try:
            answered, answer = self.done.get(timeout=max(0.0, over - time.monotonic()))
        except queue.Empty:
            self.found[index] = self.given_up(index)
            del self.started[index]
            return
        if self.started.pop(answered, None) is not None:
            self.found[answered] = answer

    def given_up(self, index: int) -> Answer:
        progress = self.progress[index]
        since = self.started.get(index)
        latency = round((time.monotonic() - since) * 1000) if since is not None else 0
        if progress.status is not None:
            return Answer(
                progress.status, progress.headers, progress.body, "body", "the answer did not end in time", True,
                latency, now(), complete=False,
            )  # fmt: skip
        phase = progress.phase
        error = (
            f"no answer in {latency / 1000:.1f} s, while {DOING[phase]}" if since is not None else "not asked in time"
        )
        return Answer(phase=phase, error=error, timed_out=True, latency=latency, at=now())
