"""`openclaw gateway`: the group. What it does not have, and a bare `openclaw gateway`, belongs to the real OpenClaw."""

from __future__ import annotations

import click

from openclaw.lazy import LazyGroup

GATEWAY = {
    "status": ("openclaw.commands.gateway_status:status", "Whether the gateway runs, is well, and has its keys."),
    "start": ("openclaw.commands.gateway_actions:start", "Start the gateway's service."),
    "stop": ("openclaw.commands.gateway_actions:stop", "Stop the gateway's service."),
    "restart": ("openclaw.commands.gateway_actions:restart", "Restart the gateway's service."),
    "install": ("openclaw.commands.gateway_actions:install", "Make the gateway a service of this user."),
    "uninstall": ("openclaw.commands.gateway_actions:uninstall", "Stop the gateway's service and remove it."),
}
REMOTE = frozenset({"--deep", "--require-rpc", "--url", "--token", "--password", "--timeout", "--no-probe"})
THEIRS = {
    "status": REMOTE,
    "install": frozenset({"--runtime", "--token", "--wrapper", "--auto-update"}),
    "restart": frozenset({"--safe", "--skip-deferral", "--wait"}),
}
EPILOG = (
    "`openclaw gateway` alone, `gateway run`, `gateway call` and the rest are handed over to the real OpenClaw on PATH."
)


class GatewayGroup(LazyGroup):
    """A group whose own options (`openclaw gateway --port 18789`) are the real program's."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0].startswith("-"):
            from openclaw.commands.real import handing_over

            return args[0], handing_over, args[1:]
        return super().resolve_command(ctx, args)


@click.group(
    "gateway",
    cls=GatewayGroup,
    lazy=GATEWAY,
    theirs=THEIRS,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"ignore_unknown_options": True},
)
@click.pass_context
def gateway(ctx: click.Context) -> None:
    """The gateway of this host: its service, and whether it answers."""
    if ctx.invoked_subcommand is None:
        from openclaw.commands.real import handing_over

        ctx.invoke(handing_over, arguments=())
