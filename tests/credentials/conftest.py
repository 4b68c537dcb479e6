"""Installations made of a few files, for the tests of stores, resolution and status."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw import installation
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.installation import Installation

NOW = 1_770_000_000_000


@dataclass(frozen=True, slots=True)
class Host:
    """A throw-away home directory."""

    home: Path

    @property
    def state(self) -> Path:
        return self.home / ".openclaw"

    def store_path(self, agent: str = "main") -> Path:
        return self.state / "agents" / agent / "agent" / "auth-profiles.json"

    def store(self, content: Any, agent: str = "main") -> Path:
        """Writes a store: a document, or text or bytes as they are."""
        return self.write(self.store_path(agent), content)

    def config(self, content: Any) -> Path:
        return self.write(self.state / "openclaw.json", content)

    def write(self, path: Path, content: Any) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def load(self, env: Mapping[str, str] | None = None) -> Installation:
        """The installation as a command would see it; no program is on PATH."""
        full = {"HOME": str(self.home), "PATH": "", **(env or {})}
        return installation.load(Invocation(full, self.home, self.home, NOW))


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that other users may look into; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory(prefix="openclaw-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """An empty home."""
    return Host(tmp_path)
