"""A deadline for work that has none of its own: process tables, sockets, other people's libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], what: str) -> T:
    """The result of `work`, which runs in a daemon thread; raises what it raises.

    Raises `TimeoutError` ("the process table gave no answer in 3 s") after `seconds`. What hangs is left behind: a
    thread cannot be ended, and a daemon thread does not keep the program from ending.
    """
    import queue
    import threading

    answers: queue.SimpleQueue[tuple[T, None] | tuple[None, BaseException]] = queue.SimpleQueue()

    def answer() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:  # handed to the caller, whatever it is
            answers.put((None, error))

    threading.Thread(target=answer, name=what, daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"{what} gave no answer in {seconds:g} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
