"""`openclaw doctor`: looks and reports; with `--fix` repairs what was agreed to. Its subcommands are import strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from doctor.output import encodes as encodes  # where others look for them
from doctor.output import style_of as style_of
from openclaw.errors import UsageFailure
from openclaw.finding import Severity
from openclaw.invocation import Invocation
from openclaw.lazy import LazyGroup

if TYPE_CHECKING:
    from doctor.request import Request
    from openclaw.exits import Exit
    from openclaw.probing.run import Options

LEVELS = {level.word: level for level in Severity}
FORMATS = "One of: human, json, junit, sarif, github, prometheus, markdown."
SUBCOMMANDS = {
    "bundle": ("doctor.commands.bundle:bundle", "Write what the checks looked at to one file, without secrets."),
    "explain": ("doctor.commands.explain:explain", "Explain a check, or an error that somebody pastes."),
    "silence": ("doctor.commands.silence:silence", "Stop counting a finding, with a reason; show and take back."),
    "list": ("doctor.commands.list:list_", "Show every check: severity, fix class, tags, page."),
    "watch": ("doctor.commands.watch:watch", "Look again and again, and tell what changes."),
}


class _Doctor(LazyGroup):
    """What is no subcommand is a usage error, and not the real program's: its `doctor` changes things."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not args[0].startswith("-") and args[0] not in self.lazy:
            from doctor.select import near

            raise UsageFailure(
                f"doctor has no command `{args[0]}`",
                hint=near(args[0], self.lazy) or "to choose checks, use --only",
                commands=("openclaw doctor --help",),
            )
        return super().resolve_command(ctx, args)


@click.group("doctor", cls=_Doctor, lazy=SUBCOMMANDS, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--format", "form", metavar="FORMAT", default="", help=FORMATS)
@click.option("--output", "output", metavar="[FORMAT:]FILE", multiple=True, help="Write a report to a file, too.")
@click.option("--plain", is_flag=True, help="For screen readers: words instead of signs, no colour, no redrawing.")
@click.option("-v", "--verbose", is_flag=True, help="Show evidence and check ids.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing where all is fine, else a line per finding (cron).")
@click.option(
    "--fail-level",
    type=click.Choice(list(LEVELS)),
    default="error",
    show_default=True,
    help="Exit 1 when a finding is at least this severe.",
)
@click.option("--fail-on-unknown", is_flag=True, help="Exit 1 when a check could not be made.")
@click.option("--only", metavar="ID", multiple=True, help="Run only this check, area or glob; repeatable.")
@click.option("--skip", metavar="ID", multiple=True, help="Leave this check, area or glob out; repeatable.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Run only checks with this tag; repeatable.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Time for collecting all facts."
)
@click.option("--facts", metavar="FILE", default="", help="Look at a bundle instead of this host.")
@click.option("--no-plugins", is_flag=True, help="Run without the checks of others; also before a subcommand.")
@click.option("--offline", is_flag=True, help="Ask nobody on the network; this is the default.")
@click.option("--live", is_flag=True, help="Ask the providers whether they accept the credentials.")
@click.option("--allow-http", is_flag=True, help="Let --live send a key over plain http to another host.")
@click.option("--silences", metavar="FILE", default="", help="Silences to use besides the stored ones (TOML or JSON).")
@click.option("--baseline", metavar="FILE", default="", help="A report: what it has does not count.")
@click.option("--new-only", is_flag=True, help="With --baseline: show only what is not in it.")
@click.option("--write-baseline", metavar="FILE", default="", help="Write the report as a baseline.")
@click.option("--record", is_flag=True, help="Keep the report, for --since.")
@click.option("--since", type=click.Choice(["last"]), help="Show what changed since the report that --record kept.")
@click.option("--fix", "--repair", "fix", is_flag=True, help="Repair what can be; asks first, shows a diff.")
@click.option("--yes", is_flag=True, help="With --fix: repair all without asking.")
@click.option("--dry-run", is_flag=True, help="With --fix: show what would change, and change nothing.")
@click.option("--non-interactive", is_flag=True, help="Ask nothing, also where there is a terminal.")
@click.pass_context
def doctor(
    ctx: click.Context,
    /,
    *,
    fail_level: str,
    offline: bool,
    live: bool,
    allow_http: bool,
    non_interactive: bool,
    since: str | None,
    form: str,
    as_json: bool,
    output: tuple[str, ...],
    no_plugins: bool,
    **options: Any,
) -> Exit | None:
    """Find out why model credentials do not work, and what to do about it.

    Without --fix it reads only: no file of the installation is changed or created; --live and --record keep what they
    learn in this program's own state. Exit codes: 0 fine, 1 findings, 2 usage, 3 doctor itself failed.
    """
    if not no_plugins:
        from doctor import plugins

        ctx.with_resource(plugins.using(plugins.plugged(Invocation.of_process(ctx.obj))))
    if ctx.invoked_subcommand is not None:
        _reject_options(ctx, ctx.invoked_subcommand)
        return None
    if live and offline:
        raise UsageFailure("--live and --offline cannot be used together", hint="--offline is the default")
    from doctor.forms import placed
    from doctor.request import Request

    call = Invocation.of_process(ctx.obj)
    form, outputs = placed(form, as_json, output)
    request = Request(
        fail_level=LEVELS[fail_level],
        asking=_asking(allow_http) if live else None,
        ask=not non_interactive,
        since=since or "",
        with_plugins=not no_plugins,
        form=form,
        as_json=form == "json",
        outputs=outputs,
        **options,
    ).checked(call)
    return _run(call, request)


def _run(call: Invocation, request: Request) -> Exit:
    if request.facts:
        from doctor.replaying import look as look_at_facts

        return look_at_facts(call, request)
    if request.fix:
        from doctor.mending import mend

        return mend(call, request)
    from doctor.looking import look

    return look(call, request)


def _reject_options(ctx: click.Context, command: str) -> None:
    """An option of doctor itself in front of a subcommand would do nothing: better say so."""
    from click.core import ParameterSource

    given = [param for param in ctx.params if ctx.get_parameter_source(param) is ParameterSource.COMMANDLINE]
    if [param for param in given if param != "no_plugins"]:
        raise UsageFailure(
            f"options of `doctor` do not apply to `doctor {command}`",
            hint=f"options of {command} stand behind it",
            commands=(f"openclaw doctor {command} --help",),
        )


def _asking(allow_http: bool) -> Options:
    """How `--live` asks; what is worth knowing before a key is sent is told on stderr."""
    from dataclasses import replace

    from openclaw.facts.live import ASKING
    from openclaw.redact import scrub

    return replace(ASKING, allow_http=allow_http, notice=lambda text: click.echo(f"Note: {scrub(text)}", err=True))
