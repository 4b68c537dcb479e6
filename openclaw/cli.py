"""The root command: names, import strings and help lines. Nothing is imported until it is needed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from openclaw import __version__
from openclaw.errors import Failure, UsageFailure
from openclaw.exits import Exit
from openclaw.lazy import LazyGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "onboard": ("wizard.command:onboard", "Set up model credentials for the gateway on this machine."),
    "doctor": ("doctor.command:doctor", "Find out why credentials do not work, and what to do about it."),
    "models": ("openclaw.commands.models:models", "Show and change which model credential is used."),
    "undo": ("openclaw.commands.undo:undo", "Take back a change that this program made."),
    "real": ("openclaw.commands.real:real", "Run the real OpenClaw, whatever the command is called."),
}
# Modes of commands that are called the same in both programs and that only the real one has.
THEIRS = {"doctor": frozenset({"--lint", "--deep", "--post-upgrade", "--state-sqlite", "--session-sqlite"})}
EPILOG = "Commands that are not listed here are handed over to the real OpenClaw on PATH."


@click.group(
    "openclaw",
    cls=LazyGroup,
    lazy=COMMANDS,
    theirs=THEIRS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="openclaw-onboard")
@click.option("--profile", metavar="NAME", help="Use the installation ~/.openclaw-NAME.")
@click.option("--dev", is_flag=True, help="The same as --profile dev.")
@click.pass_context
def root(ctx: click.Context, profile: str | None, dev: bool) -> None:
    """Set up, show and repair the model credentials of an OpenClaw gateway host."""
    ctx.obj = _environment(profile, dev)


def _environment(profile: str | None, dev: bool) -> dict[str, str]:
    """The process environment with what `--profile` or `--dev` adds (auth-spec §1.4)."""
    from openclaw.home import profile_environment, user_home

    env = dict(os.environ)
    if dev and profile is not None:
        raise UsageFailure("--dev and --profile cannot be used together", hint="--dev means --profile dev")
    name = "dev" if dev else profile
    if name is not None:
        env |= profile_environment(name, env, user_home(env))
    return env


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console script. Every expected failure ends in a sentence on stderr and its exit code."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(args))


def run(args: list[str]) -> int:
    """Runs a command line and returns its exit code; never a traceback for anything that was expected."""
    try:
        code = root.main(args=args, prog_name="openclaw", standalone_mode=False)
        sys.stdout.flush()
    except Failure as error:
        return _failed(error, args)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        return _failed(_usage(error), args)
    except click.ClickException as error:
        return _failed(Failure(error.format_message()), args)
    except (click.Abort, KeyboardInterrupt):
        return _interrupted(args)
    except BrokenPipeError:
        return _pipe_closed()
    return code if isinstance(code, int) else Exit.OK


def _usage(error: click.UsageError) -> UsageFailure:
    path = error.ctx.command_path if error.ctx else "openclaw"
    return UsageFailure(error.format_message(), commands=(f"{path} --help",))


def _failed(error: Failure, args: list[str]) -> int:
    from openclaw.failing import exit_code, explain

    explain(error, args)
    return exit_code(error, args)


def _interrupted(args: list[str]) -> int:
    from openclaw.failing import interrupted

    interrupted(args)
    return Exit.INTERRUPTED


def _pipe_closed() -> int:
    # The reader is gone; without this the interpreter would complain about flushing at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.FAILED
