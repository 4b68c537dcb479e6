"""Where this program keeps what is its own: journal, snapshots, last answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def folder_for(state_dir: Path, env: Mapping[str, str], user: Path) -> Path:
    """Where this program keeps what it knows about the installation in `state_dir`. Makes nothing."""
    from openclaw.digest import sha256

    base = Path(env.get("XDG_STATE_HOME") or "")
    if not base.is_absolute():  # as the XDG specification wants it
        base = user / ".local" / "state"
    digest = sha256(os.fsencode(state_dir))[:8]
    return base / "openclaw-onboard" / f"{state_dir.name.lstrip('.') or 'state'}-{digest}"
