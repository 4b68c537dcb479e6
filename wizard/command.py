"""`openclaw onboard`: the click command. Parses flags; everything else is in `wizard.run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.invocation import Invocation
from wizard.choices import CHOICES, KEY_FLAGS, THEIR_CHOICES
from wizard.commandline import OneOf, Told, collected, wrong
from wizard.options import Options
from wizard.settings import FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.exits import Exit

# Of the reference program: no effect here, because this program neither asks about that nor does it.
IGNORED_SWITCHES = (
    "accept-risk", "skip-channels", "skip-skills", "skip-health", "skip-ui", "skip-search", "skip-bootstrap",
    "skip-hooks",
)  # fmt: skip
SILENT = ("--accept-risk", "--flow")


def _reference_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """The reference program's flags, hidden: keys, what is ignored, what is refused."""
    for name in KEY_FLAGS:
        command = click.option(f"--{name}", metavar="K", hidden=True)(command)
    for name in IGNORED_SWITCHES:
        command = click.option(f"--{name}", is_flag=True, hidden=True, expose_value=False, callback=_ignored)(command)
    for name in FLAGS:
        command = click.option(f"--{name}", metavar="V", hidden=True)(command)
    for name in ("install-daemon", "no-install-daemon", "skip-daemon", "tailscale-reset-on-exit"):
        command = click.option(f"--{name}", is_flag=True, hidden=True)(command)
    flow = OneOf(["quickstart", "advanced", "manual"])
    command = click.option("--flow", type=flow, hidden=True, expose_value=False)(command)
    command = click.option("--daemon-runtime", type=OneOf(["node", "bun"]), hidden=True)(command)
    command = click.option("--cloudflare-ai-gateway-account-id", "account_id", default="", hidden=True)(command)
    command = click.option("--cloudflare-ai-gateway-gateway-id", "gateway_id", default="", hidden=True)(command)
    return click.option("--mode", type=OneOf(["local", "remote"]), default=None, hidden=True)(command)


def _ignored(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001 - click's signature
    if value and param.opts[0] not in SILENT:
        click.echo(f"{param.opts[0]} has no effect here: this program sets up credentials only.", err=True)


def _auth_choice(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value in THEIR_CHOICES:
        why = "is not for this program, which takes API keys and setup-tokens; OpenClaw's own wizard has it"
        wrong(ctx, f"--auth-choice {value} {why}", f"openclaw real onboard --auth-choice {value}")
        return None
    return None if value is None else OneOf(CHOICES).convert(value, param, ctx)


@click.command("onboard", cls=Told)
@click.option("--non-interactive", is_flag=True, help="Ask nothing: what is missing is an error.")
@click.option(
    "--provider", metavar="P", default="", help="anthropic, openai, openrouter, google, … or a name of your own."
)
@click.option("--method", type=OneOf(["api-key", "setup-token"]), default=None, help="How to sign in.")
@click.option("--store", type=OneOf(["env", "profile"]), default=None, help="Where the credential is kept.")
@click.option("--profile-id", metavar="ID", default="", help="The auth profile to write, such as anthropic:work.")
@click.option(
    "--agent",
    metavar="A",
    multiple=True,
    callback=lambda _context, _option, names: ",".join(names),
    help="An agent that it is for; may be repeated (default: the default agent).",
)
@click.option("--model", metavar="M", default="", help="Make this the default model.")
@click.option("--base-url", metavar="U", default="", help="Address of a custom provider.")
@click.option("--api", type=OneOf(["openai-completions", "anthropic-messages"]), default=None, help="What it speaks.")
@click.option("--region", metavar="R", default="", help="Which of a provider's platforms a key is for, such as cn.")
@click.option("--key-file", metavar="F", default="", help="Read the secret from a file.")
@click.option("--key-stdin", is_flag=True, help="Read the secret from standard input.")
@click.option("--key-env", metavar="NAME", default="", help="Copy the secret from a variable.")
@click.option(
    "--existing",
    type=OneOf(["replace", "new-first", "keep"]),
    default=None,
    help="A stored profile that would be used instead.",
)
@click.option(
    "--handling",
    type=OneOf(["keep", "modify", "reset"]),
    default=None,
    help="What becomes of an installation that is there.",
)
@click.option("--reset", is_flag=True, help="Begin anew; what is there is moved away. Needs --yes without a terminal.")
@click.option(
    "--service",
    type=OneOf(["install", "restart", "later"]),
    default=None,
    help="What becomes of the gateway's service.",
)
@click.option("--monitor", is_flag=True, help="Show how to be told before a credential expires.")
@click.option("--live", is_flag=True, help="Choose the default model from the provider's own list.")
@click.option("--no-verify", is_flag=True, help="Do not ask the provider whether it accepts the secret.")
@click.option("--answers", metavar="F", default="", help="Take the answers from a TOML or JSON file.")
@click.option("--print-answers", is_flag=True, help="Print the answers as such a file; change nothing.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted run stopped.")
@click.option("--restart", is_flag=True, help="Forget the interrupted run.")
@click.option("--use-anyway", is_flag=True, help="Take a secret that does not look like one of the provider.")
@click.option("--yes", is_flag=True, help="Do not ask at the review page.")
@click.option("--plain", is_flag=True, help="Numbered lines instead of lists (screen readers).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; implies --non-interactive.")
@click.option("--auth-choice", metavar="C", default=None, hidden=True, callback=_auth_choice)
@click.option("--token", metavar="K", default=None, hidden=True)
@click.option("--token-provider", metavar="P", default="", hidden=True)
@click.option("--token-profile-id", metavar="ID", default="", hidden=True)
@click.option("--token-expires-in", metavar="D", default="", hidden=True)
@_reference_flags
@click.pass_obj
def onboard(
    env: dict[str, str],
    /,
    *,
    non_interactive: bool,
    plain: bool,
    as_json: bool,
    answers: str,
    print_answers: bool,
    resume: bool,
    restart: bool,
    **flags: Any,
) -> Exit:
    """Set up model credentials for the gateway on this machine.

    Asks, shows what it would write, writes it after a yes, and looks with the doctor whether it works. The flags of
    OpenClaw's own onboarding are understood too.
    """
    from wizard.run import Manner, run

    context = click.get_current_context()
    if resume and restart:
        wrong(context, "--resume and --restart contradict each other")
    if as_json and print_answers:
        wrong(context, "--json and --print-answers contradict each other: each has standard output to itself")
    call = Invocation.of_process(env)
    asked = not (non_interactive or as_json)
    options = _options(context, flags, alone=not asked)
    if answers:
        from wizard.answersfile import filled

        options = filled(options, answers, call)
    if options.wrong or options.agent or not (options.alone or call.stdin_tty):
        from wizard.refusing import refusal

        if told := refusal(options, call):
            raise told
    manner = Manner(asked, plain, as_json, print_answers, resume, restart, verify=not options.no_verify)
    return run(call, options, manner)


def _options(ctx: click.Context, flags: dict[str, Any], *, alone: bool) -> Options:
    """The flags as options; those about the daemon mean the service."""
    keys = {name: value for name in KEY_FLAGS if (value := flags.pop(name.replace("-", "_"))) is not None}
    settings = {name: value for name in FLAGS if (value := flags.pop(name.replace("-", "_"))) is not None}
    reset_on_exit = flags.pop("tailscale_reset_on_exit")
    origins = {"--service": "--install-daemon"} if flags["install_daemon"] and not flags["service"] else {}
    service = _service(ctx, flags)
    problems, ways = collected(ctx)
    given = {name: value for name, value in flags.items() if value is not None}
    return Options(
        **{**given, "service": service}, keys=keys, settings=settings, reset_on_exit=reset_on_exit, origins=origins,
        wrong=problems, ways=ways, alone=alone,
    )  # fmt: skip


def _service(ctx: click.Context, flags: dict[str, Any]) -> str:
    install, runtime = flags.pop("install_daemon"), flags.pop("daemon_runtime")
    off = [flag for flag in ("--no-install-daemon", "--skip-daemon") if flags.pop(flag[2:].replace("-", "_"))]
    asked: str = flags.pop("service") or ""
    if runtime == "bun" and (install or asked == "install"):
        wrong(ctx, "--daemon-runtime bun: this program installs the service with node only")
    if install and (off or asked not in ("", "install")):
        wrong(ctx, "--install-daemon contradicts what else is said about the service")
    elif asked in ("install", "restart") and off:
        wrong(ctx, f"--service {asked} and {off[0]} contradict each other")
    return asked or ("later" if off else "install" if install else "")
