"""security/: who can read the secrets."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, Remedy, Severity, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.files import SecretFiles

OTHERS = 0o077
STICKY = 0o1000


@check("security/readable-by-others", Severity.ERROR, tags={"security", "smoke"})
def readable_by_others(secret_files: SecretFiles) -> Iterator[Finding]:
    """A file with secrets that group or others can read, or replace."""
    for file in secret_files.files:
        if file.mode & OTHERS:
            yield Finding(
                "security/readable-by-others",
                Severity.ERROR,
                f"A file that holds secrets has mode {file.mode:04o}: other users can {_what(file.mode)} it",
                where=Location(file.path),
                remedy=Remedy("Make it private.", (f"chmod 600 {shlex.quote(file.path)}",), "auto"),
            )
    for folder in secret_files.directories:
        # A group of one's own user is common and harmless to write to; what counts is who else could replace files.
        if folder.mode & 0o002 and not folder.mode & STICKY:
            yield Finding(
                "security/readable-by-others",
                Severity.ERROR,
                f"A directory above secrets has mode {folder.mode:04o}: any user can replace the files in it",
                where=Location(folder.path),
                remedy=Remedy("Take the right to write away.", (f"chmod o-w {shlex.quote(folder.path)}",), "auto"),
            )


def _what(mode: int) -> str:
    words = [word for bits, word in ((0o044, "read"), (0o022, "change")) if mode & bits]
    return " and ".join(words) or "run"
