"""config/, what onboarding leaves behind: the gateway's own secret, and a setup that has no credential yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.history import CUT, is_cut
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.views import gateway, table
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.environment.layers import Environment
    from openclaw.facts.credentials import Routes
    from openclaw.facts.service import Daemon
    from openclaw.facts.setup import Copies, Interrupted

SECRETS = (("token", "OPENCLAW_GATEWAY_TOKEN"), ("password", "OPENCLAW_GATEWAY_PASSWORD"))
WITHOUT_SECRET = ("none", "trusted-proxy")  # modes of gateway.auth that ask for none, chosen on purpose


@check("config/gateway-token", Severity.WARNING, tags={"config", "gateway"})
def gateway_token(config: Config, environment: Environment, daemon: Daemon, copies: Copies) -> Iterator[Finding]:
    """The local gateway asks nothing of its clients."""
    _readable(config)
    section = gateway(config.value)
    if section.get("mode") != "local":
        raise NotApplicable("no local gateway is configured")
    if any(problem.kind == "rejected" and problem.keys[:2] == ("gateway", "auth") for problem in config.problems):
        return  # config/rejected says it
    auth = table(config.value, "gateway", "auth")
    seen = [found for found in (environment, daemon.environment) if found is not None]
    for key, variable in SECRETS:
        given = auth.get(key)
        if (isinstance(given, str) and js_trim(given)) or isinstance(given, dict):
            return
        if any(found.usable(variable) for found in seen):
            return
    if auth.get("mode") in WITHOUT_SECRET:
        return
    if is_cut(copies):
        raise NotApplicable(CUT)
    where = Location(str(config.path), *config.place("gateway"))
    text = "Give it a token: it is generated, and written to the config."
    command = "openclaw doctor --fix --only config/gateway-token"
    yield Finding(
        "config/gateway-token",
        Severity.WARNING,
        "The local gateway has no token and no password: whoever reaches its port may use it",
        "gateway.auth",
        where=where,
        remedy=Remedy(text, (command,), "confirm"),
    )


@check("config/setup-incomplete", Severity.WARNING, tags={"config"})
def setup_incomplete(config: Config, routes: Routes, interrupted: Interrupted) -> Iterator[Finding]:
    """Onboarding did not come to its end."""
    if interrupted.journal:
        yield Finding(
            "config/setup-incomplete",
            Severity.WARNING,
            "An onboarding was interrupted: its answers are kept",
            "journal",
            where=Location(interrupted.journal),
            remedy=Remedy("Go on where it stopped, or start anew with --restart.", ("openclaw onboard --resume",)),
        )
    if not table(config.value, "wizard"):
        return
    default = [route for route in routes.routes if route.role == "default model"]
    lacking = [route for route in default if not route.winner and not route.own_login]
    if not lacking or routes.remote:
        return
    if routes.unread or routes.guessed:
        raise Unknown(routes.guessed or routes.unread[0])
    yield Finding(
        "config/setup-incomplete",
        Severity.WARNING,
        f"OpenClaw was set up, and its default model {lacking[0].model} has no usable credential",
        "wizard",
        where=Location(str(config.path), *config.place("wizard")),
        remedy=Remedy("Set the credential up.", ("openclaw onboard",)),
    )


def _readable(config: Config) -> None:
    if not config.exists:
        raise NotApplicable("there is no config")
    if any(problem.kind not in ("variable", "rejected") for problem in config.problems):
        raise Unknown("the config could not be read")
