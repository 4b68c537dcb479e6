"""`openclaw onboard`: the click command. Parses flags; everything else is in `wizard.run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import UsageFailure
from openclaw.invocation import Invocation
from wizard.options import CHOICES, KEY_FLAGS, THEIR_CHOICES, Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from openclaw.exits import Exit

# Of the reference program: no effect here, because this program asks about nothing but credentials.
IGNORED_SWITCHES = (
    "accept-risk", "skip-channels", "skip-skills", "skip-health", "skip-ui", "skip-daemon", "skip-search",
    "skip-bootstrap", "skip-hooks", "no-install-daemon",
)  # fmt: skip
IGNORED_VALUES = ("flow",)
# Of the reference program: they mean something that this program does not do.
REFUSED_SWITCHES = ("install-daemon", "reset", "tailscale-reset-on-exit")
REFUSED_VALUES = (
    "workspace", "gateway-port", "gateway-bind", "gateway-auth", "gateway-token", "gateway-password", "tailscale",
    "daemon-runtime", "node-manager", "remote-url", "remote-token", "cloudflare-ai-gateway-account-id",
    "cloudflare-ai-gateway-gateway-id", "cloudflare-ai-gateway-api-key",
)  # fmt: skip


def _reference_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """The reference program's flags, hidden: keys, what is ignored, what is refused."""
    for name in KEY_FLAGS:
        command = click.option(f"--{name}", metavar="K", hidden=True)(command)
    for name in IGNORED_SWITCHES:
        command = click.option(f"--{name}", is_flag=True, hidden=True, expose_value=False, callback=_ignored)(command)
    for name in IGNORED_VALUES:
        command = click.option(f"--{name}", hidden=True, expose_value=False, callback=_ignored)(command)
    for name in REFUSED_SWITCHES:
        command = click.option(f"--{name}", is_flag=True, hidden=True, expose_value=False, callback=_refused)(command)
    for name in REFUSED_VALUES:
        command = click.option(f"--{name}", hidden=True, expose_value=False, callback=_refused)(command)
    return click.option("--mode", hidden=True, expose_value=False, callback=_mode)(command)


def _ignored(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001 - click's signature
    if value and param.opts[0] != "--accept-risk":
        click.echo(f"{param.opts[0]} has no effect here: this program sets up credentials only.", err=True)


def _refused(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001
    if value:
        flag = param.opts[0]
        raise UsageFailure(
            f"{flag} is not for this program, which sets up credentials only",
            hint="OpenClaw's own wizard has it:",
            commands=(f"openclaw real onboard {flag} …",),
        )


def _mode(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value == "local":
        _ignored(ctx, param, value)
    elif value is not None:
        _refused(ctx, param, value)


def _auth_choice(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value in THEIR_CHOICES:
        raise UsageFailure(
            f"--auth-choice {value} is not for this program, which takes API keys and setup-tokens",
            hint="OpenClaw's own wizard has it:",
            commands=(f"openclaw real onboard --auth-choice {value}",),
        )
    return None if value is None else click.Choice(CHOICES).convert(value, param, ctx)


@click.command("onboard")
@click.option("--non-interactive", is_flag=True, help="Ask nothing: what is missing is an error.")
@click.option(
    "--provider", metavar="P", default="", help="anthropic, openai, openrouter, google, … or a name of your own."
)
@click.option("--method", type=click.Choice(["api-key", "setup-token"]), default=None, help="How to sign in.")
@click.option("--store", type=click.Choice(["env", "profile"]), default=None, help="Where the credential is kept.")
@click.option("--profile-id", metavar="ID", default="", help="The auth profile to write, such as anthropic:work.")
@click.option("--agent", metavar="A", default=None, help="The agent that it is for (default: the default agent).")
@click.option("--model", metavar="M", default="", help="Make this the default model.")
@click.option("--base-url", metavar="U", default="", help="Address of a custom provider.")
@click.option(
    "--api", type=click.Choice(["openai-completions", "anthropic-messages"]), default=None, help="What it speaks."
)
@click.option("--key-file", metavar="F", default="", help="Read the secret from a file.")
@click.option("--key-stdin", is_flag=True, help="Read the secret from standard input.")
@click.option("--key-env", metavar="NAME", default="", help="Copy the secret from a variable.")
@click.option(
    "--existing",
    type=click.Choice(["replace", "new-first", "keep"]),
    default=None,
    help="A stored profile that would be used instead.",
)
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
    env: dict[str, str], /, *, non_interactive: bool, agent: str | None, plain: bool, as_json: bool, **flags: Any
) -> Exit:
    """Set up model credentials for the gateway on this machine.

    Asks, shows what it would write, writes it after a yes, and looks with the doctor whether it works. The flags of
    OpenClaw's own onboarding that are about credentials are understood too.
    """
    from wizard.run import run

    keys = {name: value for name in KEY_FLAGS if (value := flags.pop(name.replace("-", "_"))) is not None}
    given = {name: value for name, value in flags.items() if value is not None}
    options = Options(keys=keys, **given)
    call = Invocation.of_process(env)
    return run(call, options, agent=agent, interactive=not (non_interactive or as_json), plain=plain, as_json=as_json)
