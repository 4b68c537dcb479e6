"""Printed commands taken apart: those of ours are parsed by our own parser, all of them by a shell, none is run."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

import click

from openclaw.cli import root
from openclaw.commands.real import handing_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Of the real OpenClaw, which takes them from us: nothing else of that name may be printed.
THEIRS = (("gateway", "run"), ("config", "set"))
BETWEEN = {"|", "||", "&&", ";", "&"}


def refused_by_shell(commands: Iterable[str]) -> list[str]:
    """Those that are no shell syntax."""
    listed = list(commands)
    if not _syntax_error("\n".join(listed)):
        return []
    return [command for command in listed if _syntax_error(command)]


def _syntax_error(text: str) -> bool:
    done = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False, timeout=20)
    return bool(done.returncode)


def ours(command: str, name: str) -> Iterator[list[str]]:
    """The arguments of every call of this program in a command line; it is called `name` there."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    first = name.split()
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word in BETWEEN:
            for start in (first, ["openclaw"]):
                if words[: len(start)] == start:
                    yield words[len(start) :]
                    break
            words = []
        else:
            words.append(word)


def trouble(arguments: list[str]) -> str:
    """Why our parser does not take these arguments; "" where it does. Nothing is invoked."""
    try:
        return _walk(arguments)
    except click.exceptions.Exit:
        return ""  # --help, --version
    except click.ClickException as error:
        return error.format_message()


def _walk(arguments: list[str]) -> str:
    context = root.make_context("openclaw", list(arguments))
    while isinstance(context.command, click.Group):
        rest = [*context._protected_args, *context.args]
        if not rest:
            return "" if context.command.invoke_without_command else "which command?"
        name, command, more = context.command.resolve_command(context, rest)
        if command is None or name is None:
            return f"no command {rest[0]}"
        if command is handing_over:
            return "" if tuple(arguments[:2]) in THEIRS else f"{arguments[:2]} is no command of ours"
        context = command.make_context(name, more, parent=context)
    return ""
