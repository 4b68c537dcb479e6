"""Reading the small files of others: regular ones only, up to a size, and nothing that could be waited for."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, most: int) -> str | None:
    """The text; None where there is no file, or one of another kind or size. Raises OSError where it is closed."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            return None
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
