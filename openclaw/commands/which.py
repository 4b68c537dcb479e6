"""`openclaw models auth which`: which key is it actually using, where is it from, and why not the others?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from openclaw.commands.options import agent_option
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.config.views import Agent
    from openclaw.credentials.resolve import Candidate, Resolution
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation
    from openclaw.record import Last


@click.command("which")
@click.option("--provider", metavar="ID", help="Only this provider; default: those of the agent's models.")
@agent_option()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def which(ctx: click.Context, *, provider: str | None, agent: str | None, as_json: bool) -> int:
    """Which credential is used for a provider, where it comes from, and why the others are not.

    Exits 1 where a provider has none.
    """
    from openclaw import installation, record
    from openclaw.commands.pasting import named
    from openclaw.credentials.resolve import resolve
    from openclaw.credentials.status import first_models, in_use

    wanted = None if provider is None else named(provider)
    call = Invocation.of_process(ctx.obj)
    found = installation.load(call).require_valid()
    chosen = found.agent(agent or ctx.meta.get("agent"))
    store = found.store_of(chosen)
    if failure := store.failure():
        raise failure
    models = found.models(chosen, None if found.config.exists else store)  # as `models status`
    names, first, sources = [wanted] if wanted else in_use(models), first_models(models), found.sources(store)
    resolutions = [resolve(name, sources, chosen.id, first.get(name, "")) for name in names]
    known = record.recall(found.home.state, call.env, call.user)
    if as_json:
        import json

        print(json.dumps(document(found, chosen, store, resolutions, known), indent=2, ensure_ascii=False))
    else:
        from openclaw.commands.status_text import look_of
        from openclaw.commands.which_text import Page

        page = Page(found, chosen, store, look_of(sys.stdout, found.environment.values), _columns(), known)
        print("\n".join(page.lines(resolutions)))
    return 0 if all(item.winner for item in resolutions) else 1


def document(
    found: Installation, agent: Agent, store: Store, resolutions: list[Resolution], known: Mapping[str, Last]
) -> dict[str, Any]:
    """The document of `--json` (docs/schemas/auth-which.schema.json)."""
    return {
        "agentId": agent.id,
        "providers": [
            {
                "provider": resolution.provider,
                "winner": resolution.winner.name if resolution.winner else None,
                "candidates": [_candidate(item, resolution, found, store, known) for item in resolution.chain],
            }
            for resolution in resolutions
        ],
    }


def place(item: Candidate, found: Installation, store: Store) -> str:
    """Where a candidate stands: `~/.openclaw/.env:3`, `this shell`, its store with the line; "" for nowhere."""
    if item.kind == "profile":
        if item.profile is None:
            return ""
        owner = store.owner(item.name)
        line, _ = owner.place("profiles", item.name)
        return found.home.short(owner.path) + (f":{line}" if line else "")
    if item.kind == "config":
        return _in_config(found, *item.name.removesuffix(".apiKey").split(".", 2), "apiKey")
    if item.kind != "env":
        return ""
    layer = found.environment.origin.get(item.name)
    if layer is None or layer.name == "process":
        return "this shell"
    if layer.path is None:
        return "the login shell"
    if layer.name == "config":
        listed = found.config.merged["env"].get("vars")
        inner = isinstance(listed, dict) and item.name in listed and item.name not in found.config.merged["env"]
        return _in_config(found, "env", *(("vars", item.name) if inner else (item.name,)))
    line = layer.lines.get(item.name)
    return found.home.short(layer.path) + (f":{line}" if line else "")


def _in_config(found: Installation, *keys: str) -> str:
    line, _ = found.config.place(*keys)
    return found.home.short(found.config.path) + (f":{line}" if line else "")


def _candidate(
    item: Candidate, resolution: Resolution, found: Installation, store: Store, known: Mapping[str, Last]
) -> dict[str, Any]:
    from openclaw.credentials.showing import identified
    from openclaw.probing.report import facts_of

    return {
        "source": item.kind,
        "name": item.name,
        "where": place(item, found, store) or None,
        "fingerprint": identified(item.secret.reveal(), found.environment) if item.secret else None,
        "used": item is resolution.winner,
        "why": item.why,
        "facts": facts_of(item, resolution.provider, found.now, known, newer=store.kind == "sqlite"),
    }


def _columns() -> int:
    """How wide the text may be: the terminal's width, or what a page of text has."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 80
