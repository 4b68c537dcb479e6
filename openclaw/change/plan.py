"""A plan: plain-data changes that can be previewed, exported, applied and undone. Nothing here does anything."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openclaw.secret import Secret

KeyPath = tuple[str | int, ...]
PRIVATE = 0o600


@frozen
class SetKey:
    """Set one key of a JSON5 document. `value` is JSON data whose leaves may be `Secret`.

    `locked`: the file is a credential store, edited under OpenClaw's lock. `template` is the text that an absent file
    starts from.
    """

    path: Path
    keys: KeyPath
    value: Any = field(repr=False)
    locked: bool = False
    template: str = "{}\n"
    why: str = ""


@frozen
class DeleteKey:
    """Delete one key of a JSON5 document; a missing one is fine."""

    path: Path
    keys: KeyPath
    locked: bool = False
    why: str = ""


@frozen
class SetVariable:
    """Set one variable of an env file, in a form that Node's dotenv, python-dotenv, systemd and sh read alike."""

    path: Path
    name: str
    value: Secret
    why: str = ""


@frozen
class DeleteVariable:
    """Delete one variable of an env file; a missing one is fine."""

    path: Path
    name: str
    why: str = ""


@frozen
class Reencode:
    """Write an env file in UTF-8 with LF line ends and without a byte order mark; its lines stay."""

    path: Path
    why: str = ""


@frozen
class WriteFile:
    """Write a whole file of ours (a unit, a drop-in). Never used for a file that has other owners' content."""

    path: Path
    data: bytes = field(repr=False)
    mode: int = PRIVATE
    why: str = ""


@frozen
class RemoveFile:
    """Remove a file; a missing one is fine."""

    path: Path
    why: str = ""


@frozen
class MoveFile:
    """Move a file aside; the target must not exist."""

    path: Path
    target: Path
    why: str = ""


@frozen
class Chmod:
    """Set the permission bits of a file or directory."""

    path: Path
    mode: int
    why: str = ""


@frozen
class Run:
    """Run another program. It cannot be undone by us, which the preview says. Secrets go to its standard input only."""

    argv: tuple[str, ...]
    stdin: Secret | None = None
    env: Mapping[str, str] | None = field(default=None, repr=False)
    timeout: float = 60.0  # seconds
    why: str = ""


Change = SetKey | DeleteKey | SetVariable | DeleteVariable | Reencode | WriteFile | RemoveFile | MoveFile | Chmod | Run
Plan = tuple[Change, ...]


def secrets_of(plan: Plan) -> Iterator[Secret]:
    """Every secret that the plan carries: what a preview or an error text must not show."""
    from openclaw.secret import Secret

    def leaves(value: Any) -> Iterator[Secret]:
        if isinstance(value, Secret):
            yield value
        elif isinstance(value, dict):
            for item in value.values():
                yield from leaves(item)
        elif isinstance(value, list | tuple):
            for item in value:
                yield from leaves(item)

    for change in plan:
        if isinstance(change, SetKey | SetVariable):
            yield from leaves(change.value)
        elif isinstance(change, Run) and change.stdin is not None:
            yield change.stdin
