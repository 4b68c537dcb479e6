"""`openclaw models auth list`: the stored profiles of an agent, from its own store and the main agent's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.invocation import Invocation
from openclaw.text import remaining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.views import Agent
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation


@click.command("list")
@click.option("--provider", metavar="ID", help="Only this provider.")
@click.option("--agent", metavar="ID", help="The agent; default: the configured default agent.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def list_profiles(ctx: click.Context, *, provider: str | None, agent: str | None, as_json: bool) -> None:
    """List the stored profiles: id, type, expiry, what holds it back. Never a secret."""
    from openclaw import installation
    from openclaw.commands.pasting import named
    from openclaw.providers.names import normalise

    found = installation.load(Invocation.of_process(ctx.obj)).require_valid()
    chosen = found.agent(agent or ctx.meta.get("agent"))
    store = found.store_of(chosen)
    if failure := store.failure():
        raise failure
    wanted = None if provider is None else named(provider)
    profiles = [item for item in store.profiles.values() if wanted in (None, normalise(item.provider))]
    if as_json:
        import json

        print(json.dumps(document(found, chosen, store, profiles, wanted), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_text(found, chosen, store, profiles)))


def document(
    found: Installation, agent: Agent, store: Store, profiles: list[Profile], provider: str | None
) -> dict[str, Any]:
    """The document of `--json`: the members of OpenClaw 2026.9's, and ours (docs/schemas/auth-list.schema.json)."""
    return {
        "agentId": agent.id,
        "agentDir": str(found.agent_dir(agent)),
        "authStatePath": found.home.short(store.path),
        "provider": provider,
        "profiles": [_profile(item, store, found) for item in profiles],
        "ignored": [{"id": name, "why": why} for name, why in store.rejected.items()],
    }


def _profile(profile: Profile, store: Store, found: Installation) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": profile.id, "provider": profile.provider, "type": profile.type}
    shown["label"] = f"{profile.id} ({profile.email})" if profile.email else profile.id
    if profile.expiry is not None and profile.type != "api_key":
        shown["expiresAt"] = profile.expiry
    shown |= {
        "status": profile.health(found.now, newer=store.kind == "sqlite"),
        "fingerprint": profile.secret.fingerprint() if profile.secret else None,
        "where": found.home.short(store.owner(profile.id).path),
    }
    until = store.unusable_until(profile.id)
    return shown | ({"unusableUntil": until} if until > found.now else {})


def _text(found: Installation, agent: Agent, store: Store, profiles: list[Profile]) -> Iterator[str]:
    """Grouped by the file that they stand in; one profile a line, in columns."""
    from openclaw.redact import scrub

    places: dict[str, list[list[str]]] = {}
    for item in profiles:
        row = [item.id, item.type, _state(item, store, found.now)]
        places.setdefault(found.home.short(store.owner(item.id).path), []).append(row)
    if store.rejected:
        places["Ignored by OpenClaw"] = [[name, "", why] for name, why in store.rejected.items()]
    if not places:
        yield f"No profiles for agent {agent.id} in {scrub(found.home.short(store.path))}"
    rows = [[scrub(cell) for cell in row] for group in places.values() for row in group]
    widths = [max(len(row[column]) for row in rows) for column in range(2)] if rows else []
    for place, group in places.items():
        yield scrub(place)
        for row in group:
            cells = [scrub(cell).ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
            yield f"  {'  '.join(cells)}".rstrip()


def _state(profile: Profile, store: Store, now: int) -> str:
    value = profile.secret.fingerprint() if profile.secret else "no value"
    parts = [profile.email] if profile.email else []
    parts.append("a reference" if profile.reference else value)
    if profile.type != "api_key" and profile.expiry is not None:
        left = profile.expiry - now
        parts.append(f"expires in {remaining(left)}" if left > 0 else f"expired {remaining(-left)} ago")
    until = store.unusable_until(profile.id)
    if until > now:
        parts.append(f"held back for {remaining(until - now)}")
    return ", ".join(parts)
