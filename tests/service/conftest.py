"""A host made of files below tmp_path, and a stand-in for the programs on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

from openclaw.proc import Done, NotDone

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.service.base import Run

Answers = Mapping[str, "Done | NotDone"]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of the host: `put("/etc/hostname", "x")`; a path that ends in / is a directory."""

    def write(path: str, text: str = "") -> Path:
        place = tmp_path / path.strip("/")
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return place

    return write


@pytest.fixture
def calls() -> list[tuple[str, Mapping[str, str]]]:
    """The command lines that the stand-in was asked for, each with its environment."""
    return []


@pytest.fixture
def answering(calls: list[tuple[str, Mapping[str, str]]]) -> Callable[[Answers], Run]:
    """A `run` that gives the answer whose key is part of the command line; any other program is not found."""

    def make(answers: Answers) -> Run:
        def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
            line = " ".join(argv)
            calls.append((line, dict(env or {})))
            assert 0 < timeout <= 3
            return next((answer for key, answer in answers.items() if key in line), NotDone(f"{argv[0]} was not found"))

        return run

    return make
