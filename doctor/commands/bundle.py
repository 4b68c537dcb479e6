"""`openclaw doctor bundle`: what the checks looked at, without secrets, in one archive to give to somebody else."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from doctor.output import tell
from openclaw.errors import Failure, UsageFailure
from openclaw.exits import Exit
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doctor.bundle import Bundle

STDOUT = "-"


@click.command("bundle")
@click.argument("file", metavar="[FILE]", default="")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Time for collecting all facts."
)
@click.pass_obj
def bundle(env: dict[str, str], /, *, file: str, force: bool, as_json: bool, timeout: float | None) -> Exit:
    """Write facts, report and versions to one zip file, without secrets, to look through and to give away.

    FILE is openclaw-doctor-DATE.zip here by default; - is standard output. It is sent nowhere. Somebody else finds the
    same with `openclaw doctor --facts FILE`. Nothing of the installation is changed.
    """
    call = Invocation.of_process(env)
    path = None if file == STDOUT else call.cwd / (file or _name(call.now))
    if path is None and (as_json or sys.stdout.isatty()):
        why = "the document goes there" if as_json else "it is a terminal"
        raise UsageFailure(f"the archive cannot go to standard output: {why}", hint="name a file")
    if path is not None:
        _check(path, force=force)
    from doctor.bundle import archive, take
    from doctor.registry import known_checks

    made = take(call, known_checks(), seconds=timeout)
    data = archive(made, call.now)
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        sys.stderr.write("\n".join(_lines(made, None, call)) + "\n")
        return Exit.OK
    _write(path, data, force=force)
    tell(json.dumps(_document(made, path), indent=2) if as_json else "\n".join(_lines(made, path, call)))
    return Exit.OK


def _name(now: int) -> str:
    from datetime import UTC, datetime

    return f"openclaw-doctor-{datetime.fromtimestamp(now / 1000, UTC):%Y-%m-%d}.zip"


def _check(path: Path, *, force: bool) -> None:
    """Before anything is collected: nobody waits for what cannot be written."""
    if path.is_dir():
        raise UsageFailure("is a directory", path=path, hint="name the file, too")
    if not path.parent.is_dir():
        raise UsageFailure("cannot be written: its directory does not exist", path=path)
    if path.is_symlink() or path.exists():
        if not force:
            raise _exists(path)
        if path.is_symlink() or not path.is_file():
            raise UsageFailure("is no regular file, so nothing is written over it", path=path)


def _write(path: Path, data: bytes, *, force: bool) -> None:
    """Only for this user, and never through a link."""
    import os

    target = path.with_name(f".{path.name}.{os.getpid()}.part") if force else path
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise Failure(f"cannot be written: {error.strerror or error}", path=path) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if force:
            target.replace(path)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise Failure(f"cannot be written: {error.strerror or error}", path=path) from error


def _exists(path: Path) -> UsageFailure:
    return UsageFailure("exists already", path=path, hint="--force writes over it, or name another file")


def _document(made: Bundle, path: Path) -> dict[str, Any]:
    taken = [
        {"place": item.place, "kind": item.kind, "fingerprint": item.mark, "times": item.times} for item in made.taken
    ]
    return {
        "schemaVersion": 1, "ok": True, "file": str(path), "contents": {name: len(data) for name, data in
        made.files.items()}, "redacted": taken, "leftOut": dict(made.left_out),
    }  # fmt: skip


def _lines(made: Bundle, path: Path | None, call: Invocation) -> Iterator[str]:
    from shlex import quote

    from openclaw.redact import scrub
    from openclaw.text import count, tilde

    yield f"Written to {scrub(tilde(path, call.user))}:" if path else "Written to standard output:"
    width = max(map(len, made.files))
    yield from (f"  {name.ljust(width)}  {len(data):>9,} bytes" for name, data in made.files.items())
    yield f"{count(len(made.taken), 'secret')} and other private values were taken out (redacted.json lists them):"
    yield from (f"  {scrub(item.place)}: {item.kind}, {item.mark}" for item in made.taken[:20])
    if len(made.taken) > 20:
        yield f"  and {len(made.taken) - 20} more"
    yield "Paths, the user's name and the config are in it: look through it before you give it away."
    yield "It was sent nowhere. To see the same elsewhere:"
    yield f"  openclaw doctor --facts {quote(str(path)) if path else 'FILE'}"
