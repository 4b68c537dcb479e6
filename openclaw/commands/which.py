"""`openclaw models auth which`: which key is it actually using, where is it from, and why not the others?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import UsageFailure
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.views import Agent
    from openclaw.credentials.resolve import Candidate, Resolution
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation

TYPES = {"profile": "stored profile", "env": "variable", "config": "config", "aws": "AWS", "adc": "gcloud"}


@click.command("which")
@click.option("--provider", metavar="ID", help="Only this provider; default: those of the agent's models.")
@click.option("--agent", metavar="ID", help="The agent; default: the configured default agent.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def which(ctx: click.Context, *, provider: str | None, agent: str | None, as_json: bool) -> int:
    """Which credential is used for a provider, where it comes from, and why the others are not.

    Exits 1 where a provider has none.
    """
    from openclaw import installation
    from openclaw.credentials.resolve import resolve
    from openclaw.credentials.status import in_use
    from openclaw.providers.names import normalise

    found = installation.load(Invocation.of_process(ctx.obj)).require_valid()
    chosen = found.agent(agent or ctx.meta.get("agent"))
    store = found.store_of(chosen)
    if failure := store.failure():
        raise failure
    if provider is not None and not normalise(provider):
        raise UsageFailure("--provider is blank", hint="for example: --provider anthropic")
    names = [normalise(provider)] if provider else in_use(found.models(chosen))
    sources = found.sources(store)
    resolutions = [resolve(name, sources, chosen.id) for name in names]
    if as_json:
        import json

        print(json.dumps(document(found, chosen, store, resolutions), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_text(found, chosen, store, resolutions)))
    return 0 if all(item.winner for item in resolutions) else 1


def document(found: Installation, agent: Agent, store: Store, resolutions: list[Resolution]) -> dict[str, Any]:
    """The document of `--json` (docs/schemas/auth-which.schema.json)."""
    return {
        "agentId": agent.id,
        "providers": [
            {
                "provider": resolution.provider,
                "winner": resolution.winner.name if resolution.winner else None,
                "candidates": [_candidate(item, resolution, found, store) for item in resolution.chain],
            }
            for resolution in resolutions
        ],
    }


def place(item: Candidate, found: Installation, store: Store) -> str:
    """Where a candidate stands: `~/.openclaw/.env:3`, `this shell`, the store with the line of the profile."""
    if item.kind == "profile":
        line, _ = store.place("profiles", item.name)
        return found.home.short(store.path) + (f":{line}" if line else "")
    if item.kind == "config":
        line, _ = found.config.place(*item.name.split("."))
        return found.home.short(found.config.path) + (f":{line}" if line else "")
    layer = found.environment.origin.get(item.name)
    if layer is None or layer.name == "process":
        return "this shell"
    if layer.path is None:
        return "login shell"
    line = layer.lines.get(item.name)
    return found.home.short(layer.path) + (f":{line}" if line else "")


def _candidate(item: Candidate, resolution: Resolution, found: Installation, store: Store) -> dict[str, Any]:
    return {
        "source": item.kind,
        "name": item.name,
        "where": place(item, found, store),
        "fingerprint": item.secret.fingerprint() if item.secret else None,
        "used": item is resolution.winner,
        "why": item.why,
    }


def _text(found: Installation, agent: Agent, store: Store, resolutions: list[Resolution]) -> Iterator[str]:
    from openclaw.redact import scrub

    for number, resolution in enumerate(resolutions):
        if number:
            yield ""
        yield f"{resolution.provider} (agent {agent.id})"
        rows = [_row(item, resolution, found, store) for item in resolution.chain]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            yield scrub("  " + "  ".join([*cells, *row[3:]])).rstrip()
        if resolution.winner is None:
            yield "  nothing that could be used" if rows else "  no credential"
            yield f"  → openclaw onboard --provider {resolution.provider}"


def _row(item: Candidate, resolution: Resolution, found: Installation, store: Store) -> list[str]:
    used = item is resolution.winner
    value = item.secret.fingerprint() if item.secret else "no value"
    return ["used" if used else "not", item.name, value, place(item, found, store), "" if used else f"({item.why})"]
