"""The real OpenClaw beside this program: finding it on PATH, and handing over what this program does not do.

Both are called `openclaw`. This program must never hand over to itself, however it is installed (console script,
symlink, pipx, a wrapper script), so a candidate counts as ours when it leads to our own files. What gets past that
comes back here: a mark in the environment then tells which candidates were tried, and the next one is.
"""

from __future__ import annotations

import os
import re
import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

NAME = "openclaw"
OUR_NAME = "openclaw-onboard"
MARK = "OPENCLAW_ONBOARD_HANDOVER"  # "<pid>:<depth>:<tried>…": an exec keeps the pid, so our own pid there is a loop
MAX_DEPTH = 8  # handovers inside each other, for wrappers that start us as a process of their own
GROUPS = ("models", "gateway", "config", "channels", "agents")  # whose second word is a command as well
INSTALL_COMMAND = "npm install -g openclaw@latest"
OUR_TEXT = (b"openclaw.cli", b"openclaw-onboard", b"openclaw_onboard", b"-m openclaw")


def find_real(env: Mapping[str, str], tried: Collection[str] = ()) -> Path | None:
    """The next `openclaw` on PATH that is not this program; None where there is none."""
    return next((path for path in candidates(env) if str(path) not in tried and not is_ours(path)), None)


def candidates(env: Mapping[str, str], name: str = NAME) -> Iterator[Path]:
    """Every executable of that name on PATH, in order, each once."""
    paths = (Path(folder or ".") / name for folder in env.get("PATH", os.defpath).split(os.pathsep))
    for path in dict.fromkeys(paths):
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113 - Path.is_file raises on locked folders
            yield path


def is_ours(path: Path) -> bool:
    """Whether an executable is this program: one of our own scripts, a link to one, or a script that starts us."""
    real = path.resolve()
    if real in {Path(sys.argv[0]).resolve(), Path(sys.prefix).resolve() / "bin" / NAME}:
        return True
    try:
        with real.open("rb") as file:
            head = file.read(8192)
    except OSError:
        return False
    if not head.startswith(b"#!"):
        return False
    # A comment proves nothing: a wrapper of the real one may mention us. The first line tells the interpreter.
    lines = head.split(b"\n")
    code = [lines[0], *(line for line in lines[1:] if not line.lstrip().startswith(b"#"))]
    return any(text in line or _starts_us(line) for line in code for text in OUR_TEXT)


def _starts_us(line: bytes) -> bool:
    """A line that clears the environment, and our mark with it, and hands its arguments to one of our own files.

    Other wrappers are told by the mark; a real one that happens to name our files stays a real one.
    """
    if b"$@" not in line or not re.search(rb"\benv\s+-i?\s|\b(sudo|doas|su|runuser)\s", line):
        return False
    ours = {Path(sys.argv[0]).resolve(), (Path(sys.prefix) / "bin" / NAME).resolve()}
    words = re.findall(rb"/[^\s\"';|&<>$()]+", line)[:20]
    return any(Path(os.fsdecode(word)).resolve() in ours for word in words)


def _command_words(arguments: Sequence[str]) -> list[str]:
    """The words that name a command: at most three, no values, they may be secrets; the flag that made it theirs."""
    from openclaw.cli import THEIRS

    words = list(takewhile(lambda word: re.fullmatch(r"[a-z][a-z-]*", word), arguments[:3]))
    words = words[: 3 if words[:2] == ["models", "auth"] else 2 if words[:1] and words[0] in GROUPS else 1]
    return words + sorted(THEIRS.get("".join(words[:1]), frozenset()) & set(arguments))[:1]


def our_name(env: Mapping[str, str]) -> str:
    """What to type to get this program: `openclaw` where that is us, else `openclaw-onboard`, else the whole path."""
    from shlex import quote

    first = next(candidates(env), None)
    if first and is_ours(first):
        return NAME
    if next(candidates(env, OUR_NAME), None):
        return OUR_NAME
    script = Path(sys.argv[0])
    if script.name in (NAME, OUR_NAME):
        return quote(str(script.absolute()))
    return f"{quote(sys.executable)} -m openclaw"


def runnable(command: str, name: str) -> str:
    """A command of this program as it can be typed here; any other command as it is."""
    from openclaw.cli import COMMANDS

    words = command.split(" ", 2)
    ours = len(words) > 1 and words[0] == NAME and (words[1] in COMMANDS or words[1] == "--help")
    return f"{name}{command[len(NAME) :]}" if ours else command


def hand_over(arguments: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Replaces this process by the real OpenClaw with these arguments. Raises Failure where there is none."""
    depth, tried = _mark(env)
    target = find_real(env, tried) if depth <= MAX_DEPTH else None
    if target is None:
        raise _nowhere(arguments, env, tried, looped=depth > MAX_DEPTH)
    mark = os.pathsep.join([str(os.getpid()), str(depth), *tried, str(target)])
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        os.execve(target, [str(target), *arguments], {**env, MARK: mark})  # noqa: S606
    except OSError as error:
        raise Failure(f"{target} could not be started: {error.strerror}", commands=(INSTALL_COMMAND,)) from error


def _mark(env: Mapping[str, str]) -> tuple[int, list[str]]:
    """How deep this handover is, and the candidates that led back to this very process."""
    pid, depth, *tried = [*env.get(MARK, "").split(os.pathsep), "", ""]
    if pid == str(os.getpid()):
        return int(depth) if depth.isascii() and depth.isdigit() else 1, [path for path in tried if path]
    return (int(depth) + 1 if depth.isascii() and depth.isdigit() and len(depth) < 9 else 1), []


def _nowhere(arguments: Sequence[str], env: Mapping[str, str], tried: Sequence[str], *, looped: bool) -> Failure:
    if looped or tried:
        culprit = tried[0] if tried else next((str(path) for path in candidates(env) if not is_ours(path)), NAME)
        return Failure(
            f"{culprit} leads back to this program",
            hint="another `openclaw` on PATH starts openclaw-onboard, and the real one was not found behind it",
            commands=("type -a openclaw", INSTALL_COMMAND),
        )
    from openclaw.cli import COMMANDS, split

    words = list(split(arguments)[1])
    name = next(iter(words), "")
    shown = " ".join([NAME, *_command_words(words)])
    return Failure(
        f"`{shown}` belongs to OpenClaw itself, which was not found on PATH",
        hint=_meant(name, COMMANDS) or "install it, or use the commands of this program (openclaw --help)",
        commands=(INSTALL_COMMAND,),
    )


def _meant(name: str, known: Collection[str]) -> str:
    """What a mistyped command of ours was probably meant to be."""
    from difflib import get_close_matches

    found = get_close_matches(name, known, 1, 0.75) if name not in known else []
    return f"did you mean `{NAME} {found[0]}`? If not, install OpenClaw" if found else ""
