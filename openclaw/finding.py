"""What a check reports: plain values that compare by value, so that a test is an equality."""

from __future__ import annotations

from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

FixClass = Literal["auto", "confirm", "manual"]


class Severity(IntEnum):
    """How bad. `error`: will not work; `warning`: works now, or only partly; `info`: worth knowing."""

    INFO = 10
    WARNING = 20
    ERROR = 30

    @property
    def word(self) -> str:
        """The name in JSON and on the command line."""
        return self.name.lower()


@frozen
class Location:
    """A place in a file. `path` is absolute; `line` and `column` count from 1."""

    path: str
    line: int | None = None
    column: int | None = None


@frozen
class Remedy:
    """What to do: in words, as exact commands for this host, and whether the doctor could do it."""

    text: str = ""
    commands: tuple[str, ...] = ()
    fix: FixClass = "manual"


@frozen
class Finding:
    """One fact that somebody should know. `target` and the path identify it over time; the message may be reworded."""

    check_id: str
    severity: Severity
    message: str
    target: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    where: Location | None = None
    remedy: Remedy | None = None

    @property
    def fingerprint(self) -> str:
        """16 hex digits over check id, path and target: stable over rewording and line moves."""
        from openclaw.digest import sha256

        parts = (self.check_id, self.where.path if self.where else "", self.target)
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass"))[:16]
