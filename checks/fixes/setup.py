"""Fixes of what onboarding should have left: a default model, and the gateway's own secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Unfixable, fix
from openclaw.change.plan import SetKey
from openclaw.config.views import table
from openclaw.credentials.storing import gateway_secret

if TYPE_CHECKING:
    from openclaw.api import Finding
    from openclaw.change.plan import Plan
    from openclaw.config.reading import Config
    from openclaw.era import Era
    from openclaw.facts.credentials import Routes
    from openclaw.facts.setup import Usable


@fix("config/gateway-token")
def gateway_token(finding: Finding, config: Config) -> Plan:  # noqa: ARG001 - there is one config
    """Give the local gateway a token."""
    auth = table(config.merged, "gateway").get("auth", {})
    if not isinstance(auth, dict):
        raise Unfixable("`gateway.auth` is not an object")
    if auth.get("mode") not in (None, "token"):
        raise Unfixable(f"gateway.auth.mode is {auth['mode']}: it is not a token that is missing")
    return (
        SetKey(config.path, ("gateway", "auth", "mode"), "token", why="what the gateway asks of its clients"),
        SetKey(config.path, ("gateway", "auth", "token"), gateway_secret(), why="made at random"),
    )


@fix("config/implicit-default")
def implicit_default(finding: Finding, config: Config, routes: Routes, usable: Usable, era: Era) -> Plan:  # noqa: ARG001
    """Set the default model of a provider that has a credential."""
    from openclaw.providers.catalog import load

    taken = {route.provider for route in routes.routes if route.role == "default model" and not route.explicit}
    for provider in usable.providers:
        known = load().get(provider)
        model = known.model(newer=era.name == "sqlite") if known else ""
        if model and provider not in taken:
            why = f"{provider} has a credential"
            return (SetKey(config.path, ("agents", "defaults", "model", "primary"), model, why=why),)
    raise Unfixable("which model to use instead is not known: set agents.defaults.model.primary")
