"""The Claude Code CLI: where it is. It is not run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.facts import fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.invocation import Invocation

NAME = "claude"


@dataclass(frozen=True, slots=True)
class Claude:
    """`path` is the first `claude` on PATH; `elsewhere` are usual places that PATH leaves out."""

    path: Path | None
    elsewhere: tuple[Path, ...] = ()


@fact()
def claude(call: Invocation) -> Claude:
    """The Claude CLI on this PATH."""
    return find(call.env, call.user)


def find(env: Mapping[str, str], user: Path) -> Claude:
    """Looks for `claude` on PATH, then where its installers put it."""
    folders = [Path(folder or ".") for folder in env.get("PATH", os.defpath).split(os.pathsep)]
    usual = [user / ".local" / "bin", user / ".claude" / "local", Path("/opt/homebrew/bin"), Path("/usr/local/bin")]
    on_path = next((folder / NAME for folder in folders if _executable(folder / NAME)), None)
    beside = tuple(folder / NAME for folder in usual if folder not in folders and _executable(folder / NAME))
    return Claude(on_path, beside)


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
