"""The real OpenClaw beside this program: finding it on PATH, and handing over what this program does not do.

Both are called `openclaw`. This program must never hand over to itself, however it is installed (console script,
symlink, pipx, a wrapper script), so a candidate counts as ours when it leads to our own files. What gets past that
comes back here: a mark in the environment then tells which candidates were tried, and the next one is.
"""

from __future__ import annotations

import os
import re
import sys
from itertools import pairwise, takewhile
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
OPTION = " --profile "
OF_PROFILE = ("OPENCLAW_PROFILE", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH")  # what that option sets (cli.py)
# A call in a shell command line: behind variables or sudo too, and what follows it. What is quoted is passed over.
CALL = (
    r"""'[^']*'|"(?:\\.|[^"\\])*"|(?P<before>(?:^|[|&;(]\s*)(?:\w+=\S* )*(?:sudo (?:-u \S+ |-(?!u )\w+ )*)?)"""
    r"openclaw (?P<word>\S+)"
)
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
    """What to type to get this program in the installation that `env` means: its name, and `--profile` where given.

    What the user's shell has set (OPENCLAW_STATE_DIR, OPENCLAW_PROFILE) it will have again; what `--profile` added to
    our own environment is gone with this process.
    """
    profile = env.get("OPENCLAW_PROFILE", "")
    added = profile and any(env.get(name) != os.environ.get(name) for name in OF_PROFILE)
    return f"{program_name(env)}{OPTION}{profile}" if added else program_name(env)


def name_in(arguments: Sequence[str]) -> str:
    """The same for a command line of this process, of which nothing but the words may be known yet."""
    from openclaw.cli import split

    options = split(arguments)[0]
    given = [option.partition("=")[2] for option in options if option.startswith("--profile=")]
    given += [value for option, value in pairwise(options) if option == "--profile"]
    given += ["dev"] if "--dev" in options else []
    name = program_name(os.environ)
    return f"{name}{OPTION}{given[0]}" if given and re.fullmatch(r"\w[\w-]*", given[0], re.ASCII) else name


def program_name(env: Mapping[str, str]) -> str:
    """`openclaw` where that is this program, else `openclaw-onboard`, else the whole path."""
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
    """A command line as it can be typed here: `name` wherever this program is called in it, in pipes and chains too.

    What the real OpenClaw is asked (`openclaw config set`) keeps its name, and gets the `--profile` that `name` has.
    What another host is asked (`ssh host openclaw doctor`) is left alone.
    """
    if f"{NAME} " not in command or name == NAME:
        return command
    if not command.startswith(f"{NAME} ") or any(sign in command for sign in "|&;"):
        return re.sub(CALL, lambda match: _called(match[0], match["before"], match["word"], name), command)
    return _called(command, "", command.split(" ", 2)[1], name)


def _called(text: str, before: str | None, word: str | None, name: str) -> str:
    """A call of this program or of the real one, under the right name; `word` is None for what is none."""
    from openclaw.cli import COMMANDS

    if word is None or before is None or (word.startswith("-") and word != "--help"):
        return text
    own = word in COMMANDS or word == "--help"
    return f"{before}{name if own else NAME + ''.join(name.partition(OPTION)[1:])}{text[len(before) + len(NAME) :]}"


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
            commands=("which -a openclaw", INSTALL_COMMAND),
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
