"""Directories that a change needs: made private, remembered, and removed again when they are empty."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_os = os  # the seam of the fault tests, as in `atomic`

PRIVATE = 0o700


def missing(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The directories above `paths` that do not exist, outermost first."""
    found: dict[Path, None] = {}
    for path in paths:
        parents = [parent for parent in path.parents if not os.path.lexists(parent)]
        found |= dict.fromkeys(reversed(parents))
    return tuple(found)


def make(directories: Iterable[Path]) -> None:
    """Makes directories, outermost first; as root, each gets the owner of the one it is in. What exists is fine."""
    for path in directories:
        make_new(path)


def make_new(path: Path) -> bool:
    """Makes one directory; False when there is something at `path` already."""
    try:
        _os.mkdir(path, PRIVATE)
    except FileExistsError:
        return False
    except OSError as error:
        raise Failure(f"The directory could not be made: {error.strerror}.", path=path) from error
    try:
        if _os.geteuid() == 0:
            parent = _os.stat(path.parent)
            _os.chown(path, parent.st_uid, parent.st_gid, follow_symlinks=False)
    except OSError as error:
        with contextlib.suppress(Failure):
            remove_empty([path])
        raise Failure(f"The directory could not be given to its owner: {error.strerror}.", path=path) from error
    return True


def remove_empty(directories: Iterable[Path]) -> None:
    """Removes those of the directories that are empty, innermost first. What is in use or gone already is fine."""
    fine = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EBUSY)
    for path in sorted(directories, key=lambda path: len(path.parts), reverse=True):
        try:
            _os.rmdir(path)
        except OSError as error:
            if error.errno not in fine:
                raise Failure(f"The directory could not be removed: {error.strerror}.", path=path) from error
