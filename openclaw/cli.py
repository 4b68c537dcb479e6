"""The root command: names, import strings and help lines. Nothing is imported until it is needed."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

import click

from openclaw import __version__
from openclaw.errors import Failure, RootUsageFailure, UsageFailure
from openclaw.exits import Exit
from openclaw.lazy import ARGUMENTS, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "onboard": ("wizard.command:onboard", "Set up model credentials for the gateway on this machine."),
    "doctor": ("doctor.command:doctor", "Find out why credentials do not work, and what to do about it."),
    "models": ("openclaw.commands.models:models", "Show and change which model credential is used."),
    "gateway": ("openclaw.commands.gateway:gateway", "Look at, start, stop and install the gateway's service."),
    "undo": ("openclaw.commands.undo:undo", "Take back a change that this program made."),
    "real": ("openclaw.commands.real:real", "Run the real OpenClaw, whatever the command is called."),
}
# Modes of commands that are called the same in both programs and that only the real one has.
THEIRS = {"doctor": frozenset({"--lint", "--deep", "--post-upgrade", "--state-sqlite", "--session-sqlite"})}
# With these the real doctor changes things, logins too (openclaw-new §0.10): only `openclaw real doctor` runs that.
NEVER_THEIRS = {"doctor": frozenset({"--fix", "--repair", "--yes", "--force", "--generate-gateway-token"})}
EPILOG = "Commands that are not listed here are handed over to the real OpenClaw on PATH."
JSON_OPTIONS = ("--json", "--status-json")
WITH_VALUE = ("--profile", "--log-level", "--container")  # root options, ours and the real one's


@click.group(
    "openclaw",
    cls=LazyGroup,
    lazy=COMMANDS,
    theirs=THEIRS,
    never=NEVER_THEIRS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="openclaw-onboard")
@click.option("--profile", metavar="NAME", help="Use the installation ~/.openclaw-NAME.")
@click.option("--dev", is_flag=True, help="The same as --profile dev.")
@click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR=1.")
@click.option("--log-level", metavar="LEVEL", hidden=True, help="Of the real OpenClaw; this program keeps no log.")
@click.option("--container", metavar="NAME", hidden=True, help="Of the real OpenClaw, which then runs the command.")
@click.pass_context
def root(
    ctx: click.Context,
    *,
    profile: str | None,
    dev: bool,
    no_color: bool,
    log_level: str | None,  # noqa: ARG001
    container: str | None,
) -> None:
    """Set up, show and repair the model credentials of an OpenClaw gateway host."""
    ctx.meta[ARGUMENTS] = ctx.obj
    ctx.obj = _environment(profile, dev)
    if no_color:
        ctx.obj["NO_COLOR"] = "1"
    if container is not None:
        from openclaw.handover import hand_over

        hand_over(ctx.meta[ARGUMENTS], os.environ)


def _environment(profile: str | None, dev: bool) -> dict[str, str]:
    """The process environment with what `--profile` or `--dev` adds (auth-spec §1.4)."""
    from openclaw.home import profile_environment, user_home

    env = dict(os.environ)
    if dev and profile is not None:
        raise RootUsageFailure("--dev and --profile cannot be used together", hint="--dev means --profile dev")
    name = "dev" if dev else profile
    if name is not None:
        env |= profile_environment(name, env, user_home(env))
    return env


def split(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """A command line as root options and the rest, which begins with the command's name."""
    index = 0
    while index < len(args) and args[index].startswith("-") and args[index] != "--":
        index += 2 if args[index] in WITH_VALUE else 1
    return list(args[:index]), list(args[index:])


def wants_json(args: Sequence[str]) -> bool:
    """Whether a command line asks for a document, even one that could not be parsed."""
    options = args[: args.index("--")] if "--" in args else args
    spelt = "--format=json" in options or ("--format", "json") in pairwise(options)
    return spelt or any(option in options for option in JSON_OPTIONS)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console script. Every expected failure ends in a sentence on stderr and its exit code."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(args))


def run(args: list[str]) -> int:
    """Runs a command line and returns its exit code; never a traceback for anything that was expected."""
    try:
        _prepare_output(args)
        code = _attempt(args)
        sys.stdout.flush()
    except BrokenPipeError:
        return _without_output(Exit.FAILED)
    except KeyboardInterrupt:  # a second one, while the first was being told
        return Exit.INTERRUPTED
    except OSError as error:  # standard output is full, say
        return _without_output(_failed(_of_system(error), [arg for arg in args if arg not in JSON_OPTIONS]))
    return code


def _attempt(args: list[str]) -> int:
    try:
        code = root.main(args=args, prog_name="openclaw", standalone_mode=False, obj=tuple(args))
    except Failure as error:
        return _failed(error, args)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        return _unfinished(error, args)
    except click.UsageError as error:
        return _failed(_usage(error, args), args)
    except click.ClickException as error:
        return _failed(Failure(error.format_message()), args)
    except (click.Abort, KeyboardInterrupt):
        return _interrupted(args)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _failed(_of_system(error), args)
    except Exception as error:  # the one place: nothing may end in a traceback that quotes a secret
        from openclaw.failing import crashed

        return crashed(error, args)
    return code if isinstance(code, int) else Exit.OK


def _prepare_output(args: list[str]) -> None:
    """What a terminal or a file cannot show is escaped, not an error; a JSON document is UTF-8 everywhere.

    Streams that were closed before we started are /dev/null: else the next file that is opened would be one of them.
    """
    from io import TextIOWrapper

    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r+" if descriptor else "r"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if wants_json(args) and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _usage(error: click.UsageError, args: Sequence[str]) -> UsageFailure:
    """The root's own usage errors exit 2 whatever follows; click leaves out the context where a value is missing."""
    command = split(args)[1]
    path = error.ctx.command_path if error.ctx else " ".join(["openclaw", *command[:1]])
    at_root = not command if error.ctx is None else error.ctx.parent is None
    kind = RootUsageFailure if at_root else UsageFailure
    return kind(error.format_message(), commands=(f"{path} --help",))


def _unfinished(error: click.UsageError, args: list[str]) -> int:
    """A group without a command: its help, on stderr because it is not what was asked for."""
    from openclaw.failing import exit_code, explain

    failure = _usage(error, args)
    failure.message = f"{error.ctx.command_path if error.ctx else 'openclaw'}: which command?"
    if error.ctx:
        click.echo(error.ctx.get_help() + "\n", err=True)
    explain(failure, args)
    return exit_code(failure, args)


def _of_system(error: OSError) -> Failure:
    from pathlib import Path

    path = Path(error.filename) if isinstance(error.filename, str) else None
    return Failure(error.strerror or type(error).__name__, path=path)


def _failed(error: Failure, args: list[str]) -> int:
    from openclaw.failing import exit_code, explain

    explain(error, args)
    return exit_code(error, args)


def _interrupted(args: list[str]) -> int:
    from openclaw.failing import interrupted

    interrupted(args)
    return Exit.INTERRUPTED


def _without_output(code: int) -> int:
    # The reader is gone, or the disk is full; without this the interpreter would try, and complain, once more at exit.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return code
