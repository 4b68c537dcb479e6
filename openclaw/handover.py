"""The real OpenClaw beside this program: finding it on PATH, and handing over what this program does not do.

Both are called `openclaw`. This program must never hand over to itself, however it is installed (console script, symlink,
pipx, a wrapper script), so a candidate counts as ours when it leads to our own files, and a mark in the environment ends
a loop that gets past that.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAME = "openclaw"
OUR_NAME = "openclaw-onboard"
MARK = "OPENCLAW_ONBOARD_HANDOVER"  # "<pid>:<depth>": an exec keeps the pid, so finding our own there is a loop
MAX_DEPTH = 8
INSTALL_COMMAND = "npm install -g openclaw@latest"
OUR_TEXT = (b"openclaw.cli", b"openclaw-onboard", b"openclaw_onboard", b"-m openclaw")


def find_real(env: Mapping[str, str]) -> Path | None:
    """The next `openclaw` on PATH that is not this program; None where there is none."""
    return next((path for path in candidates(env) if not is_ours(path)), None)


def candidates(env: Mapping[str, str]) -> Iterator[Path]:
    """Every executable `openclaw` on PATH, in order, each once."""
    seen: set[str] = set()
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        path = Path(folder or ".") / NAME
        if str(path) not in seen and path.is_file() and os.access(path, os.X_OK):
            seen.add(str(path))
            yield path


def is_ours(path: Path) -> bool:
    """Whether an executable is this program: one of our own scripts, a link to one, or a script that starts us."""
    real = path.resolve()
    ours = {Path(sys.argv[0]).resolve(), Path(sys.prefix).resolve() / "bin" / NAME}
    if real in ours or (real.parent / OUR_NAME).exists():
        return True
    try:
        with real.open("rb") as file:
            head = file.read(8192)
    except OSError:
        return False
    return head.startswith(b"#!") and any(text in head for text in OUR_TEXT)


def our_name(env: Mapping[str, str]) -> str:
    """What to type to get this program: `openclaw` where that is us, else `openclaw-onboard`, else the whole path."""
    first = next(candidates(env), None)
    if first and is_ours(first):
        return NAME
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        if (Path(folder or ".") / OUR_NAME).is_file():
            return OUR_NAME
    script = Path(sys.argv[0])
    return str(script.absolute()) if script.name in (NAME, OUR_NAME) else f"{sys.executable} -m openclaw"


def runnable(command: str, name: str) -> str:
    """A command of this program as it can be typed here; any other command as it is."""
    from openclaw.cli import COMMANDS

    words = command.split(" ", 2)
    ours = len(words) > 1 and words[0] == NAME and words[1] in COMMANDS
    return f"{name}{command[len(NAME) :]}" if ours else command


def hand_over(arguments: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Replaces this process by the real OpenClaw with these arguments."""
    target = find_real(env)
    shown = " ".join([NAME, *arguments[:2]])
    if target is None:
        raise Failure(
            f"`{shown}` belongs to OpenClaw itself, which was not found on PATH",
            hint="install it, or use the commands of this program (openclaw --help)",
            commands=(INSTALL_COMMAND,),
        )
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execve(target, [str(target), *arguments], {**env, MARK: _next_mark(env, target)})  # noqa: S606
    except OSError as error:
        raise Failure(f"{target} could not be started: {error.strerror}", commands=(INSTALL_COMMAND,)) from error


def _next_mark(env: Mapping[str, str], target: Path) -> str:
    pid, _, depth = env.get(MARK, "").partition(":")
    count = int(depth) + 1 if depth.isascii() and depth.isdigit() else 1
    if pid == str(os.getpid()) or count > MAX_DEPTH:
        raise Failure(
            f"{target} leads back to this program",
            hint="another `openclaw` on PATH starts openclaw-onboard; remove it or put the real one first",
            commands=("type -a openclaw", INSTALL_COMMAND),
        )
    return f"{os.getpid()}:{count}"
