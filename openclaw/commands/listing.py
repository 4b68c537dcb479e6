"""`openclaw models auth list`: the stored profiles of an agent, from its own store and the main agent's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw import collation
from openclaw.commands.options import agent_option
from openclaw.credentials.profiles import number
from openclaw.invocation import Invocation
from openclaw.text import js_trim, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.views import Agent
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from openclaw.installation import Installation
    from openclaw.record import Last


@click.command("list")
@click.option("--provider", metavar="ID", help="Only this provider.")
@agent_option()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def list_profiles(ctx: click.Context, *, provider: str | None, agent: str | None, as_json: bool) -> None:
    """List the stored profiles: id, type, expiry, what holds it back. Never a secret."""
    from openclaw import installation, record
    from openclaw.commands.pasting import named
    from openclaw.providers.names import normalise

    call = Invocation.of_process(ctx.obj)
    found = installation.load(call).require_valid()
    chosen = found.agent(agent or ctx.meta.get("agent"))
    store = found.store_of(chosen)
    if failure := store.failure():
        raise failure
    wanted = None if provider is None else named(provider)
    profiles = [item for item in store.profiles.values() if wanted in (None, normalise(item.provider))]
    profiles.sort(key=lambda item: (collation.key(_provider(item)), collation.key(item.id)))
    known = record.recall(found.home.state, call.env, call.user)
    facts = {item.id: _facts(item, store, found.now, known) for item in profiles}
    if as_json:
        import json

        print(json.dumps(document(found, chosen, store, profiles, wanted, facts), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_text(found, chosen, store, profiles, facts)))


def document(
    found: Installation,
    agent: Agent,
    store: Store,
    profiles: list[Profile],
    provider: str | None,
    facts: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    """The document of `--json`: the members of OpenClaw 2026.9's, and ours (docs/schemas/auth-list.schema.json)."""
    return {
        "agentId": agent.id,
        "agentDir": found.home.short(found.agent_dir(agent)),
        "authStatePath": found.home.short(store.path),
        "provider": provider,
        "profiles": [{**_profile(item, store, found), "facts": facts[item.id]} for item in profiles],
        "ignored": [{"id": name, "why": why} for name, why in store.rejected.items()],
    }


def _profile(profile: Profile, store: Store, found: Installation) -> dict[str, Any]:
    shown = _theirs(profile, store) | {
        "status": profile.health(found.now, newer=store.kind == "sqlite"),
        "fingerprint": profile.secret.fingerprint() if profile.secret else None,
        "where": found.home.short(store.owner(profile.id).path),
    }
    until = store.unusable_until(profile.id)
    return shown | ({"unusableUntil": until} if until > found.now else {})


def _theirs(profile: Profile, store: Store) -> dict[str, Any]:
    """The members that OpenClaw 2026.9 prints; its times are texts."""
    from openclaw.credentials.health import recovery

    provider, called = _provider(profile), profile.raw.get("displayName")
    names = {"email": profile.email, "displayName": called if isinstance(called, str) else ""}
    label = names["displayName"] or names["email"]
    shown: dict[str, Any] = {"id": profile.id, "provider": provider, "type": profile.type}
    shown["label"] = f"{profile.id} ({label})" if label else profile.id
    shown |= {name: value for name, value in names.items() if value}
    stats = store.usage.get(profile.id)
    stats = stats if isinstance(stats, dict) else {}
    times = {"expiresAt": None if profile.type == "api_key" else profile.expires}
    times |= {name: stats.get(name) for name in ("cooldownUntil", "disabledUntil")}
    written = {name: text for name, value in times.items() if (text := _written(value))}
    shown |= written | {name: stats[name] for name in ("cooldownReason", "disabledReason") if stats.get(name)}
    disabled = "disabledUntil" in written
    if disabled or "cooldownUntil" in written:
        reason = stats.get("disabledReason" if disabled else "cooldownReason")
        shown["recoveryHint"] = recovery(reason, provider, profile.id, disabled=disabled)
    return shown


def _written(value: Any) -> str:
    """Epoch milliseconds as JavaScript writes a time; "" for what is none."""
    import datetime

    milliseconds = number(value)
    try:
        found = datetime.datetime.fromtimestamp((milliseconds or 0) / 1000, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return "" if milliseconds is None else f"{found:%Y-%m-%dT%H:%M:%S}.{int(milliseconds) % 1000:03d}Z"


def _provider(profile: Profile) -> str:
    return js_trim(profile.provider).lower()


def _facts(profile: Profile, store: Store, now: int, known: Mapping[str, Last]) -> dict[str, Any]:
    """Whether it is there, in order as far as it shows, and accepted when its provider was last asked."""
    from openclaw.probing.report import profile_facts

    return profile_facts(profile, now, known, newer=store.kind == "sqlite")


def _text(
    found: Installation, agent: Agent, store: Store, profiles: list[Profile], facts: Mapping[str, dict[str, Any]]
) -> Iterator[str]:
    """Grouped by the file that they stand in; one profile a line, in columns."""
    from openclaw.probing.text import last_answer
    from openclaw.redact import scrub

    places: dict[str, list[list[str]]] = {}
    for item in profiles:
        state = [_state(item, store, found.now), last_answer(facts[item.id], found.now)]
        row = [item.id, item.type, ", ".join(filter(None, state))]
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
