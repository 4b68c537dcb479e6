"""What a service's command line names, as it is on the disk: files that are gone, Nodes that will be, `claude`.

Only looks (user-pain FM 25, 34). What may not be looked at is not called missing.
"""

from __future__ import annotations

import os
from itertools import pairwise, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIXED_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # where systemd looks for a bare name
FIRST_LINE = 256  # bytes; the kernel takes no more of a `#!` line either


@frozen
class ServiceCommand:
    """`broken`: (path, what is wrong with it); `managed`: the first path that belongs to a version manager.

    `unknown` says why something could not be looked at. `claude` is the one that the service finds, "" where it finds
    none; None: its PATH is not known. `replaceable`: `gateway install --force` puts another command in its place.
    """

    broken: tuple[tuple[str, str], ...] = ()
    unknown: str = ""
    managed: str = ""
    system_node: str = ""
    path: str = ""
    claude: str | None = None
    replaceable: bool = False


def inspect(argv: Sequence[str], path: str | None, *, replaceable: bool = False) -> ServiceCommand:
    """Looks at the program part of a command line; `path` is the service's PATH, None where that is not known."""
    from shutil import which

    from openclaw.service.install import SYSTEM_NODES, VERSION_MANAGERS

    files = tuple(_files(argv, path))
    problems = [(name, _problem(name, runs=number == 0)) for number, name in enumerate(files)]
    broken = [(name, wrong) for name, wrong in problems if wrong]
    if files and not broken:
        broken = list(_needs_broken(files[0], argv, path))
    started = (*files, *_run_by(files, argv, path))
    managed = (name for name in _with_targets(started) if any(mark in name for mark in VERSION_MANAGERS))
    return ServiceCommand(
        broken=tuple(broken),
        unknown=next((f"{name} may not be looked at" for name, wrong in problems if wrong is None), "")
        or _unfound(files, argv, path),
        managed=next(managed, ""),
        system_node=next((name for name in SYSTEM_NODES if os.access(name, os.X_OK)), ""),
        path=path or "",
        claude=None if path is None else which("claude", path=path) or "",
        replaceable=replaceable,
    )


def _files(argv: Sequence[str], path: str | None) -> Iterator[str]:
    """The program and the files that it is to run: absolute words before `gateway`, not the values of options.

    A word with a variable or a specifier that nobody resolved is left out.
    """
    from shutil import which

    for number, word in enumerate(takewhile(lambda word: word != "gateway", argv)):
        if "$" in word or "%" in word:
            continue
        if number == 0 and "/" not in word:
            yield which(word, path=FIXED_PATH) or word
        elif word.startswith("/") and (number == 0 or not argv[number - 1].startswith("-")):
            yield word
    if path is not None and (name := _of_env(argv)) and (found := which(name, path=path)):
        yield found


def _run_by(files: Sequence[str], argv: Sequence[str], path: str | None) -> Iterator[str]:
    """What else runs: the program that a shell is to start, and the interpreters of scripts, found on the PATH."""
    from shutil import which

    inner = tuple(_of_shell(argv, path))
    yield from inner
    behind = files[1:] if argv and _is_env(argv[0]) else ()
    for program in (*files[:1], *inner[:1], *behind):
        for need in _interpreters(program, argv):
            if found := need if need.startswith("/") else path is not None and which(need, path=path):
                yield found


def _unfound(files: Sequence[str], argv: Sequence[str], path: str | None) -> str:
    """Why what runs the program is not known; "" where it is."""
    needed = [need for program in files[:1] for need in _interpreters(program, argv) if not need.startswith("/")]
    return f"which {needed[0]} it takes is not known: its PATH is not" if needed and path is None else ""


def _of_shell(argv: Sequence[str], path: str | None) -> Iterator[str]:
    """The files of `sh -c '…'`: the program, wherever the PATH has it, and the absolute paths behind it."""
    name = argv[0].rpartition("/")[2] if argv else ""
    script = next((text for option, text in pairwise(argv[1:]) if option[:1] == "-" and option.endswith("c")), "")
    if name not in ("sh", "bash", "dash", "zsh") or not script:
        return
    import shlex
    from shutil import which

    try:
        words = [word for word in shlex.split(script) if word not in ("exec", "export") and "=" not in word]
    except ValueError:
        return
    for number, word in enumerate(takewhile(lambda word: word != "gateway", words)):
        if word.startswith("/") and "$" not in word:
            yield word
        elif number == 0 and path is not None and (found := which(word, path=path)):
            yield found


def _of_env(argv: Sequence[str]) -> str:
    """The program that `env` is to start; "" where it has options, or is not what is started."""
    if not argv or not _is_env(argv[0]):
        return ""
    name = next((word for word in argv[1:] if "=" not in word), "")
    return "" if name.startswith("-") else name


def _problem(name: str, *, runs: bool) -> str | None:
    """What is wrong with a file; "" is nothing, None is not known."""
    if "/" not in name:
        return "is in none of the directories in which services are looked for"
    try:
        Path(name).stat()
    except PermissionError:
        return None
    except OSError:
        return f"is a link to {os.readlink(name)}, which is gone" if os.path.islink(name) else "does not exist"  # noqa: PTH114, PTH115
    if runs and Path(name).is_dir():
        return "is a directory"
    if not os.access(name, os.X_OK if runs else os.R_OK):
        return "is not executable" if runs else "cannot be read"
    return ""


def _needs_broken(program: str, argv: Sequence[str], path: str | None) -> Iterator[tuple[str, str]]:
    """What a script, or `env`, starts in its turn, where that cannot be found."""
    from shutil import which

    for need in _interpreters(program, argv):
        if need.startswith("/"):
            if wrong := _problem(need, runs=True):
                yield need, f"{wrong}, and {program} needs it"
        elif path is not None and which(need, path=path) is None:
            yield need, f"is not on the service's PATH, and {program} needs it"


def _interpreters(program: str, argv: Sequence[str]) -> tuple[str, ...]:
    """`("/usr/bin/env", "node")` for a script that begins with `#!/usr/bin/env node`."""
    if _is_env(program):
        return (name,) if (name := _of_env(argv)) else ()
    try:
        with open(program, "rb") as file:  # noqa: PTH123
            first = file.read(FIRST_LINE).split(b"\n", 1)[0]
    except OSError:
        return ()
    words = first[2:].decode("utf-8", "replace").split() if first.startswith(b"#!") else []
    started = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    return (words[0], *(started[:1] if _is_env(words[0]) else ())) if words else ()


def _is_env(program: str) -> bool:
    return program.rpartition("/")[2] == "env"


def _with_targets(files: Sequence[str]) -> Iterator[str]:
    """Each file, then what it is a link to."""
    for name in files:
        yield name
        yield os.path.realpath(name)
