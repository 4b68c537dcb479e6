"""config/, what onboarding leaves behind: the gateway's own secret, and a setup that has no credential yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.history import CUT, is_cut
from checks.remedies import edit
from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.config.views import gateway, table
from openclaw.credentials.shapes import diagnose
from openclaw.providers.names import normalise
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.environment.layers import Environment, Layer
    from openclaw.era import Era
    from openclaw.facts.credentials import Route, Routes, Stores
    from openclaw.facts.service import Daemon
    from openclaw.facts.setup import Copies, Interrupted

# How template text begins, and what JavaScript and Python write for nothing.
TEMPLATES = ("your", "<", "change", "replace", "enter", "insert", "paste", "xxx", "undefined", "null", "none", "nan")
# From OpenClaw's own examples; 2026.9 does not start with them, nor with "undefined" and "null".
PUBLISHED = ("change-me-to-a-long-random-token", "change-me-now", "change-me-to-a-strong-password")
WITHOUT_SECRET = ("none", "trusted-proxy")  # modes of gateway.auth that ask for none, chosen on purpose


@check("config/gateway-token", Severity.WARNING, tags={"config", "gateway"})
def gateway_token(
    config: Config, environment: Environment, daemon: Daemon, copies: Copies, era: Era
) -> Iterator[Finding]:
    """The local gateway asks nothing of its clients."""
    _readable(config)
    section = gateway(config.value)
    if section.get("mode") != "local":
        raise NotApplicable("no local gateway is configured")
    if any(problem.kind == "rejected" and problem.keys[:2] == ("gateway", "auth") for problem in config.problems):
        return  # config/rejected says it
    auth = table(config.value, "gateway", "auth")
    # What only this shell has is nothing to a gateway that does not run here.
    known, seen = (True, environment) if daemon.environment is None else (daemon.complete, daemon.environment)
    names = ("OPENCLAW", "CLAWDBOT") if era.name != "sqlite" else ("OPENCLAW",)
    template = ""
    for key in ("token", "password"):
        given = auth.get(key)
        if isinstance(given, dict):
            return
        places = {f"gateway.auth.{key}": given}
        places |= {name: seen.get(name) for name in (f"{prefix}_GATEWAY_{key.upper()}" for prefix in names)}
        usable = {place: value for place, value in places.items() if isinstance(value, str) and js_trim(value)}
        if not all(map(_is_template, usable.values())):
            return
        template = template or next(iter(usable), "")
    if auth.get("mode") in WITHOUT_SECRET:
        return
    if is_cut(copies):
        raise NotApplicable(CUT)
    if not known:
        raise Unknown("not all that the gateway's service reads is known")
    yield _no_secret(config, template, seen.origin.get(template), by_password=auth.get("mode") == "password")


def _no_secret(config: Config, template: str, layer: Layer | None, *, by_password: bool) -> Finding:
    """`template` is where text stands that is no secret; "" where there is nothing at all. `layer`: of a variable.

    `by_password`: a token would be of no use, and nobody else can choose a password.
    """
    path, line, column = config.spot("gateway", "auth") if template.startswith("gateway.") else config.spot("gateway")
    what = "The local gateway has no token and no password: whoever reaches its port may use it"
    if template:
        what = f"{template} is template text, or what a program wrote for nothing: OpenClaw may refuse to start with it"
    command = "openclaw doctor --fix --only config/gateway-token"
    remedy = Remedy("Give it a token: it is generated, and written to the config.", (command,), "confirm")
    if by_password or (template and not template.endswith(".token")):
        text = "Put a secret of your own there; `openssl rand -hex 24` makes one."
        remedy = Remedy(text, (_where_it_stands(config, template, layer),))
    return Finding(
        "config/gateway-token",
        Severity.WARNING,
        what,
        "gateway.auth",
        where=Location(str(path), line, column),
        remedy=remedy,
    )


def _where_it_stands(config: Config, template: str, layer: Layer | None) -> str:
    """The command that leads to it: to the config, to the file that sets a variable, or out of this shell."""
    if not template or template.startswith("gateway."):
        path, line, _ = config.spot("gateway", "auth") if template else config.spot("gateway")
        return edit(str(path), line)
    return edit(str(layer.path), layer.lines.get(template)) if layer and layer.path else f"unset {template}"


def _is_template(value: str) -> bool:
    """Text that stands for nothing; any other will do for a gateway, short words too."""
    text = js_trim(value)
    found = diagnose(text, "gateway", "api_key") if text.lower().startswith(TEMPLATES) else ()
    return text in PUBLISHED or any(item.slug == "credentials/placeholder" for item in found)


@check("config/setup-incomplete", Severity.WARNING, tags={"config"})
def setup_incomplete(config: Config, routes: Routes, stores: Stores, interrupted: Interrupted) -> Iterator[Finding]:
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
    lacking = [route for route in default if not (route.winner or route.own_login or _said(route, stores))]
    if not lacking or routes.remote:
        return
    if routes.unread or routes.guessed:
        raise Unknown(routes.guessed or routes.unread[0])
    yield Finding(
        "config/setup-incomplete",
        Severity.WARNING,
        f"OpenClaw was set up, and its default model {lacking[0].model} has no usable credential",
        "wizard",
        where=_where(config, "wizard"),
        remedy=Remedy("Set the credential up.", ("openclaw onboard",)),
    )


def _said(route: Route, stores: Stores) -> bool:
    """Whether another check says what is wrong: with the model, or with a credential that is there and of no use."""
    there = any(item.secret or item.profile for item in route.resolution.chain)
    dropped = stores.effective[route.agent].rejected if route.agent in stores.effective else {}
    return bool(route.said_by or there or any(normalise(name.partition(":")[0]) == route.provider for name in dropped))


def _where(config: Config, *keys: str) -> Location:
    path, line, column = config.spot(*keys)
    return Location(str(path), line, column)


def _readable(config: Config) -> None:
    if not config.exists:
        raise NotApplicable("there is no config")
    if any(problem.kind not in ("variable", "rejected") for problem in config.problems):
        raise Unknown("the config could not be read")
